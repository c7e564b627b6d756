"""Records to rows and back. One converter a column, worked out once a record class."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, TypeVar

from config.errors import BadInputError
from config.text import clean
from db.fields import FieldSpec
from db.record import Record, column_names, specs

R = TypeVar("R", bound=Record)


def moment_text(moment: datetime) -> str:
    """A moment as it is kept: UTC, to the second.

    Raises:
        ValueError: it has no time zone, and this computer's own would be a guess.
    """
    return f"{to_second(moment).replace(tzinfo=None).isoformat()}Z"


def to_second(moment: datetime) -> datetime:
    """A moment in UTC without its parts of a second, as it comes back when it was kept."""
    if moment.tzinfo is None:
        raise ValueError("a moment to be kept has a time zone")
    return moment.astimezone(UTC).replace(microsecond=0)


def parse_moment(kept: str) -> datetime:
    """The moment kept as ``kept``."""
    return datetime.fromisoformat(kept)


parse_day = lru_cache(maxsize=8192)(date.fromisoformat)
"""The date kept as a text. Ten thousand cases share a few thousand days: one object each."""


def quoted(column: str) -> str:
    """A column's name as SQL writes it (``on`` is a word of SQL's own)."""
    return f'"{column}"'


_SQL: dict[str, str] = {}
_READERS: dict[str, tuple[tuple[int, Callable[[str], Any]], ...]] = {}


def columns_sql(record: type[Record]) -> str:
    """Every column of a record, for a SELECT or an INSERT."""
    made = _SQL.get(record.table)
    if made is None:
        made = _SQL[record.table] = ", ".join(quoted(name) for name in column_names(record))
    return made


def _readers(record: type[Record]) -> tuple[tuple[int, Callable[[str], Any]], ...]:
    made = _READERS.get(record.table)
    if made is None:
        made = _READERS[record.table] = _make_readers(record)
    return made


def _make_readers(record: type[Record]) -> tuple[tuple[int, Callable[[str], Any]], ...]:
    found: list[tuple[int, Callable[[str], Any]]] = []
    declared = specs(record)
    for index, name in enumerate(column_names(record)):
        spec = declared.get(name)
        if spec and spec.kind == "date":
            found.append((index, parse_day))
        elif spec and spec.kind == "datetime":
            found.append((index, parse_moment))
    return tuple(found)


def from_rows(record: type[R], rows: Iterable[Sequence[Any]]) -> list[R]:
    """Records from rows of ``columns_sql``, in the same order."""
    readers = _readers(record)
    made = []
    for row in rows:
        values = list(row)
        for index, read in readers:
            if values[index] is not None:
                values[index] = read(values[index])
        made.append(record(*values))
    return made


def to_column(value: Any) -> Any:
    """A field's value as the database keeps it."""
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def to_row(record: Record) -> list[Any]:
    """A record's values as the database keeps them, in column order."""
    return [to_column(getattr(record, name)) for name in column_names(type(record))]


def cleaned(record: Record) -> None:
    """Bring every answer of a record, in place, into the form in which it is kept.

    Raises:
        BadInputError: a text is longer than its field takes, or a code is not in its list.
    """
    for name, spec in specs(type(record)).items():
        value = getattr(record, name)
        if value and isinstance(value, (str, datetime)):
            setattr(record, name, kept_value(value, spec))


def kept_value(value: Any, spec: FieldSpec) -> Any:
    """An answer as it is kept: texts cleaned, codes checked, moments in UTC to the second.

    Raises:
        BadInputError: a text is longer than its field takes, or a code is not in its list.
    """
    if isinstance(value, str) and value:
        return clean_value(value, spec)
    return to_second(value) if isinstance(value, datetime) else value


def clean_value(value: str, spec: FieldSpec) -> str:
    """One text, cleaned (control characters out, NFC) and checked against its declaration.

    Raises:
        BadInputError: it is longer than its field takes, or a code is not in its list.
    """
    if spec.kind in ("code", "codes"):
        return _known(value, spec)
    text = clean(value, multiline=spec.kind == "long")
    if len(text) > spec.limit:
        raise BadInputError(
            f"{spec.label} is {len(text):,} characters long and takes at most {spec.limit:,}; "
            "shorten it or split it."
        )
    return text


def _known(value: str, spec: FieldSpec) -> str:
    from config.codes import CODES

    known = CODES[spec.codes]
    try:
        if spec.kind == "codes":
            return in_order(known, value)
        if value in known:
            return value
    except ValueError:
        pass
    raise BadInputError(f"{spec.label} has an answer that is not in its list; choose again.")


def in_order(known: Collection[str], joined: str) -> str:
    """A ``;``-joined set of codes, each once and in the list's order, as it is kept.

    Raises:
        ValueError: a code is not in the list.
    """
    given = {part for part in joined.split(";") if part}
    if not given <= set(known):
        raise ValueError("a code that is not in the list")
    return ";".join(code for code in known if code in given)
