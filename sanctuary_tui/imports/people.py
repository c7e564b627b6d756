"""Names as trackers write them, and several people in one cell."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from config.codes import CODES
from config.errors import BadInputError
from config.synonyms import WRITTEN
from sanctuary_tui.imports.dates import read_day
from sanctuary_tui.imports.sheets import Cell


@dataclass(frozen=True, slots=True)
class Named:
    """A person as a cell tells of one.

    ``title`` and ``words`` have no field of a record: they are kept beside it. ``age`` is the age
    at the time of writing, in years; ``words`` are what was said in their place ("4 months").
    """

    first_name: str = ""
    surname: str = ""
    aliases: str = ""
    title: str = ""
    dob: date | None = None
    age: int | None = None
    words: str = ""


_TITLES: Final = frozenset(
    {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "rev", "sir", "lady", "lord", "master", "dame"}
)
_PARTICLES: Final = frozenset(
    {"van", "von", "der", "den", "de", "da", "do", "dos", "del", "della", "di", "la", "le", "du"}
    | {"el", "al", "bin", "bint", "ibn", "ben", "ter", "ten", "st", "st."}
)
_ALSO: Final = re.compile(
    r"[\s,;(]*\b(?:nee|née|neé|n\.e\.e|formerly|previously|aka|a\.k\.a\.?|a/k/a|known as|alias|"
    r"maiden name)\b[:\s]*",
    re.IGNORECASE,
)
_RELATIONS: Final = frozenset(
    word.casefold().replace("-", " ")
    for code, title in CODES["relationship"].items()
    for word in (title, *WRITTEN["relationship"].get(code, ()))
)
_BRACKETS: Final = re.compile(r"[(\[\"“]([^()\[\]\"“”]*)[)\]\"”]")
_LETTER: Final = re.compile(r"[^\W\d_]")
_HOW_ONE: Final = (
    "one person is expected here; leave one, and write the other in a column of notes, or in a row "
    "of their own if they are to have a case of their own"
)
_HOW_NAME: Final = "a name is expected here; write it like Smith, Jane or Jane Smith"
_NAME_LIMIT: Final = 200


def read_name(text: str) -> Named:
    """One person's name, in either order; other names go to ``aliases``, separated by ``;``.

    Capitals throughout become a name's usual letters. One word alone is a first name, in capitals a
    surname.

    Raises:
        BadInputError: no letters, figures among them, or two people.
    """
    given = " ".join(text.split()).strip(" ,;.-")
    if not _LETTER.search(given) or re.search(r"\d", given) or len(given) > _NAME_LIMIT:
        raise BadInputError(_HOW_NAME)
    others: list[str] = []
    plain, *also = _ALSO.split(given)
    others.extend(also)
    said = ""
    for inside in _BRACKETS.findall(plain):
        if " ".join(inside.casefold().replace("-", " ").split()) in _RELATIONS:
            said = " ".join(inside.split())
        else:
            others.append(inside)
    plain = _BRACKETS.sub(" ", plain)
    if re.search(r"\s(?:&|and|\+)\s|/|;", plain):
        raise BadInputError(_HOW_ONE)
    title, first, surname = _parts(plain)
    if not first and not surname:
        raise BadInputError(_HOW_NAME)
    known = (_usual(other.strip(' ,;.()[]"“”')) for other in others)
    aliases = ";".join(dict.fromkeys(name for name in known if name))
    return Named(first, surname, aliases, title, words=said)


def _parts(plain: str) -> tuple[str, str, str]:
    """Title, first names and surname."""
    before, comma, after = plain.partition(",")
    if comma and _LETTER.search(before) and _LETTER.search(after):
        if "," in after:
            raise BadInputError(_HOW_NAME)
        title, words = _untitled(after.split())
        lead, surname = _untitled(before.split())
        if not words:  # "Smith, Mrs"
            return title or lead, "", _usual(" ".join(surname))
        return title or lead, _usual(" ".join(words)), _usual(" ".join(surname))
    title, words = _untitled(plain.replace(",", " ").split())
    words = [word for word in words if _LETTER.search(word)]
    if len(words) == 1:
        alone = words[0]
        shouted = len(alone) > 2 and alone.isupper()
        if title or shouted:
            return title, "", _usual(alone)
        return title, _usual(alone), ""
    if not words:
        return title, "", ""
    shouted_first = [word for word in words if _shouted(word)]
    if words[: len(shouted_first)] == shouted_first and 0 < len(shouted_first) < len(words):
        cut = len(shouted_first)  # "SMITH Jane"
        return title, _usual(" ".join(words[cut:])), _usual(" ".join(words[:cut]))
    at = len(words) - 1
    while at > 1 and words[at - 1].casefold() in _PARTICLES:
        at -= 1
    if shouted_first and words[-len(shouted_first) :] == shouted_first:
        at = max(1, min(at, len(words) - len(shouted_first)))  # "Jane JONES SMITH"
    return title, _usual(" ".join(words[:at])), _usual(" ".join(words[at:]))


def _shouted(word: str) -> bool:
    return len(re.sub(r"\W", "", word)) > 1 and word.isupper()


def _untitled(words: list[str]) -> tuple[str, list[str]]:
    if len(words) > 1 and words[0].casefold().rstrip(".") in _TITLES:
        return words[0].rstrip(".").capitalize(), words[1:]
    if words and words[0].casefold().rstrip(".") in _TITLES - {"st", "master", "lady", "lord"}:
        return words[0].rstrip(".").capitalize(), []
    return "", words


def _usual(name: str) -> str:
    """A name in capitals as it is usually written; any other as it is."""
    if re.fullmatch(r"(?:Mc|Mac)[A-Z]{3,}", name):
        cut = name.index("c") + 1
        return name[:cut] + name[cut:].capitalize()
    if not name.isupper() or len(re.sub(r"\W", "", name)) < 2:
        return name
    small = re.sub(r"[^\W\d_]+", lambda part: part[0].capitalize(), name)
    small = re.sub(r"(?<=['’])S\b", "s", small)
    return re.sub(r"\bMc([a-z])", lambda part: "Mc" + part[1].upper(), small)


# --- several --------------------------------------------------------------------------------------

_COUNTS: Final = {
    word: number
    for number, word in enumerate(
        ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    )
}
_NOUN: Final = (
    r"(?:children|child|kids?|boys?|girls?|sons?|daughters?|dc|minors?|dep[ea]nd[ea]nts?)"
)
_COUNTED: Final = re.compile(
    rf"(?:x ?)?(?P<count>\d{{1,2}}|{'|'.join(_COUNTS)})\s*(?:x\s*)?"
    rf"(?P<noun>{_NOUN})?(?:\s+(?:aged?|ages))?\s*(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_NOBODY: Final = frozenset(
    {"none", "no", "nil", "0", "n", "no children", "no kids", "none known", "no child", "zero"}
    | {"0 children", "no dependants", "no dependents", "none.", "no."}
)
_NOUN_ALONE: Final = re.compile(rf"{_NOUN}\b", re.IGNORECASE)
_AGE: Final = (
    r"(?P<age>\d{1,2})\s*(?P<unit>years?(?:\s+old)?|yrs?(?:\s+old)?|y/?o|y|"
    r"months?(?:\s+old)?|mths?|mnths?|m|weeks?(?:\s+old)?|wks?)?\.?"
)
_PERSON: Final = re.compile(
    rf"(?:(?P<noun>{_NOUN})\s*)?(?P<name>[^\d()\[\]:]*?)\s*[-–:(\[]*\s*(?:aged?\b|age\b)?\s*:?\s*"
    rf"(?:{_AGE})?\s*[)\]]*",
    re.IGNORECASE,
)
_BIRTH: Final = re.compile(
    r"[\s,(:\[–-]*(?:\b(?:d\.?o\.?b\.?|born|date of birth|b\.)\s*:?\s*)?"
    r"(\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2})\s*[)\]]*",
    re.IGNORECASE,
)
_APART: Final = re.compile(r"\s*(?:[,;\n&+/•|]|\band\b)\s*", re.IGNORECASE)
_NO_COMMA: Final = re.compile(r"\s*(?:[;\n&+/•|]|\band\b)\s*", re.IGNORECASE)
_SHOUTED_COMMA: Final = re.compile(r"[A-Z][A-Z'’-]+,\s*[A-Z][a-z]")
_UNBORN: Final = re.compile(r"(?:unborn|due|pregnan|expecting|baby due|bump)\b.*", re.IGNORECASE)
_WORDS: Final = re.compile(r"[^\W\d_]{2,}")
_MOST: Final = 20
_HOW_PEOPLE: Final = (
    "names with ages, or a number of children, are expected here; write it like Mia 7; Noah 4 or 2"
)
_HOW_COUNT: Final = (
    "the number of people and the list after it differ; write each person, like Mia 7; Noah 4"
)


def read_people(
    text: str, today: date, *, day_first: bool = True, child: bool = True
) -> tuple[Named, ...]:
    """Everybody in one cell: ``Mia 7, Noah 4``; ``2 children: 3 and 5``; ``2``; ``none`` is nobody.

    Raises:
        BadInputError: a part of it cannot be read, or a number given is not that of the list.
    """
    given = text.strip().strip(".,;")
    if " ".join(given.casefold().split()) in _NOBODY:
        return ()
    if child and (groups := _groups(given)):
        return groups
    counted = _COUNTED.fullmatch(given) if child else None
    if counted is not None:
        rest = counted["rest"].strip().lstrip(":-–,=").strip()
        opened = counted["rest"].strip()[:1] in ("(", ":", "-", "–", "=")
        wrapped = re.fullmatch(r"[(\[](.*)[)\]]", rest, re.DOTALL)
        rest = wrapped[1].strip() if wrapped else rest
        number = _number_in(counted)
        if not rest:
            return _unnamed(number, counted["noun"] or "")
        if counted["noun"] or opened:
            rest = re.sub(r"^(?:aged?|ages)\b\s*:?\s*", "", rest, flags=re.IGNORECASE)
            listed = _listed(rest, today, day_first, child)
            if len(listed) != number:
                raise BadInputError(_HOW_COUNT)
            said = _said_of(counted["noun"] or "")
            return tuple(replace(one, words=one.words or said) for one in listed)
    return _listed(given, today, day_first, child)


def _groups(given: str) -> tuple[Named, ...]:
    """``2 boys, 1 girl``: each as many as it says; nobody where it is written in another way."""
    parts = [_COUNTED.fullmatch(part) for part in _APART.split(given)]
    found: list[Named] = []
    for part in parts:
        if part is None or not part["noun"] or part["rest"].strip():
            return ()
        found += _unnamed(_number_in(part), part["noun"])
    if len(found) > _MOST:
        raise BadInputError(_HOW_PEOPLE)
    return tuple(found) if len(parts) > 1 else ()


def _number_in(counted: re.Match[str]) -> int:
    count = counted["count"].casefold()
    return _COUNTS.get(count, int(count) if count.isdecimal() else 0)


def read_ages(text: str, today: date) -> tuple[Named, ...]:
    """Ages alone: ``3, 5 and 7``; one number is one age.

    Raises:
        BadInputError: not ages.
    """
    given = text.strip().strip(".,;")
    if " ".join(given.casefold().split()) in _NOBODY - {"0"}:
        return ()
    found = _listed(given, today, True, True)
    if any(one.first_name or one.surname or one.age is None for one in found):
        raise BadInputError("ages are expected here; write them like 3, 5, 7")
    return found


def _unnamed(number: int, noun: str) -> tuple[Named, ...]:
    if number > _MOST:
        raise BadInputError(_HOW_PEOPLE)
    return (Named(words=_said_of(noun)),) * number


def _said_of(noun: str) -> str:
    word = noun.casefold().rstrip("s")
    return word if word in ("boy", "girl", "son", "daughter") else ""


def _listed(text: str, today: date, day_first: bool, child: bool) -> tuple[Named, ...]:
    births: list[date] = []

    def birth(found: re.Match[str]) -> str:
        cell = Cell(found[1], found[1])
        births.append(read_day(cell, today, day_first=day_first, birth=True, child=child))
        return f" \x00{len(births) - 1}\x00 "

    marked = _BIRTH.sub(birth, text)
    pieces = _NO_COMMA.split(marked)
    if child and not _SHOUTED_COMMA.match(marked.strip()):
        pieces = _APART.split(marked)
    elif not child:  # "Jones, Dave" is one man, "Dave Jones, Mark Jones" are two
        pieces = [part for piece in pieces for part in _by_comma(piece)]
    found: list[Named] = []
    for piece in pieces:
        if piece.strip(" .)("):
            found.append(_one(piece, births))
    if not found or len(found) > _MOST:
        raise BadInputError(_HOW_PEOPLE)
    return tuple(found)


def _by_comma(piece: str) -> list[str]:
    parts = [part for part in piece.split(",") if part.strip()]
    whole = [len(_WORDS.findall(part)) >= 2 for part in parts]
    return parts if len(parts) > 1 and all(whole) else [piece]


def _one(piece: str, births: list[date]) -> Named:
    marks = re.findall("\x00(\\d+)\x00", piece)
    plain = re.sub("\x00\\d+\x00", " ", piece).strip(" .")
    born = births[int(marks[0])] if len(marks) == 1 else None
    if _UNBORN.fullmatch(plain):
        return Named(words=" ".join(plain.split()), dob=None)
    if not re.search(r"\d", plain) and _LETTER.search(plain) and not _NOUN_ALONE.match(plain):
        if len(marks) > 1:
            raise BadInputError(_HOW_PEOPLE)
        return replace(read_name(plain), dob=born)
    parts = _PERSON.fullmatch(plain)
    if len(marks) > 1 or parts is None:
        raise BadInputError(_HOW_PEOPLE)
    name, age, unit = parts["name"].strip(" -–,."), parts["age"], (parts["unit"] or "").casefold()
    whole = Named() if not name else read_name(name)
    if not name and age is None and born is None:
        raise BadInputError(_HOW_PEOPLE)
    said = _said_of(parts["noun"] or "")
    years = int(age) if age is not None else None
    if years is not None and unit.startswith(("m", "w")):
        words = f"{years} {'months' if unit.startswith('m') else 'weeks'}"
        years, said = (years // 12 if unit.startswith("m") else 0), words
    return replace(whole, dob=born, age=years, words=said or whole.words)
