"""Pictures of each widget at the sizes it must stand: look at them when one changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

import pytest
from textual.containers import Horizontal
from textual.widget import Widget
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

from db.models import Case, Person
from widgets.agenda import AgendaList
from widgets.aside import CaseAside
from widgets.banner import ContactBanner
from widgets.board import Board
from widgets.consent import ConsentList
from widgets.dash import DashGrid, DashScore
from widgets.form import RecordForm
from widgets.gates import GateList
from widgets.hits import HitList, MatchList
from widgets.keybar import KeyBar
from widgets.marac import MaracList
from widgets.navbar import NavBar
from widgets.timeline import Timeline

WIDE, USUAL, SMALL = (120, 40), (80, 24), (40, 10)
KEYS = [("enter", "open"), ("d", "done"), ("z", "snooze"), ("c", "chase"), ("?", "keys")]


def nav(current: str) -> NavBar:
    bar = NavBar(today=TODAY, current=current)
    bar.set_counts({"today": 26, "consent": 9, "aftercare": 14, "marac": 3})
    bar.set_lock(252)
    return bar


def day(wide: bool) -> list[Widget]:
    lines = AgendaList(agenda(40), today=TODAY)
    if not wide:
        return [nav("today"), lines, ContactBanner(card(1), most=2), KeyBar(KEYS)]
    side = CaseAside(card(1), today=TODAY)
    side.styles.width = 48
    return [nav("today"), Horizontal(lines, side), KeyBar(KEYS)]


def board(lanes: str = "none") -> list[Widget]:
    return [nav("board"), Board(cards(70), today=TODAY, lanes=lanes), KeyBar(KEYS)]  # type: ignore[arg-type]


def lists() -> list[Widget]:
    return [ConsentList(consents(20), today=TODAY), MaracList(candidates(20))]


def details() -> list[Widget]:
    return [
        GateList(findings(), today=TODAY),
        Timeline(story()),
        HitList(hits()),
        MatchList(found()),
    ]


def person() -> list[Widget]:
    values = {"role": "perpetrator", "surname": "Test", "dob": date(1980, 3, 1)}
    return [RecordForm(Person, values, today=TODAY)]


def case() -> list[Widget]:
    values = {"received": datetime(2026, 11, 3, 9, 0, tzinfo=UTC), "reason": "Facts first. " * 20}
    form = RecordForm(Case, values, today=TODAY)
    form.call_after_refresh(form.problems)
    form.call_after_refresh(form.focus_problem)
    return [form]


SHOWN: dict[str, tuple[Callable[[], Sequence[Widget]], tuple[int, int], str]] = {
    "today_wide": (lambda: day(True), WIDE, "sanctuary-dark"),
    "today_usual": (lambda: day(False), USUAL, "sanctuary-light"),
    "today_small": (lambda: day(False), SMALL, "sanctuary-contrast"),
    "board_wide": (board, WIDE, "sanctuary-dark"),
    "board_lanes": (lambda: board("risk"), WIDE, "sanctuary-light"),
    "board_usual": (board, USUAL, "sanctuary-contrast"),
    "board_small": (board, SMALL, "sanctuary-dark"),
    "lists_wide": (lists, WIDE, "sanctuary-dark"),
    "lists_usual": (lists, USUAL, "sanctuary-dark"),
    "details_wide": (details, WIDE, "sanctuary-dark"),
    "form_wide": (person, WIDE, "sanctuary-dark"),
    "form_usual": (case, USUAL, "sanctuary-light"),
    "dash_usual": (lambda: [DashScore("yynd"), DashGrid("yynd")], USUAL, "sanctuary-dark"),
}


@pytest.mark.parametrize("name", SHOWN)
def test_picture(name: str, snap_compare: Callable[..., bool]) -> None:
    make, size, theme = SHOWN[name]
    app = Stand(make(), theme)
    assert snap_compare(app, terminal_size=size)
