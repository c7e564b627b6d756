"""The record of processing and the impact assessment say everything that the program holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.models import RECORDS, specs
from sanctuary_tui.exports import processing
from sanctuary_tui.exports.profiles import PROFILES

ROOT = Path(__file__).parents[2]
PAGES = {processing.ROPA: processing.ropa, processing.DPIA: processing.dpia}


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_both_pages_are_in_step_with_the_program(path: Path) -> None:
    assert (ROOT / path).read_text("utf-8") == PAGES[path](), (
        "run python -m sanctuary_tui.exports.processing"
    )


@pytest.mark.guarantee
@pytest.mark.parametrize("path", PAGES, ids=str)
def test_no_field_recipient_or_period_is_missing(path: Path) -> None:
    assert processing.missing((ROOT / path).read_text("utf-8")) == []
    assert sum(len(specs(record)) for record in RECORDS) > 300


@pytest.mark.guarantee
@pytest.mark.parametrize(
    "gone",
    ["`people.immigration`", "`safe_addresses.area`", "`marac_address`", "`retention.marac_years`"],
)
def test_control_what_is_taken_out_is_missed(gone: str) -> None:
    for page in PAGES.values():
        assert processing.missing(page().replace(gone, "")) == [gone]


def test_a_field_that_can_leave_says_to_whom() -> None:
    rows = {row[0]: row for record in RECORDS for row in processing.field_rows(record)}
    for profile in processing.outside():
        for table, name in profile.fields:
            if table != "case_cards":
                assert profile.name in rows[f"`{table}.{name}`"][-1].split(", ")
    assert rows["`safe_addresses.address`"][-1] == "marac_address, subject"
    assert rows["`entry_points.location`"][-1] == "subject"
    assert {one.name for one in processing.outside()} < set(PROFILES)


def test_the_special_fields_are_fields() -> None:
    for table, name in processing.SPECIAL:
        assert name in specs(next(one for one in RECORDS if one.table == table))


def test_the_assessment_has_the_headings_a_dpo_asks_for() -> None:
    text = processing.dpia()
    for number, words in enumerate(
        (
            "Why",
            "Nature",
            "Scope",
            "Context",
            "Purposes",
            "Consultation",
            "Necessity",
            "Risks",
            "Measures",
            "Residual",
            "Sign-off",
        ),
        start=1,
    ):
        assert f"\n## {number}. {words}" in text
