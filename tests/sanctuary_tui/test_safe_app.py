"""The doors of a Textual app that stay shut, and the lock, without a terminal."""

from __future__ import annotations

import asyncio
import errno
import signal
import threading
from pathlib import Path
from typing import Any

import pytest
from textual.app import ComposeResult
from textual.events import MouseMove
from textual.widgets import Input, Static

from sanctuary_tui.crash import CrashReport
from sanctuary_tui.exits import CRASH_EXIT, LOCK_EXIT
from sanctuary_tui.idle import IdleClock
from sanctuary_tui.safe_app import SafeApp


class Plain(SafeApp):
    """An app with one field."""

    BINDINGS = [("f12", "lock", "Lock")]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.saved = asyncio.Event()
        self.blank_when_saving = False

    def compose(self) -> ComposeResult:
        yield Static("a case", markup=False)
        yield Input("a phone number", select_on_focus=True)

    async def before_lock(self) -> None:
        self.blank_when_saving = self._blanked
        self.saved.set()


class HandClock:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def idle_clock(self, minutes: int = 5) -> IdleClock:
        read = lambda: self.now  # noqa: E731
        return IdleClock(minutes, monotonic=read, boot=read, wall=read)


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.mark.guarantee
async def test_no_way_writes_a_picture_or_a_file(tmp_path: Path) -> None:
    app = Plain()
    async with app.run_test():
        app.action_screenshot()
        app.deliver_screenshot("a.svg", str(tmp_path))
        app.save_screenshot("b.svg", str(tmp_path))
        app.deliver_text(__file__, save_directory=tmp_path)
        app.deliver_binary(__file__, save_directory=tmp_path)
        app.open_url("http://localhost")
        await app.run_action("screenshot")
        await app.run_action("app.suspend_process")
        assert app.export_screenshot() == ""
    assert list(tmp_path.iterdir()) == []


async def test_tests_may_draw_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Plain, "allow_pictures", True)
    app = Plain()
    async with app.run_test():
        assert "a&#160;case" in app.export_screenshot()


async def test_ctrl_p_opens_nothing() -> None:
    app = Plain()
    async with app.run_test() as pilot:
        await pilot.press("ctrl+p")
        assert len(app.screen_stack) == 1


@pytest.mark.guarantee
async def test_copied_text_stays_inside() -> None:
    app = Plain()
    async with app.run_test() as pilot:
        written: list[str] = []
        assert app._driver is not None
        app._driver.write = written.append  # type: ignore[method-assign]
        await pilot.press("tab", "home", "shift+end", "ctrl+c", "end", "ctrl+v")
        assert app.query_one(Input).value == "a phone numbera phone number"
        assert not any("\x1b]52" in text for text in written)


@pytest.mark.parametrize("text", ["ZX[/bad]", "A [/b] B", "see [/case/12]", "[@click=x]a[/]"])
async def test_a_note_is_never_markup(text: str) -> None:
    """Stock Textual hangs on the third of these."""
    app = Plain()
    async with app.run_test() as pilot:
        app.notify(text, markup=True)
        await pilot.pause()
        (note,) = list(app._notifications)
        assert (note.message, note.markup) == (text, False)


async def test_a_lock_blanks_first_then_saves_then_ends() -> None:
    app = Plain()
    async with app.run_test() as pilot:
        app.arm_lock()
        await pilot.press("f12")
        await app.saved.wait()
    assert app.blank_when_saving
    assert app.return_code == LOCK_EXIT
    assert app.end_reason == "key"


async def _notice_in(thread: str, app: Plain, error: OSError) -> None:
    report = CrashReport("00000000", "OSError", "driver", (), "")
    noticed = threading.Thread(target=app._fault_anywhere, args=(report, error), name=thread)
    noticed.start()
    await asyncio.to_thread(noticed.join)


@pytest.mark.parametrize("thread", ["textual-output", "textual-input"])
async def test_a_window_found_closed_by_drawing_or_reading_ends_with_drafts_saved(
    thread: str,
) -> None:
    app = Plain()
    async with app.run_test():
        await _notice_in(thread, app, OSError(errno.EIO, "the terminal has gone"))
        await asyncio.wait_for(app.saved.wait(), 5)
    assert app.return_code == 128 + signal.SIGHUP
    assert app.crash_report is None


@pytest.mark.parametrize(
    ("thread", "number"), [("caseload", errno.EIO), ("textual-output", errno.ENOSPC)]
)
async def test_a_failing_disk_is_no_closed_window(thread: str, number: int) -> None:
    app = Plain()
    running = app.run_test()
    await running.__aenter__()
    await _notice_in(thread, app, OSError(number, "failed"))
    with pytest.raises(OSError, match="failed"):
        await running.__aexit__(None, None, None)
    assert app.return_code == CRASH_EXIT
    assert app.crash_report is not None
    assert not app.saved.is_set()


async def test_there_is_nothing_to_lock_before_the_caseload_is_open() -> None:
    app = Plain()
    async with app.run_test() as pilot:
        await pilot.press("f12")
        assert not app.ending


async def test_quitting_saves_as_a_lock_does() -> None:
    app = Plain()
    async with app.run_test() as pilot:
        await pilot.press("ctrl+q")
        await app.saved.wait()
    assert app.return_code == 0


async def test_idle_locks_with_its_reason() -> None:
    hand = HandClock()
    app = Plain(clock=hand.idle_clock(2))
    async with app.run_test():
        app.arm_lock()
        hand.now += 60
        assert app.seconds_to_lock == 60
        hand.now += 60
        app._look_at_clock()
        await app.saved.wait()
    assert (app.return_code, app.end_reason) == (LOCK_EXIT, "idle")


async def test_a_key_starts_the_minutes_again() -> None:
    hand = HandClock()
    app = Plain(clock=hand.idle_clock())
    async with app.run_test() as pilot:
        app.arm_lock()
        hand.now += 15
        await pilot.press("tab")
        assert app.seconds_to_lock == 300
        hand.now += 15
        # as the terminal's driver sends it; the pilot goes past the app
        app.post_message(MouseMove(None, 1, 1, 1, 0, 0, False, False, False))
        await pilot.pause()
        assert app.seconds_to_lock == 300


async def test_a_key_after_the_time_ran_out_locks_and_does_nothing_else() -> None:
    hand = HandClock()
    app = Plain(clock=hand.idle_clock())
    async with app.run_test() as pilot:
        app.arm_lock()
        field = app.query_one(Input)
        field.focus()
        hand.now += 3600
        await pilot.press("x")
        await app.saved.wait()
        assert field.value == "a phone number"
    assert app.return_code == LOCK_EXIT


async def test_minutes_can_be_set() -> None:
    app = Plain()
    app.lock_minutes = 12
    assert app.lock_minutes == 12
    assert 719 <= app.seconds_to_lock <= 720


async def test_a_crash_gives_its_own_status_and_shows_tests_the_exception() -> None:
    app = Plain()
    with pytest.raises(ZeroDivisionError):  # noqa: PT012
        async with app.run_test() as pilot:
            app.call_later(lambda: 1 / 0)
            await pilot.pause()
    assert app.return_code == CRASH_EXIT
    assert app.crash_report is not None
    assert app.crash_report.kind == "ZeroDivisionError"
    assert app._exit_renderables == []
