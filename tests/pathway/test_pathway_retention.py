"""A closed file is reviewed after the council's own period, and nothing before it is set."""

from __future__ import annotations

import pytest
from pathway_files import case_file, day

from config.settings import Settings, default_settings
from db.models import CaseFile, Closure, MaracListing, Person
from sanctuary_tui.pathway.reminders import reminders

TODAY = day("2026-11-26")


def kept(adult: int = 0, child: int = 0, marac: int = 0) -> Settings:
    settings = default_settings()
    settings.retention.adult_years = adult
    settings.retention.child_until_age = child
    settings.retention.marac_years = marac
    return settings


def closed(on: str = "2024-02-29") -> CaseFile:
    file = case_file("closed", status="closed")
    file.closures = [Closure(id=1, closed_on=day(on), outcome="secured")]
    file.people += [
        Person(id=3, role="child", dob=day("2012-05-04")),
        Person(id=4, role="child", dob=day("2003-05-04")),
        Person(id=5, role="child"),
    ]
    file.marac_listings = [
        MaracListing(id=1, meeting=day("2023-06-01"), state="heard"),
        MaracListing(id=2, meeting=day("2023-09-07"), state="heard"),
        MaracListing(id=3, meeting=day("2023-10-05"), state="withdrawn"),
    ]
    return file


def dues(file: CaseFile, settings: Settings) -> dict[str, str]:
    return {
        item.key.split(":")[1]: str(item.due)
        for item in reminders(file, TODAY, settings)
        if item.rule == "retention"
    }


@pytest.mark.parametrize(
    ("settings", "due"),
    [
        (kept(), {}),
        (kept(adult=6), {"file": "2030-02-28"}),
        (kept(child=25), {"file": "2037-05-04"}),
        (kept(adult=6, child=25), {"file": "2037-05-04"}),
        (kept(adult=20, child=25), {"file": "2044-02-29"}),
        (kept(marac=2), {"marac": "2025-09-07"}),
    ],
)
def test_the_councils_own_years_set_the_day(settings: Settings, due: dict[str, str]) -> None:
    assert dues(closed(), settings) == due


def test_never_before_the_closing() -> None:
    file = closed("2026-11-20")
    file.people = [Person(id=4, role="child", dob=day("2001-05-04"))]
    assert dues(file, kept(child=25)) == {"file": "2026-11-20"}


def test_an_open_case_is_not_up_for_review() -> None:
    file = closed()
    file.case.status, file.case.stage = "open", "aftercare"
    assert dues(file, kept(6, 25, 2)) == {}
