"""Lists drawn by line: keys, mouse, messages, groups, and rows read again."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from widget_samples import (
    TODAY,
    Stand,
    agenda,
    candidates,
    card,
    cards,
    consents,
    findings,
    found,
    hits,
    story,
)

from db.readmodels import AgendaLine
from widgets.agenda import AgendaList
from widgets.consent import ConsentList
from widgets.gates import GateList
from widgets.hits import HitList, MatchList, marked
from widgets.lines import Heading, LineTable
from widgets.marac import MaracList
from widgets.timeline import Timeline

SIZES = [(120, 40), (80, 24), (40, 10)]


def make(count: int = 30) -> tuple[Stand, AgendaList]:
    table = AgendaList(agenda(count), today=TODAY)
    return Stand([table]), table


async def test_the_cursor_starts_on_a_row_and_skips_headings() -> None:
    app, table = make()
    async with app.run_test(size=(80, 24), message_hook=app.seen.append) as pilot:
        assert table.row is table.rows[0]
        await pilot.press("up")
        assert table.row is table.rows[0]
        overdue = [row for row in table.rows if row.group == "overdue"]
        await pilot.press(*["down"] * len(overdue))
        assert table.row is table.rows[len(overdue)]
        assert table.row.group == "today"
        await pilot.press("up")
        assert table.row is overdue[-1]
        assert [message.row for message in app.of(LineTable.Highlighted)][-1] is overdue[-1]


async def test_home_end_and_page_go_where_they_say() -> None:
    app, table = make(200)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("end")
        await pilot.pause()
        assert table.row is table.rows[-1]
        assert table.rows[-1].card.ref in app.screen_text()
        await pilot.press("home")
        await pilot.pause()
        assert table.row is table.rows[0]
        assert app.screen_text().startswith(" OVERDUE")
        await pilot.press("pagedown")
        assert 15 < table.rows.index(table.row) < 24
        await pilot.press("pageup")
        assert table.row is table.rows[0]


async def test_enter_and_double_click_choose() -> None:
    app, table = make()
    async with app.run_test(size=(80, 24), message_hook=app.seen.append) as pilot:
        await pilot.press("down", "enter")
        assert [message.row for message in app.of(LineTable.Chosen)] == [table.rows[1]]
        await pilot.click(table, offset=(20, 4))
        assert table.row is table.rows[3]
        assert len(app.of(LineTable.Chosen)) == 1
        await pilot.click(table, offset=(20, 5), times=2)
        assert [message.row for message in app.of(LineTable.Chosen)][-1] is table.rows[4]
        await pilot.click(table, offset=(5, 0))  # a heading
        assert table.row is table.rows[4]


async def test_a_cursor_move_draws_two_lines_only() -> None:
    app, table = make()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        drawn: list[tuple[int, int]] = []
        draw = table._draw
        table._draw = lambda index, sub, *rest: (
            drawn.append((index, sub)),
            draw(index, sub, *rest),
        )[1]  # type: ignore[method-assign]
        await pilot.press("down")
        await pilot.pause()
        assert sorted(set(drawn)) == [(1, 0), (2, 0)]


async def test_rows_read_again_keep_the_cursor_on_its_row() -> None:
    app, table = make()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "down")
        before = table.row
        assert before is not None
        table.set_lines(agenda(30)[1:])
        assert table.row is not before
        assert table.row is not None
        assert table.key(table.row) == table.key(before)


async def test_when_the_row_has_gone_the_next_one_is_taken() -> None:
    app, table = make()
    async with app.run_test(size=(80, 24), message_hook=app.seen.append) as pilot:
        await pilot.press("down", "down")
        gone, after = table.rows[2], table.rows[3]
        table.set_lines([line for line in table.rows if line is not gone])
        await pilot.pause()
        assert table.row is after
        table.set_lines([])
        await pilot.pause()
        assert table.row is None
        assert app.of(LineTable.Highlighted)[-1].row is None
        assert "Nothing waits." in app.screen_text()
        await pilot.press("down", "up", "enter", "end", "home", "pagedown")
        table.set_lines(agenda(3))
        assert table.row is table.rows[0]


async def test_names_are_masked_until_asked_for() -> None:
    table = AgendaList(agenda(4), today=TODAY)
    app = Stand([table])
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert "Test Survivor" not in app.screen_text()
        assert "T. S." in app.screen_text()
        table.masked = False
        await pilot.pause()
        assert "Test Survivor 1" in app.screen_text()


async def test_select_goes_to_a_row_by_its_key() -> None:
    table = ConsentList(consents(20), today=TODAY)
    app = Stand([table])
    async with app.run_test(size=(80, 24)):
        assert table.select(15)
        assert table.row is not None
        assert table.row.request_id == 15
        assert not table.select(99)


@pytest.mark.parametrize("size", SIZES)
async def test_every_list_fits_its_width(size: tuple[int, int]) -> None:
    for table in (
        AgendaList(agenda(30), today=TODAY),
        ConsentList(consents(30), today=TODAY),
        MaracList(candidates(30)),
        HitList(hits()),
        MatchList(found()),
        GateList(findings(), today=TODAY, all_gates=True),
        Timeline(story()),
    ):
        app = Stand([table])
        async with app.run_test(size=size) as pilot:
            await pilot.press("down", "end", "home")
            strips = app.screen._compositor.render_strips()
            assert {strip.cell_length for strip in strips} == {size[0]}
            assert len(strips) == size[1]


async def test_space_ticks_a_candidate() -> None:
    table = MaracList(candidates(4))
    app = Stand([table])
    async with app.run_test(size=(120, 40), message_hook=app.seen.append) as pilot:
        assert [row.card.case_id for row in table.ticked] == [2, 4]
        await pilot.press("space", "down", "space")
        assert [row.card.case_id for row in table.ticked] == [1, 4]
        await pilot.pause()
        assert app.screen_text().count("[x]") == 2
        assert [message.row.ticked for message in app.of(MaracList.Toggled)] == [True, False]


async def test_gates_say_how_serious_in_words() -> None:
    app = Stand([GateList(findings(), today=TODAY, all_gates=True)])
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        text = app.screen_text()
        for mark in ("■ stop  G3", "▲ warn  G4", "· info  G8", "○ over  G6", "✓ pass  G1"):
            assert mark in text
        assert "on county court, for 14d" in text
        assert "overridden; on landlord" in text


async def test_the_timeline_cuts_no_sentence() -> None:
    app = Stand([Timeline(story())])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        text = app.screen_text()
        assert "Thu 26 Nov 2026" in text
        assert "14:05  Moved from Survey to Consent." in text
        assert text.count("the budget") + text.count("budget holder") >= 3
        await pilot.press("down")
        assert "12:05  Call noted." in app.screen_text()


def test_search_words_are_marked() -> None:
    assert marked("left a \ue000message\ue001 with") == [
        ("left a ", "dim"),
        ("message", "hit"),
        (" with", "dim"),
    ]
    assert marked("no \ue000end") == [("no ", "dim"), ("end", "dim")]
    assert marked("") == []


async def test_an_agenda_for_aftercare_has_its_own_headings() -> None:
    titles = {"overdue": "OVERDUE", "today": "THIS WEEK", "coming": "COMING"}
    lines = [AgendaLine("today", card(1), "3-week check", TODAY, at="10:00")]
    app = Stand([AgendaList(lines, today=TODAY, titles=titles)])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "THIS WEEK 1" in app.screen_text()
        assert "10:00" in app.screen_text()


async def test_a_stuck_line_shows_since_when_it_is_stuck() -> None:
    since, target = TODAY - timedelta(days=23), TODAY - timedelta(days=6)
    lines = [AgendaLine("stuck", card(1), "agent silent", target, since=since)]
    app = Stand([AgendaList(lines, today=TODAY)])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "23d ago" in app.screen_text()
        assert "6d ago" not in app.screen_text()


async def test_a_huge_list_draws_no_more_than_the_screen(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = agenda(100_000)
    time.perf_counter()
    table = AgendaList(lines, today=TODAY)
    app = Stand([table])
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        drawn = 0
        draw = table._draw

        def counting(*args: object) -> object:
            nonlocal drawn
            drawn += 1
            return draw(*args)  # type: ignore[arg-type]

        table._draw = counting  # type: ignore[method-assign, assignment]
        await pilot.press("end", "pageup", "home")
        await pilot.pause()
        assert drawn <= 3 * 42
        assert len(table._strips) <= 512
    with capsys.disabled():
        pass


def test_headings_carry_their_count() -> None:
    table = AgendaList(agenda(12), today=TODAY)
    headings = [item for item in table._items if isinstance(item, Heading)]
    assert [(heading.text, heading.count) for heading in headings] == [
        ("OVERDUE", 4),
        ("TODAY", 2),
        ("NEW", 2),
        ("STUCK", 2),
        ("COMING", 2),
    ]
    assert len(cards(3)) == 3


async def test_the_first_line_always_names_the_group_and_never_hides_the_cursor() -> None:
    app, table = make(80)
    async with app.run_test(size=(80, 12)) as pilot:
        for key in ("end", *["up"] * 30, "pageup", "pagedown", *["down"] * 8):
            await pilot.press(key)
            await pilot.pause()
            lines = app.screen_text().split("\n")
            row = table.row
            assert row is not None
            (marked_line,) = [line for line in lines if line.startswith("› ")]
            assert row.card.ref in marked_line
            above = [line for line in lines[: lines.index(marked_line)] if line[1:2].isalpha()]
            assert above[-1].split()[0].lower() == row.group
            assert lines[0][1:2].isalpha()
        cursor = table.cursor
        await pilot.click(table, offset=(10, 0))
        assert table.cursor == cursor
