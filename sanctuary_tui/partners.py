"""Partners: what follows from a referral outward, the working group, landlords' accreditation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from config.errors import BadInputError, RefusedError
from config.format import counted
from db import queries
from db.models import CaseFile, Contact, GroupAction, Organisation, ReferralOut
from db.named_cases import cases_named
from db.readmodels import AgendaGroup, AgendaLine, CaseCard
from db.rows import columns_sql, from_rows
from db.validation import validated
from sanctuary_tui import connected

if TYPE_CHECKING:
    from config.settings import Settings
    from db.caseload import Caseload
    from db.record import Record

_AHEAD: Final = timedelta(days=7)
_DAYS: Final = {
    "referrals_out": (("answer", "answered"), ("outcome", "outcome_on")),
    "group_actions": (("state", "done_on"),),
}
"""Of these records what was said, and the day on which; left blank it is today."""
_OF_SOMEBODY: Final = re.compile(r"['’]s?\b")
_PENDING: Final = ("not_asked", "open")


def complete(
    caseload: Caseload, record: Record, values: dict[str, Any], file: CaseFile | None
) -> None:
    """Check what a form gave for a referral outward, an action of the group or a contact; date it.

    Raises:
        BadInputError: a day of something that has happened is still to come, a contact is nobody,
            or an action of the group names a household.
        RefusedError: the referral is to somebody of the case's register of connected people.
    """
    today = caseload.store.today()
    for said, on in _DAYS.get(record.table, ()):
        told = values.get(said, getattr(record, said))
        given = values.get(on, getattr(record, on))
        if told in _PENDING:
            values[on] = None
        elif given is None:
            values[on] = today
        elif given > today:
            raise BadInputError("That day is still to come; give the day it happened.", field=on)
    chosen = values.get("organisation_id")
    if isinstance(record, Contact) and not any(
        values.get(name, getattr(record, name)) for name in ("name", "job", "organisation_id")
    ):
        raise BadInputError("Give a name, a job or the organisation.", field="name")
    if isinstance(record, GroupAction):
        for name in ("action", "said"):
            _refuse_household(caseload, str(values.get(name) or ""), name)
    if isinstance(record, ReferralOut) and file is not None and chosen:
        name = queries.organisation_names(caseload.connection, file.case.id).get(chosen, "")
        if connected.found(file, [name], today):
            raise RefusedError(
                f"Not kept: {name} stands in this case's register of connected people; choose "
                "another organisation, or end that entry on the People tab if it is over."
            )


def _refuse_household(caseload: Caseload, words: str, field: str) -> None:
    """An action is of no case: a name in it would outlast a seal and a disposal, and stand on Today
    where names are masked. Of sealed cases nothing is compared, so that no refusal tells of one.
    """
    if not words.strip():
        return
    connection = caseload.connection
    there = {ref for (ref,) in connection.execute("SELECT ref FROM cases").fetchall()}
    said = f"{_OF_SOMEBODY.sub(' ', words)} {words}"
    named = [ref for ref in cases_named(connection, [(said, "")]) or () if ref in there]
    if named:
        raise BadInputError(
            f"An action of the group names no household, and this names {named[0]}, or somebody "
            "of that case; write it without.",
            field=field,
        )


# --- the working group ----------------------------------------------------------------------------


@dataclass(slots=True)
class GroupView:
    """The actions of the working group, its members, and the organisations they come from."""

    actions: list[GroupAction]
    members: list[Contact]
    organisations: dict[int, str]
    contacts: dict[int, str]


def group_view(caseload: Caseload) -> GroupView:
    """Open actions by their day, then those that are over, the newest first; members by name."""
    everybody = queries.all_of(caseload.connection, Contact)
    actions = queries.all_of(caseload.connection, GroupAction)
    waiting = sorted(
        (one for one in actions if one.state == "open"), key=lambda one: (_due(one), one.id)
    )
    over = sorted(
        (one for one in actions if one.state != "open"),
        key=lambda one: (one.done_on or date.min, one.id),
        reverse=True,
    )
    members = [one for one in everybody if one.group_role.strip()]
    return GroupView(
        [*waiting, *over],
        sorted(members, key=lambda one: (one.name or one.job).casefold()),
        {one.id: one.name for one in queries.all_of(caseload.connection, Organisation)},
        {one.id: one.name or one.job for one in everybody},
    )


def _due(action: GroupAction) -> date:
    return action.due or date.max


def end_action(caseload: Caseload, action_id: int, said: str) -> GroupAction:
    """Mark an action of the working group done today, with what was done.

    Raises:
        RefusedError: it is over already; BadInputError: the words name a household.
    """
    action = queries.get(caseload.connection, GroupAction, action_id)
    if action.state != "open":
        raise RefusedError("This action is over already; enter opens it to put it right.")
    _refuse_household(caseload, said, "said")
    values = validated(GroupAction, {"said": said, "done_on": caseload.store.today()})
    return caseload.store.update(action, why="working group action done", state="done", **values)


def leave_group(caseload: Caseload, contact_id: int) -> Contact:
    """Take somebody off the working group; the directory keeps them."""
    contact = queries.get(caseload.connection, Contact, contact_id)
    return caseload.store.update(contact, why="left the working group", group_role="")


# --- Today ----------------------------------------------------------------------------------------


def today_lines(caseload: Caseload, today: date, settings: Settings) -> list[AgendaLine]:
    """What waits with partners and is about no case: one line for actions, one for landlords."""
    # Only the few rows with a day are read: a big directory is not, at every look at Today.
    ask, weeks = caseload.connection.execute, settings.policy.accreditation_weeks
    waiting = from_rows(
        GroupAction,
        ask(
            f"SELECT {columns_sql(GroupAction)} FROM group_actions"
            " WHERE state = 'open' AND due <= ? ORDER BY due, id",
            ((today + _AHEAD).isoformat(),),
        ).fetchall(),
    )
    ending = from_rows(
        Organisation,
        ask(
            f"SELECT {columns_sql(Organisation)} FROM organisations"
            " WHERE accredited_until <= ? ORDER BY id",
            ((today + timedelta(weeks=weeks)).isoformat(),),
        ).fetchall(),
    )
    lapsing = lapses(ending, today, settings)
    return [
        *_line("GROUP", "group", "group_action", _said(waiting), map(_due, waiting), today),
        *_line(
            "PARTNERS",
            "directory",
            "accreditation",
            _lapse_said(lapsing, today),
            (one.accredited_until or date.max for one in lapsing),
            today,
        ),
    ]


def lapses(
    organisations: Iterable[Organisation], today: date, settings: Settings
) -> list[Organisation]:
    """Whose accreditation has lapsed, or will within the weeks set; the first to lapse first.

    One that is said to be accredited no longer, or has no last day, is not told of.
    """
    last = today + timedelta(weeks=settings.policy.accreditation_weeks)
    found = [
        one
        for one in organisations
        if one.accredited_until is not None and one.accredited_until <= last and _accredited(one)
    ]
    return sorted(found, key=lambda one: (one.accredited_until or date.max, one.name))


def _accredited(one: Organisation) -> bool:
    if one.accreditation.strip():
        return True
    return one.accredited != "no"


def accreditation_said(one: Organisation) -> str:
    """An organisation's accreditation in a few words: ``DAHA, enhanced``; empty where none."""
    names = ["DAHA"] if one.accredited == "yes" else []
    names += [part for part in (one.accreditation.strip(), one.accreditation_level.strip()) if part]
    return ", ".join(names)


def _said(actions: list[GroupAction]) -> str:
    if len(actions) == 1:
        return f"group: {actions[0].action}"
    return f"working group: {counted(len(actions), 'action')} due" if actions else ""


def _lapse_said(lapsing: list[Organisation], today: date) -> str:
    if not lapsing:
        return ""
    if len(lapsing) > 1:
        return f"{len(lapsing)} accreditations lapse or have"
    (one,) = lapsing
    over = (one.accredited_until or date.max) < today
    return f"accreditation {'lapsed' if over else 'lapses'}: {one.name}"


def _line(
    ref: str, place: str, rule: str, text: str, days: Iterable[date], today: date
) -> list[AgendaLine]:
    dates = sorted(days)
    if not dates:
        return []
    first = dates[0]
    group: AgendaGroup = "overdue" if first < today else "today" if first == today else "coming"
    card = CaseCard(0, ref, "open", "", today)
    return [AgendaLine(group, card, text, first, place, rule, place=place, cases=len(dates))]
