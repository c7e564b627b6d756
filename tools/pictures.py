"""Draws the pictures of the user guide from a synthetic caseload: ``python -m tools.pictures``.

The console runs as it does for the snapshots, with time standing still, and each picture is an SVG
without anything fetched from elsewhere.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.frozen import FrozenConsole, make_home, play, stand_still

IMAGES: Final = Path(__file__).parent.parent / "docs" / "images"
WIDE, SMALL = (120, 34), (80, 24)
PICTURES: Final[dict[str, tuple[str, tuple[int, int], str]]] = {
    "unlock": ("", SMALL, ""),
    "today": ("", WIDE, ""),
    "today-small": ("", SMALL, ""),
    "board": ("2 right right right right", WIDE, ""),
    "board-light": ("2 v", WIDE, "sanctuary-light"),
    "refused": ("2 right right right right right greater_than_sign", WIDE, ""),
    "consent": ("3", WIDE, ""),
    "chase": ("3 c", SMALL, ""),
    "aftercare": ("4", WIDE, ""),
    "check": ("4 @check k y", SMALL, ""),
    "marac": ("5", WIDE, ""),
    "marac-preview": ("5 p", SMALL, ""),
    "known": ('n ="ellwod mara"', SMALL, ""),
    "referral": ("n enter", SMALL, ""),
    "case": ("enter", WIDE, ""),
    "case-measures": ("enter 6", WIDE, ""),
    "case-timeline": ("enter 9", SMALL, ""),
    "dash": ("enter 3 a enter a y y n d y y", SMALL, ""),
    "search": ("slash =tenant down", SMALL, ""),
    "export": ("e", SMALL, ""),
    "reports": ("6", WIDE, ""),
    "changelog": ("L", SMALL, ""),
    "access": ('slash ="ellwood" down enter i enter ctrl+s', WIDE, ""),
    "breach": ("6 b down enter ctrl+s", WIDE, ""),
    "help": ("question_mark", WIDE, ""),
    "contrast": ("", SMALL, "sanctuary-contrast"),
}
"""Each picture: the keys that lead to it, the size of the terminal, the theme."""

_FONT_FACES = re.compile(r"@font-face\s*\{.*?\}", re.DOTALL)
_FAMILY = re.compile(r"font-family: [^;]+;")
_CLASS_SALT = re.compile(r"terminal-\d+-")


def self_contained(svg: str, name: str) -> str:
    """The picture without fonts from elsewhere, and the same whenever it is drawn."""
    svg = _FONT_FACES.sub("", svg)
    svg = _FAMILY.sub("font-family: 'DejaVu Sans Mono', Consolas, Menlo, monospace;", svg)
    return _CLASS_SALT.sub(f"{name}-", svg)


async def draw(home: Path, name: str) -> None:
    """Draw one picture."""
    script, size, theme = PICTURES[name]
    settings = {"theme": theme} if theme else None
    app = FrozenConsole(home, settings=settings, unlock=name != "unlock")
    async with app.run_test(size=size) as pilot:
        if name == "unlock":
            await pilot.pause(0.3)
        else:
            await play(pilot, script)
        await stand_still(pilot)
        svg = app.export_screenshot(title="Sanctuary")
    (IMAGES / f"{name}.svg").write_text(self_contained(svg, name), "utf-8")


def main(names: list[str]) -> None:
    """Draw all pictures, or those named."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        made = make_home(Path(folder) / "caseload", cases=60)
        for name in names or list(PICTURES):
            copy = Path(folder) / name
            shutil.copytree(made, copy)
            asyncio.run(draw(copy, name))
            shutil.rmtree(copy)


if __name__ == "__main__":
    main(sys.argv[1:])
