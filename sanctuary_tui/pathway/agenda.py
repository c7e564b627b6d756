"""Today's lines and the aftercare agenda, from cards and reminders alone: no case is opened.

One line a case and action, the most pressing first. Ten thousand cases take a fraction of a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final

from config.settings import Settings
from db.models import Reminder
from db.readmodels import AgendaGroup, AgendaLine, CaseCard

COMING_DAYS = 7
AFTERCARE_RULES = frozenset(
    {"aftercare", "ask_cadence", "battery", "order_expiry", "marker_review", "kit_return", "fault"}
)
_PLANNED = frozenset(
    {"visit", "next_action", "consent_chase", "consent_owner", "consent_escalate", "consent_eh"}
)
"""Rules whose line, dated within the week, says what happens next on a case past its target."""
_GROUPS: dict[AgendaGroup, int] = {
    "at_once": 0,
    "overdue": 1,
    "today": 2,
    "new": 3,
    "stuck": 4,
    "coming": 5,
    "later": 6,
    "keeping": 7,
}
KEEPING: Final = "retention_review"
"""The rule that asks how long a closed file is kept: nobody waits for that."""
_RISK = {"high": 0, "medium": 1, "not_known": 2, "standard": 3}
_LIVE = ("open", "snoozed")

_Key = tuple[int, str, int | None]


def agenda(
    cards: Mapping[int, CaseCard], reminders: Iterable[Reminder], today: date, settings: Settings
) -> list[AgendaLine]:
    """Today: overdue, due today, new, stuck past the stage target, and the next seven days.

    ``reminders`` are those due by the horizon; ones done or dismissed may be among them, and keep
    a stage target that was dealt with from showing as stuck. A snoozed one comes back on its day,
    and until then its case is not stuck; nor is one with a visit, an action of its own or a step of
    the chase ladder within the next seven days, or what its card says comes next, which is in
    coming. The cases of one MARAC list that closes are one line, which stands for its screen;
    emergencies stay by themselves.
    What is only a review of how long something is kept (DOMAIN 8) stands last, under a heading of
    its own, whenever it was due: no act for anybody's safety waits behind it.
    Order: group, then risk (emergencies and high first), then due date, then reference.
    """
    horizon = today + timedelta(days=COMING_DAYS)
    lines: dict[_Key, AgendaLine] = {}
    lists: dict[tuple[str, date], list[AgendaLine]] = {}
    shown: set[int] = set()
    quiet: set[int] = set()
    targets: dict[int, Reminder] = {}
    for reminder in reminders:
        rule = reminder.rule
        if _put_off(reminder, today):
            quiet.add(reminder.case_id)
        if rule == "stage_target":
            due = _due(reminder)
            if due is None or due > today:
                quiet.add(reminder.case_id)
                if due is None or due > horizon or reminder.state not in _LIVE:
                    continue
            elif due < today:
                targets[reminder.case_id] = reminder
                continue
        else:
            due = _due(reminder)
            if due is None or due > horizon:
                waits = cards.get(reminder.case_id)
                if rule == "visit" and due is not None and waits and waits.next_due == due:
                    quiet.add(reminder.case_id)  # its next step is that day: not stuck meanwhile
                continue
        card = cards.get(reminder.case_id)
        if card is None:
            continue
        if rule == KEEPING:
            _keep(lines, _line("keeping", card, reminder, due))
            continue
        group = _group(due, today)
        if rule == "first_contact" and group == "coming":
            group = "new"
        line = _line(group, card, reminder, due)
        if rule == "marac_cutoff" and card.urgency != "emergency":
            lists.setdefault((reminder.key, due), []).append(line)
            continue
        if group != "coming":
            shown.add(reminder.case_id)
        elif rule in _PLANNED or reminder.title_text == card.next_text:
            quiet.add(reminder.case_id)
        _keep(lines, line)
    for (key, due), several in lists.items():
        if len(several) > 1:
            lines[(0, key, due.toordinal())] = _list_line(several, due, today)
            continue
        if several[0].group != "coming":
            shown.add(several[0].card.case_id)
        _keep(lines, several[0])
    for case_id, card in cards.items():
        if card.status != "open" or case_id in shown:
            continue
        target = card.target_due
        past = target is not None and target < today
        if card.stage == "referral" and not past:
            lines[(case_id, "new", None)] = _state_line("new", card, "new referral", None)
        elif past and case_id not in quiet:
            lines[(case_id, "stuck", None)] = _state_line(
                "stuck", card, card.stuck_why or "past its target", targets.get(case_id)
            )
    busy = {
        line.card.case_id for line in lines.values() if line.rule not in ("stage_target", KEEPING)
    }
    return sorted(
        (
            line
            for line in lines.values()
            # A case with something to do needs no second line that says it is near its target.
            if line.rule != "stage_target" or line.group == "stuck" or line.card.case_id not in busy
        ),
        key=_order,
    )


def with_places(
    lines: list[AgendaLine], first: Iterable[AgendaLine], last: Iterable[AgendaLine] = ()
) -> list[AgendaLine]:
    """Today's lines with those that are about no case among them.

    In each group ``first`` stands before the households: files that lie about are a danger to many.
    ``last`` stands after them: what waits with partners is a danger to nobody today.
    """
    return sorted([*first, *lines, *last], key=lambda line: _GROUPS[line.group])


def aftercare_agenda(
    cards: Mapping[int, CaseCard], reminders: Iterable[Reminder], today: date, settings: Settings
) -> list[AgendaLine]:
    """Checks, batteries, orders, markers, faults and kit: overdue, today, coming (7 days), later.

    Source: DOMAIN 7.
    """
    horizon = today + timedelta(days=COMING_DAYS)
    lines: list[AgendaLine] = []
    for reminder in reminders:
        if reminder.rule not in AFTERCARE_RULES:
            continue
        card = cards.get(reminder.case_id)
        due = _due(reminder)
        if card is None or due is None:
            continue
        group: AgendaGroup = "later" if due > horizon else _group(due, today)
        lines.append(_line(group, card, reminder, due))
    lines.sort(key=lambda line: (_GROUPS[line.group], line.due or date.max, *_order(line)[1:]))
    return lines


def _due(reminder: Reminder) -> date | None:
    """When the reminder asks to be seen; None when it does not any more."""
    if reminder.state == "open":
        return reminder.due
    if reminder.state != "snoozed":
        return None
    due, until = reminder.due, reminder.snoozed_to
    return until if due is None or (until is not None and until > due) else due


def _put_off(reminder: Reminder, today: date) -> bool:
    until = reminder.snoozed_to
    return reminder.state == "snoozed" and until is not None and until > today


def _group(due: date, today: date) -> AgendaGroup:
    if due < today:
        return "overdue"
    return "today" if due == today else "coming"


def _keep(lines: dict[_Key, AgendaLine], line: AgendaLine) -> None:
    """One line a case and action: of two by one rule on one record, the earlier due.

    All steps of one request's chase ladder are one action.
    """
    about = line.record_id if line.rule else line.reminder_id
    key = (line.card.case_id, "chase" if line.command == "chase" else line.rule, about)
    held = lines.get(key)
    if held is None or (line.due or date.max) < (held.due or date.max):
        lines[key] = line


def _line(group: AgendaGroup, card: CaseCard, reminder: Reminder, due: date) -> AgendaLine:
    return AgendaLine(
        group,
        card,
        reminder.title_text,
        due,
        reminder.action or "open",
        reminder.rule,
        reminder.at,
        reminder.id or None,
        reminder.record_table,
        reminder.record_id,
    )


def _list_line(several: list[AgendaLine], due: date, today: date) -> AgendaLine:
    """Every case of one MARAC list that is closing, as one line; each keeps its own on the case."""
    text = f"list closes: {len(several)} to list or send"
    risk = min((line.card.risk for line in several), key=lambda band: _RISK.get(band, 2))
    card = CaseCard(0, "MARAC", "open", "", stage_entered=today, risk=risk)
    return AgendaLine(
        several[0].group,
        card,
        text,
        due,
        "marac",
        "marac_cutoff",
        place="marac",
        cases=len(several),
    )


def _state_line(
    group: AgendaGroup, card: CaseCard, text: str, reminder: Reminder | None
) -> AgendaLine:
    if group == "new" and card.do_not_contact:
        text = f"{text}, do not contact"
    return AgendaLine(
        group,
        card,
        text,
        card.target_due,
        "open",
        "stage_target" if group == "stuck" else "",
        "",
        reminder.id if reminder is not None and reminder.id else None,
        since=card.stuck_since if group == "stuck" and card.stuck_why else None,
    )


def _order(line: AgendaLine) -> tuple[int, int, date, str, str]:
    card = line.card
    risk = -1 if card.urgency == "emergency" else _RISK.get(card.risk, 2)
    return (_GROUPS[line.group], risk, line.since or line.due or date.max, card.ref, line.rule)
