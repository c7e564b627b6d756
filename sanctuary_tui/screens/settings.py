"""Settings: what a district may set, and what it should check with its council."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any, ClassVar

from textual import on
from textual.widget import Widget

from config.errors import BadInputError
from config.settings import CHECK, Settings, default_settings, load_settings, save_settings
from db import queries
from db.caseload import Caseload
from sanctuary_tui.screens.asking import ask
from sanctuary_tui.screens.base import ConsoleScreen
from widgets.columns import Column
from widgets.lines import LineTable
from widgets.text_blocks import Words


@dataclass(slots=True, frozen=True)
class SettingRow:
    """One setting: its dotted name, its value, and whether no source settles it."""

    name: str
    value: Any
    default: Any
    check: bool


class SettingList(LineTable[SettingRow]):
    """Settings, one a line."""

    show_titles: ClassVar[bool] = True

    def key(self, row: SettingRow) -> Hashable:
        """The name."""
        return row.name

    def columns(self) -> Sequence[Column[SettingRow]]:
        """Name, value, what is to be said of it."""
        return (
            Column("Setting", lambda row: row.name.replace("_", " "), 22, weight=1),
            Column("Value", lambda row: (written(row.value), "strong"), 16, weight=1),
            Column(
                "",
                lambda row: (
                    ("check with your council", "late")
                    if row.check
                    else ("changed" if row.value != row.default else "", "dim")
                ),
                24,
                drop=1,
            ),
        )


def written(value: Any) -> str:
    """A setting's value as it is shown and typed."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return str(value)


def read_value(text: str, like: Any) -> Any:
    """What was typed, as a value of the same kind as ``like``.

    Raises:
        BadInputError: it cannot be read as that kind.
    """
    said = text.strip()
    try:
        if isinstance(like, bool):
            if said.casefold() not in ("yes", "no", "y", "n"):
                raise ValueError
            return said.casefold().startswith("y")
        if isinstance(like, int):
            return int(said)
        if isinstance(like, date):
            return date.fromisoformat(said)
        if isinstance(like, list):
            return [int(part) for part in said.replace(",", " ").split()]
    except ValueError:
        kind = {bool: "yes or no", int: "a whole number", date: "a date such as 2026-01-08"}
        wanted = kind.get(type(like), "whole numbers with commas between")
        raise BadInputError(f"That setting takes {wanted}; it was left as it is.") from None
    return said


def setting_rows(settings: Settings) -> list[SettingRow]:
    """Every setting by its dotted name."""
    defaults = default_settings()
    return list(_rows(settings, defaults, ""))


def _rows(now: Any, default: Any, prefix: str) -> Iterable[SettingRow]:
    for item in fields(now):
        name = f"{prefix}{item.name}"
        value, original = getattr(now, item.name), getattr(default, item.name)
        if is_dataclass(value):
            yield from _rows(value, original, f"{name}.")
        elif isinstance(value, dict):
            for key, one in value.items():
                dotted = f"{name}.{key}"
                yield SettingRow(dotted, one, original.get(key, one), dotted in CHECK)
        else:
            yield SettingRow(name, value, original, name in CHECK)


class SettingsScreen(ConsoleScreen):
    """Settings of the district; enter changes one."""

    DEFAULT_CSS = """
    SettingsScreen {
        #about { height: auto; padding: 0 1; background: $panel; }
        #settings { height: 1fr; }
    }
    """
    place: ClassVar[str] = "settings"

    def body(self) -> Iterable[Widget]:
        """What it is, and the list."""
        yield Words(
            "Settings of this district; enter changes one. They hold nothing about any case.",
            style="dim",
            id="about",
        )
        yield SettingList(id="settings")

    async def refresh_data(self) -> None:
        """Show every setting."""
        self.query_one("#settings", SettingList).set_rows(setting_rows(self.console.settings))
        self.query_one("#settings").focus()

    @on(LineTable.Chosen)
    def _chosen(self, event: LineTable.Chosen) -> None:
        self.console.attempt(self._change(event.row))

    async def _change(self, row: SettingRow) -> None:
        said = await ask(
            self.console, row.name.replace("_", " "), "New value", value=written(row.value)
        )
        if said is None or said == written(row.value):
            return
        path = self.console.paths.settings_file
        changed = {row.name: read_value(said, row.value)}
        if row.name == "idle_minutes" and not 1 <= changed[row.name] <= 15:
            raise BadInputError("The idle lock takes 1 to 15 minutes; it was left as it is.")
        save_settings(path, changed)
        self.console.use_settings(load_settings(path))
        worked_out = await self.console.write(_follow(self.console.settings))
        await self.load()
        self.notify(f"Kept; {worked_out} open cases worked out again.", timeout=4)


def _follow(settings: Settings) -> Callable[[Caseload], int]:
    """Every open case, worked out again under the new settings."""

    def follow(caseload: Caseload) -> int:
        caseload.store.who = settings.coordinator
        found = [card.case_id for card in queries.cards(caseload.connection)]
        caseload.store.refresh(found)
        return len(found)

    return follow
