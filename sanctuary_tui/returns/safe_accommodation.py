"""The safe-accommodation year and quarter for the county (MHCLG; DOMAIN 4).

The questionnaire was not to be had: the items are rebuilt from what is published of it (NESG
2022-23; MHCLG 2024-25). What this scheme does not record is said in the notes, never made up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from config.codes import CODES, split
from config.format import full_date
from db.models import CaseFile, Support
from sanctuary_tui.exports.marac_cells import disabled, lgbt, minoritised
from sanctuary_tui.pathway import scheme
from sanctuary_tui.pathway.dates import add_months, latest
from sanctuary_tui.returns import shared
from sanctuary_tui.returns.figures import Counted, Figure, Parts, Period, Return, say
from sanctuary_tui.returns.working_group import GENDERS, gender

FORM: Final = "mhclg"
LENGTHS: Final = {
    "under_1": "Less than 1 month",
    "1_3": "1 to 3 months",
    "3_6": "3 to 6 months",
    "over_6": "6 months and more",
    "not_known": "Start not recorded",
}
_SUPPORTED: Final = ("accepted", "already")
_MONTHS: Final = (("under_1", 1), ("1_3", 3), ("3_6", 6))

CHARACTERISTICS: Final = {
    "bm": "Black, Asian or minoritised",
    "disabled": "Disabled",
    "lgbt": "LGBT+",
    "male": "Male",
    "mental_health": "Mental health support needs",
    "drug": "Drug support needs",
    "alcohol": "Alcohol support needs",
    "ex_offender": "Ex-offender",
    "aged_16_25": "Aged 16 to 25",
    "aged_65": "Aged 65 and over",
}
NOTES: Final = (
    "The government's questionnaire was not available: the items are rebuilt from what is "
    "published of it; check with the county which it asks for.",
    "Not recorded here, and so not in it: households turned away for want of room, and needs not "
    "met by reason of no recourse to public funds, family size or a child's age.",
    "Outside the area means that the home is not in the district; where a household lived before "
    "is not recorded.",
)


def safe_accommodation(files: Sequence[CaseFile], period: Period) -> Return:
    """Every item of the return of a year or a quarter."""
    title = "Safe accommodation: " + ("the year" if period.is_year else "the quarter")
    made = Return(FORM, title, period, notes=list(NOTES))
    supported = _supported(made, files, period)
    ids = {one.case_id for one in supported.cases}
    counted = [file for file in files if file.case.id in ids]
    _who(made, supported, counted)
    _needs(made, supported, counted)
    _support(made, supported, counted)
    shared.unmet(files, period, made)
    _stopped(made, files, period)
    return made


def end_of(file: CaseFile, one: Support) -> date | None:
    """The day support ended: as recorded, or the day the case was closed; None while it runs."""
    if one.ended is not None or file.case.status != "closed":
        return one.ended
    return latest(item.closed_on for item in file.closures)


def active(file: CaseFile, first: date, last: date) -> list[Support]:
    """Support that ran on a day from the first to the last."""
    found = []
    for one in file.support:
        start, end = one.start or one.offered, end_of(file, one)
        if one.answer not in _SUPPORTED or (start is not None and start > last):
            continue
        if end is None or end >= first:
            found.append(one)
    return found


def _supported(made: Return, files: Sequence[CaseFile], period: Period) -> Figure:
    told = []
    for file in files:
        counts, why = scheme.return_reason(file, period.first, period.last)
        if counts:
            told.append(say(file, why.rstrip(".")))
    supported = made.add(
        "supported",
        "Households supported in sanctuary homes",
        "A measure fixed by the end of the period and ongoing support in it: hardware alone never "
        "counts (NESG 2022-23, glossary). One adult each, the survivor.",
        told,
    )
    ids = {one.case_id for one in supported.cases}
    behind = [file for file in files if file.case.id in ids]
    made.add(
        "supported_once",
        "The same, a household that came back counted once",
        "As above; cases that are linked to one another count once, by the latest of them (NESG "
        "2022-23, paragraph 38).",
        (say(file, "latest of its linked cases") for file in _once(behind)),
    )
    made.parts.append(Parts("supported", ("supported_once",), rest=True))
    made.add(
        "children",
        "Children supported in sanctuary homes",
        "Children of the households supported, but for those said not to live in the home.",
        (say(file, "children in the home", shared.children_here(file)) for file in behind),
    )
    made.add(
        "children_specialist",
        "Children given specialist support",
        "Children of those households, where support that ran in the period has children's "
        "support among its types (NESG 2022-23, paragraph 90).",
        (
            say(file, "children's support", shared.children_here(file))
            for file in behind
            if _has_type(file, "children", period)
        ),
    )
    made.parts.append(Parts("children", ("children_specialist",), rest=True))
    made.add(
        "bedspaces",
        "Bedspaces at the end of the period",
        "One for each household supported whose support runs on the last day, whatever the number "
        "of beds (NESG 2022-23, glossary).",
        (
            say(file, f"support runs on {full_date(period.last)}")
            for file in behind
            if active(file, period.last, period.last)
        ),
    )
    made.parts.append(Parts("supported", ("bedspaces",), rest=True))
    return supported


def _once(files: Sequence[CaseFile]) -> list[CaseFile]:
    """The latest case of each household, by the cases that are linked to one another."""
    by_ref = {file.case.ref: file for file in files}
    group = {ref: ref for ref in by_ref}

    def head(ref: str) -> str:
        while group[ref] != ref:
            ref = group[ref]
        return ref

    for ref, file in by_ref.items():
        for other in split(file.case.linked_cases):
            if other in group:
                group[head(other)] = head(ref)
    newest: dict[str, CaseFile] = {}
    for ref, file in sorted(by_ref.items(), key=lambda item: _age_of(item[1])):
        newest[head(ref)] = file
    return sorted(newest.values(), key=lambda file: file.case.id)


def _age_of(file: CaseFile) -> tuple[date, int]:
    return shared.received(file) or date.min, file.case.id


def _who(made: Return, supported: Figure, files: Sequence[CaseFile]) -> None:
    made.divide(
        supported,
        {f"gender_{code}": title for code, title in GENDERS.items()},
        {file.case.id: f"gender_{gender(file)}" for file in files},
        "Of the households: the survivor's gender (NESG 2022-23, paragraph 52).",
        least="gender_not_known",
    )
    outside = {"no": "outside_yes", "yes": "outside_no"}
    made.divide(
        supported,
        {
            "outside_yes": "From outside the area",
            "outside_no": "From the area",
            "outside_not_known": "Area not known",
        },
        {file.case.id: outside.get(file.case.in_district, "outside_not_known") for file in files},
        "Of the households: whether the home is in the district (NESG 2022-23, paragraph 56).",
        least="outside_not_known",
    )


def characteristics(file: CaseFile, on: date) -> set[str]:
    """What the survivor said of themselves that the return asks for; an age is that on a day."""
    person = shared.survivor(file)
    years = shared.age(person.dob, on)
    found = set(split(person.characteristics)) & set(CHARACTERISTICS)
    told = {
        "bm": minoritised(person.ethnicity) == "Y",
        "disabled": disabled(person.disability) == "Y",
        "lgbt": lgbt(person) == "Y",
        "male": person.gender in ("man", "trans_man"),
        "aged_16_25": years is not None and 16 <= years <= 25,
        "aged_65": years is not None and years >= 65,
    }
    return found | {name for name, holds in told.items() if holds}


def _needs(made: Return, supported: Figure, files: Sequence[CaseFile]) -> None:
    last = made.period.last
    told = {file.case.id: characteristics(file, last) for file in files}
    for code, title in CHARACTERISTICS.items():
        _part(
            made,
            supported,
            f"supported.{code}",
            title,
            "Of the households: by what the survivor said, ages on the last day of the period; "
            "one can be in several lines, and no answer is in none (NESG 2022-23, 68 to 71).",
            {one for one, names in told.items() if code in names},
        )
    _part(
        made,
        supported,
        "supported.any",
        "At least one of these",
        "Of the households: in at least one of the lines above.",
        {one for one, names in told.items() if names},
    )


def _has_type(file: CaseFile, code: str, period: Period) -> bool:
    return any(code in split(one.types) for one in active(file, period.first, period.last))


def _support(made: Return, supported: Figure, files: Sequence[CaseFile]) -> None:
    for code, title in CODES["support_type"].items():
        _part(
            made,
            supported,
            f"type.{code}",
            f"Support given: {title}",
            "Of the households: where support that ran in the period has that type; one can be in "
            "several lines (NESG 2022-23, paragraph 83).",
            {file.case.id for file in files if _has_type(file, code, made.period)},
        )


def _part(made: Return, whole: Figure, key: str, title: str, rule: str, ids: set[int]) -> None:
    """A part of a figure beside which there may be others that overlap it."""
    made.add(key, title, rule, (one for one in whole.cases if one.case_id in ids))
    made.parts.append(Parts(whole.key, (key,), rest=True))


def last_support(file: CaseFile, period: Period) -> Support | None:
    """The support that ended last, in the period, of a household that then had none left."""
    ended = [(end_of(file, one), one.id, one) for one in file.support if one.answer in _SUPPORTED]
    days = [(day, number, one) for day, number, one in ended if day is not None]
    if len(days) < len(ended) or not days:
        return None
    day, _, one = max(days, key=lambda item: item[:2])
    fixed = min((item.fitted_on for item in shared.fixed(file) if item.fitted_on), default=None)
    return one if period.has(day) and fixed is not None and fixed <= day else None


def _stopped(made: Return, files: Sequence[CaseFile], period: Period) -> None:
    found: list[Counted] = []
    reasons: dict[int, str] = {}
    lengths: dict[int, str] = {}
    for file in files:
        one = last_support(file, period)
        day = end_of(file, one) if one is not None else None
        if one is None or day is None:
            continue
        reason = one.end_reason if one.end_reason in shared.SUPPORT_ENDS else "not_known"
        reasons[file.case.id] = f"why_{reason}"
        lengths[file.case.id] = f"length_{_length(one.start or one.offered, day)}"
        found.append(say(file, f"support ended {full_date(day)}"))
    whole = made.add(
        "stopped",
        "Households whose support stopped",
        "The last support of the household ended in the period, after a measure was fixed; a "
        "closed case ends what has no end recorded (NESG 2022-23, paragraphs 86 and 87).",
        found,
    )
    _divided(made, whole, "why", shared.SUPPORT_ENDS, reasons, "why it ended.")
    _divided(
        made,
        whole,
        "length",
        LENGTHS,
        lengths,
        "from its start, or its offer, to its end (49, 50).",
    )


def _divided(
    made: Return,
    whole: Figure,
    name: str,
    titles: Mapping[str, str],
    answers: Mapping[int, str],
    words: str,
) -> None:
    made.divide(
        whole,
        {f"{name}_{code}": title for code, title in titles.items()},
        answers,
        f"Of the households whose support stopped: {words}",
        least=f"{name}_not_known",
    )


def _length(start: date | None, end: date) -> str:
    if start is None or start > end:
        return "not_known"
    return next((code for code, months in _MONTHS if end < add_months(start, months)), "over_6")


Builder = Callable[[Sequence[CaseFile], Period], Return]
"""What makes a return of case files."""
