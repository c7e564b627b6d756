"""Scenario F of the domain reference: the survivor moved out of the area after the fitting.

Tom Ferris, private tenant; heard at MARAC seven months before; alarm, wedge, cylinder and bar
fitted; a police marker on the address; the new address is confidential.

==========  ============================================================================
day         what happens
==========  ============================================================================
 1 Apr      referral, DASH 16
 7 Apr      sent to the MARAC of 16 Apr, from the command line
16 Apr      heard
10 Jun      fitted, marker in place, aftercare begins
16 Nov      moved out; seven months after the MARAC
17 Nov      next MARAC to be told; new address kept apart
20 Nov      an unwanted message: inside the twelve months
23 Nov      marker off the old address (5 working days)
30 Nov      portable kit back (10 working days)
==========  ============================================================================
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from db import matching, queries, search
from db.models import (
    BY_TABLE,
    Case,
    Incident,
    MaracListing,
    Organisation,
    Person,
    Property,
    RiskAssessment,
    SafeAddress,
    Survey,
)
from sanctuary_tui import views, work
from sanctuary_tui.exports.tables import VIEWS
from sanctuary_tui.marac_work import record_outcome
from sanctuary_tui.pathway import marac, transfer, wording
from tests.scenarios.scenario_world import Day, World

REFERRED = date(2026, 4, 1)
LISTED = date(2026, 4, 7)
MEETING = date(2026, 4, 16)
FITTED = date(2026, 6, 10)
MOVED = date(2026, 11, 16)
TELL_MARAC = date(2026, 11, 17)
MESSAGE = date(2026, 11, 20)
MARKER_OFF = date(2026, 11, 23)
KIT_BACK = date(2026, 11, 30)
NEXT_MEETING = date(2026, 11, 26)
RADAR_ENDS = date(2027, 4, 7)

NEW_STREET = "14 Quillfeather Mews"
NEW_AREA = "Neighbouring county MARAC"
NEW_POSTCODE = "ZZ9 7QX"
OLD_STREET = "3 Tannery Yard"
ALARM, WEDGE, CYLINDER, BAR = 1, 2, 9, 13
DECISION = ("--basis", "crime_disorder", "--decided-by", "Coordinator")


def referral(world: World, day: Day) -> None:
    world.refer(
        day,
        route="police",
        safe="text_only",
        phone="07700 900322",
        first_name="Tom",
        surname="Ferris",
        dob=date(1988, 2, 3),
        address=OLD_STREET,
        tenure="prs",
        named_parties="survivor_sole",
    )
    day.log("Answered by text.", kind="text")
    day.chosen()
    day.keep(Person, day.file().perpetrators[0].id, weapons="no", whereabouts="local")
    day.supported(16, "Police")


def heard(world: World, day: Day) -> None:
    listing = day.file().marac_listings[0]
    record_outcome(day.caseload, listing.id, {"outcome": "Actions agreed"}, day.settings)


def fitted(world: World, day: Day) -> None:
    day.move("triage", "risk_support")
    assessment = day.file().risk_assessments[0]  # looked at again: as it was
    day.keep(RiskAssessment, assessment.id, review_due=day.day + timedelta(weeks=6))
    landlord = day.keep(Organisation, name="Old Landlord Homes", kind="landlord")
    day.keep(
        Property,
        day.home.id,
        landlord_id=landlord.id,
        evidence="seen",
        home_rights="no",
        police_marker="yes",
    )
    day.move("legal", "survey")
    day.keep(Survey, done_on=day.day, surveyor="Council surveyor")
    made = [
        work.add_measure(day.caseload, day.case_id, number, escape_checked="yes", fund="core")
        for number in (ALARM, WEDGE, CYLINDER, BAR)
    ]
    day.move("consent")
    day.granted("private_landlord", "Old Landlord Homes", decision_maker="Old Landlord Homes")
    day.move("approval")
    day.keep(Case, day.case_id, approved_by="Manager", approved_on=day.day)
    day.move("installation")
    for measure in made:
        work.set_measure_state(day.caseload, measure.id, "fitted", day.settings, instructions="yes")
    day.keep(Case, day.case_id, cadence="standard", aftercare_method="By text")
    day.move("aftercare")


def moved(world: World, day: Day) -> None:
    day.keep(Property, day.home.id, moved_out=day.day)
    day.keep(SafeAddress, address=NEW_STREET, postcode=NEW_POSTCODE, since=day.day, area=NEW_AREA)


def live_until_moved(world: World) -> None:
    with world.on(REFERRED) as day:
        referral(world, day)
    export(world, LISTED, "first", "--case", "S26-1", *DECISION)
    with world.on(MEETING) as day:
        heard(world, day)
    with world.on(FITTED) as day:
        fitted(world, day)
    with world.on(MOVED) as day:
        moved(world, day)


def export(world: World, day: date, folder: str, *options: str, status: int = 0) -> str:
    """``sanctuary export marac`` into a folder of its own."""
    out = world.paths.data_dir / folder
    return world.run(
        "export",
        "marac",
        "--out",
        str(out),
        "--protect",
        "csv",
        *options,
        today=day,
        status=status,
    )


def rows_in(world: World, folder: str) -> list[dict[str, str]]:
    files = [path for path in (world.paths.data_dir / folder).glob("MX-*.csv") if _is_list(path)]
    assert len(files) == 1
    return list(csv.DictReader(io.StringIO(files[0].read_text("utf-8-sig"), newline="")))


def _is_list(path: Path) -> bool:
    return path.stem.count("-") == 2


def list_transfer(day: Day) -> MaracListing:
    """Put the case on the next meeting's list as a transfer, as the MARAC screen does."""
    file = day.file()
    listing = work.tick_listing(
        day.caseload,
        day.case_id,
        NEXT_MEETING,
        criteria=marac.criteria(file, day.day, day.settings)[0],
        listing_type="transfer",
        last_referral=marac.anchor(file, day.settings),
    )
    assert listing is not None
    return listing


# --- Expect, line by line -------------------------------------------------------------------------


def test_portable_kit_is_asked_back_and_fixed_measures_stay(world: World) -> None:
    live_until_moved(world)
    with world.on(MOVED) as day:
        reminder = day.reminders()["kit_return"]
        assert reminder.due == KIT_BACK
        assert {item.catalogue_id for item in transfer.kit_out(day.file())} == {ALARM, WEDGE}
        for item in transfer.kit_out(day.file()):
            work.set_measure_state(day.caseload, item.id, "removed", day.settings)
        assert "kit_return" not in day.reminders()
        states = {item.catalogue_id: item.state for item in day.file().measures}
        assert (states[CYLINDER], states[BAR]) == ("fitted", "fitted")


def test_the_transfer_leaves_only_with_its_basis_recorded(world: World) -> None:
    live_until_moved(world)
    with world.on(TELL_MARAC) as day:
        assert "list the case" in (transfer.pack_locked(day.file()) or "")
        # A decision made for the first list is not one for the transfer: cleared as not asked.
        listing = list_transfer(day)
        day.keep(MaracListing, listing.id, share_basis="not_asked", decided_by="", decided_on=None)
        assert "lawful basis" in (transfer.pack_locked(day.file()) or "")
    before = sorted(path.name for path in world.paths.data_dir.iterdir())
    said = export(world, TELL_MARAC, "transfer", status=1)
    assert "S26-0001" in said
    assert len(said.strip().splitlines()) == 1
    assert sorted(path.name for path in world.paths.data_dir.iterdir()) == before
    with world.on(TELL_MARAC) as day:
        listing = day.file().marac_listings[-1]
        assert listing.state == "draft"
        day.keep(
            MaracListing,
            listing.id,
            share_basis="crime_disorder",
            decided_by="Coordinator",
            decided_on=day.day,
        )
        assert transfer.pack_locked(day.file()) is None
    export(world, TELL_MARAC, "transfer")
    row = rows_in(world, "transfer")[0]
    assert row["listing_type"] == "transfer"
    assert row["share_basis"] == "crime disorder;Coordinator;2026-11-17"
    with world.on(TELL_MARAC) as day:
        assert day.file().marac_listings[-1].state == "sent"
        assert "marac_transfer" not in day.reminders()


def test_the_new_areas_marac_is_prompted_for(world: World) -> None:
    live_until_moved(world)
    with world.on(TELL_MARAC) as day:
        line = next(
            line
            for line in views.today_view(day.caseload, TELL_MARAC, day.settings).lines
            if line.rule == "marac_transfer"
        )
        assert (line.group, line.due, line.command) == ("today", TELL_MARAC, "marac")
    said = world.run("today", today=TELL_MARAC)
    assert "ask new area's MARAC to take the case; due today" in said


def test_the_repeat_clock_carries_over_the_move(world: World) -> None:
    live_until_moved(world)
    with world.on(MESSAGE) as day:
        assert marac.within_radar(day.file(), MESSAGE, day.settings) == RADAR_ENDS
        day.keep(
            Incident, at=datetime(2026, 11, 20, 8, tzinfo=UTC), kind="online", headline="A message"
        )
        view = views.marac_view(day.caseload, MESSAGE, day.settings, NEXT_MEETING)
        candidate = view.candidates[0]
        assert "REP" in candidate.criteria
        assert (candidate.listing_type, candidate.last_referral) == ("repeat", LISTED)
    export(world, MESSAGE, "repeat", "--case", "S26-0001", *DECISION)
    row = rows_in(world, "repeat")[0]
    assert (row["listing_type"], row["last_referral_date"]) == ("repeat", LISTED.isoformat())
    assert row["incidents_since_last"] == "1: A message"


def test_outside_twelve_months_it_is_no_repeat(world: World) -> None:
    live_until_moved(world)
    late = date(2027, 4, 8)
    with world.on(late) as day:
        assert marac.within_radar(day.file(), late, day.settings) is None
        day.keep(Incident, at=datetime(2027, 4, 8, 8, tzinfo=UTC), kind="online")
        assert "REP" not in marac.criteria(day.file(), late, day.settings)[0]


def test_the_new_address_is_masked_and_in_no_output_of_the_program(world: World) -> None:
    """Text, JSON, every table and view, the MARAC's files, the letter's draft, the search."""
    live_until_moved(world)
    seen = [
        world.run("show", "S26-0001", "--names", today=TELL_MARAC),
        world.run("show", "S26-0001", "--json", "--names", today=TELL_MARAC),
        world.run("today", "--names", today=TELL_MARAC),
    ]
    export(world, TELL_MARAC, "out", "--case", "S26-0001", *DECISION)
    row = rows_in(world, "out")[0]
    assert (row["victim_address"], row["address_restricted"]) == ("", "Y")
    seen += [path.read_text("utf-8-sig") for path in (world.paths.data_dir / "out").iterdir()]
    with world.on(TELL_MARAC) as day:
        from sanctuary_tui.exports.tables import write_table

        for table in (*BY_TABLE, *VIEWS):
            out = world.paths.data_dir / f"{table}.csv"
            made = write_table(
                day.caseload.connection, table, out, identifiable=True, today=day.day
            )
            made.unnamed.give_names()
            seen.append(out.read_text("utf-8-sig"))
        file = day.file()
        seen.append(wording.default_wording(file.measures, day.settings))
        seen.append(repr(views.story(queries.changes_of(day.caseload.connection, day.case_id))))
        assert search.search(day.caseload.connection, "Quillfeather") == []
        assert matching.find_matches(day.caseload.connection, NEW_POSTCODE) == []
    for text in seen:
        for secret in ("Quillfeather", NEW_POSTCODE, NEW_POSTCODE.replace(" ", ""), NEW_AREA):
            assert secret not in text
    assert any("Ferris" in text or "FERRIS" in text for text in seen)  # names were asked for


def test_with_a_recorded_reason_the_address_goes_and_is_counted(world: World) -> None:
    """The control: it leaves by the one way there is, and the register says so."""
    live_until_moved(world)
    with world.on(TELL_MARAC) as day:
        listing = list_transfer(day)
        day.keep(
            MaracListing,
            listing.id,
            share_basis="crime_disorder",
            decided_by="Coordinator",
            decided_on=day.day,
            address_reason="The new area's MARAC must find the home",
        )
    export(world, TELL_MARAC, "out")
    assert rows_in(world, "out")[0]["victim_address"] == f"{NEW_STREET}, {NEW_POSTCODE}"
    with world.on(TELL_MARAC) as day:
        kept = day.caseload.connection.execute(
            "SELECT protected_fields FROM disclosures ORDER BY id DESC LIMIT 3"
        ).fetchall()
        assert sorted(row[0] for row in kept) == [0, 0, 1]


def test_the_old_addresss_marker_is_to_be_removed(world: World) -> None:
    live_until_moved(world)
    with world.on(MOVED) as day:
        reminder = day.reminders()["marker_removal"]
        assert (reminder.due, reminder.who) == (MARKER_OFF, "Police")
        home = day.file().home
        assert home is not None
        day.keep(Property, day.home.id, police_marker="removed")
        assert "marker_removal" not in day.reminders()


@pytest.mark.parametrize("close", [False, True])
def test_the_return_counts_a_planned_move(world: World, close: bool) -> None:
    live_until_moved(world)
    with world.on(KIT_BACK) as day:
        if close:
            work.close_case(
                day.caseload,
                day.case_id,
                {"outcome": "moved", "reason": "moved_planned", "informed": "yes"},
                day.settings,
            )
            assert day.file().closures[-1].reason == "moved_planned"
            assert day.card().status == "closed"
        assert transfer.return_reason(day.file()) == "moved_planned"


def test_what_the_move_left_to_do_outlives_the_closing(world: World) -> None:
    live_until_moved(world)
    with world.on(MOVED) as day:
        given = {"outcome": "moved", "reason": "moved_planned"}
        work.close_case(day.caseload, day.case_id, given, day.settings)
        assert {"kit_return", "marker_removal", "marac_transfer"} <= day.reminders().keys()
        assert "aftercare" not in day.reminders()
