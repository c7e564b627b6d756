"""LibreOffice as a judge: what a spreadsheet makes of a file."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
needs_office = pytest.mark.skipif(
    SOFFICE is None, reason="LibreOffice is not installed: apt-get install libreoffice-calc"
)

GUESSING = "CSV:44,34,76,1,,0,false,true,false,false,false,0,true"
"""Comma, quotes, UTF-8; quoted cells still guessed at, numbers and dates recognised, formulas run:
the most trusting a reader can be."""

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as LibreOffice holds it."""

    kind: str
    formula: str
    text: str


def convert(path: Path, to: str, folder: Path, infilter: str = "") -> Path:
    """``path`` opened and saved again as ``to`` (``fods``, ``xlsx``) in ``folder``."""
    assert SOFFICE is not None
    folder.mkdir(parents=True, exist_ok=True)
    profile = folder / "profile"
    subprocess.run(
        [
            SOFFICE,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--norestore",
            *([f"--infilter={infilter}"] if infilter else []),
            "--convert-to",
            to,
            "--outdir",
            str(folder),
            str(path),
        ],
        check=True,
        capture_output=True,
        timeout=240,
    )
    made = folder / f"{path.stem}.{to}"
    assert made.exists()
    return made


def sheets(fods: Path) -> dict[str, list[list[Cell]]]:
    """Every sheet of a flat OpenDocument file, row by row."""
    root = ElementTree.parse(fods).getroot()
    return {
        table.get(f"{_TABLE}name", ""): [_cells(row) for row in table.iter(f"{_TABLE}table-row")]
        for table in root.iter(f"{_TABLE}table")
    }


def _cells(row: ElementTree.Element) -> list[Cell]:
    found: list[Cell] = []
    for item in row.iter(f"{_TABLE}table-cell"):
        repeat = int(item.get(f"{_TABLE}number-columns-repeated", "1"))
        cell = Cell(
            item.get(f"{_OFFICE}value-type", ""),
            item.get(f"{_TABLE}formula", ""),
            "\n".join(_shown(part) for part in item.findall(f"{_TEXT}p")),
        )
        found += [cell] * min(repeat, 100)
    while found and not (found[-1].text or found[-1].formula or found[-1].kind):
        found.pop()
    return found


def _shown(part: ElementTree.Element) -> str:
    """Text of a paragraph: ``text:s`` stands for spaces, ``text:tab`` for a tab."""
    text = part.text or ""
    for child in part:
        if child.tag == f"{_TEXT}s":
            text += " " * int(child.get(f"{_TEXT}c", "1"))
        elif child.tag == f"{_TEXT}tab":
            text += "\t"
        elif child.tag == f"{_TEXT}line-break":
            text += "\n"
        else:
            text += _shown(child)
        text += child.tail or ""
    return text
