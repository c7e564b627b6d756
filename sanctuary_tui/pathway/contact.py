"""Safe contact: the banner's line, and who must not be reached (DOMAIN 2 Survivor, DOMAIN 8)."""

from __future__ import annotations

import re

from config.codes import split
from db.models import CaseFile, ContactPoint

USABLE = ("yes", "no_voicemail", "text_only", "times")
_ASKED = (*USABLE, "never")
_WORDS = {
    "yes": "Safe to ring",
    "no_voicemail": "Ring, no voicemail",
    "text_only": "Text only",
    "times": "Set times only",
}
_WRITTEN = {"email": "Email only", "letter": "Letter only", "via": "Through somebody else only"}


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
    if known and all(point.safe == "never" for point in known):
        return "Do not contact: no recorded way of reaching the survivor is safe."
    return None


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


def safe_contact(file: CaseFile) -> str:
    """The banner: how, when, never, in one line; the code word itself is never in it.

    Source: DOMAIN 8, safe contact: show the rule before any dial or letter.
    """
    stop = stops_contact(file)
    parts = [stop.rstrip(".")] if stop else [_how(file)]
    rule = " ".join(file.case.contact_rule.split()).rstrip(".")
    if rule:
        parts.append(rule)
    word = file.case.code_word.strip()
    text = ". ".join(parts)
    if word:
        text = re.sub(re.escape(word), "(code word)", text, flags=re.IGNORECASE)
        text += ". Code word set"
    return text + "."


def _how(file: CaseFile) -> str:
    usable = [point for point in points(file) if point.safe in USABLE]
    survivor = file.survivor
    needs = split(survivor.communication) if survivor else ()
    if not usable:
        if file.case.contact_rule.strip():
            return "See the rule"
        return "Safe contact not known: ask the referrer first"
    best = min(usable, key=lambda point: USABLE.index(point.safe))
    silent = "bsl" in needs or "text_only" in needs
    if best.kind in _WRITTEN:
        how = _WRITTEN[best.kind]
    elif silent:
        how = "Text only"
    else:
        how = _WORDS[best.safe]
    said = [how]
    times = best.times.strip() or file.case.contact_times.strip()
    if times:
        said.append(times)
    if how == "Text only" and best.kind not in _WRITTEN:
        said.append("no voicemail")
    if "bsl" in needs:
        said.append("BSL interpreter")
    elif "interpreter" in needs:
        said.append("interpreter")
    return ", ".join(said)
