"""The demonstration caseload: the same every time, believable, awkward where it should be."""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.calendar import is_working_day
from config.codes import CODES, CONSENT_OPEN, STAGES, split
from config.safetimes import parse_safe_times
from config.settings import default_settings
from db import queries, seal
from db.caseload import Caseload, open_caseload
from db.models import BY_TABLE, CASELESS
from db.record import Record, specs
from db.validation import model_of
from sanctuary_tui import demo, funds, sealing, work
from sanctuary_tui.demodata import district
from sanctuary_tui.demodata.awkward_people import LONG_NAME
from sanctuary_tui.demodata.timeline import Clock, Story
from sanctuary_tui.opening import derive_with
from sanctuary_tui.views import consent_view, today_view

TODAY = date(2026, 11, 26)
_BUILT: dict[tuple[object, ...], list[Story]] = {}


def built(cases: int = 150, seed: int = 1, today: date = TODAY, light: bool = False) -> list[Story]:
    """A caseload told once for all tests."""
    asked = (cases, seed, today, light)
    if asked not in _BUILT:
        _BUILT[asked] = demo.build(cases, seed, today, light=light)
    return _BUILT[asked]


def case_stories(told: list[Story]) -> list[Story]:
    return told[1:]


def named(name: str, told: list[Story] | None = None) -> dict[str, Record]:
    """The records a story leaves behind, by target."""
    return next(story.final() for story in told or built() if story.name == name)


def of(records: dict[str, Record], table: str) -> list[Any]:
    return [record for record in records.values() if record.table == table]


def all_records(told: list[Story]) -> Iterator[Record]:
    for story in told:
        yield from story.final().values()


def texts(told: list[Story]) -> Iterator[str]:
    for record in all_records(told):
        for item in fields(record):
            value = getattr(record, item.name)
            if isinstance(value, str):
                yield value


def digest(told: list[Story]) -> str:
    """One line for every step, hashed."""
    drawn = hashlib.sha256()
    for story in told:
        drawn.update(f"{story.name}|{story.kind}\n".encode())
        for step in story.steps:
            drawn.update(repr(step).encode())
    return drawn.hexdigest()


# --- the same every time --------------------------------------------------------------------------


def test_same_seed_gives_the_same_steps() -> None:
    again = demo.build(150, 1, TODAY)
    assert digest(again) == digest(built())


def test_another_seed_gives_other_cases() -> None:
    assert digest(built(60, 2)) != digest(built(60, 1))


def test_a_caseload_has_the_cases_asked_for() -> None:
    for cases in (0, 1, 5, 40, 150):
        told = built(cases)
        assert told[0].kind == "district"
        assert [story.kind for story in told].count("district") == 1
        assert len(case_stories(told)) == cases
        assert all("case" in story.final() for story in case_stories(told))


def test_stories_come_in_order_of_start_and_are_the_same() -> None:
    streamed = list(demo.stories(300, 3, TODAY))
    starts = [story.start for story in streamed]
    assert starts == sorted(starts)
    by_name = {story.name: story for story in demo.build(300, 3, TODAY)}
    assert len(by_name) == len(streamed)
    for story in streamed:
        assert digest([story]) == digest([by_name[story.name]])


def shape(told: list[Story]) -> list[object]:
    """A caseload without its dates."""
    return [
        (story.name, [_undated(step, step.record, step.changes) for step in story.steps])
        for story in told
    ]


def _undated(step: Any, record: Record | None, changes: dict[str, Any] | None) -> object:
    def kept(value: object) -> object:
        return "a date" if isinstance(value, date) else value

    held = {}
    if record is not None and is_dataclass(record):
        held = {item.name: kept(getattr(record, item.name)) for item in fields(record)}
        if record.table == "funds":
            held = {"kind": held["kind"], "budget": held["budget"]}
    changed = {name: kept(value) for name, value in (changes or {}).items()}
    links = {name: to for name, to in (step.links or {}).items() if name != "fund_id"}
    return (step.target, type(record).__name__, held, changed, links, step.why)


@pytest.mark.parametrize("today", [date(2026, 12, 1), date(2027, 1, 2), date(2028, 7, 13)])
def test_another_today_moves_the_whole_caseload(today: date) -> None:
    then, now = built(), built(today=today)
    assert shape(then) == shape(now)
    moved = today - TODAY
    slips = []
    for before, after in zip(then, now, strict=True):
        for one, other in zip(before.steps, after.steps, strict=True):
            slips.append(abs((other.at - one.at) - moved))
    # Bank holidays and weekends shift a step by days; a MARAC's own calendar by a fortnight.
    assert max(slips) < timedelta(days=21)
    assert sorted(slips)[len(slips) // 2] < timedelta(days=5)


def test_steps_fall_in_office_hours_before_today_and_in_order() -> None:
    for today in (TODAY, date(2027, 1, 2)):
        clock = Clock(today)
        for story in built(today=today):
            times = [step.at for step in story.steps]
            assert times == sorted(times), story.name
            assert times[-1].date() < today, story.name
            for at in times:
                assert at.tzinfo is UTC
                assert is_working_day(at.date()), (story.name, at)
                assert clock.at(at.date(), 9 * 60) <= at <= clock.at(at.date(), 17 * 60 + 20)


def test_summer_time_is_reckoned() -> None:
    clock = Clock(TODAY)
    assert clock.at(date(2026, 7, 1), 600) == datetime(2026, 7, 1, 9, tzinfo=UTC)
    assert clock.at(date(2026, 3, 29), 600) == datetime(2026, 3, 29, 9, tzinfo=UTC)
    assert clock.at(date(2026, 10, 25), 600) == datetime(2026, 10, 25, 10, tzinfo=UTC)


@pytest.mark.parametrize("day", range(0, 40, 3))
def test_meetings_follow_the_calendar(day: int) -> None:
    today = TODAY + timedelta(days=day)
    clock = Clock(today)
    assert timedelta(days=7) <= clock.meeting(1) - today < timedelta(days=21)
    assert clock.meeting(0) - today < timedelta(days=7)
    assert today - clock.meeting(-1) >= timedelta(days=8)
    first = default_settings().marac.first_meeting
    assert (clock.meeting(1) - first).days % 14 == 0


# --- valid ----------------------------------------------------------------------------------------


def test_every_field_is_valid() -> None:
    for told in (built(400), built(150, light=True)):
        for record in all_records(told):
            declared = specs(type(record))
            values = {name: getattr(record, name) for name in declared}
            model_of(type(record)).model_validate(values)
            for name, spec in declared.items():
                value = values[name]
                if spec.kind == "code":
                    assert value in CODES[spec.codes] or value == "", (record.table, name, value)
                if spec.kind == "codes":
                    known = list(CODES[spec.codes])
                    places = [known.index(code) for code in split(value)]
                    assert places == sorted(set(places)), (record.table, name, value)


def test_fields_of_one_role_stay_with_it() -> None:
    for record in all_records(built(400)):
        if record.table != "people":
            continue
        blank = type(record)()
        for name, spec in specs(type(record)).items():
            if spec.roles and record.role not in spec.roles:  # type: ignore[attr-defined]
                assert getattr(record, name) == getattr(blank, name), (name, record)


def test_changes_and_links_name_what_is_there() -> None:
    told = built()
    shared = {f"{story.name}/{step.target}" for story in told for step in story.steps}
    for story in told:
        seen: dict[str, Record] = {}
        for step in story.steps:
            if step.record is not None:
                assert step.target not in seen, (story.name, step.target)
                seen[step.target] = step.record
            declared = specs(type(seen[step.target]))
            for name in step.changes or {}:
                assert name in declared or name in ("ref", "demo"), (story.name, name)
            for name, to in (step.links or {}).items():
                assert name in declared
                target = to.partition("#")[0]
                if "/" in target:
                    assert target in shared, (story.name, target)
                else:
                    assert target in seen, (story.name, target)


def test_dash_answers_and_scores_agree() -> None:
    seen: Counter[str] = Counter()
    for record in all_records(built(600)):
        if record.table != "risk_assessments":
            continue
        answers, score = record.answers, record.score  # type: ignore[attr-defined]
        if answers:
            assert len(answers) == 24
            assert set(answers) <= set("ynd.")
            assert answers.count("y") == score
        else:
            assert score is not None
        seen["answers" if answers else "score"] += 1
    assert 0.7 < seen["answers"] / sum(seen.values()) < 0.86


# --- nobody and nowhere ---------------------------------------------------------------------------

_PHONE = re.compile(r"\b0\d{4} ?\d{6}\b|\b0\d{3} ?\d{3} ?\d{4}\b|\+44")
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b")


def test_only_numbers_kept_for_drama() -> None:
    found = [number for text in texts(built(600)) for number in _PHONE.findall(text)]
    assert len(found) > 600
    kept = re.compile(r"(01632 960\d{3}|07700 900\d{3})")
    assert [number for number in found if not kept.fullmatch(number)] == []


def test_only_postcodes_that_cannot_exist() -> None:
    found = [code for text in texts(built(600)) for code in _POSTCODE.findall(text)]
    assert len(found) > 500
    assert {code for code in found if not re.fullmatch(r"ZZ[1-9] [1-9][A-Z]{2}", code)} == set()


def test_only_addresses_at_example_domains() -> None:
    found = [text for text in texts(built()) if "@" in text]
    assert found
    assert [text for text in found if not text.endswith(("@example.org", ".invalid"))] == []


def test_nothing_sent_to_an_owner_tells_why() -> None:
    words = re.compile(r"abuse|violen|perpetrator|survivor|police|victim|refuge", re.IGNORECASE)
    for record in all_records(built(600)):
        if record.table == "consent_requests":
            assert not words.search(record.wording)  # type: ignore[attr-defined]
        if record.table == "consent_events" and record.kind in ("sent", "chase"):  # type: ignore[attr-defined]
            assert not words.search(record.words)  # type: ignore[attr-defined]


def test_notes_hold_no_codes() -> None:
    for record in all_records(built(600)):
        if record.table == "notes":
            assert not re.search(r"\b(code|PIN)\b.{0,12}\d{3,}", record.body)  # type: ignore[attr-defined]


# --- believable -----------------------------------------------------------------------------------


def test_a_coordinators_150_cases() -> None:
    cases = [story.final() for story in case_stories(built())]
    stages = Counter(records["case"].stage for records in cases)  # type: ignore[attr-defined]
    assert set(stages) == set(STAGES)
    assert 0.5 <= stages["closed"] / 150 <= 0.6
    assert 26 <= stages["aftercare"] <= 34
    waiting = [
        request
        for records in cases
        if records["case"].status == "open"  # type: ignore[attr-defined]
        for request in of(records, "consent_requests")
        if request.state in CONSENT_OPEN
    ]
    assert 9 <= len(waiting) <= 14
    for records in cases:
        closed = records["case"].stage == "closed"  # type: ignore[attr-defined]
        assert closed == (records["case"].status == "closed")  # type: ignore[attr-defined]
        if closed:
            assert of(records, "closures")[-1].outcome in CODES["close_outcome"]


def test_shares_are_those_of_the_figures() -> None:
    cases = [story.final() for story in case_stories(built(2_000))]
    survivors = [records["survivor"] for records in cases if "survivor" in records]
    women = Counter(person.gender for person in survivors)["woman"] / len(survivors)  # type: ignore[attr-defined]
    assert 0.93 < women < 0.975
    children = sum(1 for records in cases for name in records if name.startswith("child."))
    assert 1.16 < children / len(cases) < 1.5
    listed = sum(1 for records in cases if of(records, "marac_listings"))
    assert 0.11 < listed / len(cases) < 0.16
    costs = [spend.gross for records in cases for spend in of(records, "expenditures")]
    assert 125_00 < sum(costs) / len(costs) < 478_26
    assert max(costs) < 4_000_00
    rooms = sum(1 for cost in costs if cost > 2_000_00) / len(costs)
    assert 0.01 < rooms < 0.05
    offers = [support for records in cases for support in of(records, "support")]
    declined = Counter(support.answer for support in offers)["declined"] / len(offers)
    assert 0.14 < declined < 0.25


def test_fittings_take_days_to_weeks() -> None:
    days = []
    for story in case_stories(built(1_000)):
        if story.kind != "ordinary":
            continue
        fitted = next((s.at for s in story.steps if (s.changes or {}).get("fitted_on")), None)
        if fitted is not None:
            days.append((fitted - story.start).days)
    days.sort()
    assert days[0] <= 5
    assert 10 <= days[len(days) // 2] <= 30
    assert days[int(len(days) * 0.95)] <= 73


def test_larger_caseloads_grow_history_not_the_desk() -> None:
    told = built(3_000, light=True)
    still_open = sum(1 for story in told[1:] if story.final_case().status == "open")
    assert 250 < still_open < 450
    assert told[0].start < datetime(2017, 1, 1, tzinfo=UTC)


def test_light_histories_are_shorter() -> None:
    full = sum(len(story.steps) for story in built(400))
    light = sum(len(story.steps) for story in built(400, light=True))
    assert light < full * 0.75


# --- scenarios and awkward cases ------------------------------------------------------------------


def test_the_scenarios_come_first() -> None:
    told = built()
    assert [story.kind for story in told[1:8]] == ["scenario"] * 6 + ["awkward"]
    people = [(s.final()["survivor"].first_name, s.final()["survivor"].surname) for s in told[1:7]]  # type: ignore[attr-defined]
    assert people == [
        ("Mara", "Ellwood"),
        ("Jonah", "Birtwell"),
        ("Kerry-Ann", "Osei"),
        ("Priya", "Dhanda"),
        ("Lena", "Sobczak"),
        ("Tom", "Ferris"),
    ]


def test_a_agent_silent() -> None:
    records = named("A agent silent")
    (request,) = of(records, "consent_requests")
    assert request.state == "silent"
    assert request.agent == "Thorne Lettings"
    assert TODAY - request.sent_on == timedelta(days=21) or not is_working_day(
        TODAY - timedelta(days=21)
    )
    kinds = Counter(event.kind for event in of(records, "consent_events"))
    assert kinds == {"sent": 1, "auto_reply": 1, "chase": 4, "owner_details": 1}
    assert "security" in request.wording


def test_b_deaf_survivor() -> None:
    records = named("B deaf survivor")
    survivor: Any = records["survivor"]
    assert split(survivor.communication) == ("bsl", "text_only")
    bar: Any = records["bar"]
    assert (bar.escape_affecting, bar.escape_checked) == ("yes", "no")
    assert any(measure.access_need for measure in of(records, "measures"))


def test_c_release_tomorrow() -> None:
    records = named("C release tomorrow")
    case: Any = records["case"]
    perpetrator: Any = records["perpetrator"]
    assert case.urgency == "emergency"
    assert case.received.hour * 60 + case.received.minute == 13 * 60 + 10
    assert perpetrator.release_date == TODAY + timedelta(days=1)
    assert perpetrator.weapons == "yes"
    assert of(records, "risk_assessments") == []
    assert of(records, "marac_listings")[0].listing_type == "emergency"


def test_d_joint_tenant() -> None:
    records = named("D joint tenant")
    home: Any = records["home"]
    assert (home.named_parties, home.tenure) == ("joint", "council")
    assert [order.kind for order in of(records, "legal_orders")] == ["nmo"]
    assert {item.catalogue_id for item in of(records, "measures")} <= {1, 2, 3, 4, 5}


def test_e_in_house_scheme() -> None:
    records = named("E in-house scheme")
    case: Any = records["case"]
    assert case.ha_return_due == Clock(TODAY).work(2)
    assert [risk.score for risk in of(records, "risk_assessments")] == [11]
    assert sum(1 for person in of(records, "people") if person.role == "child") == 2


def test_f_moved_away() -> None:
    records = named("F moved away")
    (address,) = of(records, "safe_addresses")
    assert address.address
    home: Any = records["home"]
    assert home.moved_out is not None
    assert home.police_marker == "removal_asked"
    heard = of(records, "marac_listings")[0].heard_on
    assert timedelta(days=190) < TODAY - heard < timedelta(days=230)


def test_every_awkward_case_is_there() -> None:
    told = {story.name: story for story in built()}
    for name, (stage, _) in demo.AWKWARD.items():
        assert told[name].final_case().stage == stage, name


def test_awkward_people() -> None:
    assert named("very long name")["survivor"].surname == LONG_NAME[1]  # type: ignore[attr-defined]
    assert named("single name")["survivor"].surname == ""  # type: ignore[attr-defined]
    assert "\u200c" in named("Persian script")["survivor"].first_name  # type: ignore[attr-defined]
    assert "'" in named("apostrophes and diacritics")["survivor"].surname  # type: ignore[attr-defined]
    assert any("[/bold]" in note.body for note in of(named("markup in a note"), "notes"))
    assert max(len(note.body) for note in of(named("5,000-character note"), "notes")) == 5_000
    missing = named("no date of birth, no address")
    assert missing["survivor"].dob is None  # type: ignore[attr-defined]
    assert missing["home"].address == ""  # type: ignore[attr-defined]
    assert named("do not contact")["case"].do_not_contact == "yes"  # type: ignore[attr-defined]
    assert named("no calls")["case"].cadence == "no_calls"  # type: ignore[attr-defined]
    two = of(named("two perpetrators"), "people")
    assert sum(1 for person in two if person.role == "perpetrator") == 2
    case: Any = named("two perpetrators")["case"]
    (phone, *_) = of(named("two perpetrators"), "contact_points")
    times = parse_safe_times(phone.times)
    assert (phone.safe, times.words()) == ("times", "Mon-Fri 10:00-14:30")
    assert parse_safe_times(case.contact_times) == times
    young: Any = named("perpetrator under 18")["perpetrator"]
    assert (TODAY - young.dob).days < 18 * 365
    assert set(named("left half-done")) == {"case"}
    assert named("male survivor")["survivor"].gender == "man"  # type: ignore[attr-defined]
    assert named("adult child to parent")["perpetrator"].relationship == "child"  # type: ignore[attr-defined]
    assert named("confidential address")["home"].confidential == "yes"  # type: ignore[attr-defined]
    same = [named(f"same surname, {state}")["survivor"].surname for state in ("open", "closed")]  # type: ignore[attr-defined]
    assert same[0] == same[1]


def test_awkward_cases() -> None:
    lapsed = named("lapsed order, half fitted")
    assert of(lapsed, "legal_orders")[0].expiry < TODAY
    states = Counter(measure.state for measure in of(lapsed, "measures"))
    assert states["fitted"] >= 2
    assert states["approved"] == 2
    granted = of(named("consent with conditions"), "consent_requests")[0]
    assert granted.state == "granted_conditional"
    assert granted.conditions
    assert of(named("consent refused"), "consent_requests")[0].state == "refused"
    parts = {request.part for request in of(named("common parts"), "consent_requests")}
    assert parts == {"dwelling", "common_parts"}
    listings = of(named("MARAC repeat"), "marac_listings")
    assert [listing.listing_type for listing in listings] == ["new", "repeat"]
    reopened = named("closed and reopened")
    assert reopened["case"].status == "open"  # type: ignore[attr-defined]
    assert of(reopened, "closures")
    assert any(item.state == "faulty" for item in of(named("faulty lock"), "measures"))
    due = [item.maintenance_due for item in of(named("battery due"), "measures")]
    assert any(day is not None and day <= TODAY for day in due)


# --- through the real store -----------------------------------------------------------------------


@pytest.fixture
def caseload(tmp_path: Path) -> Iterator[Caseload]:
    opened = open_caseload(
        tmp_path / "caseload.db",
        os.urandom(32),
        derive=derive_with(default_settings()),
        who="Coordinator",
        today=lambda: TODAY,
        create=True,
    )
    yield opened
    opened.close()


def rows(caseload: Caseload, sql: str) -> list[Any]:
    return list(caseload.connection.execute(sql).fetchall())


def test_the_store_takes_it_all(caseload: Caseload) -> None:
    demo.fill(caseload.store, 150, 1, TODAY)
    told = built()
    wanted = Counter(record.table for record in all_records(told))
    for table, kept in wanted.items():
        # Reminders are also derived by rule, beside the one a story adds.
        (found,) = rows(caseload, f"SELECT count(*) FROM main.{table}")[0]
        assert found == kept or (table == "reminders" and found > kept), table
    for table in BY_TABLE:
        if table not in CASELESS:
            orphans = rows(caseload, f"SELECT count(*) FROM {table} WHERE case_id = 0")
            assert orphans[0][0] == 0, table
    (demos,) = rows(caseload, "SELECT count(*) FROM main.cases WHERE demo = 1")[0]
    assert demos == 150
    refs = [ref for (ref,) in rows(caseload, "SELECT ref FROM cases ORDER BY id")]
    assert refs == sorted(refs)
    still_open = [story for story in case_stories(told) if story.final_case().status == "open"]
    assert len(queries.cards(caseload.connection)) == len(still_open) - 1  # one is sealed


def test_one_case_is_sealed_by_its_register(caseload: Caseload) -> None:
    """A member of staff is the perpetrator, so the list of sealed cases can be looked at."""
    demo.fill(caseload.store, demo.SEALED_IN.start, 1, TODAY)
    assert len(seal.sealed_ids(caseload.connection)) == 1
    (line,) = sealing.sealed_view(caseload, "look", TODAY, default_settings()).lines
    assert line.due
    sealing.open_sealed(caseload, line.card.case_id, "look")
    file = work.must_find(caseload, line.card.case_id)
    (someone,) = file.connected_people
    (perpetrator,) = file.perpetrators
    assert (someone.kind, someone.party_id) == ("staff", perpetrator.id)
    assert file.case.conflict_flag == "yes"
    for cases in (demo.SEALED_IN.start - 1, demo.SEALED_IN.stop):
        told = demo.build(cases, 1, TODAY, light=True)
        assert len(case_stories(told)) == cases
        assert not [one for one in all_records(told) if one.table == "seals"]


def test_links_reach_the_right_rows(caseload: Caseload) -> None:
    demo.fill(caseload.store, 45, 1, TODAY)
    found = rows(
        caseload,
        "SELECT later.linked_cases, earlier.ref FROM cases AS later JOIN people AS p"
        " ON p.case_id = later.id AND p.role = 'survivor' JOIN people AS q"
        " ON q.first_name = p.first_name AND q.surname = p.surname AND q.case_id <> p.case_id"
        " AND q.role = 'survivor' JOIN cases AS earlier ON earlier.id = q.case_id"
        " WHERE later.linked_cases <> ''",
    )
    assert len(found) == 1
    assert found[0][0] == found[0][1]
    stray = rows(
        caseload,
        "SELECT count(*) FROM consent_events AS e LEFT JOIN consent_requests AS r"
        " ON r.id = e.request_id AND r.case_id = e.case_id WHERE r.id IS NULL",
    )
    assert stray[0][0] == 0
    agents = rows(
        caseload,
        "SELECT o.name FROM consent_requests AS r JOIN organisations AS o ON o.id = r.agent_org_id"
        " WHERE r.agent = 'Thorne Lettings'",
    )
    assert ("Thorne Lettings",) in [tuple(row) for row in agents]


def test_played_from_a_list_or_a_stream_it_is_the_same(tmp_path: Path) -> None:
    kept = []
    for number, told in enumerate((demo.build(60, 5, TODAY), demo.stories(60, 5, TODAY))):
        opened = open_caseload(
            tmp_path / f"{number}.db",
            os.urandom(32),
            derive=derive_with(default_settings()),
            who="Coordinator",
            today=lambda: TODAY,
            create=True,
        )
        demo.write(told, opened.store)
        people = rows(opened, "SELECT case_id, role, first_name, surname, dob FROM people")
        kept.append((rows(opened, "SELECT ref, received, stage FROM cases"), people))
        opened.close()
    assert [tuple(map(tuple, part)) for part in kept[0]] == [
        tuple(map(tuple, part)) for part in kept[1]
    ]


def test_today_is_a_days_work(caseload: Caseload) -> None:
    demo.fill(caseload.store, 150, 1, TODAY)
    view = today_view(caseload, TODAY, default_settings())
    groups = Counter(line.group for line in view.lines)
    assert groups["overdue"] >= 4
    assert groups["today"] >= 5
    assert 20 <= view.urgent <= 50
    assert 9 <= len(consent_view(caseload, TODAY, default_settings())) <= 14


def test_partners_do_something_beside_what_the_cases_tell(caseload: Caseload) -> None:
    """Grants, actions of the group and referrals outward: some over, some due."""
    tables = {"grants", "group_actions", "referrals_out"}
    told = built()
    alone = district.story(150, 1, Clock(TODAY))
    assert [step for step in told[0].steps if step in alone.steps] == alone.steps
    assert Counter(one.table for one in all_records(told) if one.table in tables) == {
        "referrals_out": 41,
        "grants": 14,
        "group_actions": 5,
    }
    demo.fill(caseload.store, 150, 1, TODAY)
    lines = today_view(caseload, TODAY, default_settings()).lines
    assert [line.text for line in lines if line.rule == "group_action"] == [
        "working group: 2 actions due"
    ]
    asked = [line.text for line in lines if line.rule == "outward"]
    assert "left us: refuge, outcome?" in asked
    assert "flexible funding: answer?" not in asked  # each is answered by now
    year = funds.funds_view(caseload, 2026)
    spent = {line.kind: line.spent + line.committed for line in year.lines}
    assert spent["flexible"] > 0
    assert spent["feeling_safe"] > 0
    for cases in (149, 1_000):
        other = built(cases, light=True)
        assert not [one for one in all_records(other) if one.table in tables]


def test_district_has_funds_for_every_year_spent() -> None:
    for cases in (1, 150, 1_000):
        told = built(cases, light=cases > 500)
        funds = {step.target for step in told[0].steps if step.target.startswith("fund.")}
        used = {
            to.partition("/")[2]
            for story in told
            for step in story.steps
            for name, to in (step.links or {}).items()
            if name == "fund_id" and to.startswith(district.NAME)
        }
        assert used <= funds
