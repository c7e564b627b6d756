"""Which row holds the titles, which rows are data, and which are neither."""

from __future__ import annotations

import re
from typing import Final

from config.errors import BadInputError
from sanctuary_tui.imports.sheets import (
    BLANK,
    Cell,
    Grid,
    Heading,
    Row,
    Sheet,
    Skipped,
    Why,
    letter_of,
)

_LOOKED_THROUGH: Final = 40
_LONG_TITLE: Final = 80
_LONG_GROUP: Final = 30
_NARROW: Final = 4
"""In a sheet of fewer columns a cell alone in its row is as likely data as a line between rows."""

_NUMBER: Final = re.compile(r"[£$€ ]*-?[\d,. ]+%?(?:[:/-]\d+)*")
_AMOUNT: Final = re.compile(r"[£$€ ]*-?(?:0|[1-9][\d,]{0,9})(?:\.\d+)?[ %]*")
_TOTAL: Final = re.compile(
    r"(?:grand |sub-?|running |year |overall )?totals?"
    r"(?: (?:cases|for|in|of|cost|spend|this|to date|number)\b.*|[ :]*[\d£].*)?[ :]*",
    re.IGNORECASE,
)
_SUM: Final = re.compile(
    r"(?:sum|average|mean|count|number of (?:cases|clients|referrals)|no\.? of cases)\b"
    r"(?: of| per| cost| cases)?[ :]*[\d£,.]*",
    re.IGNORECASE,
)
_SECTION: Final = re.compile(
    r"(?:(?:q[1-4]|quarter [1-4]|jan\w*|feb\w*|mar|march|apr|april|may|june?|july?|aug\w*|"
    r"sept?\w*|oct\w*|nov\w*|dec\w*)\W*(?:\d{2,4})?(?:[/-]\d{2,4})?|(?:19|20)\d\d(?:[/-]\d{2,4})?|"
    r"(?:open|closed|live|current|completed?|pending|archived?|new|old)\b[\w ]{0,30}|-{2,}|\*{2,})"
    r"\W*",
    re.IGNORECASE,
)
_BANNER: Final = re.compile(
    r"tracker|scheme|official|confidential|restricted|updated|council|spreadsheet|sensitive|key\b",
    re.IGNORECASE,
)
Cells = tuple[Cell, ...]


def laid_out(grid: Grid, header_row: int | None = None) -> Sheet:
    """The sheet's titles and rows of data; each other row is skipped with its reason.

    A cell merged over several rows stands in each of them. Titles in two rows are joined, a title
    over several columns stands before each of theirs.

    Raises:
        BadInputError: ``header_row`` is blank or not there, or a row of a CSV file has more cells
            than there are titles, so that nobody knows which belongs under which.
    """
    table = _Table(grid, header_row)
    headings = tuple(
        Heading(place, letter_of(index), table.title(index), index + 1 in grid.hidden_columns)
        for place, index in enumerate(table.used)
    )
    rows: list[Row] = []
    skipped: list[Skipped] = []
    for number, cells in table.rows.items():
        why = table.why_not(number)
        if why is not None:
            skipped.append(Skipped(number, why))
        elif number != table.header_row:
            rows.append(Row(number, tuple(cells[index] for index in table.used)))
    return Sheet(grid.name, grid.hidden, table.header_row, headings, tuple(rows), tuple(skipped))


class _Table:
    """A grid padded and filled, with what is known of it as a whole."""

    def __init__(self, grid: Grid, header_row: int | None) -> None:
        self.width = max((len(row) for _, row in grid.rows), default=0)
        self.given = {number: _padded(row, self.width) for number, row in grid.rows}
        self.rows = _filled(grid, self.given)
        self._merged = grid.merged
        self._wide = _wide_merges(grid)
        if header_row is not None and all(
            cell.blank for cell in self.rows.get(header_row, (BLANK,))
        ):
            raise BadInputError(
                f"Row {header_row} holds no column titles; name the row in which they stand."
            )
        self.header_row = header_row or self._found_header()
        self.header = self.rows[self.header_row]
        self._above = self.rows.get(self.header_row - 1, (BLANK,) * self.width)
        self._groups = self._group_titles()
        self.two_rows = self._joins_above()
        self.used = [index for index in range(self.width) if self._is_used(index)]
        self._refuse_overhang(grid)
        self._last_data = max(
            (number for number, row in self.given.items() if self._is_wordy(number, row)),
            default=0,
        )

    def title(self, index: int) -> str:
        """A column's title on one line."""
        own = " ".join(self.header[index].text.split())
        if not own:
            return " ".join(self._above[index].text.split()) if self.two_rows else ""
        group = self._groups[index]
        return own if not group or group.casefold() in own.casefold() else f"{group} {own}"

    def why_not(self, number: int) -> Why | None:
        """Why a row is no data; None for data and for the row of titles."""
        given, row = self.given[number], self.rows[number]
        if number == self.header_row:
            return None
        if all(cell.blank for cell in given):
            return "blank"
        if number < self.header_row:
            return "title"
        if self._repeats(row):
            return "header"
        if _is_total(given) or (number > self._last_data and not any(map(_is_word, given))):
            return "total"
        return "note" if self._is_note(number, given) else None

    def _is_used(self, index: int) -> bool:
        return bool(self.title(index)) or any(
            not row[index].blank for number, row in self.given.items() if number > self.header_row
        )

    def _found_header(self) -> int:
        """The first row as full of different words as any near the top, or the one below it."""
        seen = [n for n, row in self.given.items() if any(not cell.blank for cell in row)]
        scores = {number: _header_score(self.rows[number]) for number in seen[:_LOOKED_THROUGH]}
        best = max(scores.values())
        found = next(n for n, score in scores.items() if score >= best - abs(best) / 4)
        return found + 1 if self._goes_on_below(found) else found

    def _goes_on_below(self, number: int) -> bool:
        """Titles in two rows: the lower has words only under titles that have a gap beside them."""
        upper = self.given[number]
        lower = self.given.get(number + 1, ())
        told = _filled_at(lower)
        if len(told) < 2 or len(told) == len(_filled_at(upper)) == self.width:
            return False
        if any(not _is_title(lower[index]) for index in told):
            return False
        in_gaps = [index for index in told if upper[index].blank]
        starts = [index for index in told if not upper[index].blank]
        return bool(in_gaps and starts) and all(
            index + 1 < self.width and upper[index + 1].blank for index in starts
        )

    def _group_titles(self) -> list[str]:
        """Titles over several columns in the row above, such as Survivor over name and birth date.

        From merged cells; where nothing is merged, as in a CSV file, a title reaches over the gaps
        to its right.
        """
        above, titles = self.header_row - 1, [""] * self.width
        areas = [area for area in self._merged if area[0] == above and area[3] > area[1]]
        for _first, left, _last, right in areas:
            if right - left + 1 < self.width:
                for column in range(left - 1, min(right, self.width)):
                    titles[column] = " ".join(self._above[left - 1].text.split())
        if areas or not self._is_group_row():
            return titles
        group = ""
        for index, cell in enumerate(self._above):
            if not cell.blank:
                group = "" if self.header[index].blank else " ".join(cell.text.split())
            titles[index] = group
        return titles

    def _is_group_row(self) -> bool:
        told = _filled_at(self.given.get(self.header_row - 1, ()))
        return (
            len(told) > 1
            and len(told) < len(_filled_at(self.header)) + sum(self.header[i].blank for i in told)
            and all(
                _is_title(self._above[index])
                and len(self._above[index].text) <= _LONG_GROUP
                and not _BANNER.search(self._above[index].text)
                for index in told
            )
        )

    def _joins_above(self) -> bool:
        """The row above holds titles too: groups, or those of columns that this row leaves out."""
        return any(self._groups) or self._is_group_row()

    def _refuse_overhang(self, grid: Grid) -> None:
        """A separator in a cell without quotation marks moves the cells behind it one to the right.

        A spreadsheet saves every row as wide as the widest, so that only a file written otherwise
        is refused.
        """
        given = dict(grid.rows)
        held = max(len(given[self.header_row]), len(given.get(self.header_row - 1, ())))
        for number, row in grid.rows:
            if number > self.header_row and any(not cell.blank for cell in row[held:]):
                raise BadInputError(
                    f"Row {number} has more cells than there are column titles in row "
                    f"{self.header_row}; mend that row in the spreadsheet, or give the last "
                    "columns a title, and import it again."
                )

    def _repeats(self, row: Cells) -> bool:
        pairs = [
            (mine.text.casefold(), title.text.casefold())
            for mine, title in zip(row, self.header, strict=True)
            if not mine.blank
        ]
        return len(pairs) > 1 and sum(mine == title for mine, title in pairs) >= 0.8 * len(pairs)

    def _is_note(self, number: int, given: Cells) -> bool:
        """One cell alone: a line that names a time or a state of cases, or words at the foot."""
        told = _filled_at(given)
        if len(told) != 1 or len(self.used) < _NARROW:
            return False
        at, text = told[0], given[told[0]].text
        if (number, at + 1) in self._wide:
            return True
        if at in self.used[:2] and _SECTION.fullmatch(text):
            return True
        return number > self._last_data + 1

    def _is_wordy(self, number: int, given: Cells) -> bool:
        """Several cells, and not numbers alone: no line between rows and no sum at the foot."""
        return (
            number >= self.header_row
            and len(_filled_at(given)) > 1
            and any(map(_is_word, given))
            and not _is_total(given)
        )


def _padded(row: Cells, width: int) -> Cells:
    return row + (BLANK,) * (width - len(row))


def _filled(grid: Grid, given: dict[int, Cells]) -> dict[int, Cells]:
    """Each row with what cells merged from above say of it too."""
    rows, bottom = dict(given), max(given, default=0)
    for first, left, last, _right in grid.merged:
        top = given.get(first)
        if top is None or left > len(top) or top[left - 1].blank:
            continue
        for number in range(first + 1, min(last, bottom) + 1):
            row = rows[number]
            if row[left - 1].blank:
                rows[number] = (*row[: left - 1], top[left - 1], *row[left:])
    return rows


def _wide_merges(grid: Grid) -> frozenset[tuple[int, int]]:
    """Row and column of each place at which a cell that is merged over several columns begins."""
    bottom = max((number for number, _ in grid.rows), default=0)
    return frozenset(
        (row, left)
        for first, left, last, right in grid.merged
        if right > left
        for row in range(first, min(last, bottom) + 1)
    )


def _filled_at(row: Cells) -> list[int]:
    return [index for index, cell in enumerate(row) if not cell.blank]


def _is_title(cell: Cell) -> bool:
    text = cell.text
    return len(text) <= _LONG_TITLE and not any(sign.isdigit() for sign in text)


def _is_word(cell: Cell) -> bool:
    return not cell.blank and not _AMOUNT.fullmatch(cell.text)


def _header_score(row: Cells) -> float:
    words = [cell.text.casefold() for cell in row if not cell.blank]
    plain = [word for word in words if not _NUMBER.fullmatch(word) and len(word) <= _LONG_TITLE]
    return len(set(plain)) - 2 * (len(words) - len(plain))


def _is_total(row: Cells) -> bool:
    """It begins with the word total, or has words of a sum and otherwise amounts alone."""
    told = [cell.text for cell in row if not cell.blank]
    if _TOTAL.fullmatch(told[0]):
        return True
    words = [text for text in told if not _AMOUNT.fullmatch(text)]
    return bool(words) and all(_TOTAL.fullmatch(text) or _SUM.fullmatch(text) for text in words)
