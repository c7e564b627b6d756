"""The unlock prompt over real key files and a real database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual import on
from textual.pilot import Pilot
from textual.widgets import Input, Static

from config.paths import Paths, resolve_paths
from db.keys import CHEAP_FOR_TESTS, create_caseload
from sanctuary_tui.safe_app import SafeApp
from sanctuary_tui.screens.unlock import NO_CASELOAD, TOO_MANY, UnlockScreen

PASSPHRASE = "plover gantry seventy quartz"
SIZES = [(40, 10), (80, 24), (120, 40)]


class UnlockApp(SafeApp):
    """The prompt alone; keeps what it posts."""

    def __init__(self, paths: Paths, *, notice: str = "", hint: str = "") -> None:
        super().__init__()
        self.paths = paths
        self.notice = notice
        self.hint = hint
        self.unlocked: list[UnlockScreen.Unlocked] = []

    def on_mount(self) -> None:
        self.push_screen(UnlockScreen(self.paths, notice=self.notice, hint=self.hint))

    @on(UnlockScreen.Unlocked)
    def _keep(self, event: UnlockScreen.Unlocked) -> None:
        self.unlocked.append(event)


class Caseload:
    """A caseload in a folder, with its keys."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        made = create_caseload(paths, PASSPHRASE, params=CHEAP_FOR_TESTS)
        self.data_key = bytes(made.data_key)
        self.recovery_key = made.recovery_key


@pytest.fixture
def caseload(paths: Paths) -> Caseload:
    return Caseload(paths)


async def until(pilot: Pilot[None], done: Callable[[], object]) -> None:
    """Let the app go on until something is so."""
    await pilot.app.workers.wait_for_complete()
    for _ in range(200):
        if done():
            return
        await pilot.pause(0.01)
    raise AssertionError(said(pilot))


def said(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#unlock-message", Static).content)


def field(pilot: Pilot[None]) -> Input:
    return pilot.app.screen.query_one("#unlock-secret", Input)


async def enter(pilot: Pilot[None], text: str) -> None:
    field(pilot).value = text
    await pilot.press("enter")


def painted(pilot: Pilot[None]) -> str:
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in strips)


async def test_the_passphrase_gives_the_data_key(caseload: Caseload) -> None:
    app = UnlockApp(caseload.paths)
    async with app.run_test() as pilot:
        await pilot.press(*PASSPHRASE.replace(" ", "_"))
        assert field(pilot).value == PASSPHRASE.replace(" ", "_")
        await enter(pilot, PASSPHRASE)
        await until(pilot, lambda: app.unlocked)
        (event,) = app.unlocked
        assert bytes(event.data_key) == caseload.data_key
        assert isinstance(event.data_key, bytearray)
        assert not event.by_recovery_key
        assert field(pilot).value == ""


async def test_a_wrong_passphrase_is_one_sentence_and_a_new_try(caseload: Caseload) -> None:
    app = UnlockApp(caseload.paths)
    async with app.run_test() as pilot:
        await enter(pilot, "not this one")
        await until(pilot, lambda: "does not open" in said(pilot))
        assert not field(pilot).disabled
        assert field(pilot).has_focus
        await enter(pilot, PASSPHRASE)
        await until(pilot, lambda: app.unlocked)


async def test_the_wait_after_wrong_ones_is_counted_down(caseload: Caseload) -> None:
    app = UnlockApp(caseload.paths)
    async with app.run_test() as pilot:
        await enter(pilot, "wrong")
        await until(pilot, lambda: "does not open" in said(pilot))
        await enter(pilot, "wrong again")
        await until(pilot, lambda: "Try again in 1 s." in said(pilot))
        await pilot.press("enter")
        screen = app.screen
        assert isinstance(screen, UnlockScreen)
        screen._count_down()
        assert "Try again" not in said(pilot)


async def test_what_is_typed_during_a_wait_is_kept_for_its_end(caseload: Caseload) -> None:
    """Letters dropped meanwhile made the right passphrase a wrong one."""
    app = UnlockApp(caseload.paths)
    async with app.run_test() as pilot:
        await enter(pilot, "wrong")
        await until(pilot, lambda: "does not open" in said(pilot))
        await enter(pilot, "wrong again")
        await until(pilot, lambda: "Try again in" in said(pilot))
        await enter(pilot, PASSPHRASE)
        assert "Try again in" in said(pilot)
        await until(pilot, lambda: "Try again in" not in said(pilot))
        assert not app.unlocked
        await pilot.press("enter")
        await until(pilot, lambda: app.unlocked)


async def test_what_is_typed_again_after_a_try_in_the_wait_is_not_joined_to_it(
    caseload: Caseload,
) -> None:
    app = UnlockApp(caseload.paths)
    async with app.run_test() as pilot:
        await enter(pilot, "wrong")
        await until(pilot, lambda: "does not open" in said(pilot))
        await enter(pilot, "wrong again")
        await until(pilot, lambda: "Try again in" in said(pilot))
        await enter(pilot, PASSPHRASE)
        await pilot.press(PASSPHRASE[0])
        field = app.screen.query_one("#unlock-secret", Input)
        assert field.value == PASSPHRASE[:1]


async def test_a_wait_that_still_runs_meets_the_next_console(caseload: Caseload) -> None:
    first = UnlockApp(caseload.paths)
    async with first.run_test() as pilot:
        for wrong in ("one", "two", "three"):
            screen = first.screen
            assert isinstance(screen, UnlockScreen)
            await enter(pilot, wrong)
            await until(pilot, lambda: "does not open" in said(pilot) or TOO_MANY in said(pilot))
            screen._wait("", 0)
    fresh = UnlockApp(caseload.paths)
    async with fresh.run_test() as pilot:
        await until(pilot, lambda: said(pilot).startswith(TOO_MANY))
        await enter(pilot, PASSPHRASE)
        await pilot.pause()
        assert not fresh.unlocked
        assert field(pilot).value == PASSPHRASE


async def test_the_recovery_key_opens_it(caseload: Caseload) -> None:
    caseload.paths.keyfile.unlink()
    app = UnlockApp(caseload.paths)
    async with app.run_test() as pilot:
        await pilot.press("f2")
        assert not field(pilot).password
        assert "Recovery key" in painted(pilot)
        await enter(pilot, "NOT-A-KEY")
        await until(pilot, lambda: said(pilot) not in ("", "Opening…"))
        assert not app.unlocked
        assert field(pilot).value == "NOT-A-KEY"  # 72 characters are corrected, not typed again
        field(pilot).value = ""
        await enter(pilot, caseload.recovery_key)
        await until(pilot, lambda: app.unlocked)
        (event,) = app.unlocked
        assert bytes(event.data_key) == caseload.data_key
        assert event.by_recovery_key


async def test_f2_again_asks_for_the_passphrase(caseload: Caseload) -> None:
    app = UnlockApp(caseload.paths)
    async with app.run_test() as pilot:
        field(pilot).value = "typed"
        await pilot.press("f2", "f2")
        assert field(pilot).password
        assert field(pilot).value == ""


@pytest.mark.guarantee
async def test_a_secret_cannot_be_copied_or_cut(caseload: Caseload) -> None:
    app = UnlockApp(caseload.paths)
    async with app.run_test() as pilot:
        field(pilot).value = "hunter2"
        await pilot.press("home", "shift+end", "ctrl+c", "ctrl+x", "super+c")
        assert field(pilot).value == "hunter2"
        assert app.clipboard == ""
        assert "hunter2" not in painted(pilot)


async def test_nothing_typed_is_no_attempt(caseload: Caseload) -> None:
    app = UnlockApp(caseload.paths)
    async with app.run_test() as pilot:
        await enter(pilot, "  ")
        assert said(pilot) == "Type the passphrase, then press enter."
        assert not caseload.paths.attempts_file.exists()


async def test_without_a_caseload_it_says_what_to_run(paths: Paths) -> None:
    app = UnlockApp(paths)
    async with app.run_test() as pilot:
        assert said(pilot) == NO_CASELOAD
        assert not field(pilot).display
        await pilot.press("f2", "enter", "a")
        assert said(pilot) == NO_CASELOAD
    assert not paths.data_dir.exists()


async def test_a_damaged_key_file_is_one_sentence(caseload: Caseload) -> None:
    caseload.paths.keyfile.write_bytes(b"")
    app = UnlockApp(caseload.paths)
    async with app.run_test() as pilot:
        await enter(pilot, PASSPHRASE)
        await until(pilot, lambda: said(pilot) not in ("", "Opening…"))
        assert said(pilot).count(".") >= 1
        assert not app.unlocked


@pytest.mark.parametrize("size", SIZES)
async def test_it_is_whole_at_every_size(caseload: Caseload, size: tuple[int, int]) -> None:
    app = UnlockApp(
        caseload.paths,
        notice="Locked after 5 minutes without a key.",
        hint="Demo caseload: the passphrase is demo",
    )
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        screen = painted(pilot)
        for part in (
            "Sanctuary",
            "Caseload: home",
            "Passphrase",
            "Locked after 5 minutes without a key.",
            "Demo caseload: the passphrase is demo",
            "ctrl+q quit",
        ):
            assert part in screen
        await enter(pilot, "wrong")
        await until(pilot, lambda: "does not open" in said(pilot))
        screen = " ".join(painted(pilot).split())
        assert "layout and try again, or use the recovery key." in screen
        assert "ctrl+q quit" in screen


async def test_the_folder_is_named_without_its_path(tmp_path: Path) -> None:
    odd = resolve_paths(str(tmp_path / "A Person" / "[b]x[b]"), {})
    app = UnlockApp(odd)
    async with app.run_test() as pilot:
        assert "Caseload: [b]x[b]" in painted(pilot)
        assert "A Person" not in painted(pilot)


async def test_the_notice_is_text_not_markup(caseload: Caseload) -> None:
    app = UnlockApp(caseload.paths, notice="[/bad] [", hint="[@click=x]y[/]")
    async with app.run_test() as pilot:
        assert "[/bad] [" in painted(pilot)
        assert "[@click=x]y[/]" in painted(pilot)
