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
from db.models import BY_TABLE, CASELESS, RECORDS, Record, specs
from sanctuary_tui.exports.columns import ACTIONS, AGENDA, MARAC, Column
from sanctuary_tui.exports.marac_quarter import COLUMNS, RULES
from sanctuary_tui.exports.profiles import PROFILES
from sanctuary_tui.exports.return_file import COLUMNS as RETURN_COLUMNS
from sanctuary_tui.exports.return_file import RULES as RETURN_RULES
from sanctuary_tui.exports.tables import RADAR, VIEWS, Line, columns_of

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


PLAIN_COLUMNS: Final = {
    "id": "The number of the row, by which other files name it",
    "case_id": "The number of the case in cases.csv; 0: of no one case",
    "version": "How often the record was written",
    "demo": "1: a case of the demonstration, 0: a real one",
    "at": "When it was done",
    "who": "Who did it",
    "action": "collection, alteration, consultation, disclosure, combination, erasure or system",
    "entity": "The file of the record it was done to, without .csv, or what else it was about",
    "entity_id": "The id of that record; 0: none",
    "batch": "Lines of one act have one number; 0: not undone as a whole",
    "undoes": "The batch that this line takes back; 0: none",
    "before": "What the fields said before, as JSON",
    "after": "What the fields said after, as JSON",
    "why": "The reason, or what was done in words",
    "salt": "With it the digest is made; blank: the content was disposed of by law",
    "digest": "SHA-256 of the salt and of before, after and why as one JSON list",
    "form": "Which form",
    "record_id": "The id of the record it is about; 0: a new one",
    "saved": "When it was left",
    "content": "What had been typed, as JSON",
    "name": "What is remembered",
    "value": "What it is",
}
"""Columns of an archive that no record declares."""
_CARD: Final = {
    "ref": "Reference of the case",
    "status": "Open or closed",
    "stage": "Stage on the board, a code of `stage`",
    "stage_entered": "Day on which the case came to this stage",
    "target_due": "Day by which it is to leave the stage",
    "urgency": "How urgent it is, a code of `urgency`",
    "risk": "Band of the newest risk assessment: high, medium, standard or not_known",
    "score": "Score of the newest risk assessment",
    "tenure": "Tenure of the home, a code of `tenure`",
    "named_parties": "Whom tenancy or title names, a code of `named_parties`",
    "consent": "The consent state that holds the case up most; blank where none is open",
    "consent_since": "Since when it has that state",
    "name": "The survivor",
    "stuck_why": "Why the case does not go on",
    "stuck_on": "Who must act",
    "stuck_since": "Since when",
    "next_text": "What is to be done next",
    "next_due": "By when",
    "safe_contact": "How the survivor may be reached",
    "do_not_contact": "1: no contact with the survivor for now; 0: by the rule of safe contact",
    "secured": "Whether the home is secured: yes or no",
    "scheme_type": "What the works count as in a return, a code of `scheme_type`",
    "last_text": "What was done last",
}
"""What a case's card shows."""
_LOGGED: Final = {
    "id": "Number of the line",
    "fields": "Names of the fields given or changed, joined by `;`, without what they say",
}
"""What a line of the log shows, beyond ``PLAIN_COLUMNS``."""

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
        *_returns(),
        *_radar(),
        *_views(),
        *_archive(),
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


def _returns() -> Iterator[str]:
    yield "## Returns\n"
    yield (
        "`sanctuary report working-group|mhclg|outcomes|times|unmet --quarter 2026Q4|--year "
        "2026-27 --out FILE [--exact]`\n"
    )
    yield "\n".join(f"- {rule}" for rule in RETURN_RULES) + "\n"
    yield from _table(
        ("", "column", "is"),
        (
            (str(number), f"`{name}`", words)
            for number, (name, words) in enumerate(RETURN_COLUMNS.items(), start=1)
        ),
    )
    yield (
        "The manifest beside it is TOML, as that of the MARAC dataset, with `period` for "
        "`quarter`. `sanctuary report merge DIR --out FILE` joins such files of many districts: a "
        "line a figure with `districts`, `value` (a sum; `from to`, or `at least`, where parts of "
        "it are hidden), `how`, `withheld_by` and `exact_by` (how many districts sent exact "
        "numbers: then it is for the county alone).\n"
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
            ("column", "shows", "is", "only with `--identifiable`"),
            (
                (
                    f"`{line.name}`",
                    f"`{line.table}.{line.field}`",
                    _shown(line),
                    "" if line.name in public else "yes",
                )
                for line in columns_of(view.name, identifiable=True)
            ),
        )


def _shown(line: Line) -> str:
    """What a column of a view says; a column nobody has explained is an error."""
    if line.table == "case_cards":
        return _CARD[line.field]
    if line.table == "changes":
        return _LOGGED.get(line.field) or PLAIN_COLUMNS[line.field]
    if line.field == "id":
        return f"`id` of the row in `{line.table}`"
    return meaning_of(specs(BY_TABLE[line.table])[line.field])


def _archive() -> Iterator[str]:
    yield "## The archive of the whole caseload\n"
    yield (
        "`sanctuary export archive --out FILE.zip --protect zip`. Every table below as a CSV file "
        "under its own name, with every field of every class and with `case_id` and `version` "
        "instead of `case_ref`; `columns.csv` in it explains each column, `code_lists.csv` each "
        "code, `README.txt` the whole. Three files are no table of records: `change_log.csv`, "
        "`half_done_forms.csv` and `remembered.csv`. Unlike in the other exports a control "
        "character is spelt `\\u001b`, so that every cell comes back exactly.\n"
    )
    yield from _table(
        ("column no record declares", "is"),
        ((f"`{name}`", words) for name, words in PLAIN_COLUMNS.items()),
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
                meaning_of(spec),
                _kind(spec),
                f"`{spec.codes}`" if spec.codes else "",
                spec.klass,
                "yes" if name in public else "",
            )
            for name, spec in specs(record).items()
        ),
    )


def meaning_of(spec: FieldSpec) -> str:
    """What a field says, in words."""
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
