"""Lines that go to the screen as they are drawn."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from textual.filter import LineFilter
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from widgets.themes import needed_filters


class PlainLines(Widget):
    """A widget whose ``render_line`` gives lines that want nothing added.

    Textual keeps a copy of each line with borders, padding, tint and opacity applied. A widget
    that has none of these, and keeps its own lines, is painted in half the time without.
    """

    _base: Style | None = None

    @property
    def base(self) -> Style:
        """What lines are drawn on, worked out once for each look."""
        if self._base is None:
            self._base = self.rich_style
        return self._base

    def notify_style_update(self) -> None:
        """Another theme or class: the colours beneath may be others."""
        super().notify_style_update()
        self._base = None

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Those that a palette's colours need."""
        return needed_filters(super().get_line_filters())

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a region."""
        styles = self.styles
        if any(styles.gutter) or styles.tint.a or styles.opacity != 1:
            return super().render_lines(crop)
        width = self.outer_size.width
        start, end = crop.column_span
        lines = self.plain_lines(crop)
        for line_filter in self.get_line_filters():
            _, background = self.background_colors
            lines = [line.apply_filter(line_filter, background) for line in lines]
        return [
            (line if line.cell_length == width else self._filled(line, width)).crop(start, end)
            for line in lines
        ]

    def plain_lines(self, crop: Region) -> list[Strip]:
        """The lines of a region, each whole."""
        return [self.render_line(y) for y in crop.line_range]

    def _filled(self, line: Strip, width: int) -> Strip:
        return line.adjust_cell_length(width, self.base)
