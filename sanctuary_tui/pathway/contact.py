"""Safe contact: the banner's line, and who must not be reached (DOMAIN 2 Survivor, DOMAIN 8)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal

from config.codes import split
from config.format import local, short_date
from config.safetimes import SafeTimes, read_safe_times
from db.models import CaseFile, ContactPoint

USABLE = ("yes", "no_voicemail", "text_only", "times")
BARRED = ("never", "unsafe")
_ASKED = (*USABLE, *BARRED)
_WORDS = {
    "yes": "Safe to ring",
    "no_voicemail": "Ring, no voicemail",
    "text_only": "Text only",
    "times": "Set times only",
}
_WRITTEN = {"email": "Email only", "letter": "Letter only", "via": "Through somebody else only"}


_LANGUAGE = 12
"""A language in so many letters is named on a line; a longer text is not one word."""
ASK_EACH_TIME = "ask each time"
KINDS = ("call", "tried", "text", "email", "visit", "note")
"""Kinds of note by which the survivor is reached; ``note`` is a letter, or somebody else's word."""
_PHONES = ("phone", "mobile")
_REACHED_BY = {"email": ("email",), "note": ("letter", "via")}
_SPOKEN = ("yes", "no_voicemail", "times")
_BY = {"via": "somebody else"}
_NO_POINT = {"email": "email address", "note": "post or go-between"}
NOT_RUNG = "The survivor is not rung: say how they were reached, by text or email for example."
BY_THE_RULE = "No way is recorded as safe: go by the rule, and make sure that now is safe."
VISIT_UNKNOWN = "Nothing says when a visit is safe: make sure that it is."
UNKNOWN = "How to reach the survivor safely is not recorded: ask the referrer first."


@dataclass(frozen=True, slots=True)
class SafeNow:
    """Whether the survivor may be contacted at a moment, in one sentence.

    ``ask``: nobody can tell from the record, so the coordinator must. ``changes``: when the answer
    next does; for ``shut`` the start of the next safe time. None where no time of day changes it.
    """

    state: Literal["open", "ask", "shut", "barred"]
    sentence: str
    changes: datetime | None = None


def points(file: CaseFile) -> list[ContactPoint]:
    """The ways to reach the survivor."""
    survivor = file.survivor
    mine = survivor.id if survivor else None
    return [point for point in file.contact_points if point.person_id in (None, mine)]


def answered(file: CaseFile) -> bool:
    """Whether anybody has asked how the survivor can be reached safely (DOMAIN 1, stage 1)."""
    case = file.case
    if case.do_not_contact == "yes" or case.contact_rule.strip():
        return True
    return any(point.safe in _ASKED for point in points(file))


def stops_contact(file: CaseFile) -> str | None:
    """Why the survivor must not be reached: a sentence, or None.

    Source: DOMAIN 5 ("reminders stop on survivor's do not contact"), DOMAIN 8 safe contact.
    """
    if file.case.do_not_contact == "yes":
        return "Do not contact: the survivor asked for no contact."
    if reported_unsafe(file):
        return "Do not contact: reported unsafe. Agree another way, through the support worker."
    if not reachable(file) and any(point.safe == "never" for point in points(file)):
        return "Do not contact: no recorded way of reaching the survivor is safe."
    return None


def reported_unsafe(file: CaseFile) -> bool:
    """Whether the ways there were are reported unsafe, and no other is agreed yet (DOMAIN 8)."""
    return any(point.safe == "unsafe" for point in points(file)) and not reachable(file)


def reachable(file: CaseFile) -> bool:
    """Whether there is a way to reach the survivor that they said is safe."""
    if file.case.do_not_contact == "yes":
        return False
    return any(point.safe in USABLE for point in points(file))


def voice_ok(file: CaseFile) -> bool:
    """Whether a voice call may be offered: not for text-only or BSL users (DOMAIN 10 B)."""
    survivor = file.survivor
    needs = split(survivor.communication) if survivor else ()
    if "bsl" in needs or "text_only" in needs or stops_contact(file):
        return False
    return any(point.safe in _SPOKEN and point.kind in _PHONES for point in points(file))


def silent(file: CaseFile) -> bool:
    """Whether the survivor is known not to be one to ring: no voice call is offered (DOMAIN 10 B).

    Text-only and BSL users, and those whose safe ways are all in writing.
    """
    survivor = file.survivor
    needs = split(survivor.communication) if survivor else ()
    if "bsl" in needs or "text_only" in needs:
        return True
    usable = usable_points(file)
    return bool(usable) and not voice_ok(file)


def usual_way(file: CaseFile) -> str:
    """How a contact with the survivor is made, as a note has it: a call, unless they are not rung.

    By text then, or by email where that is the only way said to be safe (DOMAIN 10 B).
    """
    if not silent(file):
        return "call"
    kinds = {point.kind for point in usable_points(file)}
    if kinds & set(_PHONES) or not kinds:
        return "text"
    return "email" if "email" in kinds else "note"


def _times_of(file: CaseFile, point: ContactPoint | None) -> str:
    """The safe times that bind a way of reaching the survivor: its own, else the case's."""
    own = point.times.strip() if point is not None else ""
    return own or file.case.contact_times.strip()


def safe_now(file: CaseFile, now: datetime, *, kind: str = "", was: bool = False) -> SafeNow:
    """Whether the survivor may be contacted now, and when next: outside safe times never.

    A ``kind`` (one of ``KINDS``) is judged by the ways it goes by, and by no other: a call by the
    numbers that may be rung, a text by every number, an email by email; a letter or a word through
    somebody by those. A visit goes by the times of the numbers, where none is safe by the case's
    times, and where there are none either it is asked. Without a ``kind`` the best of them counts,
    but for a visit: that nothing is said of visits opens nothing else.

    Times nobody can read, or said to be set and not recorded, are asked each time; so is a rule in
    words alone. Of several safe ways of a kind the best that is open now counts. ``was`` speaks of
    a moment gone by.

    Source: DOMAIN 8, safe contact.
    """
    stop = stops_contact(file)
    if stop:
        return SafeNow("barred", stop)
    if kind:
        return _now_of(file, kind, now, was=was)
    found = [_now_of(file, one, now, was=was) for one in KINDS if one != "visit"]
    return _best(found, now)


def open_kinds(file: CaseFile, now: datetime) -> tuple[str, ...]:
    """The kinds of contact that may be made now, or that are to be asked, of ``KINDS``."""
    found = {kind: safe_now(file, now, kind=kind).state for kind in KINDS}
    return tuple(kind for kind, state in found.items() if state in ("open", "ask"))


def points_for(file: CaseFile, kind: str) -> list[ContactPoint]:
    """The ways said to be safe that a contact of a kind goes by, the freest first."""
    wanted = _REACHED_BY.get(kind, _PHONES)
    spoken = kind in ("call", "tried")
    return [
        point
        for point in usable_points(file)
        if point.kind in wanted and (not spoken or point.safe in _SPOKEN)
    ]


def visit_time(file: CaseFile, on: date, window: str) -> SafeNow:
    """Whether a visit may be booked for a day and its time window, as they were typed.

    It goes by the times of the numbers, where none is safe by the case's (as ``safe_now`` of a
    visit). The whole window is in them, or it is shut; one nobody can read is asked, unless the day
    has no safe time at all.

    Source: DOMAIN 8, safe contact.
    """
    stop = stops_contact(file)
    if stop:
        return SafeNow("barred", stop)
    mine = points_for(file, "visit")
    ways = [(_times_of(file, point), point.safe) for point in mine]
    ways = ways or [(_times_of(file, None), "")]
    found = [_visit_by(said, safe, on, window) for said, safe in ways]
    return _best(found, datetime.combine(on, time(), UTC))


def _visit_by(said: str, safe: str, on: date, window: str) -> SafeNow:
    if not said and safe not in ("", "times"):
        return SafeNow("open", "Safe at any time, as far as is recorded.")
    times = read_safe_times(said)
    if times is None:
        return SafeNow("ask", VISIT_UNKNOWN)
    state = times.holds(window, on)
    if state == "open":
        return SafeNow("open", "In the safe times.")
    if state == "ask":
        return SafeNow("ask", f"Safe is {times.words()}: make sure that the visit is in it.")
    asked = " ".join([short_date(on), *window.split()])
    return SafeNow("shut", f"{asked} is not in the safe times, which are {times.words()}.")


def used_point(file: CaseFile, kind: str, at: datetime) -> ContactPoint | None:
    """The way a contact of a kind went by at a moment; None where several could be, or none.

    A visit goes by none of them, nor does a contact with somebody else.
    """
    mine = points_for(file, kind) if kind in KINDS and kind != "visit" else []
    if len(mine) > 1:
        mine = [
            point
            for point in mine
            if _now_by(file, point, at, various=False, was=True).state != "shut"
        ]
    return mine[0] if len(mine) == 1 else None


def without_code_word(file: CaseFile, text: str) -> str:
    """A text in which the case's code word is not to be read."""
    word = file.case.code_word.strip()
    return re.sub(re.escape(word), "(code word)", text, flags=re.IGNORECASE) if word else text


def _now_of(file: CaseFile, kind: str, now: datetime, *, was: bool) -> SafeNow:
    if kind in ("call", "tried") and silent(file):
        return SafeNow("barred", NOT_RUNG)
    usable = usable_points(file)
    if not usable:
        return _by_the_case(file, UNKNOWN if not answered(file) else BY_THE_RULE, now, was=was)
    mine = points_for(file, kind)
    if mine:
        named = len({_times_of(file, point) for point in usable}) > 1 or any(
            point.kind not in _PHONES for point in usable
        )
        found = [_now_by(file, point, now, various=named, was=was) for point in mine]
        return _best(found, now)
    if kind == "visit":
        if file.case.contact_times.strip():
            return _now_by(file, None, now, various=False, was=was)
        return SafeNow("ask", VISIT_UNKNOWN)
    what = _NO_POINT.get(kind, "number")
    wanted = _REACHED_BY.get(kind, _PHONES)
    if any(point.kind in wanted and point.safe in BARRED for point in points(file)):
        return SafeNow("barred", f"The survivor's {what} is not safe to use: take another way.")
    return SafeNow(
        "shut", f"No {what} of the survivor's is recorded as safe: take another way, or record it."
    )


def _by_the_case(file: CaseFile, otherwise: str, now: datetime, *, was: bool) -> SafeNow:
    """Where no way is said to be safe: the case's times still shut, and what is left is asked."""
    if file.case.contact_times.strip():
        found = _now_by(file, None, now, various=False, was=was)
        if found.state != "open":
            return found
        return SafeNow("ask", otherwise, found.changes)
    return SafeNow("ask", otherwise)


def _best(found: Sequence[SafeNow], now: datetime) -> SafeNow:
    """The one that lets most through; of those that are shut the one that opens first."""
    for state in ("open", "ask"):
        best = next((one for one in found if one.state == state), None)
        if best is not None:
            return best
    last = datetime.max.replace(tzinfo=now.tzinfo)
    return min(found, key=lambda one: (one.state == "barred", one.changes or last))


def interpreter(file: CaseFile) -> str:
    """The interpreter the survivor needs, in a word or two; empty where none (DOMAIN 10 B)."""
    survivor = file.survivor
    needs = split(survivor.communication) if survivor else ()
    if "bsl" in needs:
        return "BSL interpreter"
    language = survivor.language.strip() if survivor and "interpreter" in needs else ""
    if 0 < len(language) <= _LANGUAGE:
        return f"{language} interpreter"
    return "interpreter" if "interpreter" in needs else ""


def usable_points(file: CaseFile) -> list[ContactPoint]:
    """The ways the survivor said are safe, the freest first."""
    usable = [point for point in points(file) if point.safe in USABLE]
    return sorted(usable, key=lambda point: USABLE.index(point.safe))


def _now_by(
    file: CaseFile, point: ContactPoint | None, now: datetime, *, various: bool, was: bool
) -> SafeNow:
    said = _times_of(file, point)
    by = f" by {_BY.get(point.kind, point.kind)}" if various and point else ""
    if not said and point is not None and point.safe != "times":
        return SafeNow("open", f"Safe{by} at any time, as far as is recorded.")
    times = read_safe_times(said)
    if times is None:
        why = "cannot be read" if said else "are not recorded"
        return SafeNow("ask", f"The safe times {why}: make sure that now is safe.")
    changes = times.next_change(now)
    until = f", until {_clock(changes, now)}" if changes else ""
    state = times.at(now)
    if state == "open":
        return SafeNow("open", f"Safe now{by}{until}.", changes)
    if state == "ask":
        why = f"In school hours only{by}{until}: make sure that the school is open today."
        return SafeNow("ask", why, changes)
    return SafeNow("shut", _shut(times, by, now, None if was else changes, was=was), changes)


def _shut(times: SafeTimes, by: str, now: datetime, changes: datetime | None, *, was: bool) -> str:
    here = local(now)
    verb, moment = "was" if was else "is", f"{short_date(here.date())} {here:%H:%M}"
    sentence = f"Not a safe time: it {verb} {moment}, and safe{by} is {times.words()}."
    return f"{sentence} Next: {_clock(changes, now)}." if changes else sentence


def _clock(moment: datetime, now: datetime) -> str:
    """A moment as it is said now: ``14:30`` of the same day, ``Fri 27 Nov 09:30`` of another."""
    here, today = local(moment), local(now).date()
    if here.date() == today:
        return f"{here:%H:%M}"
    return f"{short_date(here.date(), today)} {here:%H:%M}"


def safe_contact(file: CaseFile) -> str:
    """The banner: how, when, never, in one line; the code word itself is never in it.

    Source: DOMAIN 8, safe contact: show the rule before any dial or letter.
    """
    stop = stops_contact(file)
    parts = [stop.rstrip(".")] if stop else [_how(file)]
    rule = " ".join(file.case.contact_rule.split()).rstrip(".")
    if rule and not reported_unsafe(file):  # it tells of the ways that are not safe any more
        parts.append(rule)
    text = without_code_word(file, ". ".join(parts))
    if file.case.code_word.strip():
        text += ". Code word set"
    return text + "."


def _how(file: CaseFile) -> str:
    usable = usable_points(file)
    survivor = file.survivor
    needs = split(survivor.communication) if survivor else ()
    if not usable:
        if file.case.contact_rule.strip():
            return "See the rule"
        return "Safe contact not known: ask the referrer first"
    best = usable[0]
    silent = "bsl" in needs or "text_only" in needs
    if best.kind in _WRITTEN:
        how = _WRITTEN[best.kind]
    elif silent:
        how = "Text only"
    else:
        how = _WORDS[best.safe]
    said = [how]
    times = _times_of(file, best)
    if times:
        said.append(times if read_safe_times(times) else f"{times} ({ASK_EACH_TIME})")
    elif best.safe == "times":
        said.append(ASK_EACH_TIME)
    if how == "Text only" and best.kind not in _WRITTEN:
        said.append("no voicemail")
    if "bsl" in needs:
        said.append("BSL interpreter")
    elif "interpreter" in needs:
        said.append("interpreter")
    return ", ".join(said)
