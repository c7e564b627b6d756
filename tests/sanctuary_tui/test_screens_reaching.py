"""Before the survivor is reached, the rule is read: by keys, in the console itself."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from config.safetimes import parse_safe_times
from db import queries
from db.models import CaseFile, ContactPoint, Visit
from sanctuary_tui.demodata import texts
from sanctuary_tui.screens.case import CaseScreen
from sanctuary_tui.screens.case_rows import row_for
from sanctuary_tui.screens.drafts import draft_title
from sanctuary_tui.screens.forms import FormSheet
from sanctuary_tui.screens.reaching import ContactSheet
from tests.frozen import NOW, FrozenConsole, Opened, play, text_of
from widgets.dialogs import Confirm
from widgets.text_blocks import Words

CASE = 'slash ="ellwood" down enter'
SIZES = [(120, 40), (80, 24)]
READ = "the safe-contact rule, read and kept to?"


async def the_file(app: FrozenConsole) -> CaseFile:
    screen = app.screen
    assert isinstance(screen, CaseScreen)
    case_id = screen.case_id
    file = await app.read(lambda data: queries.case_file(data.connection, case_id))
    assert file is not None
    return file


async def set_up(
    app: FrozenConsole,
    pilot: Pilot[Any],
    times: str,
    safe: str = "yes",
    needs: str = "",
    **case: str,
) -> int:
    """The case open, with these safe times; its number of notes."""
    await play(pilot, CASE)
    file = await the_file(app)

    def change(data: Any) -> None:
        for point in file.contact_points:
            data.store.update(point, times=times, safe=safe)
        data.store.update(file.survivor, communication=needs)
        data.store.update(file.case, **{"contact_times": "", "triggers": "", **case})

    await app.write(change)
    await app.reload()
    return len(file.notes)


def words(pilot: Pilot[Any]) -> str:
    return " ".join(text_of(pilot).split())


@pytest.mark.parametrize("size", SIZES)
async def test_a_safe_call_costs_one_key_more(console: Opened, size: tuple[int, int]) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        before = await set_up(app, pilot, "weekdays 9-14")
        await play(pilot, "l")
        assert isinstance(app.screen, ContactSheet)
        shown = words(pilot)
        assert READ in shown
        assert "Safe to ring, weekdays 9-14." in shown
        assert "Safe now, until 14:00." in shown
        await play(pilot, 'y down down ="Spoke." ctrl+s')
        file = await the_file(app)
        assert len(file.notes) == before + 1
        assert (file.notes[-1].kind, file.notes[-1].body) == ("call", "Spoke.")


LONG = " ".join(f"Rule number {number} is to be kept to." for number in range(1, 12))


@pytest.mark.parametrize(("keys", "yes"), [("l", "y"), ("b", "y")])
async def test_on_the_smallest_screen_the_rule_is_seen_before_it_is_said_to_be_read(
    console: Opened, keys: str, yes: str
) -> None:
    app = console()
    async with app.run_test(size=(40, 10)) as pilot:
        await set_up(app, pilot, "", contact_rule="Never leave a message.")
        await play(pilot, keys)
        assert READ in words(pilot)
        assert "Never leave a message." in words(pilot)
        await play(pilot, "escape")
        await set_up(app, pilot, "", contact_rule=LONG)
        await play(pilot, keys)
        asked = app.screen
        assert "Rule number 1 is" in words(pilot)
        assert "Rule number 11 is" not in words(pilot)
        assert "↓ more" in words(pilot)
        await play(pilot, yes)
        assert app.screen is asked
        assert any("more to read" in note.message for note in app._notifications)
        seen = ""
        for _ in range(6):
            seen += words(pilot) + " "
            await play(pilot, "down")
        assert all(f"number {number} " in seen for number in range(1, 12))
        await play(pilot, yes)
        assert isinstance(app.screen, FormSheet)


@pytest.mark.parametrize("size", SIZES)
async def test_outside_the_safe_times_no_call_is_offered(
    console: Opened, size: tuple[int, int]
) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        before = await set_up(app, pilot, "weekdays 10-14")
        await play(pilot, "l")
        shown = words(pilot)
        assert "Not a safe time: it is Thu 26 Nov 09:30" in shown
        assert "Next: 10:00." in shown
        assert "The survivor got in touch" in shown
        assert "contact with the survivor now" not in shown
        assert "Emergency" not in shown
        await play(pilot, "y x")
        assert isinstance(app.screen, ContactSheet)  # neither key is there
        await play(pilot, 'i down down ="Rang us." ctrl+s')
        file = await the_file(app)
        assert len(file.notes) == before + 1
        await play(pilot, "9")
        assert "Call from the survivor logged" in text_of(pilot)


async def test_a_call_made_earlier_has_its_time_and_is_checked_by_it(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        before = await set_up(app, pilot, "weekdays 10-14")
        await play(pilot, 'l e ="yesterday 9am" down down down ="Spoke." ctrl+s')
        assert isinstance(app.screen, FormSheet)
        assert any("it was Wed 25 Nov 09:00" in one.message for one in app._notifications)
        await play(pilot, "up up up ctrl+a")
        form = app.screen.form
        form.field("at").load("yesterday 1pm")
        await play(pilot, "ctrl+s")
        file = await the_file(app)
        assert len(file.notes) == before + 1
        at = file.notes[-1].at
        assert at is not None
        assert f"{at:%d %H:%M}" == "25 13:00"


async def test_a_call_made_earlier_is_read_as_past_and_tells_when_it_was(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        before = await set_up(app, pilot, "weekdays 10-14")
        await play(pilot, 'l e ="11pm" down down down ="Spoke." ctrl+s')
        assert isinstance(app.screen, FormSheet)
        form = app.screen.form
        assert "still to come" in form.problems()["at"]
        form.field("at").load("fri 1pm")
        await play(pilot, "ctrl+s 9")
        file = await the_file(app)
        assert len(file.notes) == before + 1
        assert "Earlier call logged; it was Fri 20 Nov 13:00" in " ".join(text_of(pilot).split())


async def test_in_an_emergency_the_reason_comes_first(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        before = await set_up(app, pilot, "weekdays 10-14", triggers="weapon")
        await play(pilot, "l")
        assert "Emergency: go on now, for a reason kept" in text_of(pilot)
        await play(pilot, 'x down down down ="Warned." ctrl+s')
        assert any("Say the reason" in one.message for one in app._notifications)
        await play(pilot, 'up up up ="Ex seen at the gate" ctrl+s')
        file = await the_file(app)
        assert len(file.notes) == before + 1
        assert "Ex seen at the gate" in file.notes[-1].body
        await play(pilot, "9")
        assert "Call outside the safe times, in an emergency" in text_of(pilot)


async def test_do_not_contact_leaves_their_call_and_somebody_else(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        before = await set_up(app, pilot, "", do_not_contact="yes", triggers="weapon")
        await play(pilot, "l")
        shown = words(pilot)
        assert "Do not contact" in shown
        assert "with the survivor now" not in shown
        assert "Contact made earlier" not in shown
        assert "Emergency" not in shown
        await play(pilot, 'o down down ="Asked the IDVA." ctrl+s')
        file = await the_file(app)
        assert len(file.notes) == before + 1
        assert file.notes[-1].kind == "agency"


async def test_times_nobody_can_read_are_asked_each_time(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await set_up(app, pilot, "after tea")
        assert "after tea (ask each time)" in words(pilot)
        await play(pilot, "l")
        assert "The safe times cannot be read: make sure that now is safe." in words(pilot)
        await play(pilot, "y")
        assert isinstance(app.screen, FormSheet)


async def test_no_voice_call_is_offered_to_a_bsl_user(console: Opened) -> None:
    """Scenario B: text stands first, and the list has no call in it."""
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        before = await set_up(app, pilot, "", safe="text_only", needs="bsl;text_only")
        await play(pilot, "l y")
        assert "Text" in next(one for one in text_of(pilot).split("\n") if "How" in one)
        await play(pilot, "enter")
        listed = text_of(pilot).split("log a call")[-1]
        assert "Visit" in listed
        assert "Email" not in listed  # nobody said that an email is safe
        assert "Call" not in listed.split("How")[-1]
        await play(pilot, 'escape down down ="Answered." ctrl+s')
        file = await the_file(app)
        assert len(file.notes) == before + 1
        assert file.notes[-1].kind == "text"


@pytest.mark.parametrize("keys", ["b", "6 a =visit enter"])
async def test_a_visit_is_booked_once_the_rule_is_read(console: Opened, keys: str) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await set_up(app, pilot, "weekdays 10-14")
        await play(pilot, keys)
        assert isinstance(app.screen, Confirm)
        assert READ in text_of(pilot)
        assert "Safe to ring, weekdays 10-14." in words(pilot)
        await play(pilot, "n")
        assert isinstance(app.screen, CaseScreen)
        await play(pilot, f"{keys} y")
        assert isinstance(app.screen, FormSheet)
        assert app.screen._kind is Visit
        assert "book a visit, and its" not in text_of(pilot)


@pytest.mark.parametrize("keys", ["b", "6 a =visit enter"])
async def test_a_visit_is_not_booked_where_the_survivor_is_not_reached(
    console: Opened, keys: str
) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await set_up(app, pilot, "", safe="unsafe")
        await play(pilot, keys)
        assert isinstance(app.screen, CaseScreen)
        assert any("Do not contact: reported unsafe" in one.message for one in app._notifications)


async def test_the_rule_is_drawn_to_be_read_and_the_window_is_compared_with_it(
    console: Opened,
) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await set_up(app, pilot, "weekdays 10-14")
        before = len((await the_file(app)).visits)
        await play(pilot, "b")
        (rule,) = (one for one in app.screen.query(Words) if "weekdays 10-14" in drawn_text(one))
        assert {style for line in rule.drawn(60) for _, style in line} == {"strong"}
        await play(pilot, "y")
        assert isinstance(app.screen, FormSheet)
        form = app.screen.form
        form.field("on").load("+2wd")
        form.field("window").load("16:00-18:00")
        await play(pilot, "ctrl+s")
        assert any("is not in the safe times" in one.message for one in app._notifications)
        assert app.screen.form is form
        form.field("window").load("10:00-12:00")
        await play(pilot, "ctrl+s")
        assert len((await the_file(app)).visits) == before + 1


def drawn_text(words: Words) -> str:
    return " ".join(text for line in words.drawn(60) for text, _ in line)


async def test_the_form_of_a_visit_says_that_an_interpreter_is_needed(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await set_up(app, pilot, "", needs="bsl")
        await play(pilot, "b y")
        assert "book a visit, and its BSL interpreter" in text_of(pilot)


async def add_way(app: FrozenConsole, kind: str, **given: str) -> None:
    file = await the_file(app)
    survivor = file.survivor
    assert survivor is not None
    point = ContactPoint(case_id=file.case.id, person_id=survivor.id, kind=kind, **given)
    await app.write(lambda data: data.store.add(point))
    await app.reload()


@pytest.mark.parametrize("size", SIZES)
async def test_where_only_an_email_is_safe_now_no_call_is_offered(
    console: Opened, size: tuple[int, int]
) -> None:
    """The best of all ways opened a form that stood on Call."""
    app = console()
    async with app.run_test(size=size) as pilot:
        before = await set_up(app, pilot, "weekdays 10-14")
        await add_way(app, "email", value="m@example.org", safe="yes")
        await play(pilot, "l")
        shown = words(pilot)
        assert "Safe by email at any time" in shown
        assert "Not a safe time: it is Thu 26 Nov 09:30, and safe by mobile is" in shown
        assert "Yes: contact with the survivor now, by email" in shown
        await play(pilot, "y")
        assert "Email" in next(one for one in text_of(pilot).split("\n") if "How" in one)
        await play(pilot, "enter")
        listed = text_of(pilot).split("type to narrow")[-1]
        assert "Email" in listed
        for other in ("Call", "Rang", "Text", "Visit", "Letter"):
            assert other not in listed
        await play(pilot, 'escape down down ="Wrote." ctrl+s')
        file = await the_file(app)
        assert [one.kind for one in file.notes[before:]] == ["email"]


async def test_a_draft_of_a_call_comes_back_as_no_call_where_calls_are_shut(
    console: Opened,
) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await set_up(app, pilot, "weekdays 9-14")
        await add_way(app, "email", value="m@example.org", safe="yes", times="any time")
        await play(pilot, 'l y right right down down ="Half" escape')  # a text, while it may be
        file = await the_file(app)
        await app.write(lambda data: data.store.update(file.contact_points[0], times="Sun 10-12"))
        await app.reload()
        await play(pilot, "l y")
        assert "Half" in text_of(pilot)
        assert "Email" in next(one for one in text_of(pilot).split("\n") if "How" in one)


@pytest.mark.parametrize("keys", ["8 k", "8 a"])
async def test_an_aftercare_check_is_a_contact_too(console: Opened, keys: str) -> None:
    """Outside the safe times it is not made now, and one made earlier says when, and is judged."""
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await set_up(app, pilot, "weekdays 10-14", aftercare_method="")
        before = len((await the_file(app)).aftercare_checks)
        await play(pilot, keys)
        assert isinstance(app.screen, ContactSheet)
        shown = words(pilot)
        assert "Not a safe time" in shown
        assert "Through somebody else" in shown
        assert "contact with the survivor now" not in shown
        assert "Emergency" not in shown
        await play(pilot, "e")
        assert isinstance(app.screen, FormSheet)
        await play(pilot, "ctrl+s")
        assert any("When it was" in one.message for one in app._notifications)
        await play(pilot, '="yesterday 9am" ctrl+s')
        assert any("it was Wed 25 Nov 09:00" in one.message for one in app._notifications)
        assert isinstance(app.screen, FormSheet)
        app.screen.form.field("at").load("yesterday 1pm")
        await play(pilot, "ctrl+s")
        (check,) = (await the_file(app)).aftercare_checks[before:]
        assert check.done_on is not None
        assert (check.done_on.isoformat(), check.method) == ("2026-11-25", "Call")


async def test_in_an_emergency_a_check_goes_on_for_a_reason(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        before = await set_up(app, pilot, "weekdays 10-14", triggers="weapon")
        await play(pilot, "8 k x ctrl+s")
        assert any("Say the reason" in one.message for one in app._notifications)
        await play(pilot, '="Ex seen at the gate" ctrl+s')
        file = await the_file(app)
        assert "Ex seen at the gate" in file.notes[before:][0].body
        assert file.aftercare_checks[-1].done_on == NOW.date()


async def test_a_check_in_the_safe_times_says_how_it_was_made(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await set_up(app, pilot, "weekdays 9-14", aftercare_method="By text")
        await play(pilot, "8 k y")
        assert "Text" in next(one for one in text_of(pilot).split("\n") if "How" in one)
        await play(pilot, "ctrl+s")
        check = (await the_file(app)).aftercare_checks[-1]
        assert (check.done_on, check.method) == (NOW.date(), "Text")


async def test_a_note_offers_no_contact_with_the_survivor(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        before = await set_up(app, pilot, "weekdays 10-14")
        await play(pilot, "t up up enter")
        listed = text_of(pilot).split("type to narrow")[-1]
        assert "Legal advice" in listed
        for kind in ("Call", "Rang", "Text", "Email", "Visit"):
            assert kind not in listed
        await play(pilot, 'escape down down ="Seen." ctrl+s')
        file = await the_file(app)
        assert [(one.kind, one.body) for one in file.notes[before:]] == [("note", "Seen.")]


async def drafts(app: FrozenConsole) -> list[str]:
    """The titles of what the case has half-done, as the list of drafts has them."""
    screen = app.screen
    assert isinstance(screen, CaseScreen)
    waiting = await app.read(lambda data: queries.drafts(data.connection))
    return [draft_title(one.form) for one in waiting if one.case_id == screen.case_id]


WAYS = {"y": "Log a call", "i": "got in touch", "e": "earlier", "x": "emergency", "o": "a contact"}


@pytest.mark.parametrize("way", WAYS)
async def test_what_was_half_logged_waits_for_the_same_way_alone(console: Opened, way: str) -> None:
    """A draft of "she rang" came back in "our call", and one with a reason lost it."""
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await set_up(app, pilot, "weekdays 9-14", triggers="weapon")
        others = [one for one in WAYS if one != way]

        async def open_by(key: str) -> FormSheet:
            # The emergency is offered outside the safe times only.
            times = "weekdays 10-14" if key == "x" else "weekdays 9-14"
            file = await the_file(app)
            point = file.contact_points[0]
            await app.write(lambda data: data.store.update(point, times=times))
            await app.reload()
            await play(pilot, f"l {key}")
            assert isinstance(app.screen, FormSheet)
            return app.screen

        sheet = await open_by(way)
        first = {"e": ("at", "yesterday 1pm"), "x": ("reason", "Seen at the gate")}.get(way)
        if first:
            sheet.form.field(first[0]).load(first[1])
        sheet.form.field("body").load("Half of it")
        await play(pilot, "escape")
        for other in others:
            assert (await open_by(other)).form.raw() == {}
            await play(pilot, "escape")
        back = (await open_by(way)).form.raw()
        assert back == {**dict([first] if first else []), "body": "Half of it"}
        await play(pilot, "escape")
        (title,) = await drafts(app)
        assert WAYS[way] in title


@pytest.mark.parametrize("way", ["y", "i", "e", "x", "o"])
async def test_a_half_recorded_check_waits_for_the_same_way_alone(
    console: Opened, way: str
) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        times = "weekdays 10-14" if way == "x" else "weekdays 9-14"
        await set_up(app, pilot, times, triggers="weapon")
        await play(pilot, f"8 k {way}")
        assert isinstance(app.screen, FormSheet)
        app.screen.form.field("fault").load("Gate sticks")
        await play(pilot, "escape")
        for other in "yieo" if way != "x" else "ieo":
            await play(pilot, f"k {other}")
            assert isinstance(app.screen, FormSheet)
            assert bool(app.screen.form.raw()) == (other == way)
            await play(pilot, "escape")
        (title,) = await drafts(app)
        assert title.startswith("Aftercare check")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("safe", "said"), [("never", "Never use"), ("unsafe", "Reported unsafe"), ("yes", "Safe")]
)
async def test_a_way_that_is_not_safe_is_marked_in_words_and_style(
    console: Opened, size: tuple[int, int], safe: str, said: str
) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        await set_up(app, pilot, "", safe=safe)
        await play(pilot, "2")
        (point,) = (await the_file(app)).contact_points
        line = next(one for one in text_of(pilot).split("\n") if point.value in one)
        assert said in line
        row = row_for(point, await the_file(app), NOW.date())
        assert row.style == ("text" if safe == "yes" else "stop")


def test_the_demos_safe_times_are_read() -> None:
    assert parse_safe_times(texts.SAFE_TIMES).words() == "Mon-Fri 10:00-14:30"
