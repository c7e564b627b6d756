"""The board: keys, lanes, order, filter, folding, and what the opened card answers."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from textual.cache import LRUCache
from widget_samples import TODAY, Stand, card, cards

from widgets.board import Board


def make(count: int = 70, **more: object) -> tuple[Stand, Board]:
    board = Board(cards(count), today=TODAY, **more)  # type: ignore[arg-type]
    return Stand([board]), board


async def test_arrows_go_everywhere() -> None:
    app, board = make()
    async with app.run_test(size=(120, 40), message_hook=app.seen.append) as pilot:
        assert board.cursor == (0, 0, 0)
        await pilot.press("right", "down", "right", "down", "up", "left")
        assert board.cursor == (0, 1, 1)
        await pilot.press("end")
        assert board.cursor == (0, 1, board.counts["triage"] - 1)
        await pilot.press("down", "home", "pagedown", "pageup")
        assert board.cursor == (0, 1, 0)
        await pilot.press("enter")
        assert [message.card for message in app.of(Board.Chosen)] == [board.card]
        assert app.of(Board.Highlighted)[-1].card is board.card


async def test_the_opened_card_answers_four_questions() -> None:
    stuck = card(
        42,
        stage="approval",
        stage_entered=TODAY - timedelta(days=6),
        target_due=TODAY - timedelta(days=3),
        tenure="council",
        stuck_why="HA order",
        stuck_on="Test Homes HA",
        stuck_since=TODAY - timedelta(days=6),
        next_text="chase HA",
        next_due=TODAY + timedelta(days=1),
        risk="high",
        consent="silent",
        consent_since=TODAY - timedelta(days=21),
    )
    app = Stand([Board([stuck], today=TODAY)])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        text = app.screen_text()
        for part in (
            "APPROVAL 1",
            "▌HIGH 0042 TS",
            "6d!",
            "coun HA order",
            "on   Test Homes HA, 6d",
            "next chase HA, 27 Nov",
            "cons silent, 21d",
            "time 6d of 3d!",
        ):
            assert part in text, part


async def test_closed_cards_on_the_board_get_their_column() -> None:
    app, board = make(1)
    async with app.run_test(size=(120, 40)):
        assert "closed" not in board.counts
        board.set_cards([card(1, stage="closed")])
        assert board.counts["closed"] == 1


async def test_a_card_that_moved_keeps_the_cursor() -> None:
    app, board = make()
    async with app.run_test(size=(120, 40), message_hook=app.seen.append) as pilot:
        await pilot.press("right", "down")
        moved = board.card
        assert moved is not None
        changed = [card(n) if n != moved.case_id else card(n, stage="legal") for n in range(1, 71)]
        board.set_cards(changed)
        await pilot.pause()
        assert board.card is not None
        assert board.card.case_id == moved.case_id
        assert board.card.stage == "legal"
        board.set_cards([each for each in changed if each.case_id != moved.case_id])
        await pilot.pause()
        assert board.card is not None
        assert board.card.stage == "legal"
        board.set_cards([])
        await pilot.pause()
        assert board.card is None
        assert app.of(Board.Highlighted)[-1].card is None
        assert "No open case." in app.screen_text()
        await pilot.press("left", "right", "up", "down", "enter", "home", "pagedown")


async def test_jump_to_shows_the_case_wherever_it_is() -> None:
    app, board = make(400)
    async with app.run_test(size=(80, 24)) as pilot:
        for case_id in (399, 6, 250, 1):
            assert board.jump_to(case_id)
            await pilot.pause()
            assert f"{case_id:04d}" in app.screen_text()
        assert not board.jump_to(4000)


async def test_filter_by_words_and_by_rule() -> None:
    app, board = make()
    async with app.run_test(size=(120, 40)) as pilot:
        board.set_filter("high prs")
        assert board.shown
        assert {(each.risk, each.tenure) for each in board.shown} == {("high", "prs")}
        board.set_filter("test survivor 7")
        assert not board.shown  # a masked board does not answer to names
        board.set_filter(predicate=lambda each: each.do_not_contact == 1)
        assert {each.case_id % 11 for each in board.shown} == {0}
        board.set_filter()
        assert len(board.shown) == 70
        await pilot.pause()


async def test_lanes_by_risk_are_walked_through() -> None:
    app, board = make(lanes="risk")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        text = app.screen_text()
        assert [text.index(f"─ {name} ") for name in ("HIGH", "MEDIUM", "STANDARD", "NO SCORE")]
        seen = set()
        await pilot.press("right")
        for _ in range(board.counts["triage"]):
            assert board.card is not None
            seen.add(board.card.case_id)
            await pilot.press("down")
        assert len(seen) == board.counts["triage"]
        board.lanes = "tenure"
        await pilot.pause()
        assert "PRIVATE RENTED" in app.screen_text()


async def test_at_80_three_columns_stand_around_the_cursor() -> None:
    app, board = make()
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(9):
            await pilot.pause()
            wide = [slot.column for slot in board._slots if slot.wide]
            assert len(wide) == 3
            assert board.cursor[1] in wide
            assert len(board._slots) == 9
            await pilot.press("right")


async def test_at_40_the_sides_are_counted() -> None:
    app, board = make()
    async with app.run_test(size=(40, 10)) as pilot:
        board.jump_to(next(each.case_id for each in board.shown if each.stage == "consent"))
        await pilot.pause()
        first = app.screen_text().splitlines()[0]
        assert "CONSENT 16" in first
        assert first.strip().startswith("‹")
        assert first.rstrip().endswith("›")


async def test_empty_columns_fold() -> None:
    board = Board([card(1, stage="triage"), card(2, stage="consent")], today=TODAY)
    app = Stand([board])
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert [slot.column for slot in board._slots if slot.wide] == [1, 5]
        await pilot.press("right")
        assert board.cursor[1] == 5


async def test_the_mouse_finds_cards() -> None:
    app, board = make()
    async with app.run_test(size=(120, 40), message_hook=app.seen.append) as pilot:
        await pilot.click(board, offset=(30, 5))
        assert board.cursor[:2] == (0, 1)
        assert board.cursor[2] == 1
        await pilot.click(board, offset=(30, 5), times=2)
        assert app.of(Board.Chosen)
        strip = next(slot for slot in board._slots if not slot.wide)
        await pilot.click(board, offset=(strip.x + 1, 3))
        assert board.cursor[1] == strip.column


@pytest.mark.parametrize("size", [(200, 60), (120, 40), (80, 24), (61, 12), (40, 10), (20, 4)])
@pytest.mark.parametrize("lanes", ["none", "risk", "tenure"])
async def test_every_line_fills_the_width(size: tuple[int, int], lanes: str) -> None:
    app, _board = make(120, lanes=lanes)
    async with app.run_test(size=size) as pilot:
        for key in ("right", "down", "end", "right", "right", "home", "left"):
            await pilot.press(key)
            strips = app.screen._compositor.render_strips()
            assert {strip.cell_length for strip in strips} == {size[0]}


async def test_a_cursor_move_draws_only_two_columns() -> None:
    app, board = make()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("right")
        await pilot.pause()
        before = dict(board._drawn)
        await pilot.press("right")
        await pilot.pause()
        same = {column for column, drawn in board._drawn.items() if before.get(column) is drawn}
        assert set(board._drawn) - same == {1, 2}


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 10)])
@pytest.mark.parametrize("lanes", ["none", "risk"])
async def test_what_was_drawn_before_is_shown_again_only_where_it_still_holds(
    size: tuple[int, int], lanes: str
) -> None:
    app, board = make(120, lanes=lanes)
    chance = Random(f"{size} {lanes}")
    keys = ("right", "left", "down", "up", "pagedown", "pageup", "home", "end")
    async with app.run_test(size=size) as pilot:
        for number in range(120):
            await pilot.press(chance.choice(keys))
            if number % 20 == 19:
                chance.choice(
                    (
                        lambda: board.set_cards(cards(chance.randint(40, 120)), board.today),
                        lambda: setattr(board, "masked", not board.masked),
                        lambda: setattr(board, "sort", chance.choice(("risk", "age", "due"))),
                        lambda: board.set_cards(cards(120), board.today + timedelta(days=1)),
                        lambda: setattr(app, "theme", chance.choice(sorted(app.available_themes))),
                    )
                )()
                await pilot.pause()
            shown = [board.render_line(y) for y in range(size[1])]
            tops = dict(board._tops)
            kept = board._drawn, board._kept, board._joined
            board._drawn, board._kept, board._joined = {}, LRUCache(1), LRUCache(1)
            assert shown == [board.render_line(y) for y in range(size[1])]
            assert tops == board._tops
            board._drawn, board._kept, board._joined = kept


async def test_ten_thousand_cards_draw_what_fits() -> None:
    board = Board(cards(10_000), today=TODAY)
    app = Stand([board])
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("right", "end", "home", "pagedown")
        await pilot.pause()
        assert sum(len(strips) for strips, _ in board._drawn.values()) == 40 * 9


async def test_where_there_is_height_cards_are_tall_and_more_columns_stand_open() -> None:
    app, board = make()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert sum(slot.wide for slot in board._slots) == 7
        board.lanes = "risk"
        await pilot.pause()
        assert sum(slot.wide for slot in board._slots) == 5
        board.lanes = "none"
        await pilot.resize_terminal(120, 24)
        await pilot.pause()
        assert sum(slot.wide for slot in board._slots) == 5


async def test_words_fold_before_they_are_cut() -> None:
    stages = ("triage", "legal", "survey", "consent")
    why = "support not answered yet"
    few = [card(n, stage=stage, stuck_why=why) for n, stage in enumerate(stages * 2, 1)]
    app = Stand([Board(few, today=TODAY)])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.screen_text().count("answered yet") == 6  # three columns of two
        assert "…" not in app.screen_text()
    many = [card(n, stage=stage, stuck_why=why) for n, stage in enumerate(stages * 12, 1)]
    app = Stand([Board(many, today=TODAY)])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        text = app.screen_text()
        assert text.count("support not…") >= 18
        assert " more" in text
