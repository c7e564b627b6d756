"""Workbooks for tests: the parts of one, as an archive, with what a library would not write."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import openpyxl


def saved(fill: Callable[[Any], None]) -> bytes:
    """A workbook whose one sheet ``fill`` has filled."""
    book = openpyxl.Workbook()
    fill(book.active)
    return saved_book(book)


def saved_book(book: Any) -> bytes:
    """The bytes of a workbook."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    """The parts of a workbook by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def archived(parts: Mapping[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these parts, the same bytes each time."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packing) as archive:
        for name, part in parts.items():
            entry = zipfile.ZipInfo(name, (2026, 11, 26, 12, 0, 0))
            entry.compress_type = packing
            archive.writestr(entry, part)
    return stream.getvalue()


def changed(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The workbook with ``old`` in one part become ``new``."""
    parts = parts_of(content)
    assert old in parts[part], f"{part} holds no {old!r}"
    return archived({**parts, part: parts[part].replace(old, new)})
