"""What is imported when, proved in fresh processes."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = {
    "pydantic",
    "keyring",
    "sqlite_utils",
    "sqlcipher3",
    "holidays",
    "openpyxl",
    "msoffcrypto",
    "nacl",
    "zxcvbn",
    "dateutil",
    "markdown_it",
}
"""What the first paint must not wait for."""


def imported_by(script: str, *options: str) -> set[str]:
    """Run a script in a fresh interpreter away from the sources; return its modules."""
    tail = "import json as _json, sys as _sys; print(_json.dumps(sorted(_sys.modules)))"
    done = subprocess.run(
        [sys.executable, *options, "-c", f"{textwrap.dedent(script)}\n{tail}"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def tops(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def modules_of(package: str) -> list[str]:
    folder = ROOT / Path(*package.split("."))
    found = pkgutil.iter_modules([str(folder)])
    return [package, *(f"{package}.{module.name}" for module in found)]


@pytest.mark.parametrize("package", ["config", "db", "sanctuary_tui.pathway"])
def test_the_core_knows_no_screen(package: str) -> None:
    modules = modules_of(package)
    assert len(modules) > 1
    assert "textual" not in tops(imported_by(f"import {', '.join(modules)}"))


def test_the_config_imported_is_ours() -> None:
    """Packages at the top level can be shadowed by another of the same name."""
    script = """
        import importlib, pathlib
        for name in ("config", "db", "widgets", "sanctuary_tui"):
            print(pathlib.Path(importlib.import_module(name).__file__).parent)
    """
    done = subprocess.run(
        [sys.executable, "-I", "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
    )
    parents = {Path(line).parent for line in done.stdout.split()}
    (parent,) = parents
    assert (parent / "sanctuary_tui" / "launcher.py").exists()
    assert (parent / "config" / "text.py").exists()


def test_the_current_folder_is_not_on_the_consoles_path(tmp_path: Path) -> None:
    """The console is started with ``-I``: a ``config.py`` beside the shell is not taken."""
    from sanctuary_tui.launcher import CHILD

    (tmp_path / "config.py").write_text("raise SystemExit('a stranger')")
    interpreter = CHILD[: CHILD.index("-m")]
    done = subprocess.run(
        [*interpreter, "-c", "import config; print(config.__doc__)"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
    )
    assert done.returncode == 0
    assert "-I" in interpreter


def test_the_parent_imports_next_to_nothing() -> None:
    bare = imported_by("")
    launched = imported_by("import sanctuary_tui.__main__, sanctuary_tui.launcher") - bare
    heavy = {"textual", "rich", "asyncio", "argparse", "platformdirs", "subprocess", "pathlib"}
    assert not launched & (heavy | HEAVY)
    assert len(launched) < 30, sorted(launched)


def test_the_first_paint_imports_nothing_heavy(tmp_path: Path) -> None:
    """The real app, painted once, with a caseload that waits for its passphrase."""
    script = f"""
        import asyncio, pathlib, sys
        from config.paths import resolve_paths
        from sanctuary_tui.app import SanctuaryApp
        from sanctuary_tui.console import ConsoleOptions
        home = pathlib.Path({str(tmp_path)!r})
        (home / "caseload.db").touch()
        app = SanctuaryApp(resolve_paths(str(home), {{}}), ConsoleOptions(home=str(home)))
        seen = []
        def painted(*_):
            shown = [str(widget.render()) for widget in app.screen.query("Static")]
            if "Passphrase" in shown and not seen:
                seen.append(sorted(sys.modules))
        app.post_display_hook = painted
        async def main():
            async with app.run_test() as pilot:
                await pilot.pause()
        asyncio.run(main())
        import json
        print(json.dumps(seen[0]))
        sys.stdout.flush()
        import os
        os._exit(0)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    modules = set(json.loads(done.stdout.splitlines()[-1]))
    assert "sanctuary_tui.screens.unlock" in modules
    assert not tops(modules) & HEAVY
    assert not {name for name in modules if name.startswith("db.")}
