"""No text that leaves for a landlord, agent, freeholder or contractor may say why (DOMAIN 5, 8).

Source: MHCLG 2026 6.4 and STADA 2023: never disclose abuse by default; say general security
improvement at no cost, offer removal and making good.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from config.settings import Settings
from db.models import Measure
from sanctuary_tui.pathway import works

_ABUSE = "says that abuse has happened"
_PARTIES = "says who is affected or feared"
_SERVICE = "names a service for people affected by abuse"
_LEGAL = "names an order or the police"
_HARM = "describes harm"
_WEAK = "tells how the home is protected, or where it is weak"

_WORDS: dict[str, tuple[str, ...]] = {
    _ABUSE: (
        r"domestic\w*",
        r"\w*abus(?:e|es|ed|er|ers|ive|ing)",
        r"violen(?:ce|t|tly)",
        r"coerci(?:on|ve)",
        r"controlling",
        r"gaslight\w*",
        r"dv",
        r"dva",
        r"dash",
        r"marac",
        r"mappa",
        r"honou?r[- ]based",
        r"forced marriage",
        r"high[- ]risk",
        r"safety plan\w*",
    ),
    _PARTIES: (
        r"victim\w*",
        r"survivors?",
        r"perpetrators?",
        r"perps?",
        r"offenders?",
        r"ex[- ](?:partner|husband|wife|boyfriend|girlfriend|spouse)\w*",
        r"(?:former|estranged) (?:partner|husband|wife|boyfriend|girlfriend|spouse)\w*",
    ),
    _SERVICE: (
        r"sanctuary",
        r"refuges?",
        r"id?va",
        r"idvas",
        r"isva",
        r"women'?s aid",
        r"safe ?lives",
        r"outreach worker",
        r"support worker",
        r"safeguarding",
        r"safe accommodation",
    ),
    _LEGAL: (
        r"injunctions?",
        r"non[- ]?mol\w*",
        r"nmo",
        r"occupation order\w*",
        r"restraining",
        r"protection (?:order|notice)\w*",
        r"dapo|dapn",
        r"police\w*",
        r"bail",
        r"probation",
        r"prison",
        r"custody",
        r"criminal",
        r"family court",
    ),
    _HARM: (
        r"assault\w*",
        r"attack(?:ed|er|ers|s)?",
        r"stalk\w*",
        r"harass\w*",
        r"threat(?:en|ens|ened|ening|s)?",
        r"strangl\w*",
        r"rape[ds]?",
        r"flee(?:s|ing)?",
        r"fled",
        r"afraid",
        r"frightened",
        r"intimidat\w*",
        r"beat(?:en|ing|s)?",
        r"(?:hit|hits|hitting|hurt|hurts|kick\w*|punch\w*|chok\w*) (?:her|him|them|me)",
    ),
    _WEAK: (
        r"panic (?:room|alarm|button)s?",
        r"safe[- ]?rooms?",
        r"(?:alarm|door|entry|lock|key ?safe) codes?",
        r"weak (?:point|spot)s?",
    ),
}
NEVER_IN_A_PLACE = frozenset({_ABUSE, _PARTIES, _HARM})
"""Reasons that count in a street address or an organisation's own name too. Places are called
Refuge Road, Old Police House and Rose Lane, and a housing association Sanctuary."""
_REFERENCE = re.compile(r"\bS\d{2}-\d{3,6}\b", re.IGNORECASE)
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2010": "-", "\u2011": "-", "\u2013": "-"})
_NEUTRAL_NAMES = {
    1: "Personal alarm",
    45: "Reinforced internal door",
    46: "Telephone point",
    39: "Strobe alarm",
}
_PLAIN_SCHEME = "home security scheme"


@dataclass(slots=True, frozen=True)
class WordingHit:
    """A word that would disclose, where it starts, and why it may not stand."""

    word: str
    start: int
    reason: str


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE), reason)
        for reason, words in _WORDS.items()
    )


def disclosures(text: str, names: Iterable[str] = ()) -> list[WordingHit]:
    """Every word in ``text`` that would tell an outsider why, in order.

    Words of abuse, of services and of courts, the names given (each part of a name of two letters
    or more) and case references. An empty list does not prove a text safe: a person reads it too.
    """
    plain = text.translate(_APOSTROPHES)
    hits = [
        WordingHit(text[found.start() : found.end()], found.start(), reason)
        for pattern, reason in _patterns()
        for found in pattern.finditer(plain)
    ]
    hits += [
        WordingHit(found.group(), found.start(), "is a case reference")
        for found in _REFERENCE.finditer(plain)
    ]
    taken = {hit.start for hit in hits}
    for part in _name_parts(names):
        for found in re.finditer(rf"(?<!\w){re.escape(part)}(?!\w)", plain, re.IGNORECASE):
            if found.start() not in taken:
                taken.add(found.start())
                hits.append(
                    WordingHit(text[found.start() : found.end()], found.start(), "is a name")
                )
    return sorted(hits, key=lambda hit: hit.start)


def _name_parts(names: Iterable[str]) -> list[str]:
    parts = {
        part
        for name in names
        for part in re.split(r"[\s,;]+", name.translate(_APOSTROPHES))
        if len(part) > 1 and not _REFERENCE.fullmatch(part)
    }
    return sorted(parts, key=lambda part: (-len(part), part))


def default_wording(measures: Iterable[Measure], settings: Settings) -> str:
    """A request in neutral words: general security improvement, at no cost, removal offered.

    Only what needs somebody's consent is listed; portable kit is nobody else's business.
    """
    names = [neutral_name(item) for item in measures if not works.portable(item)]
    listed = "\n".join(f"- {name}" for name in dict.fromkeys(names)) or "- (schedule to follow)"
    scheme = settings.scheme_name.strip()
    if not scheme or disclosures(scheme):
        scheme = _PLAIN_SCHEME
    return (
        f"The council's {scheme[:1].lower() + scheme[1:]} would like to improve the general "
        "security of this home, at no cost to you. With your agreement we would fit:\n\n"
        f"{listed}\n\n"
        "Work is done by an approved installer to the relevant British Standard and keeps every "
        "way out clear in a fire. Old locks are kept for you. At the end of the tenancy we will, "
        "if you wish, remove the items and make good.\n\n"
        "Please reply to say whether you agree, with any conditions, and tell us if somebody "
        "else must agree too."
    )


def neutral_name(measure: Measure) -> str:
    """A measure's name as an outsider may read it."""
    name = _NEUTRAL_NAMES.get(measure.catalogue_id or 0) or works.name(measure)
    return "Security item" if disclosures(name) else name
