"""The quarter for the sanctuary working group (STADA 2023; DOMAIN 4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from config.codes import CODES, label
from config.format import full_date
from db.models import CaseFile
from sanctuary_tui.exports.marac_cells import disabled, minoritised
from sanctuary_tui.pathway import scheme
from sanctuary_tui.pathway.dates import day_of
from sanctuary_tui.returns import shared
from sanctuary_tui.returns.figures import Average, Figure, Hangs, Period, Return, known, say, titled

FORM: Final = "working-group"
CATEGORIES: Final = {
    "hardening": "Locks, doors and windows",
    "room": "Sanctuary rooms and safe rooms",
    "fire": "Fire and escape",
    "deterrence": "Lights, alarms and cameras",
    "own": "The scheme's own measures",
}
GENDERS: Final = {
    "woman": "Women",
    "man": "Men",
    "trans": "Trans and non-binary",
    "not_known": "Gender not known",
}
AGES: Final = {
    "under_25": "16 to 24, or younger",
    "25_39": "25 to 39",
    "40_64": "40 to 64",
    "65_over": "65 and over",
    "not_known": "Age not known",
}
_ANSWERS: Final = {"Y": "yes", "N": "no"}
ORDERED: Final = "ordered_or_spent"
ORDERED_HA: Final = "ordered_or_spent_ha"
"""Figures of what is committed and spent together; "spent" alone is the word of the money form."""
LEAST_FOR_MONEY: Final = 5
"""Fewer homes than these, and neither the spending nor its average is told outside."""


def working_group(files: Sequence[CaseFile], period: Period) -> Return:
    """Referrals, homes secured, types, demographics, cost, average and themes of a period."""
    made = Return(FORM, "Working group: the quarter", period)
    referred = shared.referrals(files, period, made)
    behind = {one.case_id for one in referred.cases}
    _of_referrals(made, referred, [file for file in files if file.case.id in behind])
    _works(made, files, period)
    _money(made, files, period)
    _themes(made, files, period)
    shared.unmet(files, period, made)
    return made


def gender(file: CaseFile) -> str:
    """The survivor's gender as the return tells it: women, men, trans and non-binary (para 52)."""
    given = shared.survivor(file).gender
    if given in ("trans_woman", "trans_man", "non_binary", "other"):
        return "trans"
    return given if given in GENDERS else "not_known"


def age_band(file: CaseFile, period: Period) -> str:
    """The survivor's age on the last day of the period, in bands."""
    years = shared.age(shared.survivor(file).dob, period.last)
    if years is None:
        return "not_known"
    bands = (("under_25", 25), ("25_39", 40), ("40_64", 65))
    return next((code for code, below in bands if years < below), "65_over")


def _of_referrals(made: Return, referred: Figure, files: Iterable[CaseFile]) -> None:
    found = {file.case.id: file for file in files}
    by = "Of the referrals: "
    routes = titled(CODES["route"], unknown="Not known who sent them")
    made.divide(
        referred,
        {f"from_{code}": title for code, title in routes.items()},
        {key: f"from_{known(file.case.route, routes)}" for key, file in found.items()},
        f"{by}who sent the household.",
        least="from_not_known",
    )
    made.divide(
        referred,
        {f"tenure_{code}": title for code, title in shared.OWNED.items()},
        {key: f"tenure_{shared.tenure(file)}" for key, file in found.items()},
        f"{by}the tenure of the home where the works are.",
        least="tenure_not_known",
    )
    made.divide(
        referred,
        {f"gender_{code}": title for code, title in GENDERS.items()},
        {key: f"gender_{gender(file)}" for key, file in found.items()},
        f"{by}the survivor's gender (NESG 2022-23, paragraph 52).",
        least="gender_not_known",
    )
    made.divide(
        referred,
        {f"age_{code}": title for code, title in AGES.items()},
        {key: f"age_{age_band(file, made.period)}" for key, file in found.items()},
        f"{by}the survivor's age on the last day of the period.",
        least="age_not_known",
    )
    for key, words, unsaid, given in (
        (
            "bm",
            "Black, Asian or minoritised",
            "Ethnicity not known",
            {one: minoritised(shared.survivor(file).ethnicity) for one, file in found.items()},
        ),
        (
            "disabled",
            "With a disability",
            "Disability not known",
            {one: disabled(shared.survivor(file).disability) for one, file in found.items()},
        ),
    ):
        made.divide(
            referred,
            {f"{key}_yes": words, f"{key}_no": f"Not: {words}", f"{key}_not_known": unsaid},
            {one: f"{key}_{_ANSWERS.get(answer, 'not_known')}" for one, answer in given.items()},
            f"{by}by what the survivor said; no answer is counted as not known, never as no.",
            least=f"{key}_not_known",
        )
    made.add(
        "children",
        "Children in the homes referred",
        "Children recorded in the households referred, but for those said not to live there.",
        (say(file, "children in the home", shared.children_here(file)) for file in found.values()),
    )


def _works(made: Return, files: Sequence[CaseFile], period: Period) -> None:
    secured = []
    for file in files:
        day = shared.secured_on(file)
        if day is not None and period.has(day):
            secured.append(say(file, f"first fixed {full_date(day)}"))
    made.add(
        "secured",
        "Homes secured",
        "Each home where the first lock, door, window or room measure was fixed in the period; "
        "portable kit, lights and alarms alone never count (MHCLG 2026, 4.1 and 5.2).",
        secured,
    )
    by_kind: dict[str, list[tuple[CaseFile, int]]] = {code: [] for code in CATEGORIES}
    for file in files:
        fitted = [one for one in shared.fixed(file) if period.has(one.fitted_on)]
        for code in CATEGORIES:
            number = sum(shared.category(one) == code for one in fitted)
            by_kind[code].append((file, number))
    for code, title in CATEGORIES.items():
        made.add(
            f"installed.{code}",
            f"Fitted: {title.lower()}",
            "Entries of the measures register fixed in the period, by part of the catalogue; what "
            "was removed since still counts, portable kit does not.",
            (say(file, "entries fixed", number) for file, number in by_kind[code]),
        )
        made.hangs.append(Hangs(f"installed.{code}", "secured", 1))


def _money(made: Return, files: Sequence[CaseFile], period: Period) -> None:
    def of(theirs: bool) -> Iterable[tuple[CaseFile, int]]:
        for file in files:
            yield file, scheme.ordered_or_spent(file, theirs=theirs, dated=period.has)

    cost = made.add(
        ORDERED,
        "Ordered or spent from the scheme's own funds",
        "Orders, invoices and payments with a date in the period, gross, committed or spent as "
        "Funds tells them apart; what a housing association's own scheme spent is not in it "
        "(DOMAIN 10 E).",
        (say(file, "orders, invoices and payments", number) for file, number in of(False)),
        "pence",
    )
    made.add(
        ORDERED_HA,
        "Ordered or spent by housing associations",
        "The same, from housing associations' own schemes.",
        (say(file, "orders, invoices and payments", number) for file, number in of(True)),
        "pence",
    )
    homes = made.figures["secured"]
    average = cost.value // homes.value if cost.value and homes.value else None
    made.put(
        Figure(
            "average",
            "Average per home secured",
            average,
            "Ordered or spent from the scheme's own funds, divided by the homes secured; outside "
            "the council both are rounded first.",
            "pence",
            cost.cases,
        )
    )
    made.averages.append(Average("average", ORDERED, "secured"))
    for key in (ORDERED, ORDERED_HA, "average"):
        made.hangs.append(Hangs(key, "secured", LEAST_FOR_MONEY))


def _themes(made: Return, files: Sequence[CaseFile], period: Period) -> None:
    kinds = CODES["incident_kind"]
    by_kind: dict[str, list[CaseFile]] = {code: [] for code in kinds}
    for file in files:
        for code in {one.kind for one in file.incidents if period.has(day_of(one.at))} & set(kinds):
            by_kind[code].append(file)
    for code in kinds:
        made.add(
            f"incident.{code}",
            f"Households with: {label('incident_kind', code).lower()}",
            "Households with an incident of that kind in the period, each once; one household can "
            "be in several lines.",
            (say(file, "incident in the period") for file in by_kind[code]),
        )
