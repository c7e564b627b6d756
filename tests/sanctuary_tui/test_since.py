"""What changed since a moment: counted apart by plain SQL over the log; no values, none sealed."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from config.errors import BadInputError
from config.settings import default_settings
from db import queries
from db.caseload import Caseload
from db.models import AftercareCheck, Measure, Note, Person
from sanctuary_tui import since
from sanctuary_tui.opening import note_lock
from sanctuary_tui.screens.case import CaseScreen
from sanctuary_tui.screens.since import SinceScreen
from tests.frozen import NOW, TODAY, FrozenConsole, Opened, play, text_of
from tests.sealed import canary

SIZES = [(80, 24), (120, 40)]
HOSTILE = "[bold]qz[/] \x1b[2J=1+1 \u202eevil"


def shown(app: FrozenConsole) -> SinceScreen:
    assert isinstance(app.screen, SinceScreen)
    return app.screen


def _by_sql(data: Caseload, first: str) -> dict[int, Counter[str]]:
    """Lines of the log by case and by who wrote them, past every reader of the program."""
    rows = data.connection.execute(
        "SELECT c.case_id, c.who FROM main.changes c JOIN main.case_cards k ON k.case_id ="
        " c.case_id WHERE c.at >= ? AND c.action IN ('collection', 'alteration', 'erasure')"
        " AND c.undoes = 0 AND NOT EXISTS (SELECT 1 FROM main.changes u WHERE u.undoes = c.batch"
        " AND c.batch > 0)",
        (first,),
    ).fetchall()
    found: dict[int, Counter[str]] = {}
    for case_id, who in rows:
        found.setdefault(case_id, Counter())[who] += 1
    return found


@pytest.mark.parametrize("size", SIZES)
async def test_the_counts_are_those_of_the_log(console: Opened, size: tuple[int, int]) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        await play(pilot, "C")
        screen = shown(app)
        expected = await app.read(lambda data: _by_sql(data, "2026-11-25T00:00:00"))
        assert len(expected) > 1
        assert {one.card.case_id: one.who for one in screen.table.rows} == expected
        for one in screen.table.rows:
            parts = (one.new, one.done, one.changed, one.deleted, one.answers)
            assert len(one.moves) + sum(part.total() for part in parts) == one.changes
        said = text_of(pilot)
        assert "Changed since Wed 25 Nov 2026" in said
        assert all(len(line.rstrip()) <= size[0] for line in said.splitlines())
        assert screen.table.rows[0].card.masked in said
        named = [one.card.name for one in screen.table.rows if " " in one.card.name]
        assert named
        assert not [name for name in named if name in said]
        await play(pilot, "x")
        assert any(name in text_of(pilot) for name in named)
        await play(pilot, "w f")
        assert "Changed since Fri 20 Nov 2026" in text_of(pilot)
        expected = await app.read(lambda data: _by_sql(data, "2026-11-20T00:00:00"))
        assert {one.card.case_id: one.who for one in screen.table.rows} == expected
        await play(pilot, 'w d ="1 nov" enter')
        assert "Changed since Sun 1 Nov 2026" in text_of(pilot)
        await play(pilot, 'w d ="1 jan 2027" enter')
        assert "still to come" in text_of(pilot)
        await play(pilot, "escape enter")
        assert isinstance(app.screen, CaseScreen)
        await play(pilot, "escape escape ctrl+p =since enter")
        assert isinstance(app.screen, SinceScreen)


async def test_each_kind_of_change_stands_where_it_belongs_and_no_value(console: Opened) -> None:
    app = console("empty")
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "")

        def write(data: Caseload) -> int:
            case = canary.add_canary(data)
            store = data.store
            file = queries.case_file(data.connection, case.id)
            assert file is not None
            store.update(file.case, stage="legal", contact_rule=HOSTILE)
            store.update(file.consent_requests[0], state="granted", answered_on=TODAY)
            store.update(file.support[0], answer="accepted")
            store.add(AftercareCheck(case_id=case.id, done_on=TODAY, fault=HOSTILE))
            store.update(file.people[0], aliases=HOSTILE)
            store.update(
                store.add(Measure(case_id=case.id, name="x", state="ordered")), state="fitted"
            )
            store.delete(file.incidents[0])
            store.add(Note(case_id=case.id, body="undone"))
            store.undo_last()
            return case.id

        case_id = await app.write(write)
        await play(pilot, "C")
        one = next(row for row in shown(app).table.rows if row.card.case_id == case_id)
        assert one.moves == [("risk_support", "legal")]
        assert set(one.answers) == {"Consent request: granted", "Support: accepted"}
        assert one.done == {"Aftercare check": 2, "Measure": 1}  # the canary's is done as well
        assert one.deleted == {"Incident": 1}
        assert one.changed["Person"] == 1
        assert one.new["Note"] == 1  # that of the canary; the other was undone
        said = text_of(pilot)
        assert "Risk and support to Legal" in said or "to Legal" in said
        for word in ("evil", "qz[", "1+1"):
            assert word not in said


@pytest.mark.guarantee
async def test_changed_since_has_nothing_of_a_sealed_case(console: Opened) -> None:
    app = console("empty")
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "")
        case = await app.write(canary.add_canary)
        await play(pilot, "x C")
        assert case.ref in text_of(pilot)
        assert canary.WORD in text_of(pilot)
        await app.write(lambda data: canary.seal(data, case.id))
        await play(pilot, "escape C")
        assert case.ref not in text_of(pilot)
        assert canary.WORD not in text_of(pilot)

        def with_it_open(data: Caseload) -> list[int]:
            data.connection.opened = case.id
            view = since.since_view(data, NOW - timedelta(days=1))
            data.connection.opened = 0
            return [one.card.case_id for one in view.cases]

        found = await app.read(with_it_open)
        assert found
        assert case.id not in found


def test_from_which_moment(caseload: Caseload) -> None:
    monday = date(2026, 11, 23)
    assert since.day_of("working_day", monday) == date(2026, 11, 20)
    assert since.day_of("friday", date(2026, 11, 20)) == date(2026, 11, 13)
    assert since.day_of("working_day", date(2026, 12, 29)) == date(2026, 12, 24)  # bank holidays
    assert since.moment_of(caseload, "1 jul", monday) == datetime(2026, 6, 30, 23, tzinfo=UTC)
    assert since.moment_of(caseload, "left", monday) == datetime(2026, 11, 20, tzinfo=UTC)
    note_lock(caseload, "locked by key")
    left = caseload.store.now()
    caseload.store.note("system", "caseload", 0, 0, "opened with the passphrase")
    assert abs(since.moment_of(caseload, "left", monday) - left) < timedelta(seconds=2)
    with pytest.raises(BadInputError):
        since.moment_of(caseload, "tomorrow", monday)


def test_a_log_that_says_what_it_should_not_is_shown_all_the_same() -> None:
    """An archive from elsewhere: stages and answers that are in no list."""
    one = since.CaseSince(canary_card(), NOW, [("", HOSTILE)])
    ((name, said),) = since.lines_of(one, default_settings())
    assert (name, said) == ("stage", f" to {HOSTILE}")
    said = ('{"state":[]}', '{"state":["fitted"]}', "")
    row = queries.LoggedChange(
        1, NOW, "x", "alteration", "measures", 1, 1, 1, 0, *said, disposed=False
    )
    since._count(one, row)
    assert one.changed == {"Measure": 1}


def canary_card() -> queries.CaseCard:
    return queries.CaseCard(1, "S26-0001", "open", "legal", TODAY)


def test_the_command_says_the_same(tmp_path: Path) -> None:
    from tests.sanctuary_tui.cli_program import GOOD, Program

    program = Program(tmp_path / "home")
    key = program.init_quick()
    caseload = canary.opened(program.paths.data_dir, key=key)
    case = canary.add_canary(caseload)
    caseload.store.update(queries.get(caseload.connection, Person, 1), aliases=HOSTILE)
    caseload.close()
    given = ("--passphrase-file", "-")
    done = program.run("since", "--from", "2020-01-01", *given, stdin=f"{GOOD}\n")
    assert done.status == 0, done.err
    assert case.ref in done.out
    assert canary.WORD not in done.out
    assert "\x1b" not in done.out
    as_json = program.run("since", "--from", "2020-01-01", "--json", *given, stdin=f"{GOOD}\n")
    told = json.loads(as_json.out)
    assert {one["ref"] for one in told["cases"]} == {"S26-0001", "S26-0002"}
    assert told["changes"] == sum(sum(one["who"].values()) for one in told["cases"])
    named = program.run("since", "--from", "2020-01-01", "--names", *given, stdin=f"{GOOD}\n")
    assert canary.WORD in named.out
    wrong = program.run("since", "--from", "Ellwood", *given, stdin=f"{GOOD}\n")
    assert wrong.status == 1
    assert "Ellwood" not in wrong.sentence
