"""``d`` on Today asks for the fact that the line stands for, and the case then says the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import ModalScreen

from config.codes import label
from db import queries
from db.models import CaseFile, Incident, MaracAction, Measure, Reminder, Visit
from db.readmodels import AgendaLine
from db.record import Record
from sanctuary_tui import work
from sanctuary_tui.pathway import rules_reminders
from sanctuary_tui.screens import settle
from sanctuary_tui.screens.case import CaseScreen
from sanctuary_tui.screens.forms import FormSheet
from sanctuary_tui.screens.today import TodayScreen
from tests.frozen import TODAY, FrozenConsole, Opened, play, text_of

SIZES = [(120, 40), (80, 24)]
DUE = date(2026, 11, 25)
"""A day on which no battery of the demo is due."""


def today(app: FrozenConsole) -> TodayScreen:
    screen = app.screen
    assert isinstance(screen, TodayScreen)
    return screen


def lines_of(app: FrozenConsole, case_id: int, rule: str) -> list[AgendaLine]:
    rows = today(app).lines.rows
    return [row for row in rows if row.card.case_id == case_id and row.rule == rule]


async def prepare(
    app: FrozenConsole, pilot: Pilot[Any], rule: str, *measures: Measure, **case: Any
) -> int:
    """A case of the demo with a line of ``rule``, under the cursor of Today."""
    await play(pilot, "1")
    cards = await app.read(lambda data: data.open_cards())
    case_id = next(card.case_id for card in cards if card.stage == "aftercare")

    def change(data: Any) -> None:
        kept = queries.case_file(data.connection, case_id)
        assert kept is not None
        data.store.update(kept.case, **case)
        for one in measures:
            one.case_id = case_id
            data.store.add(one)

    await app.write(change)
    await app.reload()
    await on_line(app, pilot, case_id, rule)
    return case_id


async def on_line(app: FrozenConsole, pilot: Pilot[Any], case_id: int, rule: str) -> None:
    line = lines_of(app, case_id, rule)[0]
    today(app).lines.select(today(app).lines.key(line))
    await play(pilot, "")


async def kept(app: FrozenConsole, case_id: int) -> CaseFile:
    file = await app.read(lambda data: queries.case_file(data.connection, case_id))
    assert file is not None
    return file


def notes_said(app: FrozenConsole) -> str:
    return " ".join(one.message for one in app._notifications)


def faulty(name: str) -> Measure:
    return Measure(name=name, state="faulty", fitted_on=date(2026, 10, 1))


@pytest.mark.parametrize("size", SIZES)
async def test_done_on_acknowledge_writes_the_day(console: Opened, size: tuple[int, int]) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        await play(pilot, "1")
        line = next(row for row in today(app).lines.rows if row.rule == "acknowledge")
        case_id = line.card.case_id
        await on_line(app, pilot, case_id, "acknowledge")
        await play(pilot, 'd ="By email" enter')
        file = await kept(app, case_id)
        assert file.case.acknowledged == TODAY
        assert file.notes[-1].body == "acknowledge the referral: By email"
        assert lines_of(app, case_id, "acknowledge") == []
        await play(pilot, "u")
        assert (await kept(app, case_id)).case.acknowledged is None
        assert len(lines_of(app, case_id, "acknowledge")) == 1


@pytest.mark.parametrize("size", SIZES)
async def test_done_on_the_cadence_opens_its_two_fields(
    console: Opened, size: tuple[int, int]
) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        case_id = await prepare(app, pilot, "ask_cadence", cadence="not_asked")
        await play(pilot, "d")
        assert isinstance(app.screen, FormSheet)
        assert [field.field_name for field in app.screen.form.fields] == [
            "cadence",
            "aftercare_method",
        ]
        await play(pilot, "ctrl+s")  # still not asked
        assert len(lines_of(app, case_id, "ask_cadence")) == 1
        assert "the line stays" in notes_said(app)
        await play(pilot, "d")
        assert isinstance(app.screen, FormSheet)
        app.screen.form.field("cadence").load("light")
        app.screen.form.field("aftercare_method").load("By text")
        await play(pilot, "ctrl+s")
        case = (await kept(app, case_id)).case
        assert (case.cadence, case.aftercare_method) == ("light", "By text")
        assert lines_of(app, case_id, "ask_cadence") == []


@pytest.mark.parametrize(
    ("keys", "state", "note"),
    [
        ("m", "fitted", ""),
        ('r ="new cylinder" enter', "fitted", "Back lock: replaced: new cylinder"),
        ("f", "faulty", ""),
        ("escape", "faulty", ""),
    ],
)
async def test_done_on_a_fault_says_how_it_stands(
    console: Opened, keys: str, state: str, note: str
) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        case_id = await prepare(app, pilot, "fault", faulty("Back lock"))
        before = len((await kept(app, case_id)).notes)
        await play(pilot, "d")
        assert "Still faulty" in text_of(pilot)
        await play(pilot, keys)
        file = await kept(app, case_id)
        assert file.measures[-1].state == state
        assert [one.body for one in file.notes[before:]] == ([note] if note else [])
        assert len(lines_of(app, case_id, "fault")) == (state == "faulty")
        if state == "fitted":
            await play(pilot, "u")
            file = await kept(app, case_id)
            assert (file.measures[-1].state, len(file.notes)) == ("faulty", before)


@pytest.mark.parametrize(
    ("keys", "due"),
    [("y ctrl+s", date(2026, 12, 1)), ("n", None), ("w ctrl+s", date(2026, 12, 1))],
)
async def test_done_on_the_landlords_answer_asks_for_it(
    console: Opened, keys: str, due: date | None
) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        given = {"ha_scheme": "yes", "ha_return_due": TODAY}
        case_id = await prepare(
            app, pilot, "ha_return", Measure(name="Lock", fund="ha", state="proposed"), **given
        )
        await play(pilot, f"d {keys}")
        file = await kept(app, case_id)
        assert (file.case.ha_scheme, file.case.ha_return_due) == ("yes", due)
        theirs = [one.state for one in file.measures if one.fund == "ha"]
        assert theirs[-1] == ("declined" if keys == "n" else "proposed")
        assert [line.due for line in lines_of(app, case_id, "ha_return")] == ([due] if due else [])
        await play(pilot, "u")
        assert (await kept(app, case_id)).case.ha_return_due == TODAY


@pytest.mark.parametrize(("keys", "state"), [("f", "fitted"), ("n", "declined")])
async def test_a_landlord_that_said_yes_is_asked_if_it_is_fitted(
    console: Opened, keys: str, state: str
) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        given = {"ha_scheme": "yes", "ha_answer": "yes", "ha_return_due": TODAY}
        light = Measure(name="Light", catalogue_id=31, fund="ha", state="proposed")
        case_id = await prepare(app, pilot, "ha_return", light, **given)
        (line,) = lines_of(app, case_id, "ha_return")
        assert line.text == "landlord's own scheme: is it fitted?"
        await play(pilot, "d")
        assert "has it fitted" in text_of(pilot)
        await play(pilot, keys)
        file = await kept(app, case_id)
        assert next(one.state for one in file.measures if one.fund == "ha") == state
        assert lines_of(app, case_id, "ha_return") == []


@pytest.mark.parametrize(
    ("names", "keys", "left"),
    [
        (("Wedge",), '="by them" enter', 0),
        (("Wedge",), "escape", 1),
        (("Wedge", "Alarm"), "down space enter", 1),
        (("Wedge", "Alarm"), "escape", 2),
    ],
)
async def test_batteries_are_due_again_from_the_day_they_were_changed(
    console: Opened, names: tuple[str, ...], keys: str, left: int
) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        due = [
            Measure(name=name, state="fitted", fitted_on=date(2025, 11, 24), maintenance_due=DUE)
            for name in names
        ]
        case_id = await prepare(app, pilot, "battery", *due)
        (line,) = [x for x in lines_of(app, case_id, "battery") if x.due == DUE]
        assert line.text == ("upkeep: Wedge" if len(names) == 1 else "upkeep: wedge, alarm")
        today(app).lines.select(today(app).lines.key(line))
        await play(pilot, f"d {keys}")
        file = await kept(app, case_id)
        waiting = [one for one in file.measures if one.maintenance_due == DUE]
        assert len(waiting) == left
        asked = [x for x in lines_of(app, case_id, "battery") if x.due == DUE]
        assert len(asked) == (1 if left else 0)
        if len(names) == 1 and not left:
            assert file.notes[-1].body == "battery or service done: Wedge: by them"


@pytest.mark.parametrize(
    ("keys", "status"), [("o", "open"), ('l ="Told the IDVA" enter', "closed")]
)
async def test_what_happened_to_a_closed_case_opens_it_or_says_why_not(
    console: Opened, keys: str, status: str
) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, "1")
        ref, case_id = await app.read(
            lambda data: data.connection.execute(
                "SELECT ref, id FROM cases WHERE status = 'closed' ORDER BY id"
            ).fetchall()[0]
        )
        at = datetime(2026, 11, 25, 12, tzinfo=UTC)
        happened = Incident(case_id=case_id, at=at, kind="returned")
        await app.write(lambda data: data.store.add(happened))
        await app.reload()
        (line,) = lines_of(app, case_id, "reopen")
        assert (line.text, line.card.ref) == ("closed: reopen? survivor came back", ref)
        await on_line(app, pilot, case_id, "reopen")
        await play(pilot, f"d {keys}")
        file = await kept(app, case_id)
        assert file.case.status == status
        assert lines_of(app, case_id, "reopen") == []
        if status == "closed":
            assert file.notes[-1].body.endswith("Told the IDVA")


@pytest.mark.parametrize(
    ("names", "keys", "states"),
    [
        (("Back lock",), "y", ["fitted"]),
        (("Back lock",), "n", ["faulty"]),
        (("Back lock", "Light"), "down space enter", ["faulty", "fitted"]),
        (("Back lock", "Light"), "escape", ["faulty", "faulty"]),
    ],
)
async def test_a_repair_that_is_done_asks_what_is_mended(
    console: Opened, names: tuple[str, ...], keys: str, states: list[str]
) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        case_id = await prepare(app, pilot, "fault", *(faulty(name) for name in names))
        visit = Visit(case_id=case_id, kind="repair", on=TODAY, police_answer="yes")
        await app.write(lambda data: data.store.add(visit))
        await app.reload()
        await on_line(app, pilot, case_id, "visit")
        await play(pilot, f"d d {keys}")
        file = await kept(app, case_id)
        assert [one.state for one in file.measures[-len(names) :]] == states
        assert file.visits[-1].outcome == ("booked" if keys == "escape" else "done")
        if keys != "escape":
            await play(pilot, "u")
            file = await kept(app, case_id)
            assert [one.state for one in file.measures[-len(names) :]] == ["faulty"] * len(names)
            assert file.visits[-1].outcome == "booked"


async def test_a_visit_is_the_same_visit_from_the_cases_own_list(console: Opened) -> None:
    """There the line is the reminder; its visit is the one the reminder is about."""
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        case_id = await prepare(app, pilot, "fault", faulty("Back lock"))
        visit = Visit(case_id=case_id, kind="repair", on=TODAY, police_answer="yes")
        await app.write(lambda data: data.store.add(visit))
        app.open_case(case_id, "aftercare")
        await play(pilot, "")
        reminder = next(
            one
            for one in (await kept(app, case_id)).reminders
            if (one.rule, one.record_id) == ("visit", visit.id)
        )
        screen: Any = app.screen
        screen.records.select(("reminders", reminder.id))
        await play(pilot, "d n")
        visits = {one.id: one.outcome for one in (await kept(app, case_id)).visits}
        assert visits[visit.id] == "no_access"


@pytest.mark.parametrize("size", SIZES)
async def test_done_does_not_pretend_to_move_a_stuck_case(
    console: Opened, size: tuple[int, int]
) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        await play(pilot, "1")
        refused = await app.read(
            lambda data: [
                one.id
                for one in queries.all_of(data.connection, Reminder)
                if one.rule == "consent_refused"
            ]
        )
        for reminder_id in refused:  # dealt with on paper, and nothing else is planned
            await app.write(lambda data, number=reminder_id: work.mark_done(data, number))
        await play(pilot, "2 1")
        rows = today(app).lines.rows
        stuck = next(row for row in rows if row.group == "stuck" and row.reminder_id is not None)
        case_id = stuck.card.case_id
        await on_line(app, pilot, case_id, "stage_target")
        await play(pilot, "d")
        assert today(app)
        assert "press enter to open the case" in notes_said(app)
        assert "done." not in notes_said(app)
        states = {one.rule: one.state for one in (await kept(app, case_id)).reminders}
        assert states["stage_target"] == "open"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (TODAY, "Fri 27 Nov  (tomorrow)"),
        (date(2026, 11, 27), "Mon 30 Nov  (next working day)"),
        (date(2026, 12, 24), "Tue 29 Dec  (next working day)"),  # Boxing Day is kept on Monday
    ],
)
async def test_the_next_working_day_is_not_always_tomorrow(
    console: Opened, monkeypatch: pytest.MonkeyPatch, day: date, said: str
) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, "1")
        monkeypatch.setattr(FrozenConsole, "today", property(lambda self: day))
        await play(pilot, "z")
        assert said in text_of(pilot)


# --- a line that is over --------------------------------------------------------------------------

WAS = date(2026, 9, 1)
OLD_VISIT = Visit(kind="repair", on=WAS, outcome="done")
OLD_ACTION = MaracAction(action="Ask for patrol", state="done", done_on=WAS, evidence="Log 12")
OLD: dict[str, tuple[str, Record | None]] = {
    "acknowledge": ("=Again enter", None),
    "fault": ("m", Measure(name="Back lock", state="removed", fitted_on=WAS)),
    "visit": ("n", OLD_VISIT),
    "marac_action": ("r =Nobody enter", OLD_ACTION),
    "ha_return": ("n", Measure(name="Lock", fund="ha", state="proposed")),
    "ask_cadence": ("ctrl+s", None),
    "review": ("=Again enter", None),
    "aftercare": ("i ctrl+s", None),
}
"""The rule of a line, the keys that would settle it, and what it was about."""


@pytest.mark.parametrize(
    ("rule", "state"),
    [*((rule, "done") for rule in OLD), ("acknowledge", "gone"), ("fault", "dismissed")],
)
async def test_done_on_a_line_that_is_over_changes_nothing(
    console: Opened, rule: str, state: str
) -> None:
    """The case's own list keeps every line; settling an old one would rewrite what was true."""
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "1")
        cards = await app.read(lambda data: data.open_cards())
        case_id = next(card.case_id for card in cards if card.stage == "aftercare")
        keys, about = OLD[rule]

        def change(data: Any) -> int:
            case = queries.case_file(data.connection, case_id).case
            data.store.update(
                case, acknowledged=WAS, cadence="light", ha_scheme="yes", ha_return_due=None
            )
            number = None
            if about is not None:
                made = replace(about, case_id=case_id)
                number = data.store.add(made).id
            line = Reminder(
                case_id=case_id,
                key=f"old:{rule}",
                rule=rule,
                due=WAS,
                title_text="An old line",
                state=state,
                record_id=number,
            )
            return int(data.store.add(line).id)

        reminder_id = await app.write(change)
        app.open_case(case_id, "aftercare")
        await play(pilot, "")
        screen: Any = app.screen
        screen.records.select(("reminders", reminder_id))
        before = await kept(app, case_id)
        await play(pilot, "d")
        assert app.screen is screen
        assert f"over ({label('reminder_state', state).lower()})" in notes_said(app)
        await play(pilot, keys if keys != "ctrl+s" else "")
        while app.screen is not screen:
            await play(pilot, "escape")
        after = await kept(app, case_id)
        assert after.case.acknowledged == before.case.acknowledged == WAS
        for name in ("measures", "visits", "marac_actions", "notes", "reminders"):
            assert getattr(after, name) == getattr(before, name), name
        assert after.case == before.case


# --- an installation, and the police's answer before it -------------------------------------------


async def installation(app: FrozenConsole, pilot: Pilot[Any], *states: str) -> tuple[int, int]:
    """A case with measures in these states, an installation booked for today; case and visit."""
    await play(pilot, "1")
    cards = await app.read(lambda data: data.open_cards())
    case_id = next(card.case_id for card in cards if card.stage == "aftercare")

    def change(data: Any) -> int:
        for old in queries.case_file(data.connection, case_id).visits:
            data.store.update(old, outcome="done")
        for number, state in enumerate(states):
            data.store.add(Measure(case_id=case_id, name=f"Alarm {number}", state=state))
        visit = Visit(case_id=case_id, kind="install", on=TODAY, police_answer="yes")
        return int(data.store.add(visit).id)

    visit_id = await app.write(change)
    await app.reload()
    return case_id, visit_id


@pytest.mark.parametrize(
    ("keys", "states"),
    [
        ("enter", ["fitted", "fitted", "proposed"]),
        ("space enter", ["approved", "fitted", "proposed"]),
        ("escape", ["approved", "ordered", "proposed"]),
    ],
)
async def test_an_installation_that_is_done_fits_what_was_agreed_in_one_step(
    console: Opened, keys: str, states: list[str]
) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        case_id, visit_id = await installation(app, pilot, "approved", "ordered", "proposed")
        await on_line(app, pilot, case_id, "visit")
        await play(pilot, f"d d {keys}")
        file = await kept(app, case_id)
        made = file.measures[-3:]
        assert [one.state for one in made] == states
        assert [one.fitted_on for one in made] == [
            TODAY if state == "fitted" else None for state in states
        ]
        assert file.visits[-1].id == visit_id
        assert file.visits[-1].outcome == ("booked" if keys == "escape" else "done")
        if keys == "enter":
            await play(pilot, "u")
            file = await kept(app, case_id)
            assert [one.state for one in file.measures[-3:]] == ["approved", "ordered", "proposed"]
            assert file.visits[-1].outcome == "booked"


async def police_asked(app: FrozenConsole, pilot: Pilot[Any]) -> tuple[int, int]:
    """A visit that waits for the police's answer, its line under the cursor."""
    case_id, visit_id = await installation(app, pilot)

    def change(data: Any) -> None:
        file = queries.case_file(data.connection, case_id)
        visit = next(one for one in file.visits if one.id == visit_id)
        data.store.update(visit, police_answer="not_asked")
        data.store.update(file.case, triggers="weapon")

    await app.write(change)
    await app.reload()
    await on_line(app, pilot, case_id, "police_answer")
    return case_id, visit_id


@pytest.mark.parametrize(
    ("keys", "answer", "left"),
    [("y", "yes", 0), ("n", "no", 1), ("w", "not_asked", 1), ("escape", "not_asked", 1)],
)
async def test_the_polices_answer_is_two_keys(
    console: Opened, keys: str, answer: str, left: int
) -> None:
    """Done alone would have let the line go and the gate stay shut."""
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        case_id, _ = await police_asked(app, pilot)
        await play(pilot, f"d {keys}")
        assert (await kept(app, case_id)).visits[-1].police_answer == answer
        assert len(lines_of(app, case_id, "police_answer")) == left


async def test_enter_on_the_polices_answer_opens_the_visit_at_it(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        case_id, _ = await police_asked(app, pilot)
        await play(pilot, "enter")
        assert isinstance(app.screen, FormSheet)
        assert app.screen.form.current is app.screen.form.field("police_answer")
        await play(pilot, "y ctrl+s")
        assert (await kept(app, case_id)).visits[-1].police_answer == "yes"
        assert lines_of(app, case_id, "police_answer") == []
        assert today(app)


def test_what_a_record_ends_is_named_by_rules_there_are() -> None:
    known = {rule.code for rule in rules_reminders.REMINDERS}
    assert {*settle.DOES, *settle.RECORDED} <= known
    assert not {*settle.DOES, *settle.RECORDED} & {*settle.ASKS}


@pytest.mark.parametrize(
    "rule",
    [
        "book_install",
        "consent_chase",
        "consent_escalate",
        "first_contact",
        "record_fit",
        "record_survey",
        "risk_review",
        "support_offer",
    ],
)
async def test_done_on_what_only_a_record_ends_leads_to_the_record(
    console: Opened, rule: str
) -> None:
    """A word for it, and the line would be gone while the case is as it was."""
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "1")
        case_id = await stands(app, rule)
        await on_line(app, pilot, case_id, rule)
        before = [one.state for one in (await kept(app, case_id)).reminders if one.rule == rule]
        await play(pilot, "d")
        assert "Note (may be blank)" not in text_of(pilot)
        if rule in settle.RECORDED:
            assert isinstance(app.screen, CaseScreen)
            assert app.screen.tab == settle.RECORDED[rule]
            assert "record it here" in notes_said(app)
        else:
            assert isinstance(app.screen, ModalScreen)
        file = await kept(app, case_id)
        assert [one.state for one in file.reminders if one.rule == rule] == before
        assert "open" in before


async def stands(app: FrozenConsole, rule: str) -> int:
    """A case of the demo with a line of ``rule``; made where the demo has none."""
    for row in today(app).lines.rows:
        if row.rule == rule:
            return row.card.case_id
    cards = await app.read(lambda data: data.open_cards())
    survey = next(card.case_id for card in cards if card.stage == "survey")

    def change(data: Any) -> None:
        made: dict[str, list[Record]] = {
            "record_survey": [Visit(kind="survey", on=DUE, outcome="done")],
            "record_fit": [Visit(kind="install", on=DUE, outcome="done")],
        }
        for one in made[rule]:
            one.case_id = survey
            data.store.add(one)

    await app.write(change)
    await app.reload()
    return survey
