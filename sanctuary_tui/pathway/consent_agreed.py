"""What the survivor agreed of a consent request, and when that agreement ends (DOMAIN 2 and 5).

Source: STADA 2023: the survivor approves the wording, the channel and who is contacted first, and
who asks. Other words are another version, which they have not seen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from config.codes import CONSENT_WAITING, UNANSWERED, label
from config.errors import RefusedError
from db.models import ConsentRequest
from db.record import specs

AGREED: Final = (
    "part",
    "wording",
    "schedule",
    "channel",
    "decision_kind",
    "decision_maker",
    "decision_org_id",
    "agent",
    "agent_org_id",
    "asked_by",
)
"""Fields of a request that the survivor agrees to: words, way, who is asked, who asks."""
UNSENT: Final = frozenset({"drafting", "survivor_ok_to_contact"})
SPOKEN: Final = frozenset({"phone", "text", "video"})
"""Channels by which no letter goes."""
_NUMBER = re.compile(r"v?\s*(\d+)", re.IGNORECASE)


def same_words(one: str, other: str) -> bool:
    """Whether two texts say the same, however their lines are folded."""
    return one.split() == other.split()


def changed(request: ConsentRequest, values: Mapping[str, Any]) -> tuple[str, ...]:
    """What of the agreed is to change, in the form's own words; an answer given late is none."""
    declared = specs(ConsentRequest)
    found = []
    for name in AGREED:
        before = getattr(request, name)
        after = values.get(name, before)
        if declared[name].kind in ("text", "long"):
            differs = not same_words(str(before or ""), str(after or ""))
        else:
            differs = after != before and not (
                name == "decision_kind" and before in (None, *UNANSWERED)
            )
        if differs:
            found.append(declared[name].label.lower())
    return tuple(found)


def next_version(version: str) -> str:
    """``v2`` after ``v1 security upgrade``: each wording that may be agreed has a number."""
    found = _NUMBER.match(version.strip())
    return f"v{int(found[1]) + 1}" if found else "v2"


def follows(request: ConsentRequest, values: Mapping[str, Any]) -> dict[str, Any]:
    """What must change with ``values``: the agreement, the state of an unsent request, the version.

    Where anything agreed changes, the agreement ends, even if the same form says "agreed": it
    said so before of other words. An answered request keeps its answer.
    """
    was = request.survivor_ok == "yes"
    agreed = values.get("survivor_ok", request.survivor_ok) == "yes"
    made: dict[str, Any] = {}
    if was and changed(request, values):
        if agreed:
            agreed = False
            made.update(survivor_ok="not_asked", survivor_ok_on=None)
        if values.get("wording_version", request.wording_version) == request.wording_version:
            made["wording_version"] = next_version(request.wording_version)
    if agreed and request.state == "drafting":
        made["state"] = "survivor_ok_to_contact"
    elif not agreed and request.state == "survivor_ok_to_contact":
        made["state"] = "drafting"
    return made


def ended(before: ConsentRequest, after: ConsentRequest) -> str:
    """One sentence where a change ended the survivor's agreement; empty where it did not."""
    if before.survivor_ok != "yes" or after.survivor_ok == "yes":
        return ""
    what = changed(before, {name: getattr(after, name) for name in AGREED})
    if not what:
        return ""
    then = (
        "nothing is sent"
        if after.state in UNSENT
        else "no letter and no chase goes out"
        if after.state in CONSENT_WAITING
        else "no letter goes out"
    )
    return (
        f"The survivor had not agreed to this ({', '.join(what[:3])}): {then} until they have "
        f"agreed {after.wording_version}."
    )


def stands(request: ConsentRequest) -> bool:
    """Whether the survivor agrees to what the request says now."""
    return request.survivor_ok == "yes"


def lapsed(request: ConsentRequest) -> bool:
    """Whether a request is out and nobody may be chased by it: agreement ended or was taken back.

    What goes up to a manager or to Environmental Health has rules of its own.
    """
    return request.state in CONSENT_WAITING - {"eh_offered", "eh_referred"} and not stands(request)


def refuse_other_words(request: ConsentRequest, words: str, channel: str) -> None:
    """Refuse to send what the survivor did not agree.

    Raises:
        RefusedError: there is no wording, or the words or the channel are others.
    """
    if not request.wording.strip():
        raise RefusedError(
            "The request has no wording that the survivor could have agreed; write it on the "
            "request first."
        )
    if words.strip() and not same_words(words, request.wording):
        raise RefusedError(
            "These are not the words the survivor agreed; change the wording on the request and "
            "agree it with them first."
        )
    if channel != request.channel:
        raise RefusedError(
            f"The survivor agreed that the request goes by "
            f"{label('channel', request.channel).lower()}; change the channel on the request and "
            "agree it with them first."
        )
