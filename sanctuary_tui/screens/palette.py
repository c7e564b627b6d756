"""Every command by name, and every key of a screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from textual.app import ComposeResult
from textual.screen import Screen

from config.keymap import shown
from sanctuary_tui.commands import (
    APP_COMMANDS,
    EVERYWHERE,
    PLACES,
    Command,
    commands_for,
    keys_of,
)
from widgets.columns import Column
from widgets.dialogs import Choice, ChoiceList, Pick, Sheet
from widgets.text_blocks import Fact, Facts

if TYPE_CHECKING:
    from sanctuary_tui.desk import Desk

_TWO_COLUMNS: Final = (100, 1000)
"""Cells from which the keys stand in two columns."""


def place_of(screen: Screen[Any]) -> str:
    """The registry's name of a screen; empty for a sheet."""
    return str(getattr(screen, "place", ""))


def _keys(app: Desk, command: Command) -> str:
    return "  ".join(shown(key) for key in keys_of(command, app.settings.keys).split(",") if key)


class CommandList(ChoiceList):
    """Commands, one a line: name, what it does, keys."""

    def columns(self) -> Sequence[Column[Choice]]:
        """Name, help, keys; the help goes first where it is narrow."""
        return (
            Column("title", lambda choice: (choice.title, "strong"), 13),
            Column("help", lambda choice: choice.note, 24, weight=1, drop=1),
            Column("keys", lambda choice: (choice.value.keys, "key"), 14),
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """A command and its keys as a person knows them."""

    id: str
    keys: str


class PaletteSheet(Pick):
    """Commands of the screen it was called from, found by typing."""

    def __init__(self, screen: Screen[Any]) -> None:
        self._from = screen
        app = cast("Desk", screen.app)
        super().__init__(
            "All commands",
            [
                Choice(Listed(one.id, _keys(app, one)), _capital(one.title), note=one.help)
                for one in commands_for(place_of(screen))
            ],
            filtered=True,
        )

    def _list(self) -> ChoiceList:
        return CommandList(self._choices)

    def picked(self, choice: Choice) -> None:
        """Run the command on the screen below."""
        command: str = choice.value.id
        target = self.app if command in APP_COMMANDS else self._from
        self.dismiss(None)
        self.app.call_later(target.run_action, command)


class HelpSheet(Sheet[None]):
    """Every key of a screen with what it does; in two columns where there is room.

    A sheet gives its ``own`` keys; the commands of the screens do not reach into it.
    """

    scrolls: ClassVar[bool] = True

    def __init__(self, screen: Screen[Any], own: Sequence[Fact] = ()) -> None:
        super().__init__("Keys of this screen")
        self._from = screen
        self._own = own

    def body(self) -> ComposeResult:
        """The screen's own commands, those of every screen, then the keys of lists and forms."""
        if self._own:
            yield Facts(self._own, label_width=12, label_style="key", folded=_TWO_COLUMNS)
            return
        app = cast("Desk", self._from.app)
        here: list[Fact] = []
        everywhere: list[Fact] = []
        for one in commands_for(place_of(self._from)):
            words = f"{one.title}: {one.help}" if one.title[:1].isupper() else one.help
            if keys := _keys(app, one):
                (everywhere if is_everywhere(one) else here).append((keys, words, "text"))
        if place_of(self._from) == "case":
            here.insert(1, ("1-9", "Go to a tab."))
        lists: list[Fact] = [
            ("↑ ↓", "Move in a list; home and end go to its ends."),
            ("pgup pgdn", "Move by a screenful, or scroll what stands beside the list."),
            ("ctrl+s", "Save a form."),
            ("esc", "Leave a form; what was typed waits as a draft."),
        ]
        for title, facts in (
            ("HERE", here),
            ("EVERYWHERE", everywhere),
            ("LISTS AND FORMS", lists),
        ):
            if facts:
                yield Facts(
                    facts, title=title, label_width=12, label_style="key", folded=_TWO_COLUMNS
                )

    def keys(self) -> Sequence[tuple[str, str]]:
        """How to read on and leave."""
        return (("↑↓", "scroll"), ("esc", "close"))


def is_everywhere(command: Command) -> bool:
    """Whether a command is of no one screen's own work."""
    return command.where in (("*",), PLACES, EVERYWHERE)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
