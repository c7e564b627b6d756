"""A hearing is a day on which the risk changes: planned for, and its outcome asked (DOMAIN 7)."""

from __future__ import annotations

from datetime import date

from config.calendar import add_working_days
from config.format import short_date
from config.settings import Settings
from db.models import CaseFile, Reminder
from sanctuary_tui.pathway import contact
from sanctuary_tui.pathway.dates import working_day_before
from sanctuary_tui.pathway.reminder import reminder


def reminders(file: CaseFile, today: date, settings: Settings) -> list[Reminder]:
    """Before each hearing to come, and after each that was; one record of an order asks once."""
    found = []
    quiet = contact.stops_contact(file) is not None
    for order in file.legal_orders:
        on = order.hearing
        if on is None:
            continue
        if on >= today:
            if quiet:
                continue  # the plan is gone through with the survivor
            due = on
            for _ in range(settings.tasks.hearing_days):
                due = working_day_before(due)
            title = f"hearing {short_date(on)}: go through the plan"
            anchor = f"{order.id}:{on}"
            found.append(reminder("hearing", anchor, due, title, "call", about=order))
        elif order.made is None or order.made < on:
            title = f"hearing {short_date(on)}: what was decided?"
            anchor, due = f"{order.id}:{on}:after", add_working_days(on, 1)
            found.append(reminder("hearing", anchor, due, title, "order", about=order))
    return found
