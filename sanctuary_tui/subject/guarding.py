"""Words that may tell how a home is guarded, when somebody is there, or when the police come.

What stands in a record is shut by its field (exports.profiles). A sentence that somebody typed can
say the same, and only a person can judge it: it is marked for anybody but the survivor, and goes
out by a second key with the reason. The words are those of the catalogue of measures, of the lists
of ways in and of visits, and of the check of wording, read as that check reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from config.codes import CODES, split
from config.measures import catalogue
from sanctuary_tui.exports.profiles import Field
from sanctuary_tui.pathway.wording import WEAK_WORDS, pattern_of, words_found

_LISTS: Final = ("entry_kind", "visit_kind")
_SHORTEST: Final = 3
_APART: Final = r"\W{1,3}"
_EVERYDAY: Final = frozenset(
    split(
        "personal;attack;police;issued;phone;safety;new;set;side;inside;needed;child;pair;where;"
        "property;mark;light;book;other;and;with;external;repair;removal;aftercare;cut;plan;deaf;"
        "timer;time;plug;slot;box;bag;fire;smoke;heat;room;ring;london;birmingham;yale;security;"
        "patio;access;lift;anti;dusk;dawn;subscription;carbon;portable;post;letter;glass;film;stop;"
        "stops;communal;front;back;garage;shed;hedge;planting;app;button;frame;barrel;guard;escape;"
        "safe;euro;panic;chain;bar;rim;sealed;frs;cover"
    )
)
"""Words of these lists that stand in any sentence; the rest of their entry is looked for still."""
_MORE: Final = (
    *WEAK_WORDS,
    r"visit(?:s|ed|ing|or|ors)?",
    r"appointments?",
    r"install\w*",
    r"fit(?:ter|ters|ted|ting|s)",
    r"survey\w*",
    r"contractors?",
    r"locksmiths?",
    r"(?:un)?lock(?:ed|ing|s)?",
    r"alarm(?:ed|s)?",
    r"keys?",
    r"key ?safes?",
    r"code ?words?",
    r"passcodes?",
    r"safe (?:time|hour|day|window)s?",
    r"time windows?",
    r"ma[dk]e safe",
    r"safe to (?:call|ring|phone|text|visit|attend)",
    r"police (?:\w+ ){0,3}(?:attend\w*|com(?:e|es|ing)|be there|present|patrol\w*)",
    r"attend\w* (?:\w+ ){0,3}police",
    r"police (?:marker|presence|escort)s?",
    r"(?:address )?markers?",
    r"sanctuary",
    r"maracs?",
    r"(?:id|is)vas?",
    r"da service",
    r"domestic (?:abuse|violence)",
    r"refuges?",
    r"measures? (?:worked|held)",
    r"lights? (?:\w+ )?(?:came|went|comes|goes) on",
    r"escape routes?",
    r"\d{1,2}[.:]\d{2} ?(?:-|to|until|till|and) ?\d{1,2}[.:]\d{2}",
    r"\d{1,2} ?(?:am|pm)? ?(?:-|to|until|till|and) ?\d{1,2} ?(?:am|pm)",
)


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    entries = [words for one in catalogue().values() for words in (one.name, one.also)]
    entries += [words for name in _LISTS for words in CODES[name].values()]
    found: dict[str, None] = {}
    for entry in entries:
        words = re.findall(r"[a-z]+", entry.casefold())
        if len(words) > 1:
            found[_APART.join(words)] = None
        for word in words:
            if len(word) >= _SHORTEST and word not in _EVERYDAY:
                found[f"{word.removesuffix('s')}(?:e?s)?"] = None
    return ((pattern_of((*_MORE, *found)), "tells how the home is guarded"),)


def guarding_words(text: str, fields: Iterable[Field] = ()) -> tuple[str, ...]:
    """The words in a text that may tell how the home is guarded, or when; each once, as typed.

    Of ``fields`` of a MARAC listing the meeting itself tells: that the survivor is known to it, as
    at high risk, and when it meets. None found does not prove a text harmless: a person reads it.
    """
    meeting = {"marac": "MARAC"} if any(table == "marac_listings" for table, _ in fields) else {}
    found = (" ".join(hit.word.split()) for hit in words_found(text, _patterns()))
    return tuple((meeting | {word.casefold(): word for word in found}).values())
