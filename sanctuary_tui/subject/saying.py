"""How what is held is said to whoever asked for it: in words, line by line, each under a key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from config.codes import label, labels, split
from config.dash import DASH_ANSWERS, DASH_BLANK, DASH_QUESTIONS
from config.format import full_date, local, money
from db.fields import FieldSpec
from db.mentions import UNLOGGED, Passage, draft_mark
from db.models import BY_TABLE, Person, Record, specs
from db.names import folded
from sanctuary_tui.contacts import MADE
from sanctuary_tui.exports.profiles import Field

PLACES: Final = {"draft": "Unfinished form", "log": "Before it was changed"}
"""What a passage that is no record is called."""
_SHORTEST: Final = 2
_BLANK: Final = frozenset({"", "not_asked"})


def told(pair: Field, value: Any, spec: FieldSpec) -> str:
    """What a field of a record says, in words that its reader can understand."""
    return typed_in_words(pair, said(value, spec))


def typed_in_words(pair: Field, words: str) -> str:
    """A typed field; of the 24 answers each question that was answered, with its answer.

    A blank is no answer, and what is no row of those letters stays as it was typed.
    """
    given = words.lower()
    if pair != ("risk_assessments", "answers"):
        return words
    if len(given) > len(DASH_QUESTIONS) or not set(given) <= {*DASH_ANSWERS, DASH_BLANK}:
        return words
    return "\n".join(
        f"{question} {DASH_ANSWERS[letter]}"
        for question, letter in zip(DASH_QUESTIONS, given, strict=False)
        if letter != DASH_BLANK
    )


def said(value: Any, spec: FieldSpec) -> str:
    """An answer as words; nothing where it was not given, or points at another record."""
    if value is None or value in _BLANK or spec.kind == "link":
        return ""
    if spec.kind == "code":
        return label(spec.codes, value)
    if spec.kind == "codes":
        return labels(spec.codes, value)
    if isinstance(value, datetime):
        here = local(value)
        return f"{full_date(here.date())} {here:%H:%M}"
    if isinstance(value, date):
        return full_date(value)
    return money(value) if spec.kind == "money" else str(value)


def in_a_line(words: str) -> str:
    """A label within a line; one that begins with capitals (GP, DASH) stays."""
    return words if words[1:2].isupper() else f"{words[:1].lower()}{words[1:]}"


def in_words(pair: Field, spec: FieldSpec) -> str:
    """A field's label; a catalogue number is told by the measure's name."""
    return "measure" if pair == ("measures", "catalogue_id") else spec.label.lower()


def place_key(passage: Passage, name: str, number: int) -> str:
    """The key of a line of a passage: where it stands, and a mark of its words."""
    if passage.kind == "log":
        return f"changes.{passage.number}.0.{name}.{number}"
    where = f"{passage.table}.{passage.number}"
    if passage.kind == "draft":
        where = f"drafts.{passage.case_id}-{passage.table}-{passage.number}"
    return f"{where}.{passage.mark}.{name}.{number}"


def key_of(record: Record, name: str, number: int) -> str:
    """The key of a part of a record as it stands: record, version, field and line.

    A rule words its reminders anew under the same version, so theirs is a mark of their words.
    """
    mark = str(record.version)
    if record.table in UNLOGGED:
        mark = draft_mark({at: str(getattr(record, at)) for at in specs(type(record))})
    return f"{record.table}.{record.id}.{mark}.{name}.{number}"


def lines_of(words: str) -> list[str]:
    """The lines of a text that say something."""
    return [line.strip() for line in words.split("\n") if line.strip()]


def label_of(form: str, name: str) -> str:
    """What a field is called, in a form or a table that may be no record's."""
    declared: Mapping[str, FieldSpec] = specs(BY_TABLE[form]) if form in BY_TABLE else {}
    return declared[name].label.lower() if name in declared else name.replace("_", " ")


def day_of(record: Record) -> date | None:
    """The day a record is of, where it has one."""
    for name, spec in specs(type(record)).items():
        value = getattr(record, name)
        if spec.kind == "datetime" and isinstance(value, datetime):
            return local(value).date()
        if spec.kind == "date" and isinstance(value, date) and name != "dob":
            return value
    return None


def names_of(people: Iterable[Person]) -> frozenset[str]:
    """The words of somebody's names and nicknames, folded."""
    return frozenset(
        word
        for person in people
        for name in (person.first_name, person.surname, *split(person.aliases))
        for word in re.findall(r"\w+", folded(name))
        if len(word) >= _SHORTEST
    )


def said_of(text: str, wanted: frozenset[str]) -> tuple[str, ...]:
    """Which words of a text are among these names; each once, as typed."""
    return tuple(dict.fromkeys(word for word in re.findall(r"\w+", text) if folded(word) in wanted))


def names(text: str, wanted: frozenset[str]) -> bool:
    """Whether a text holds one of these words; a hint for whoever looks, never a decision."""
    return not wanted.isdisjoint(re.findall(r"\w+", folded(text)))


_OF_CONTACTS: Final = frozenset({*MADE, "legal_advice"})


def of_a_contact(kind: object, with_whom: object = "") -> bool:
    """Whether a note is of a contact with the survivor: what was said, that it was, and when.

    A contact with somebody else is kept as another kind (``contacts.logged``).
    """
    return kind in _OF_CONTACTS or "survivor" in str(with_whom).casefold()
