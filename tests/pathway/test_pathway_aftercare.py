"""Aftercare's cadence, upkeep and faults (DOMAIN 7)."""

from __future__ import annotations

import pytest
from pathway_files import SETTINGS, add_measures, case_file, day

from db.models import AftercareCheck, CaseFile
from db.models import specs as record_specs
from sanctuary_tui.pathway import aftercare


def fitted(cadence: str, on: str = "2026-11-26") -> CaseFile:
    file = case_file("aftercare", cadence=cadence)
    add_measures(file, 9, state="fitted", fitted_on=day(on))
    return file


def due(file: CaseFile) -> list[tuple[str, str]]:
    return [(item.kind, item.due.isoformat()) for item in aftercare.schedule(file, SETTINGS)]


@pytest.mark.parametrize(
    ("cadence", "fit", "expected"),
    [
        (
            "standard",
            "2026-11-26",
            [
                ("h48", "2026-11-30"),  # a Saturday rolls to Monday
                ("weeks3", "2026-12-17"),
                ("m3", "2027-02-26"),
                ("m6", "2027-05-26"),
                ("m12", "2027-11-26"),
            ],
        ),
        (
            "standard",
            "2026-12-23",
            [
                ("h48", "2026-12-29"),  # Christmas Day, weekend, Boxing Day substitute
                ("weeks3", "2027-01-13"),
                ("m3", "2027-03-23"),
                ("m6", "2027-06-23"),
                ("m12", "2027-12-23"),
            ],
        ),
        ("light", "2026-11-30", [("m3", "2027-03-01"), ("m6", "2027-06-01")]),
        (
            "monthly",
            "2026-08-31",
            [
                ("monthly", "2026-09-30"),
                ("monthly", "2026-11-02"),
                ("monthly", "2026-11-30"),
                ("monthly", "2026-12-31"),
                ("monthly", "2027-02-01"),
                ("monthly", "2027-03-01"),
            ],
        ),
        ("no_calls", "2026-11-26", []),
        ("not_asked", "2026-11-26", []),
        ("not_known", "2026-11-26", []),
    ],
)
def test_schedule_by_cadence(cadence: str, fit: str, expected: list[tuple[str, str]]) -> None:
    assert due(fitted(cadence, fit)) == expected


def test_checks_made_are_left_out_but_not_unanswered_ones_or_those_of_an_older_fit() -> None:
    file = fitted("standard")
    file.aftercare_checks = [
        AftercareCheck(id=1, kind="h48", done_on=day("2026-11-30"), outcome="done"),
        AftercareCheck(id=2, kind="weeks3", done_on=day("2026-12-17"), outcome="no_answer"),
        AftercareCheck(id=3, kind="m3", done_on=day("2026-02-26"), outcome="done"),
        AftercareCheck(id=4, kind="m6", done_on=day("2027-05-26"), outcome="declined"),
    ]
    assert [kind for kind, _ in due(file)] == ["weeks3", "m3", "m12"]


def test_monthly_checks_count_down() -> None:
    file = fitted("monthly", "2026-08-31")
    file.aftercare_checks = [
        AftercareCheck(id=n, kind="monthly", done_on=day("2026-10-01"), outcome="done")
        for n in (1, 2)
    ]
    assert [item.number for item in aftercare.schedule(file, SETTINGS)] == [3, 4, 5, 6]


def test_checks_count_from_the_latest_fixed_fit_not_from_loaned_kit() -> None:
    file = fitted("light", "2026-11-02")
    add_measures(file, 1, state="fitted", fitted_on=day("2026-11-20"))
    assert aftercare.fit_date(file) == day("2026-11-02")
    add_measures(file, 13, state="fitted", fitted_on=day("2026-11-25"))
    assert aftercare.fit_date(file) == day("2026-11-25")
    add_measures(file, 14, state="ordered")
    assert aftercare.fit_date(file) == day("2026-11-25")


def test_cadence_is_asked_not_invented() -> None:
    assert aftercare.cadence_unasked(fitted("not_asked"))
    assert not aftercare.cadence_unasked(fitted("no_calls"))
    assert not aftercare.cadence_unasked(fitted("not_known"))
    assert not aftercare.cadence_unasked(case_file("aftercare"))


@pytest.mark.parametrize(
    ("number", "state", "set_to", "expected"),
    [
        (1, "fitted", None, "2027-11-26"),
        (33, "fitted", None, "2027-02-26"),
        (13, "fitted", None, None),
        (1, "fitted", "2027-01-04", "2027-01-04"),
        (1, "removed", None, None),
        (1, "ordered", None, None),
    ],
)
def test_battery_and_service_dates(
    number: int, state: str, set_to: str | None, expected: str | None
) -> None:
    (measure,) = add_measures(
        case_file(),
        number,
        state=state,
        fitted_on=day("2026-11-26"),
        maintenance_due=day(set_to) if set_to else None,
    )
    found = aftercare.upkeep_due(measure)
    assert (found.isoformat() if found else None) == expected


def test_questions_are_fields_of_a_check_safe_contact_first() -> None:
    names = [name for name, _ in aftercare.questions()]
    assert names[0] == "contact_safe"
    assert set(names) <= set(record_specs(AftercareCheck))
