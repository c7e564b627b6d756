"""What the documentation says is there is there."""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.markers import Marker

from config.keymap import DEFAULT_KEYS, shown
from db import keyfile, recovery
from sanctuary_tui.cli import build_parser
from tests.test_dependencies import asked_for, pins

ROOT = Path(__file__).parents[1]
DOCS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
TEXTS = [*DOCS, ROOT / "run.py", ROOT / ".ci" / "run", *ROOT.glob("requirements*.lock")]
TEST_NAME = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def section(text: str, title: str) -> str:
    """The part of a page under a heading of the second level."""
    (found,) = re.findall(
        rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE
    )
    return str(found)


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


# --- every page -----------------------------------------------------------------------------------


def test_the_pages_are_there() -> None:
    assert {
        "README.md",
        "CHANGELOG.md",
        "docs/ARCHITECTURE.md",
        "docs/DATA_DICTIONARY.md",
        "docs/DEPENDENCIES.md",
        "docs/SECURITY.md",
    } <= {named(path) for path in DOCS}


def anchors(text: str) -> set[str]:
    """The places of a page that a link can name."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", DOCS, ids=named)
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if target.startswith(("https://", "mailto:")):
            continue
        name, _, place = target.partition("#")
        leads_to = (page.parent / name).resolve() if name else page
        good = leads_to.exists() and leads_to.is_relative_to(ROOT)
        if good and place:
            good = place in anchors(leads_to.read_text("utf-8"))
        if not good:
            broken.append(target)
    assert broken == []


# Written with a gap, so that this file does not itself name what it looks for.
_REGISTRIES = "pypi .org|python hosted|files .python|npm js|deb .debian"
FOREIGN = {
    "a folder of one machine": r"(?<![\w.~%])/(?:home|root|work|Users|tmp|opt)/\w|[A-Z]:\\Users",
    "the host of a package registry": _REGISTRIES.replace(" ", "").replace(".", r"\."),
    "an option that names an index": r"--(?:extra-)?index-url|--find-links|--trusted-host",
}


@pytest.mark.parametrize("what", FOREIGN)
def test_nothing_belongs_to_one_machine(what: str) -> None:
    found = [
        f"{named(path)}: {match[0]}"
        for path in TEXTS
        for match in re.finditer(FOREIGN[what], path.read_text("utf-8"))
    ]
    assert found == []


# --- commands and keys ----------------------------------------------------------------------------


def commands(parser: argparse.ArgumentParser, before: str = "sanctuary") -> Iterator[str]:
    """Every command that does something, in full: ``sanctuary key show``."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                deeper = list(commands(inner, f"{before} {name}"))
                yield from deeper or [f"{before} {name}"]


def test_every_command_is_in_the_readme_and_every_one_there_exists() -> None:
    table = section(read("README.md"), "Command line")
    told = {
        " ".join(re.findall(r"[a-z]+", row)) for row in re.findall(r"^\| `([^`]+)`", table, re.M)
    }
    there = set(commands(build_parser()))
    assert {name for name in there if not any(one.startswith(name) for one in told)} == set()
    spoken = {"sanctuary", *there}
    assert {one for one in told if not any(one.startswith(name) for name in spoken)} == set()


def there_already(text: str) -> set[str]:
    """Commands that a text promises and that are there."""
    promised = set(re.findall(r"`(sanctuary [a-z ]+)`", text))
    there = set(commands(build_parser()))
    return {name for name in promised if any(f"{one} ".startswith(f"{name} ") for one in there)}


def test_what_is_not_there_yet_is_not_there() -> None:
    assert there_already(section(read("README.md"), "What is not there yet")) == set()
    assert there_already("- `sanctuary digest`, `sanctuary key`, `sanctuary plot`") == {
        "sanctuary digest",
        "sanctuary key",
    }


def test_every_key_in_the_readme_is_a_key() -> None:
    table = section(read("README.md"), "Keys")
    keys = re.findall(r"\| `([^`]+)` ", table)
    assert len(keys) > 20
    known = {shown(one) for all_of_one in DEFAULT_KEYS.values() for one in all_of_one.split(",")}
    assert set(keys) <= known


def test_the_two_commands_of_the_readme_are_those_of_run_py() -> None:
    text = read("README.md")
    for command in set(re.findall(r"python3 run\.py(?: (\w+))?", text)):
        assert not command or re.search(rf'^    "{command}": ', read("run.py"), re.MULTILINE), (
            command
        )


# --- security -------------------------------------------------------------------------------------


def guaranteed() -> list[str]:
    text = section(read("docs/SECURITY.md"), "Guaranteed")
    return [" ".join(item.split()) for item in re.split(r"^- ", text, flags=re.MULTILINE)[1:]]


def test_every_guarantee_names_a_test_that_exists() -> None:
    lines = guaranteed()
    assert len(lines) > 25
    assert [line for line in lines if not TEST_NAME.search(line)] == []


def marked(root: Path) -> set[tuple[str, str]]:
    """Every test under a folder that is marked as a guarantee: its file and its name."""
    return {
        (path.relative_to(root).as_posix(), node.name)
        for path in sorted((root / "tests").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and any(ast.unparse(one) == "pytest.mark.guarantee" for one in node.decorator_list)
    }


def test_the_guarantees_and_the_marked_tests_are_the_same() -> None:
    """A promise without its test, or a test of a promise nobody was told of."""
    told = set(TEST_NAME.findall(" ".join(guaranteed())))
    there = marked(ROOT)
    assert told - there == set(), "named in SECURITY.md: put @pytest.mark.guarantee on it"
    assert there - told == set(), "marked: name it under Guaranteed in SECURITY.md"
    assert len(told) > 60


def test_a_marked_test_that_is_not_named_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "tests" / "db").mkdir(parents=True)
    (tmp_path / "tests" / "db" / "test_x.py").write_text(
        "@pytest.mark.slow\n@pytest.mark.guarantee\nasync def test_a(): ...\n"
        "@pytest.mark.slow\ndef test_b(): ...\n"
    )
    assert marked(tmp_path) == {("tests/db/test_x.py", "test_a")}


def test_every_control_of_the_rights_stands_beside_its_guarantee() -> None:
    """A test of a test stands beside the promise it is for, so that neither is lost alone."""
    text = read("docs/SECURITY.md").partition("### For the people it is about\n")[2]
    told = TEST_NAME.findall(text.partition("\n### ")[0])
    controls = {
        (name, node.name)
        for name in {name for name, _ in told}
        for node in ast.parse(read(name)).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if node.name.startswith("test_control_")
    }
    assert len(controls) >= 6
    assert controls - set(told) == set()


@pytest.mark.parametrize("page", DOCS, ids=named)
def test_every_test_that_is_named_exists(page: Path) -> None:
    missing = []
    for name, test in TEST_NAME.findall(page.read_text("utf-8")):
        path = ROOT / name
        tree = ast.parse(path.read_text("utf-8")) if path.exists() else ast.Module([], [])
        tests = {
            node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        if test not in tests:
            missing.append(f"{name}::{test}")
    assert missing == []


def test_what_is_not_guaranteed_is_said() -> None:
    text = section(read("docs/SECURITY.md"), "Not guaranteed")
    assert text.count("\n- **") >= 10
    assert not TEST_NAME.search(text)


def test_the_vectors_on_the_page_are_what_the_program_gives() -> None:
    text = section(read("docs/SECURITY.md"), "Keys")
    rows = dict(re.findall(r"^\| ([\w, ]+) \| `([^`]+)` \|$", text, re.MULTILINE))
    derived = keyfile.derive_wrapping_key(
        rows["passphrase"],
        bytes.fromhex(rows["device secret, hex"]),
        bytes.fromhex(rows["salt, hex"]),
        keyfile.STANDARD,
    )
    assert derived.hex() == rows["wrapping key, hex"]
    assert f"{keyfile.STANDARD.memory_kib} KiB, {keyfile.STANDARD.passes} passes" in text
    assert recovery.format_recovery_key(bytes(range(32))) in text


# --- architecture ---------------------------------------------------------------------------------


def test_every_file_named_in_the_architecture_is_there() -> None:
    text = read("docs/ARCHITECTURE.md")
    wanted = set(re.findall(r"`([\w/*.]+\.(?:py|toml))`", text)) - {"settings.toml"}
    assert len(wanted) > 40
    places = [
        ROOT,
        *(ROOT / name for name in ("sanctuary_tui", "sanctuary_tui/pathway", "widgets")),
    ]
    assert {name for name in wanted if not any(list(place.glob(name)) for place in places)} == set()


# --- dependencies ---------------------------------------------------------------------------------

PLATFORMS = {"Linux": "linux", "Windows": "win32", "macOS": "darwin"}


def test_each_package_asked_for_is_described_in_its_version() -> None:
    table = section(read("docs/DEPENDENCIES.md"), "Asked for")
    told = dict(re.findall(r"^\| ([\w.-]+) \| ([\w.]+) \|", table, re.MULTILINE))
    told.pop("package")
    assert told == {one.name: next(iter(one.specifier)).version for one in asked_for()}


def test_each_package_brought_in_is_named() -> None:
    table = section(read("docs/DEPENDENCIES.md"), "Brought in by those")
    told = {
        name.strip()
        for row in re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)
        for name in row.split(",")
    } - {"package", "---"}
    direct = {one.name for one in asked_for("build")}
    assert told - {"|---"} == set(pins("requirements.lock")) - direct


def test_the_packages_are_counted() -> None:
    table = section(read("docs/DEPENDENCIES.md"), "How many")
    told = {
        platform: (int(old), int(new))
        for platform, old, new in re.findall(
            r"^\| (\w+) \| (\d+) \| (\d+) \|$", table, re.MULTILINE
        )
    }
    assert told == {
        name: (count_on(platform, "3.11"), count_on(platform, "3.14"))
        for name, platform in PLATFORMS.items()
    }


def count_on(platform: str, python: str) -> int:
    environment = {
        "sys_platform": platform,
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    return sum(
        pin.name != "setuptools" and (not pin.marker or Marker(pin.marker).evaluate(environment))
        for pin in pins("requirements.lock").values()
    )


# --- continuous integration -----------------------------------------------------------------------


def test_the_script_of_continuous_integration_can_be_run() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o100
    subprocess.run(["bash", "-n", str(script)], check=True)
    assert "set -euo pipefail" in script.read_text("utf-8")
