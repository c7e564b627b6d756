"""What council IT is told of the program is what the program does."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest
from platformdirs import macos, unix, windows

from config.paths import APP_NAME, Paths, resolve_paths
from db.device_secret import SERVICE

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "IT-CHECKLIST.md").read_text("utf-8")
PLAIN = PAGE.replace("**", "")


def test_each_thing_the_brief_of_it_asks_for_is_on_the_page() -> None:
    for wanted in (
        *("BitLocker", "Recall", "firstWindowPreference", "OneDrive", "ibernation", "rash dump"),
        *("ntivirus", "eyring", "lipboard", "swap", "roaming", "Known Folder Move"),
    ):
        assert wanted in PAGE, wanted


def test_the_files_are_all_named() -> None:
    paths = resolve_paths("/somewhere", {})
    names = {paths.caseload.name, f"{paths.caseload.name}-wal", paths.keyfile.name}
    names |= {paths.attempts_file.name, paths.settings_file.name, paths.device_secret_file.name}
    names |= {paths.attempts_copy.name}
    assert {name for name in names if f"`{name}`" not in PAGE} == set()
    log = (ROOT / "sanctuary_tui" / "crash.py").read_text("utf-8")
    assert "crash.log" in PAGE
    assert 'self._folder / "crash.log"' in log
    assert len(fields(Paths)) == 3, "a folder more: say on the page where it is"


def test_the_folders_are_those_the_program_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "get_win_folder", windows.get_win_folder_from_env_vars)
    for name, value in {"LOCALAPPDATA": "%LOCALAPPDATA%", "HOME": "/h"}.items():
        monkeypatch.setenv(name, value)
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    named = set(re.findall(r"`([^`]+)`", PAGE))
    for kind in (unix.Unix, macos.MacOS):
        dirs = kind(APP_NAME, appauthor=False, roaming=False)
        for folder in (dirs.user_data_dir, dirs.user_config_dir, dirs.user_log_dir):
            assert folder.replace("/h", "~", 1) in named, folder
    local = windows.Windows(APP_NAME, appauthor=False, roaming=False)
    folder = r"%LOCALAPPDATA%\sanctuary-tui"
    assert folder in named
    for found in (local.user_data_dir, local.user_config_dir):
        assert Path(found.replace("\\", "/")).parts[-2:] == ("%LOCALAPPDATA%", APP_NAME)
    assert Path(local.user_log_dir).name == "Logs"
    assert f"entry `{SERVICE}`" in PAGE


def starting() -> dict[str, set[str]]:
    """Files of the program that can start another, and what they name to start."""
    found: dict[str, set[str]] = {}
    for package in ("config", "db", "widgets", "sanctuary_tui"):
        for path in (ROOT / package).rglob("*.py"):
            tree = ast.parse(path.read_text("utf-8"))
            modules = {
                alias.name
                for node in ast.walk(tree)
                if isinstance(node, ast.Import)
                for alias in node.names
            }
            doors = modules & {"subprocess", "socket", "http", "urllib", "ftplib", "smtplib"}
            if doors:
                found[path.relative_to(ROOT).as_posix()] = doors
    return found


def test_it_starts_what_the_page_says_and_no_file_imports_a_network() -> None:
    assert starting() == {
        "config/paths.py": {"subprocess"},
        "sanctuary_tui/launcher.py": {"subprocess"},
    }
    assert '["icacls",' in (ROOT / "config" / "paths.py").read_text("utf-8")
    assert "`icacls`" in PAGE


def test_every_line_to_tick_has_a_reason() -> None:
    rows = re.findall(r"^\| ☐ \| (.+) \| (.+) \|$", PLAIN, re.MULTILINE)
    assert len(rows) >= 15
    assert PAGE.count("☐") == len(rows)
    assert all(len(what) > 10 and len(why) > 10 for what, why in rows)
