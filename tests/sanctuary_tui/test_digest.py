"""The weekly digest: counted again by plain SQL, without names unless asked for, none sealed."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from config.errors import BadInputError, RefusedError
from config.settings import default_settings
from db import queries
from db.caseload import Caseload
from db.models import Disclosure, Person
from sanctuary_tui import digest, table_export
from sanctuary_tui.screens.case import CaseScreen
from sanctuary_tui.screens.since import SinceScreen
from tests.frozen import NOW, TODAY, Opened, play, text_of
from tests.sanctuary_tui.cli_program import GOOD, HANDED, Program, with_names
from tests.sealed import canary

SETTINGS = default_settings()
WEEK = digest.week_with(TODAY)
DAYS = ("2026-11-23", "2026-11-29")
HOSTILE = "=HYPERLINK(evil) [bold]x\x1b[2J"


def _refs(data: Caseload, sql: str, *values: str) -> list[str]:
    return sorted(row[0] for row in data.connection.execute(sql, values).fetchall())


def _by_sql(data: Caseload) -> dict[str, list[str]]:
    """The week from the tables and the log themselves, by no query of the program."""
    return {
        "new": _refs(
            data, "SELECT ref FROM main.cases WHERE substr(received, 1, 10) BETWEEN ? AND ?", *DAYS
        ),
        "moved": _refs(
            data,
            "SELECT c.ref FROM main.changes l JOIN main.cases c ON c.id = l.case_id"
            " WHERE l.entity = 'cases' AND l.action = 'alteration' AND l.undoes = 0"
            " AND json_extract(l.after, '$.stage') <> json_extract(l.before, '$.stage')"
            " AND json_extract(l.after, '$.stage') <> 'closed'"
            " AND substr(l.at, 1, 10) BETWEEN ? AND ?",
            *DAYS,
        ),
        "secured": _refs(
            data,
            "SELECT DISTINCT k.ref FROM main.case_cards k JOIN main.measures m USING (case_id)"
            " WHERE k.secured = 'yes' AND m.fitted_on BETWEEN ? AND ?",
            *DAYS,
        ),
        "closed": _refs(
            data,
            "SELECT DISTINCT c.ref FROM main.cases c JOIN main.closures x ON x.case_id = c.id"
            " WHERE c.status = 'closed' AND x.closed_on BETWEEN ? AND ?",
            *DAYS,
        ),
        "stuck": _refs(
            data,
            "SELECT ref FROM main.case_cards WHERE status = 'open' AND target_due < ?",
            TODAY.isoformat(),
        ),
        "due": _refs(
            data,
            "SELECT c.ref FROM main.reminders r JOIN main.cases c ON c.id = r.case_id"
            " WHERE (r.state = 'open' AND r.due BETWEEN ?1 AND ?2)"
            " OR (r.state = 'snoozed' AND r.snoozed_to BETWEEN ?1 AND ?2)",
            "2026-11-30",
            "2026-12-06",
        ),
    }


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_digest_is_what_the_tables_say(console: Opened, size: tuple[int, int]) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        await play(pilot, "C d")
        screen = app.screen
        assert isinstance(screen, SinceScreen)
        expected = await app.read(_by_sql)
        shown: dict[str, list[str]] = {name: [] for name in digest.SECTIONS}
        for line in screen.weekly.rows:
            shown[line.section].append(line.card.ref)
        overdue = shown.pop("overdue")
        assert {name: sorted(refs) for name, refs in shown.items()} == expected
        assert all(expected[name] for name in ("new", "moved", "stuck", "due"))
        today = await app.read(lambda data: digest.views.today_view(data, TODAY, SETTINGS))
        late = [one.card.ref for one in today.lines if one.group == "overdue" and not one.place]
        assert sorted(overdue) == sorted(late)
        said = text_of(pilot)
        assert "Week 2026-W48" in said
        assert all(len(line.rstrip()) <= size[0] for line in said.splitlines())
        await play(pilot, "less_than_sign")
        assert "Week 2026-W47" in text_of(pilot)
        await play(pilot, "greater_than_sign greater_than_sign")
        assert "Week 2026-W49" in text_of(pilot)
        await play(pilot, "less_than_sign enter")
        assert isinstance(app.screen, CaseScreen)
        await play(pilot, "escape d")
        assert "Changed since" in text_of(pilot)
        await play(pilot, "e")
        assert "The digest is what is written" in str(list(app._notifications)[-1].message)


async def test_on_the_screen_it_is_written_without_names_and_registered(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "C d e p enter")
        rows = await app.read(lambda data: queries.all_of(data.connection, Disclosure))
        row = rows[-1]
        assert row.what == "digest-2026-W48, pseudonymous"
        assert (row.profile, row.held) == ("pseudonymous", "public")
        text = Path(row.path).read_text("utf-8-sig")
        cards = await app.read(lambda data: data.open_cards())
        assert cards[0].ref in text
        assert not [card.name for card in cards if " " in card.name and card.name in text]
        assert not [card for card in cards if card.stuck_on.count(" ") and card.stuck_on in text]


def test_the_file_has_names_only_for_somebody_and_a_reason(
    caseload: Caseload, tmp_path: Path
) -> None:
    case = canary.add_canary(caseload)
    caseload.store.update(case, next_action=HOSTILE)
    week = digest.week_with(canary.TODAY)
    found = digest.digest(caseload, week, canary.TODAY, SETTINGS)
    plain, named = tmp_path / "plain.csv", tmp_path / "named.csv"
    digest.export_digest(caseload, found, plain, handed=None, now=NOW)
    with pytest.raises(BadInputError):
        digest.export_digest(caseload, found, named, handed=table_export.Handed("", "x"), now=NOW)
    assert not named.exists()
    digest.export_digest(caseload, found, named, handed=HANDED, now=NOW)
    assert canary.WORD not in plain.read_text("utf-8-sig")
    assert canary.WORD in named.read_text("utf-8-sig")
    with named.open(encoding="utf-8-sig", newline="") as stream:
        cells = [cell for row in csv.reader(stream) for cell in row]
    assert not [cell for cell in cells if cell.startswith("=")]
    assert "\x1b" not in named.read_text("utf-8-sig")
    with pytest.raises(RefusedError):
        digest.export_digest(caseload, found, tmp_path / "household.csv", handed=None, now=NOW)


@pytest.mark.guarantee
def test_no_perpetrator_gets_the_file_with_names(caseload: Caseload, tmp_path: Path) -> None:
    case = canary.add_canary(caseload)
    caseload.store.add(
        Person(case_id=case.id, role="perpetrator", first_name="Ivo", surname="Oakmoss")
    )
    found = digest.digest(caseload, digest.week_with(canary.TODAY), canary.TODAY, SETTINGS)
    to_them = table_export.Handed("Mr Ivo Oakmoss", "asks for it")
    with pytest.raises(RefusedError, match=f"{case.ref} cannot stand in this file"):
        digest.export_digest(caseload, found, tmp_path / "a.csv", handed=to_them, now=NOW)
    assert not (tmp_path / "a.csv").exists()


@pytest.mark.guarantee
def test_the_digest_has_nothing_of_a_sealed_case(caseload: Caseload, tmp_path: Path) -> None:
    case = canary.add_canary(caseload)
    week = digest.week_with(canary.TODAY)

    def told(number: int) -> str:
        found = digest.digest(caseload, week, canary.TODAY, SETTINGS)
        out = tmp_path / f"{number}.csv"
        digest.export_digest(caseload, found, out, handed=HANDED, now=NOW)
        return "\n".join([*digest.summary(found), str(found), out.read_text("utf-8-sig")])

    before = told(1)
    assert case.ref in before
    assert canary.WORD in before
    canary.seal(caseload, case.id)
    after = told(2)
    assert case.ref not in after
    assert canary.WORD not in after
    assert "S26-0002" in after


def test_weeks_are_those_of_the_calendar() -> None:
    week = digest.week_of("2026-W47")
    assert (week.first, week.last) == (date(2026, 11, 16), date(2026, 11, 22))
    assert digest.week_with(date(2027, 1, 1)).code == "2026-W53"
    with pytest.raises(BadInputError):
        digest.week_of("2026-W54")


def test_the_command_prints_and_writes(tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    key = program.init_quick()
    caseload = canary.opened(program.paths.data_dir, key=key)
    case = canary.add_canary(caseload)
    caseload.close()
    given = ("--week", "2026-W48", "--today", "2026-11-26", "--passphrase-file", "-")
    done = program.run("digest", *given, stdin=f"{GOOD}\n")
    assert done.status == 0, done.err
    assert case.ref in done.out
    assert canary.WORD not in done.out
    out = tmp_path / "digest.csv"
    done = program.run("digest", "--out", str(out), *given, stdin=f"{GOOD}\n")
    assert done.status == 0, done.err
    assert "pseudonymous" in done.out
    assert canary.WORD not in out.read_text("utf-8-sig")
    assert program.run("digest", "--identifiable", *given).status == 2
    named = tmp_path / "named.csv"
    done = program.run(
        "digest", "--out", str(named), *with_names(tmp_path), *given, stdin=f"{GOOD}\n"
    )
    assert done.status == 0, done.err
    assert canary.WORD in named.read_text("utf-8-sig")
