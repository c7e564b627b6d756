"""What every record has, and what is known of its fields."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar

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


def specs(record: type[Record]) -> dict[str, FieldSpec]:
    """The declared fields of a record, in order, without the program's own."""
    return {item.name: item.metadata["spec"] for item in fields(record) if "spec" in item.metadata}


def column_names(record: type[Record]) -> tuple[str, ...]:
    """Every stored column of a record, in order."""
    return tuple(item.name for item in fields(record))
