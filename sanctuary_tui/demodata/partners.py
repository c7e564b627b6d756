"""The wider offer: the working group, grants to survivors, and referrals outward of a case.

How many there are is assumed, no source gives a figure. They are drawn by dice of their own and
laid beside what a story tells already, so that a caseload with them is otherwise the one without.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Final

from db.models import Contact, Fund, Grant, GroupAction, Organisation, ReferralOut
from sanctuary_tui.demodata import district, names
from sanctuary_tui.demodata.ordinary import Course
from sanctuary_tui.demodata.timeline import CLOSES, Clock, Dice, Story, Teller

TOLD_IN: Final = range(150, 1_000)
"""In caseloads of so many there are any: smaller and larger ones are to test and measure by."""

_ORGANISATIONS: Final = (
    ("refuge", "Hollin Court Refuge", "da_service"),
    ("elsewhere", "Marrowdale District Council Housing", "council"),
)
_FUNDS: Final = (
    ("flexible", "Flexible funding", 300_000),
    ("feeling_safe", "Feeling safe grants", 150_000),
)
_MEMBERS: Final = (
    ("Team leader", "Chair"),
    ("Housing officer", "Housing"),
    ("Safeguarding lead", "Housing associations"),
    ("Designing-out-crime officer", "Police"),
    ("Home safety officer", "Fire and rescue"),
)
"""A job in the directory, and what they are in the group; the first who has it."""

_ACTIONS: Final = (
    ("Housing officer", "Agree who pays for a common door", -75, -40, "Shared by floor area"),
    ("Team leader", "Train the new contractors in safe contact", -75, -22, "Both firms, two hours"),
    ("Safeguarding lead", "Bring the association's own scheme into the leaflet", -75, -4, ""),
    ("Designing-out-crime officer", "Say how soon a marker is set", -12, 3, ""),
    ("Home safety officer", "Offer a visit with each sanctuary room", -12, 24, ""),
)
"""Who, what, agreed and due in working days from today, what was done."""

_PURPOSES: Final = {
    "flexible": ("Removal van and a month's storage", "Phone with a year's contract",
                 "Travel to the old school until the summer", "Bed and bedding"),
    "feeling_safe": ("Curtains and a lamp for the hall", "Door camera the landlord would not pay",
                     "Taxi home after the late shift, a month"),
}  # fmt: skip
_TO: Final = {
    "refuge": "refuge", "reciprocal": "elsewhere", "perpetrator": "probation",
    "children": "social", "flexible": "ravel",
}  # fmt: skip
_LEAVES: Final = {"unsafe": "refuge", "moved": "reciprocal", "legal_bar": "refuge"}
_SHARE: Final = (("flexible", 0.24), ("children", 0.2), ("perpetrator", 0.06))


def in_district(story: Story, cases: int, clock: Clock, dice: Dice) -> Story:
    """The district's story with the funds of grants, to whom households are referred on, and the
    working group with its actions."""
    t = Teller(story.name, clock, dice)
    t.go(story.steps[-1].at.date())
    for key, name, kind in _ORGANISATIONS:
        place = Organisation(
            name=name,
            kind=kind,
            phone=names.landline(t.dice),
            email=names.email(f"office {name.split()[0]}"),
            secure_email="yes",
        )
        t.add(f"org.{key}", place)
    this_year = t.clock.financial_year(t.clock.today)
    for back in range(district.years(cases) - 2, -2, -1):
        year = this_year - back
        for kind, name, budget in _FUNDS:
            title = f"{name} {year}-{(year + 1) % 100:02}"
            t.add(f"fund.{kind}.{back}", Fund(name=title, kind=kind, year=year, budget=budget))
    who: dict[str, str] = {}
    for target, record in story.final().items():
        if isinstance(record, Contact):
            who.setdefault(record.job, target)
    t.work(-80)
    for job, role in _MEMBERS:
        t.change(who[job], "Joined the working group", group_role=role)
    for number, (job, action, agreed, due, said) in enumerate(_ACTIONS, start=1):
        t.plan(agreed, partial(_agree, t, f"group.{number}", who[job], action, due))
        if said:
            done = partial(t.change, f"group.{number}", "Action done", state="done", said=said)
            t.plan(due, partial(_on, t, done, "done_on"))
    t.run()
    return _laid(story, t)


def _agree(t: Teller, key: str, who: str, action: str, due: int) -> None:
    what = GroupAction(action=action, agreed=t.day, due=t.clock.work(due))
    t.add(key, what, "Working group met", contact_id=who)


def _on(t: Teller, change: Callable[..., None], field: str) -> None:
    """A change that is dated on the day on which it is told."""
    change(**{field: t.day})


def beside(story: Story, clock: Clock, dice: Dice, run: Course) -> Story:
    """The story of a usual case with what it was referred on to, and a grant, where it has any.

    A case that left for safety or a move is mostly referred on, a few others for what helps beside
    the locks; some of the late ones still wait for their answer.
    """
    t = Teller(story.name, clock, dice)
    t.go(story.start.date(), CLOSES - 40)  # not before the case is there
    first = run.entered.get("risk_support")
    leaves = _LEAVES.get(run.outcome, "")
    asked = [leaves] if leaves and dice.chance(0.75) else []
    drawn = [kind for kind, share in _SHARE if dice.chance(share)]
    if first is not None and (not run.outcome or run.outcome == "secured"):
        asked += drawn
    if run.profile.children == 0:
        asked = [kind for kind in asked if kind != "children"]
    for number, kind in enumerate(asked, start=1):
        lately = -dice.whole(2, 130)
        day = run.ends if kind == leaves else first or lately
        if not run.outcome:
            day = max(day, lately)
        _refer(t, f"outward.{number}", kind, min(day, -1), slow=kind == leaves)
    t.run()
    return _laid(story, t)


def _laid(story: Story, t: Teller) -> Story:
    """Both in one, by time; of the same minute the story's own come first."""
    steps = sorted([*story.steps, *t.story().steps], key=attrgetter("at"))
    return Story(story.name, story.kind, steps)


def _refer(t: Teller, key: str, kind: str, day: int, *, slow: bool) -> None:
    """Referred on a day; answered, and its outcome, some days later where those are over."""
    dice = t.dice
    answered = day + dice.whole(1, 8)
    ended = answered + dice.whole(3, 40) + (20 if slow else 0)
    taken = dice.weighted((("accepted", 74), ("waiting", 14), ("declined", 12)))
    found = dice.weighted((("achieved", 70), ("part", 15), ("withdrawn", 8), ("elsewhere", 7)))
    fund = dice.pick(tuple(_PURPOSES))
    purpose, pounds = dice.pick(_PURPOSES[fund]), dice.whole(6, 45) * 10

    def made() -> None:
        what = ReferralOut(kind=kind, made=t.day)
        t.add(key, what, "Referred on", organisation_id=district.org(_TO[kind]))

    def answer() -> None:
        t.change(key, "Their answer", answer=taken, answered=t.day)
        if kind == "flexible" and taken == "accepted":
            grant = Grant(fund=fund, state="agreed", purpose=purpose, on=t.day, amount=pounds * 100)
            year = t.clock.financial_year(t.day)
            t.add("grant", grant, "Grant agreed", fund_id=district.fund(fund, t.clock, year))

    def outcome() -> None:
        said = "not_achieved" if taken != "accepted" else found
        t.change(key, "What became of it", outcome=said, outcome_on=t.day)
        if kind == "flexible" and taken == "accepted":
            paid = found in ("achieved", "part")
            t.change("grant", "What became of it", state="paid" if paid else "withdrawn")

    t.plan(day, made)
    if answered <= -1:
        t.plan(answered, answer)
    if ended <= -1:
        t.plan(ended, outcome)
