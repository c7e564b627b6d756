"""The folder of the data full, read-only, moved away or deleted while the console is open.

Each is told in one sentence, nothing that was said to be saved is lost, what is being typed stays,
and all goes on once the folder can be written to again.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from typing import Final

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from db import queries
from db.caseload import Caseload
from db.connection import OperationalError
from db.models import Note
from sanctuary_tui.screens.forms import FormSheet
from tests import needs
from tests.db import kit
from tests.frozen import FrozenConsole, Opened, play, settle, text_of

TYPED: Final = "She rang"
NOTE: Final = f'slash =ellwood down enter 1 t ="{TYPED}"'
TOLD: Final = {
    "full": "The disk is full, so the change was not kept",
    "read-only": "could not be written, so the change was not kept",
    "moved": "is not there any more, so the change was not kept",
}


def _sql(text: str) -> Callable[[Caseload], object]:
    return lambda data: data.connection.execute(text).fetchall()


async def strike(app: FrozenConsole, trouble: str) -> None:
    """From now on the folder takes nothing: the driver's own refusals, or the folder is away."""
    if trouble == "moved":
        app.paths.data_dir.rename(app.paths.data_dir.with_name("away"))
    elif trouble == "read-only":
        await app.read(_sql("PRAGMA query_only = ON"))
    else:
        (pages,) = (await app.read(_rows("PRAGMA page_count")))[0]
        await app.read(_sql(f"PRAGMA max_page_count = {pages}"))
        free = await app.read(_rows("PRAGMA freelist_count"))
        await app.read(_filled(int(free[0][0])))


def _rows(text: str) -> Callable[[Caseload], list[tuple[int]]]:
    return lambda data: [tuple(row) for row in data.connection.execute(text).fetchall()]


def _filled(free: int) -> Callable[[Caseload], object]:
    """Every free page is taken, by rows that are no record."""

    def fill(data: Caseload) -> None:
        with contextlib.suppress(OperationalError):
            data.connection.execute("CREATE TABLE IF NOT EXISTS main.filling (x)").fetchall()
            for _ in range(200 + free):
                data.connection.execute("INSERT INTO filling VALUES (randomblob(3000))").fetchall()

    return fill


async def lift(app: FrozenConsole, trouble: str) -> None:
    """The folder is as it was."""
    if trouble == "moved":
        if app.paths.data_dir.exists():  # a backup made meanwhile
            app.paths.data_dir.rename(app.paths.data_dir.with_name("copied"))
        app.paths.data_dir.with_name("away").rename(app.paths.data_dir)
    elif trouble == "read-only":
        await app.read(_sql("PRAGMA query_only = OFF"))
    else:
        await app.read(_sql("PRAGMA max_page_count = 1000000"))


def told(app: FrozenConsole) -> list[str]:
    return [str(note.message) for note in app._notifications]


def sheet(pilot: Pilot[object]) -> FormSheet:
    found = pilot.app.screen
    assert isinstance(found, FormSheet), text_of(pilot)
    return found


def notes(data: Caseload) -> list[str]:
    found = [one.body for one in queries.all_of(data.connection, Note)]
    return [body[: len(TYPED)] for body in found if body.startswith(TYPED)]


@pytest.mark.guarantee
@pytest.mark.parametrize("trouble", TOLD)
async def test_it_is_told_in_one_sentence_and_what_is_typed_stays_and_is_saved_later(
    console: Opened, trouble: str
) -> None:
    app = console()
    async with app.run_test(size=(100, 30)) as pilot:
        await play(pilot, NOTE)
        app.screen.query_one(TextArea).insert(", and said much more" * 600)  # more than a page
        await settle(pilot)
        await strike(app, trouble)
        app.clear_notifications()
        sheet(pilot)._keep_later()  # the draft, which is kept by itself
        await settle(pilot)
        assert [TOLD[trouble] in one for one in told(app)] == [True]
        app.clear_notifications()
        sheet(pilot)._keep_later()  # not told again at each letter
        await settle(pilot)
        assert told(app) == []
        await play(pilot, "ctrl+s")
        assert [TOLD[trouble] in one for one in told(app)] == [True]
        assert app.screen.query_one(TextArea).text.startswith(TYPED)
        await play(pilot, "escape")
        assert isinstance(app.screen, FormSheet), "left, and what was typed would be gone"
        assert await app.read(notes) == []
        await lift(app, trouble)
        app.clear_notifications()
        await play(pilot, "ctrl+s")
        assert await app.read(notes) == [TYPED]
    data = kit.opened(app.paths.caseload)
    assert notes(data) == [TYPED]
    data.close()


@pytest.mark.guarantee
@pytest.mark.parametrize("trouble", TOLD)
@pytest.mark.parametrize(
    "keys", ["f9", "2 enter", "1 d", "B", "ctrl+z", "slash =ellwood down enter"]
)
async def test_no_other_act_brings_the_console_down(
    console: Opened, trouble: str, keys: str
) -> None:
    app = console()
    async with app.run_test(size=(100, 30)) as pilot:
        await play(pilot, "1")
        await strike(app, trouble)
        await play(pilot, keys)
        assert app.crash_report is None
        await lift(app, trouble)
        await play(pilot, "escape escape 1")
        assert app.crash_report is None


async def test_a_draft_kept_before_comes_back_after_the_folder_was_away(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(100, 30)) as pilot:
        await play(pilot, NOTE)
        await sheet(pilot).keep_draft()
        await strike(app, "moved")
        await app._in_time(app.before_lock(), None)  # as a lock does
        await lift(app, "moved")
    data = kit.opened(app.paths.caseload)
    assert [one.form for one in queries.drafts(data.connection)] == ["notes"]
    data.close()


@pytest.mark.guarantee
@needs.links
@pytest.mark.parametrize("how", ["asked for", "left"])
async def test_what_was_deleted_under_it_is_not_said_to_be_saved_and_can_still_be_copied(
    console: Opened, how: str
) -> None:
    """The system still takes every write, into a file that no longer has a name."""
    app = console()
    async with app.run_test(size=(100, 30)) as pilot:
        await play(pilot, NOTE)
        shutil.rmtree(app.paths.data_dir)
        await play(pilot, "ctrl+s")
        assert [TOLD["moved"] in one for one in told(app)][-1:] == [True]
        assert sheet(pilot)
        if how == "asked for":
            await play(pilot, "escape escape escape 1 B")
            assert "opens with the recovery key alone" in told(app)[-1], (told(app), text_of(pilot))
        else:
            await app.close_up()
    (copy,) = app.paths.backups_dir.glob("*.db")
    data = kit.opened(copy)
    assert queries.all_of(data.connection, Note)
    assert notes(data) == []
    data.close()
