"""The data dictionary, written from the records and the export columns themselves.

``python -m sanctuary_tui.exports.dictionary`` writes docs/DATA_DICTIONARY.md; a test keeps the file
in step with the program.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from config.codes import CODES
from db.fields import FieldSpec
from db.models import CASELESS, RECORDS, Record, specs
from sanctuary_tui.exports.columns import ACTIONS, AGENDA, MARAC, Column
from sanctuary_tui.exports.marac_quarter import COLUMNS, RULES
from sanctuary_tui.exports.profiles import PROFILES
from sanctuary_tui.exports.tables import RADAR, VIEWS, columns_of

PATH: Final = Path("docs/DATA_DICTIONARY.md")

_KINDS: Final = {
    "text": "text, one line",
    "long": "text, several lines",
    "code": "one code of a list",
    "codes": "codes of a list, joined by `;`",
    "date": "date, `2026-11-26`",
    "datetime": "moment in UTC, `2026-11-26T14:05:00Z`",
    "int": "whole number, or blank when not known",
    "money": "pounds and pence, `418.20`; kept as whole pence",
    "link": "`id` of a row in another table",
}

_HEAD: Final = """\
# Data dictionary

Written by `python -m sanctuary_tui.exports.dictionary` from the record models and the export
columns; do not edit it by hand.

## CSV files

UTF-8 with a byte-order mark, RFC 4180, CRLF, a header row, every cell quoted, dates and moments as
ISO 8601, `;` between the entries of a list. Files are written whole or not at all, readable by the
account that wrote them alone.

A cell that a spreadsheet could take for a formula begins with an apostrophe: one that starts, after
any apostrophes, spaces, control or invisible characters, with `=`, `+`, `-`, `@` or their
full-width and small forms, and one that starts with a tab or a line break. To read such a file back
exactly, drop one leading apostrophe from a cell whose rest would itself get one. An international
phone number written with spaces, `+44 7700 900123`, stays as it is.

A control character, or a mark that turns text round, is written as `·`, so that whoever looks at a
file in a terminal is not steered by it. The program takes none in; only a damaged or foreign
caseload could hold one.

"""

_GUESSING: Final = """\
### What a spreadsheet changes

Opened in a spreadsheet, a CSV cell that looks like a number, a date, a time or a truth value is
taken for one, quoted or not; this is the spreadsheet's own guessing, and no CSV file can prevent
it. Measured with LibreOffice 7.4 set to England:
"""
_GUESSING_ENDS: Final = """\
A phone number in the MARAC list is therefore written with a space, which was left alone. To be
safe, import the columns as *text*, or export the MARAC list as a protected workbook
(`--protect xlsx`): its cells are all text, and every value stays exact.
"""

GUESSED: Final = (
    ("digits with a leading nought", "07700900123", "7700900123"),
    ("a number with trailing noughts", "418.20", "418.2"),
    ("more than 15 digits", "12345678901234567890", "1.23456789012346E+019"),
    ("digits, E, digits", "1E5", "1.00E+05"),
    ("a fraction or two numbers with a stroke", "1/2", "a date"),
    ("two numbers with a hyphen", "3-4", "a date"),
    ("a month and a number", "Mar-1", "a date"),
    ("a day and a month in words", "1 March", "a date"),
    ("a date of any kind, shown in the reader's own style", "26/11/2026", "a date"),
    ("two or three numbers with colons", "14:05", "a time"),
    ("a number in brackets", "(5)", "-5"),
    ("a percentage", "5%", "a number"),
    ("an amount of money", "£418.20", "a number"),
    ("a number with thousands commas", "1,000", "1000"),
    ("a truth value", "true", "TRUE"),
    ("a line break of Windows' or the old Mac's kind inside a cell", "a, CR, b", "a, LF, b"),
)
"""Kinds of value a spreadsheet changes when it opens CSV: what, an example, what it becomes."""

KEPT: Final = (
    "2026-11-26",
    "2026-11-26T14:05:00Z",
    "10:00-14:00",
    "01632 960123",
    "07700 900123",
    "+44 7700 900123",
    "S26-0042",
    "1/2 High Street",
    "custody;2026-12-01",
    "12:Police:2026-12-01",
    "VHR;PJ",
    "5",
    "two  spaces",
    " before and after ",
    "line\nbreak",
)
"""Values that come back as they were written."""


_CLASSES: Final = (
    (
        "public",
        "counts, stages, dates, answers from a list",
        "every export; typed text of this class only where it holds a reference, a place or a "
        "catalogue's words",
    ),
    (
        "case",
        "names, phones, addresses, what people said",
        "exports asked for with `--identifiable`; the MARAC list, by its own allow-list",
    ),
    (
        "protected",
        "a confidential address, weak points of the home, alarms, code words, immigration",
        "no table or screen export; a confidential address in the MARAC list, only where the "
        "listing records the reason",
    ),
)


def dictionary() -> str:
    """The whole dictionary as Markdown."""
    parts = [
        _HEAD,
        *_guesses(),
        *_classes(),
        *_profiles(),
        *_marac(),
        *_quarter(),
        *_radar(),
        *_views(),
        *_tables(),
        *_code_lists(),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _guesses() -> Iterator[str]:
    yield _GUESSING
    yield from _table(
        ("what", "for example", "becomes"),
        ((what, f"`{example}`", becomes) for what, example, becomes in GUESSED),
    )
    kept = (value for value in KEPT if value.strip() == value and value.isprintable())
    yield f"Kept as they are: {', '.join(f'`{value}`' for value in kept)}.\n"
    yield _GUESSING_ENDS


def _classes() -> Iterator[str]:
    yield "## Classes of field\n"
    yield from _table(("class", "is", "leaves in"), _CLASSES)
    yield "In every table export a confidential home's address and postcode are blank.\n"


def _profiles() -> Iterator[str]:
    yield "## Recipient profiles\n"
    yield from _table(
        ("profile", "for", "fields", "protected fields named"),
        (
            (
                f"`{profile.name}`",
                f"{CODES['recipient'][profile.recipient]}: {profile.purpose}",
                str(len(profile.fields)),
                ", ".join(f"`{table}.{name}`" for table, name in sorted(profile.protected)) or "-",
            )
            for profile in PROFILES.values()
        ),
    )


def _marac() -> Iterator[str]:
    yield "## The weekly MARAC list\n"
    yield (
        "`MX-2026W48-01.csv` has one row for each survivor and perpetrator pair. Words of a list "
        "are its codes with spaces. What is longer than its column takes is cut and ends in `…`, "
        "and a cell of typed text that names a confidential address is withheld whole. Never in "
        "it: weak points found by a survey, alarm and key details, the places of measures, "
        "contractors, case notes.\n"
    )
    for title, columns in (
        (f"`MX-…csv`, {len(MARAC)} columns", MARAC),
        (f"`MX-…-agenda.csv`, {len(AGENDA)} columns", AGENDA),
        (f"`MX-…-actions.csv`, {len(ACTIONS)} columns", ACTIONS),
    ):
        yield f"### {title}\n"
        yield from _table(("", "column", "format", "most characters", "asked by"), _cells(columns))
    yield (
        "`MX-2026W48-01.manifest` is TOML: `export`, `marking`, `rows`, `agenda_rows`, "
        "`action_rows`, `protection`, `made_by`, `made_utc`, `recipient`, `basis`, `chain_head` "
        "(the head of the change log, so that an outside copy can witness it), and for each "
        "`file` its `name`, `bytes` and `sha256`. `MX-2026W48-01.xlsx` holds the sheets List, "
        "Agenda and Actions; `MX-2026W48-01.zip` the three CSV files.\n"
    )


def _quarter() -> Iterator[str]:
    yield "## The quarterly MARAC dataset\n"
    yield "`sanctuary export marac-quarter --quarter 2026Q4 --out FILE [--exact]`\n"
    yield "\n".join(f"- {rule}" for rule in RULES) + "\n"
    yield from _table(
        ("", "column", "is"),
        (
            (str(number), f"`{name}`", words)
            for number, (name, words) in enumerate(COLUMNS.items(), start=1)
        ),
    )
    yield (
        "The manifest beside it is TOML: `export`, `quarter`, `rows`, `small_numbers`, `made_by`, "
        "`made_utc`, `chain_head`, `rules`, `columns`, and the `file` with `name`, `bytes` and "
        "`sha256`.\n"
    )


def _radar() -> Iterator[str]:
    yield "## MARAC twelve months: `marac-radar`\n"
    yield (
        "A row a case inside the twelve months, closed ones too, the first to leave them on top. "
        "`sanctuary export marac-radar`, or `e` where the MARAC screen lists them.\n"
    )
    yield from _table(
        ("#", "column", "what it is"),
        (
            (str(number), f"`{name}`", words)
            for number, (name, (_, words)) in enumerate(RADAR.items(), start=1)
        ),
    )


def _cells(columns: Iterable[Column]) -> Iterator[tuple[str, ...]]:
    for number, column in enumerate(columns, start=1):
        limit = str(column.limit) if column.limit else ""
        yield str(number), f"`{column.name}`", column.format, limit, column.source


def _views() -> Iterator[str]:
    yield "## Views\n"
    yield "`sanctuary export VIEW --out FILE [--identifiable]`\n"
    for view in VIEWS.values():
        public = {line.name for line in columns_of(view.name, identifiable=False)}
        yield f"### `{view.name}`\n\n{view.what}.\n"
        yield from _table(
            ("column", "shows", "only with `--identifiable`"),
            (
                (
                    f"`{line.name}`",
                    f"`{line.table}.{line.field}`",
                    "" if line.name in public else "yes",
                )
                for line in columns_of(view.name, identifiable=True)
            ),
        )


def _tables() -> Iterator[str]:
    yield "## Tables\n"
    yield (
        "`sanctuary export TABLE --out FILE [--identifiable]`. Each file begins with `case_ref` "
        "(where a row belongs to a case) and `id`. Yes-or-no fields take `not_known` (asked, no "
        "answer) and `not_asked`, which differ.\n"
    )
    for record in RECORDS:
        yield from _record(record)


def _record(record: type[Record]) -> Iterator[str]:
    public = {line.field for line in columns_of(record.table, identifiable=False)}
    about = (record.__doc__ or "").strip().split("\n\n")[0].split("(domain")[0]
    yield f"### `{record.table}`\n\n{' '.join(about.split()).rstrip('. ')}.\n"
    if record.table in CASELESS and record.table != "cases":
        yield "Its rows belong to no one case.\n"
    yield from _table(
        ("field", "is", "kind", "list", "class", "in a pseudonymous export"),
        (
            (
                f"`{name}`",
                _about(spec),
                _kind(spec),
                f"`{spec.codes}`" if spec.codes else "",
                spec.klass,
                "yes" if name in public else "",
            )
            for name, spec in specs(record).items()
        ),
    )


def _about(spec: FieldSpec) -> str:
    return f"{spec.label}. {spec.help}" if spec.help else spec.label


def _kind(spec: FieldSpec) -> str:
    words = _KINDS[spec.kind]
    if spec.kind in ("text", "long"):
        return f"{words}, at most {spec.limit:,}"
    if spec.kind == "link":
        return f"`id` of a row in `{spec.to}`"
    if spec.kind == "int" and spec.low is not None:
        return f"{words}; {spec.low} to {spec.high}"
    return words


def _code_lists() -> Iterator[str]:
    yield "## Code lists\n"
    used = {spec.codes for record in RECORDS for spec in specs(record).values() if spec.codes}
    for name in sorted(used):
        yield f"### `{name}`\n"
        yield from _table(
            ("code", "means"), ((f"`{code}`", words) for code, words in CODES[name].items())
        )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    lines = (head, tuple("---" for _ in head), *rows)
    yield "\n".join(_table_line(line) for line in lines)
    yield ""


def _table_line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def main() -> None:
    """Write the dictionary where the project keeps it."""
    root = Path(__file__).parents[2]
    (root / PATH).write_text(dictionary(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
