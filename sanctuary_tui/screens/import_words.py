"""The steps of an import in words: their keys, what each is for, what can be chosen in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from config.errors import BadInputError
from config.format import counted
from config.measures import catalogue
from db.looking import Look
from sanctuary_tui.imports.applying import Imported, held_of, known_of
from sanctuary_tui.imports.columns import Suggestion, Unknown
from sanctuary_tui.imports.mapping import IGNORE, NOTE
from sanctuary_tui.imports.planning import Known, Plan, Planned
from sanctuary_tui.imports.preparing import Draft
from sanctuary_tui.imports.sheets import Book, Told
from sanctuary_tui.imports.sidebyside import Side
from sanctuary_tui.imports.targets import TARGETS
from sanctuary_tui.imports.values import value_class
from sanctuary_tui.screens.import_lists import meaning_words
from widgets.dialogs import Choice
from widgets.navbar import Place
from widgets.text_blocks import Fact

if TYPE_CHECKING:
    from db.caseload import Caseload

STEPS: Final = (
    Place("file", "1", "File"),
    Place("columns", "2", "Columns", "Cols"),
    Place("values", "3", "Values", "Vals"),
    Place("twins", "4", "Duplicates", "Dups"),
    Place("preview", "5", "Preview", "Prev"),
    Place("report", "6", "Report", "Rep"),
)
NAMES: Final = tuple(step.name for step in STEPS)
LISTS: Final = {
    "file": "#sheets",
    "columns": "#columns",
    "values": "#values",
    "twins": "#twins",
    "preview": "#refusals",
    "report": "#refusals",
}
KEYS: Final[dict[str, Sequence[tuple[str, str]]]] = {
    "file": (("enter", "take the sheet"), ("o", "name a file"), ("i", "imports")),
    "columns": (
        ("enter", "field"),
        ("space", "take it"),
        ("n", "note"),
        ("del", "leave out"),
        ("tab", "on"),
        ("m", "mapping"),
    ),
    "values": (("enter", "choose"), ("space", "take it"), ("x", "names"), ("tab", "on")),
    "twins": (
        ("n", "new"),
        ("l", "link"),
        ("s", "skip"),
        ("del", "take back"),
        ("x", "names"),
        ("tab", "on"),
    ),
    "preview": (
        ("ctrl+s", "import"),
        ("w", "refused rows"),
        ("k", "keep mapping"),
        ("c", "changes as notes"),
    ),
    "report": (
        ("w", "refused rows"),
        ("k", "keep mapping"),
        ("i", "imports, undo"),
        ("o", "another file"),
    ),
}
ALL_KEYS: Sequence[Fact] = (
    ("1-6 tab", "Go to a step, or on to the next; shift+tab goes back."),
    ("enter", "Choose: the sheet, another field, what an answer means, what a row is."),
    ("space", "Take what is suggested for the column or the answer, and go on to the next."),
    ("n", "Columns: keep it as a line of the note. Duplicates: the row is a case of its own."),
    ("m", "Columns: put them right as a mapping file says."),
    ("l", "Duplicates: the row belongs to what stands at the right."),
    ("s", "Duplicates: leave the row out this time."),
    ("← →", "Duplicates: the other cases or rows that it may be."),
    ("del", "Columns: leave it out, which keeps it nowhere. Duplicates: take the decision back."),
    ("c", "Preview: keep what is new in changed rows as a note on their case, or not."),
    ("ctrl+s", "Import all of it. It is kept whole or not at all; esc stops it."),
    ("w", "Write the refused rows as a file to mend. It is in the register of exports."),
    ("k", "Keep the mapping as a file: titles and codes, nothing of a case."),
    ("i", "Every import, and u there to take one back whole."),
    ("o", "Name another file."),
    ("x", "Show or mask names."),
)
SHORT: Final = {
    "read": "Rows read",
    "cases": "Cases",
    "new": "Rows in them",
    "link": "Rows linked",
    "same": "Same as before",
    "changed": "Changed since",
    "ask": "To decide",
    "skipped": "Left out",
    "refused": "Rows refused",
    "aside": "Old reminders",
}
"""What ``reporting.counts`` counts, in a word or two."""
TWO_COLUMNS: Final = (60, 1000)
"""Cells between which they stand in two columns."""
PATH: Final = "Whole path of the .csv or .xlsx file. It is only read."


def whole_path(said: str) -> Path:
    """What was typed as the path of a file that is there.

    Raises:
        BadInputError: it is no whole path, or no file.
    """
    path = Path(said.strip().strip('"')).expanduser()
    if not path.is_absolute():
        raise BadInputError(
            f"Write the whole path, from the top on; it begins with {Path.home().anchor} here."
        )
    if not path.exists():
        raise BadInputError("There is no file of that name; check the path.")
    return path


def what_words(
    step: str, book: Book | None, waiting: Mapping[str, int], done: Imported | None
) -> str:
    """What a step is for, and how it stands."""
    if step == "file":
        if book is None:
            return "Name the tracker's file. Nothing is kept before you import."
        return "Choose the sheet that holds the cases. Nothing is kept before you import."
    if step == "columns":
        doubt = waiting.get("columns", 0)
        said = f"{counted(doubt, 'column')} in doubt [?]; settle each. " if doubt else ""
        return f"{said}[x] has a field, [n] is a line of the note, [-] is left out."
    if step == "values":
        left = waiting.get("values", 0)
        said = (
            f"{counted(left, 'answer')} without a meaning [?]. Without one a row is refused; "
            if left
            else "Every answer has a meaning; "
        )
        return f"{said}a measure keeps its own words. What is chosen holds for every row."
    if step == "twins":
        left = waiting.get("twins", 0)
        return (
            f"{left or 'None'} to decide. A linked row becomes a note on its case. "
            "Sealed cases are in no comparison."
        )
    if step == "preview":
        return "What would come of the rows. Nothing is kept yet; ctrl+s imports all of it."
    return _what_was_done(done)


def _what_was_done(done: Imported | None) -> str:
    if done is None:
        return "Nothing was imported yet."
    if done.changed_nothing:
        return "Nothing was kept: there was nothing new."
    return (
        f"Import {done.number} is kept; i lists imports, and u there takes one back whole. "
        "Delete the tracker when you no longer need it: it is not encrypted."
    )


def of_column(row: Suggestion) -> str:
    """What a column is like and what kind of thing is in it, in words."""
    like = f"{row.target.label}, {row.confidence} %: {row.why}" if row.target else row.why
    return f"{row.heading.words}: {like}. In it: {row.content} rows."


def field_choices(row: Suggestion) -> list[Choice]:
    """What a column may be: what is suggested, a note, left out, then every field."""
    choices = [
        Choice(NOTE, "A line of the note on the case", note="keeps what is written"),
        Choice(IGNORE, "Leave it out", note="it is kept nowhere"),
    ]
    if row.target is not None:
        choices.insert(
            0,
            Choice(row.target.key, row.target.label, note=f"suggested, {row.confidence} %"),
        )
    choices += [
        Choice(one.key, one.label, note=value_class(one), also=" ".join(one.words))
        for one in TARGETS
        if row.target is None or one.key != row.target.key
    ]
    return choices


def meaning_choices(row: Unknown) -> list[Choice]:
    """What a written answer may mean: the nearest first, then the rest of its list."""
    sure = dict(row.nearest)
    if row.target.reading == "measures":
        codes = [str(number) for number in catalogue()]
    else:
        codes = [*row.target.answers]
    codes = [*sure, *(code for code in codes if code not in sure)]
    choices = [
        Choice(code, meaning_words(row, code), note=f"{sure[code]} %" if code in sure else "")
        for code in codes
        if code
    ]
    if row.target.reading != "measures":
        choices.append(Choice("", "It says nothing", note="left blank"))
    return choices


def decision_choices(row: Planned) -> list[Choice]:
    """What a row that may be held already can be."""
    choices = [
        Choice(("link", one.ref or str(one.row)), f"It belongs to {one.words}") for one in row.alike
    ]
    choices.append(Choice(("new", ""), "It is a case of its own"))
    choices.append(Choice(("skip", ""), "Leave it out this time"))
    return choices


def telling(look: Look) -> Told:
    """How far a planning or an import is, told to whoever waits for it, who may end it."""

    def told(done: int, of: int) -> None:
        look.goes_through({"rows": of})
        look.reached(done)

    return told


def compare(data: Caseload, draft: Draft, look: Look) -> tuple[Known, Plan, dict[str, Side]]:
    """What the caseload holds, the plan if nothing was decided, the cases that rows are like."""
    known = known_of(data)
    base = draft.undecided_plan(known, telling(look))
    refs = {one.ref for row in base.planned for one in row.alike if one.ref}
    return known, base, held_of(data, refs)
