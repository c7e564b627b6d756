"""Safe contact: the banner's line, and who must not be reached (DOMAIN 2 Survivor, DOMAIN 8)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from config.codes import label, split
from config.format import local, short_date
from config.safetimes import SafeTimes, read_safe_times
from db.models import CaseFile, ContactPoint

USABLE = ("yes", "no_voicemail", "text_only", "times")
_BARRED = ("never", "unsafe")
_ASKED = (*USABLE, *_BARRED)
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
    known = points(file)
    if reported_unsafe(file):
        return "Do not contact: reported unsafe. Agree another way, through the support worker."
    if known and all(point.safe == "never" for point in known):
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
    return any(
        point.safe in ("yes", "no_voicemail", "times") and point.kind in ("phone", "mobile")
        for point in points(file)
    )


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
    if kinds & {"phone", "mobile"} or not kinds:
        return "text"
    return "email" if "email" in kinds else "note"


def _times_of(file: CaseFile, point: ContactPoint | None) -> str:
    """The safe times that bind a way of reaching the survivor: its own, else the case's."""
    own = point.times.strip() if point is not None else ""
    return own or file.case.contact_times.strip()


def safe_now(file: CaseFile, now: datetime, *, was: bool = False) -> SafeNow:
    """Whether the survivor may be contacted now, and when next: outside safe times never.

    Times nobody can read, or said to be set and not recorded, are asked each time. Of several safe
    ways the best that is open now counts. ``was`` speaks of a moment gone by.

    Source: DOMAIN 8, safe contact.
    """
    stop = stops_contact(file)
    if stop:
        return SafeNow("barred", stop)
    if not answered(file):
        return SafeNow("ask", UNKNOWN)
    usable: list[ContactPoint | None] = list(usable_points(file)) or [None]
    various = len({_times_of(file, point) for point in usable}) > 1
    found = [_now_by(file, point, now, various=various, was=was) for point in usable]
    for state in ("open", "ask"):
        best = next((one for one in found if one.state == state), None)
        if best is not None:
            return best
    return min(found, key=lambda one: one.changes or datetime.max.replace(tzinfo=now.tzinfo))


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
    if not said and not (point is not None and point.safe == "times"):
        return SafeNow("open", "Safe at any time, as far as is recorded.")
    times = read_safe_times(said)
    if times is None:
        why = "cannot be read" if said else "are not recorded"
        return SafeNow("ask", f"The safe times {why}: make sure that now is safe.")
    by = f" by {label('contact_kind', point.kind).lower()}" if various and point else ""
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
    word = file.case.code_word.strip()
    text = ". ".join(parts)
    if word:
        text = re.sub(re.escape(word), "(code word)", text, flags=re.IGNORECASE)
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
