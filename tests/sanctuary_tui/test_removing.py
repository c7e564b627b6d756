"""Deleting: what says that the survivor is not to be reached is not deleted by mistake."""

from __future__ import annotations

import pytest

from config.errors import RefusedError
from db.caseload import Caseload
from db.models import CaseFile, ContactPoint, Measure
from sanctuary_tui import removing, work
from sanctuary_tui.pathway import contact
from sanctuary_tui.screens.case import CaseScreen
from tests.frozen import Opened, play, text_of

NUMBER = "07700 900321"


def referred(caseload: Caseload, safe: str) -> CaseFile:
    given = {"route": "self", "safe": safe, "phone": NUMBER, "surname": "Test"}
    case = work.take_referral(caseload, given)
    return work.must_find(caseload, case.id)


def again(caseload: Caseload, file: CaseFile) -> CaseFile:
    return work.must_find(caseload, file.case.id)


@pytest.mark.parametrize("safe", ["unsafe", "never"])
def test_the_way_that_bars_contact_stays_until_another_is_safe(
    caseload: Caseload, safe: str
) -> None:
    file = referred(caseload, "yes")
    (point,) = file.contact_points
    caseload.store.update(point, safe=safe)
    file = again(caseload, file)
    with pytest.raises(RefusedError, match="Record a safe way first"):
        removing.delete(caseload, file.contact_points[0])
    assert contact.stops_contact(again(caseload, file))
    other = ContactPoint(case_id=file.case.id, kind="email", value="t@example.org", safe="yes")
    caseload.store.add(other)
    removing.delete(caseload, again(caseload, file).contact_points[0])
    assert [one.id for one in again(caseload, file).contact_points] == [other.id]


def test_the_same_number_said_unsafe_twice_may_be_deleted_once(caseload: Caseload) -> None:
    file = referred(caseload, "yes")
    caseload.store.update(file.contact_points[0], safe="unsafe")
    caseload.store.add(ContactPoint(case_id=file.case.id, value=NUMBER, safe="unsafe"))
    removing.delete(caseload, again(caseload, file).contact_points[0])
    file = again(caseload, file)
    assert contact.stops_contact(file)
    with pytest.raises(RefusedError):
        removing.delete(caseload, file.contact_points[0])


def test_the_survivor_is_not_deleted_from_under_the_bar(caseload: Caseload) -> None:
    file = referred(caseload, "yes")
    (point,) = file.contact_points
    caseload.store.update(point, safe="unsafe", person_id=file.survivor.id if file.survivor else 0)
    file = again(caseload, file)
    assert file.survivor is not None
    with pytest.raises(RefusedError):
        removing.delete(caseload, file.survivor)


def test_other_records_and_safe_ways_are_deleted_as_before(caseload: Caseload) -> None:
    file = referred(caseload, "yes")
    measure = caseload.store.add(Measure(case_id=file.case.id, name="Bar"))
    removing.delete(caseload, measure)
    removing.delete(caseload, file.contact_points[0])
    file = again(caseload, file)
    assert (file.measures, file.contact_points) == ([], [])


async def test_the_key_says_what_is_lost_and_asks_twice(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "1 slash =ellwood down enter 2")
        assert isinstance(app.screen, CaseScreen)
        case_id = app.screen.case_id

        def bar(data: Caseload) -> int:
            for point in work.must_find(data, case_id).contact_points:
                data.store.update(point, safe="unsafe")
            return len(work.must_find(data, case_id).contact_points)

        ways = await app.write(bar)
        assert ways == 1
        await app.reload()
        (point,) = (await app.read(lambda data: work.must_find(data, case_id))).contact_points
        app.screen.records.select(("contact_points", point.id))
        await play(pilot, "delete")
        assert "not safe" in text_of(pilot)
        await play(pilot, "y")
        assert any("Not deleted" in note.message for note in app._notifications)
        (kept,) = (await app.read(lambda data: work.must_find(data, case_id))).contact_points
        assert kept.safe == "unsafe"
