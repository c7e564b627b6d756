"""What every record has, and what is known of its fields."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar, Final

from db.fields import FieldSpec


@dataclass(slots=True)
class Record:
    """What every record has. ``id`` is 0 until the store has kept it."""

    table: ClassVar[str] = ""
    title: ClassVar[str] = ""
    stands: ClassVar[str] = ""
    """What to do about a mistaken one, where the law asks for a record that no undo takes away."""

    id: int = 0
    case_id: int = 0
    version: int = 1


_SPECS: Final[dict[type[Record], dict[str, FieldSpec]]] = {}
_NAMES: Final[dict[type[Record], tuple[str, ...]]] = {}


def specs(record: type[Record]) -> dict[str, FieldSpec]:
    """The declared fields of a record, in order, without the program's own. Not to be changed:
    everybody has the same."""
    known = _SPECS.get(record)
    if known is None:
        declared = (item for item in fields(record) if "spec" in item.metadata)
        known = _SPECS[record] = {item.name: item.metadata["spec"] for item in declared}
    return known


def column_names(record: type[Record]) -> tuple[str, ...]:
    """Every stored column of a record, in order."""
    known = _NAMES.get(record)
    if known is None:
        known = _NAMES[record] = tuple(item.name for item in fields(record))
    return known
