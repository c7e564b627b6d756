"""The sheets of the MARAC screen: rows as they would be sent, what was sent, the twelve months."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from config.format import counted, full_date
from sanctuary_tui.exports.files import ExportResult
from sanctuary_tui.marac_export import ListedCase
from sanctuary_tui.views import RadarLine
from widgets.dialogs import Sheet
from widgets.text_blocks import Facts, Words
from widgets.words import shown_name


class RadarSheet(Sheet[bool]):
    """Every case inside the twelve months, the first to leave them on top; true to export it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("e", "export", "Export", show=False)]

    scrolls: ClassVar[bool] = True

    def __init__(self, radar: Sequence[RadarLine], *, masked: bool) -> None:
        super().__init__(f"{counted(len(radar), 'case')} inside the twelve months")
        self._radar, self._masked = radar, masked

    def body(self) -> ComposeResult:
        """A line a case: since when, and until when a new incident is a repeat."""
        if not self._radar:
            yield Words("No case was referred in the twelve months.", style="dim")
            return
        yield Words(f"{'Case':<11}{'Repeat until':<18}{'Counted from':<18}Name", style="head")
        for line in self._radar:
            closed = "" if line.card.status == "open" else "   closed"
            yield Words(
                f"{line.card.ref:<11}{full_date(line.ends):<18}{full_date(line.begun):<18}"
                f"{shown_name(line.card, self._masked)}{closed}"
            )

    def keys(self) -> Sequence[tuple[str, str]]:
        """Scroll, export, leave."""
        return (("↑↓", "scroll"), ("e", "export"), ("esc", "close"))

    def action_export(self) -> None:
        """Leave, to write the list as a file."""
        self.dismiss(True)


class PreviewSheet(Sheet[bool]):
    """Every row as it would be sent, column by column, and what is missing."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "go_on", "Go on", show=False)]
    scrolls: ClassVar[bool] = True

    def __init__(self, listed: Sequence[ListedCase], *, sending: bool = False) -> None:
        rows = sum(len(one.rows) for one in listed)
        super().__init__(f"{counted(len(listed), 'case')}, {counted(rows, 'row')}, 52 columns each")
        self._listed = listed
        self._sending = sending

    def body(self) -> ComposeResult:
        """What is missing first, in sight; then a block a row."""
        lacking = [one for one in self._listed if one.missing]
        for one in lacking:
            yield Words(f"{one.ref} goes without: {', '.join(one.missing)}", style="late")
        if lacking:
            yield Words(" ")
        for one in self._listed:
            lacks = f"missing: {', '.join(one.missing)}" if one.missing else "nothing missing"
            yield Words(f"{one.ref}   {lacks}", style="late" if one.missing else "good")
            if one.cut:
                yield Words(f"cut short: {', '.join(one.cut)}", style="late")
            for row in one.rows:
                yield Facts([(name, text) for name, text in row.items() if text], label_width=22)
                yield Words(" ")

    def keys(self) -> Sequence[tuple[str, str]]:
        """Scroll, go on, leave."""
        if self._sending:
            return (("↑↓", "scroll"), ("enter", "go on"), ("esc", "leave"))
        return (("↑↓", "scroll"), ("esc", "close"))

    def action_go_on(self) -> None:
        """Go on to sending."""
        if self._sending:
            self.dismiss(True)


class SentSheet(Sheet[None]):
    """What was written; the passphrase once."""

    def __init__(self, title: str, written: ExportResult, tell: str) -> None:
        super().__init__(title)
        self._written = written
        self._tell = tell

    def body(self) -> ComposeResult:
        """Files, passphrase, notices."""
        result = self._written
        for path, digest in result.files:
            yield Words(f"{path.name}   SHA-256 {digest[:16]}…")
        if result.manifest_path:
            yield Words(result.manifest_path.name)
        yield Words(f"in {result.files[0][0].parent}", style="dim")
        if result.passphrase:
            yield Words(
                f"Passphrase, shown once and kept nowhere; {self._tell}:",
                style="strong",
            )
            yield Words(result.passphrase, style="accent")
        for notice in result.notices:
            yield Words(notice, style="late")

    def keys(self) -> Sequence[tuple[str, str]]:
        """How to leave."""
        return (("esc", "close"),)
