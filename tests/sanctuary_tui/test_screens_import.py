"""A tracker is imported on one screen by keys alone: real files, real caseloads, both sizes."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path
from time import monotonic, sleep
from typing import Final

import pytest
from textual.pilot import Pilot

from config.errors import BadInputError
from db import imported, queries
from db.caseload import Caseload
from db.models import CaseFile, Disclosure
from db.readlog import LogFilter, read_log
from sanctuary_tui.imports import applying
from sanctuary_tui.screens.import_done import ImportsSheet
from sanctuary_tui.screens.import_words import whole_path
from sanctuary_tui.screens.importing import ImportSheet
from tests import needs
from tests.frozen import FrozenConsole, Opened, play, played, text_of
from tests.poison import CRASHING, LIVE, STEERING, STEERS
from tests.scenes import HELD, TRACKER
from tests.sealed import canary
from tests.terminal import Terminal
from tests.walks.console import PATIENCE, give_passphrase, run_cli

SIZES: Final = [(80, 24), (120, 40)]
OWN_WORDS: Final = (Path(TRACKER).parent / "08_own_words.xlsx").as_posix()
TWICE: Final = (Path(TRACKER).parent / "11_twice.csv").as_posix()
ROOT: Final = Path(__file__).parents[2]


def files_of(data: Caseload) -> dict[str, CaseFile]:
    """Every case by its reference."""
    files = queries.case_files(data.connection, ("people", "notes", "properties"), "1")
    return {file.case.ref: file for file in files.values()}


def everything(data: Caseload) -> list[object]:
    """What a change would show in: cases, notes, the log and the imports."""
    return [files_of(data), data.store.log.state, imported.imports(data.connection)]


def sheet_of(app: FrozenConsole) -> ImportSheet:
    assert isinstance(app.screen, ImportSheet), app.screen
    return app.screen


def flat(pilot: Pilot[None]) -> str:
    """What stands on the screen, however it is folded."""
    return " ".join(text_of(pilot).split())


async def shows(pilot: Pilot[None], words: str, seconds: float = 20.0) -> None:
    """Wait, without a key, until these words stand on the screen."""
    until = monotonic() + seconds
    while words not in text_of(pilot):
        assert monotonic() < until, text_of(pilot)
        await asyncio.sleep(0.02)


def many(path: Path, rows: int) -> str:
    """A tracker of so many households."""
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    lines = ["Ref,Client name,DOB,Postcode,Date of referral"]
    lines += [
        f"Q{at},Qzname{chr(97 + at % 26)}{chr(97 + at // 26 % 26)} Person{chr(97 + at // 676)}word,"
        f"{1 + at % 28:02}/{1 + at % 12:02}/{1950 + at % 50},ZZ{1 + at % 9} {at % 10}"
        f"{letters[at // 90 % 20]}{letters[at // 1800 % 20]},01/02/2026"
        for at in range(rows)
    ]
    path.write_text("\n".join(lines), "utf-8")
    return path.as_posix()


async def test_what_is_in_doubt_is_not_imported_before_it_is_settled(
    console: Opened, tmp_path: Path
) -> None:
    """Amounts under a title of references: taken as money only where a person says so."""
    tracker = tmp_path / "spend.csv"
    tracker.write_text(
        "Ref,Client name,Date received,PO\nA1,Tovina Birtombe,2/11/2026,£312.50\n"
        "A2,Keldra Wrenawby,3/11/2026,£99.00\n",
        "utf-8",
    )
    app = console("empty")
    async with played(app, f'6 T ="{tracker.as_posix()}" enter') as pilot:
        assert "1 column in doubt" in text_of(pilot)
        await play(pilot, "ctrl+s")
        assert "not beyond doubt what is in column D" in flat(pilot)
        assert await app.read(files_of) == {}
        await play(pilot, "space ctrl+s y")
        assert "Import 1 is kept" in text_of(pilot)
        kept = await app.read(
            lambda data: queries.case_files(data.connection, ("expenditures",), "1")
        )
        amounts = [str(one.gross) for file in kept.values() for one in file.expenditures]
        assert sorted(amounts) == ["31250", "9900"]


@pytest.mark.parametrize("size", SIZES)
async def test_from_the_file_to_the_undoing(
    console: Opened, size: tuple[int, int], tmp_path: Path
) -> None:
    """Own words for the stage: a column and its answers put right, imported, and taken back."""
    app = console("empty")
    async with played(app, f'6 T ="{OWN_WORDS}" enter', size=size) as pilot:
        before = await app.read(files_of)
        assert before == {}
        await play(pilot, 'home @"Where" enter =stage enter tab')
        assert "4 answers without a meaning" in flat(pilot)
        await play(pilot, "space enter =installation enter")
        await play(pilot, "enter =aftercare enter enter =referral enter")
        assert "without a meaning" not in text_of(pilot)
        assert "Without one" not in text_of(pilot)
        await play(pilot, "tab tab")
        assert "Rows refused 0" in flat(pilot)
        await play(pilot, "ctrl+s")
        assert "Import 4 cases?" in text_of(pilot)
        await play(pilot, "y")
        assert "Import 1 is kept" in text_of(pilot)
        files = await app.read(files_of)
        assert {
            file.survivor.surname: file.case.stage for file in files.values() if file.survivor
        } == {
            "Birtombe": "consent",
            "Wrenawby": "installation",
            "Haskersley": "aftercare",
            "Pellenshaw": "referral",
        }
        assert any("Perp has left: x" in one.body for file in files.values() for one in file.notes)

        mapping = tmp_path / "kept.toml"
        await play(pilot, f'k ="{mapping.as_posix()}" enter')
        text = mapping.read_text("utf-8")
        assert 'just in" = "referral' in text
        assert "Birtombe" not in text

        # The same file again, with the mapping: nothing is new.
        await play(pilot, f'o ="{OWN_WORDS}" enter m ="{mapping.as_posix()}" enter')
        assert "The mapping is in force" in text_of(pilot)
        stands = await app.read(everything)
        await play(pilot, "5")
        assert "Same as before 4" in flat(pilot)
        await play(pilot, "ctrl+s y")
        assert "there was nothing new" in flat(pilot)
        assert await app.read(everything) == stands

        await play(pilot, "i")
        assert isinstance(app.screen, ImportsSheet)
        await play(pilot, "u n")
        assert await app.read(files_of) == files
        await play(pilot, "u y")
        assert "4 cases taken out" in text_of(pilot)
        assert await app.read(files_of) == {}
        await play(pilot, "u")
        assert "is undone already" in " ".join(one.message for one in app._notifications)


async def test_the_mapping_that_was_kept_is_offered(console: Opened) -> None:
    app = console("empty")
    async with played(app, f'6 T ="{OWN_WORDS}" enter', size=(80, 24)) as pilot:
        await play(pilot, 'home @"Where" enter =stage enter k enter')
        assert "How the columns are read" in flat(pilot)
        await play(pilot, f'o ="{OWN_WORDS}" enter m enter')
        assert "The mapping is in force" in text_of(pilot)


@pytest.mark.parametrize("size", SIZES)
async def test_each_duplicate_is_decided_in_its_own_way(
    console: Opened, size: tuple[int, int]
) -> None:
    """Held already: one linked, one new, one left out; in the file twice: made one."""
    app = console()
    async with played(app, f'6 T ="{HELD}" enter 3 space space', size=size) as pilot:
        before = await app.read(files_of)
        await play(pilot, "4")
        assert "4 to decide" in text_of(pilot)
        assert "Anory" not in text_of(pilot)
        assert "A. Q." in text_of(pilot)
        await play(pilot, "ctrl+s")
        assert "may be held already" in flat(pilot)
        await play(pilot, "x")
        assert "Anory Questow" in text_of(pilot)
        assert "Annory Questow" in text_of(pilot)
        lines = await app.read(lambda data: read_log(data.connection, LogFilter(), 9))
        assert any("import listed with names" in one.why for one in lines)
        await play(pilot, "home l n s l 5")
        assert "Left out 1" in flat(pilot)
        assert "To decide 0" in flat(pilot)
        assert "row 6, C (DOB): date" in flat(pilot)
        await play(pilot, "ctrl+s y")
        after = await app.read(files_of)
        made = [file for ref, file in after.items() if ref not in before]
        names = sorted(file.survivor.surname for file in made if file.survivor)
        assert names == ["Beckmoor", "Ostentry", "Quornby"]
        linked = after["S25-0004"]
        assert "Client name: Anory Questow" in linked.notes[-1].body
        assert linked.people == before["S25-0004"].people
        assert not any("Ferris" in note.body for file in made for note in file.notes)
        (twice,) = (file for file in made if file.survivor and file.survivor.surname == "Quornby")
        assert any("Quornbie" in note.body for note in twice.notes)

        await play(pilot, "w enter")
        assert "2 rows to mend" in flat(pilot)
        rows = await app.read(lambda data: queries.all_of(data.connection, Disclosure))
        assert rows[-1].profile == "refused"
        assert "Aldwyre" in Path(rows[-1].path).read_text("utf-8-sig")


async def test_a_decision_waits_for_the_row_it_hangs_on(console: Opened, tmp_path: Path) -> None:
    lines = Path(HELD).read_text("utf-8").splitlines()
    anew = lines[1].replace("H1,", "H9,").replace("Anory", "Annory").replace("04/11", "05/11")
    path = tmp_path / "chain.csv"
    path.write_text("\n".join([lines[0], lines[1], anew]), "utf-8")
    app = console()
    async with played(app, f'6 T ="{path.as_posix()}" enter 3 space 4') as pilot:
        assert "2 to decide" in text_of(pilot)
        await play(pilot, "end right")  # row 3, beside row 2 of the file
        assert "Tracker, row 2" in text_of(pilot)
        await play(pilot, "l")
        assert "Decide about row 2 first" in flat(pilot)
        await play(pilot, "home s end right l")
        assert "Row 2 is left out" in flat(pilot)
        await play(pilot, "home n end right l")
        assert "linked to row 2" in text_of(pilot)
        await play(pilot, "home s")  # what hung on it is open again
        assert "1 to decide" in text_of(pilot)
        await play(pilot, "delete")
        assert "1 to decide" in text_of(pilot) or "2 to decide" in text_of(pilot)


@pytest.mark.guarantee
async def test_nothing_of_a_sealed_case_stands_beside_a_tracker(console: Opened) -> None:
    app = console()
    async with played(app, f'6 T ="{HELD}" enter 3 space space 4 x') as pilot:
        assert "S26-0005" in text_of(pilot)
        await play(pilot, "escape y")

        def hide(data: Caseload) -> None:
            canary.seal(data, queries.case_id_of(data.connection, "S26-0005"))

        await app.write(hide)
        await play(pilot, f'T ="{HELD}" enter 3 space space 4')
        assert "S26-0004" in text_of(pilot)
        assert "S26-0005" not in text_of(pilot)
        assert "Ferris" not in text_of(pilot)


async def test_a_case_sealed_meanwhile_is_in_no_comparison_any_more(console: Opened) -> None:
    app = console()
    async with played(app, f'6 T ="{HELD}" enter 3 space space 4') as pilot:
        await app.write(
            lambda data: canary.seal(data, queries.case_id_of(data.connection, "S26-0005"))
        )
        await play(pilot, "5 4 x")
        assert "S26-0005" not in text_of(pilot)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("tracker.csv", "whole path"),
        ("/nowhere/tracker.csv", "no file of that name"),
    ],
)
async def test_a_path_that_leads_nowhere_is_said_where_it_is_typed(
    console: Opened, said: str, sentence: str
) -> None:
    app = console()
    async with played(app, f'6 T ="{said}" enter', size=(80, 24)) as pilot:
        assert sentence in flat(pilot)
        await play(pilot, "escape")
        assert "press o" in text_of(pilot)
        with pytest.raises(BadInputError) as refused:
            whole_path(said)
        assert ".xlsx" not in refused.value.sentence, "a mapping's path is asked for too"


async def test_what_cannot_be_read_is_asked_for_again(console: Opened, tmp_path: Path) -> None:
    bad, large = tmp_path / "bad.xlsx", tmp_path / "large.csv"
    bad.write_bytes(b"PK\x03\x04 no workbook")
    large.write_bytes(b"a,b\n" * (6 * 1024 * 1024))
    app = console()
    async with played(app, f'6 T ="{bad.as_posix()}" enter', size=(80, 24)) as pilot:
        assert "Whole path" in text_of(pilot)
        assert "workbook" in flat(pilot) or "damaged" in flat(pilot)
        await play(pilot, f'ctrl+u ="{large.as_posix()}" enter')
        assert "larger than 20 MB" in flat(pilot)


@needs.pipes
def test_a_pipe_in_the_place_of_a_tracker_is_not_waited_for(tmp_path: Path) -> None:
    import os
    import subprocess

    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    read = "import sys; from pathlib import Path; from sanctuary_tui.imports.reading import *\n"
    read += "read_tracker(Path(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", read, str(pipe)], capture_output=True, timeout=30, check=False
    )
    assert b"That is not a file" in done.stderr


async def test_titles_and_cells_that_steer_or_are_markup_are_words(
    console: Opened, tmp_path: Path
) -> None:
    """Every step with each text that has broken a terminal program, in titles and in cells."""
    texts = [*LIVE, *CRASHING, *(text.replace("\x00", "") for text in STEERING.values())]
    path = tmp_path / "hostile[b]qz.csv"
    titles = ["Client name", "DOB", "Stage", *(f"{text} {at}" for at, text in enumerate(texts))]

    def quoted(cells: list[str]) -> str:
        return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)

    rows = [
        [f"{text} Qzperson", f"0{1 + at % 8}/02/1990", text, *texts]
        for at, text in enumerate((*texts, texts[0]))
    ]
    path.write_text("\n".join(map(quoted, [titles, *rows])), "utf-8")
    app = console()
    async with played(app, f'6 T ="{path.as_posix()}" enter x') as pilot:
        await play(pilot, "home @Stage enter =stage enter")
        for keys in (
            "end",
            "enter",
            "escape",
            "3",
            "end",
            "enter",
            "escape",
            "4",
            "end",
            "5",
            "end",
        ):
            await play(pilot, keys)
            assert not STEERS.search(text_of(pilot).replace("\n", "")), keys
        assert isinstance(sheet_of(app), ImportSheet)
        await play(pilot, "2 home down down down")
        assert "[@click=app.quit]qz[/]" in text_of(pilot)


async def test_ten_thousand_rows_are_planned_with_the_keys_alive(
    console: Opened, tmp_path: Path
) -> None:
    path = many(tmp_path / "many.csv", 10_000)
    app = console("empty")
    async with played(app, f'6 T ="{path}" enter', size=(80, 24)) as pilot:
        pressed = asyncio.create_task(pilot.press("5"))  # it returns when most of it is done
        told: set[str] = set()
        until = monotonic() + 300
        while "What would come of the rows" not in text_of(pilot):
            told.update(re.findall(r"\d+%", text_of(pilot)))
            await asyncio.sleep(0.01)
            assert monotonic() < until, text_of(pilot)
        # Drawn again and again while it works: a plan that held the console would show one or none.
        assert len(told) > 3
        await pressed
        await shows(pilot, "10,000. Not data")


async def test_esc_stops_an_import_and_keeps_nothing(
    console: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = applying._Keeper.keep

    def slowly(*arguments: object) -> None:
        sleep(0.05)
        keep(*arguments)

    app = console("empty")
    path = many(tmp_path / "many.csv", 200)
    async with played(app, f'6 T ="{path}" enter', size=(80, 24)) as pilot:
        before = await app.read(everything)
        with monkeypatch.context() as slow:  # as on an old disk
            slow.setattr(applying._Keeper, "keep", slowly)
            await play(pilot, "ctrl+s")
            await pilot.press("y")
            await shows(pilot, "written. It is kept once all of it is")
            await pilot.press("escape")
            await shows(pilot, "Stopped. Nothing was imported.")
        assert await app.read(everything) == before
        await play(pilot, "ctrl+s y")
        assert len(await app.read(files_of)) == 200


async def test_a_lock_in_the_middle_of_an_import_keeps_nothing(
    console: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, kept = applying._Keeper.keep, []

    def slowly(*arguments: object) -> None:
        sleep(0.05)
        kept.append(arguments)
        keep(*arguments)

    app = console("empty")
    home, path = app.paths.caseload, many(tmp_path / "many.csv", 200)
    async with played(app, f'6 T ="{path}" enter', size=(80, 24)) as pilot:
        monkeypatch.setattr(applying._Keeper, "keep", slowly)
        await play(pilot, "ctrl+s")
        await pilot.press("y")
        await shows(pilot, "written. It is kept once all of it is")
        app.action_lock()
        until = monotonic() + 60
        while app.looks:
            assert monotonic() < until, "the caseload's thread still imports"
            await asyncio.sleep(0.02)
        assert len(kept) < 200, "it was imported to its end first"
    from tests.frozen import KEY, NOW, TODAY, default_settings, derive_with, open_caseload

    again = open_caseload(
        home,
        KEY,
        derive=derive_with(default_settings()),
        who="Coordinator",
        clock=lambda: NOW,
        today=lambda: TODAY,
    )
    try:
        assert files_of(again) == {}
        assert imported.imports(again.connection) == []
    finally:
        again.close()


@needs.tmux
@pytest.mark.slow
@pytest.mark.terminal
def test_a_lock_leaves_nothing_of_the_tracker_on_the_screen(tmp_path: Path) -> None:
    home = tmp_path / "home"
    run_cli(home, "demo", "--cases", "3", "--no-console", "--today", "2026-11-26", asks=False)
    command = [sys.executable, "-m", "sanctuary_tui"]
    env = {"SANCTUARY_HOME": str(home)}
    with Terminal.start(command, size=(80, 24), env=env, cwd=ROOT) as terminal:
        give_passphrase(terminal)
        terminal.wait_for("? keys", PATIENCE)
        terminal.keys("T")
        terminal.wait_for("Whole path", PATIENCE)
        terminal.type(TWICE)
        terminal.keys("Enter")
        terminal.wait_for("In it", PATIENCE)
        terminal.keys("4")
        terminal.wait_for("to decide", PATIENCE)
        terminal.keys("x")
        terminal.wait_for("Netheromb", PATIENCE)
        terminal.keys("F12")
        terminal.wait_for("Passphrase", PATIENCE)
        shown = terminal.screen()
        assert "Netheromb" not in shown
        assert "11_twice" not in shown
        give_passphrase(terminal)
        terminal.wait_for("? keys", PATIENCE)
        assert "11_twice" not in terminal.screen()


async def test_leaving_asks_where_something_would_be_lost(console: Opened) -> None:
    app = console()
    async with played(app, f'6 T ="{TWICE}" enter escape') as pilot:
        assert "Leave without keeping anything?" in text_of(pilot)
        await play(pilot, "n")
        assert isinstance(app.screen, ImportSheet)
        await play(pilot, "escape y")
        assert app.place == "reports"
        assert len(app.screen_stack) == 2


async def test_the_palette_and_settings_lead_to_it(console: Opened) -> None:
    app = console("empty")
    async with played(app, '1 ctrl+p ="import a tracker" enter', size=(80, 24)) as pilot:
        assert "Whole path of the .csv or .xlsx file" in text_of(pilot)
        await play(pilot, "escape escape 7 T")
        assert "Whole path of the .csv or .xlsx file" in text_of(pilot)


async def test_of_several_sheets_one_is_chosen(console: Opened) -> None:
    app = console()
    async with played(app, f'6 T ="{TRACKER}" enter') as pilot:
        assert "Choose the sheet" in text_of(pilot) or "In it" in text_of(pilot)
        if len(sheet_of(app).book.sheets) > 1:
            await play(pilot, "1 home enter")
        assert "Vic name" in text_of(pilot)
