"""Every screen and sheet as it is painted: look at the pictures when one changes.

After a change that was meant, ``pytest tests/snapshots --snapshot-update`` keeps the new pictures;
look at each in the difference before it is committed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.frozen import Opened, play, settle, stand_still
from tests.scenes import SCENES

Compare = Callable[..., bool]
WIDE, USUAL, SMALL = (120, 40), (80, 24), (40, 10)
AS_ANOTHER = {("board_by_tenure", WIDE)}
"""Pictures that would show what another does: the wide board by risk, with other headings."""


def by_keys(script: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Press the keys of a scene, then hold everything still."""

    async def go(pilot: Pilot[Any]) -> None:
        await play(pilot, script)
        await stand_still(pilot)

    return go


@pytest.mark.parametrize(
    ("scene", "size"),
    [
        pytest.param(scene, size, id=f"{scene}-{size[0]}x{size[1]}")
        for scene in SCENES
        for size in (WIDE, USUAL)
        if (scene, size) not in AS_ANOTHER
    ],
)
def test_scene(scene: str, size: tuple[int, int], console: Opened, snap_compare: Compare) -> None:
    assert snap_compare(console(), terminal_size=size, run_before=by_keys(SCENES[scene]))


@pytest.mark.parametrize("scene", ["today", "board", "case_overview", "referral_form", "refusal"])
def test_small(scene: str, console: Opened, snap_compare: Compare) -> None:
    assert snap_compare(console(), terminal_size=SMALL, run_before=by_keys(SCENES[scene]))


@pytest.mark.parametrize("theme", ["sanctuary-light", "sanctuary-contrast"])
@pytest.mark.parametrize("scene", ["today", "case_overview"])
def test_theme(scene: str, theme: str, console: Opened, snap_compare: Compare) -> None:
    app = console(settings={"theme": theme})
    assert snap_compare(app, terminal_size=WIDE, run_before=by_keys(SCENES[scene]))


@pytest.mark.parametrize("scene", ["today", "board", "marac"])
def test_empty(scene: str, console: Opened, snap_compare: Compare) -> None:
    app = console("empty")
    assert snap_compare(app, terminal_size=USUAL, run_before=by_keys(SCENES[scene]))


@pytest.mark.parametrize("size", [WIDE, USUAL, SMALL], ids=lambda size: f"{size[0]}x{size[1]}")
def test_unlock(size: tuple[int, int], console: Opened, snap_compare: Compare) -> None:
    assert snap_compare(console(unlock=False), terminal_size=size, run_before=by_keys(""))


def test_note(console: Opened, snap_compare: Compare) -> None:
    """A note stands above the banner and the keys, never over them."""

    async def masked(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        pilot.app.notify("Names are shown.", timeout=600)
        await settle(pilot)
        await stand_still(pilot, notes=True)

    assert snap_compare(console(), terminal_size=USUAL, run_before=masked)
