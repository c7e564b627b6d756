"""Settings that were changed in the file by hand are told in the log, and bar a disposal."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from config.settings import load_settings, save_settings
from db import queries
from db.models import Case, Closure, Disposal
from sanctuary_tui import seen_settings
from sanctuary_tui.screens.settings import SettingList
from tests.frozen import Opened, play, settle, text_of
from tests.sanctuary_tui.cli_program import GOOD, Program

OUTSIDE = "settings changed outside the console: "
CONFIRM = (
    "Confirm it in Settings (7), or by 'sanctuary dispose --confirm-period"
    " retention.adult_years=1'; nothing is disposed of until then."
)
DISPOSE = (
    "dispose",
    "S19-0007",
    *("--authority", "Records manager"),
    *("--confirm", "S19-0007", "--passphrase-file", "-"),
)


@pytest.fixture
def program(tmp_path: Path) -> tuple[Program, bytearray]:
    """A caseload that has been opened once, with a case that closed seven years ago."""
    made = Program(tmp_path / "home")
    key = made.init()
    with made.caseload(key) as caseload:
        case = caseload.store.add(Case(ref="S19-0007", route="police"))
        caseload.store.add(Closure(case_id=case.id, closed_on=date(2019, 3, 1), outcome="secured"))
        caseload.store.update(case, status="closed", stage="closed")
    made.good("today")
    return made, key


def outside(program: Program, key: bytearray) -> list[str]:
    return [why for why in program.logged(key) if why.startswith(OUTSIDE)]


@pytest.mark.guarantee
def test_what_was_changed_by_hand_is_logged_by_name_and_once(
    program: tuple[Program, bytearray],
) -> None:
    made, key = program
    assert outside(made, key) == []
    save_settings(
        made.paths.settings_file,
        {
            "coordinator": "A. N. Other",
            "retention.adult_years": 1,
            "policy.overrides_signed_by": "",
            "theme": "sanctuary-light",
        },
    )
    made.good("today")
    made.good("today")
    made.paths.settings_file.unlink()
    made.good("today")
    assert outside(made, key) == [
        f"{OUTSIDE}coordinator Coordinator to A. N. Other, policy.overrides_signed_by Service "
        "manager to blank, retention.adult_years 0 to 1",
        f"{OUTSIDE}coordinator A. N. Other to Coordinator, policy.overrides_signed_by blank to "
        "Service manager, retention.adult_years 1 to 0",
    ]


@pytest.mark.guarantee
def test_no_disposal_by_a_period_that_was_changed_by_hand(
    program: tuple[Program, bytearray],
) -> None:
    made, key = program
    reason = made.home.parent / "reason.txt"
    reason.write_text("The years are over.", "utf-8")
    dispose = (*DISPOSE, "--reason-file", str(reason))
    save_settings(made.paths.settings_file, {"retention.adult_years": 1})
    for _ in range(2):  # seen is not confirmed
        done = made.run(*dispose, stdin=f"{GOOD}\n")
        assert done.status == 1
        assert "retention.adult_years was changed outside the console" in done.sentence
        assert "confirm it in Settings" in done.sentence
    with made.caseload(key) as caseload:
        assert queries.case_id_of(caseload.connection, "S19-0007")
        settings = load_settings(made.paths.settings_file)
        seen_settings.confirm(caseload, settings, "retention.adult_years")
    assert made.run(*dispose, stdin=f"{GOOD}\n").status == 0  # so it was that alone
    with made.caseload(key) as caseload:
        (one,) = queries.all_of(caseload.connection, Disposal)
    assert one.ref == "S19-0007"


@pytest.mark.guarantee
def test_a_period_is_confirmed_by_name_and_value_alone(program: tuple[Program, bytearray]) -> None:
    made, key = program
    save_settings(made.paths.settings_file, {"retention.adult_years": 1})
    made.good("today")
    way = "--confirm-period retention.adult_years=1"
    told = " ".join(made.good("check").out.split())
    assert (
        f"see disposals periods: Changed outside the console: retention.adult_years=1. {CONFIRM}"
        in told
    )
    for said, why in (
        ("retention.adult_years=2", "is 1, not 2"),
        ("retention.adult_years", "Name a period and its value"),
        ("coordinator=1", "Name a period and its value"),
        ("retention.marac_years=0", "waits for no confirmation"),
    ):
        done = made.run(
            "dispose", "--confirm-period", said, "--passphrase-file", "-", stdin=f"{GOOD}\n"
        )
        assert done.status == 1
        assert why in done.sentence
    assert not [why for why in made.logged(key) if why.startswith("setting confirmed")]
    assert "is confirmed; disposals count with it." in made.good("dispose", *way.split()).out
    assert "setting confirmed: retention.adult_years 1" in made.logged(key)
    assert "No period of keeping waits to be confirmed." in " ".join(made.good("check").out.split())


async def test_a_period_is_confirmed_in_settings_once_it_says_what_becomes_due(
    console: Opened,
) -> None:
    app = console(settings={"retention.adult_years": 6})
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "")
        file = app.paths.settings_file
        save_settings(file, {"retention.adult_years": 1})
        app.use_settings(load_settings(file))

        async def waiting() -> tuple[str, ...]:
            return await app.read(lambda data: seen_settings.unconfirmed(data, app.settings))

        assert await waiting() == ("retention.adult_years",)
        await app.go("settings")
        await settle(pilot)
        rows = app.screen.query_one(SettingList)
        (at,) = (
            index for index, row in enumerate(rows.rows) if row.name == "retention.adult_years"
        )
        assert rows.rows[at].foreign
        rows.select("retention.adult_years")
        await play(pilot, "enter enter")
        assert "become due by it" in " ".join(text_of(pilot).split())
        assert await waiting() == ("retention.adult_years",)
        await play(pilot, "enter")
        assert await waiting() == ()
        said = await app.read(lambda data: queries.recent_changes(data.connection)[0].why)
        assert said == "setting confirmed: retention.adult_years 1"
        save_settings(file, {"retention.adult_years": 2})
        app.use_settings(load_settings(file))
        assert await waiting() == ("retention.adult_years",)
        await app.reload()
        rows.select("retention.adult_years")
        await play(pilot, "enter backspace 7 enter enter")  # another value is the console's own
        assert await waiting() == ()
        whys = await app.read(
            lambda data: [one.why for one in queries.recent_changes(data.connection)]
        )
        assert "setting changed: retention.adult_years" in whys
