"""A cell read as the value of a target: exactly, or refused with one sentence.

What ``read_value`` gives, by the target's reading:

``text``      a line or lines of text
``date``      a ``date``; ``moment`` a ``datetime`` in UTC
``money``     whole pence; ``number`` a whole number
``code``      a code of the target's list; ``codes`` several, ``;``-joined
``name``      ``people.Named``; ``people`` and ``ages`` a tuple of them (empty: there is nobody)
``phones``    a tuple of ``reach.Reach`` (empty: there is no telephone)
``address``   ``Place``; ``postcode`` a postcode as it is usually written
``measures``  a tuple of ``fittings.Fitting``

None is a cell that says nothing: a blank one, or one that says so (``says_nothing``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, Final

from config.codes import CODES, RISK_BANDS, split
from config.errors import BadInputError
from config.parse import MOST_PENCE, parse_money, parse_phone
from config.synonyms import SYNONYMS, WRITTEN
from config.text import clean
from db.names import folded
from db.rows import in_order
from sanctuary_tui.imports.dates import read_day, read_moment
from sanctuary_tui.imports.fittings import key_of as measure_key
from sanctuary_tui.imports.fittings import read_measures
from sanctuary_tui.imports.people import read_ages, read_name, read_people
from sanctuary_tui.imports.reach import read_mail, read_reach
from sanctuary_tui.imports.sheets import Cell
from sanctuary_tui.imports.targets import Target


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person, or a whole column, has settled for the reading of single cells.

    ``day_first`` is England's order; ``month_first`` names the targets whose columns have the
    other. ``values`` holds for a target what is written, as ``written_key`` has it, and its code;
    an empty code says nothing.
    """

    today: date
    day_first: bool = True
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    month_first: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """An address: its lines without the postcode, and whether the cell calls it confidential."""

    address: str
    postcode: str = ""
    confidential: bool = False


_NOTHING: Final = frozenset(
    {"tbc", "tba", "n/a", "na", "n.a", "n.a.", "?", "??", "???", "-", "--", "---", "–", "—", "."}
    | {"tbd", "to be confirmed", "not applicable", "pending", "awaiting", "awaited", "#n/a", "nk"}
    | {"not known", "unknown", "not provided", "not given", "blank", "u/k", "dk", "don't know"}
    | {"_", "/", "\\", "x/x", "not recorded", "null", "nan", "not stated", "n/k", "unk", "*"}
)
_LONGEST: Final = 1000
"""Characters of a cell that is no free text: a list of everybody in a home is shorter."""
_UNKNOWN: Final = frozenset(
    {"?", "??", "nk", "n/k", "not known", "unknown", "u/k", "unk", "dk", "don't know", "not stated"}
    | {"not sure", "unsure", "dont know"}
)
_POSTCODE: Final = re.compile(
    r"\b(GIR ?0AA|[A-Z]{1,2}[0-9][0-9A-HJKMNP-Y]?\s{0,2}[0-9][ABD-HJLNP-UW-Z]{2})\b", re.IGNORECASE
)
_OUTWARD: Final = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]?", re.IGNORECASE)
_SECRET: Final = re.compile(
    r"\W*\b(?:address (?:is )?)?(?:confidential|withheld|restricted|do not (?:disclose|share)|"
    r"not to be (?:disclosed|shared))\b(?: address)?\W*",
    re.IGNORECASE,
)


def says_nothing(text: str) -> bool:
    """Whether a cell's words say that nothing is known: ``TBC``, ``n/a``, ``?``, ``-``."""
    return " ".join(text.casefold().split()) in _NOTHING


def written_key(text: str) -> str:
    """What is written as it is compared and kept in a mapping: folded, one space between words."""
    return " ".join(re.sub(r"[^\w&+/@✓✔☑√✗✘☒☐'.]+", " ", folded(text)).split()).strip(" .")


def value_class(target: Target) -> str:
    """What kind of value a target takes, in a word or two: what a refusal names."""
    if target.reading in ("code", "codes"):
        return "yes or no" if target.codes == "yes_no" else f"answer of the list {target.label}"
    words = {
        "moment": "date",
        "money": "amount",
        "people": "names and ages",
        "phones": "telephone or email",
        "measures": "list of measures",
    }
    return words.get(target.reading, target.reading)


def read_value(target: Target, cell: Cell, choices: Choices) -> Any:
    """The value of a cell for a target; None where the cell says nothing.

    Raises:
        BadInputError: it cannot be read. The sentence names the target and how to write it, and
            has nothing of the cell.
    """
    text = cell.text.strip()
    if not text:
        return None
    try:
        if target.reading != "text" and len(text) > _LONGEST:
            raise BadInputError(
                "this is far too long for what is expected here; shorten it, or let the column "
                "go to the note"
            )
        if target.reading in ("code", "codes"):
            return _coded(target, cell, text, choices)
        if says_nothing(text) and not isinstance(cell.value, bool):
            return None
        return _read(target, cell, text, choices)
    except BadInputError as error:
        raise BadInputError(f"{target.label}: {error.sentence.rstrip('.')}.") from None


def _read(target: Target, cell: Cell, text: str, choices: Choices) -> Any:
    day_first = choices.day_first and target.key not in choices.month_first
    child = target.group == "child"
    own = choices.values.get(target.key, {})
    match target.reading:
        case "date":
            birth, past = target.when == "birth", target.when == "past"
            return read_day(
                cell, choices.today, day_first=day_first, birth=birth, past=past, child=child
            )
        case "moment":
            past = target.when == "past"
            return read_moment(cell, choices.today, day_first=day_first, past=past)
        case "money":
            return _money(target, cell, text)
        case "number":
            return _number(target, cell, text)
        case "name":
            return read_name(text)
        case "people":
            return read_people(text, choices.today, day_first=day_first, child=child)
        case "ages":
            return read_ages(text, choices.today)
        case "phones":
            return read_mail(cell) if target.key.endswith(".email") else read_reach(cell)
        case "address":
            return _place(target, text)
        case "postcode":
            return _postcode(text)
        case "measures":
            return read_measures(text, own)
        case _:
            return _text(target, cell, text)


# --- text -----------------------------------------------------------------------------------------


def _text(target: Target, cell: Cell, text: str) -> str:
    spec = target.spec
    many = spec is None or spec.kind == "long"
    limit = spec.limit if spec else 200
    given = clean(text, multiline=many).strip()
    if spec is not None and spec.looks == "phone":
        given = parse_phone(_with_nought(cell, given))
    if len(given) > limit:
        raise BadInputError(f"at most {limit:,} characters are expected here; shorten it")
    return given


def _with_nought(cell: Cell, given: str) -> str:
    """A telephone number that the spreadsheet took for a number has lost its first figure."""
    lost = isinstance(cell.value, int) or re.fullmatch(r"[1-37][0-9]{9}", given)
    return f"0{given}" if lost and re.fullmatch(r"[1-9][0-9]{8,9}", given) else given


def _place(target: Target, text: str) -> Place:
    found = _POSTCODE.search(text)
    rest = text
    code = ""
    if found:
        code = _usual(found[1])
        rest = f"{text[: found.start()].rstrip(' ,')}{text[found.end() :]}"
    secret = bool(_SECRET.search(rest))
    if secret:
        rest = _SECRET.sub(" ", rest)
    lines = (" ".join(line.split()).strip(" ,;") for line in rest.splitlines())
    address = "\n".join(line for line in lines if line)
    limit = target.spec.limit if target.spec else 400
    if len(address) > limit:
        raise BadInputError(f"an address of at most {limit:,} characters is expected here")
    return Place(address, code, secret)


def _usual(code: str) -> str:
    bare = re.sub(r"\s", "", code).upper()
    return f"{bare[:-3]} {bare[-3:]}"


def is_whole_postcode(text: str) -> bool:
    """Whether it is a postcode with both its halves; C1 may be a postcode's first or a number."""
    return bool(_POSTCODE.fullmatch(" ".join(text.split()).strip(" .,")))


def _postcode(text: str) -> str:
    given = " ".join(text.split()).strip(" .,")
    if _POSTCODE.fullmatch(given):
        return _usual(given)
    if _OUTWARD.fullmatch(given):
        return given.upper()
    raise BadInputError("a postcode is expected here; write it like ZZ1 2AB")


# --- numbers --------------------------------------------------------------------------------------

_WITH_VAT: Final = r"(?:inc(?:l(?:uding|usive)?)?\.?(?: of)?|with) ?vat|gross"
_WITHOUT_VAT: Final = r"(?:ex(?:c(?:l(?:uding|usive)?)?)?\.?(?: of)?|\+|plus|before|no) ?vat|net"
_AMOUNT: Final = re.compile(
    rf"(?:gbp ?)?(?P<amount>\(?-? ?£? ?-?[\d,.]+\)?)(?P<unit> ?k| ?p)?(?: ?gbp)?"
    rf"(?: ?[(,-]? ?(?:(?P<with>{_WITH_VAT})|(?P<without>{_WITHOUT_VAT}))\)?)?(?: ?total)?",
    re.IGNORECASE,
)
_FREE: Final = frozenset(
    {"nil", "free", "no cost", "no charge", "foc", "f.o.c", "n/c", "zero", "none"}
)
_HOW_MONEY: Final = "an amount is expected here; write it like 418.20"
_HOW_VAT: Final = "the amount must be with VAT in this column; put the one without into its own"
_HOW_NET: Final = "the amount must be without VAT in this column; put the one with it into its own"


def _money(target: Target, cell: Cell, text: str) -> int:
    if isinstance(cell.value, (int, Decimal)) and not isinstance(cell.value, bool):
        amount = Decimal(cell.value)
        if not amount.is_finite():
            raise BadInputError(_HOW_MONEY)
        return _pence(amount * 100)
    given = " ".join(text.casefold().split())
    if given in _FREE:
        return 0
    found = _AMOUNT.fullmatch(given)
    if found is None:
        raise BadInputError(_HOW_MONEY)
    net = target.key == "spend.net"
    if found["without"] and not net:
        raise BadInputError(_HOW_VAT)
    if found["with"] and net:
        raise BadInputError(_HOW_NET)
    return _amount(found["amount"], (found["unit"] or "").strip())


def _amount(written: str, unit: str) -> int:
    bare = written.replace("£", "").replace(" ", "")
    minus = bare.startswith("-") or (bare.startswith("(") and bare.endswith(")"))
    bare = bare.strip("-()").rstrip(".")
    if unit and re.fullmatch(r"\d{1,6}(?:\.\d{1,2})?", bare):
        pence = Decimal(bare) * (100_000 if unit == "k" else 1)
        if pence != int(pence):
            raise BadInputError(_HOW_MONEY)
        amount = _pence(pence)
    elif unit:
        raise BadInputError(_HOW_MONEY)
    else:
        try:
            amount = parse_money(bare)
        except BadInputError:
            raise BadInputError(_HOW_MONEY) from None
    return -amount if minus else amount


def _pence(pence: Decimal) -> int:
    """Whole pence; a formula's parts of a penny are rounded as a till does."""
    if not pence.is_finite() or abs(pence) > MOST_PENCE:
        raise BadInputError("amounts go up to £10,000,000.00; check the figure")
    return int(pence.quantize(Decimal(1), ROUND_HALF_UP))


_SCORE: Final = re.compile(
    r"(?:(?:vhr|high|medium|med|standard|std|low|hr)(?: risk)?\W{0,3})?(\d{1,3})"
    r"(?: ?(?:/|out of) ?24)?(?: ?(?:ticks?|yes(?:es)?|points?))?\W{0,2}"
    r"(?:(?:vhr|high|medium|med|standard|std|low)(?: risk)?\W?)?",
    re.IGNORECASE,
)


def _number(target: Target, cell: Cell, text: str) -> int:
    spec = target.spec
    low = spec.low if spec and spec.low is not None else 0
    high = spec.high if spec and spec.high is not None else 999_999
    how = f"a whole number from {low} to {high:,} is expected here"
    if isinstance(cell.value, (int, Decimal)) and not isinstance(cell.value, bool):
        whole = Decimal(cell.value)
        if not whole.is_finite() or whole != int(whole):
            raise BadInputError(how)
        number = int(whole)
    else:
        pattern = _SCORE if target.key == "risk.score" else re.compile(r"(\d{1,6})(?:\.0)?")
        found = pattern.fullmatch(" ".join(text.split()))
        if found is None:
            raise BadInputError(how)
        number = int(found[1])
    if not low <= number <= high:
        raise BadInputError(how)
    return number


# --- lists ----------------------------------------------------------------------------------------

_LONG: Final = {
    "hsg": "housing",
    "assoc": "association",
    "assn": "association",
    "ass": "association",
    "asso": "association",
    "org": "organisation",
    "&": "and",
    "dept": "department",
    "w": "with",
    "perp": "perpetrator",
    "ll": "landlord",
    "l/l": "landlord",
    "victim": "survivor",
    "client": "survivor",
    "vic": "survivor",
    "temp": "temporary",
}
_SEVERAL: Final = re.compile(r"[;,\n+&|]|\s/\s|\band\b", re.IGNORECASE)


def code_key(text: str) -> str:
    """An answer as it is compared: abbreviations in full, marks between words left out."""
    whole = re.sub(r"\b(\w)\.(?=\w\b)", r"\1", folded(text))
    words = re.split(r"[\s,;:()\[\]_–—-]+", whole)
    known = (_LONG.get(word.strip(".'"), word.strip(".'")) for word in words)
    return " ".join(word for word in known if word)


@lru_cache(maxsize=128)
def spellings(codes: str) -> dict[str, str]:
    """Every spelling known of a list's answers, as compared, with its code.

    The list's own words come first, then those it is looked for by, then abbreviations.
    """
    found: dict[str, str] = {}
    titles = RISK_BANDS if codes == "risk_band" else CODES[codes]
    for code, title in titles.items():
        for word in (title, code):
            found.setdefault(code_key(word), code)
    for known in (WRITTEN.get(codes, {}), SYNONYMS.get(codes, {})):
        for code, words in known.items():
            for word in words:
                found.setdefault(code_key(word), code)
    return found


def _coded(target: Target, cell: Cell, text: str, choices: Choices) -> str | None:
    own = choices.values.get(target.key, {})
    if isinstance(cell.value, bool) and target.codes == "yes_no":
        return "yes" if cell.value else "no"
    whole = _code(target, text, own)
    if whole is not None:
        return whole or None
    if target.reading == "codes":
        parts = [part for part in _SEVERAL.split(text) if part.strip(" .")]
        found = [_code(target, part, own) for part in parts]
        if parts and all(code is not None for code in found):
            return in_order(target.answers, ";".join(code for code in found if code)) or None
    if says_nothing(text):
        return None
    raise BadInputError(_expected(target))


def _code(target: Target, text: str, own: Mapping[str, str]) -> str | None:
    """The code that is written; empty: the words say nothing; None: they are not known."""
    mine = own.get(written_key(text))
    if mine is not None and all(code in target.answers for code in split(mine)):
        return mine
    found = spellings(target.codes).get(code_key(text))
    if found is not None:
        return found
    if " ".join(text.casefold().split()) in _UNKNOWN and "not_known" in target.answers:
        return "not_known"
    return None


def _expected(target: Target) -> str:
    titles = [title for code, title in target.answers.items() if code != "not_asked"]
    shown = ", ".join(titles) if len(titles) <= 9 else "the answers of this list"
    return f"one of these is expected here: {shown}; or say in the mapping what is meant"


# --- what no list knows ---------------------------------------------------------------------------


def unknown_answers(target: Target, cell: Cell, choices: Choices) -> list[str]:
    """The parts of a cell that are no answer of the target's list, as they are compared."""
    text = cell.text.strip()
    try:
        if not text or _coded(target, cell, text, choices) is not None or says_nothing(text):
            return []
    except BadInputError:
        pass
    else:
        return []
    own = choices.values.get(target.key, {})
    parts = _SEVERAL.split(text) if target.reading == "codes" else [text]
    return [
        written_key(part)
        for part in parts
        if part.strip(" .") and _code(target, part, own) is None and written_key(part)
    ]


def unknown_measures(target: Target, cell: Cell, choices: Choices) -> list[str]:
    """The parts of a list of measures that are none of the catalogue, as they are compared."""
    text = cell.text.strip()
    if not text or says_nothing(text):
        return []
    try:
        found = read_measures(text, choices.values.get(target.key, {}))
    except BadInputError:
        return []
    return [measure_key(one.name) for one in found if one.catalogue_id is None]


def answers_near(target: Target, written: str, most: int = 3) -> tuple[tuple[str, int], ...]:
    """The codes nearest to what is written, with how near, 0 to 100."""
    from rapidfuzz import fuzz, process

    known = spellings(target.codes)
    wanted = code_key(written)
    scores: dict[str, int] = {}
    for name, score, _ in process.extract(
        wanted, list(known), scorer=fuzz.token_sort_ratio, limit=20, score_cutoff=40
    ):
        short = min(len(name), len(wanted)) < 4  # a letter apart in three is another word
        scores[known[name]] = max(scores.get(known[name], 0), min(60 if short else 99, int(score)))
    for name, score, _ in process.extract(
        wanted, list(known), scorer=fuzz.token_set_ratio, limit=20, score_cutoff=80
    ):
        if len(name) > 3:
            scores[known[name]] = max(scores.get(known[name], 0), int(score * 0.8))
    return tuple(sorted(scores.items(), key=lambda item: -item[1])[:most])
