"""Every widget in use, a note and the palette on each text that has broken one: nothing happens.

Nothing is parsed (``qz`` stands between the brackets it came with, and no cell carries an action),
nothing raw is drawn, nothing crashes, nothing hangs. What is looked for is what stock Textual does
with the same texts: the controls at the end show that it does.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from test_guard import OWN_CODES, unguarded
from textual.app import App, ComposeResult
from textual.content import Content
from textual.markup import MarkupError
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, Label, Static, TextArea
from widget_samples import TODAY, agenda, candidates, card, consents, findings, found, hits, story

import sanctuary_tui.screens
import widgets
from config.errors import BadInputError
from config.settings import default_settings
from db.models import Contact, Fund, Person, Reminder
from db.readlog import LogLine
from db.record import Record, specs
from sanctuary_tui.bars import Bar, Graph, Picture
from sanctuary_tui.bars import Row as MonthRow
from sanctuary_tui.breaches import AtRisk
from sanctuary_tui.digest import Digest, DigestLine, week_with
from sanctuary_tui.imports.columns import Unknown
from sanctuary_tui.imports.duplicates import Alike
from sanctuary_tui.imports.planning import Planned, Refusal
from sanctuary_tui.imports.preparing import Draft, refuse_untitled
from sanctuary_tui.imports.rowparts import Part
from sanctuary_tui.imports.sheets import Book, Cell, Heading, Row, Sheet
from sanctuary_tui.imports.sidebyside import Compared
from sanctuary_tui.imports.targets import BY_KEY
from sanctuary_tui.pathway.money import FundStanding
from sanctuary_tui.screens.breach import RiskList
from sanctuary_tui.screens.by_month import Figures
from sanctuary_tui.screens.changelog import LogTable
from sanctuary_tui.screens.directory import DirectoryRow
from sanctuary_tui.screens.funds import FundList
from sanctuary_tui.screens.group import GroupList
from sanctuary_tui.screens.import_lists import (
    Beside,
    ColumnList,
    RefusalList,
    SheetList,
    TwinList,
    ValueList,
)
from sanctuary_tui.screens.paragraphs import Paragraphs
from sanctuary_tui.screens.pictures import Drawn
from sanctuary_tui.screens.sealed import SealedList
from sanctuary_tui.screens.since import DigestTable, SinceTable
from sanctuary_tui.sealing import InBreach, SealedLine
from sanctuary_tui.since import CaseSince
from sanctuary_tui.subject.deciding import Choice as Decided
from sanctuary_tui.subject.gather import Paragraph
from tests.poison import ALL, CRASHING, LIVE, STEERING
from widgets.agenda import AgendaList
from widgets.aside import CaseAside
from widgets.banner import ContactBanner
from widgets.board import Board
from widgets.consent import ConsentList
from widgets.dialogs import Choice, ChoiceList
from widgets.fields import ChoiceField, LongField, ManyField, TextField
from widgets.form import RecordForm
from widgets.gates import GateList
from widgets.guard import install_guard
from widgets.hits import HitList, MatchList
from widgets.inputs import AreaInput, LineInput
from widgets.keybar import KeyBar
from widgets.marac import MaracList
from widgets.navbar import NavBar, Place
from widgets.text_blocks import Facts, Words
from widgets.themes import register_themes
from widgets.timeline import Timeline

ROOT = Path(__file__).parents[2]
STOCK_RENDER = Strip.render
SIZE = (120, 12)
NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


def filled(record: Any, text: str) -> Any:
    """A record of the screens with the text in every field of text that is drawn as it is."""
    codes = {"group", "status", "stage", "risk", "urgency", "tenure", "consent", "named_parties"}
    codes |= {"secured", "part", "state", "listing_type", "severity", "action", "entity", "ref"}
    codes |= {"gates", "next_command", "record_table", "code", "at", "rule", "kind", "scheme_type"}
    return replace(
        record,
        **{
            item.name: text
            for item in fields(record)
            if item.name not in codes and isinstance(getattr(record, item.name), str)
        },
    )


def with_card(line: Any, text: str) -> Any:
    return replace(filled(line, text), card=filled(card(1), text))


def person_form(text: str) -> Widget:
    values = {name: text for name, spec in specs(Person).items() if spec.kind in ("text", "long")}
    return RecordForm(Person, values, role="survivor", today=TODAY)


def sealed_list(text: str) -> Widget:
    drawn = SealedList(today=TODAY, masked=False)
    due = [Reminder(due=TODAY, title_text=text)]
    row = SealedLine(filled(card(1), text), TODAY, due=due, marac=text)
    row.breaches = [InBreach(1, waiting=True, words=text)]
    drawn.set_rows([row])
    return drawn


def risk_list(text: str) -> Widget:
    drawn = RiskList()
    row = AtRisk(
        1, "S26-0001", card(1), "", exposed=True, children=0, people=1, reached="", police=False
    )
    drawn.set_rows([with_card(row, text)])
    return drawn


def log_table(text: str) -> Widget:
    drawn = LogTable(masked=False)
    drawn.cards = {1: filled(card(1), text)}
    row = LogLine(
        1, NOW, "", "disclosure", "exports", 0, 1, (), "", disposed=False, batch=0, undoes=0
    )
    drawn.set_rows([replace(filled(row, text), action="disclosure")])
    return drawn


def since_table(text: str) -> Widget:
    drawn = SinceTable(masked=False, settings=default_settings())
    row = CaseSince(filled(card(1), text), NOW, [(text, text)], who=Counter({text: 1}))
    for counts in (row.answers, row.new, row.done, row.changed, row.deleted):
        counts[text] += 1
    drawn.set_rows([row])
    return drawn


def digest_table(text: str) -> Widget:
    drawn = DigestTable(today=TODAY, masked=False)
    found = Digest(week_with(TODAY), TODAY)
    found.lines.append(DigestLine("stuck", filled(card(1), text), TODAY, text, text, text))
    drawn.show(found)
    return drawn


def fund_list(text: str) -> Widget:
    drawn = FundList(today=TODAY)
    drawn.set_rows([FundStanding(fund=Fund(name=text, kind=text, year=2026, budget=1))])
    return drawn


def group_list(text: str) -> Widget:
    drawn = GroupList(today=TODAY)
    drawn.set_rows([DirectoryRow(Contact(name=text), text, text, text)])
    return drawn


def decision(text: str) -> Decided:
    paragraph = Paragraph("k", text, (), text, text, TODAY, "own")
    return Decided(paragraph, released=False, exemption=text)


def tracker(text: str) -> Draft:
    """A tracker whose every cell is the text, and every title; among words, where alone it would
    read like a case and be refused.
    """
    cell = Cell(text, text)
    rows = tuple(Row(number, (cell,) * 3) for number in (2, 3))

    def titled(title: str) -> Sheet:
        headings = tuple(Heading(at, "ABC"[at], title) for at in range(3))
        return Sheet(text, False, 1, headings, rows, ())

    sheet = titled(text)
    try:
        refuse_untitled(sheet)
    except BadInputError:
        sheet = titled(f"about {text} say")
    book = Book(text, "ab" * 32, "csv", "utf-8", ",", (sheet,))
    return Draft.of(book, sheet, TODAY)


def sheet_list(text: str) -> Widget:
    drawn = SheetList()
    drawn.set_rows(tracker(text).book.sheets)
    return drawn


def column_list(text: str) -> Widget:
    drawn = ColumnList()
    drawn.show(tracker(text))
    return drawn


def value_list(text: str) -> Widget:
    drawn = ValueList(masked=False)
    drawn.draft = tracker(text)
    heading = drawn.draft.sheet.headings[0]
    drawn.set_rows([Unknown(heading, BY_KEY["case.stage"], text, 1, (), kept=True)])
    return drawn


def twin_list(text: str) -> Widget:
    drawn = TwinList(masked=False)
    parts = [Part("survivor", Person, {"first_name": text, "surname": text})]
    drawn.set_rows([Planned((2,), "ask", parts, alike=(Alike(text, 0, (text,)),))])
    return drawn


def beside(text: str) -> Widget:
    drawn = Beside()
    drawn.show(text, text, [Compared(text, text, text, "same")])
    return drawn


def refusal_list(text: str) -> Widget:
    drawn = RefusalList()
    drawn.set_rows([Refusal(2, text, text, text)])
    return drawn


SPEC = specs(Person)["surname"]
CODE = specs(Person)["gender"]
DRAWN: Mapping[type[Widget], Callable[[str], Widget]] = {
    AgendaList: lambda text: AgendaList([with_card(agenda(1)[0], text)], today=TODAY, masked=False),
    Board: lambda text: Board([filled(card(1), text)], today=TODAY, masked=False),
    CaseAside: lambda text: CaseAside(filled(card(1), text), today=TODAY, masked=False),
    ChoiceField: lambda text: ChoiceField("x", CODE, "1", [("1", text), ("2", text)]),
    ChoiceList: lambda text: ChoiceList([Choice(1, text, key=text, note=text)]),
    ConsentList: lambda text: ConsentList(
        [with_card(consents(1)[0], text)], today=TODAY, masked=False
    ),
    ContactBanner: lambda text: ContactBanner(filled(card(1), text), heading=text),
    Facts: lambda text: Facts([(text, text, "text")], title=text),
    GateList: lambda text: GateList([filled(findings()[0], text)], today=TODAY),
    HitList: lambda text: HitList([filled(hits()[0], text)], masked=False),
    KeyBar: lambda text: KeyBar([(text, text)]),
    LineInput: lambda text: LineInput(text, placeholder=text),
    AreaInput: lambda text: AreaInput(text),
    LongField: lambda text: LongField("x", specs(Person)["network_risk"], text),
    ManyField: lambda text: ManyField("x", CODE, "1", [("1", text), ("2", text)]),
    MaracList: lambda text: MaracList(
        [replace(with_card(candidates(1)[0], text), reasons=(text,), missing=(text,))],
        masked=False,
    ),
    MatchList: lambda text: MatchList([filled(found()[0], text)]),
    NavBar: lambda text: NavBar(today=TODAY, places=[Place("today", "1", text)], title=text),
    RecordForm: person_form,
    TextField: lambda text: TextField("x", SPEC, text),
    Timeline: lambda text: Timeline([filled(story()[1], text)]),
    Words: lambda text: Words(text),
    SealedList: lambda text: sealed_list(text),
    RiskList: lambda text: risk_list(text),
    LogTable: lambda text: log_table(text),
    SinceTable: lambda text: since_table(text),
    DigestTable: lambda text: digest_table(text),
    FundList: lambda text: fund_list(text),
    Drawn: lambda text: Drawn(
        Picture(text, (text, text), (Bar(text, (text, text), (2, 1)),), (text, text), text)
    ),
    Figures: lambda text: Figures(
        Graph(text, (TODAY,) * 12, (MonthRow(text, (1,) * 12), MonthRow(text, (10**9,) * 12)), text)
    ),
    GroupList: lambda text: group_list(text),
    Paragraphs: lambda text: Paragraphs([filled(decision(text), text)]),
    SheetList: sheet_list,
    ColumnList: column_list,
    ValueList: value_list,
    TwinList: twin_list,
    Beside: beside,
    RefusalList: refusal_list,
    Static: lambda text: Static(text, markup=False),
    Input: lambda text: Input(text, placeholder=text),
    TextArea: lambda text: TextArea(text),
}
"""Each widget in use with a text wherever it takes one."""
WITHOUT = {
    "DashGrid": "draws the questions of the DASH",
    "DashScore": "draws a count",
    "Rule": "draws a line",
    "Block": "the base of those that draw",
    "PlainLines": "the base of those that draw",
    "LineTable": "the base of the lists",
    "Field": "the base of the fields",
    "Labels": "stands in every form",
    "RecordList": "tests/walks/test_13_payloads.py",
    "DirectoryList": "tests/walks/test_13_payloads.py",
    "Register": "tests/walks/test_13_payloads.py",
    "Bars": "tests/walks/test_13_payloads.py",
    "SettingList": "tests/walks/test_13_payloads.py",
    "CommandList": "a ChoiceList with other columns; tests/walks/test_13_payloads.py",
    "SecretInput": "draws dots",
    "ImportList": "draws numbers and a day",
    "MonthGraph": "draws months and numbers; tests/sanctuary_tui/test_graphs.py",
}
"""Widgets that are not here, and why."""


def ours() -> Iterator[type[Widget]]:
    """Every class of the program that is a widget and no screen."""
    for package in (widgets, sanctuary_tui.screens):
        for module in pkgutil.iter_modules(package.__path__):
            found = importlib.import_module(f"{package.__name__}.{module.name}")
            for _, kind in inspect.getmembers(found, inspect.isclass):
                own = kind.__module__ == found.__name__ and issubclass(kind, Widget)
                if own and not issubclass(kind, Screen):
                    yield kind


def stock() -> set[str]:
    """Names that the program imports from Textual's widgets."""
    import ast

    return {
        alias.name
        for package in ("widgets", "sanctuary_tui")
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "textual.widgets"
        for alias in node.names
    }


def test_every_widget_in_use_is_tried() -> None:
    tried = {kind.__name__ for kind in DRAWN}
    there = {kind.__name__ for kind in ours()} | stock()
    assert there - tried - WITHOUT.keys() == set(), "a new widget: put it into DRAWN"
    assert (tried | WITHOUT.keys()) - there == set()
    assert tried & WITHOUT.keys() == set()


@pytest.fixture
def _guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Strip, "render", STOCK_RENDER)  # so that it is put back
    install_guard()


class OneAfterTheOther(App[None]):
    """An empty program to which widgets come and go."""

    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        yield Static("", markup=False)

    def on_mount(self) -> None:
        register_themes(self)
        self.theme = "sanctuary-dark"


def told(app: App[None]) -> tuple[str, str, list[str]]:
    """What the driver would be given, what stands on the screen, and actions in its cells."""
    update = app.screen._compositor.render_full_update()
    strips = app.screen._compositor.render_strips()
    actions = [
        name
        for strip in strips
        for segment in strip
        if segment.style is not None
        for name in segment.style.meta
        if name.startswith("@") and not name.startswith("@mouse.")  # a scrollbar's own
    ]
    text = "\n".join(strip.text for strip in strips)
    return update.render_segments(app.console), text, actions


def bare(text: str) -> bool:
    """Whether ``qz`` stands somewhere without what it came with: it was parsed."""
    return any(
        f"{before}qz" in text.replace("\n", " ") for before in (" ", "│", "▏", "▌", "›", "\u00a0")
    )


@pytest.mark.guarantee
@pytest.mark.usefixtures("_guarded")
@pytest.mark.parametrize("kind", DRAWN, ids=lambda kind: kind.__name__)
async def test_no_text_is_parsed_raw_or_too_much_for_a_widget(kind: type[Widget]) -> None:
    app = OneAfterTheOther()
    shown = 0
    async with app.run_test(size=SIZE) as pilot:
        for payload in ALL:
            widget = DRAWN[kind](payload)
            await app.mount(widget)
            await pilot.pause()
            output, text, actions = told(app)
            assert unguarded(output) == [], payload
            assert actions == [], payload
            assert not bare(text), payload
            shown += "qz" in text
            await widget.remove()
    assert shown, "the texts were on the screen"
    assert app.return_code in (0, None)
    assert OWN_CODES.search(output)


# --- notes ----------------------------------------------------------------------------------------

_NOTES = """
import asyncio, sys
from textual.app import App
from sanctuary_tui.safe_app import SafeApp
from tests.poison import ALL
class Told({base}):
    pass
async def main():
    app = Told()
    async with app.run_test(size=(80, 40), notifications=True) as pilot:
        for text in {texts}:
            app.notify(text, title=text)
            for _ in range(6):
                await pilot.pause(0.05)
            shown = app.screen._compositor.render_strips()
            assert any(text[:4] in strip.text or not text[0].isprintable() for strip in shown), text
            app.clear_notifications()
            assert app._exception is None
    print("all told")
asyncio.run(main())
"""


def notes(base: str, texts: str, seconds: float) -> str:
    """Run notes in a process of their own, since what is looked for is a hang."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", _NOTES.format(base=base, texts=texts)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "hangs"
    return done.stdout.strip() or "fails"


@pytest.mark.guarantee
def test_no_note_is_parsed_and_none_hangs() -> None:
    assert notes("SafeApp", "ALL", 60) == "all told"


@pytest.mark.slow
def test_control_stock_notes_hang_or_fail() -> None:
    assert notes("App[None]", "['fine']", 60) == "all told"
    for text in CRASHING[:3]:
        assert notes("App[None]", repr([text]), 8) in ("hangs", "fails"), text


# --- the window's title ---------------------------------------------------------------------------


def test_nothing_ever_sets_the_title_of_the_window() -> None:
    """Textual has no code for it, so that no name can stand in a task bar or a window list."""
    import textual

    for folder in (Path(textual.__file__).parent, ROOT / "widgets", ROOT / "sanctuary_tui"):
        for path in folder.rglob("*.py"):
            text = path.read_text("utf-8")
            for code in (r"\x1b]0;", r"\x1b]1;", r"\x1b]2;", r"\033]0;", r"\x1b[22t"):
                assert code not in text, path


# --- what stock Textual does ----------------------------------------------------------------------


@pytest.mark.parametrize("text", CRASHING)
def test_control_each_crashing_text_does_crash_stock_markup(text: str) -> None:
    with pytest.raises(MarkupError):
        Content.from_markup(text)


@pytest.mark.parametrize("text", LIVE)
async def test_control_stock_widgets_parse_each_live_text(text: str) -> None:
    app = OneAfterTheOther()
    async with app.run_test(size=SIZE) as pilot:
        await app.mount(Label(f" {text}", markup=True))
        await pilot.pause()
        _, shown, actions = told(app)
        assert bare(shown)
        assert actions or "@click" not in text


@pytest.mark.parametrize("name", STEERING)
async def test_control_without_the_guard_each_steering_text_is_sent(name: str) -> None:
    app = OneAfterTheOther()
    async with app.run_test(size=SIZE) as pilot:
        await app.mount(Input(STEERING[name]))
        await pilot.pause()
        assert unguarded(told(app)[0]) != []


def test_records_of_these_tests_are_filled() -> None:
    assert issubclass(Person, Record)
    made = filled(card(1), "qz")
    assert {made.name, made.stuck_why, made.safe_contact, made.last_text} == {"qz"}
