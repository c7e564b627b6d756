"""The edges of periods, households that come back, and what is never counted."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from config.errors import BadInputError
from db.models import AftercareCheck, CaseFile, Closure, Expenditure, Person, Property, Support
from sanctuary_tui.returns import making
from sanctuary_tui.returns.figures import quarter, year
from sanctuary_tui.returns.times import percentile
from tests.pathway.pathway_files import add_measures, case_file, day
from tests.sealed import canary

LOCK: Final = 9
ALARM: Final = 1
LIGHT: Final = 31


def value(files: list[CaseFile], form: str, key: str, code: str) -> int | None:
    period = quarter(code) if "Q" in code else year(code)
    return making.made(files, form, period).figures[key].value


def _at(moment: datetime) -> CaseFile:
    file = case_file()
    file.case.received = moment
    return file


@pytest.mark.parametrize(
    ("moment", "counted"),
    [
        (datetime(2026, 6, 30, 22, 59, tzinfo=UTC), "2026Q2"),
        (datetime(2026, 6, 30, 23, 0, tzinfo=UTC), "2026Q3"),  # 1 July in England's summer
        (datetime(2026, 9, 30, 22, 59, tzinfo=UTC), "2026Q3"),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), "2026Q4"),
        (datetime(2027, 1, 1, 0, 0, tzinfo=UTC), "2027Q1"),
        (datetime(2026, 3, 31, 23, 0, tzinfo=UTC), "2026Q2"),  # the clocks went forward
    ],
)
def test_a_referral_is_of_the_quarter_of_its_day_in_england(moment: datetime, counted: str) -> None:
    codes = ("2026Q1", "2026Q2", "2026Q3", "2026Q4", "2027Q1")
    told = {code: value([_at(moment)], "working-group", "referrals", code) for code in codes}
    assert told == {code: int(code == counted) for code in codes}


def supported(number: int = 1, fitted: str = "2026-05-04", **case: str) -> CaseFile:
    file = case_file("aftercare", id=number, ref=f"S26-{number:04}", **case)
    add_measures(file, LOCK, state="fitted", fitted_on=day(fitted))
    file.support.append(Support(id=number, answer="accepted", start=day("2026-04-20")))
    return file


@pytest.mark.parametrize(
    ("fitted", "ended", "years"),
    [
        ("2026-03-31", None, {"2025-26": 0, "2026-27": 1, "2027-28": 1}),
        ("2026-04-01", "2027-03-31", {"2025-26": 0, "2026-27": 1, "2027-28": 0}),
        ("2026-05-04", "2027-04-01", {"2025-26": 0, "2026-27": 1, "2027-28": 1}),
        ("2027-04-01", None, {"2025-26": 0, "2026-27": 0, "2027-28": 1}),
    ],
)
def test_a_household_counts_in_the_years_of_its_support_after_a_fitting(
    fitted: str, ended: str | None, years: dict[str, int]
) -> None:
    file = supported(fitted=fitted)
    file.support[0].ended = day(ended) if ended else None
    assert {code: value([file], "mhclg", "supported", code) for code in years} == years


def test_hardware_alone_and_lent_kit_never_count() -> None:
    alone = supported()
    alone.support[0].answer = "declined"
    lent = case_file("aftercare")
    add_measures(lent, ALARM, state="fitted", fitted_on=day("2026-05-04"))
    lent.support.append(Support(id=1, answer="accepted", start=day("2026-04-20")))
    assert value([alone, lent], "mhclg", "supported", "2026-27") == 0
    assert value([alone], "working-group", "secured", "2026Q2") == 1
    assert value([lent], "working-group", "secured", "2026Q2") == 0


def test_a_light_is_installed_and_secures_nothing() -> None:
    file = case_file("aftercare")
    add_measures(file, LIGHT, state="fitted", fitted_on=day("2026-05-04"))
    assert value([file], "working-group", "installed.deterrence", "2026Q2") == 1
    assert value([file], "working-group", "secured", "2026Q2") == 0


def test_a_household_that_comes_back_as_a_new_case_is_counted_once_where_that_is_asked() -> None:
    first = supported(1)
    again = supported(2, linked_cases="S26-0001")
    other = supported(3)
    files = [first, again, other]
    assert value(files, "mhclg", "supported", "2026-27") == 3
    assert value(files, "mhclg", "supported_once", "2026-27") == 2
    behind = making.made(files, "mhclg", year("2026-27")).figures["supported_once"]
    assert {one.case_id for one in behind.cases} == {2, 3}


def test_a_case_reopened_is_unmet_by_its_last_closing_and_no_longer_once_secured() -> None:
    file = case_file("closed")
    file.case.status = "closed"
    file.closures = [
        Closure(id=1, closed_on=day("2026-10-05"), outcome="no_contact"),
        Closure(id=2, closed_on=day("2026-11-20"), outcome="declined"),
    ]
    found = making.made([file], "unmet", quarter("2026Q4")).figures
    told = [found[key].value for key in ("unmet", "unmet.no_contact", "unmet.declined")]
    assert told == [1, 0, 1]
    add_measures(file, LOCK, state="fitted", fitted_on=day("2026-10-20"))
    found = making.made([file], "unmet", quarter("2026Q4")).figures
    told = [found[key].value for key in ("unmet", "unmet.no_contact", "unmet.declined")]
    assert told == [1, 1, 0]  # only the first closing was before the home was secured
    file.closures[0].outcome = "duplicate"
    assert making.made([file], "unmet", quarter("2026Q4")).figures["unmet"].value == 0


def test_support_that_stopped_is_counted_once_the_household_has_none() -> None:
    file = supported()
    file.support[0].ended = day("2026-08-03")
    file.support[0].end_reason = "no_longer_needed"
    assert value([file], "mhclg", "stopped.why_no_longer_needed", "2026Q3") == 1
    assert value([file], "mhclg", "stopped.length_3_6", "2026Q3") == 1  # from 20 April
    file.support.append(Support(id=9, answer="already", start=day("2026-08-01")))
    assert value([file], "mhclg", "stopped", "2026Q3") == 0


def test_a_childs_home_decides_whether_it_is_counted() -> None:
    file = supported()
    for number, lives in enumerate(("yes", "no", "not_known"), start=10):
        file.people.append(Person(id=number, case_id=1, role="child", lives_here=lives))
    assert value([file], "mhclg", "children", "2026-27") == 2


def test_a_landlords_money_is_not_in_the_average() -> None:
    file = supported()
    for number, (fund, gross) in enumerate((("core", 30_000), ("ha", 50_000))):
        spent = Expenditure(id=number, fund=fund, on=day("2026-05-04"), gross=gross)
        file.expenditures.append(spent)
    told = [
        value([file], "working-group", key, "2026Q2")
        for key in ("ordered_or_spent", "ordered_or_spent_ha")
    ]
    assert told == [30_000, 50_000]
    assert value([file], "working-group", "average", "2026Q2") == 30_000
    assert value([file], "working-group", "average", "2026Q3") is None


def test_the_last_check_of_a_kind_in_the_period_is_the_one_that_counts() -> None:
    file = supported()
    for number, (done, feels) in enumerate((("2026-08-03", "2"), ("2026-08-20", "5"))):
        check = AftercareCheck(id=number, kind="m3", done_on=day(done), feels_safer=feels)
        file.aftercare_checks.append(check)
    told = [
        value([file], "outcomes", key, "2026Q3")
        for key in ("m3", "m3.result_done.safer_safer", "m3.result_done.safer_less")
    ]
    assert told == [1, 1, 0]


def test_what_is_dated_before_the_referral_is_in_no_time() -> None:
    file = case_file("aftercare", received="2026-11-02")
    add_measures(file, LOCK, state="fitted", fitted_on=day("2026-10-30"))
    assert value([file], "times", "secured.all", "2026Q4") == 0
    file.measures[0].fitted_on = day("2026-11-02")
    assert value([file], "times", "secured.all.worst", "2026Q4") == 0
    assert value([file], "times", "secured.all.prs", "2026Q4") == 1


@pytest.mark.parametrize(
    ("days", "half", "ninety"),
    [([], None, None), ([4], 4, 4), ([9, 1], 1, 9), (list(range(1, 11)), 5, 9)],
)
def test_percentiles_are_by_the_nearest_rank(
    days: list[int], half: int | None, ninety: int | None
) -> None:
    assert (percentile(days, 50), percentile(days, 90)) == (half, ninety)


def test_the_home_that_is_current_says_the_tenure() -> None:
    file = case_file()
    file.properties[0].current = "no"
    file.properties.append(Property(id=2, case_id=1, tenure="mortgage", current="yes"))
    assert value([file], "working-group", "referrals.tenure_own", "2026Q4") == 1


@pytest.mark.parametrize("code", ["2026-28", "2026", "2026Q4", "26-27", "2026/27"])
def test_a_year_that_is_none_is_refused(code: str) -> None:
    with pytest.raises(BadInputError):
        year(code)


def test_the_turn_of_the_century_is_a_year_too() -> None:
    assert year("2099-00").last == day("2100-03-31")


@pytest.mark.guarantee
def test_a_sealed_case_is_in_no_figure_of_any_return(tmp_path: Path) -> None:
    caseload = canary.opened(tmp_path, create=True)
    case = canary.add_canary(caseload)

    def behind() -> set[int]:
        return {
            one.case_id
            for form in making.FORMS
            for code in ("2025-26", "2026-27", "2027-28")
            for figure in making.made(making.files_of(caseload), form, year(code)).figures.values()
            for one in figure.cases
        }

    assert case.id in behind()
    canary.seal(caseload, case.id)
    assert case.id not in behind()
    caseload.close()
