"""The lines around a screen: places, keys, the safety banner, the panel, the DASH grid."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.widget import Widget
from widget_samples import AWKWARD, TODAY, Stand, agenda, candidates, card, cards, consents

from db.readmodels import Finding, Match, SearchHit, TimelineEntry
from widgets.agenda import AgendaList
from widgets.aside import CaseAside
from widgets.banner import ContactBanner, banner_pieces
from widgets.board import Board
from widgets.columns import width_of
from widgets.consent import ConsentList
from widgets.dash import DashGrid, DashScore, clean_answers, score_of
from widgets.gates import GateList
from widgets.hits import HitList, MatchList
from widgets.keybar import KeyBar
from widgets.marac import MaracList
from widgets.navbar import NavBar
from widgets.text_blocks import Facts, Words, fact_lines
from widgets.timeline import Timeline

STORY_AT = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
SIZES = [(120, 40), (80, 24), (40, 10)]
KEYS = [("enter", "open"), ("d", "done"), ("z", "snooze"), ("c", "chase"), ("?", "keys")]


def text_of(pieces: list[tuple[str, str]]) -> str:
    return "".join(text for text, _ in pieces)


def nav(current: str = "today") -> NavBar:
    bar = NavBar(today=TODAY, current=current)
    bar.set_counts({"today": 26, "consent": 9, "aftercare": 14, "marac": 3})
    bar.set_lock(252)
    return bar


def test_the_places_fold_with_the_width() -> None:
    wide = text_of(nav().draw(120)[0])
    assert wide.startswith(" Sanctuary  1 Today 26  2 Board  3 Consent 9  4 Aftercare 14")
    assert wide.endswith("Thu 26 Nov 2026  lock 4:12 ")
    middle = text_of(nav().draw(80)[0])
    assert "1 Today 26" in middle
    assert "lock 4:12" in middle
    narrow = text_of(nav("marac").draw(40)[0])
    assert "5 MARAC 3" in narrow
    assert "4:12" in narrow


@given(st.integers(0, 150), st.integers(0, 10_000), st.integers(0, 900))
def test_the_places_never_pass_the_width(width: int, count: int, lock: int) -> None:
    bar = nav("aftercare")
    bar.set_counts(dict.fromkeys(("today", "board", "consent", "aftercare", "marac"), count))
    bar.set_lock(lock)
    line = bar.draw(width)[0]
    assert width < 40 or width_of(line) == width


async def test_a_place_is_chosen_by_a_click() -> None:
    bar = nav()
    app = Stand([bar])
    async with app.run_test(size=(120, 40), message_hook=app.seen.append) as pilot:
        at = app.screen_text().splitlines()[0].index("Consent")
        await pilot.click(bar, offset=(at, 0))
        await pilot.click(bar, offset=(at + 20, 0))
        await pilot.click(bar, offset=(90, 0))
        await pilot.pause()
        assert [message.name for message in app.of(NavBar.Chosen)] == ["consent", "aftercare"]


def test_keys_are_left_out_whole_and_the_last_is_kept() -> None:
    assert text_of(KeyBar(KEYS).draw(80)[0]) == " enter open  d done  z snooze  c chase  ? keys"
    assert text_of(KeyBar(KEYS).draw(30)[0]) == " enter open  d done  ? keys"
    assert len(KeyBar(KEYS, lines=2).draw(30)) == 2
    assert KeyBar([]).draw(30) == [[]]


async def test_a_key_is_chosen_by_a_click() -> None:
    bar = KeyBar(KEYS)
    app = Stand([bar])
    async with app.run_test(size=(80, 24), message_hook=app.seen.append) as pilot:
        await pilot.click(bar, offset=(14, 0))
        await pilot.click(bar, offset=(79, 0))
        await pilot.pause()
        assert [message.key for message in app.of(KeyBar.Chosen)] == ["d"]


@pytest.mark.parametrize("width", [120, 80, 40, 20])
def test_the_rule_for_contact_always_stands_there(width: int) -> None:
    rule = banner_pieces(
        "text only, 10:00-14:00, no voicemail, never the landline", False, width, 2
    )
    assert len(rule) <= 2
    assert "SAFE CONTACT" in text_of(rule[0])
    assert "text only" in " ".join(map(text_of, rule))
    assert rule[0][0][1] == "title"


def test_a_bar_on_contact_and_a_missing_rule_are_alarms() -> None:
    barred = banner_pieces("text only", True, 80, 2)
    assert barred[0][0] == (" DO NOT CONTACT ", "alarm")
    unknown = banner_pieces("  ", False, 80, 2)
    assert unknown[0][0] == (" SAFE CONTACT ", "alarm")
    assert "not recorded" in text_of(unknown[0])


async def test_the_banner_is_never_scrolled_or_wrapped_away() -> None:
    shown = card(1, safe_contact="text only, between ten and two, " * 20)
    app = Stand([ContactBanner(shown, heading="T. S.  council", most=2), Words("line\n" * 200)])
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        lines = app.screen_text().splitlines()
        assert "S26-0001" in lines[0]
        assert "SAFE CONTACT" in lines[1]
        assert lines[2].rstrip().endswith("…")


async def test_the_panel_answers_for_the_case() -> None:
    panel = CaseAside(card(1), today=TODAY)
    app = Stand([panel])
    async with app.run_test(size=(60, 24)) as pilot:
        await pilot.pause()
        text = app.screen_text()
        for part in (
            "S26-0001",
            "T. S.",
            "Council, survivor alone",
            "stage    Triage, 7d of 10d",
            "stuck    HA works order",
            "on       Test Homes HA",
            "since    Wed 25 Nov, 1d",
            "next     chase HA, or other fund, Tue 24 Nov",
            "last     Wed: left message",
        ):
            assert part in text, part
        panel.show(None)
        await pilot.pause()
        assert "stage" not in app.screen_text()


def test_facts_are_aligned_and_fold_under_themselves() -> None:
    facts = [("a", "x"), ("longer", "one two"), ("b", "")]
    lines = [text_of(line) for line in fact_lines(facts, 21)]
    assert lines == ["a       x", "longer  one two"]
    folded = [text_of(line) for line in fact_lines(facts, 12)]
    assert folded == ["a     x", "long  one", "er    two"]
    assert len(fact_lines([("b", "")], 20, keep_blank=True)) == 1


async def test_the_dash_is_answered_with_single_keys() -> None:
    grid, score = DashGrid(), DashScore()
    app = Stand([score, grid])
    async with app.run_test(size=(80, 24), message_hook=app.seen.append) as pilot:
        await pilot.press("y", "n", "d", "down", "y")
        assert grid.answers == "ynd.y" + "." * 19
        assert grid.score == 2
        await pilot.press("up", "backspace")
        assert grid.answers == "ynd.." + "." * 19
        await pilot.pause()
        changed = app.of(DashGrid.Changed)
        assert [message.score for message in changed] == [1, 1, 1, 2, 1]
        score.set_answers(grid.answers)
        await pilot.pause()
        text = app.screen_text()
        assert "Score 1 of 24" in text
        assert "21 blank" in text
        assert "·" in text.splitlines()[4]  # a blank is not a no


def test_answers_are_always_twenty_four() -> None:
    assert clean_answers("YnX") == "yn." + "." * 21
    assert len(clean_answers("y" * 50)) == 24
    assert score_of("." * 24) is None
    assert score_of("n" * 24) == 0


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text", AWKWARD, ids=range(len(AWKWARD)))
async def test_no_text_breaks_a_widget(text: str, size: tuple[int, int]) -> None:
    shown = card(
        1,
        name=text,
        masked=text[:6],
        stuck_why=text,
        stuck_on=text,
        next_text=text,
        safe_contact=text,
        last_text=text,
        gates=text,
        ref=text[:12],
    )
    line = agenda(1)[0]
    line.card, line.text, line.at = shown, text, text[:5]
    consent = consents(1)[0]
    consent.card, consent.hop, consent.next_step = shown, text, text
    candidate = candidates(1)[0]
    candidate.card, candidate.reasons = shown, (text,)
    made: list[Widget] = [
        AgendaList([line], today=TODAY, masked=False),
        ConsentList([consent], today=TODAY, masked=False),
        MaracList([candidate], masked=False),
        Board([shown, *cards(5)], today=TODAY, masked=False),
        Timeline([TimelineEntry(STORY_AT, text, "a", "b", 1, text, text)]),
        GateList([Finding("G4", "stop", text, text)], today=TODAY),
        HitList([SearchHit(1, text[:9], "notes", 1, text, f"\ue000{text}\ue001{text}")]),
        MatchList([Match(1, text[:9], "open", text, "legal", text, 1)]),
        CaseAside(shown, today=TODAY, masked=False),
        ContactBanner(shown, heading=text),
        Facts([(text, text)], title=text),
        KeyBar([(text[:3], text), ("?", "keys")]),
    ]
    for widget in made:
        app = Stand([widget])
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            strips = app.screen._compositor.render_strips()
            assert {strip.cell_length for strip in strips} == {size[0]}, type(widget)
            drawn = "".join(strip.text for strip in strips)
            assert drawn.isprintable() or not set(drawn) & set("\x1b\x07\x00\n\r\t\u202e\ud800")
