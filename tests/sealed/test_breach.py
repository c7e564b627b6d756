"""A breach that held a sealed case: its survivor is reached from the list behind the reason; all
else counts it, and nothing names it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from config.errors import BadInputError, RefusedError
from db import queries
from db.caseload import Caseload
from db.models import Breach, BreachStep, Case, Disclosure, Organisation, Person
from db.rights import EVERY_CASE
from sanctuary_tui import breach_report, breaches, sealing, table_export, work
from sanctuary_tui.documents.docfile import plain_bytes
from sanctuary_tui.screens.sealed import SealedScreen
from tests.frozen import KEY, FrozenConsole, make_home, play, played, text_of
from tests.sanctuary_tui.cli_program import HANDED
from tests.sealed import canary
from tests.sealed.canary import NOW, SETTINGS, TODAY, WORD

SAID = "rung at her sister house"


@dataclass(slots=True)
class World:
    """Two sealed cases and one that is not, all three in one export."""

    caseload: Caseload
    first: Case
    second: Case
    plain: Case
    row: Disclosure

    @property
    def refs(self) -> tuple[str, str]:
        return self.first.ref, self.second.ref

    def record(self, kind: str = "lost_file") -> Breach:
        """A breach of the export."""
        return breaches.record(self.caseload, kind, aware=NOW, disclosure_id=self.row.id)

    def log(self, breach: Breach, case: Case, kind: str = "survivor") -> BreachStep:
        """What the list of sealed cases logs."""
        return sealing.log_breach_step(self.caseload, breach.id, case.id, kind, SAID)

    def lines(self) -> list[sealing.SealedLine]:
        return sealing.sealed_lines(self.caseload, TODAY, SETTINGS).lines

    def report(self, breach: Breach) -> str:
        made = breach_report.report(self.caseload, breach.id, SETTINGS, now=NOW)
        return " ".join(plain_bytes(made).decode("utf-8-sig").split())

    def today(self) -> list[str]:
        return [one.text for one in breaches.today_lines(self.caseload, TODAY)]

    def settle(self, breach: Breach) -> None:
        """All but the sealed cases."""
        breaches.log_step(
            self.caseload, breach.id, "survivor", "rung, safe", case_ref=self.plain.ref
        )
        breaches.report_made(self.caseload, breach.id, NOW, "IC-1")


def referral(caseload: Caseload, name: str, surname: str = WORD, **more: str) -> Case:
    given = {"route": "self", "safe": "yes", "first_name": name, "surname": surname, **more}
    return work.take_referral(caseload, given)


def build(caseload: Caseload, path: Path) -> World:
    first, second = referral(caseload, "Una"), referral(caseload, "Duo", urgency="emergency")
    caseload.store.add(Person(case_id=first.id, role="perpetrator", first_name="Ex", surname=WORD))
    plain = referral(caseload, "Ordinary", "Household")
    refs = f"{first.ref};{plain.ref};{second.ref}"
    path.write_text("x", "utf-8")
    row = caseload.store.add(
        Disclosure(at=NOW, what="board, with names", path=str(path), case_refs=refs)
    )
    for one in (first, second):
        sealing.seal_case(caseload, one.id, "staff", "Manager")
    return World(caseload, first, second, plain, row)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    caseload = canary.opened(tmp_path, create=True)
    yield build(caseload, tmp_path / "board.csv")
    caseload.close()


def named(text: str, world: World) -> list[str]:
    """What of the sealed cases stands in a text."""
    return [one for one in (*world.refs, WORD, SAID) if one.casefold() in text.casefold()]


@pytest.mark.guarantee
def test_the_sealed_list_says_first_who_was_in_an_open_breach(world: World) -> None:
    other = referral(world.caseload, "Tertia")
    work.add_reminder(world.caseload, other.id, "ring", TODAY - timedelta(days=9))
    sealing.seal_case(world.caseload, other.id, "staff", "Manager")
    assert world.lines()[0].card.ref == other.ref  # by what is due
    breach = world.record()
    lines = world.lines()
    assert [one.card.ref for one in lines] == [world.second.ref, world.first.ref, other.ref]
    assert [len(one.breaches) for one in lines] == [1, 1, 0]
    (found,) = lines[0].breaches
    assert found.words == f"breach {breach.id}: not reached, 72 h left, until Sun 29 Nov 09:30"
    assert lines[0].safe_contact
    world.log(breach, world.second)
    lines = world.lines()
    assert [one.card.ref for one in lines] == [world.first.ref, world.second.ref, other.ref]
    assert lines[1].breaches[0].words.startswith(f"breach {breach.id}: survivor reached")


def test_tried_and_not_reached_is_still_to_reach(world: World) -> None:
    breach = world.record()
    world.log(breach, world.second, "not_reached")
    (found,) = world.lines()[0].breaches
    assert found.words.startswith(f"breach {breach.id}: tried in vain, 72 h left")
    assert found.waiting


@pytest.mark.guarantee
def test_a_breach_is_not_closed_over_a_sealed_survivor(world: World) -> None:
    breach = world.record()
    world.settle(breach)
    with pytest.raises(RefusedError) as refused:
        breaches.close(world.caseload, breach.id)
    assert refused.value.sentence == "Not closed: 2 sealed cases are still to be reached: S."
    world.log(breach, world.first, "not_reached")
    world.log(breach, world.second)
    with pytest.raises(RefusedError) as refused:
        breaches.close(world.caseload, breach.id)
    assert refused.value.sentence == "Not closed: 1 sealed case is still to be reached: S."
    assert named(refused.value.sentence, world) == []
    world.log(breach, world.first, "decision")
    assert breaches.close(world.caseload, breach.id).closed_on == TODAY
    assert all(one.breaches == [] for one in world.lines())  # it is over


@pytest.mark.guarantee
def test_control_without_its_guard_it_closes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    breach = world.record()
    world.settle(breach)
    monkeypatch.setattr(breaches, "_sealed_waiting", lambda *given: 0)
    assert breaches.close(world.caseload, breach.id).closed_on == TODAY


def test_a_breach_whose_risk_is_unlikely_closes_all_the_same(world: World) -> None:
    breach = world.record()
    world.settle(breach)
    breaches.assess(world.caseload, breach.id, "unlikely", "it was encrypted")
    assert [one.breaches[0].waiting for one in world.lines()] == [False, False]
    assert world.today() == []
    assert breaches.close(world.caseload, breach.id).closed_on == TODAY


@pytest.mark.guarantee
def test_today_the_report_and_the_breach_count_and_never_name_them(world: World) -> None:
    breach = world.record()
    assert world.today() == ["breach 1: 72 h, reach 1, 2 sealed"]
    text = world.report(breach)
    assert "Sealed cases in it: 2; reached or decided about: 0" in text
    assert "Reach the survivors of 2 sealed cases: S" in text
    assert "about 3 cases" in text
    assert "And about 3 people of sealed cases" in text
    world.log(breach, world.first)
    assert world.today() == ["breach 1: 72 h, reach 1, 1 sealed"]
    text = world.report(breach)
    assert "Sealed cases in it: 2; reached or decided about: 1" in text
    assert named(text, world) == []
    assert world.plain.ref in text
    world.settle(breach)
    assert world.today() == ["breach 1: reach 1 sealed (S)"]
    world.log(breach, world.second)
    assert world.today() == []


def test_control_unsealed_the_same_report_names_them(world: World) -> None:
    breach = world.record()
    world.log(breach, world.first)
    lift(world, world.first)
    assert named(world.report(breach), world) == [world.first.ref, SAID]


def lift(world: World, case: Case) -> None:
    sealing.open_sealed(world.caseload, case.id, "to lift it")
    sealing.lift_seal(world.caseload, case.id, "she left")


@pytest.mark.guarantee
def test_steps_of_a_sealed_case_come_back_when_its_seal_is_lifted(world: World) -> None:
    """The case too, though it was sealed when the breach was recorded."""
    breach = world.record()
    world.log(breach, world.first)
    world.log(breach, world.second, "not_reached")
    seen = [one.words for one in breaches.steps_of(world.caseload, breach.id)]
    assert SAID not in seen
    assert [one.ref for one in breaches.at_risk(world.caseload, breach)] == [world.plain.ref]
    for one in (world.first, world.second):
        lift(world, one)
    kept = queries.get(world.caseload.connection, Breach, breach.id)
    steps = breaches.steps_of(world.caseload, breach.id)
    assert [one.case_ref for one in steps if one.words == SAID] == list(world.refs)
    found = {one.ref: bool(one.reached) for one in breaches.at_risk(world.caseload, kept)}
    assert found == {world.first.ref: True, world.second.ref: False, world.plain.ref: False}
    world.settle(breach)
    with pytest.raises(RefusedError, match=f"1 survivor, first {world.second.ref}"):
        breaches.close(world.caseload, breach.id)
    breaches.log_step(world.caseload, breach.id, "survivor", "rung", case_ref=world.second.ref)
    assert breaches.close(world.caseload, breach.id).closed_on == TODAY


def test_one_that_is_sealed_after_the_breach_keeps_what_was_logged(world: World) -> None:
    breach = world.record()
    step = breaches.log_step(world.caseload, breach.id, "survivor", SAID, case_ref=world.plain.ref)
    sealing.seal_case(world.caseload, world.plain.id, "staff too", "Manager")
    assert step.id not in {one.id for one in breaches.steps_of(world.caseload, breach.id)}
    settled = {one.card.ref: one.breaches[0].waiting for one in world.lines()}
    assert settled == {world.plain.ref: False, world.first.ref: True, world.second.ref: True}


@pytest.mark.guarantee
@pytest.mark.parametrize("kind", ["lost_laptop", "lost_backup"])
def test_a_lost_computer_holds_every_sealed_case_there_was(world: World, kind: str) -> None:
    breach = breaches.record(world.caseload, kind, aware=NOW)
    assert breach.case_refs == EVERY_CASE
    assert sum(len(one.breaches) for one in world.lines()) == 2
    late = referral(world.caseload, "Later")
    world.caseload.store.update(late, received=NOW + timedelta(days=1))
    sealing.seal_case(world.caseload, late.id, "staff", "Manager")
    assert {one.card.ref for one in world.lines() if one.breaches} == set(world.refs)


def test_a_list_of_everything_holds_those_sealed_since_and_no_others(
    world: World, tmp_path: Path
) -> None:
    """``*`` stands for too many to name; a case sealed before was left out of it."""
    row = world.caseload.store.add(
        Disclosure(
            at=NOW + timedelta(days=1), what="cases", path=str(tmp_path / "a"), case_refs="*"
        )
    )
    later = breaches.record(
        world.caseload, "lost_file", aware=NOW + timedelta(seconds=30), disclosure_id=row.id
    )
    assert [len(one.breaches) for one in world.lines()] == [0, 0]
    assert later.case_refs == EVERY_CASE
    same_day = world.caseload.store.add(Disclosure(at=NOW, what="cases", case_refs="*"))
    breaches.record(world.caseload, "lost_file", aware=NOW, disclosure_id=same_day.id)
    assert [len(one.breaches) for one in world.lines()] == [1, 1]


def test_a_breach_of_nothing_known_holds_none(world: World) -> None:
    breaches.record(world.caseload, "seen", aware=NOW)
    assert [one.breaches for one in world.lines()] == [[], []]
    assert world.today() == ["breach 1: 72 h to the ICO"]


@pytest.mark.parametrize("kind", ["police", "told", "", "ico"])
def test_only_reached_not_reached_and_decided_are_logged_there(world: World, kind: str) -> None:
    breach = world.record()
    with pytest.raises(BadInputError, match="reached, not reached or decided"):
        world.log(breach, world.first, kind)


def test_a_step_is_of_a_sealed_case_that_was_in_it_and_says_something(world: World) -> None:
    breach = world.record()
    for case in (world.plain, referral(world.caseload, "Out")):
        with pytest.raises(RefusedError, match="open the list again"):
            world.log(breach, case)
    with pytest.raises(BadInputError, match="in words"):
        sealing.log_breach_step(world.caseload, breach.id, world.first.id, "survivor", "  ")
    with pytest.raises(BadInputError, match="was not in it"):
        breaches.log_step(
            world.caseload, breach.id, "survivor", "x", case_ref=world.first.ref
        )  # not past the seal
    breaches.assess(world.caseload, breach.id, "unlikely", "encrypted")
    breaches.not_reported(world.caseload, breach.id, "encrypted")
    breaches.log_step(world.caseload, breach.id, "decision", "fine", case_ref=world.plain.ref)
    breaches.close(world.caseload, breach.id)
    with pytest.raises(RefusedError, match="is closed"):
        world.log(breach, world.first)


@pytest.mark.guarantee
def test_the_log_tells_nothing_of_such_a_step_and_undo_passes_it_over(world: World) -> None:
    breach = world.record()
    world.caseload.store.update(world.plain, why="seen", next_action="ring")
    before = len(queries.recent_changes(world.caseload.connection))
    world.log(breach, world.first)
    rows = queries.recent_changes(world.caseload.connection)
    assert len(rows) > before
    assert named(str(rows), world) == []
    raw = world.caseload.connection.execute("SELECT after FROM changes").fetchall()
    assert SAID in str([row[0] for row in raw])  # so the search can fail
    assert world.caseload.store.undo_last() == "seen"
    kept = world.caseload.connection.execute("SELECT words FROM main.breach_steps").fetchall()
    assert SAID in str(kept)


# --- on the screen


def homes(tmp_path: Path) -> FrozenConsole:
    home = make_home(tmp_path / "home", 0)
    caseload = canary.opened(FrozenConsole(home, unlock=False).paths.data_dir, key=KEY)
    world = build(caseload, tmp_path / "board.csv")
    world.record()
    caseload.close()
    return FrozenConsole(home)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_sealed_survivor_is_reached_by_keyboard(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    app = homes(tmp_path)
    async with played(app, size=size) as pilot:
        assert "breach 1: 72 h, reach 1, 2 sealed" in text_of(pilot)
        await play(pilot, "6 b enter")
        assert "2 sealed cases are still to be reached: S" in " ".join(text_of(pilot).split())
        assert "S26-0002" not in text_of(pilot)
        await play(pilot, 'escape S ="after the breach" enter')
        assert isinstance(app.screen, SealedScreen)
        shown = text_of(pilot)
        assert "breach 1: not reached, 72 h left" in shown
        first = next(line for line in shown.split("\n") if "S26-" in line)
        assert "S26-0002" in first  # the emergency
        await play(pilot, 'b r y ="rung, safe" enter')
        steps = await app.read(
            lambda data: data.connection.execute(
                "SELECT kind, case_ref, words FROM main.breach_steps ORDER BY id"
            ).fetchall()
        )
        assert steps[-1] == ("survivor", "S26-0002", "rung, safe")
        first = next(line for line in text_of(pilot).split("\n") if "S26-" in line)
        assert "S26-0001" in first
        await play(pilot, 'home b n y ="no answer" enter home b d ="the manager rings" enter')
        kinds = await app.read(
            lambda data: data.connection.execute(
                "SELECT kind FROM main.breach_steps WHERE case_ref = 'S26-0001' ORDER BY id"
            ).fetchall()
        )
        assert kinds == [("not_reached",), ("decision",)]


@pytest.mark.guarantee
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_breach_of_a_file_of_sealed_cases_alone_is_recorded_from_their_list(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    home = make_home(tmp_path / "home", 0)
    caseload = canary.opened(FrozenConsole(home, unlock=False).paths.data_dir, key=KEY)
    world = build(caseload, tmp_path / "board.csv")
    alone = only_sealed(world)
    caseload.close()
    app = FrozenConsole(home)
    async with played(app, "6", size=size) as pilot:
        assert "job_sheet" not in text_of(pilot)  # Reports has it not
        await play(pilot, f'S ="a call came in" enter @{world.first.ref} b')
        assert "job_sheet" in text_of(pilot)
        await play(pilot, "=job enter enter")
        assert "Name nobody" in text_of(pilot)
        await play(pilot, '="Sent to a wrong address" enter enter =tomorrow enter')
        assert "still to come" in " ".join(text_of(pilot).split())
        await play(pilot, "escape")
        await play(
            pilot, f'@{world.first.ref} b =job enter enter ="Sent wrongly" enter enter enter'
        )
        assert "breach 1: not reached, 72 h left" in text_of(pilot)
        (row,) = await app.read(lambda data: queries.all_of(data.connection, Breach))
        assert (row.disclosure_id, row.case_refs, row.what) == (alone.id, "", "Sent wrongly")
        await play(pilot, "escape 1")
        assert "breach 1: 72 h, reach 1 sealed (S)" in text_of(pilot)
        assert named(text_of(pilot), world) == []
        await play(pilot, "6 b enter")
        assert "1 sealed case is still to be reached: S" in " ".join(text_of(pilot).split())
        assert "job_sheet" not in text_of(pilot)
        assert named(text_of(pilot), world) == []


def only_sealed(world: World) -> Disclosure:
    return world.caseload.store.add(
        Disclosure(
            at=NOW,
            what="job_sheet",
            recipient="contractor",
            recipient_name=f"{WORD} Locks",
            path="/exports/job.docx",
            case_refs=world.first.ref,
        )
    )


@pytest.mark.guarantee
def test_the_breach_of_such_a_file_names_nothing_of_it(world: World) -> None:
    row = only_sealed(world)
    with pytest.raises(BadInputError):  # from Reports it cannot be
        breaches.record(world.caseload, "too_much", aware=NOW, disclosure_id=row.id)
    with pytest.raises(RefusedError, match="was not in it"):
        sealing.record_breach(
            world.caseload, world.second.id, row.id, "seen", aware=NOW, what="x", recipient=""
        )
    breach = sealing.record_breach(
        world.caseload, world.first.id, row.id, "too_much", aware=NOW, what="x", recipient=""
    )
    text = world.report(breach)
    assert "Sealed cases in it: 1; reached or decided about: 0" in text
    assert named(text, world) == []
    assert "job_sheet" not in text
    assert [len(one.breaches) for one in world.lines()] == [1, 0]
    lift(world, world.first)
    assert named(world.report(breach), world) == [world.first.ref]  # it is there again


def test_of_a_file_that_reports_has_too_it_is_the_same_breach(world: World) -> None:
    breach = sealing.record_breach(
        world.caseload, world.first.id, world.row.id, "seen", aware=NOW, what="x", recipient=""
    )
    assert (breach.held, breach.case_refs) == ("board, with names", world.plain.ref)


async def test_without_a_file_there_is_no_breach_to_record(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home", 0)
    caseload = canary.opened(FrozenConsole(home, unlock=False).paths.data_dir, key=KEY)
    case = referral(caseload, "Una")
    sealing.seal_case(caseload, case.id, "staff", "Manager")
    caseload.close()
    app = FrozenConsole(home)
    async with played(app, 'S ="daily look" enter b', size=(120, 40)):
        notes = [str(note.message) for note in app._notifications]
        assert notes[-1].startswith("Nothing with S26-0001 in it was written or sent")


async def test_a_file_of_the_breach_is_deleted_from_the_list(tmp_path: Path) -> None:
    app = homes(tmp_path)
    async with played(app, 'S ="after the breach" enter', size=(80, 24)) as pilot:
        assert "d delete file" in text_of(pilot)
        await play(pilot, "d enter")
        assert "It was changed since" in text_of(pilot)  # it never was what the register says
        await play(pilot, "n d enter y")
        assert not (tmp_path / "board.csv").exists()
        assert "d delete file" not in text_of(pilot)
        await play(pilot, "d")
        notes = [str(note.message) for note in app._notifications]
        assert notes[-1].startswith("No file with a sealed case in it is left")


def test_a_directory_that_names_a_sealed_survivor_is_of_her_case_and_tells_nobody(
    world: World, tmp_path: Path
) -> None:
    store = world.caseload.store
    store.add(Organisation(name="Q Homes", kind="landlord", note=f"Owner of {WORD}'s flat"))
    table_export.export_table(
        world.caseload, "organisations", tmp_path / "o.csv", handed=None, today=TODAY, now=NOW
    )
    plain = queries.all_of(world.caseload.connection, Disclosure)[-1]
    assert plain.case_refs == ""  # without names its words stay here
    table_export.export_table(
        world.caseload, "organisations", tmp_path / "n.csv", handed=HANDED, today=TODAY, now=NOW
    )
    assert queries.all_of(world.caseload.connection, Disclosure)[-1].id == plain.id
    assert len(sealing.sent_of(world.caseload, world.first.id)) == 2
