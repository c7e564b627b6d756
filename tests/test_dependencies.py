"""What is installed is what the lock says, and the lock says what pyproject.toml asks for."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PACKAGES = ("config", "db", "widgets", "sanctuary_tui")
LOCKS = ("requirements.lock", "requirements-dev.lock")
ON_WINDOWS_ALONE = {"tzdata"}
"""Not imported by name: zoneinfo looks for it where the system has no time zones."""


@dataclass(frozen=True, slots=True)
class Pin:
    """One package of a lock file."""

    name: str
    version: str
    marker: str
    hashes: frozenset[str]


@cache
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def asked_for(*extras: str) -> list[Requirement]:
    project = pyproject()["project"]
    lines = [*project["dependencies"]]
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    return [Requirement(line) for line in lines]


def pins(lock: str) -> dict[str, Pin]:
    """Every package of a lock file by its name; a line of any other shape is an error."""
    found: dict[str, Pin] = {}
    text = (ROOT / lock).read_text("utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        head, *rest = re.split(r"\s+--hash=", line.strip())
        requirement = Requirement(head)
        (only,) = requirement.specifier
        assert only.operator == "==", line
        assert requirement.url is None, line
        assert not requirement.extras, line
        hashes = [item.strip() for item in rest]
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", item) for item in hashes), line
        name = canonicalize_name(requirement.name)
        assert name not in found, f"{name} stands twice in {lock}"
        marker = str(requirement.marker or "")
        found[name] = Pin(name, only.version, marker, frozenset(hashes))
    return found


# --- the lock files -------------------------------------------------------------------------------


@pytest.mark.guarantee
@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_held_to_hashes_and_nothing_else_stands_in_the_lock(lock: str) -> None:
    found = pins(lock)
    assert len(found) > 40
    assert [pin.name for pin in found.values() if not pin.hashes] == []


@pytest.mark.parametrize(
    ("lock", "extras"),
    [("requirements.lock", ("build",)), ("requirements-dev.lock", ("build", "dev"))],
)
def test_the_lock_is_made_from_what_is_asked_for(lock: str, extras: tuple[str, ...]) -> None:
    found = pins(lock)
    for requirement in asked_for(*extras):
        pin = found[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(pin.version), requirement
        assert pin.marker == str(requirement.marker or ""), requirement


def test_what_is_asked_for_is_pinned_exactly() -> None:
    loose = [
        str(requirement)
        for requirement in asked_for("build", "dev")
        if [item.operator for item in requirement.specifier] != ["=="]
    ]
    assert loose == []


def test_the_development_lock_holds_all_of_the_other() -> None:
    developing = pins("requirements-dev.lock")
    assert {name: developing.get(name) for name in pins("requirements.lock")} == pins(
        "requirements.lock"
    )


def test_each_platform_gets_its_own() -> None:
    found = pins("requirements.lock")

    def on(name: str, platform: str) -> bool:
        marker = found[name].marker
        return not marker or Marker(marker).evaluate({"sys_platform": platform})

    for name, platforms in {
        "tzdata": {"win32"},
        "pywin32-ctypes": {"win32"},
        "secretstorage": {"linux"},
        "jeepney": {"linux"},
        "sqlcipher3": {"win32", "linux", "darwin"},
    }.items():
        assert {item for item in ("win32", "linux", "darwin") if on(name, item)} == platforms, name


def test_what_runs_these_tests_is_what_the_lock_says() -> None:
    """A package of another version here would be tested in place of the one people get."""
    wrong = []
    for pin in pins("requirements-dev.lock").values():
        if pin.marker and not Marker(pin.marker).evaluate():
            continue
        try:
            installed = metadata.version(pin.name)
        except metadata.PackageNotFoundError:
            installed = "missing"
        if installed != pin.version:
            wrong.append(f"{pin.name} {installed}, not {pin.version}")
    assert wrong == [], "run `python3 run.py setup --dev`"


# --- what the program imports ---------------------------------------------------------------------


def imported() -> dict[str, set[str]]:
    """Top-level modules that the program imports, and the files that do."""
    found: dict[str, set[str]] = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                names: list[str] = []
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and not node.level:
                    names = [node.module or ""]
                for name in names:
                    found.setdefault(name.partition(".")[0], set()).add(str(path.relative_to(ROOT)))
    return found


def test_what_is_imported_is_asked_for_and_nothing_more() -> None:
    known = metadata.packages_distributions()
    used = {
        canonicalize_name(distribution)
        for module in imported()
        if module not in sys.stdlib_module_names and module not in PACKAGES
        for distribution in known.get(module, [f"{module}, which is not installed"])
    }
    assert used == {canonicalize_name(one.name) for one in asked_for()} - ON_WINDOWS_ALONE


# --- the project as a package ---------------------------------------------------------------------


def source_files() -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of what makes up the project, with nothing built or cached in it."""
    copy = tmp_path / "project"
    copy.mkdir()
    for name in ("run.py", "pyproject.toml", "README.md", "LICENSE", *LOCKS):
        shutil.copy(ROOT / name, copy / name)
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    return copy


def test_a_wheel_holds_every_file(sources: Path, tmp_path: Path) -> None:
    """Built as ``run.py`` builds it: without fetching anything."""
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps"),
            *("--no-build-isolation", "--wheel-dir", str(tmp_path / "wheel"), str(sources)),
        ],
        check=True,
        capture_output=True,
    )
    (wheel,) = (tmp_path / "wheel").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
        licences = [name for name in archive.namelist() if name.endswith("licenses/LICENSE")]
    assert held == source_files()
    assert licences


# --- run.py ---------------------------------------------------------------------------------------


def run(*arguments: str, cwd: Path = ROOT, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "run.py", *arguments],
        cwd=cwd,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_older_python_is_told_in_one_sentence() -> None:
    """The real file, in an interpreter that says it is older."""
    script = (
        "import runpy, sys; sys.version_info = (3, 10, 4, 'final', 0); "
        "runpy.run_path('run.py', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "3.11 or newer is needed and this is 3.10" in done.stderr


def test_an_unknown_word_shows_the_usage() -> None:
    done = run("tests")
    assert done.returncode == 2
    assert "python3 run.py test" in done.stdout


def test_a_lock_that_is_missing_is_one_sentence(sources: Path) -> None:
    (sources / "requirements-dev.lock").unlink()
    done = run("setup", cwd=sources)
    assert done.returncode == 1
    assert done.stderr == "run.py: requirements-dev.lock is missing; clone the project again.\n"


@pytest.mark.slow
def test_without_network_and_with_nothing_installed_it_is_one_sentence(sources: Path) -> None:
    """A network of nobody: the name of the index is looked up nowhere."""
    proxy = "http://127.0.0.1:9"
    environ = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), proxy)
    environ |= {"PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": "", "PIP_NO_CACHE_DIR": "1"}
    environ |= {"NO_PROXY": "", "no_proxy": ""}
    done = run("setup", cwd=sources, **environ)
    assert done.returncode == 1
    (sentence,) = done.stderr.splitlines()
    assert sentence.startswith("run.py: The packages could not be fetched because no package index")
    assert not (sources / ".venv" / "installed.json").exists()


# --- a changed hash -------------------------------------------------------------------------------


def fetch(lock: Path, into: Path) -> subprocess.CompletedProcess[str]:
    """Fetch what a lock names, with the options ``run.py`` installs with."""
    return subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--no-input", "--retries", "1"),
            *("--require-hashes", "--only-binary", ":all:", "--no-deps"),
            *("--requirement", str(lock), "--dest", str(into)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.guarantee
@pytest.mark.slow
def test_a_package_whose_hash_is_changed_by_one_digit_is_refused(tmp_path: Path) -> None:
    whole = (ROOT / "requirements.lock").read_text("utf-8")
    # Its smallest pure package stands for all: one wheel for every platform, a second to fetch.
    (entry,) = re.findall(r"^annotated-types==.*\n(?:    --hash=.*\n)+", whole, re.MULTILINE)
    good, bad = tmp_path / "good.lock", tmp_path / "bad.lock"
    good.write_text(entry, "utf-8")
    if fetch(good, tmp_path / "fetched").returncode:
        pytest.skip("pip can reach no package index: run this with a network")
    flip = {character: "0" if character != "0" else "1" for character in "0123456789abcdef"}
    changed = re.sub(r"(sha256:)(.)", lambda found: found[1] + flip[found[2]], entry)
    bad.write_text(whole.replace(entry, changed), "utf-8")
    refused = fetch(bad, tmp_path / "refused")
    assert refused.returncode != 0
    assert "DO NOT MATCH THE HASHES" in refused.stdout + refused.stderr
    assert not (tmp_path / "refused").exists() or not list((tmp_path / "refused").iterdir())
