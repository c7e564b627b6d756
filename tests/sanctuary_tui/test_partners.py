"""Partners: referrals outward, the working group, landlords' accreditation; in the real console."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from config.errors import BadInputError, RefusedError
from config.settings import default_settings
from db import queries
from db.caseload import Caseload
from db.models import (
    Case,
    ConnectedPerson,
    Contact,
    GroupAction,
    Organisation,
    Record,
    ReferralOut,
    specs,
)
from sanctuary_tui import partners, records, views, work
from sanctuary_tui.exports.profiles import NEVER_TO_OTHERS, PROFILES
from sanctuary_tui.screens.forms import FormSheet
from sanctuary_tui.screens.group import GroupScreen
from tests.frozen import Opened, play, text_of
from tests.sealed import canary

SETTINGS = default_settings()
TODAY = canary.TODAY
SIZES = [(80, 24), (120, 40)]
CASE = 'slash ="ellwood" down enter 7 '


@pytest.fixture
def caseload(tmp_path: Path) -> Iterator[Caseload]:
    """A caseload with one household."""
    made = canary.opened(tmp_path, create=True)
    work.take_referral(made, {"route": "self", "safe": "yes", "first_name": "Mara"})
    yield made
    made.close()


@pytest.fixture
def case(caseload: Caseload) -> Case:
    """The household's case."""
    return queries.all_of(caseload.connection, Case)[-1]


def outward(caseload: Caseload, case: Case, number: int = 0, **given: Any) -> ReferralOut:
    values = {"kind": "refuge", "made": TODAY, **given} if not number else given
    kept = records.keep_record(caseload, ReferralOut, case.id, number, values, SETTINGS)
    assert isinstance(kept, ReferralOut)
    return kept


def lines_of(caseload: Caseload, rule: str, on: date = TODAY) -> list[str]:
    view = views.today_view(caseload, on, SETTINGS)
    return [f"{line.group} {line.text}" for line in view.lines if line.rule == rule]


async def answer(pilot: Pilot[Any], field: str, keys: str) -> None:
    """Go to a field of the form that stands open, and press keys there."""
    sheet = pilot.app.screen
    assert isinstance(sheet, FormSheet)
    sheet.form.focus_field(field)
    await play(pilot, keys)


# --- referrals outward ----------------------------------------------------------------------------


def test_a_case_that_leaves_stays_on_today_until_the_outcome(
    caseload: Caseload, case: Case
) -> None:
    one = outward(caseload, case)
    later = TODAY + timedelta(days=8)
    assert lines_of(caseload, "outward", later) == ["overdue refuge: answer?"]
    given = {"outcome": "moved"}
    work.close_case(caseload, case.id, given, SETTINGS)
    assert lines_of(caseload, "outward", later) == ["overdue left us: refuge, answer?"]
    outward(caseload, case, one.id, answer="accepted", next_look=TODAY)
    assert lines_of(caseload, "outward") == ["today left us: refuge, outcome?"]
    kept = outward(caseload, case, one.id, outcome="achieved")
    assert (kept.answered, kept.outcome_on) == (TODAY, TODAY)
    assert lines_of(caseload, "outward", later) == []
    caseload.store.undo_last()
    assert lines_of(caseload, "outward") == ["today left us: refuge, outcome?"]
    outward(caseload, case, one.id, outcome="achieved")
    taken_back = outward(caseload, case, one.id, outcome="not_asked")
    assert taken_back.outcome_on is None


def test_a_day_still_to_come_and_a_connected_organisation_are_refused(
    caseload: Caseload, case: Case
) -> None:
    with pytest.raises(BadInputError, match="still to come"):
        outward(caseload, case, outcome="achieved", outcome_on=TODAY + timedelta(days=1))
    firm = caseload.store.add(Organisation(name="Quillfeather House"))
    assert outward(caseload, case, organisation_id=firm.id).organisation_id == firm.id
    caseload.store.add(ConnectedPerson(case_id=case.id, organisation="Quillfeather House"))
    with pytest.raises(RefusedError, match="Quillfeather House stands in this case's register"):
        outward(caseload, case, organisation_id=firm.id)


@pytest.mark.guarantee
@pytest.mark.parametrize("name", sorted(PROFILES))
def test_nothing_of_a_referral_outward_leaves_but_to_the_survivor(name: str) -> None:
    """Landlords, agents, contractors, a MARAC, a county, others who ask: none is sent any of it."""
    profile = PROFILES[name]
    sent = {field for table, field in profile.fields if table == "referrals_out"}
    if profile.recipient != "internal" and name != "subject":
        assert sent == set()
    if name in ("pseudonymous", "identifiable"):
        assert not sent & {"organisation_id", "note"}
    assert {("referrals_out", field) for field in specs(ReferralOut)} <= NEVER_TO_OTHERS


@pytest.mark.guarantee
def test_a_sealed_case_and_whom_it_was_referred_to_stand_nowhere(
    caseload: Caseload, case: Case
) -> None:
    firm = caseload.store.add(
        Organisation(name="Quillfeather House", accreditation="Leaders", accredited_until=TODAY)
    )
    outward(caseload, case, organisation_id=firm.id, next_look=TODAY)
    assert lines_of(caseload, "outward")
    assert lines_of(caseload, "accreditation")
    canary.seal(caseload, case.id)
    assert lines_of(caseload, "outward") == []
    assert lines_of(caseload, "accreditation") == []  # its name would tell of the case
    rows = caseload.connection.execute("SELECT count(*) FROM referrals_out").fetchall()
    assert rows == [(0,)]


@pytest.mark.parametrize("size", SIZES)
async def test_a_referral_outward_is_entered_and_settled(
    console: Opened, size: tuple[int, int]
) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        await play(pilot, CASE + 'a ="outward" enter')
        await answer(pilot, "kind", "enter =refuge enter")
        await answer(pilot, "next_look", "=26/11/2026 ctrl+s")
        assert "REFERRALS OUTWARD" in text_of(pilot)
        (one,) = await app.read(lambda data: queries.all_of(data.connection, ReferralOut))
        assert (one.kind, one.made, one.outcome) == ("refuge", app.today, "not_asked")
        await play(pilot, 'escape escape @"refuge: answer" d')
        await answer(pilot, "outcome", 'enter ="Achieved" enter')
        await play(pilot, "ctrl+s")
        (one,) = await app.read(lambda data: queries.all_of(data.connection, ReferralOut))
        assert (one.outcome, one.outcome_on) == ("achieved", app.today)
        assert "refuge: answer" not in text_of(pilot)


async def test_to_what_a_household_is_referred_is_asked(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, CASE + 'a ="outward" enter ctrl+s')
        assert "To what" in text_of(pilot)
        assert "To what must be answered." in text_of(pilot)
        assert await app.read(lambda data: queries.all_of(data.connection, ReferralOut)) == []
        await play(pilot, "right ctrl+s")  # the first of the list
        (one,) = await app.read(lambda data: queries.all_of(data.connection, ReferralOut))
        assert one.kind == "refuge"


# --- the working group ----------------------------------------------------------------------------


def test_actions_of_the_group_stand_on_today_within_the_week(caseload: Caseload) -> None:
    add = caseload.store.add
    add(GroupAction(action="Later", due=TODAY + timedelta(days=8)))
    assert lines_of(caseload, "group_action") == []
    first = add(GroupAction(action="Renew the agreement", due=TODAY + timedelta(days=7)))
    assert lines_of(caseload, "group_action") == ["coming group: Renew the agreement"]
    add(GroupAction(action="Ask the fire service", due=TODAY - timedelta(days=1)))
    assert lines_of(caseload, "group_action") == ["overdue working group: 2 actions due"]
    partners.end_action(caseload, first.id, "Signed")
    assert lines_of(caseload, "group_action") == ["overdue group: Ask the fire service"]
    ended = queries.get(caseload.connection, GroupAction, first.id)
    assert (ended.state, ended.done_on, ended.said) == ("done", TODAY, "Signed")
    with pytest.raises(RefusedError, match="over already"):
        partners.end_action(caseload, first.id, "")


async def test_how_an_action_ended_stands_whole_in_a_small_window(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, "1")
        over = GroupAction(
            action="A leaflet in the surgeries of the north", state="not_possible",
            due=date(2026, 10, 1), done_on=date(2026, 10, 27),
        )  # fmt: skip
        await app.write(lambda data: data.store.add(over))
        await play(pilot, "G")
        (line,) = [one for one in text_of(pilot).split("\n") if "leaflet" in one]
        assert "A leaflet in the surgeries of" in line
        assert "Not possible 27 Oct" in line


async def test_households_stand_above_what_waits_with_the_group(console: Opened) -> None:
    """Who is released tomorrow stood below an action of the group, marked as without score."""
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "1")
        late = GroupAction(action="Leaflet to the surgeries", due=date(2026, 8, 3))
        await app.write(lambda data: data.store.add(late))
        await app.reload()
        await play(pilot, "")
        lines = text_of(pilot).split("\n")
        at = next(number for number, line in enumerate(lines) if "GROUP" in line)
        today = next(number for number, line in enumerate(lines) if line.startswith(" TODAY"))
        assert at == today - 1  # the last of what is overdue
        assert "?" not in lines[at].split("GROUP")[0]


def test_an_action_of_the_group_names_no_household(caseload: Caseload) -> None:
    """Neither a seal nor a disposal would reach it there."""
    household = work.take_referral(
        caseload,
        {"route": "self", "safe": "yes", "first_name": "Orlaith", "surname": "Zedwood-Lee"},
    )
    ref = household.ref

    def kept(given: dict[str, Any]) -> Record:
        return records.keep_record(caseload, GroupAction, 0, 0, {**given, "due": TODAY})

    one = kept({"action": "Ask the police"})
    for words in ("Ask about Orlaith Zedwood Lee's locks", f"Bring {ref.lower()} up"):
        for given in ({"action": words}, {"action": "Ask", "said": words}):
            with pytest.raises(BadInputError, match=f"names no household, and this names {ref}"):
                kept(given)
        with pytest.raises(BadInputError, match="names no household"):
            partners.end_action(caseload, one.id, words)
    assert queries.get(caseload.connection, GroupAction, one.id).state == "open"
    canary.seal(caseload, household.id)  # from then on, whoever tries names is told nothing
    partners.end_action(caseload, one.id, "Orlaith Zedwood-Lee")


@pytest.mark.parametrize("size", SIZES)
async def test_the_group_is_kept_by_key(console: Opened, size: tuple[int, int]) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        await play(pilot, 'G a ="Member" enter ctrl+s')
        assert "Give a name, a job or the organisation" in text_of(pilot), "a member is somebody"
        await answer(pilot, "name", '="Odette Farrowby"')
        await answer(pilot, "group_role", '=" (chair)" ctrl+s')
        shown = text_of(pilot)
        assert "MEMBERS" in shown
        assert "Odette Farrowby, Member (chair)" in shown
        await play(pilot, 'a ="Action" enter')
        await answer(pilot, "action", '="Renew the agreement"')
        await answer(pilot, "contact_id", "enter =Odette enter")
        await answer(pilot, "due", "=26/11/2026 ctrl+s")
        shown = text_of(pilot)
        assert shown.index("ACTIONS") < shown.index("MEMBERS")
        await play(pilot, '1 @"Renew the agreement" d')
        said = " ".join(one.message for one in app._notifications)
        assert "This line is about no case: press enter for its list." in said
        await play(pilot, 'enter up @"Renew the agreement" d ="Signed" enter')
        assert isinstance(app.screen, GroupScreen)
        assert "ACTIONS THAT ARE OVER" in text_of(pilot)
        assert "Done 26 Nov" in text_of(pilot), "whole, in a small terminal too"
        (one,) = await app.read(lambda data: queries.all_of(data.connection, GroupAction))
        assert (one.state, one.done_on, one.said) == ("done", app.today, "Signed")
        await play(pilot, "u")
        (one,) = await app.read(lambda data: queries.all_of(data.connection, GroupAction))
        assert one.state == "open"
        await play(pilot, '@"Odette Farrowby, Member" delete y')
        assert "Odette Farrowby, Member" not in text_of(pilot)
        found = await app.read(lambda data: queries.all_of(data.connection, Contact))
        assert [one.name for one in found].count("Odette Farrowby") == 1  # the directory keeps them


# --- accreditation --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("until", "given", "weeks", "said"),
    [
        (56, {"accredited": "yes"}, 8, ["coming accreditation lapses: Fairholm"]),
        (57, {"accredited": "yes"}, 8, []),
        (0, {"accreditation": "Leaders"}, 0, ["today accreditation lapses: Fairholm"]),
        (1, {"accreditation": "Leaders"}, 0, []),
        (-1, {"accredited": "yes"}, 8, ["overdue accreditation lapsed: Fairholm"]),
        (-1, {"accredited": "no"}, 8, []),
        (-1, {"accredited": "no", "accreditation": "Leaders"}, 8, ["overdue accreditation lapsed"]),
    ],
)
def test_today_tells_before_an_accreditation_lapses(
    caseload: Caseload, until: int, given: dict[str, str], weeks: int, said: list[str]
) -> None:
    settings = default_settings()
    settings.policy.accreditation_weeks = weeks
    last = TODAY + timedelta(days=until)
    caseload.store.add(Organisation(name="Fairholm", accredited_until=last, **given))
    caseload.store.add(Organisation(name="No last day", accredited="yes"))
    lines = partners.today_lines(caseload, TODAY, settings)
    assert len(lines) == len(said)
    for line, words in zip(lines, said, strict=True):
        assert f"{line.group} {line.text}".startswith(words)
        assert (line.place, line.due) == ("directory", last)


def test_several_are_one_line(caseload: Caseload) -> None:
    for name in ("Fairholm", "Larkrise"):
        caseload.store.add(Organisation(name=name, accredited="yes", accredited_until=TODAY))
    assert lines_of(caseload, "accreditation") == ["today 2 accreditations lapse or have"]


@pytest.mark.parametrize("size", SIZES)
async def test_accreditation_is_kept_in_the_directory(
    console: Opened, size: tuple[int, int]
) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        await play(pilot, "8 @Fairholm enter")
        await answer(pilot, "accreditation_level", "=enhanced")
        await answer(pilot, "accredited_until", "=10/12/2026")
        await answer(pilot, "training", '="Housing officers"')
        await answer(pilot, "trained_on", "=02/11/2026 ctrl+s")
        assert "DAHA, enhanced, " in text_of(pilot)
        await play(pilot, "1")
        (line,) = await app.read(
            lambda data: [
                one
                for one in views.today_view(data, app.today, app.settings).lines
                if one.rule == "accreditation"
            ]
        )
        assert line.due == date(2026, 12, 10)
