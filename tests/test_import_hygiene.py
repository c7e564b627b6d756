"""What is imported when, proved in fresh processes."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.scripts import said_by

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
    "numpy",
}
"""What the first paint must not wait for."""


def imported_by(script: str, *options: str) -> set[str]:
    """Run a script in a fresh interpreter away from the sources; return its modules."""
    tail = "import json as _json, sys as _sys; print(_json.dumps(sorted(_sys.modules)))"
    said = said_by(f"{textwrap.dedent(script)}\n{tail}", options=options)
    return set(json.loads(said[-1]))


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
    modules = set(json.loads(said_by(script)[-1]))
    assert "sanctuary_tui.screens.unlock" in modules
    assert not tops(modules) & HEAVY
    assert not {name for name in modules if name.startswith("db.")}


def test_nothing_but_the_graphs_brings_numpy_in() -> None:
    """Every module of the program together, without the one that draws the graphs."""
    packages = ["sanctuary_tui", "sanctuary_tui.screens", "sanctuary_tui.returns"]
    modules = {module for package in packages for module in modules_of(package)}
    graphs = "sanctuary_tui.screens.graphs"
    assert graphs in modules
    rest = sorted(modules - {graphs, "sanctuary_tui.__main__"})
    assert "numpy" not in tops(imported_by(f"import {', '.join(rest)}"))
    assert "numpy" in tops(imported_by(f"import {graphs}"))


def test_numpy_is_imported_when_the_pictures_are_opened_and_off_the_drawing_thread(
    tmp_path: Path,
) -> None:
    """The real console, key by key; who imports is told by Python's own audit.

    The caseload is made in a process of its own: sqlite-utils, which makes one, takes numpy too.
    """
    made = f"""
        import pathlib
        from tests.frozen import make_home
        make_home(pathlib.Path({str(tmp_path)!r}) / "home", 4)
    """
    assert "numpy" in tops(imported_by(made)), "say in docs/DEPENDENCIES.md that it does not"
    script = f"""
        import asyncio, pathlib, sys, threading
        from tests.frozen import FrozenConsole, play
        seen = []
        def watch(event, given):
            if event == "import" and given[0] == "numpy":
                seen.append(threading.current_thread() is threading.main_thread())
        sys.addaudithook(watch)
        async def main():
            app = FrozenConsole(pathlib.Path({str(tmp_path)!r}) / "home")
            async with app.run_test(size=(80, 24)) as pilot:
                await play(pilot, "6 p")
                print("numpy" in sys.modules, seen)
                await play(pilot, "enter")
                print("numpy" in sys.modules, seen)
        asyncio.run(main())
    """
    assert said_by(script) == ["False []", "True [False]"]
