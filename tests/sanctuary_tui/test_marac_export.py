"""Sending the MARAC list is all or nothing, and what was previewed is what is sent."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from config.errors import RefusedError, SanctuaryError
from config.paths import Paths
from config.settings import default_settings
from db import queries
from db.caseload import Caseload, open_caseload
from db.changes import verify_chain
from db.connection import DATABASE_ERRORS
from db.keys import CHEAP_FOR_TESTS, create_caseload
from db.models import Case, Disclosure, Incident, MaracListing, Person, RiskAssessment
from sanctuary_tui import marac_export, work
from sanctuary_tui.marac_export import MaracRequest, choose_meeting, preview, send
from sanctuary_tui.opening import derive_with
from sanctuary_tui.pathway import marac

TODAY = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
MEETING = date(2026, 12, 10)
SETTINGS = default_settings()


@pytest.fixture
def caseload(paths: Paths) -> Iterator[Caseload]:
    made = create_caseload(
        paths, "kettle orchid ninety plinth", params=CHEAP_FOR_TESTS, allow_weak=True
    )
    opened = open_caseload(
        paths.caseload,
        made.data_key,
        derive=derive_with(SETTINGS),
        who="Coordinator",
        clock=lambda: NOW,
        today=lambda: TODAY,
    )
    yield opened
    opened.close()


def add_case(
    caseload: Caseload, *, score: int = 15, ticked: bool = True, decided: bool = True
) -> int:
    store = caseload.store
    with store.batch():
        case = store.add(Case(route="police"))
        store.add(Person(case_id=case.id, role="survivor", surname="Test", first_name="Survivor"))
        for number in (1, 2):
            store.add(Person(case_id=case.id, role="perpetrator", surname=f"Perpetrator {number}"))
        store.add(RiskAssessment(case_id=case.id, assessed=TODAY, score=score))
        if ticked:
            listing = MaracListing(case_id=case.id, meeting=MEETING, criteria="VHR")
            if decided:
                listing.share_basis, listing.decided_by = "public_task", "Coordinator"
                listing.decided_on = TODAY
            store.add(listing)
    return case.id


def request(out: Path, **more: object) -> MaracRequest:
    given: dict[str, object] = {"meeting": MEETING, "week": "2026W48", "out": out, "protect": "csv"}
    return MaracRequest(**{**given, **more})  # type: ignore[arg-type]


def state(caseload: Caseload) -> tuple[object, ...]:
    """Everything a sending may change."""
    connection = caseload.connection
    return (
        connection.execute("SELECT * FROM marac_listings ORDER BY id").fetchall(),
        connection.execute("SELECT * FROM disclosures").fetchall(),
        connection.execute("SELECT count(*) FROM changes").fetchall(),
        caseload.store.log.state,
    )


def listings(caseload: Caseload) -> list[MaracListing]:
    return queries.all_of(caseload.connection, MaracListing)


def test_what_was_previewed_is_what_is_sent(caseload: Caseload, tmp_path: Path) -> None:
    for _ in range(3):
        add_case(caseload)
    shown = preview(caseload, MEETING, TODAY, SETTINGS)
    sent = send(caseload, request(tmp_path / "out"), SETTINGS, now=NOW)
    text = sent.result.files[0][0].read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    wanted = [{**row, "export_id": "MX-2026W48-01"} for one in shown for row in one.rows]
    assert rows == wanted
    assert len(rows) == 6  # one row for each pair
    assert [one.ref for one in sent.cases] == ["S26-0001", "S26-0002", "S26-0003"]
    assert sent.cases == tuple(shown)
    assert {listing.state for listing in listings(caseload)} == {"sent"}
    assert verify_chain(caseload.connection).good


def test_the_register_the_log_and_the_listings_agree(caseload: Caseload, tmp_path: Path) -> None:
    case_id = add_case(caseload)
    head = caseload.store.log.state.head.hex()
    sent = send(caseload, request(tmp_path), SETTINGS, now=NOW)
    kept = queries.all_of(caseload.connection, Disclosure)
    assert [(Path(row.path), row.sha256) for row in kept] == sent.result.files
    assert {row.case_refs for row in kept} == {"S26-0001"}
    assert {row.basis for row in kept} == {"Public task: Art 6(1)(e), Art 9(2)(g)"}
    assert sent.result.manifest_path is not None
    assert f'chain_head = "{head}"' in sent.result.manifest_path.read_text("utf-8")
    story = queries.changes_of(caseload.connection, case_id)
    assert [row.why for row in story if row.action == "disclosure"] == [
        "sent to the MARAC in MX-2026W48-01"
    ]


def test_the_listing_keeps_about_whom_it_was_sent(caseload: Caseload, tmp_path: Path) -> None:
    """Somebody entered later was not referred: their incident is no repeat."""
    case_id = add_case(caseload)
    send(caseload, request(tmp_path), SETTINGS, now=NOW)
    known = [
        one.id for one in queries.all_of(caseload.connection, Person) if one.surname[-1] in "12"
    ]
    assert listings(caseload)[0].pairs == ";".join(map(str, known))
    later = caseload.store.add(Person(case_id=case_id, role="perpetrator", surname="Later"))
    at = datetime(2026, 11, 27, 9, tzinfo=UTC)
    found = {}
    for by in (*known, later.id, None):
        file = work.must_find(caseload, case_id)
        file.incidents = [Incident(at=at, perpetrator_id=by)]
        found[by] = "REP" in marac.criteria(file, date(2026, 11, 28), SETTINGS)[0]
    assert found == {known[0]: True, known[1]: True, later.id: False, None: False}


def test_a_place_that_cannot_be_written_changes_nothing(caseload: Caseload, tmp_path: Path) -> None:
    add_case(caseload, decided=False)
    blocked = tmp_path / "file"
    blocked.write_text("in the way", "utf-8")
    before = state(caseload)
    with pytest.raises(SanctuaryError):
        send(
            caseload,
            request(blocked, basis="public_task", decided_by="Manager"),
            SETTINGS,
            now=NOW,
        )
    assert state(caseload) == before
    assert blocked.read_text("utf-8") == "in the way"


def test_a_caseload_that_cannot_record_it_leaves_no_file(
    caseload: Caseload, tmp_path: Path
) -> None:
    """The database refuses the register's row after the files are written."""
    add_case(caseload)
    caseload.connection.execute(
        "CREATE TEMP TRIGGER refuse BEFORE INSERT ON main.disclosures"
        " BEGIN SELECT RAISE(ABORT, 'no'); END"
    ).fetchall()
    before = state(caseload)
    with pytest.raises(DATABASE_ERRORS):
        send(caseload, request(tmp_path), SETTINGS, now=NOW)
    assert state(caseload) == before
    assert [path for path in tmp_path.iterdir() if path.name.startswith("MX-")] == []
    caseload.connection.execute("DROP TRIGGER refuse").fetchall()
    assert send(caseload, request(tmp_path), SETTINGS, now=NOW).export == "MX-2026W48-01"


def test_nothing_is_shared_without_a_recorded_decision(caseload: Caseload, tmp_path: Path) -> None:
    add_case(caseload)
    add_case(caseload, decided=False)
    before = state(caseload)
    with pytest.raises(RefusedError, match="S26-0002 has none"):
        send(caseload, request(tmp_path), SETTINGS, now=NOW)
    assert state(caseload) == before
    wanted = request(tmp_path, basis="crime_disorder", decided_by="Manager")
    send(caseload, wanted, SETTINGS, now=NOW)
    first, second = listings(caseload)
    assert (first.share_basis, first.decided_by) == ("public_task", "Coordinator")
    assert (second.share_basis, second.decided_by) == ("crime_disorder", "Manager")
    assert second.decided_on == TODAY


def test_a_case_that_was_not_ticked_is_put_on_the_list(caseload: Caseload, tmp_path: Path) -> None:
    add_case(caseload)
    other = add_case(caseload, score=3, ticked=False)
    wanted = request(tmp_path, case_ids=(other,), basis="safeguarding", decided_by="Manager")
    sent = send(caseload, wanted, SETTINGS, now=NOW)
    assert [one.ref for one in sent.cases] == ["S26-0002"]
    assert [listing.state for listing in listings(caseload)] == ["draft", "sent"]


def test_a_list_is_sent_once_and_again_only_by_name(caseload: Caseload, tmp_path: Path) -> None:
    case_id = add_case(caseload)
    with pytest.raises(RefusedError, match="No case is ticked"):
        send(caseload, request(tmp_path, meeting=date(2026, 12, 24)), SETTINGS, now=NOW)
    send(caseload, request(tmp_path), SETTINGS, now=NOW)
    before = state(caseload)
    with pytest.raises(RefusedError, match="sent already"):
        send(caseload, request(tmp_path), SETTINGS, now=NOW)
    assert state(caseload) == before
    again = send(caseload, request(tmp_path, case_ids=(case_id,)), SETTINGS, now=NOW)
    assert again.export == "MX-2026W48-02"
    caseload.store.update(listings(caseload)[0], state="heard")
    with pytest.raises(RefusedError, match="heard or withdrawn"):
        send(caseload, request(tmp_path, case_ids=(case_id,)), SETTINGS, now=NOW)


def test_a_number_is_not_given_twice_though_its_files_are_gone(
    caseload: Caseload, tmp_path: Path
) -> None:
    case_id = add_case(caseload)
    first = send(caseload, request(tmp_path), SETTINGS, now=NOW)
    for path, _ in first.result.files:
        path.unlink()
    assert first.result.manifest_path is not None
    first.result.manifest_path.unlink()
    again = send(caseload, request(tmp_path, case_ids=(case_id,)), SETTINGS, now=NOW)
    assert (first.export, again.export) == ("MX-2026W48-01", "MX-2026W48-02")


@pytest.mark.parametrize(
    ("day", "week", "meeting", "code"),
    [
        (TODAY, "", MEETING, "2026W48"),  # cases are ticked for it
        (TODAY, "2026-W47", MEETING, "2026W47"),
        (date(2026, 12, 11), "", date(2026, 12, 24), "2026W50"),  # none: by the cut-off
        (TODAY, "2026-W53", date(2027, 1, 7), "2026W53"),
    ],
)
def test_which_meeting_a_list_is_for(
    caseload: Caseload, day: date, week: str, meeting: date, code: str
) -> None:
    add_case(caseload)
    assert choose_meeting(caseload, day, SETTINGS, week) == (meeting, code)


EMERGENCY_MEETING = date(2026, 11, 26)


def make_emergency(caseload: Caseload, case_id: int) -> None:
    case = queries.get(caseload.connection, Case, case_id)
    caseload.store.update(case, urgency="emergency")


def test_an_emergency_goes_to_the_next_meeting_whoever_asks(caseload: Caseload) -> None:
    """The console names no case, the command line does: the meeting is the same."""
    case_id = add_case(caseload, ticked=False)
    other = add_case(caseload, ticked=False)
    by_cutoff = choose_meeting(caseload, TODAY, SETTINGS)
    assert by_cutoff == choose_meeting(caseload, TODAY, SETTINGS, "", (case_id,))
    assert by_cutoff[0] == MEETING
    make_emergency(caseload, case_id)
    assert choose_meeting(caseload, TODAY, SETTINGS)[0] == EMERGENCY_MEETING
    assert choose_meeting(caseload, TODAY, SETTINGS, "", (case_id,))[0] == EMERGENCY_MEETING
    assert choose_meeting(caseload, TODAY, SETTINGS, "", (other, case_id))[0] == EMERGENCY_MEETING
    assert choose_meeting(caseload, TODAY, SETTINGS, "", (other,))[0] == MEETING
    # A week asked for is kept to, and a list that has its cases stays where it is.
    assert choose_meeting(caseload, TODAY, SETTINGS, "2026-W50")[0] == date(2026, 12, 24)
    add_case(caseload)
    assert choose_meeting(caseload, TODAY, SETTINGS)[0] == MEETING
    assert choose_meeting(caseload, TODAY, SETTINGS, "", (case_id,))[0] == EMERGENCY_MEETING


def test_a_named_case_goes_to_the_meeting_it_is_ticked_for(caseload: Caseload) -> None:
    add_case(caseload)
    later = add_case(caseload, ticked=False)
    made = MaracListing(case_id=later, meeting=date(2026, 12, 24))
    caseload.store.add(made)
    assert choose_meeting(caseload, TODAY, SETTINGS, "", (later,))[0] == date(2026, 12, 24)
    assert choose_meeting(caseload, TODAY, SETTINGS)[0] == MEETING


def test_a_decision_needs_all_its_three_parts() -> None:
    listing = MaracListing(share_basis="public_task", decided_by="Coordinator", decided_on=TODAY)
    assert not marac_export.undecided(listing)
    for missing in ("share_basis", "decided_by", "decided_on"):
        part = MaracListing(
            share_basis=listing.share_basis, decided_by=listing.decided_by, decided_on=TODAY
        )
        setattr(part, missing, None if missing == "decided_on" else "")
        assert marac_export.undecided(part)
