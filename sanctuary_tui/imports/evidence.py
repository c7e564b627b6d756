"""What a column's title and its values each say of the field that it may hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Final

from config.errors import BadInputError
from db.names import folded
from sanctuary_tui.imports.dates import month_comes_first
from sanctuary_tui.imports.fittings import singular
from sanctuary_tui.imports.headings import HEADINGS
from sanctuary_tui.imports.sheets import Cell, Heading
from sanctuary_tui.imports.targets import BY_KEY, TARGETS, Target
from sanctuary_tui.imports.values import (
    Choices,
    Place,
    code_key,
    is_whole_postcode,
    read_value,
    says_nothing,
)

_LONGEST: Final = 200
"""Characters of a title that are compared; no title is longer."""
_SAMPLE: Final = 60
_LONG: Final = 60
"""Characters that a column of long texts has in a cell, on average."""
_LIKE: Final = 62
"""How near a title must be to a known one before its field is thought of."""
_MONEY: Final = re.compile(r"£|^\s*\d[\d.,]*[.,]\d{2}\s*$")
_STRONG: Final = frozenset(
    {"date", "moment", "money", "number", "phones", "postcode", "code", "codes", "ages"}
)
"""Readings that most other columns fail, so that the values are evidence."""
_YES_NO: Final = "answers of yes or no"
_READ_AS: Final = {
    "date": "dates",
    "moment": "dates",
    "money": "amounts",
    "number": "numbers in range",
    "phones": "telephone numbers or mail",
    "postcode": "postcodes",
    "code": "answers of the list",
    "codes": "answers of the list",
    "ages": "ages",
    "name": "names",
    "people": "names, ages or a number of people",
    "address": "addresses",
    "measures": "measures",
}

# --- titles ---------------------------------------------------------------------------------------

_SAME: Final = {
    **dict.fromkeys(("vic", "vics", "victim", "victims", "client", "clients", "cl"), "survivor"),
    **dict.fromkeys(("survivors", "su", "applicant", "applicants", "complainant"), "survivor"),
    **dict.fromkeys(("customer", "tenant", "tenants", "vs"), "survivor"),
    **dict.fromkeys(("perp", "perps", "ap", "suspect", "offender", "abuser"), "perpetrator"),
    **dict.fromkeys(("respondent", "perpetrators"), "perpetrator"),
    **dict.fromkeys(("tel", "telephone", "mob", "mobile", "landline", "phones"), "phone"),
    **dict.fromkeys(("no", "num", "nos", "#", "numbers"), "number"),
    **dict.fromkeys(("recd", "rcvd", "rec", "recieved"), "received"),
    **dict.fromkeys(("addr", "add", "adress"), "address"),
    **dict.fromkeys(("pcode", "postal"), "postcode"),
    **dict.fromkeys(("ll", "landlords"), "landlord"),
    **dict.fromkeys(("kids", "kid", "child", "childs", "childrens", "dependants"), "children"),
    **dict.fromkeys(("completed", "comp", "compl"), "complete"),
    **dict.fromkeys(("installed", "installation"), "install"),
    **dict.fromkeys(("incl", "including"), "inc"),
    **dict.fromkeys(("exc", "excl", "excluding"), "ex"),
    **dict.fromkeys(("judgment",), "judgement"),
    **dict.fromkeys(("appt", "appts"), "appointment"),
    **dict.fromkeys(("org",), "organisation"),
    **dict.fromkeys(("hr", "hrs", "hour", "hours", "48hr", "48hrs", "48h"), "48"),
    **dict.fromkeys(("mth", "mths", "months", "mnth"), "month"),
    **dict.fromkeys(("rel", "relation"), "relationship"),
    **dict.fromkeys(("dt",), "date"),
    **dict.fromkeys(("forename", "forenames", "firstname"), "first name"),
    **dict.fromkeys(("lastname",), "surname"),
    **dict.fromkeys(("mail", "emails"), "email"),
    **dict.fromkeys(("fu", "followup"), "follow up"),
    **dict.fromkeys(("nonmol",), "nmo"),
    **dict.fromkeys(("ring", "ringing"), "call"),
    "amt": "amount",
    "dobs": "dob",
    "inv": "invoice",
}
_DROPPED: Final = frozenset(
    {"of", "the", "for", "to", "is", "was", "any", "please", "yn", "a", "s", "has"}
)
_WHOLE: Final = (
    (re.compile(r"\bdate of birth\b|\bbirth date\b"), "dob"),
    (re.compile(r"\bpost code\b"), "postcode"),
    (re.compile(r"\be mail\b"), "email"),
    (re.compile(r"\balleged (?:perpetrator|perp)\b"), "perp"),
    (re.compile(r"\bservice user\b"), "survivor"),
    (re.compile(r"\bon going\b"), "ongoing"),
    (re.compile(r"\bnon mol\w*\b"), "nmo"),
    (re.compile(r"\blast name\b|\bfamily name\b"), "surname"),
    (re.compile(r"\bmonths? (\d+)\b"), r"\1 month"),
    (re.compile(r"\b(\d+)(?:m|mth|mths|month)\b"), r"\1 month"),
    (re.compile(r"\b(\d+)(?:wk|wks|w)\b"), r"\1 week"),
    (re.compile(r"\b48 ?(?:hours?|hrs?|h)\b"), "48"),
    (
        re.compile(r"\bref (?=received|recd|rec d|date|source|by|from|officer|in\b|agency)"),
        "referral ",
    ),
    (re.compile(r"(?<=date )ref\b|(?<=date of )ref\b|(?<=source of )ref\b"), "referral"),
    (re.compile(r"\bref\b"), "reference"),
)
_QUALIFIERS: Final = frozenset(
    {
        "12",
        "3",
        "48",
        "6",
        "agent",
        "bail",
        "booked",
        "children",
        "closed",
        "condition",
        "consent",
        "contractor",
        "court",
        "dash",
        "email",
        "end",
        "ex",
        "expiry",
        "fitted",
        "gp",
        "ha",
        "inc",
        "invoice",
        "landlord",
        "left",
        "marac",
        "number",
        "order",
        "perpetrator",
        "reason",
        "received",
        "referrer",
        "referring",
        "relationship",
        "review",
        "risk",
        "school",
        "support",
        "survey",
        "vat",
        "worker",
    }
)
"""Words that change what a title is about: a field whose titles never have one is not meant."""
_VAGUE: Final = frozenset({"number", "date", "name", "type", "detail"})
"""Words that alone say no field: a column No. need not be the number of an order."""
_PERSONAL: Final = frozenset({"dob", "address", "phone", "first_name", "surname", "gender"})


@lru_cache(maxsize=8192)
def title_key(title: str) -> str:
    """A title as it is compared: abbreviations in full, small words and marks left out."""
    text = folded(title[:_LONGEST]).replace("£", " cost ").replace("#", " number ")
    text = re.sub(r"[.'’]", "", text)
    text = re.sub(r"\b(\w)/(\w)\b", r"\1\2", text)
    text = re.sub(r"[^\w]+", " ", text).replace("_", " ").strip()
    text = re.sub(r"\b(?:\w )+\w\b", _joined_letters, text)
    for pattern, word in _WHOLE:
        text = pattern.sub(word, text)
    words = " ".join(_SAME.get(word, word) for word in text.split()).split()
    kept = [singular(word) for word in words if word not in _DROPPED]
    return " ".join(dict.fromkeys(kept or words))


def _joined_letters(found: re.Match[str]) -> str:
    parts = found[0].split()
    return "".join(parts) if len(parts) > 1 and all(len(one) == 1 for one in parts) else found[0]


@dataclass(frozen=True, slots=True)
class TitleMatch:
    """A field that a title is like: the known title, and how near, 0 to 100."""

    target: Target
    words: str
    score: int


@lru_cache(maxsize=1)
def _known() -> dict[str, list[tuple[Target, str]]]:
    """Every known title as it is compared, with the fields it may stand for."""
    found: dict[str, list[tuple[Target, str]]] = {}
    for target in TARGETS:
        for words in (*HEADINGS[target.key], target.label):
            fields = found.setdefault(title_key(words), [])
            if all(one is not target for one, _ in fields):
                fields.append((target, words))
    return found


@lru_cache(maxsize=1)
def _words_of() -> dict[str, frozenset[str]]:
    """Every word in the known titles of a field."""
    found: dict[str, set[str]] = {}
    for name, fields in _known().items():
        for target, _ in fields:
            found.setdefault(target.key, set()).update(name.split())
    return {key: frozenset(words) for key, words in found.items()}


def title_matches(titles: Sequence[str]) -> list[tuple[TitleMatch, ...]]:
    """For each title the fields it is like, the nearest first; a bare one by its neighbours."""
    found = [_of_title(title) for title in titles]
    keys = [title_key(title) for title in titles]
    for place, key in enumerate(keys):
        who = _about(keys, place)
        if not who or not found[place] or found[place][0].score < 90:
            continue
        top = found[place][0].target
        group, _, name = top.key.partition(".")
        other = BY_KEY.get(f"{who}.{'phone' if name == 'phones' else name}")
        if group not in ("survivor", "home", "contact") or other is None:
            continue
        earlier = any(
            matches and matches[0].target is top and matches[0].score >= 90
            for matches in found[:place]
        )
        words = f"{key} after a column about the {who}"
        match = TitleMatch(other, words, 88 if earlier else 68)
        found[place] = (*found[place], match)
    return found


_BRACKETED: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_IN_PART: Final = 92
"""The most that a part of a title can say, without its brackets or on one side of a stroke."""


def _of_title(title: str) -> tuple[TitleMatch, ...]:
    """The fields a title is like, as a whole or in a part."""
    best = {match.target.key: match for match in _matches(title_key(title))}
    bare = _BRACKETED.sub(" ", title)
    parts = [bare, *re.split(r"\s/\s", bare)] if bare != title or " / " in title else []
    said = frozenset(title_key(title).split()) & _QUALIFIERS
    for part in parts:
        for match in _matches(title_key(part)):
            if match.score < 90 or said - _words_of()[match.target.key]:
                continue
            before = best.get(match.target.key)
            if before is None or before.score < _IN_PART:
                best[match.target.key] = replace(match, score=min(match.score, _IN_PART))
    return tuple(sorted(best.values(), key=lambda match: -match.score))


@lru_cache(maxsize=8192)
def _matches(key: str) -> tuple[TitleMatch, ...]:
    from rapidfuzz import fuzz, process

    if not key:
        return ()
    known = _known()
    best: dict[str, TitleMatch] = {}
    own = set(key.split())
    near = process.extract(
        key, list(known), scorer=fuzz.token_sort_ratio, limit=25, score_cutoff=_LIKE
    )
    held = process.extract(key, list(known), scorer=fuzz.token_set_ratio, limit=25, score_cutoff=90)
    for name, _, _ in (*near, *held):
        sort = fuzz.token_sort_ratio(key, name)
        score = (
            100
            if own == set(name.split())
            else round(min(95, 0.7 * sort + 0.3 * fuzz.token_set_ratio(key, name)))
        )
        for target, words in known[name]:
            mine = score if score == 100 else _qualified(own, name, target, score)
            if mine >= _LIKE and mine > getattr(best.get(target.key), "score", 0):
                best[target.key] = TitleMatch(target, words, mine)
    return tuple(sorted(best.values(), key=lambda match: -match.score))


def _qualified(own: set[str], name: str, target: Target, score: int) -> int:
    """Lower where the title says whose it is, or of what, and the known one does not."""
    words = set(name.split())
    if own <= _VAGUE:
        return min(score, 74)
    if (own - _words_of()[target.key]) & _QUALIFIERS:
        return min(score, 40)
    if (own ^ words) & _QUALIFIERS:
        return min(score, 74)
    return score


def _about(keys: Sequence[str], place: int) -> str:
    """Whom the columns just before a bare personal one are about, if not the survivor."""
    if not _bare(keys[place]):
        return ""
    for before in range(place - 1, max(-1, place - 5), -1):
        words = set(keys[before].split())
        for who in ("perpetrator", "landlord", "agent"):
            if who in words:
                return who
        if not _bare(keys[before]):
            return ""
    return ""


def _bare(key: str) -> bool:
    """Whether a title is a personal one that does not say whose."""
    matches = _matches(key)
    if not matches or matches[0].score < 90 or "survivor" in key.split():
        return False
    name = matches[0].target.key.partition(".")[2].replace("phones", "phone")
    return name in _PERSONAL and matches[0].target.group in ("survivor", "home", "contact")


def personal_after(titles: Sequence[Sequence[TitleMatch]]) -> list[frozenset[str]]:
    """For each column the survivor's fields that its place among another's makes less likely."""
    return [
        frozenset(
            match.target.key
            for match in matches
            if match.target.group in ("survivor", "home", "contact")
        )
        if any(" after a column about the " in match.words for match in matches)
        else frozenset()
        for matches in titles
    ]


# --- values ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class Column:
    """The values of one column, and what a sample of them can be read as."""

    heading: Heading
    cells: list[Cell]
    today: date
    filled: int = 0
    sample: list[Cell] = field(default_factory=list)
    month_first: bool = False
    _shares: dict[tuple[str, str, str, str], int] = field(default_factory=dict)

    @classmethod
    def of(cls, heading: Heading, cells: list[Cell], today: date) -> Column:
        """A column with a sample of what is written in it, from its whole length."""
        written = [cell for cell in cells if not cell.blank and not says_nothing(cell.text)]
        step = max(1, len(written) // _SAMPLE)
        return cls(
            heading,
            cells,
            today,
            len(written),
            written[::step][:_SAMPLE],
            month_comes_first(written),
        )

    def read(self, target: Target) -> int:
        """How many of the sample can be read as a target's value."""
        kind = (
            target.reading,
            target.codes,
            target.when,
            "child" if target.group == "child" else "",
        )
        if target.reading in ("money", "number", "phones", "people"):
            kind = (target.reading, target.key, "", "")
        if kind not in self._shares:
            choices = Choices(self.today, not self.month_first)
            self._shares[kind] = sum(_reads(target, cell, choices) for cell in self.sample)
        return self._shares[kind]

    def share(self, key: str) -> float:
        """The same as a share, of the target with this key."""
        return self.read(BY_KEY[key]) / len(self.sample) if self.sample else 0.0

    @property
    def dates(self) -> bool:
        """Whether most of it are dates, and not numbers that could be Excel's."""
        figures = sum(cell.text.isdecimal() for cell in self.sample)
        return figures < 0.2 * len(self.sample) and self.share("visit.on") >= 0.7

    @property
    def amounts(self) -> bool:
        """Whether most of it are written as money, with its sign or its pence."""
        money = sum(bool(_MONEY.search(cell.text)) for cell in self.sample)
        return bool(self.sample) and money >= 0.6 * len(self.sample)

    @property
    def _plainly(self) -> str:
        """What nearly all of it is beyond doubt, whatever the title says."""
        if len(self.sample) < 3:
            return ""
        if self.dates:
            return "dates"
        if self._postcodes() >= 0.8 * len(self.sample):
            return "postcodes"
        if self.share("contact.phones") >= 0.8:
            return "telephone numbers or mail"
        return _YES_NO if self.share("perpetrator.has_keys") >= 0.9 else ""

    @property
    def content(self) -> str:
        """What kind of thing is written in it, and in how many rows; never a value of it."""
        if not self.filled:
            return "empty"
        return f"{self._plainly or self._roughly}, {self.filled:,} of {len(self.cells):,}"

    @property
    def _roughly(self) -> str:
        """The kind of a column that is nothing beyond doubt: by figures, length and repetition."""
        texts = [cell.text for cell in self.sample]
        if sum(text.isdecimal() for text in texts) >= 0.8 * len(texts):
            return "numbers"
        if self.share("spend.gross") >= 0.8:
            return "amounts"
        if sum(len(text) for text in texts) > _LONG * len(texts):
            return "long texts"
        different = len({text.casefold().strip() for text in texts})
        if len(texts) >= 4 * different:
            return f"{different} different answers" if different > 1 else "one answer"
        return "short texts"

    def _postcodes(self) -> int:
        """How many of the sample are whole postcodes: C1 may be a case of the old tracker."""
        return sum(is_whole_postcode(cell.text) for cell in self.sample)

    def weigh(self, match: TitleMatch) -> tuple[int, str]:
        """How sure a title is once the values are looked at, and why in words."""
        target, title = match.target, match.score
        why = f"title like '{match.words}'"
        if not self.sample:
            sure = round(title * 0.84) if title >= 90 else 0
            return sure, f"{why}; nothing is written in it yet"
        number = self.read(target)
        share = number / len(self.sample)
        seen = f"{number} of {len(self.sample)} values are {_kind(target)}"
        if target.reading in _STRONG:
            return self._by_values(target, title, share), f"{why}; {seen}"
        plainly = self._plainly
        if plainly and not self._allowed(target, plainly):
            return round(title * 0.4), f"{why}, but the values are {plainly}"
        if target.group == "spend" and target.reading == "text" and self.amounts:
            return round(title * 0.4), f"{why}, but the values are amounts"
        if target.reading == "text":
            return round(min(title, 97) * (0.95 if self._wordy(target) else 0.8)), why
        if share >= 0.7:
            return round(title * 0.94 + 5 * share), f"{why}; {seen}"
        return round(title * (0.35 + 0.5 * share)), f"{why}; {seen}"

    def _by_values(self, target: Target, title: int, share: float) -> int:
        if share >= 0.9:
            return min(99, round(title * 0.9 + 10 * share))
        if target.reading in ("code", "codes"):
            few = len({code_key(cell.text) for cell in self.sample}) <= max(
                4, len(self.sample) // 3
            )
            if few and self._plainly in ("", _YES_NO) and target.codes != "yes_no":
                return round(title * max(0.78, 0.45 + 0.5 * share))
        if share >= 0.5:
            return round(title * (0.45 + 0.5 * share))
        return round(title * share * 0.8)

    def _wordy(self, target: Target) -> bool:
        """Whether a column of text looks as its field does: no column of numbers for a name."""
        figures = sum(bool(re.fullmatch(r"[\d\s.,/£%-]+", cell.text)) for cell in self.sample)
        number_like = ("ref", "phone", "floor", "name" if target.group == "case" else "-")
        return figures < 0.6 * len(self.sample) or any(w in target.key for w in number_like)

    @staticmethod
    def _allowed(target: Target, plainly: str) -> bool:
        if plainly == "telephone numbers or mail":
            return "phone" in target.key or "email" in target.key or "contact" in target.key
        if plainly == _YES_NO:
            return target.reading not in ("name", "people", "address")
        if plainly == "postcodes":
            return target.reading == "address" or target.key in ("case.area",)
        return False

    def alone(self) -> list[tuple[str, int, str]]:
        """What the values alone suggest; never firmly."""
        if len(self.sample) < 3:
            return []
        found: list[tuple[str, int, str]] = []
        total = len(self.sample)
        for key, number, score in (
            ("home.postcode", self._postcodes(), 75),
            ("contact.phones", self.read(BY_KEY["contact.phones"]), 70),
        ):
            if number >= 0.8 * total:
                found.append((key, score, f"{number} of {total} values are {_kind(BY_KEY[key])}"))
        if self.dates and self._births():
            found.append(("survivor.dob", 58, "the values are dates a grown person is born on"))
        coded = sum(_has_postcode(cell, self.today) for cell in self.sample)
        if coded >= 0.6 * total:
            found.append(("home.address", 70, f"{coded} of {total} values end in a postcode"))
        return found

    def _births(self) -> bool:
        choices = Choices(self.today, not self.month_first)
        years: list[int] = []
        for cell in self.sample:
            try:
                day = read_value(BY_KEY["survivor.dob"], cell, choices)
            except BadInputError:
                continue
            years.append(self.today.year - day.year)
        grown = [age for age in years if 16 <= age <= 100]
        return len(grown) >= 0.8 * len(self.sample) and len(set(grown)) > 3


def _kind(target: Target) -> str:
    words = _READ_AS.get(target.reading, "words")
    if target.codes == "yes_no":
        return "a yes or a no"
    return f"{words} in the past" if target.when else words


def _reads(target: Target, cell: Cell, choices: Choices) -> bool:
    try:
        read_value(target, cell, choices)
    except BadInputError:
        return False
    return True


def _has_postcode(cell: Cell, today: date) -> bool:
    try:
        found = read_value(BY_KEY["home.address"], cell, Choices(today))
    except BadInputError:
        return False
    return isinstance(found, Place) and bool(found.postcode and found.address)
