"""Reports: what was exported can be deleted there, and exported again the same day."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from db import queries
from db.models import Case, Disclosure
from db.readlog import LogFilter, read_log
from sanctuary_tui import table_export
from sanctuary_tui.exports.register import Found, look
from sanctuary_tui.imports.archive import read_archive
from sanctuary_tui.screens import reports
from tests.frozen import Opened, play, text_of

QUARTER = "q enter h enter"


async def test_a_quarter_deleted_is_exported_again_the_same_day(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        folder = table_export.default_folder(app.paths)
        await play(pilot, f"6 {QUARTER}")
        first = sorted(path.name for path in folder.iterdir())
        assert [name.rsplit(".")[-1] for name in first] == ["csv", "manifest"]
        await play(pilot, "delete y")
        assert list(folder.iterdir()) == []
        await play(pilot, QUARTER)
        assert sorted(path.name for path in folder.iterdir()) == first
        rows = await app.read(lambda data: queries.all_of(data.connection, Disclosure))
        assert [row.deleted_on is not None for row in rows[-2:]] == [True, False]
        assert rows[-2].sha256  # the register still tells what it was


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_its_keys_stand_at_the_bottom(console: Opened, size: tuple[int, int]) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        await play(pilot, "6")
        told = " ".join(text_of(pilot).split("\n")[-2:])
        for key in ("R returns", "p pictures", "F funds", "G group", "H hand over", "? keys"):
            assert f" {key} " in f"{told} ", key


async def test_a_file_that_was_changed_meanwhile_is_said_to_be(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, f"6 {QUARTER}")
        assert "still there" in text_of(pilot)
        (written,) = table_export.default_folder(app.paths).glob("*.csv")
        written.write_text("somebody saved it from a spreadsheet", "utf-8")
        await play(pilot, "1 6")
        assert "there, changed" in text_of(pilot)
        assert "still there" not in text_of(pilot)
        await play(pilot, "d")
        assert "y deletes it as it is" in text_of(pilot)
        written.unlink()
        await play(pilot, "n")
        assert "not there" in text_of(pilot)


async def test_files_are_looked_at_once_for_each_showing_and_no_key_waits_for_it(
    console: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is read whole, and may lie on a stick: never in the thread that draws."""
    looked: list[tuple[int, bool]] = []

    def seen(row: Disclosure, *, also: Sequence[Path] = ()) -> Found:
        looked.append((row.id, threading.current_thread() is threading.main_thread()))
        return look(row, also=also)

    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, f"6 {QUARTER} 1")
        monkeypatch.setattr(reports, "look", seen)
        for keys in ("6", "d n"):
            looked.clear()
            await play(pilot, keys)
            rows = await app.read(lambda data: queries.all_of(data.connection, Disclosure))
            assert sorted(looked) == [(row.id, False) for row in rows]


async def test_enter_says_whole_what_was_sent_and_to_whom(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(
            pilot, '2 e i ="Jo Quaxley, head of housing" enter ="cover for leave" enter enter'
        )
        await play(pilot, "6 enter")
        told = " ".join(one.message for one in app._notifications)
        assert "To: Jo Quaxley, head of housing." in told


async def test_a_manifest_that_lies_there_alone_stands_in_nobodys_way(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        folder = table_export.default_folder(app.paths)
        await play(pilot, f"6 {QUARTER}")
        (written,) = folder.glob("*.csv")
        written.unlink()  # by hand, or moved
        await play(pilot, QUARTER)
        assert len(list(folder.glob("*.csv"))) == 1
        assert len(list(folder.glob("*.manifest"))) == 2
        assert "It is in the export register" in " ".join(
            one.message for one in app._notifications
        ), text_of(pilot)


async def test_names_leave_for_somebody_and_a_reason_that_the_register_keeps(
    console: Opened,
) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, "2 e i")
        assert "who gets the file" in text_of(pilot)
        await play(pilot, "enter")
        assert "Write something first." in text_of(pilot)
        await play(pilot, '="Jo Quaxley, head of housing" enter')
        assert "Why Jo Quaxley, head of housing needs the names" in text_of(pilot)
        await play(pilot, '="cover for leave" enter enter')
        row = (await app.read(lambda data: queries.all_of(data.connection, Disclosure)))[-1]
        assert (row.recipient_name, row.basis) == ("Jo Quaxley, head of housing", "cover for leave")
        lines = await app.read(lambda data: read_log(data.connection, LogFilter(), 5))
        assert "board exported, with names, to Jo Quaxley, head of housing: cover for leave" in {
            one.why for one in lines
        }


async def test_what_is_typed_takes_the_place_of_the_name_that_is_offered(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        folder = table_export.default_folder(app.paths)
        await play(pilot, "2 e p =monday enter")
        assert "must end in .csv, such as cases.csv" in text_of(pilot)
        assert not folder.exists()
        await play(pilot, "=.csv enter")  # the sheet stayed, with what was typed
        assert [path.name for path in folder.iterdir()] == ["monday.csv"]
        await play(pilot, "2 e p end left left left left =-b enter")  # an arrow keeps the offer
        assert {path.name for path in folder.iterdir()} == {"monday.csv", "board-20261126-b.csv"}


async def test_the_whole_caseload_leaves_once_it_is_typed_and_its_passphrase_opens_it(
    console: Opened,
) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, '6 A ="Jo Quaxley" enter ="a new system" enter')
        assert "Sealed cases, if there are any" in text_of(pilot)
        await play(pilot, "l =yes enter")
        assert "typing everything" in text_of(pilot)
        await play(pilot, "escape")
        folder = table_export.default_folder(app.paths)
        assert not folder.exists()
        await play(pilot, 'A ="Jo Quaxley" enter ="a new system" enter l =everything enter')
        assert "Write to" in text_of(pilot)
        await play(pilot, "enter")
        shown = [line.strip(" │┃▏▕") for line in text_of(pilot).split("\n")]
        (out,) = folder.iterdir()
        words = next(line for line in shown if re.fullmatch(r"([a-z-]+ ){5}[a-z-]+", line))
        cases = len(await app.read(lambda data: queries.all_of(data.connection, Case)))
        archive = await asyncio.to_thread(read_archive, out, words)
        assert sum(map(len, archive.pieces("cases"))) == cases > 1
        row = (await app.read(lambda data: queries.all_of(data.connection, Disclosure)))[-1]
        assert (row.recipient_name, row.basis, row.profile) == (
            "Jo Quaxley",
            "a new system",
            "archive",
        )


async def test_sealed_cases_go_into_an_archive_for_a_reason_alone(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, '6 A ="Jo Quaxley" enter ="a new system" enter s enter')
        assert "Write something first." in text_of(pilot)
        await play(pilot, '="they move too" enter =everything enter enter')
        lines = await app.read(lambda data: read_log(data.connection, LogFilter(), 5))
        assert "sealed cases asked for an archive: they move too" in {line.why for line in lines}
