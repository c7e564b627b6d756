"""What follows from keeping a record: an emergency has its day, a visit its gate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.errors import BadInputError, RefusedError
from config.settings import default_settings
from db import queries
from db.caseload import Caseload, open_caseload
from db.models import Case, CaseFile, ConsentEvent, ConsentRequest, Incident, Measure, Visit
from sanctuary_tui import records, views, work
from sanctuary_tui.formrecords import CloseForm
from sanctuary_tui.opening import derive_with
from sanctuary_tui.pathway import emergency

SETTINGS = default_settings()


class Clock:
    """The day of the caseload, moved on by a test."""

    today = date(2026, 11, 24)

    def now(self) -> datetime:
        """Half past nine of the day."""
        return datetime(self.today.year, self.today.month, self.today.day, 9, 30, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def caseload(tmp_path: Path, clock: Clock) -> Iterator[Caseload]:
    """An empty caseload under a raw key."""
    made = open_caseload(
        tmp_path / "caseload.db",
        bytes(range(32)),
        derive=derive_with(SETTINGS),
        who="Coordinator",
        clock=clock.now,
        today=lambda: clock.today,
        create=True,
    )
    yield made
    made.close()


def referred(caseload: Caseload, **more: Any) -> CaseFile:
    """A referral whose perpetrator has left, and of whom nothing is known to fear."""
    given = {"route": "self", "safe": "yes", "still_resident": "no", "relationship": "sibling"}
    case = work.take_referral(caseload, {**given, **more})
    (other,) = work.must_find(caseload, case.id).perpetrators
    caseload.store.update(other, weapons="no", whereabouts="elsewhere")
    return work.must_find(caseload, case.id)


def change(
    caseload: Caseload, record: type[Any], case_id: int, record_id: int, /, **given: Any
) -> Any:
    return records.keep_record(caseload, record, case_id, record_id, given, SETTINGS)


# --- an emergency has its day ---------------------------------------------------------------------


@pytest.mark.parametrize("given", [{"urgency": "emergency"}, {"triggers": "weapon"}])
def test_what_is_marked_after_the_works_has_its_own_day(
    caseload: Caseload, clock: Clock, given: dict[str, str]
) -> None:
    case = referred(caseload).case
    caseload.store.update(case, stage="installation")
    caseload.store.add(
        Measure(case_id=case.id, catalogue_id=9, state="fitted", fitted_on=clock.today)
    )
    clock.today += timedelta(days=2)
    change(caseload, Case, case.id, case.id, **given)
    file = work.must_find(caseload, case.id)
    assert file.case.emergency_since == clock.today
    assert emergency.is_emergency(file, clock.today, SETTINGS)
    clock.today += timedelta(days=1)
    change(caseload, Case, case.id, case.id, area="North ward", **given)
    assert work.must_find(caseload, case.id).case.emergency_since == date(2026, 11, 26)


def test_what_is_told_once_a_case_is_closed_keeps_the_day_it_was_told(
    caseload: Caseload, clock: Clock
) -> None:
    case = referred(caseload).case
    happened = clock.now() - timedelta(days=1)
    before = change(caseload, Incident, case.id, 0, at=happened, kind="threat")
    work.close_case(caseload, case.id, {"outcome": "no_contact"}, SETTINGS)
    clock.today += timedelta(days=4)
    after = change(caseload, Incident, case.id, 0, at=happened, kind="threat")
    assert (before.told_closed, after.told_closed) == (None, clock.today)
    live = caseload.connection.execute(
        "SELECT record_id FROM reminders WHERE rule = 'reopen' AND state = 'open'"
    ).fetchall()
    assert live == [(after.id,)]


def test_a_tick_that_stays_or_goes_is_not_a_new_one(caseload: Caseload, clock: Clock) -> None:
    case = referred(caseload, triggers="weapon;located").case
    clock.today += timedelta(days=2)
    change(caseload, Case, case.id, case.id, triggers="weapon")
    change(caseload, Case, case.id, case.id, triggers="not_known")
    assert work.must_find(caseload, case.id).case.emergency_since is None


def test_the_consent_screen_knows_that_the_works_are_done(caseload: Caseload, clock: Clock) -> None:
    """It reads the measures too: the ladder is that of the card and of the reminders."""
    case = referred(caseload, triggers="weapon").case
    caseload.store.update(case, stage="installation")
    request = caseload.store.add(
        ConsentRequest(
            case_id=case.id,
            part="common_parts",
            state="sent",
            sent_on=clock.today,
            agent="Agent",
            survivor_ok="yes",
            wording="A general security upgrade.",
            wording_version="v1",
        )
    )
    caseload.store.add(
        ConsentEvent(case_id=case.id, request_id=request.id, at=clock.now(), kind="sent")
    )
    (line,) = views.consent_view(caseload, clock.today, SETTINGS)
    urgent = line.next_chase
    caseload.store.add(
        Measure(case_id=case.id, catalogue_id=9, state="fitted", fitted_on=clock.today)
    )
    (line,) = views.consent_view(caseload, clock.today, SETTINGS)
    assert line.card.urgency == "standard"
    assert (urgent, line.next_chase) == (date(2026, 11, 25), date(2026, 11, 26))


# --- gate G7 --------------------------------------------------------------------------------------


def dangerous(caseload: Caseload) -> int:
    file = referred(caseload)
    caseload.store.update(file.perpetrators[0], weapons="yes")
    return file.case.id


@pytest.mark.parametrize("outcome", ["done", "part"])
@pytest.mark.parametrize("answer", ["yes", "no", "not_asked"])
def test_a_visit_is_not_kept_as_made_while_the_police_have_not_answered(
    caseload: Caseload, clock: Clock, outcome: str, answer: str
) -> None:
    case_id = dangerous(caseload)
    given = {"kind": "survey", "on": clock.today, "outcome": outcome, "police_answer": answer}
    if answer == "yes":
        assert change(caseload, Visit, case_id, 0, **given).outcome == outcome
        return
    with pytest.raises(work.Refusal, match="waits for the police"):
        change(caseload, Visit, case_id, 0, **given)
    assert work.must_find(caseload, case_id).visits == []
    change(caseload, Visit, case_id, 0, **{**given, "outcome": "no_access"})


def test_the_polices_answer_and_the_outcome_may_be_kept_at_once(
    caseload: Caseload, clock: Clock
) -> None:
    case_id = dangerous(caseload)
    visit = change(caseload, Visit, case_id, 0, kind="survey", on=clock.today, outcome="booked")
    with pytest.raises(work.Refusal):
        change(caseload, Visit, case_id, visit.id, outcome="done")
    change(caseload, Visit, case_id, visit.id, outcome="done", police_answer="yes")
    kept = queries.get(caseload.connection, Visit, visit.id)
    assert (kept.outcome, kept.police_answer) == ("done", "yes")
    change(caseload, Visit, case_id, visit.id, outcome="done", note="corrected")


def test_an_answer_taken_back_stops_the_visit_in_the_same_save(
    caseload: Caseload, clock: Clock
) -> None:
    case_id = dangerous(caseload)
    visit = change(caseload, Visit, case_id, 0, kind="survey", on=clock.today, police_answer="yes")
    with pytest.raises(work.Refusal):
        change(caseload, Visit, case_id, visit.id, outcome="done", police_answer="no")


def test_a_visit_is_booked_with_what_still_stops_its_works(
    caseload: Caseload, clock: Clock
) -> None:
    case = referred(caseload).case
    measure = work.add_measure(caseload, case.id, 13, state="approved")
    visit = work.book(caseload, case.id, {"kind": "install", "on": clock.today}, SETTINGS)
    told = work.held_works(caseload, visit, SETTINGS)
    assert [sentence[:34] for sentence in told] == [
        "G1 still stops the works of the vi",
        "G4 still stops the works of the vi",
    ]
    assert all(measure.name in sentence for sentence in told)
    survey = work.book(caseload, case.id, {"kind": "survey", "on": clock.today}, SETTINGS)
    assert work.held_works(caseload, survey, SETTINGS) == ()
    early = clock.today - timedelta(days=1)
    with pytest.raises(RefusedError, match="passed"):
        work.book(caseload, case.id, {"kind": "survey", "on": early}, SETTINGS)


def test_how_a_case_ends_is_chosen_not_supposed(caseload: Caseload) -> None:
    case = referred(caseload).case
    assert CloseForm().outcome == ""
    with pytest.raises(BadInputError):
        work.close_case(caseload, case.id, {}, SETTINGS)
    with pytest.raises(work.Refusal, match="not secured yet"):
        work.close_case(caseload, case.id, {"outcome": "secured"}, SETTINGS)
    assert work.must_find(caseload, case.id).closures == []
    work.close_case(caseload, case.id, {"outcome": "no_contact"}, SETTINGS)
    assert work.must_find(caseload, case.id).case.status == "closed"
