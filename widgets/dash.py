"""The 24 questions of a risk assessment, answered with single keys."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.message import Message

from config.dash import DASH_ANSWERS, DASH_BLANK, DASH_QUESTIONS
from widgets.columns import Pieces, fit, wrap
from widgets.lines import LineTable
from widgets.text_blocks import Block

BLANK: Final = DASH_BLANK
ANSWERS: Final = {
    **{letter: (word, "text") for letter, word in DASH_ANSWERS.items()},
    "y": (DASH_ANSWERS["y"], "strong"),
    BLANK: ("·", "dim"),
}
"""Each answer: its word and style. A blank is not a no."""
COUNT: Final = len(DASH_QUESTIONS)


def clean_answers(answers: str) -> str:
    """``answers`` as exactly 24 of ``y n d .``; whatever else counts as blank."""
    known = [letter if letter in ANSWERS else BLANK for letter in answers[:COUNT].lower()]
    return "".join(known).ljust(COUNT, BLANK)


def score_of(answers: str) -> int | None:
    """One point a yes; None when all are blank."""
    return answers.count("y") if answers.strip(BLANK) else None


class DashGrid(LineTable[int]):
    """One question a row: y, n and d answer and go on, backspace blanks, a digit row stays put.

    Rows are question numbers from 0. The line above the list (``DashScore``) is separate, so that
    a screen may place it where it likes; ``Changed`` carries what it needs.
    """

    uniform: ClassVar[bool] = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer('y')", "Yes", show=False),
        Binding("n", "answer('n')", "No", show=False),
        Binding("d", "answer('d')", "Don't know", show=False),
        Binding("backspace,delete,full_stop", "answer('.')", "Blank", show=False),
    ]

    class Changed(Message):
        """An answer changed: all 24 answers, and the score (None when all are blank)."""

        def __init__(self, grid: DashGrid, answers: str, score: int | None) -> None:
            super().__init__()
            self.grid = grid
            self.answers = answers
            self.score = score

        @property
        def control(self) -> DashGrid:
            """The grid that sent it."""
            return self.grid

    def __init__(self, answers: str = "", *, id: str | None = None) -> None:
        self._answers = list(clean_answers(answers))
        super().__init__(range(COUNT), id=id)

    @property
    def answers(self) -> str:
        """The 24 answers, as a risk assessment keeps them."""
        return "".join(self._answers)

    @answers.setter
    def answers(self, answers: str) -> None:
        self._answers = list(clean_answers(answers))
        self.restyle()
        self.post_message(self.Changed(self, self.answers, self.score))

    @property
    def score(self) -> int | None:
        """One point a yes; None when all are blank."""
        return score_of(self.answers)

    def key(self, row: int) -> int:
        """The question's number."""
        return row

    def height(self, row: int, width: int) -> int:
        """As many lines as the question takes."""
        return len(self._texts(row, width))

    def lines(self, row: int, width: int) -> list[Pieces]:
        """Number, answer, question."""
        word, style = ANSWERS[self._answers[row]]
        short = width < 50
        size = 3 if short else 10
        if short and self._answers[row] != BLANK:
            word = self._answers[row].upper()
        lines: list[Pieces] = []
        for number, text in enumerate(self._texts(row, width)):
            first = number == 0
            head = [(f"{row + 1:>2}  " if first else "    ", "dim")]
            head.append((fit(word if first else "", size), style))
            lines.append([*head, ("  ", "text"), (text, style if style != "strong" else "text")])
        return lines

    def action_answer(self, letter: str) -> None:
        """Answer the question under the cursor and go on to the next."""
        row = self.row
        if row is None:
            return
        self._answers[row] = letter
        self.refresh_row(row)
        self.post_message(self.Changed(self, self.answers, self.score))
        self.action_move(1)

    def _texts(self, row: int, width: int) -> list[str]:
        room = width - 6 - (3 if width < 50 else 10)
        return wrap(DASH_QUESTIONS[row], max(8, room))


class DashScore(Block):
    """The running score: yes answers, what is still blank, and the band."""

    def __init__(
        self,
        answers: str = "",
        *,
        medium_from: int = 10,
        high_from: int = 14,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._answers = clean_answers(answers)
        self._bands = (medium_from, high_from)

    def set_answers(self, answers: str) -> None:
        """Show the score of other answers."""
        self._answers = clean_answers(answers)
        self.redraw()

    def draw(self, width: int) -> list[Pieces]:
        """One line."""
        yes = self._answers.count("y")
        blank = self._answers.count(BLANK)
        unsure = self._answers.count("d")
        medium, high = self._bands
        if blank == COUNT:
            return [[("No answer yet", "dim"), ("  y yes  n no  d don't know", "dim")]]
        band, style = ("STANDARD", "risk.standard")
        if yes >= high:
            band, style = "HIGH", "risk.high"
        elif yes >= medium:
            band, style = "MEDIUM", "risk.medium"
        line: Pieces = [(f"Score {yes} of {COUNT}", "strong")]
        if not blank or yes >= medium:  # a low score with answers missing says nothing yet
            line += [("  ", "text"), (band, style)]
        if unsure:
            line.append((f"  {unsure} don't know", "dim"))
        if blank:
            line.append((f"  {blank} blank", "warn"))
        return [line]
