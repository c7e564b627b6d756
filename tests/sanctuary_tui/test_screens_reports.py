"""Reports: what was exported can be deleted there, and exported again the same day."""

from __future__ import annotations

from db import queries
from db.models import Disclosure
from db.readlog import LogFilter, read_log
from sanctuary_tui import table_export
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
