"""What is installed and why: wheels alone, each package described, the bill in step."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.test_dependencies import pins
from tools import sbom

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PAGE = (ROOT / "docs" / "DEPENDENCIES.md").read_text("utf-8")


# --- the page equals the lock ---------------------------------------------------------------------


def undescribed(lock: str, page: str) -> set[str]:
    """Packages of which page and lock differ in name or version, or that have no reason."""
    wanted = {one.name: one.version for one in sbom.read_lock(lock)}
    told = sbom.described(page)
    found = {name for name in wanted.keys() ^ told.keys() if name not in sbom.NOT_RUN}
    for name in wanted.keys() & told.keys():
        row = told[name]
        whole = all(row[title] for title in ("what for", "licence", "code"))
        if row["version"] != wanted[name] or not whole:
            found.add(name)
    return found


@pytest.mark.guarantee
def test_the_page_describes_each_package_of_the_lock_and_no_other() -> None:
    assert {one.name for one in sbom.read_lock(LOCK)} == set(pins("requirements.lock"))
    assert undescribed(LOCK, PAGE) == set()


def test_a_package_more_or_less_or_of_another_version_is_found() -> None:
    entry = f"left-pad==1.0.0 \\\n    --hash=sha256:{'0' * 64}\n    # via pydantic\n"
    assert undescribed(LOCK + entry, PAGE) == {"left-pad"}
    assert undescribed(LOCK, PAGE.replace("| six |", "| seven |")) == {"six", "seven"}
    assert undescribed(LOCK.replace("olefile==0.47", "olefile==0.48"), PAGE) == {"olefile"}
    row = next(line for line in PAGE.splitlines() if line.startswith("| olefile |"))
    assert undescribed(LOCK, PAGE.replace(row, row.replace("the container", ""))) == set()
    empty = re.sub(r"\| the container[^|]+\|", "|  |", row)
    assert undescribed(LOCK, PAGE.replace(row, empty)) == {"olefile"}


def test_the_page_says_truly_what_brings_a_package_in() -> None:
    told = sbom.described(PAGE)
    locked = {one.name: one for one in sbom.read_lock(LOCK)}
    for name, row in told.items():
        if "through" in row:
            assert tuple(row["through"].split(", ")) == locked[name].asked_by, name


def needed_by(name: str) -> set[str]:
    """What an installed package asks for here, by its own metadata."""
    lines = metadata.requires(name) or []
    found = set()
    for requirement in map(Requirement, lines):
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            found.add(canonicalize_name(requirement.name))
    return found


def test_the_lock_says_truly_who_asked() -> None:
    """By the metadata of what is installed, so that no package stands in the lock for nothing."""
    for one in sbom.read_lock(LOCK):
        if one.marker and not Marker(one.marker).evaluate():
            continue
        asking = [name for name in one.asked_by if name != sbom.PROJECT]
        there = [
            name
            for name in asking
            if not (marker := pins("requirements.lock")[name].marker) or Marker(marker).evaluate()
        ]
        if there and sbom.PROJECT not in one.asked_by:
            # Extras (textual's, markdown-it-py's) are asked for by name elsewhere.
            extras = {"linkify-it-py", "mdit-py-plugins"}
            assert one.name in extras or any(one.name in needed_by(name) for name in there), one


def test_the_binary_ones_are_those_the_page_says() -> None:
    told = sbom.described(PAGE)
    for name, row in told.items():
        try:
            wheel = metadata.distribution(name).read_text("WHEEL") or ""
        except metadata.PackageNotFoundError:
            continue  # of another system
        pure = "Root-Is-Purelib: true" in wheel
        assert row["code"] == ("pure" if pure else "binary"), name


# --- wheels alone ---------------------------------------------------------------------------------


def pip_calls(source: str) -> list[list[str]]:
    """Every call of pip that ``run.py`` makes, by its words that are literal."""
    return [
        [one.value for one in node.args if isinstance(one, ast.Constant)]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "_pip"
        and node.args
    ]


def may_build(source: str) -> list[list[str]]:
    """The calls that could fetch something without a hash, or build it from source."""
    wanted = {"--require-hashes", "--only-binary", ":all:", "--no-deps"}
    itself = {"--no-index", "--no-build-isolation", "--no-deps", "--editable"}
    return [
        words
        for words in pip_calls(source)
        if words[0] == "install" and not (wanted <= set(words) or itself <= set(words))
    ]


@pytest.mark.guarantee
def test_run_py_installs_wheels_held_to_hashes_and_nothing_else() -> None:
    source = (ROOT / "run.py").read_text("utf-8")
    assert len(pip_calls(source)) == 3
    assert may_build(source) == []
    for option in ('"--require-hashes", ', '"--only-binary", ":all:", ', '"--no-index", '):
        assert option in source
        assert may_build(source.replace(option, "")) != [], option


@pytest.mark.guarantee
@pytest.mark.slow
def test_a_package_that_has_no_wheel_is_not_built(tmp_path: Path) -> None:
    """Real pip, with the options of ``run.py``, on a source archive that would run code."""
    folder = tmp_path / "source" / "victim-1.0"
    folder.mkdir(parents=True)
    ran = tmp_path / "ran"
    folder.joinpath("setup.py").write_text(
        f"open({str(ran)!r}, 'w').close()\nfrom setuptools import setup\nsetup(name='victim',"
        "version='1.0')\n"
    )
    archive = tmp_path / "links" / "victim-1.0.zip"
    archive.parent.mkdir()
    with zipfile.ZipFile(archive, "w") as made:
        made.write(folder / "setup.py", "victim-1.0/setup.py")
    lock = tmp_path / "one.lock"
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    lock.write_text(f"victim==1.0 --hash=sha256:{digest}\n")

    def install(*options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                *(sys.executable, "-m", "pip", "install", "--no-input", "--no-index"),
                *("--find-links", str(archive.parent), "--no-build-isolation", "--no-deps"),
                *("--require-hashes", *options, "--target", str(tmp_path / "into")),
                *("-r", str(lock)),
            ],
            capture_output=True,
            text=True,
            check=False,
        )

    refused = install("--only-binary", ":all:")
    assert refused.returncode != 0
    assert "No matching distribution" in refused.stderr
    assert not ran.exists()
    install()
    assert ran.exists(), "the control: without that option the archive's own code is run"


# --- no index is named --------------------------------------------------------------------------

# Written with a gap, so that this file does not itself name what it looks for.
HOSTS = "pypi .org|python hosted|files .python|npm js.|crates .io|deb .debian|conda .anaconda"
HOST = re.compile(HOSTS.replace(" ", "").replace(".", r"\."))
NOT_OURS = {".venv", ".git", "__pycache__", "build", ".hypothesis", ".mypy_cache", ".ruff_cache"}


def hosts_named(root: Path) -> list[str]:
    """Files under a folder that name the host of a package registry."""
    return [
        path.relative_to(root).as_posix()
        for path in sorted(root.rglob("*"))
        if not NOT_OURS & set(path.relative_to(root).parts)
        and path.is_file()
        and HOST.search(path.read_text("utf-8", "ignore"))
    ]


def test_no_file_of_the_project_names_a_registry(tmp_path: Path) -> None:
    """Where packages come from is the council's own choice, set on its computers and not here."""
    assert hosts_named(ROOT) == []
    (tmp_path / "a.toml").write_text(f"url = 'https://{'pypi'}.org/simple'")
    assert hosts_named(tmp_path) == ["a.toml"]


# --- the bill of materials ------------------------------------------------------------------------


@pytest.mark.guarantee
def test_the_bill_of_materials_is_that_of_the_lock() -> None:
    assert (ROOT / "docs" / "sbom.cdx.json").read_text("utf-8") == sbom.written(), (
        "run `python3 run.py sbom`"
    )


def test_the_bill_holds_every_package_with_all_its_hashes() -> None:
    made = json.loads(sbom.written())
    found = {
        one["name"]: (
            one["version"],
            {digest["content"] for digest in one["externalReferences"][0]["hashes"]},
        )
        for one in made["components"]
    }
    assert found == {
        name: (pin.version, {one.removeprefix("sha256:") for one in pin.hashes})
        for name, pin in pins("requirements.lock").items()
    }
    refs = {one["bom-ref"] for one in made["components"]} | {sbom.PROJECT}
    assert {one["ref"] for one in made["dependencies"]} == refs
    reached = {ref for one in made["dependencies"] for ref in one["dependsOn"]}
    assert reached == refs - {sbom.PROJECT}
    assert all("licenses" in one for one in made["components"] if one["name"] != "setuptools")


def test_a_changed_lock_is_another_bill() -> None:
    before = sbom.bill(LOCK, PAGE, "1")
    after = sbom.bill(LOCK.replace("olefile==0.47", "olefile==0.48"), PAGE, "1")
    assert before["serialNumber"] != after["serialNumber"]
    assert before["components"] != after["components"]
    assert json.dumps(before) == json.dumps(sbom.bill(LOCK, PAGE, "1"))
