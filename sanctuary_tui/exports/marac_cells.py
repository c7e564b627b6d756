"""How each cell of the MARAC exports is written; none reads a field its profile leaves blank."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Final

from config.codes import CODES, UNANSWERED, split
from config.format import initials
from config.safetimes import read_safe_times
from db.models import (
    CaseFile,
    ContactPoint,
    MaracAction,
    MaracListing,
    Measure,
    Organisation,
    Person,
)
from db.readmodels import Finding
from sanctuary_tui.exports.columns import LIMITS
from sanctuary_tui.exports.marks import plain, reach_marks
from sanctuary_tui.exports.withhold import Everything
from sanctuary_tui.pathway import contact, works
from sanctuary_tui.pathway.orders import last_day, live

ELLIPSIS: Final = "…"
_WHITE_MAJORITY: Final = frozenset({"white_british", "white_irish", "white_other"})


@dataclass(frozen=True, slots=True)
class MaracContext:
    """What a row needs beyond the case: the day, and answers of the pathway's rules.

    ``home_secured(file)`` says ``yes``, ``part`` or ``no``; ``findings(file)`` gives the gates'
    findings, of which only the gate's name is written. ``include_landlord`` is off by default:
    the landlord is named only where the meeting needs it (setting ``marac.landlord_in_list``).
    ``names_in_agenda`` puts names where the agenda has initials. ``starts`` and ``minutes`` give
    the agenda its slots.
    """

    today: date
    home_secured: Callable[[CaseFile], str] | None = None
    findings: Callable[[CaseFile], Iterable[Finding]] | None = None
    organisations: Mapping[int, Organisation] = field(default_factory=dict)
    include_landlord: bool = False
    names_in_agenda: bool = False
    starts: time | None = None
    minutes: int = 15
    export_id: str = ""
    everything: Everything | None = None


def address(seen: CaseFile) -> tuple[str, str]:
    """The survivor's address and postcode: those kept apart if there are any, else the home's."""
    survivor_id = seen.survivor.id if seen.survivor else None
    for kept in reversed(seen.safe_addresses):
        if kept.person_id in (None, survivor_id) and (kept.address or kept.postcode):
            return kept.address, kept.postcode
    home = seen.home
    return (home.address, home.postcode) if home else ("", "")


def unsafe_numbers(file: CaseFile) -> list[str]:
    """Numbers of the survivor that nobody answered safe: who reads a list would ring them."""
    survivor = file.survivor or Person()
    own = [one for one in file.contact_points if one.person_id in (None, survivor.id)]
    stop = bool(contact.stops_contact(file))
    safe = {
        mark
        for one in own
        if one.safe in contact.USABLE and not stop
        for mark in reach_marks(one.value)
    }
    return [
        one.value
        for one in own
        if (stop or one.safe not in contact.USABLE) and not safe & reach_marks(one.value)
    ]


def safe_contact(seen: CaseFile, survivor: Person) -> tuple[str, str]:
    """The numbers answered safe, and the rule to keep when using them.

    Where none may be used the cell says so in place of the rule: others ring by it (domain 8).
    """
    stop = contact.stops_contact(seen)
    if stop:
        return "", stop
    safe = [
        point
        for point in seen.contact_points
        if point.person_id in (None, survivor.id)
        and point.kind in ("phone", "mobile")
        and point.safe in contact.USABLE
        and point.value
    ]
    rules = [seen.case.contact_rule]
    said = _clauses(seen.case.contact_rule)
    times = seen.case.contact_times
    # Times without a way that is safe read as leave to ring.
    if contact.reachable(seen) and _clause(times) not in said:
        rules.append(times)
        said |= _clauses(times)
    hows = [_how(point) for point in safe]
    alike = len({tuple(map(_clause, how)) for how in hows}) == 1
    for point, how in zip(safe[:1] if alike else safe, hows, strict=False):
        number = "" if alike else f"{phone(point.value)}: "
        # What one number is used for stays beside it, whatever is said of all; times are all's.
        left = [part for part in how if _clause(part) not in (said if alike else _clauses(times))]
        if left and not (alike and _clause(" ".join(how)) in said):
            rules.append(number + ", ".join(left))
    rule = ". ".join(one_line(part).rstrip(".") for part in dict.fromkeys(rules) if part)
    return listed([phone(point.value) for point in safe]), rule


_CLAUSES: Final = re.compile(r"[\n;]+|[.,](?=\s|$)")
_SENTENCES: Final = re.compile(r"[\n;]+|\.(?=\s|$)")


_MOST_WORDS: Final = 12
"""Of these at the end of a clause times are read."""


def _how(point: ContactPoint) -> list[str]:
    """What is to be kept to with one number."""
    how = "" if point.safe == "yes" else CODES["safe"][point.safe].lower()
    words = f"say: {point.words}" if point.words else ""
    return [part for part in (how, point.times, words) if part]


def _clauses(text: str) -> set[str]:
    """What a rule says: its sentences and their parts, each as ``_clause`` has it.

    Only a whole part is the same as another: "not 10-14" does not say "10-14".
    """
    parts = [*_SENTENCES.split(text), *_CLAUSES.split(text)]
    return {_clause(part) for part in parts} - {""}


def _clause(text: str) -> str:
    """Times as they are read, whatever their spelling, also behind other words; else the words."""
    words = one_line(text).split()
    for at in range(max(0, len(words) - _MOST_WORDS), len(words)):
        times = read_safe_times(" ".join(words[at:]))
        if times is not None:
            return plain(" ".join([*words[:at], times.words()]))
    return plain(" ".join(words))


_BARE_NUMBER: Final = re.compile(r"(\+44|0)(\d{4})(\d{5,6})")


def phone(number: str) -> str:
    """A number typed without spaces gets one, or a spreadsheet reads ``07700…`` as 7,700 million.

    Every other spelling stays as it was typed.
    """
    found = _BARE_NUMBER.fullmatch(number)
    if found is None:
        return number
    lead, first, rest = found.groups()
    return f"0{first} {rest}" if lead == "0" else f"+44 {first} {rest}"


def outstanding(file: CaseFile, seen: CaseFile, context: MaracContext) -> list[str]:
    """Measures not yet in place, each with the gates that stop it."""
    blocked: dict[int | None, dict[str, None]] = {}
    for finding in context.findings(file) if context.findings else ():
        if finding.severity == "stop" and not finding.overridden:
            gate = CODES["gate"].get(finding.gate, "")
            blocked.setdefault(finding.measure_id, {})[gate.lower()] = None
    lines = []
    for measure in seen.measures:
        if not is_outstanding(measure):
            continue
        why = [*blocked.get(measure.id, {}), *blocked.get(None, {})]
        if measure.state == "faulty":
            why = ["faulty"]
        words = ", ".join(dict.fromkeys(part for part in why if part))
        lines.append(f"{works.name(measure)} ({words})" if words else works.name(measure))
    return lines


def is_outstanding(measure: Measure) -> bool:
    """Whether a measure is wanted and not (or no longer) working."""
    return measure.state in ("proposed", "approved", "ordered", "faulty")


def orders(seen: CaseFile, today: date) -> list[str]:
    """Orders in force on the day: kind, whether it excludes, when it ends."""
    return [
        ", ".join(
            (
                words_of(order.kind),
                f"excludes {yes_no(order.excludes)}",
                day_text(last_day(order)) or "no expiry",
            )
        )
        for order in seen.legal_orders
        if live(order, today)
    ]


def support(seen: CaseFile) -> str:
    """Organisation and name of the support worker in place."""
    active = [
        item
        for item in seen.support
        if item.answer in ("accepted", "already") and item.ended is None
    ]
    if not active:
        return ""
    return ", ".join(part for part in (active[-1].provider, active[-1].worker) if part)


def last_heard(seen: CaseFile, listing: MaracListing) -> date | None:
    """The day the meeting last heard this case, or else its last referral."""
    earlier = [
        item.heard_on or item.meeting
        for item in seen.marac_listings
        if item.id != listing.id and item.state == "heard"
    ]
    days = [day for day in earlier if day]
    return max(days) if days else listing.last_referral


def is_due(action: MaracAction, meeting: date) -> bool:
    """Whether an action is open and due by the meeting."""
    return action.state == "open" and action.due is not None and action.due <= meeting


def aware(listing: MaracListing) -> str:
    """Y, N with why not, or NK."""
    answer = yes_no(listing.victim_aware)
    if answer != "N" or not listing.unaware_reason:
        return answer
    return f"N: {listing.unaware_reason}"


def status(perpetrator: Person) -> str:
    """Where the perpetrator is, and the date of release."""
    where = {
        "custody": "custody",
        "bail_address": "bail",
        "licence": "licence",
        "local": "community",
        "elsewhere": "community",
    }.get(perpetrator.whereabouts, "NK")
    return listed([where, day_text(perpetrator.release_date)])


def under_18(dob: date | None, on: date) -> str:
    """Whether somebody is under 18 on a day."""
    if dob is None:
        return "NK"
    return "Y" if (on.year - dob.year, on.month, on.day) < (18, dob.month, dob.day) else "N"


def minoritised(ethnicity: str) -> str:
    """Y, N or NK: Black, Asian or minoritised (SafeLives dataset)."""
    if ethnicity in UNANSWERED or ethnicity == "prefer_not":
        return "NK"
    return "N" if ethnicity in _WHITE_MAJORITY else "Y"


def disabled(disability: str) -> str:
    """Y, N or NK."""
    answers = set(split(disability)) - set(UNANSWERED)
    if not answers:
        return "NK"
    return "N" if answers == {"none"} else "Y"


def lgbt(survivor: Person) -> str:
    """Y, N, NK, or PNS (prefers not to say)."""
    if survivor.orientation in ("gay_lesbian", "bisexual", "other") or survivor.gender in (
        "trans_woman",
        "trans_man",
        "non_binary",
    ):
        return "Y"
    if "prefer_not" in (survivor.orientation, survivor.gender):
        return "PNS"
    return "N" if survivor.orientation == "heterosexual" else "NK"


def marker(marker: str) -> str:
    """Y, N, asked or NK: the police marker on the address."""
    if marker in ("yes", "removal_asked"):
        return "Y"
    return {"asked": "asked", "none": "N", "removed": "N"}.get(marker, "NK")


def yes_no(code: str) -> str:
    """Y, N or NK."""
    return {"yes": "Y", "no": "N"}.get(code, "NK")


def words_of(code: str) -> str:
    """A code in words."""
    return code.replace("_", " ")


def day_text(day: date | None) -> str:
    """A date as ISO writes it, or blank."""
    return day.isoformat() if day else ""


def number_text(number: int | None) -> str:
    """A number, or blank where not known."""
    return "" if number is None else str(number)


def full_name(person: Person) -> str:
    """``SURNAME, First``."""
    return ", ".join(part for part in (person.surname.upper(), person.first_name) if part)


def masked(person: Person) -> str:
    """Initials."""
    return initials(person.first_name, person.surname)


def aliases(person: Person) -> str:
    """Other names as a list."""
    return listed([alias.strip() for alias in person.aliases.split(";")])


def one_line(text: str) -> str:
    """Lines joined with commas."""
    return ", ".join(line.strip(" ,") for line in text.splitlines() if line.strip(" ,"))


def list_safe(text: str) -> str:
    """One entry of a list: ``;`` parts entries, so within one it becomes a comma."""
    return text.replace(";", ",")


def token(text: str) -> str:
    """One part of an entry, which ``:`` parts."""
    return list_safe(text).replace(":", " ")


def listed(parts: Iterable[str]) -> str:
    """A list in one cell, its entries parted by ``;``."""
    return ";".join(list_safe(part) for part in parts if part)


def cut(name: str, text: str) -> str:
    """Text at most as long as its column takes, with an ellipsis where it was cut."""
    limit = LIMITS.get(name)
    if limit is None or len(text) <= limit:
        return text
    return text[: limit - 1] + ELLIPSIS
