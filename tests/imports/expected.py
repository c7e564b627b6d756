"""What must come of a tracker, as its file says, held against what came: the first difference.

The comparison is over plain dicts; ``plan_as_dicts`` is the one place that knows what a plan is.
A field that the file does not name is not compared; a kind of record that it names is compared
whole, so that one too many is a difference. A list in place of a value means any of them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from config.format import local
from db.models import RECORDS, specs
from sanctuary_tui.imports.sheets import Book, Sheet

TRACKERS: Final = Path(__file__).parent / "trackers"
PLAIN: Final = frozenset({"rows", "outcome", "note"})
"""What a case of an expectation holds beside its records."""
_MONEY: Final = {
    name for record in RECORDS for name, spec in specs(record).items() if spec.kind == "money"
}
_NOTHING: Final = (None, "", "not_asked", "not_known")


@dataclass(frozen=True, slots=True)
class Expected:
    """The expectation of one tracker. ``sheet`` is the sheet that is imported."""

    tracker: Path
    encoding: str
    separator: str
    sheet: str
    columns: dict[str, str]
    values: dict[str, dict[str, str]]
    sheets: list[dict[str, Any]]
    cases: list[dict[str, Any]]
    refused: list[dict[str, Any]]

    def imported(self, book: Book) -> Sheet:
        """The sheet of the book that is imported."""
        return next(sheet for sheet in book.sheets if self.sheet in ("", sheet.name))


def load(path: Path) -> Expected:
    """The expectation that a ``.toml`` file holds; its tracker lies beside it."""
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    tracker = next(one for one in path.parent.glob(f"{path.stem}.*") if one != path)
    return Expected(
        tracker,
        told.pop("encoding"),
        told.pop("separator"),
        told.pop("sheet", ""),
        told.pop("columns"),
        told.pop("values", {}),
        told.pop("sheets"),
        told.pop("cases"),
        told.pop("refused", []),
    )


ALL: Final = {path.stem: load(path) for path in sorted(TRACKERS.glob("*.toml"))}


def reading_difference(expected: Expected, book: Book) -> str:
    """The first difference between how a tracker was read and how it must be; none is ""."""
    if (book.encoding, book.separator) != (expected.encoding, expected.separator):
        return f"read as {book.encoding!r} with {book.separator!r}"
    names = [sheet.name for sheet in book.sheets]
    if names != [told["name"] for told in expected.sheets]:
        return f"sheets {names}"
    for told, sheet in zip(expected.sheets, book.sheets, strict=True):
        found = {
            "hidden": sheet.hidden,
            "header_row": sheet.header_row,
            "hidden_columns": [h.letter for h in sheet.headings if h.hidden],
            "data": [row.number for row in sheet.rows],
            "skipped": {str(row.number): row.why for row in sheet.skipped},
        }
        for what, value in found.items():
            wanted = told.get(what, False if what == "hidden" else [])
            if value != wanted:
                return f"sheet {sheet.name}, {what}: {value}, expected {wanted}"
    titles = {heading.title for heading in expected.imported(book).headings}
    missing = [title for title in expected.columns if title not in titles]
    return f"no column {missing[0]!r}" if missing else ""


def plan_as_dicts(plan: Any) -> dict[str, list[dict[str, Any]]]:
    """A plan as cases of rows, outcome, note and records by slot, and refusals by column letter."""
    cases = [
        {
            "rows": sorted(one.rows),
            "outcome": one.outcome,
            "note": "\n".join(one.note),
            **one.records,
        }
        for one in plan.planned
    ]
    refused = [
        {"row": one.row, "column": one.column.split(" ")[0], "value_class": one.value_class}
        for one in plan.refusals
    ]
    return {"cases": cases, "refused": refused}


def difference(expected: Expected, found: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """The first difference between what came of a tracker and what must, in words; none is ""."""
    by_rows = {tuple(sorted(one["rows"])): one for one in found["cases"]}
    wanted_rows = [tuple(one["rows"]) for one in expected.cases]
    for rows in wanted_rows:
        if rows not in by_rows:
            return f"{_rows(rows)} should be one case; there are {sorted(by_rows)}"
    if extra := sorted(set(by_rows) - set(wanted_rows)):
        return f"{_rows(extra[0])}: a case that nobody expects"
    for wanted in expected.cases:
        rows = tuple(wanted["rows"])
        if told := _case_difference(wanted, by_rows[rows]):
            return f"{_rows(rows)}: {told}"
    return _refusal_difference(expected.refused, found["refused"])


def _rows(rows: Sequence[int]) -> str:
    return f"row{'s' if len(rows) > 1 else ''} {', '.join(map(str, rows))}"


def _case_difference(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    if found["outcome"] != wanted["outcome"]:
        return f"outcome is {found['outcome']}, expected {wanted['outcome']}"
    for line in wanted.get("note", ()):
        if line not in found.get("note", ""):
            return f"the note lacks {line!r}; it is {found.get('note', '')!r}"
    for slot, records in wanted.items():
        if slot in PLAIN:
            continue
        came = found.get(slot, [])
        if len(came) != len(records):
            return f"{slot}: {len(came)} of them, expected {len(records)}; they are {came}"
        for number, (record, one) in enumerate(zip(records, came, strict=True), 1):
            for field, value in record.items():
                if not _same(value, _pounds(field, one.get(field))):
                    return f"{slot} {number}, {field}: {one.get(field)!r}, expected {value!r}"
    return ""


def _refusal_difference(
    wanted: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]]
) -> str:
    keys = ("row", "column", "value_class")
    told = [tuple(one[key] for key in keys) for one in wanted]
    came = [tuple(one[key] for key in keys) for one in found]
    for one in told:
        if one not in came:
            return f"row {one[0]} should be refused for column {one[1]} ({one[2]}); refused: {came}"
    for one in came:
        if one not in told:
            return f"row {one[0]} is refused for column {one[1]} ({one[2]}), which nobody expects"
    return ""


def _same(wanted: Any, found: Any) -> bool:
    """The same value, however it is held: days as ISO text, sums as numbers, texts on one line."""
    if isinstance(wanted, list):
        return any(_same(one, found) for one in wanted)
    if wanted in _NOTHING:
        return found in _NOTHING
    if isinstance(wanted, date):
        return _day(found) == wanted.isoformat()
    if (number := _number(wanted)) is not None and (other := _number(found)) is not None:
        return number == other
    return " ".join(str(wanted).split()) == " ".join(str(found).split())


def _pounds(field: str, found: Any) -> Any:
    """A sum of money as an expectation writes it; the caseload keeps pence."""
    return Decimal(found) / 100 if field in _MONEY and isinstance(found, int) else found


def _day(found: Any) -> str:
    """The day of a date or, in England, of a moment."""
    if isinstance(found, datetime):
        found = (local(found) if found.tzinfo else found).date()
    return found.isoformat() if isinstance(found, date) else str(found)[:10]


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
