"""A gate is not passed by calling a lock something else, before it is fitted or afterwards."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from db.models import Measure, Person, Property
from sanctuary_tui import work
from tests.scenarios.scenario_world import Day, World

TODAY = date(2026, 11, 26)
NIGHTLATCH, TIMER_LIGHT = 10, 6


@pytest.fixture
def day(world: World) -> Any:
    """A survivor who chose to stay, in a private rented home of both; nobody asked the landlord."""
    with world.on(TODAY) as today:
        world.refer(
            today,
            route="police",
            safe="yes",
            phone="07700 900356",
            first_name="Test",
            surname="Survivor",
            tenure="prs",
            named_parties="joint",
        )
        today.chosen()
        today.keep(Property, today.home.id, named_parties="joint", home_rights="no")
        today.keep(Person, today.file().perpetrators[0].id, still_resident="no", weapons="no",
                   whereabouts="elsewhere")  # fmt: skip
        yield today


def fit(day: Day, measure: Measure) -> None:
    work.set_measure_state(day.caseload, measure.id, "fitted", day.settings)


def again(day: Day, measure: Measure) -> Measure:
    return next(one for one in day.file().measures if one.id == measure.id)


def test_a_lock_of_no_catalogue_number_is_a_lock(day: Day) -> None:
    lock = work.add_measure(day.caseload, day.case_id, NIGHTLATCH)
    before = day.refused(lambda: fit(day, lock))
    assert {"G3", "G4", "G5"} <= before
    day.keep(Measure, lock.id, catalogue_id=None, name="Rim nightlatch", excluding="no",
             escape_affecting="no", consent_needed="no")  # fmt: skip
    assert {"G3", "G4", "G5"} <= day.refused(lambda: fit(day, again(day, lock)))


@pytest.mark.parametrize("answer", ["no", "not_known", "not_asked"])
def test_consent_that_the_catalogue_asks_for_is_not_answered_away(day: Day, answer: str) -> None:
    lock = work.add_measure(day.caseload, day.case_id, NIGHTLATCH)
    day.keep(Measure, lock.id, consent_needed=answer, excluding=answer)
    assert {"G3", "G4"} <= day.refused(lambda: fit(day, again(day, lock)))


@pytest.mark.parametrize(
    "other",
    [
        {"catalogue_id": NIGHTLATCH, "name": "Rim nightlatch"},
        {"catalogue_id": None, "name": "Nightlatch"},
        {"excluding": "yes"},
    ],
)
def test_what_is_fitted_is_not_made_into_a_lock(day: Day, other: dict[str, Any]) -> None:
    light = work.add_measure(day.caseload, day.case_id, TIMER_LIGHT)
    fit(day, light)
    assert "G3" in day.refused(lambda: day.keep(Measure, light.id, **other))
    kept = again(day, light)
    assert (kept.catalogue_id, kept.state) == (TIMER_LIGHT, "fitted")


def test_what_is_fitted_is_still_corrected(day: Day) -> None:
    light = work.add_measure(day.caseload, day.case_id, TIMER_LIGHT)
    fit(day, light)
    day.keep(Measure, light.id, name="Plug-in timer light, hall", location="Hall", cost=1200)
    assert again(day, light).name == "Plug-in timer light, hall"


@pytest.mark.parametrize("own", ["Safety whistle", "Room divider", "Locker key ring", "Doorstop"])
def test_an_own_item_of_another_name_is_left_to_its_answers(day: Day, own: str) -> None:
    item = day.keep(Measure, name=own, consent_needed="no", excluding="no", escape_affecting="no")
    fit(day, item)
    assert again(day, item).state == "fitted"
