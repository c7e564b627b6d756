"""Small drawn blocks: a widget whose lines come from one pure function of its width."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import ClassVar, Final

from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.strip import Strip

from widgets.columns import Piece, Pieces, fit, fit_pieces, wrap
from widgets.plain import PlainLines
from widgets.themes import inked, palette_for

Fact = tuple[str, str] | tuple[str, str, str]
"""A label, its value, and the value's style name (``text`` when left out)."""

MOST_LINES: Final = 128
"""Lines of a block that are kept once drawn."""


def differing(before: Sequence[object], after: Sequence[object]) -> list[tuple[int, int]]:
    """Where two drawings differ: runs of lines, each as its first line and how many."""
    spans: list[tuple[int, int]] = []
    for y, (old, new) in enumerate(zip_longest(before, after)):
        if old == new:
            continue
        if spans and sum(spans[-1]) == y:
            spans[-1] = (spans[-1][0], spans[-1][1] + 1)
        else:
            spans.append((y, 1))
    return spans


class Block(PlainLines):
    """A widget drawn from ``draw(width)``: lines of pieces, nothing ever read as markup."""

    DEFAULT_CSS = """
    Block { height: auto; width: 1fr; }
    """

    edge: ClassVar[str] = ""
    """What stands at the left of every line, drawn as a rule; a blank is then left at the right."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._drawn: tuple[int, list[Pieces]] = (-1, [])
        self._strips: LRUCache[tuple[object, ...], Strip] = LRUCache(MOST_LINES)

    def draw(self, width: int) -> list[Pieces]:
        """The lines at a width in cells; each is cut or filled to it."""
        return []

    def redraw(self) -> None:
        """Draw afresh; what is shown has changed.

        The screen is laid out again only when the number of lines changes and may show, and of
        the lines only those are drawn that differ: this runs at every key that moves a cursor.
        """
        width, before = self._drawn
        self._drawn = (-1, [])
        if not self.display:
            return
        after = self.drawn(width) if width >= 0 else []
        height = self.styles.height
        auto = height is None or height.is_auto
        if width < 0 or (auto and len(after) != len(before)):
            self.refresh(layout=auto)
        elif spans := differing(before, after):
            self.refresh(*(Region(0, top, width, lines) for top, lines in spans))

    def drawn(self, width: int) -> list[Pieces]:
        """The lines at a width, drawn once."""
        if self._drawn[0] != width:
            self._drawn = (width, self.draw(max(0, width - self._margins)))
        return self._drawn[1]

    @property
    def _margins(self) -> int:
        return len(self.edge) + bool(self.edge)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as are drawn."""
        return len(self.drawn(width))

    def notify_style_update(self) -> None:
        """Another theme: nothing drawn so far holds."""
        super().notify_style_update()
        self._strips.clear()

    def render_line(self, y: int) -> Strip:
        """One drawn line."""
        width = self.size.width
        lines = self.drawn(width)
        pieces = lines[y] if y < len(lines) else []
        key = (width, *pieces)  # not by number: blanks and much else stand in many lines
        strip = self._strips.get(key)
        if strip is None:
            pieces = fit_pieces(pieces, width - self._margins)
            if self.edge:
                pieces = [(self.edge, "rule"), *pieces, (" ", "text")]
            strip = self._strips[key] = Strip(
                inked(pieces, palette_for(self.app), self.base), width
            )
        return strip


def fact_lines(
    facts: Sequence[Fact],
    width: int,
    *,
    label_width: int = 0,
    keep_blank: bool = False,
    label_style: str = "dim",
) -> list[Pieces]:
    """Label and value pairs as aligned lines; what is long folds under itself, none is cut.

    The label column is as wide as its longest label (or ``label_width``), at most two fifths of the
    width. Pairs without a value are left out unless ``keep_blank``.
    """
    shown = [fact for fact in facts if fact[1] or keep_blank]
    longest = label_width or max((len(fact[0]) for fact in shown), default=0)
    labels = min(longest, max(4, width * 2 // 5))
    lines: list[Pieces] = []
    for fact in shown:
        style = fact[2] if len(fact) == 3 else "text"
        names = wrap(fact[0], labels)
        texts = wrap(fact[1], max(1, width - labels - 2))
        for name, text in zip_longest(names, texts, fillvalue=""):
            lines.append([(fit(name, labels), label_style), ("  ", "text"), (text, style)])
    return lines


def in_two(
    facts: Sequence[Fact], width: int, label_width: int, label_style: str = "dim"
) -> list[Pieces]:
    """Facts in two columns, as even in height as they can be without parting a fact."""
    room = (width - 3) // 2
    each = [
        fact_lines([fact], room, label_width=label_width, label_style=label_style) for fact in facts
    ]
    heights = [len(lines) for lines in each]
    splits = range(len(each) + 1)
    best = min(splits, key=lambda at: (max(sum(heights[:at]), sum(heights[at:])), -at), default=0)
    left = [line for lines in each[:best] for line in lines]
    right = [line for lines in each[best:] for line in lines]
    gap: Piece = ("   ", "text")
    return [
        [*fit_pieces(one or [], room), gap, *(other or [])]
        for one, other in zip_longest(left, right)
    ]


class Facts(Block):
    """Aligned label and value lines under an optional title.

    With ``folded`` they stand in two columns where the width is between its two numbers.
    """

    def __init__(
        self,
        facts: Sequence[Fact] = (),
        *,
        title: str = "",
        label_width: int = 0,
        keep_blank: bool = False,
        label_style: str = "dim",
        folded: tuple[int, int] = (0, 0),
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._facts = list(facts)
        self._folded = range(*folded)
        self._label_style = label_style
        self._title = title
        self._label_width = label_width
        self._keep_blank = keep_blank

    def set_facts(self, facts: Sequence[Fact], title: str | None = None) -> None:
        """Show other facts."""
        self._facts = list(facts)
        self._title = self._title if title is None else title
        self.redraw()

    def draw(self, width: int) -> list[Pieces]:
        """The title, then the facts."""
        style = self._label_style
        if width in self._folded:
            facts = [fact for fact in self._facts if fact[1]]
            lines = in_two(facts, width, self._label_width, style)
        else:
            lines = fact_lines(
                self._facts,
                width,
                label_width=self._label_width,
                keep_blank=self._keep_blank,
                label_style=style,
            )
        return [[(self._title, "head")], *lines] if self._title else lines


class Words(Block):
    """Plain text, folded at spaces, in one style."""

    def __init__(self, text: str = "", *, style: str = "text", id: str | None = None) -> None:
        super().__init__(id=id)
        self._text = text
        self._style = style

    @property
    def text(self) -> str:
        """What is shown."""
        return self._text

    def set_text(self, text: str, style: str | None = None) -> None:
        """Show other text."""
        self._text = text
        self._style = style or self._style
        self.redraw()

    def draw(self, width: int) -> list[Pieces]:
        """The folded text."""
        return [[(line, self._style)] for line in wrap(self._text, width)] if self._text else []


class Rule(Block):
    """A thin line from side to side."""

    def draw(self, width: int) -> list[Pieces]:
        """One line."""
        return [[("─" * width, "rule")]]


def rule_piece(width: int) -> Piece:
    """A thin line of ``width`` cells."""
    return "─" * width, "rule"
