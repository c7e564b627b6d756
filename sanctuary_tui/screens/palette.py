"""Every command by name, and every key of a screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from textual.app import ComposeResult
from textual.screen import Screen

from config.keymap import shown
from sanctuary_tui.commands import APP_COMMANDS, Command, commands_for, keys_of
from widgets.dialogs import Choice, Pick, Sheet
from widgets.text_blocks import Facts

if TYPE_CHECKING:
    from sanctuary_tui.desk import Desk


def place_of(screen: Screen[Any]) -> str:
    """The registry's name of a screen; empty for a sheet."""
    return str(getattr(screen, "place", ""))


def _keys(app: Desk, command: Command) -> str:
    return "  ".join(shown(key) for key in keys_of(command, app.settings.keys).split(",") if key)


class PaletteSheet(Pick):
    """Commands of the screen it was called from, found by typing."""

    def __init__(self, screen: Screen[Any]) -> None:
        self._from = screen
        app = cast("Desk", screen.app)
        super().__init__(
            "All commands",
            [
                Choice(one.id, f"{one.title}  {one.help}", note=_keys(app, one))
                for one in commands_for(place_of(screen))
            ],
            filtered=True,
        )

    def picked(self, choice: Choice) -> None:
        """Run the command on the screen below."""
        target = self.app if choice.value in APP_COMMANDS else self._from
        self.dismiss(None)
        self.app.call_later(target.run_action, choice.value)


class HelpSheet(Sheet[None]):
    """Every key of a screen with what it does."""

    def __init__(self, screen: Screen[Any]) -> None:
        super().__init__("Keys of this screen")
        self._from = screen

    def body(self) -> ComposeResult:
        """A line a command; then the keys of lists and forms."""
        app = cast("Desk", self._from.app)
        facts = [(_keys(app, one), one.help) for one in commands_for(place_of(self._from))]
        facts += [
            ("↑ ↓ pgup pgdn", "Move in a list; home and end go to its ends."),
            ("ctrl+s", "Save a form; esc leaves it, and what was typed waits as a draft."),
        ]
        yield Facts([(keys, words) for keys, words in facts if keys], label_width=14)

    def keys(self) -> Sequence[tuple[str, str]]:
        """How to leave."""
        return (("esc", "close"),)
