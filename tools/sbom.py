"""The bill of materials, from the lock: ``python3 run.py sbom``, standard library only.

CycloneDX 1.6 as JSON, for whoever has to know what a computer gets: each package with its version,
hashes, licence and what asked for it. Names, versions, hashes and who asked come from
``requirements.lock``; licences and reasons from the tables of ``docs/DEPENDENCIES.md``. The same
lock and page give the same file, to the byte; ``tests/test_supply_chain.py`` holds them in step.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tomllib
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
LOCK: Final = ROOT / "requirements.lock"
PAGE: Final = ROOT / "docs" / "DEPENDENCIES.md"
TARGET: Final = ROOT / "docs" / "sbom.cdx.json"
PROJECT: Final = "sanctuary-tui"
NOT_RUN: Final = frozenset({"setuptools"})
"""In the lock to install the project, and never imported by it."""

_ENTRY = re.compile(
    r"^([a-z0-9][a-z0-9.-]*)==(\S+)(?: ; (.*?))? \\\n((?:    \S.*\n)+)", re.MULTILINE
)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_NAMESPACE = uuid.UUID("6f0c1a52-2f3b-5d0e-9a44-6d1f8a0d5c11")


@dataclass(frozen=True, slots=True)
class Locked:
    """One package of the lock. ``asked_by`` has the project's own name for what it asks itself."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    asked_by: tuple[str, ...]


def read_lock(text: str) -> list[Locked]:
    """Every package of a lock file, in its order."""
    found = []
    for name, version, marker, rest in _ENTRY.findall(text):
        said = [line.strip().lstrip("# ") for line in rest.splitlines() if "--hash" not in line]
        names = [line.removeprefix("via").strip() for line in said]
        asked_by = tuple(
            PROJECT if one.startswith(PROJECT) else one.partition(" ")[0] for one in names if one
        )
        found.append(Locked(name, version, marker, tuple(_HASH.findall(rest)), asked_by))
    return found


def described(text: str) -> dict[str, dict[str, str]]:
    """What the tables of the page say of each package: a row by name, a cell by its title."""
    found: dict[str, dict[str, str]] = {}
    titles: list[str] = []
    for line in text.splitlines():
        if not line.startswith("|"):
            titles = []
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not titles:
            titles = cells
        elif titles[:2] == ["package", "version"] and not set(line) <= set("|-"):
            found[cells[0]] = dict(zip(titles, cells, strict=True))
    return found


def bill(lock: str, page: str, version: str) -> dict[str, Any]:
    """The bill of materials of a lock and a page."""
    packages, told = read_lock(lock), described(page)
    serial = uuid.uuid5(_NAMESPACE, hashlib.sha256(f"{lock}\n{page}".encode()).hexdigest())
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": PROJECT,
                "name": PROJECT,
                "version": version,
                "licenses": [{"license": {"id": "MIT"}}],
            }
        },
        "components": [_component(one, told.get(one.name, {})) for one in packages],
        "dependencies": [
            {"ref": ref, "dependsOn": [_ref(one) for one in packages if name in one.asked_by]}
            for name, ref in [(PROJECT, PROJECT), *((one.name, _ref(one)) for one in packages)]
        ],
    }


def _ref(one: Locked) -> str:
    return f"pkg:pypi/{one.name}@{one.version}"


def _component(one: Locked, told: dict[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "library",
        "bom-ref": _ref(one),
        "name": one.name,
        "version": one.version,
        "purl": _ref(one),
        "scope": "excluded" if one.name in NOT_RUN else "optional" if one.marker else "required",
    }
    if told.get("licence"):
        made["licenses"] = [{"license": {"name": told["licence"]}}]
    if told.get("what for"):
        made["description"] = told["what for"]
    if one.marker:
        made["properties"] = [{"name": f"{PROJECT}:where", "value": one.marker}]
    # One package has many wheels, and so many hashes: of what is distributed, not of one file.
    made["externalReferences"] = [
        {
            "type": "distribution",
            "url": _ref(one),
            "hashes": [{"alg": "SHA-256", "content": digest} for digest in one.hashes],
        }
    ]
    return made


def written() -> str:
    """The file as it ought to be now."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    made = bill(LOCK.read_text("utf-8"), PAGE.read_text("utf-8"), version)
    return _one_a_line(made)


def _one_a_line(made: dict[str, Any]) -> str:
    """JSON with a package a line, so that a change of the lock is a change of as many lines."""
    parts = []
    for name, value in made.items():
        if isinstance(value, list):
            lines = ",\n  ".join(json.dumps(one, ensure_ascii=False) for one in value)
            parts.append(f"{json.dumps(name)}: [\n  {lines}\n ]")
        else:
            parts.append(f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}")
    return "{\n " + ",\n ".join(parts) + "\n}\n"


def main() -> int:
    """Write the file; say how many packages are in it."""
    text = written()
    TARGET.write_text(text, "utf-8", newline="\n")
    sys.stdout.write(
        f"{TARGET.relative_to(ROOT)}: {len(json.loads(text)['components'])} packages\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
