"""Measures listed in one cell, matched to the catalogue; others stay in their own words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from config.errors import BadInputError
from config.measures import catalogue
from config.synonyms import WRITTEN
from db.names import folded


@dataclass(frozen=True, slots=True)
class Fitting:
    """One measure of a list: its catalogue number, or None and its own words in ``name``."""

    catalogue_id: int | None
    name: str
    qty: int | None = None
    location: str = ""


_WORD: Final = re.compile(r"[^\W_]+")
_FIRM: Final = re.compile(r"[;\n•|]|\s-\s|(?<=[a-z])\.\s+(?=[A-Z])")
_LOOSE: Final = re.compile(r"[,+]|\s&\s|\band\b|(?<!\bc)/(?!o\b)", re.IGNORECASE)
_COUNT_FIRST: Final = re.compile(
    r"(?:x\s*(\d{1,2})|(\d{1,2})\s*x|(\d{1,2})(?=\s+[a-z]{3}))\s*", re.I
)
_COUNT_LAST: Final = re.compile(r"\s*(?:\bx\s*(\d{1,2})|\(\s*x?\s*(\d{1,2})\s*\))$", re.IGNORECASE)
_PLACE: Final = re.compile(
    r"\s*(?:\(([^()\d][^()]*)\)|((?:\b(?:front|back|rear|side|kitchen|bedroom)"
    r"\b[ ,&/]{0,3}(?:and )?){1,4}"
    r"(?:doors?|windows?|gates?)?)|\b(?:to|on|at|in|for)\s+((?:the\s+)?(?:front|back|rear|side|"
    r"kitchen|patio|bedroom|lounge|living|hall|all|ground|first|upstairs|downstairs|communal|"
    r"porch|garage|shed|garden|loft|stairs|landing)\b.*))$",
    re.IGNORECASE,
)
_NUMBERED: Final = re.compile(r"^\s*(?:\d{1,2}[.)]\s+|[-*]\s*)")
_NEAR: Final = 88
_APART: Final = 4
_LIMIT: Final = 200
_MOST: Final = 60


def read_measures(text: str, values: Mapping[str, str]) -> tuple[Fitting, ...]:
    """The measures of a cell. ``values`` are the person's own: as written, folded, to a number.

    Raises:
        BadInputError: one is too long to be a measure's name, or there are too many.
    """
    found: list[Fitting] = []
    for firm in _FIRM.split(text):
        whole = _fitting(firm, values)
        if whole is None:
            continue
        if whole.catalogue_id is not None:
            found.append(whole)
            continue
        parts = [_fitting(part, values) for part in _split(firm)]
        found.extend(part for part in parts if part is not None)
    if not found or len(found) > _MOST or any(len(one.name) > _LIMIT for one in found):
        raise BadInputError(
            "a list of measures is expected here; write them with a comma or a line between"
        )
    return tuple(found)


def _split(firm: str) -> list[str]:
    """The parts at commas and the like; those inside brackets belong to what they follow."""
    hidden = re.sub(r"\([^()]*\)", lambda inside: "\x00" * len(inside[0]), firm)
    parts: list[str] = []
    at = 0
    for cut in _LOOSE.finditer(hidden):
        parts.append(firm[at : cut.start()])
        at = cut.end()
    return [*parts, firm[at:]]


def _fitting(part: str, values: Mapping[str, str]) -> Fitting | None:
    given = " ".join(_NUMBERED.sub("", part).split()).strip(" .,:;-")
    if not _WORD.search(given):
        return None
    own = values.get(key_of(given))
    if own is not None:
        return _known(int(own), None, "")
    count = _COUNT_FIRST.match(given) or None
    rest = given[count.end() :] if count else given
    if count is None and (count := _COUNT_LAST.search(rest)):
        rest = rest[: count.start()]
    place = _PLACE.search(rest)
    bare = rest[: place.start()] if place else rest
    number = next((int(one) for one in count.groups() if one), 0) if count else 0
    if count is not None and not 1 <= number <= 99:
        return Fitting(None, given)
    own = values.get(key_of(bare))
    best = int(own) if own is not None else match(bare)
    if best is None:
        return Fitting(None, given)
    where = next((one for one in place.groups() if one), "").strip() if place else ""
    return _known(best, number or None, where)


def _known(number: int, qty: int | None, where: str) -> Fitting:
    return Fitting(number, catalogue()[number].name, qty, where)


def key_of(text: str) -> str:
    """Written words as they are compared: folded, one space between, singular."""
    words = _WORD.findall(folded(text))
    return " ".join(singular(word) for word in words)


def singular(word: str) -> str:
    """A word without the s of several."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


@lru_cache(maxsize=1)
def _names() -> dict[str, int]:
    """Every name and other spelling, as compared, with its catalogue number."""
    found: dict[str, int] = {}
    for number, item in catalogue().items():
        plain = re.sub(r"\([^()]*\)", " ", item.name)
        for name in (item.name, plain, *WRITTEN["measures"].get(str(number), ())):
            found.setdefault(key_of(name), number)
    return found


@lru_cache(maxsize=4096)
def match(words: str) -> int | None:
    """The catalogue number of what is written, where one is near and no other nearly as near."""
    best = nearest(words, 2)
    if not best or best[0][1] < _NEAR:
        return None
    return best[0][0] if len(best) == 1 or best[0][1] - best[1][1] >= _APART else None


def nearest(words: str, most: int = 3) -> list[tuple[int, int]]:
    """Catalogue numbers nearest to what is written, with how near, 0 to 100."""
    from rapidfuzz import fuzz, process

    wanted = key_of(words)
    if not wanted:
        return []
    names = _names()
    if wanted in names:
        return [(names[wanted], 100)]
    scores: dict[int, int] = {}
    for name, score, _ in process.extract(
        wanted, list(names), scorer=fuzz.token_sort_ratio, limit=12, score_cutoff=50
    ):
        scores[names[name]] = max(scores.get(names[name], 0), min(99, int(score)))
    return sorted(scores.items(), key=lambda item: -item[1])[:most]
