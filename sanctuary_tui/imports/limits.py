"""How large a tracker may be: held before anything is parsed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may claim at most. Sizes are in bytes; ``ratio`` is unpacked to packed.

    A district's tracker of ten years is some thousand rows of forty columns: these are a hundred
    times that.
    """

    file_size: int = 20 * MIB
    unpacked: int = 80 * MIB
    ratio: int = 150
    entries: int = 1_000
    sheets: int = 60
    rows: int = 100_000
    columns: int = 400
    cells: int = 1_000_000
    cell_length: int = 100_000
    elements: int = 100_000
    """Of a workbook's styles, names and links, of which a spreadsheet writes some thousand."""


LIMITS: Final = Limits()
