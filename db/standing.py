"""Keeping a case's card and its derived reminders as the rules would make them now."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Final

from db.models import CaseFile, Reminder
from db.readmodels import CaseCard, Derived
from db.rows import to_column
from db.tables import Tables

if TYPE_CHECKING:
    from db.connection import Connection

_COLUMNS: Final = tuple(item.name for item in fields(CaseCard))
_UPSERT: Final = (
    f"INSERT INTO main.case_cards ({', '.join(_COLUMNS)}) VALUES"
    f" ({', '.join('?' * len(_COLUMNS))}) ON CONFLICT (case_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])
)
_FOLLOWS: Final = ("due", "title_text", "action", "who", "at", "record_table", "record_id")
"""What the rules decide of a reminder; its state is a person's, but for "gone"."""


def keep_derived(
    connection: Connection,
    tables: Tables,
    file: CaseFile,
    derived: Derived,
    asked_from: date = date.min,
) -> None:
    """Write the card, and the reminders that differ. Done, dismissed and put off stay so.

    A new one that was due before ``asked_from`` is dismissed from the first.

    One that no longer stands is kept as "gone", and opens again if it stands again: a key is never
    asked twice.
    """
    values = [to_column(getattr(derived.card, name)) for name in _COLUMNS]
    connection.execute(_UPSERT, values).fetchall()
    standing = {reminder.key: reminder for reminder in file.reminders if reminder.rule}
    wanted = {reminder.key: reminder for reminder in derived.reminders}
    for key, reminder in wanted.items():
        kept = standing.get(key)
        if kept is None:
            reminder.case_id = file.case.id
            if reminder.due is not None and reminder.due < asked_from:
                reminder.state = "dismissed"
            tables.insert(reminder)
        else:
            _follow(tables, kept, reminder)
    for key, kept in standing.items():
        if key not in wanted and kept.state in ("open", "snoozed"):
            tables.write(kept, {"state": "gone"})


def _follow(tables: Tables, kept: Reminder, wanted: Reminder) -> None:
    differs = {
        name: getattr(wanted, name)
        for name in _FOLLOWS
        if getattr(wanted, name) != getattr(kept, name)
    }
    if kept.state == "gone":
        differs["state"] = "open"
    if differs:
        tables.write(kept, differs)
