"""No text that leaves for a landlord, agent, freeholder or contractor may say why (DOMAIN 5, 8).

Source: MHCLG 2026 6.4 and STADA 2023: never disclose abuse by default; say general security
improvement at no cost, offer removal and making good.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from config.codes import split
from config.settings import Settings
from db.models import Measure
from sanctuary_tui.pathway import works
from sanctuary_tui.pathway.folded import (
    BROKEN,
    GLUED,
    INSIDE,
    LINE_END,
    Folded,
    folded,
    of_two_alphabets,
)

_ABUSE = "says that abuse has happened"
_PARTIES = "says who is affected or feared"
_SERVICE = "names a service for people affected by abuse"
_LEGAL = "names an order or the police"
_HARM = "describes harm"
_CASE = "is a case reference"
_NAME = "is a name"
_LETTERS = "is a word in letters of two alphabets"
_WEAK = "tells how the home is protected, or where it is weak"

WEAK_WORDS = (
    r"panic (?:room|alarm|button)s?",
    r"safe[- ]?rooms?",
    r"(?:alarm|door|entry|lock|key ?safe) codes?",
    r"weak (?:point|spot)s?",
)
"""Words that tell how a home is protected."""

_WORDS: dict[str, tuple[str, ...]] = {
    _ABUSE: (
        r"abuz\w*",
        r"honou?r[- ](?:crimes?|killings?|violence)",
        r"clare'?s law",
        r"dvds",
        r"forced to marry",
        r"fgm",
        r"femicides?",
        r"idap",
        r"domestic\w*",
        r"\w*abus(?:e|es|ed|er|ers|ive|ing)",
        r"violen(?:ce|t|tly)",
        r"coerci(?:on|ve)",
        r"controlling",
        r"gaslight\w*",
        r"dvs?",
        r"dva",
        r"vawg",
        r"dash",
        r"maracs?",
        r"mappa",
        r"gender[- ]based",
        r"honou?r[- ]based",
        r"forced marriage",
        r"high[- ]risk",
        r"safety plan\w*",
    ),
    _PARTIES: (
        r"(?:her|his) partner",
        r"(?:her|his|their) (?:husband|wife|boyfriend|girlfriend|spouse)",
        r"victim\w*",
        r"survivors?",
        r"perpetrators?",
        r"perps?",
        r"offenders?",
        r"(?:her|his|their|your|my) ex(?!-)",
        r"ex[- ]?(?:partner|husband|wife|boyfriend|girlfriend|spouse)\w*",
        r"(?:former|estranged) (?:partner|husband|wife|boyfriend|girlfriend|spouse)\w*",
    ),
    _SERVICE: (
        r"ncdv",
        r"matac",
        r"daha",
        r"tecsos",
        r"karma nirvana",
        r"safe[- ]?houses?",
        r"safe houses?",
        r"child(?:ren'?s)? (?:protection|services)",
        r"social services",
        r"wom[ae]n'?s (?:centre|service|shelter)s?",
        r"witness protection",
        r"multi[- ]agency",
        r"(?:da|dva?|i[ds]va|marac|vawg)s?[- ]?(?:advis[eo]r|advocate|case|lead|officer)s?",
        r"(?:da|dva?|i[ds]va|marac|vawg)s?[- ]?(?:outreach|service|support|team|unit|worker)s?",
        r"\w*sanctuar(?:y|ies)\w*",
        r"refuges?",
        r"i[ds]?vas?",
        r"idsvas?",
        r"women'?s aid",
        r"safe ?lives",
        r"outreach worker",
        r"support worker",
        r"safeguarding",
        r"safe accommodation",
    ),
    _LEGAL: (
        r"arrest(?:ed|ing)",
        r"arrests",
        r"dvp[on]s?",
        r"court (?:orders?|hearings?|dates?)",
        r"magistrates?'?",
        r"molest\w*",
        r"curfews?",
        r"crime (?:number|ref|reference)s?",
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
        r"sexual(?:ly)?",
        r"arson\w*",
        r"in danger",
        r"(?:no|any) contact with",
        r"modern slavery",
        r"trafficked",
        r"in fear",
        r"fear(?:s|ed|ful)? (?:for|of)",
        r"weapons?",
        r"(?:serious|risk of) harm",
        r"for (?:her|his|their) safety",
        r"keep(?:s|ing)? (?:him|her|them) (?:out|away)",
        r"so (?:that )?(?:he|she) (?:cannot|can not|can't|do not|don't|does not|doesn't)",
        r"(?:must|should) ?not (?:be told|find out|learn|know)",
        r"(?:do not|don't|never) tell (?:him|her|them|mr|mrs|ms|the)",
        r"(?:he|she) (?:broke|breaks|kicked|smashed|forced)",
        r"kicked (?:in|the|her|his)",
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
        r"scared",
        r"terrified",
        r"intimidat\w*",
        r"beat(?:en|ing|s)?",
        r"(?:hit|hits|hitting|hurt|hurts|kick\w*|punch\w*|chok\w*) (?:her|him|them|me)",
    ),
    _WEAK: WEAK_WORDS,
}
_MISSPELT: dict[str, str] = {
    one: reason
    for reason, words in (
        (_ABUSE, "domestic violence coercive coercion abusive"),
        (_PARTIES, "perpetrator perpetrators survivor survivors victimised"),
        (_SERVICE, "sanctuary sanctuaries safeguarding"),
        (_LEGAL, "injunction injunctions molestation probation"),
        (_HARM, "harassment harassed harassing assaulted threatened threatening strangled"),
        (_HARM, "intimidated intimidation frightened terrified"),
    )
    for one in words.split()
}
"""Long words that are found one letter wrong too; no ordinary word is so near to one of them."""
_TWO_WORDS = frozenset({"at tack", "at tacked", "in junction", "in junctions"})
"""Ordinary words that are one of the list when the gap between them is left out."""
_NAMED_SO = re.compile(r"sanctuary|refuge|police|prison|probation", re.IGNORECASE)
"""Words that streets, buildings and landlords are called by."""
_BEFORE_IT = (
    r"(?:(?:flat|unit|room|apartment|no|suite|block|plot|the|old|new|upper|lower|great|little|north"
    r"|south|east|west|formerly|former|\d+\w?|\w)\.?(?:\s|$))*"
)
_AFTER_IT = (
    r"(?:\s(?:road|rd|street|st|lane|ln|avenue|ave|close|court|ct|way|drive|place|house|terrace"
    r"|gardens?|crescent|square|row|hill|park|walk|yard|mews|grove|green|view|rise|station|hall"
    r"|cottages?|lodge|buildings?|flats|gate|mansions|quay|wharf|wood|field|box|tower|works|mill"
    r"|housing|homes|living|association|society|group|trust|estates?|lettings?|lets|properties"
    r"|property|affordable|supported|care|community|communities|management|and|scotland|limited|ltd"
    r"|plc|llp|ha|cic|locks?|locksmiths?|security|joinery|glass|doors|repairs|north|south|east|west"
    r"|upper|lower|\d+\w?|[a-z]{1,2}\d{1,2}[a-z]?))+"
)
_PLACE = re.compile(rf"{_BEFORE_IT}(?:{_NAMED_SO.pattern}){_AFTER_IT}", re.IGNORECASE)
_PART_OF_ADDRESS = re.compile(r"[^,;:()\[\]/|\n\r]+")
_REFERENCE = re.compile(r"(?<!\w)S\d{2}(?:-\s?|[\s/])?\d{3,6}(?!\w)", re.IGNORECASE)
_CAPITALS = re.compile(r"(?<!\w)(?:DA|DAA|DVA|DVPO|DVPN)(?!\w)")
"""Short for domestic abuse in capitals alone: ``da`` and ``Da`` stand in names."""
_ADDRESS = re.compile(
    r"[^\s<>()\[\],;]*(?:@|www\.|://|\.(?:uk|org|com|net|info)(?![a-z]))[^\s<>()\[\],;]*",
    re.IGNORECASE,
)
"""An e-mail address or a place on the web, in which words stand together."""
_IN_ADDRESS = re.compile(
    r"domestic|abus|sanctuar|refuge|victim|survivor|violen|perpetrat|i[ds]va(?![a-z])|marac|vawg"
    r"|womens-?aid|safelives|safeguard|stalk|police"
    r"|(?<![a-z])(?:da|dv|dva)(?:team|service|unit|support)?(?![a-z])",
    re.IGNORECASE,
)
_SHORTEST_BROKEN = 5
_SHORTEST_ACROSS_LINES = 6
_SHORTEST_GLUED = 4
_SHORTEST_MISSPELT = 7
_SHORTEST_IN_ADDRESS = 4
_NOT_NAMES = frozenset(split("of;the;and;or;aka;known;as;also;formerly;nee;mr;mrs;ms;miss;dr"))
EVERYDAY = frozenset(
    split(
        "will;may;mark;hope;grace;rose;bill;rob;sue;art;pat;young;long;page;lock;key;keys;bolt;day;"
        "home;house;new;wood;hill;stone;green;brown;white;black;king;north;west;east;price;field;"
        "park;church;street;lane;road;close;court;gate;glass;dawn;joy;june;april;august;summer;"
        "faith;an;so;do;no;my;to;on;in;am;van;von;de;la;le;el;al;bin;li;big;old;red"
    )
)
"""Names that are words as well: they count with a capital letter alone."""
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
    found = [(_CAPITALS, _SERVICE)]
    found += [(pattern_of(words), reason) for reason, words in _WORDS.items()]
    found.append((_REFERENCE, _CASE))
    return tuple(found)


def pattern_of(words: Iterable[str]) -> re.Pattern[str]:
    """One pattern for words written as regular expressions, each whole; a blank is any space."""
    spaced = "|".join(words).replace("[- ]", r"[-\s]").replace(" ", r"\s")
    return re.compile(rf"(?<!\w)(?:{spaced})(?!\w)", re.IGNORECASE)


def disclosures(text: str, names: Iterable[str] = ()) -> list[WordingHit]:
    """Every word in ``text`` that would tell an outsider why, in order.

    Words of abuse, of services and of courts, the names given (each part of a name of two letters
    or more, its plural and possessive) and case references; however they are accented, spelt with
    look-alike letters or invisible ones, broken at a line's end or written apart. An empty list
    does not prove a text safe: a person reads it too.
    """
    plain = folded(text)
    parts = _name_parts(names)
    patterns = [*_patterns(), *((one, _NAME) for one in _names_patterns(parts))]
    found = {hit.start: hit for hit in words_found(text, patterns)}
    for joined, start, end in plain.pieces():
        reason = _in_one_word(joined)
        if reason and plain.text[start:end].casefold() not in _TWO_WORDS:
            _keep(found, text, plain.span(start, end), reason)
    for word, start, end in plain.words():
        reason = misspelt(word.casefold()) if len(word) >= _SHORTEST_MISSPELT else ""
        if reason:
            _keep(found, text, plain.span(start, end), reason)
    for start, end in of_two_alphabets(text):
        _keep(found, text, (start, end), _LETTERS)
    for place in _ADDRESS.finditer(plain.text):
        for hit in _IN_ADDRESS.finditer(place.group()):
            span = (place.start() + hit.start(), place.start() + hit.end())
            _keep(found, text, plain.span(*span), _SERVICE)
        for part in parts:
            where = place.group().casefold().find(part.casefold())
            if len(part) >= _SHORTEST_IN_ADDRESS and part not in EVERYDAY and where >= 0:
                span = (place.start() + where, place.start() + where + len(part))
                _keep(found, text, plain.span(*span), _NAME)
    return sorted(found.values(), key=lambda hit: hit.start)


def words_found(
    text: str, patterns: Sequence[tuple[re.Pattern[str], str]]
) -> tuple[WordingHit, ...]:
    """Where a text says any of these words, in order, each with the reason that stands by it.

    However they are accented, spelt with look-alike letters or invisible ones, broken at a line's
    end or written apart.
    """
    plain = folded(text)
    found: dict[int, WordingHit] = {}

    def look(where: Folded, shortest: int) -> None:
        for pattern, reason in patterns:
            for hit in pattern.finditer(where.text):
                if sum(char.isalnum() for char in hit.group()) >= shortest:
                    _keep(found, text, where.span(*hit.span()), reason)

    look(plain, 0)
    for other, shortest in (
        (plain.spelt_out(), 0),
        (plain.spelt_out(but_first=True), 0),
        (plain.without(BROKEN), _SHORTEST_BROKEN),
        (plain.without(INSIDE), _SHORTEST_BROKEN),
        (plain.without(LINE_END), _SHORTEST_ACROSS_LINES),
        (plain.as_letters(), _SHORTEST_BROKEN),
        (plain.as_letters(one_as_l=True), _SHORTEST_BROKEN),
        (plain.without(GLUED), _SHORTEST_GLUED),
    ):
        if other.text != plain.text:
            look(other, shortest)
    return tuple(sorted(found.values(), key=lambda hit: hit.start))


def place_disclosures(text: str, *, name: bool = False) -> list[WordingHit]:
    """The words in an address, or in an organisation's own ``name``, that would tell why.

    Streets are called Refuge Road and Old Police House, a landlord Sanctuary Housing: such a word
    may stand where its part of the address is that name and nothing more. All else is refused, as
    in any words that leave.
    """
    allowed = [
        part.span()
        for part in _PART_OF_ADDRESS.finditer(text)
        if _PLACE.fullmatch(" ".join(part.group().split()))
    ]
    if name and _NAMED_SO.fullmatch(text.strip()):
        return []
    return [
        hit
        for hit in disclosures(text)
        if not (
            _NAMED_SO.fullmatch(hit.word)
            and any(start <= hit.start < end for start, end in allowed)
        )
    ]


@lru_cache(maxsize=4096)
def _in_one_word(joined: str) -> str:
    """Why a word may not stand that was written in two or three pieces; empty if it may."""
    if len(joined) < _SHORTEST_BROKEN:
        return ""
    return next((why for one, why in _patterns() if one.fullmatch(joined)), "")


@lru_cache(maxsize=4096)
def misspelt(word: str) -> str:
    """Why a word may not stand that is one letter from a long one that tells; empty if it may."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    near = process.extractOne(word, list(_MISSPELT), scorer=OSA.distance, score_cutoff=1)
    return _MISSPELT[near[0]] if near and near[1] else ""


def _keep(found: dict[int, WordingHit], text: str, span: tuple[int, int], reason: str) -> None:
    start, end = span
    for hit in found.values():
        if hit.start < end and start < hit.start + len(hit.word):
            return  # told already
    found[start] = WordingHit(text[start:end], start, reason)


def _names_patterns(parts: Iterable[str]) -> list[re.Pattern[str]]:
    """Whole words, their plurals and possessives; a word of every day with its capital alone."""
    parts = list(parts)
    plain = [re.escape(part) for part in parts if part.casefold() not in EVERYDAY]
    everyday = [
        f"{part.capitalize()}|{part.upper()}" for part in parts if part.casefold() in EVERYDAY
    ]
    found = []
    if plain:
        found.append(re.compile(rf"(?<!\w)(?:{'|'.join(plain)})(?:'?s|es)?(?!\w)", re.IGNORECASE))
    if everyday:
        found.append(re.compile(rf"(?<!\w)(?:{'|'.join(everyday)})(?!\w)"))
    return found


def _name_parts(names: Iterable[str]) -> list[str]:
    """The parts of names, plain; one with a hyphen or apostrophe whole, apart and run together."""
    parts: set[str] = set()
    for name in names:
        for part in re.split(r"[\s,;.()\"]+", folded(name).text):
            if _REFERENCE.fullmatch(part):
                continue
            parts |= {part, part.replace("'", "").replace("-", "")}
            parts |= {one for one in part.split("-") if len(one) > 2}
    kept = (part for part in parts if len(part) > 1 and part.casefold() not in _NOT_NAMES)
    return sorted(kept, key=lambda part: (-len(part), part))


def uncommon(names: Iterable[str]) -> tuple[str, ...]:
    """The parts of names that are no words of every day."""
    return tuple(part for part in _name_parts(names) if part.casefold() not in EVERYDAY)


def default_wording(measures: Iterable[Measure], settings: Settings) -> str:
    """A request in neutral words: general security improvement, at no cost, removal offered.

    Only what needs somebody's consent is listed; portable kit is nobody else's business.
    """
    names = [neutral_name(item) for item in measures if not works.portable(item)]
    listed = "\n".join(f"- {name}" for name in dict.fromkeys(names))
    fit = f":\n\n{listed}" if listed else " what the schedule of works lists."
    scheme = settings.scheme_name.strip()
    if not scheme or disclosures(scheme):
        scheme = _PLAIN_SCHEME
    return (
        f"The council's {scheme[:1].lower() + scheme[1:]} would like to improve the general "
        f"security of this home, at no cost to you. With your agreement we would fit{fit}\n\n"
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
