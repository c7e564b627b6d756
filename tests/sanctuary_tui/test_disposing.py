"""What a person does at the end of a file's years: keeping, holding, disposing, the certificate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.errors import BadInputError, RefusedError, SanctuaryError
from config.settings import Settings, default_settings
from db import queries
from db.backup import backup
from db.models import (
    Closure,
    ContactPoint,
    Disclosure,
    Disposal,
    LegalHold,
    MaracListing,
    Person,
    Property,
    SafeAddress,
)
from sanctuary_tui import disposing
from sanctuary_tui.exports.register import look
from tests.db import kit
from tests.db.disposal_world import World, build

GIVEN = {"authority": "Records manager", "reason": "The years set by the council are over."}
AHEAD = kit.DAY + timedelta(days=200)


def decided() -> Settings:
    """What this council has decided."""
    given = default_settings()
    kept = given.retention
    kept.adult_years, kept.child_until_age, kept.marac_years = 6, 25, 2
    return given


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A case whose years are over, among others."""
    made = build(tmp_path / "caseload.db")
    file = kit.file_of(made.caseload, made.case.id)
    with made.caseload.store.bulk():  # its own filled records of these say nothing of a date
        for hold in file.legal_holds:
            made.caseload.store.update(hold, ended_on=kit.DAY)
        for review in file.retention_reviews:
            made.caseload.store.update(review, next_review=date(2026, 1, 1))
    yield made
    made.caseload.close()


def dispose(world: World, settings: Settings | None = None, **more: Any) -> Disposal:
    given = {**GIVEN, **{name: more[name] for name in GIVEN if name in more}}
    return disposing.dispose(
        world.caseload,
        world.case.id,
        given,
        settings or decided(),
        kit.KEY,
        typed=more.get("typed", world.case.ref),
    )


def still_there(world: World) -> bool:
    return queries.case_file(world.caseload.connection, world.case.id) is not None


# --- what bars it ---------------------------------------------------------------------------------


def test_disposal_of_a_file_whose_years_are_over(world: World) -> None:
    done = dispose(world)
    assert (done.state, done.found) == ("proved", 0)
    assert not still_there(world)
    assert world.seen() == set()


@pytest.mark.guarantee
def test_nothing_is_disposed_of_where_the_period_is_not_decided(world: World) -> None:
    with pytest.raises(RefusedError, match="Retention period not decided"):
        dispose(world, default_settings())
    assert still_there(world)


def test_a_child_needs_the_childrens_period(world: World) -> None:
    world.caseload.store.add(Person(case_id=world.case.id, role="child", dob=date(1990, 1, 1)))
    given = decided()
    given.retention.child_until_age = 0
    with pytest.raises(RefusedError, match="age for a child's file"):
        dispose(world, given)
    given.retention.child_until_age = 25
    assert dispose(world, given).state == "proved"


def test_marac_papers_need_theirs(world: World) -> None:
    world.caseload.store.add(
        MaracListing(case_id=world.case.id, state="heard", heard_on=date(2019, 1, 10))
    )
    given = decided()
    given.retention.marac_years = 0
    with pytest.raises(RefusedError, match="years for MARAC records"):
        dispose(world, given)
    assert still_there(world)


@pytest.mark.guarantee
def test_an_open_case_a_young_one_and_a_held_one_stay(world: World) -> None:
    store = world.caseload.store
    with pytest.raises(RefusedError, match="The case is open"):
        disposing.dispose(
            world.caseload, world.other.id, GIVEN, decided(), kit.KEY, typed=world.other.ref
        )
    hold = store.add(LegalHold(case_id=world.case.id, placed_on=kit.DAY, by="DPO", reason="x"))
    with pytest.raises(RefusedError, match="legal hold"):
        dispose(world)
    store.update(hold, ended_on=kit.DAY)
    closing = store.add(Closure(case_id=world.case.id, closed_on=kit.DAY, outcome="secured"))
    with pytest.raises(RefusedError, match="kept until Fri 26 Nov 2032"):
        dispose(world)
    assert still_there(world)
    store.delete(closing)
    assert dispose(world).state == "proved"


@pytest.mark.guarantee
@pytest.mark.parametrize("typed", ["", "yes", "S26-0001", "S26-00021", "s 26-0002"])
def test_another_reference_typed_disposes_of_nothing(world: World, typed: str) -> None:
    assert world.case.ref == "S26-0002"
    with pytest.raises(RefusedError, match="type the reference S26-0002 exactly"):
        dispose(world, typed=typed)
    assert still_there(world)


@pytest.mark.guarantee
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("authority", ""),
        ("authority", "me"),
        ("authority", "Coordinator"),
        ("authority", " "),
        ("reason", ""),
        ("reason", "over"),
        ("reason", "yesyesyesyes"),
    ],
)
def test_it_is_done_on_somebodys_authority_and_for_a_reason(
    world: World, name: str, said: str
) -> None:
    with pytest.raises(BadInputError):
        dispose(world, **{name: said})
    assert still_there(world)


# --- keeping and holding --------------------------------------------------------------------------


TELLING = [
    "Zoë moved",
    "for zoe",
    "Marrow moved",
    "Quillby, as she was called",
    "Bo Li is 18",
    "went to 91 Bellmakers Ln",
    "is in zz67jg",
    "number 07700-900936",
    "+44 7700 900936",
    "the old home, 4 Old Row",
]


@pytest.mark.guarantee
@pytest.mark.parametrize("field", ["authority", "reason"])
@pytest.mark.parametrize("typed", TELLING)
def test_a_certificate_that_names_somebody_of_the_case_is_refused(
    world: World, field: str, typed: str
) -> None:
    store, case_id = world.caseload.store, world.case.id
    woman = store.add(Person(case_id=case_id, role="survivor", first_name="Zoë", surname="Quillby"))
    store.update(woman, surname="Marrow")
    store.add(Person(case_id=case_id, role="household", first_name="Bo", surname="Li"))
    away = SafeAddress(case_id=case_id, address="91 Bellmaker's Lane, Norton", postcode="ZZ6 7JG")
    store.add(away)
    store.add(Property(case_id=case_id, address="4 Old Row, Norton"))
    store.add(ContactPoint(case_id=case_id, value="07700 900936"))
    before = kit.contents(world.caseload)
    with pytest.raises(BadInputError, match="kept for good"):
        dispose(world, **{field: f"The manager: {typed}"})
    assert kit.contents(world.caseload) == before


def test_a_review_that_keeps_it_bars_a_disposal_until_then(world: World) -> None:
    given = {"by": "DPO", "reason": "A claim is expected.", "next_review": AHEAD}
    disposing.keep(world.caseload, world.case.id, given)
    with pytest.raises(RefusedError, match="It is kept until"):
        dispose(world)
    with pytest.raises(RefusedError, match="has come already"):
        disposing.keep(world.caseload, world.case.id, {**given, "next_review": kit.DAY})
    with pytest.raises(RefusedError, match="The case is open"):
        disposing.keep(world.caseload, world.other.id, given)


def test_a_hold_is_placed_looked_at_and_ended(world: World) -> None:
    given = {"kind": "court", "by": "Legal services", "reason": "A claim was made."}
    with pytest.raises(BadInputError, match="needs a day on which it is looked at again"):
        disposing.hold(world.caseload, world.case.id, given)
    hold = disposing.hold(world.caseload, world.case.id, {**given, "review_due": AHEAD})
    later = AHEAD + timedelta(days=90)
    disposing.look_again(world.caseload, hold.id, {"review_due": later})
    file = kit.file_of(world.caseload, world.case.id)
    kept = file.legal_holds[-1]
    assert (kept.reviewed_on, kept.review_due) == (kit.DAY, later)
    due = [one.due for one in file.reminders if f":hold:{hold.id}:{later}" in one.key]
    assert due == [later]
    with pytest.raises(BadInputError, match="Say in a few words why"):
        disposing.end_hold(world.caseload, hold.id, {"ended_by": "Legal", "end_reason": "over"})
    with pytest.raises(RefusedError, match="ended and not deleted"):
        world.caseload.store.delete(kept)
    words = {"ended_by": "Legal services", "end_reason": "The claim was settled."}
    disposing.end_hold(world.caseload, hold.id, words)
    with pytest.raises(RefusedError, match="has ended already"):
        disposing.end_hold(world.caseload, hold.id, words)
    assert dispose(world).state == "proved"


def test_the_queue_has_every_closed_case_those_due_first(world: World) -> None:
    young = kit.add_case(world.caseload, status="closed", stage="closed")
    world.caseload.store.add(Closure(case_id=young.id, closed_on=kit.DAY, outcome="secured"))
    found = disposing.queue(world.caseload, decided())
    assert [(one.card.ref, one.clock.state) for one in found] == [
        (world.case.ref, "due"),
        (young.ref, "kept"),
    ]
    states = [one.clock.state for one in disposing.queue(world.caseload, default_settings())]
    assert states == ["undecided", "undecided"]


# --- the certificate ------------------------------------------------------------------------------


def test_a_certificate_written_as_a_file_stands_in_the_register(
    world: World, tmp_path: Path
) -> None:
    done = dispose(world)
    out = tmp_path / "certificate.txt"
    disposing.write_certificate(world.caseload, done, out)
    found = [
        one for one in queries.all_of(world.caseload.connection, Disclosure) if one.path == str(out)
    ]
    assert [(one.case_refs, one.rows, one.recipient) for one in found] == [
        (world.case.ref, 1, "internal")
    ]
    assert look(found[0]).state == "there", "known by its digest, so that d and check lead to it"


def test_a_certificate_names_every_copy_with_its_last_day(world: World, tmp_path: Path) -> None:
    store, given = world.caseload.store, decided()
    given.retention.backup_days, given.retention.export_days = 90, 30
    made = backup(world.caseload.connection, tmp_path / "b", now=kit.noon(kit.DAY))
    store.note("system", "caseload", 0, 0, f"backup made, SHA-256 {made.sha256}")
    aside = world.path.with_name("caseload-replaced-20260101-090000.db")
    aside.write_bytes(b"x")
    written = tmp_path / "MX-2026W48-01.csv"
    written.write_text("list")
    common = {"at": store.now(), "what": "MARAC list", "recipient": "marac"}
    refs = f"{world.other.ref};{world.case.ref}"
    store.add(Disclosure(path=str(written), case_refs=refs, **common))
    store.add(Disclosure(path=f"{tmp_path}/gone.csv", case_refs=refs, **common))
    every = store.add(Disclosure(path=f"{tmp_path}/log.csv", case_refs="*", **common))
    store.add(Disclosure(path=f"{tmp_path}/other.csv", case_refs=world.other.ref, **common))
    store.add(Disclosure(path=f"{tmp_path}/old.csv", case_refs=refs, deleted_on=kit.DAY, **common))
    lines = dispose(world, given).copies.splitlines()
    assert lines[0] == "Backup of Thu 26 Nov 2026: until Wed 24 Feb 2027"
    assert lines[1].startswith("caseload-replaced-20260101-090000.db, put aside: until ")
    assert f"number {every.id} of the export register" in lines.pop()  # it had every case
    assert lines[-2:] == [
        "MARAC list of Thu 26 Nov 2026, number 3 of the export register, lies in its folder: until"
        " Sat 26 Dec 2026",
        "MARAC list of Thu 26 Nov 2026, number 4 of the export register, moved or sent on: until"
        " Sat 26 Dec 2026",
    ]


def test_no_last_day_is_made_up(world: World) -> None:
    world.caseload.store.note("system", "caseload", 0, 0, "backup made, SHA-256 0")
    assert dispose(world).copies.startswith(
        "Backup of Thu 26 Nov 2026: no last day decided, delete it by hand"
    )


@pytest.mark.guarantee
def test_a_certificate_holds_nothing_of_the_case_and_is_written_once(
    world: World, tmp_path: Path
) -> None:
    done = dispose(world)
    out = tmp_path / "certificate.txt"
    disposing.write_certificate(world.caseload, done, out)
    text = out.read_text("utf-8")
    assert not [one for one in world.words if one.lower() in text.lower()]
    for said in (
        world.case.ref,
        "Records manager",
        "6 years after closing (Fri 1 Mar 2019)",
        "found in 0 places",
        "The years set by the council are over.",
    ):
        assert said in text
    with pytest.raises(SanctuaryError, match="a file of that name exists"):
        disposing.write_certificate(world.caseload, done, out)
    kit.check_sound(world.caseload, kit.DAY)


# --- MARAC papers alone ---------------------------------------------------------------------------


@pytest.fixture
def heard(world: World) -> World:
    """The file is still kept; a MARAC heard the case seven years ago."""
    store = world.caseload.store
    file = kit.file_of(world.caseload, world.case.id)
    with store.bulk():
        for listing in file.marac_listings:
            store.update(listing, state="heard", heard_on=date(2019, 1, 10))
        for action in file.marac_actions:
            store.update(action, state="done")
        for review in file.retention_reviews:
            store.update(review, papers="marac")
        store.add(Closure(case_id=world.case.id, closed_on=kit.DAY, outcome="secured"))
    return world


def dispose_papers(world: World, settings: Settings | None = None) -> Disposal:
    return disposing.dispose(
        world.caseload,
        world.case.id,
        GIVEN,
        settings or decided(),
        kit.KEY,
        typed=world.case.ref,
        papers="marac",
    )


@pytest.mark.guarantee
def test_marac_papers_whose_years_are_over_go_while_the_file_is_kept(heard: World) -> None:
    lines = [
        (one.card.ref, one.papers, one.clock.state)
        for one in disposing.queue(heard.caseload, decided())
    ]
    assert lines == [(heard.case.ref, "marac", "due"), (heard.case.ref, "file", "kept")]
    done = dispose_papers(heard)
    assert (done.state, done.papers) == ("proved", "marac")
    assert done.rule == (
        "2 years after the last MARAC (Thu 10 Jan 2019); kept by review until Thu 1 Jan 2026"
    )
    text = disposing.certificate_text(done)
    assert "MARAC papers alone" in text
    assert "The reference is not given out again." not in text
    assert still_there(heard)
    assert [one.papers for one in disposing.queue(heard.caseload, decided())] == ["file"]


def test_marac_papers_of_an_open_case_are_a_line_too(heard: World) -> None:
    case = kit.file_of(heard.caseload, heard.case.id).case
    heard.caseload.store.update(case, status="open", stage="referral")
    (line,) = disposing.queue(heard.caseload, decided())
    assert (line.papers, line.clock.state) == ("marac", "due")
    given = {"papers": "marac", "by": "DPO", "reason": "A claim is expected.", "next_review": AHEAD}
    disposing.keep(heard.caseload, heard.case.id, given)
    assert disposing.queue(heard.caseload, decided()) == []


@pytest.mark.guarantee
def test_what_bars_a_disposal_bars_that_of_marac_papers(heard: World) -> None:
    store, case_id = heard.caseload.store, heard.case.id

    def refused(said: str, settings: Settings | None = None) -> None:
        with pytest.raises(RefusedError, match=said):
            dispose_papers(heard, settings)
        assert kit.file_of(heard.caseload, case_id).marac_listings

    given = decided()
    given.retention.marac_years = 0
    refused("Retention period of its MARAC papers not decided", given)
    given.retention.marac_years = 20
    refused("MARAC papers are kept until", given)
    hold = store.add(LegalHold(case_id=case_id, placed_on=kit.DAY, by="DPO", reason="x"))
    refused("A legal hold bars")
    store.update(hold, ended_on=kit.DAY)
    live = store.add(MaracListing(case_id=case_id, state="sent", meeting=AHEAD))
    refused("worked with")
    store.update(live, state="withdrawn")
    disposing.keep(
        heard.caseload,
        case_id,
        {"papers": "marac", "by": "DPO", "reason": "A claim is expected.", "next_review": AHEAD},
    )
    refused("MARAC papers are kept until")
    with pytest.raises(RefusedError, match="No MARAC has heard"):
        disposing.refuse(heard.caseload, heard.other.id, decided(), "marac")


def test_the_certificate_lists_files_that_may_hold_marac_papers(heard: World) -> None:
    store, refs = heard.caseload.store, heard.case.ref
    common = {"at": store.now(), "recipient": "marac", "case_refs": refs}
    store.add(Disclosure(what="List", path="/nowhere/MX.csv", profile="marac", **common))
    store.add(Disclosure(what="Job sheet", path="/nowhere/j.docx", profile="contractor", **common))
    store.add(Disclosure(what="Old list", path="/nowhere/old.csv", **common))
    lines = dispose_papers(heard).copies.splitlines()
    assert [line.partition(" of ")[0] for line in lines] == [
        "Letter to the landlord",  # of no known profile, so it may
        "List",
        "Old list",
    ]
