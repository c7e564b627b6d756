"""Keys pressed ahead go to what the keys before them open, and nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import pytest
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Input

from sanctuary_tui.typeahead import Passed, TypeAhead


class Asking(ModalScreen[str]):
    """Two fields; down goes to the second by a message, enter answers."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("down", "next", show=False)]

    def compose(self) -> ComposeResult:
        yield Input(id="first")
        yield Input(id="second")

    def on_mount(self) -> None:
        self.query_one("#first").focus()

    def action_next(self) -> None:
        self.query_one("#second").focus()

    def on_input_submitted(self) -> None:
        self.dismiss("/".join(field.value for field in self.query(Input)))


class Office(TypeAhead):
    """``n`` asks after some work; ``d`` is a command that must not be pressed by a name."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "ask", show=False),
        Binding("d", "done", show=False),
        Binding("ctrl+l", "lock", show=False, priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.work = asyncio.Event()
        self.done = 0
        self.answers: list[str] = []

    def action_ask(self) -> None:
        self.run_worker(self._ask(), group="attempt")

    async def _ask(self) -> None:
        await self.work.wait()
        self.answers.append(await self.push_screen_wait(Asking()))

    def action_done(self) -> None:
        self.done += 1


@asynccontextmanager
async def office() -> AsyncIterator[tuple[Office, Pilot[None]]]:
    app = Office()
    async with app.run_test() as pilot:
        app.arm_lock()
        yield app, pilot


def press(app: Office, keys: str) -> None:
    """Keys as a terminal sends them: all at once, nobody waits."""
    for key in keys:
        name = {"↓": "down", "⏎": "enter"}.get(key, _character_to_key(key))
        app.post_message(events.Key(name, key if key.isascii() else None))


async def until(pilot: Pilot[Any], reached: Callable[[], bool]) -> None:
    for _ in range(1000):
        if reached():
            return
        await pilot.pause()
    raise AssertionError("it never came about")


async def test_a_name_typed_ahead_goes_into_the_field_not_to_commands() -> None:
    async with office() as (app, pilot):
        press(app, "ndad⏎")
        await pilot.pause()
        app.work.set()
        await until(pilot, lambda: bool(app.answers))
        assert app.answers == ["dad/"]
        assert app.done == 0


async def test_text_after_a_move_goes_to_the_field_moved_to() -> None:
    async with office() as (app, pilot):
        app.work.set()
        press(app, "nab↓cd⏎d")
        await until(pilot, lambda: app.done == 1)
        assert app.answers == ["ab/cd"]


async def test_many_forms_in_one_go() -> None:
    async with office() as (app, pilot):
        app.work.set()
        press(app, "n1↓2⏎" * 8)
        await until(pilot, lambda: len(app.answers) == 8)
        assert app.answers == ["1/2"] * 8


async def test_work_that_fails_lets_the_keys_go() -> None:
    async with office() as (app, pilot):

        async def fail() -> None:
            await app.work.wait()

        app.run_worker(fail(), group="attempt")
        press(app, "d")
        await pilot.pause()
        assert app.done == 0
        app.work.set()
        await until(pilot, lambda: app.done == 1)


async def test_the_lock_waits_for_nothing() -> None:
    async with office() as (app, pilot):
        press(app, "n")
        app.post_message(events.Key("ctrl+l", None))
        await until(pilot, lambda: app.ending)
        assert not app.work.is_set()


@pytest.mark.parametrize("text", ["abcdefghij" * 50], ids=["500"])
async def test_long_text_is_whole_and_in_order(text: str) -> None:
    async with office() as (app, pilot):
        app.work.set()
        press(app, f"n{text}↓{text[::-1]}⏎")
        await until(pilot, lambda: bool(app.answers))
        assert app.answers == [f"{text}/{text[::-1]}"]


async def test_a_lap_that_ends_when_the_app_is_taken_down_is_no_fault() -> None:
    async with office() as (app, _):
        pass
    assert not app._screen_stack
    app._settling, app._laps_to_go = True, 2
    await app.on_passed(Passed(app._lap))
    assert app._laps_to_go == 2
