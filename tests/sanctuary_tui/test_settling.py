"""What settles a line of Today is kept on the case, as one change: the two never differ."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from config.errors import RefusedError
from config.settings import default_settings
from db.caseload import Caseload
from db.models import AftercareCheck, Case, CaseFile, Incident, Measure, Note, Visit
from sanctuary_tui import records, settling, views, work

TODAY = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
SETTINGS = default_settings()
FITTED = date(2026, 10, 1)


def rules(caseload: Caseload) -> set[str]:
    """The rules of Today's lines."""
    return {line.rule for line in views.today_view(caseload, TODAY, SETTINGS).lines}


def titles(caseload: Caseload) -> list[str]:
    """The words of Today's lines, but for the stage's target."""
    return sorted(line.text for line in views.today_view(caseload, TODAY, SETTINGS).lines)


def the_file(caseload: Caseload, case: Case) -> CaseFile:
    return work.must_find(caseload, case.id)


def referred(caseload: Caseload) -> Case:
    return work.take_referral(caseload, {"route": "police", "safe": "yes"})


def in_aftercare(caseload: Caseload, *faulty: str, told: tuple[str, ...] = ()) -> Case:
    """A case after the fitting, with measures that are faulty and faults that were told."""
    case = referred(caseload)
    caseload.store.add(Note(case_id=case.id, at=NOW, kind="call", body="Spoke."))
    caseload.store.update(
        case, stage="aftercare", acknowledged=FITTED, cadence="no_calls", received=NOW
    )
    for name in faulty:
        caseload.store.add(
            Measure(case_id=case.id, name=name, state="faulty", fitted_on=FITTED, fund="hpg")
        )
    for fault in told:
        caseload.store.add(
            AftercareCheck(case_id=case.id, kind="extra", done_on=TODAY, fault=fault)
        )
    return case


def states(caseload: Caseload, case: Case) -> list[str]:
    return [one.state for one in the_file(caseload, case).measures]


# --- the referral acknowledged --------------------------------------------------------------------


def test_acknowledging_writes_the_day_and_the_note_and_is_one_change(caseload: Caseload) -> None:
    case = referred(caseload)
    caseload.store.update(case, received=datetime(2026, 11, 24, 12, tzinfo=UTC))
    assert "acknowledge" in rules(caseload)
    settling.acknowledge(caseload, case.id, "by secure email")
    file = the_file(caseload, case)
    assert file.case.acknowledged == TODAY
    assert [note.body for note in file.notes] == ["acknowledge the referral: by secure email"]
    assert "acknowledge" not in rules(caseload)
    assert caseload.store.undo_last() == "referral acknowledged"
    file = the_file(caseload, case)
    assert (file.case.acknowledged, file.notes) == (None, [])
    assert "acknowledge" in rules(caseload)


# --- faults ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("new", "said"), [("", ""), ("euro cylinder, same keys", "Back lock")])
def test_a_fault_mended_or_replaced_is_no_fault_any_more(
    caseload: Caseload, new: str, said: str
) -> None:
    case = in_aftercare(caseload, "Back lock")
    assert "fault" in rules(caseload)
    settling.mend(caseload, the_file(caseload, case).measures[0].id, SETTINGS, replaced_by=new)
    file = the_file(caseload, case)
    assert [(one.state, one.fitted_on) for one in file.measures] == [("fitted", FITTED)]
    bodies = [note.body for note in file.notes if note.kind == "done"]
    assert bodies == ([f"{said}: replaced: {new}"] if new else [])
    assert "fault" not in rules(caseload)
    assert caseload.store.undo_last() == ("replaced: Back lock" if new else "mended: Back lock")
    assert states(caseload, case) == ["faulty"]
    assert [n for n in the_file(caseload, case).notes if n.kind == "done"] == []
    assert "fault" in rules(caseload)


def test_a_told_fault_goes_with_the_measure_marked_for_it(caseload: Caseload) -> None:
    """The two are one job: mended, neither line stands; undone, both are as they were."""
    case = in_aftercare(caseload, "Back lock", told=("lock sticks",))
    before = titles(caseload)
    assert [text for text in before if "sticks" in text] == []
    settling.mend(caseload, the_file(caseload, case).measures[0].id, SETTINGS)
    assert rules(caseload) == set()
    caseload.store.undo_last()
    assert titles(caseload) == before


def test_a_told_fault_that_nobody_marked_outlives_the_mending_of_another(
    caseload: Caseload,
) -> None:
    case = in_aftercare(caseload, "Back lock", told=("lock sticks", "light flickers"))
    settling.mend(caseload, the_file(caseload, case).measures[0].id, SETTINGS)
    assert titles(caseload) == ["mend: light flickers"]


def test_a_fault_and_a_booking_know_their_days(caseload: Caseload) -> None:
    case = in_aftercare(caseload)
    fit = {"case_id": case.id, "state": "fitted", "fitted_on": FITTED}
    light = caseload.store.add(Measure(catalogue_id=31, **fit))
    work.set_measure_state(caseload, light.id, "faulty", SETTINGS)
    assert the_file(caseload, case).measures[0].faulty_since == TODAY
    given = {"kind": "repair", "on": date(2026, 12, 10)}
    booked = work.book(caseload, case.id, given, SETTINGS)
    assert booked.booked_on == TODAY
    assert "fault" not in rules(caseload)
    own = records.keep_record(caseload, Visit, case.id, 0, given, SETTINGS)
    assert isinstance(own, Visit)
    assert own.booked_on == TODAY
    lock = caseload.store.add(Measure(catalogue_id=9, **fit))
    work.set_measure_state(caseload, lock.id, "faulty", SETTINGS)
    assert [text for text in titles(caseload) if text.startswith("fault")] == [
        "fault: Euro cylinder with thumbturn"
    ]
    settling.mend(caseload, lock.id, SETTINGS)
    assert [one.faulty_since for one in the_file(caseload, case).measures] == [TODAY, None]


def test_a_measure_marked_for_a_told_fault_is_faulty_since_it_was_told(caseload: Caseload) -> None:
    case = in_aftercare(caseload)
    told = date(2026, 11, 24)
    caseload.store.add(AftercareCheck(case_id=case.id, done_on=told, fault="lock sticks"))
    lock = caseload.store.add(
        Measure(case_id=case.id, catalogue_id=9, state="fitted", fitted_on=FITTED)
    )
    work.set_measure_state(caseload, lock.id, "faulty", SETTINGS)
    assert the_file(caseload, case).measures[0].faulty_since == told
    work.set_measure_state(caseload, lock.id, "fitted", SETTINGS)
    assert the_file(caseload, case).measures[0].faulty_since is None


def test_a_visit_that_was_not_made_settles_no_fault_it_was_booked_for(caseload: Caseload) -> None:
    case = in_aftercare(caseload, told=("light flickers",))
    visit = work.book(caseload, case.id, {"kind": "repair", "on": TODAY}, SETTINGS)
    assert [text for text in titles(caseload) if "light" in text] == []
    settling.visited(caseload, visit.id, "no_access", SETTINGS)
    file = the_file(caseload, case)
    assert {one.title_text: one.state for one in file.reminders}["mend: light flickers"] == "open"


@pytest.mark.parametrize(
    ("number", "due", "again"),
    [
        (2, None, date(2027, 11, 26)),  # an alarmed wedge: twelve months
        (2, date(2026, 12, 1), date(2027, 11, 26)),
        (33, date(2026, 12, 1), date(2027, 2, 26)),
        (None, date(2026, 12, 1), date(2027, 1, 26)),  # two months, as it was given before
        (None, None, None),
    ],
)
def test_another_devices_battery_counts_from_today(
    caseload: Caseload, number: int | None, due: date | None, again: date | None
) -> None:
    case = in_aftercare(caseload, "Alarm")
    measure = the_file(caseload, case).measures[0]
    caseload.store.update(measure, catalogue_id=number, maintenance_due=due)
    settling.mend(caseload, measure.id, SETTINGS)
    assert the_file(caseload, case).measures[0].maintenance_due == due
    caseload.store.undo_last()
    settling.mend(caseload, measure.id, SETTINGS, replaced_by="a new one")
    assert the_file(caseload, case).measures[0].maintenance_due == again


def test_batteries_changed_are_due_again_by_their_date(caseload: Caseload) -> None:
    case = in_aftercare(caseload)
    for number, due in ((1, TODAY), (2, TODAY), (None, TODAY), (13, None)):
        caseload.store.add(
            Measure(
                case_id=case.id,
                catalogue_id=number,
                state="fitted",
                fitted_on=FITTED if number else None,
                maintenance_due=due,
            )
        )
    ids = [one.id for one in the_file(caseload, case).measures]
    assert titles(caseload) == ["upkeep: 3 of them are due"]
    settling.upkeep_done(caseload, case.id, ids[:1])
    assert titles(caseload) == ["upkeep: alarmed door wedge, measure"]
    settling.upkeep_done(caseload, case.id, ids[1:3])
    year = date(2027, 11, 26)
    dues = [one.maintenance_due for one in the_file(caseload, case).measures]
    assert dues == [year, year, None, None]
    assert "battery" not in rules(caseload)
    caseload.store.undo_last()
    assert "battery" in rules(caseload)


def test_an_incident_is_asked_for_by_the_rules_alone(caseload: Caseload) -> None:
    """At 00:30 in summer it is another day in UTC."""
    case = in_aftercare(caseload)
    at = datetime(2026, 7, 16, 23, 30, tzinfo=UTC)  # Friday 17 July, 00:30
    records.keep_record(caseload, Incident, case.id, 0, {"at": at, "kind": "contact"}, SETTINGS)
    file = the_file(caseload, case)
    found = {x.rule: (x.title_text, x.due) for x in file.reminders if x.state == "open"}
    monday = date(2026, 7, 20)
    assert found == {
        "risk_review": ("assess risk: something happened", monday),
        "plan_review": ("make a safety plan: something happened", monday),
    }


def test_the_count_of_aftercare_is_that_of_its_screen(caseload: Caseload) -> None:
    case = in_aftercare(caseload, "Back lock", "Light")
    caseload.store.add(
        Measure(case_id=case.id, catalogue_id=1, state="fitted", maintenance_due=TODAY)
    )

    def both() -> tuple[int, int]:
        lines = views.aftercare_view(caseload, TODAY, SETTINGS)
        shown = [line for line in lines if line.group != "later"]
        return views.counts(caseload, TODAY, SETTINGS)["aftercare"], len(shown)

    assert both() == (3, 3)
    light = next(one for one in the_file(caseload, case).reminders if "Light" in one.title_text)
    work.snooze(caseload, light.id, date(2026, 12, 14))
    assert both() == (2, 2)


# --- a repair visit -------------------------------------------------------------------------------


def test_a_repair_done_settles_what_was_mended_in_one_change(caseload: Caseload) -> None:
    case = in_aftercare(caseload, "Back lock", "Light", told=("lock sticks", "light flickers"))
    visit = caseload.store.add(Visit(case_id=case.id, kind="repair", on=TODAY))
    before = titles(caseload)
    lock, light = the_file(caseload, case).measures
    settling.visited(caseload, visit.id, "done", SETTINGS, mended=(lock.id, light.id))
    assert states(caseload, case) == ["fitted", "fitted"]
    assert the_file(caseload, case).visits[0].outcome == "done"
    assert rules(caseload) == set()
    assert caseload.store.undo_last() == "visit: outcome"
    assert states(caseload, case) == ["faulty", "faulty"]
    assert the_file(caseload, case).visits[0].outcome == "booked"
    assert titles(caseload) == before


def test_what_a_repair_did_not_mend_stays(caseload: Caseload) -> None:
    case = in_aftercare(caseload, "Back lock", "Light")
    visit = caseload.store.add(Visit(case_id=case.id, kind="repair", on=TODAY))
    settling.visited(
        caseload, visit.id, "done", SETTINGS, mended=(the_file(caseload, case).measures[1].id,)
    )
    assert states(caseload, case) == ["faulty", "fitted"]
    assert titles(caseload) == ["fault: Back lock"]


# --- the landlord's own scheme --------------------------------------------------------------------


def with_landlord(caseload: Caseload) -> Case:
    case = referred(caseload)
    caseload.store.add(Note(case_id=case.id, at=NOW, kind="call", body="Spoke."))
    caseload.store.update(case, stage="survey", ha_scheme="yes", ha_return_due=TODAY)
    caseload.store.add(Measure(case_id=case.id, name="Lock", state="approved", fund="ha"))
    caseload.store.add(Measure(case_id=case.id, name="Light", state="proposed", fund="hpg"))
    return case


def answer_notes(caseload: Caseload, case: Case) -> list[str]:
    return [one.body for one in the_file(caseload, case).notes if one.kind == "done"]


def landlord_lines(caseload: Caseload) -> list[tuple[str, date | None]]:
    lines = views.today_view(caseload, TODAY, SETTINGS).lines
    return [(line.text, line.due) for line in lines if line.rule == "ha_return"]


def test_the_landlord_does_it(caseload: Caseload) -> None:
    """Said yes is not yet fitted: the case waits for the landlord's works, by a day."""
    case = with_landlord(caseload)
    later = date(2026, 12, 3)
    settling.landlords_answer(caseload, case.id, "yes", SETTINGS, until=later)
    kept = the_file(caseload, case)
    assert (kept.case.ha_scheme, kept.case.ha_answer) == ("yes", "yes")
    assert [(one.state, one.fund) for one in kept.measures] == [
        ("approved", "ha"),
        ("proposed", "hpg"),
    ]
    assert answer_notes(caseload, case) == ["landlord's own scheme: yes, they do it, by Thu 3 Dec"]
    assert landlord_lines(caseload) == [("landlord's own scheme: is it fitted?", later)]
    caseload.store.undo_last()
    assert landlord_lines(caseload) == [("landlord's own scheme: answer due", TODAY)]
    assert answer_notes(caseload, case) == []


def test_a_yes_without_a_later_day_is_asked_for_one(caseload: Caseload) -> None:
    case = with_landlord(caseload)
    for until in (None, TODAY):
        with pytest.raises(RefusedError, match="later than today"):
            settling.landlords_answer(caseload, case.id, "yes", SETTINGS, until=until)
    assert the_file(caseload, case).case.ha_answer == "not_asked"


def test_what_the_landlord_does_not_do_becomes_a_gap_to_fund(caseload: Caseload) -> None:
    case = with_landlord(caseload)
    settling.landlords_answer(caseload, case.id, "no", SETTINGS)
    kept = the_file(caseload, case)
    assert (kept.case.ha_scheme, kept.case.ha_return_due) == ("yes", None)
    assert kept.case.ha_answer == "no"
    found = [(one.name, one.state, one.fund == "ha") for one in kept.measures]
    assert found == [
        ("Lock", "declined", True),
        ("Light", "proposed", False),
        ("Lock", "proposed", False),
    ]
    assert answer_notes(caseload, case) == ["landlord's own scheme: no"]
    assert "ha_return" not in rules(caseload)
    assert caseload.store.undo_last() == "landlord's own scheme: no"
    assert states(caseload, case) == ["approved", "proposed"]
    assert "ha_return" in rules(caseload)


def test_no_answer_yet_has_a_new_day(caseload: Caseload) -> None:
    case = with_landlord(caseload)
    for until in (None, TODAY):
        with pytest.raises(RefusedError, match="later than today"):
            settling.landlords_answer(caseload, case.id, "waiting", SETTINGS, until=until)
    later = date(2026, 12, 1)
    settling.landlords_answer(caseload, case.id, "waiting", SETTINGS, until=later)
    assert the_file(caseload, case).case.ha_return_due == later
    lines = views.today_view(caseload, TODAY, SETTINGS).lines
    assert [(x.group, x.due) for x in lines if x.rule == "ha_return"] == [("coming", later)]
    assert answer_notes(caseload, case) == [
        "landlord's own scheme: no answer yet, asked for by Tue 1 Dec"
    ]


# --- what is not faulty ---------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["removed", "fitted", "proposed", "declined"])
def test_only_what_is_faulty_is_mended(caseload: Caseload, state: str) -> None:
    case = in_aftercare(caseload)
    measure = caseload.store.add(
        Measure(case_id=case.id, name="Back lock", state=state, fitted_on=FITTED)
    )
    visit = caseload.store.add(Visit(case_id=case.id, kind="repair", on=TODAY))
    for settle in (
        lambda: settling.mend(caseload, measure.id, SETTINGS),
        lambda: settling.mend(caseload, measure.id, SETTINGS, replaced_by="Another"),
        lambda: settling.visited(caseload, visit.id, "done", SETTINGS, mended=[measure.id]),
    ):
        with pytest.raises(RefusedError, match="not faulty"):
            settle()
        assert states(caseload, case) == [state]
        assert the_file(caseload, case).visits[-1].outcome == "booked"
