"""Forms made from field declarations: keys alone, readings, problems, drafts, roles."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widget import Widget
from widget_samples import AWKWARD, TODAY, Stand

from config.codes import CODES
from config.looks import LETTER_DOUBT, PHONE_DOUBT, POSTCODE_DOUBT
from db.models import (
    RECORDS,
    Case,
    ConsentRequest,
    ContactPoint,
    Incident,
    Measure,
    Note,
    Person,
    Property,
    Record,
    SafeAddress,
    SafetyPlan,
    Visit,
    specs,
)
from sanctuary_tui.formrecords import ChaseForm, ReferralForm
from widgets.fields import SPELL_SECONDS, ChoiceField, LongField, TextField
from widgets.form import Labels, RecordForm, help_of
from widgets.text_blocks import Words

NOW = datetime(2026, 11, 26, 14, 30, tzinfo=UTC)


def make(
    record: type[Record], values: dict[str, object] | None = None, **more: object
) -> RecordForm:
    return RecordForm(record, values or {}, today=TODAY, now=lambda: NOW, **more)  # type: ignore[arg-type]


def current(form: RecordForm) -> str:
    return form.current.field_name if form.current else ""


def help_text(form: RecordForm) -> str:
    return form.query_one(".form-help", Words).text


async def test_a_visit_is_written_with_the_keyboard_alone() -> None:
    form = make(Visit)
    app = Stand([form])
    async with app.run_test(size=(80, 24), message_hook=app.seen.append) as pilot:
        await pilot.press("i")  # kind: a letter jumps
        await pilot.press("down", *"+2w", "enter", *"10:00-12:00", "tab", *"Test Locks")
        await pilot.press("tab", "right", "down", "space")
        await pilot.pause()
        assert form.changed_values() == {
            "kind": "install",
            "on": date(2026, 12, 10),
            "window": "10:00-12:00",
            "worker": "Test Locks",
            "gender_pref": "none",
            "support_present": "yes",
        }
        assert form.problems() == {}
        assert set(form.raw()) == set(form.changed_values())
        assert {message.name for message in app.of(RecordForm.Changed)} == set(form.raw())


async def test_up_down_tab_and_enter_walk_the_fields() -> None:
    form = make(Visit)
    app = Stand([form])
    async with app.run_test(size=(80, 24), message_hook=app.seen.append) as pilot:
        walked = []
        for key in ("down", "enter", "tab", "up", "shift+tab"):
            await pilot.press(key)
            walked.append(current(form))
        assert walked == ["on", "window", "worker", "window", "on"]
        form.focus_field("note")
        await pilot.press("down")
        await pilot.pause()
        assert app.of(RecordForm.Finished)


async def test_the_reading_of_a_date_stands_beside_it() -> None:
    app = Stand([make(Visit)])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", *"3/11")
        await pilot.pause()
        assert "3/11   Tue 3 Nov 2026" in app.screen_text()


async def test_what_is_wrong_is_said_in_its_place() -> None:
    form = make(Person, {"role": "perpetrator"})
    app = Stand([form])
    async with app.run_test(size=(80, 24)) as pilot:
        form.focus_field("dob")
        await pilot.press(*"31/02/1990")
        assert "February" not in help_text(form)  # not while it is being written
        await pilot.press("down")
        assert "dob" in form.flagged
        await pilot.press("up")
        await pilot.pause()
        assert help_text(form) == (
            "! Date of birth: There is no day 31 in February 1990, which has 28 days."
        )
        assert "dob" not in form.values()
        await pilot.press(*"28/02/1990", "down", "up")
        assert form.flagged == {}
        assert form.values()["dob"] == date(1990, 2, 28)


async def test_required_fields_are_asked_for_at_the_end() -> None:
    form = make(Case)
    app = Stand([form])
    async with app.run_test(size=(80, 24)) as pilot:
        assert form.problems() == {"route": "Route must be answered."}
        assert form.focus_problem()
        await pilot.pause()
        assert current(form) == "route"
        assert help_text(form) == "! Route must be answered."
        await pilot.press("p")
        assert form.problems() == {}
        assert help_text(form) == "Who sent the household to the scheme."


async def test_fields_follow_the_role() -> None:
    form = make(Person)
    app = Stand([form])
    async with app.run_test(size=(80, 24)) as pilot:
        names = {field.field_name for field in form.fields}
        assert "nrpf" in names
        assert "whereabouts" not in names
        await pilot.press("p")
        names = {field.field_name for field in form.fields}
        assert "whereabouts" in names
        assert "nrpf" not in names
        assert "nrpf" not in form.values()


def test_only_the_fields_asked_for_in_their_order() -> None:
    form = make(Note, only=("body", "kind"))
    assert [field.field_name for field in form.fields] == ["body", "kind"]
    hidden = {name for name, spec in specs(Note).items() if not spec.shown}
    assert hidden
    assert not hidden & {field.field_name for field in make(Note).fields}


async def test_a_code_field_cycles_jumps_lists_and_clears() -> None:
    form = make(ConsentRequest, {"state": "sent"}, only=("state", "decision_kind", "part"))
    app = Stand([form])
    async with app.run_test(size=(80, 24)) as pilot:
        field = form.field("state")
        states = list(CODES["consent_state"])
        await pilot.press("right")
        assert field.raw() == states[states.index("sent") + 1]
        await pilot.press("left", "left")
        assert field.raw() == states[states.index("sent") - 1]
        await pilot.press("e")
        assert field.raw() == "escalated"
        await pilot.press("e")
        assert field.raw() == "eh_offered"
        await pilot.press("enter", *"refus", "enter")
        await pilot.pause()
        assert field.raw() == "refused"
        await pilot.press("down", "right", "backspace")
        assert form.field("decision_kind").raw() == "not_asked"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time by which letters are typed in one go: it stands until it is moved."""
    moment = [100.0]
    monkeypatch.setattr("widgets.fields.monotonic", lambda: moment[0])
    return moment


@pytest.mark.usefixtures("clock")
async def test_a_space_within_the_words_spelled_is_no_step_to_the_next_choice() -> None:
    form = make(Case, {}, only=("cadence",))
    app = Stand([form])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n", "o", "space", *"calls")
        assert form.values() == {"cadence": "no_calls"}


@pytest.mark.usefixtures("clock")
async def test_letters_spell_the_first_word_or_else_another() -> None:
    form = make(ChaseForm, {"kind": "chase"}, only=("kind",))
    app = Stand([form])
    async with app.run_test(size=(80, 24)) as pilot:
        field = form.field("kind")
        await pilot.press(*"refused")  # "Answer: refused"
        assert field.raw() == "answer_refused"


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("answer: granted with", "answer_conditional"),
        ("environmental health r", "chase"),
        ("to e", "eh_referred"),
        ("refused ", "answer_refused"),
        ("refunded", "chase"),  # not what "ref" began with, nor what "d" begins with
        ("zzz", "chase"),
        ("cz", "chase"),
        ("xrefused", "chase"),  # a wrong letter is not forgotten within the word
        ("we refused it", "chase"),  # nor is a space within it a step to the next choice
    ],
)
@pytest.mark.usefixtures("clock")
async def test_letters_choose_what_they_spell_or_nothing(typed: str, kind: str) -> None:
    form = make(ChaseForm, {"kind": "chase"}, only=("kind",))
    app = Stand([form])
    async with app.run_test(size=(80, 24)) as pilot:
        keys = {" ": "space", ":": "colon"}
        await pilot.press(*(keys.get(letter, letter) for letter in typed))
        assert form.field("kind").raw() == kind
        assert ("No answer begins with" in help_text(form)) == (kind == "chase")


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("refux", "chase"),
        ("refux<", "answer_refused"),  # the letter is taken back, the answer stays
        ("refux<s", "answer_refused"),
        ("refux<<<<<", "chase"),  # all of it: what it was before
        ("refux<<<<<<", "not_asked"),  # and only then it clears
        ("ref>", "not_asked"),
    ],
)
async def test_backspace_takes_back_a_letter_before_it_clears(typed: str, kind: str) -> None:
    form = make(ChaseForm, {"kind": "chase"}, only=("kind",))
    field = form.field("kind")
    assert isinstance(field, ChoiceField)
    field._choices.append(("not_asked", "Not asked"))
    app = Stand([form])
    async with app.run_test(size=(80, 24)) as pilot:
        keys = {"<": "backspace", ">": "delete"}
        await pilot.press(*(keys.get(letter, letter) for letter in typed))
        assert form.field("kind").raw() == kind
        await pilot.pause()
        assert ("No answer begins with" in help_text(form)) == (typed == "refux")


async def test_an_answer_taken_from_the_list_is_not_unspelled() -> None:
    form = make(Case, {}, only=("cadence",))
    app = Stand([form])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n", "enter", *"monthly", "enter")
        await pilot.pause()
        assert form.field("cadence").raw() == "monthly"
        await pilot.press("backspace")
        assert form.field("cadence").raw() == "not_asked"


async def test_after_a_pause_the_letters_begin_afresh(clock: list[float]) -> None:
    form = make(ChaseForm, {"kind": "chase"}, only=("kind",))
    app = Stand([form])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("z")
        clock[0] += SPELL_SECONDS / 2
        await pilot.press("n")
        assert form.field("kind").raw() == "chase"  # "zn"
        clock[0] += SPELL_SECONDS
        await pilot.press("n")
        assert form.field("kind").raw() == "note"


@pytest.mark.usefixtures("clock")
async def test_after_an_arrow_the_letters_begin_afresh() -> None:
    form = make(ChaseForm, {"kind": "chase"}, only=("kind",))
    app = Stand([form])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("z", "right", "n")
        assert form.field("kind").raw() == "note"


async def test_several_are_ticked_in_a_list() -> None:
    form = make(Case, only=("triggers",))
    app = Stand([form])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("down", "down", "space", "home", "space", "enter")
        await pilot.pause()
        assert form.values() == {"triggers": "release;breach"}
        assert "Release within 72 hours, Breach at the address" in app.screen_text()
        await pilot.press("enter", "space", "escape")
        assert form.values() == {"triggers": "release;breach"}


async def test_a_link_is_chosen_by_its_words() -> None:
    links = {"organisations": [(7, "Test Homes HA"), (9, "Test Lets")]}
    form = make(ConsentRequest, {"agent_org_id": 9}, only=("agent_org_id",), links=links)
    app = Stand([form])
    async with app.run_test(size=(80, 24)) as pilot:
        assert form.values() == {"agent_org_id": 9}
        await pilot.press("left")
        assert form.values() == {"agent_org_id": 7}
        await pilot.press("backspace")
        assert form.values() == {"agent_org_id": None}


async def test_money_and_numbers_are_kept_as_the_record_keeps_them() -> None:
    form = make(Measure, {"cost": 41820, "qty": 2}, only=("cost", "qty"))
    app = Stand([form])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "418.20   £418.20" in app.screen_text()
        await pilot.press(*"£1,200", "down", *"0")
        assert form.values() == {"cost": 120_000}
        assert form.problems() == {"qty": "The number must be from 1 to 99."}
        await pilot.press("backspace")
        assert form.values() == {"cost": 120_000, "qty": None}


async def test_moments_are_kept_in_utc() -> None:
    at = datetime(2026, 6, 3, 13, 5, tzinfo=UTC)
    form = make(Incident, {"at": at}, only=("at", "headline"))
    app = Stand([form])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "3 Jun 2026 14:05" in app.screen_text()
        assert form.values()["at"] == at
        assert not form.dirty


async def test_two_hundred_thousand_pasted_characters_are_cut_with_a_sentence() -> None:
    form = make(SafetyPlan)
    app = Stand([form])
    async with app.run_test(size=(80, 24)) as pilot:
        form.focus_field("plan")
        await pilot.pause()
        form.field("plan").post_message(events.Paste("word \x1b[2J" * 25_000))
        await pilot.pause()
        body = form.values()["plan"]
        assert isinstance(body, str)
        assert len(body) == 8_000
        assert "\x1b" not in body
        assert help_text(form) == "Cut to 8,000 characters, the most it holds."
        await pilot.press("x")
        assert len(form.field("plan").raw()) == 8_000
        assert "Full" in help_text(form)
        form.focus_field("owner")
        await pilot.pause()
        form.field("owner").post_message(events.Paste("line one\nline two " * 20_000))
        await pilot.pause()
        assert form.field("owner").raw().startswith("line one line two")
        assert len(form.field("owner").raw()) == 200


async def test_a_long_text_opens_while_it_is_written_in_and_folds_again() -> None:
    form = make(Note, {"body": "one line"})
    app = Stand([form])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        body = form.field("body")
        assert body.size.height == 1
        body.focus()
        await pilot.pause()
        assert body.size.height == 4
        await pilot.press(*["enter"] * 6)
        await pilot.pause()
        assert body.size.height == 8
        form.focus_field("kind")
        await pilot.pause()
        assert body.size.height == 4


async def test_a_draft_comes_back_over_other_values() -> None:
    form = make(Note, {"kind": "call"})
    app = Stand([form])
    async with app.run_test(size=(80, 24)) as pilot:
        form.focus_field("body")
        await pilot.press(*"half a", "enter", *"note")
        draft = json.loads(json.dumps(form.raw()))
    assert draft == {"body": "half a\nnote"}
    again = make(Note, {"kind": "text"})
    again.load_raw({**draft, "gone": "field"})
    app = Stand([again])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert again.values()["body"] == "half a\nnote"
        assert again.values()["kind"] == "text"
        assert again.dirty
        assert "half a" in app.screen_text()


async def test_a_narrowed_list_offers_no_other_answer_and_takes_none_from_a_draft() -> None:
    form = RecordForm(Note, {"kind": "email"}, choices={"kind": ("email", "visit")})
    form.load_raw({"kind": "call", "body": "half"})
    app = Stand([form])
    async with app.run_test(size=(80, 24)) as pilot:
        form.focus_field("kind")
        seen = []
        for _ in range(3):
            seen.append(form.values()["kind"])
            await pilot.press("right")
        assert seen == ["email", "visit", "email"]
        assert form.values()["body"] == "half"
        form.load_raw({"kind": "visit"})
        assert form.values()["kind"] == "visit"


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_record_has_a_form_whose_blank_values_are_its_own(record: type[Record]) -> None:
    blank = record()
    form = make(record)
    assert form.fields
    for name, value in form.values().items():
        assert value == getattr(blank, name), name
    for name in (field.field_name for field in form.fields):
        assert len(help_of(specs(record)[name])) < 160


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 10)])
async def test_every_field_can_be_reached_and_seen(size: tuple[int, int]) -> None:
    form = make(Case)
    app = Stand([form])
    async with app.run_test(size=size) as pilot:
        for field in form.fields:
            await pilot.pause()
            assert form.current is field
            assert "›" in app.screen_text()
            region = field.region
            assert app.screen.region.contains_region(region.intersection(app.screen.region))
            assert region.y < size[1] - 2
            await pilot.press("tab")


async def folded(pilot: Pilot[None], app: Stand, form: RecordForm) -> None:
    """Wait until each long text told that it is folded to its width, and that was acted on."""
    texts = set(form.query(LongField))
    for _ in range(500):
        if texts <= {message._sender for message in app.of(LongField.Folded)}:
            break
        await pilot.pause()
    else:
        raise AssertionError("a long text has not told that it folded")
    await pilot.pause()


def in_sight(form: RecordForm) -> bool:
    """Whether the first line of the field with the focus is within the form's window."""
    assert form.current is not None
    body = form.query_one(".form-body")
    return body.content_region.contains_point(form.current.region.offset)


RULE = "Safe to call on the mobile. Say it is about the survey. " * 3
LONG_NAMES = [name for name, spec in specs(Case).items() if spec.shown and spec.kind == "long"]


@pytest.mark.parametrize("burst", range(1, 14))
async def test_the_field_gone_to_by_many_keys_at_once_is_in_sight(burst: int) -> None:
    form = make(Case, dict.fromkeys(LONG_NAMES, RULE))
    app = Stand([form])
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(12):
            for _ in range(burst):
                form.step(1, around=True)
            await pilot.pause()
            await pilot.pause(0.05)
            assert in_sight(form), form.current


async def test_the_field_stays_in_sight_when_the_window_is_made_smaller() -> None:
    form = make(Case, dict.fromkeys(LONG_NAMES, RULE))
    app = Stand([form])
    async with app.run_test(size=(120, 40)) as pilot:
        for name in [field.field_name for field in form.fields]:
            form.focus_field(name)
            await pilot.pause(0.05)
            for size in ((80, 24), (50, 12), (120, 40)):
                await pilot.resize_terminal(*size)
                await pilot.pause(0.05)
                assert in_sight(form), (name, size)


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 10), (40, 6)])
async def test_what_is_typed_into_a_long_text_is_in_sight(size: tuple[int, int]) -> None:
    form = make(Case, dict.fromkeys(LONG_NAMES, RULE))
    app = Stand([form])
    async with app.run_test(size=size, message_hook=app.seen.append) as pilot:
        await folded(pilot, app, form)
        for name in LONG_NAMES[:2]:
            form.focus_field(name)
            await pilot.pause()
            body = form.query_one(".form-body").content_region
            typed = form.field(name)
            assert isinstance(typed, LongField)
            for key in ("enter", "x") * 12 + ("up",) * 9:
                await pilot.press(key)
                await pilot.pause()
                assert body.contains_point(typed.cursor_screen_offset), (name, key)


@pytest.mark.parametrize("text", AWKWARD, ids=range(len(AWKWARD)))
async def test_awkward_text_is_kept_as_text(text: str) -> None:
    form = make(Note, {"body": text, "with_whom": text})
    app = Stand([form])
    async with app.run_test(size=(80, 24)) as pilot:
        form.focus_field("body")
        await pilot.pause()
        form.focus_field("with_whom")
        await pilot.pause()
        values = form.values()
        assert "\x1b" not in str(values["body"])
        assert "\n" not in str(values["with_whom"])
        if text.startswith("[/bold]"):
            assert values["body"] == text
            assert text in app.screen_text()


def test_the_fields_are_of_the_kinds_declared() -> None:
    kinds: dict[str, type[Widget]] = {"text": TextField, "long": LongField, "code": ChoiceField}
    for name, spec in specs(Case).items():
        if spec.kind in kinds and spec.shown:
            assert isinstance(make(Case, only=(name,)).field(name), kinds[spec.kind])


async def test_safe_times_show_how_they_were_read_or_that_they_were_not() -> None:
    form = make(ContactPoint, only=("kind", "safe", "times"))
    app = Stand([form])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "down", *"weekdays 9:30-2.30pm")
        await pilot.pause()
        times = form.field("times")
        assert "Mon-Fri 09:30-14:30" in times.render_line(0).text
        assert form.values()["times"] == "weekdays 9:30-2.30pm"
        await pilot.press(*" or after tea")
        await pilot.pause()
        assert "no times yet" in times.render_line(0).text
        assert form.problems()["times"].startswith("Safe times could not be read")
        assert "Mon-Fri 09:30-14:30; Sat 10:00-12:00; not Wed" in help_text(form)


async def test_safe_times_kept_before_they_were_read_do_not_stop_another_change() -> None:
    form = make(ContactPoint, {"times": "after tea", "safe": "times"})
    app = Stand([form])
    async with app.run_test(size=(80, 24)):
        assert form.problems() == {}
        assert "times" not in form.values()
        form.field("times").load("after lunch")
        assert "times" in form.problems()


async def test_labels_are_whole_from_the_first_paint_on(monkeypatch: pytest.MonkeyPatch) -> None:
    widths: list[object] = []
    again = RecordForm._again

    def watched(self: RecordForm) -> None:
        again(self)
        widths.append(self.query_one(Labels).styles.width)

    monkeypatch.setattr(RecordForm, "_again", watched)
    form = make(Case, {})
    async with Stand([form]).run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert len(widths) > 1
        assert len(set(widths)) == 1


@pytest.mark.parametrize(
    ("record", "name", "typed", "said"),
    [
        (Property, "postcode", "AB1", POSTCODE_DOUBT),
        (SafeAddress, "postcode", "ZZ99 9Z", POSTCODE_DOUBT),
        (ReferralForm, "postcode", "AB1 OAA", LETTER_DOUBT),
        (ReferralForm, "phone", "0770", PHONE_DOUBT),
        (ContactPoint, "value", "960123", PHONE_DOUBT),
    ],
)
async def test_what_does_not_look_whole_is_marked_and_kept(
    record: type[Record], name: str, typed: str, said: str
) -> None:
    form = make(record)
    app = Stand([form])
    async with app.run_test(size=(80, 40)) as pilot:
        form.focus_field(name)
        await pilot.pause()
        await pilot.press(*typed)
        assert form.doubted == {}, "not while it is typed"
        await pilot.press("tab")
        await pilot.pause()
        assert form.doubted == {name: said}
        labels = form.query_one(Labels)
        marks = [labels.render_line(y).text.rstrip() for y in range(labels.size.height)]
        assert [one for one in marks if one.endswith("?") and "Safe to" not in one]
        form.focus_field(name)
        await pilot.pause()
        assert help_text(form) == f"? {said}"
        assert name not in form.problems(), "never refused"
        assert form.values()[name] == typed
    again = make(record, {name: typed})
    assert again.doubted == {name: said}, "a kept one is marked too"
