"""Columns fold by width, and a line always takes exactly the cells it is given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from widget_samples import AWKWARD, TODAY, card

from widgets.board_cells import cell_lines
from widgets.board_layout import (
    LEAST_WIDE,
    Lanes,
    card_lines,
    lay_columns,
    lay_lanes,
    make_grid,
)
from widgets.columns import (
    Column,
    draw_columns,
    draw_titles,
    fit,
    fit_pieces,
    lay_out,
    width_of,
    wrap,
)

words = st.one_of(
    st.text(max_size=60),
    st.sampled_from(AWKWARD),
    st.text(st.sampled_from("漢字e\u0301\u200d👩🇬🇧אב ́ab…\u202e\x1b\n"), max_size=40),
)
columns = st.lists(
    st.builds(
        Column,
        st.just("c"),
        st.just(lambda row: row),
        st.integers(0, 30),
        weight=st.integers(0, 3),
        most=st.sampled_from((0, 0, 40)),
        drop=st.integers(0, 4),
        align=st.sampled_from(("left", "right")),
    ),
    min_size=1,
    max_size=8,
)


@given(words, st.integers(0, 80), st.sampled_from(("left", "right")))
def test_fit_takes_exactly_its_cells(text: str, width: int, align: str) -> None:
    fitted = fit(text, width, align)  # type: ignore[arg-type]
    assert cell_len(fitted) == width
    assert "\x1b" not in fitted
    assert "\n" not in fitted


def test_fit_marks_what_is_cut() -> None:
    assert fit("agent silent", 8) == "agent s…"
    assert fit("漢字かな", 5) == "漢字…"
    assert fit("6d", 5, "right") == "   6d"


@given(columns, words, st.integers(0, 160), st.sampled_from((1, 2)))
def test_rows_and_titles_take_exactly_the_width(
    listed: list[Column[str]], text: str, width: int, gap: int
) -> None:
    layout = lay_out(listed, width, gap)
    assert width_of(draw_columns(listed, layout, text, width, gap)) == width
    assert width_of(draw_titles(listed, layout, width, gap)) == width
    used = sum(size for _, size in layout) + gap * max(0, len(layout) - 1)
    kept = {index for index, _ in layout}
    if all(listed[index].drop for index in kept) or used <= width:
        assert used <= width


def test_columns_drop_in_order_and_spare_goes_by_weight() -> None:
    listed = [
        Column("a", str, 5),
        Column("b", str, 10, weight=1),
        Column("c", str, 10, drop=1),
        Column("d", str, 10, drop=2),
    ]
    assert lay_out(listed, 41) == ((0, 5), (1, 10), (2, 10), (3, 10))
    assert lay_out(listed, 51) == ((0, 5), (1, 20), (2, 10), (3, 10))
    assert lay_out(listed, 40) == ((0, 5), (1, 21), (2, 10))
    assert lay_out(listed, 28) == ((0, 5), (1, 21))
    assert lay_out(listed, 12) == ((0, 5), (1, 5))


@given(st.lists(st.tuples(words, st.just("text")), max_size=5), st.integers(0, 60))
def test_pieces_fill_the_width(pieces: list[tuple[str, str]], width: int) -> None:
    assert width_of(fit_pieces(pieces, width)) == width


@given(words, st.integers(1, 50), st.integers(0, 4))
def test_wrapped_lines_never_pass_the_width(text: str, width: int, limit: int) -> None:
    lines = wrap(text, width, limit)
    assert lines
    # A character of two cells cannot stand in one: it is then drawn as it is and cut.
    assert all(cell_len(line) <= max(2, width) for line in lines)
    assert not limit or len(lines) <= limit


def test_wrap_loses_no_word() -> None:
    text = "the works order is raised but waits for a budget holder"
    assert " ".join(wrap(text, 20)) == text
    assert wrap("one two three four", 9, limit=1) == ["one two…"]


def test_a_word_longer_than_a_line_is_broken_at_its_hyphen_or_stroke() -> None:
    title = "Decision-maker's organisation"
    assert wrap(title, 14) == ["Decision-", "maker's", "organisation"]
    assert wrap("/media/stick/backups", 14) == ["/media/stick/", "backups"]
    assert wrap("a-verylongword", 8) == ["a-verylo", "ngword"], "no line of two letters"


@given(words, words, st.integers(1, 60), st.booleans(), st.booleans(), st.integers(1, 3))
def test_cards_take_exactly_their_cells(
    why: str, name: str, width: int, masked: bool, full: bool, folds: int
) -> None:
    shown = card(3, stuck_why=why, stuck_on=why, next_text=why, name=name, masked=name[:4])
    lines = card_lines(shown, width, TODAY, masked=masked, full=full, folds=folds)
    assert all(width_of(line) == width for line in lines)
    assert full or len(lines) == 2


@given(
    st.integers(0, 200),
    st.integers(1, 200),
    st.integers(0, 8),
    st.integers(0, 9),
    st.sampled_from(("none", "risk", "tenure")),
)
def test_board_columns_fill_the_width_and_hold_the_cursor(
    count: int, width: int, cursor: int, window: int, lanes: Lanes
) -> None:
    grid = make_grid([card(number) for number in range(1, count + 1)], lanes, "risk", TODAY)
    cursor = grid.nearest((0, cursor, 0))[1]
    slots, _ = lay_columns(grid, width, cursor, window)
    assert slots[-1].x + slots[-1].width == width or not any(slot.wide for slot in slots)
    assert [slot.column for slot in slots] == sorted({slot.column for slot in slots})
    assert any(slot.column == cursor and slot.wide for slot in slots)
    if width >= 120:
        assert all(slot.width >= LEAST_WIDE for slot in slots if slot.wide)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8), st.integers(1, 60), st.data())
def test_lanes_never_pass_the_height(wants: list[int], height: int, data: st.DataObject) -> None:
    cursor = data.draw(st.integers(0, len(wants) - 1))
    lines = lay_lanes(wants, height, cursor, True)
    assert sum(number + 1 for number in lines if number >= 0) <= max(height, 1)
    assert lines[cursor] >= 0


@given(
    st.integers(0, 60), st.integers(-1, 59), st.integers(0, 60), st.integers(1, 50), st.booleans()
)
def test_the_opened_card_is_always_in_sight(
    count: int, current: int, top: int, height: int, tall: bool
) -> None:
    cards = [card(number) for number in range(1, count + 1)]
    current = min(current, count - 1)
    first, lines = cell_lines(
        cards,
        top=top,
        current=current,
        width=16 if tall else 20,
        height=height,
        today=TODAY,
        masked=True,
        tall=tall,
    )
    assert len(lines) <= height
    if current >= 0 and height >= 3:
        assert any(line.opened for line in lines)
    rows = [line.row for line in lines if line.row >= 0]
    assert rows == sorted(rows)
    hidden = count - len(set(rows))
    notes = [line.pieces for line in lines if line.row < 0 and line.pieces]
    said = sum(int("".join(text for text, _ in pieces).split()[0]) for pieces in notes)
    if height >= (4 if tall else 3):
        assert said == hidden
    assert first <= max(0, count - 1)


@pytest.mark.parametrize("sort", ["risk", "age", "ref", "due"])
def test_each_order_is_what_it_says(sort: str) -> None:
    grid = make_grid([card(n) for n in range(1, 80)], "none", sort, TODAY)  # type: ignore[arg-type]
    for cell in grid.cells.values():
        keys = {
            "risk": [["high", "medium", "standard", "not_known"].index(c.risk) for c in cell],
            "age": [c.stage_entered for c in cell],
            "ref": [c.ref for c in cell],
            "due": [c.next_due for c in cell],
        }[sort]
        assert keys == sorted(keys)  # type: ignore[type-var]
