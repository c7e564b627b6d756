"""Settings: what a district may set, and what it should check with its council."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from typing import Any, ClassVar

from textual import on
from textual.widget import Widget

from config.errors import BadInputError
from config.format import counted
from config.setting_limits import check_limits
from config.settings import (
    CHECK,
    Settings,
    check_settings,
    default_settings,
    load_settings,
    save_settings,
)
from db import queries
from db.caseload import Caseload
from sanctuary_tui import copies, disposing, seen_settings
from sanctuary_tui.screens.asking import ask, pick
from sanctuary_tui.screens.base import ConsoleScreen
from sanctuary_tui.screens.setting_words import (
    GROUPS,
    setting_choices,
    setting_title,
    setting_words,
)
from widgets.columns import Column, Pieces, fold_columns
from widgets.dialogs import Choice, Pick
from widgets.lines import Heading, LineTable

_BACKUP_FOLDER = "backup.folder"


@dataclass(slots=True, frozen=True)
class SettingRow:
    """One setting: its dotted name, its value, and whether no source settles it."""

    name: str
    value: Any
    default: Any
    check: bool
    foreign: bool = False
    """A period that was changed outside the console and is not confirmed."""


_MOST_LINES = 6
"""Lines of one setting: a value may be 400 characters long; enter shows it whole."""


class SettingList(LineTable[SettingRow]):
    """Settings under a heading for each group; a long title or value folds under itself."""

    uniform: ClassVar[bool] = False

    def key(self, row: SettingRow) -> Hashable:
        """The name."""
        return row.name

    def columns(self) -> Sequence[Column[SettingRow]]:
        """Title, value, what is to be said of it."""
        return (
            Column("title", lambda row: setting_title(row.name), 36, weight=1, most=44),
            Column("value", _value, 14, weight=2),
            Column("remark", _remark, 18, drop=1),
        )

    def height(self, row: SettingRow, width: int) -> int:
        """As many lines as its longest cell takes."""
        return len(self.lines(row, width))

    def lines(self, row: SettingRow, width: int) -> list[Pieces]:
        """Title, value and remark, each in its own column."""
        gap = self.gap(width)
        return fold_columns(self._known_columns(), self._layout(width), row, gap, _MOST_LINES)


def _value(row: SettingRow) -> tuple[str, str]:
    words = setting_words(row.name, row.value)
    return (words, "strong") if words else ("not set", "dim")


def _remark(row: SettingRow) -> tuple[str, str]:
    if row.foreign:
        return "confirm: enter", "late"
    if row.value != row.default:
        return "changed", "accent"
    return ("check with council", "warn") if row.check else ("", "dim")


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


def with_period(settings: Settings, name: str, value: int) -> Settings:
    """These settings with another period of keeping."""
    kept = replace(settings.retention, **{name.rpartition(".")[2]: value})
    return replace(settings, retention=kept)


class SettingsScreen(ConsoleScreen):
    """Settings of the district; enter changes one."""

    DEFAULT_CSS = """
    SettingsScreen #settings { height: 1fr; }
    """
    place: ClassVar[str] = "settings"

    def body(self) -> Iterable[Widget]:
        """The list."""
        yield SettingList(id="settings")

    @property
    def rows(self) -> SettingList:
        """The list."""
        return self.query_one("#settings", SettingList)

    async def refresh_data(self) -> None:
        """Show every setting in its group."""
        items: list[SettingRow | Heading] = []
        settings = self.console.settings
        foreign = await self.console.read(lambda data: seen_settings.unconfirmed(data, settings))
        found = [replace(row, foreign=row.name in foreign) for row in setting_rows(settings)]
        for table, title in GROUPS.items():
            if group := [row for row in found if row.name.rpartition(".")[0] == table]:
                items += [Heading(title), *group]
        self.rows.set_items(items)
        self.rows.focus()

    @on(LineTable.Chosen)
    def _chosen(self, event: LineTable.Chosen) -> None:
        self.console.attempt(self._change(event.row))

    def action_change(self) -> None:
        """Change the setting under the cursor."""
        if self.rows.row is not None:
            self.console.attempt(self._change(self.rows.row))

    async def _ask(self, row: SettingRow) -> str | None:
        """The value as it is written; None when it was left."""
        title = setting_title(row.name)
        if choices := setting_choices(row.name, row.value):
            options = [(written(value), words) for value, words in choices]
            said: str | None = await pick(self.console, title, options, current=written(row.value))
            return said
        return await ask(
            self.console,
            title,
            "New value",
            value=written(row.value),
            judge=lambda said: self._judged(row, said),
        )

    def _judged(self, row: SettingRow, said: str) -> Any:
        """What was typed as the setting's value, judged as the settings file is.

        Raises:
            BadInputError: it cannot be read, or is no value that this setting may have.
        """
        value = read_value(said, row.value)
        if row.name == "idle_minutes" and not 1 <= value <= 15:
            raise BadInputError("The idle lock takes 1 to 15 minutes; it was left as it is.")
        if said != written(row.value):
            check_settings(self.console.paths.settings_file, {row.name: value})
        if row.name == _BACKUP_FOLDER:
            copies.refuse_as_folder(value)
        return value

    async def _change(self, row: SettingRow) -> None:
        said = await self._ask(row)
        if said is None:
            return
        if said == written(row.value):
            if row.foreign and (
                row.name not in seen_settings.FILE_PERIODS or await self._agreed(row, row.value)
            ):
                await self._confirm(row.name)
            return
        path = self.console.paths.settings_file
        value = self._judged(row, said)
        if row.name in seen_settings.FILE_PERIODS and not await self._agreed(row, value):
            return
        save_settings(path, {row.name: value})
        self.console.use_settings(load_settings(path))
        self.console.log_settings([row.name])
        closed = row.name.startswith("retention.")
        settings = self.console.settings
        worked_out = await self.console.write(_follow(settings, row.name, closed=closed))
        await self.load()
        if row.name.startswith("backup."):
            folder = copies.backup_folder(self.console.paths, settings)
            told = row.name == _BACKUP_FOLDER and folder.is_dir()
            known = copies.where_it_lies(folder, self.console.paths) if told else ""
            self.notify(f"Kept. {known}".rstrip(), timeout=8 if known else 4)
            return
        which = "" if closed else "open "
        self.notify(f"Kept; {counted(worked_out, f'{which}case')} worked out again.", timeout=4)

    async def _agreed(self, row: SettingRow, value: int) -> bool:
        """Whether a period is set, once it was said how many files become due by it.

        A value that was changed outside the console is compared with none at all.
        """
        check_limits(row.name, value)
        now = self.console.settings
        then = with_period(now, row.name, value)
        before = with_period(now, row.name, 0) if row.foreign else now
        due = await self.console.read(lambda data: disposing.becomes_due(data, before, then))
        words = setting_words(row.name, value) or "not decided"
        title = f"{setting_title(row.name)}: {words}. {due}."
        options = [Choice(True, "Set it", key="s"), Choice(False, "Leave it as it was", key="l")]
        return bool(await self.console.push_screen_wait(Pick(title, options)))

    async def _confirm(self, name: str) -> None:
        """A period that was changed outside the console stands: a disposal may count with it."""
        settings = self.console.settings
        await self.console.write(lambda data: seen_settings.confirm(data, settings, name))
        await self.load()
        self.notify("Confirmed; disposals count with it.", timeout=4)


def _follow(settings: Settings, name: str, *, closed: bool) -> Callable[[Caseload], int]:
    """Every open case, worked out again under the new settings; closed ones too where told."""

    def follow(caseload: Caseload) -> int:
        caseload.store.who = settings.coordinator
        seen_settings.take_up(caseload, settings, [name])  # before the list is read again
        found = [card.case_id for card in queries.cards(caseload.connection)]
        if closed:
            found += [card.case_id for card in queries.cards(caseload.connection, closed=True)]
        caseload.store.refresh(found)
        return len(found)

    return follow
