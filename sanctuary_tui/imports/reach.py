"""Ways to reach somebody, as one cell has them: numbers, mail, and what was said of each.

A number is safe only where the cell says so in as many words. Everything else that is said is kept
as words, and leaves the question open. A number that is not whole is refused: a wrong one may ring
in the wrong house.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from config.errors import BadInputError
from config.parse import parse_phone
from config.safetimes import read_safe_times
from sanctuary_tui.imports.sheets import Cell


@dataclass(frozen=True, slots=True)
class Reach:
    """One way to reach: the fields of a ``ContactPoint``, whoever it belongs to."""

    kind: str
    value: str
    safe: str = "not_asked"
    times: str = ""
    words: str = ""


_EMAIL: Final = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_GAP: Final = r"[\s().-]{0,2}"
_NUMBER: Final = re.compile(
    rf"(?<![\d+])(?:(?:\+|00)\s?44{_GAP}(?:\(0\)|0)?{_GAP}[1-9]|\(?0[1-9]|[1-357])"
    rf"(?:{_GAP}\d){{7,9}}(?!\d)(?!\s*[-–:.]\s*\d)(?!\s?(?:am|pm)\b)"
    rf"|(?<![\d+])447\d{{9}}(?!\d)|(?<![\d+])(?:\+|00)(?!44)[1-9]\d{{0,2}}(?:{_GAP}\d){{6,12}}(?!\d)",
    re.IGNORECASE,
)
_LONELY: Final = re.compile(r"\s\d$|\s\d\s")
"""A figure by itself inside a number is more likely the start of a time of day."""
_APART: Final = re.compile(r"[;\n/|]|,(?!\s*\d{3}\b)|\bor\b|\band\b|&", re.IGNORECASE)
_NONE: Final = frozenset({"none", "no phone", "no number", "nil", "no tel", "no mobile"})
_THROUGH: Final = re.compile(
    r"\b(?:via|through|c/o|care of|contact (?:mum|sister|friend|idva|support|worker)|idva|"
    r"support worker|social worker|refuge)\b",
    re.IGNORECASE,
)
_NO: Final = r"(?:do|does|should|must|can) ?(?:not|n[o']?t)|don'?t|dont|never|not|no"
_WHEN: Final = r"(?:after|before|between|until|till|from|during|on|at|when|while|in|weekends?)"
_NO_MESSAGE: Final = re.compile(
    rf"\b(?:{_NO})\b(?: (?:safe|ok))?(?: to)?(?: leave)?(?: an?| any)?"
    r" (?:voice ?mails?|v/?ms?|messages?|msgs?|answer ?phone)\b",
    re.IGNORECASE,
)
_TEXT_ONLY: Final = re.compile(
    r"\b(?:text|txt|sms)(?:s|ing|ed)?(?: messages?)? only\b|\bonly (?:text|txt|sms)", re.IGNORECASE
)
_NO_CALL: Final = re.compile(
    rf"\b(?:{_NO}) (?:calls?|ring|rung|phone)\b(?!.{{0,12}}\b{_WHEN}\b)", re.IGNORECASE
)
_BARRED: Final = re.compile(
    rf"\b(?:{_NO}) (?:be )?(?:use|used|contact|contacted)\b(?!.{{0,12}}\b{_WHEN}\b)"
    rf"|\bnever\b(?! (?:call|ring|phone)\b)(?! {_WHEN}\b)|\bunsafe\b"
    rf"|\b(?:not|isn'?t|no longer)(?: an?)? (?:safe|ok)\b(?!.{{0,12}}\b{_WHEN}\b)"
    r"|\b(?:perp|ap|ex|he|partner|husband|son)\b.{0,12}\b(?:has|checks|monitors|answers|access|sees)",
    re.IGNORECASE,
)
_TIMED: Final = re.compile(
    r"\b(?:after|before|between|until|till|from|during)\b.{0,6}(?:\d|school|work|noon|midday)"
    r"|\d ?(?:am|pm)\b|\b(?:mon|tues?|wed|thur?s?|fri|sat|sun)(?:day)?s?\b|\bweekdays?\b"
    r"|\bweekends?\b|\bschool hours\b|\bmornings?\b|\bafternoons?\b|\bevenings?\b|\bdaytime\b",
    re.IGNORECASE,
)
_SAFE: Final = re.compile(
    r"(?:yes,? )?(?:it is |is )?(?:safe(?: (?:number|mobile|phone))?"
    r"|(?:safe|ok|okay) to (?:call|ring|phone|contact|use|call or text|text or call|call and text))"
    r"(?: (?:at )?any ?time)?",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(
    r"\b(?:mob(?:ile)?|tel(?:ephone)?|phone|home|landline|number|h|m|t|cell|email|e-mail)\b\.?\s*:?",
    re.IGNORECASE,
)
_BEFORE: Final = re.compile(
    r"\b(?:(?:mob(?:ile)?|tel(?:ephone)?|phone|contact|home|work|cell)\.?\s*)?"
    r"\b(?:no|nos|number)\b\.?\s*:?\s*(?=[+(]?\d)",
    re.IGNORECASE,
)
_WORDS_LIMIT: Final = 200
_HOW: Final = "a telephone number of eleven figures is expected here; write it like 07700 900123"
_HOW_MAIL: Final = "an email address is expected here; write it like name@example.org"


def read_reach(cell: Cell) -> tuple[Reach, ...]:
    """Every way to reach in a cell, with what was said of it.

    Raises:
        BadInputError: no number or address in it, one that is not whole, or too long a remark.
    """
    text = _text(cell)
    if " ".join(text.casefold().split()).strip(" .") in _NONE:
        return ()
    found: list[Reach] = []
    waiting: list[str] = []
    for segment in _APART.split(text):
        ways, remark = _segment(segment)
        if not ways:
            if remark and found:
                found[-1] = replace(found[-1], words=_joined(found[-1].words, remark))
            elif remark:
                waiting.append(remark)
            continue
        found.extend(replace(way, words=_joined(*waiting, remark)) for way in ways)
        waiting = []
    if not found:
        if _THROUGH.search(text) and not re.search(r"\d{3}", text) and len(text) <= _WORDS_LIMIT:
            return (_judged(Reach("via", " ".join(text.split()))),)
        raise BadInputError(_HOW)
    return tuple(_judged(way) for way in _once(found))


def read_mail(cell: Cell) -> tuple[Reach, ...]:
    """The addresses of mail in a cell.

    Raises:
        BadInputError: there is none.
    """
    found = read_reach(cell) if _EMAIL.search(cell.text) else ()
    if not found:
        raise BadInputError(_HOW_MAIL)
    return found


def _text(cell: Cell) -> str:
    """The cell's text; a number that the spreadsheet took for one has lost its nought."""
    if isinstance(cell.value, int) and not isinstance(cell.value, bool):
        return str(cell.value)
    return re.sub(r"(?<=\d)\.0$", "", cell.text)


def _segment(segment: str) -> tuple[list[Reach], str]:
    """The ways in one part of a cell, and the rest of its words."""
    rest = _BEFORE.sub(" ", segment)
    found: list[Reach] = []
    for match in _EMAIL.finditer(segment):
        found.append(Reach("email", match[0].casefold()))
        rest = rest.replace(match[0], " ")
    for match in list(_NUMBER.finditer(rest)):
        found.append(_number(match[0]))
        rest = rest.replace(match[0], " ", 1)
    if re.search(r"\d{5,}", rest) or re.search(r"\d[\d ()-]{6,}\d", rest):
        raise BadInputError(_HOW)
    rest = " ".join(rest.split()).strip(" -–:,.()[]*")
    if found:
        led = _LABEL.match(rest)
        rest = rest[led.end() :].strip(" -–:,.()[]*") if led else rest
        if not re.search(r"\w", _LABEL.sub(" ", rest)):
            rest = ""
    return found, rest


def _number(written: str) -> Reach:
    digits = re.sub(r"\D", "", re.sub(r"\(0\)", "", written))
    foreign = written.startswith(("+", "00")) and not digits.removeprefix("00").startswith("44")
    if foreign:
        return Reach("phone", " ".join(written.split()))
    if written.startswith(("+", "00")):
        digits = "0" + digits.removeprefix("00").removeprefix("44").lstrip("0")
    elif re.fullmatch(r"447\d{9}", digits):  # a spreadsheet took the + away
        digits = "0" + digits[2:]
    elif not digits.startswith("0"):
        digits = "0" + digits
    mobile = digits.startswith("07")
    right = 11 if digits[:2] in ("02", "03", "05", "07", "08", "09") else (10, 11)
    fits = len(digits) == right if isinstance(right, int) else len(digits) in right
    if not fits or _LONELY.search(written.strip()):
        raise BadInputError(_HOW)
    return Reach("mobile" if mobile else "phone", parse_phone(digits))


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _once(found: list[Reach]) -> list[Reach]:
    """The same number twice is one way, with both remarks."""
    kept: dict[tuple[str, str], Reach] = {}
    for way in found:
        key = (way.kind, way.value)
        before = kept.get(key)
        kept[key] = way if before is None else replace(way, words=_joined(before.words, way.words))
    return list(kept.values())


def _judged(way: Reach) -> Reach:
    """The way with what its words say of its safety; what they do not say stays not asked."""
    if len(way.words) > _WORDS_LIMIT or len(way.value) > _WORDS_LIMIT:
        raise BadInputError("the remark beside a telephone number is too long; shorten it")
    said = way.words or (way.value if way.kind == "via" else "")
    safe, times = judge(said)
    return replace(way, safe=safe, times=times)


def judge(said: str) -> tuple[str, str]:
    """Safety and safe times as a remark tells them, the strictest first; otherwise not asked."""
    text = " ".join(said.replace("’", "'").split())
    timed = bool(_TIMED.search(text))
    times = _times(text) if timed else ""
    rest = _NO_MESSAGE.sub(" ", text)
    if _BARRED.search(rest):
        return "never", times
    if _TEXT_ONLY.search(rest):
        return "text_only", times
    if _NO_CALL.search(rest):
        return "never", times
    if rest != text:
        return "no_voicemail", times
    if timed:
        return "times", times
    plain = text and all(_SAFE.fullmatch(part.strip(" .()")) for part in re.split(r"[;,]", text))
    return ("yes" if plain else "not_asked"), ""


def _times(text: str) -> str:
    """The part of a remark that can be read as safe times; else all of it, which is then asked."""
    for part in (text, *re.split(r"[;,()]", text)):
        bare = re.sub(
            r"^(?:safe|ok|call|ring|only|best)\b(?: to (?:call|ring))?\s*", "", part.strip()
        )
        for one in (part.strip(), bare.strip()):
            if one and read_safe_times(one) is not None:
                return one
    return text
