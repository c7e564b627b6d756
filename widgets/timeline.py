"""The case's story: each change in a sentence, newest first, under its day."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date
from typing import ClassVar

from config.format import full_date, local
from db.readmodels import TimelineEntry
from widgets.columns import Pieces, fit, wrap
from widgets.lines import Heading, LineTable


class Timeline(LineTable[TimelineEntry]):
    """Events of a case under a heading for each day; long sentences fold, none is cut."""

    uniform: ClassVar[bool] = False

    def __init__(
        self,
        entries: Sequence[TimelineEntry] = (),
        *,
        empty: str = "Nothing has happened yet.",
        id: str | None = None,
    ) -> None:
        super().__init__(_by_day(entries), empty=empty, id=id)

    def set_entries(self, entries: Sequence[TimelineEntry]) -> None:
        """Show these events, in the order given."""
        self.set_items(_by_day(entries))

    def key(self, row: TimelineEntry) -> Hashable:
        """The event."""
        return (row.at, row.entity, row.entity_id, row.action)

    def height(self, row: TimelineEntry, width: int) -> int:
        """As many lines as the sentence and its detail take."""
        return len(self._texts(row, width))

    def lines(self, row: TimelineEntry, width: int) -> list[Pieces]:
        """The time, the sentence, the detail below it, and who at the right where there is room."""
        lines: list[Pieces] = []
        for number, (text, style) in enumerate(self._texts(row, width)):
            when = f"{local(row.at):%H:%M}  " if number == 0 else " " * 7
            line: Pieces = [(when, "dim"), (fit(text, self._room(width)), style)]
            if width >= 60:
                line.append((fit(row.who if number == 0 else "", 14, "right"), "dim"))
            lines.append(line)
        return lines

    def _room(self, width: int) -> int:
        return max(1, width - 7 - (14 if width >= 60 else 0))

    def _texts(self, row: TimelineEntry, width: int) -> list[tuple[str, str]]:
        room = self._room(width)
        texts = [(line, "text") for line in wrap(row.sentence, room)]
        if row.detail:
            texts += [(line, "dim") for line in wrap(row.detail, room, limit=12)]
        return texts


def _by_day(entries: Sequence[TimelineEntry]) -> list[TimelineEntry | Heading]:
    items: list[TimelineEntry | Heading] = []
    day: date | None = None
    for entry in entries:
        if (on := local(entry.at).date()) != day:
            day = on
            items.append(Heading(full_date(day)))
        items.append(entry)
    return items
