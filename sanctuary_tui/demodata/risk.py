"""Risk, support, safety plan and MARAC of a case."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from db.models import MaracAction, MaracListing, RiskAssessment, SafetyPlan, Support
from sanctuary_tui.demodata import district, texts
from sanctuary_tui.demodata import figures as fig
from sanctuary_tui.demodata.household import Profile, joined
from sanctuary_tui.demodata.timeline import BY, Teller

_TICKS: Final = {"high": (14, 20), "medium": (10, 13), "standard": (2, 9)}
_LIKELY: Final = (
    1,
    2,
    5,
    7,
    10,
    11,
    19,
    20,
    23,
    3,
    4,
    8,
    9,
    13,
    14,
    6,
    15,
    17,
    21,
    22,
    0,
    12,
    16,
    18,
)
"""Question numbers (from 0) roughly by how often they are answered yes; assumed."""
_NOT_YES: Final = "nnnnnnnnnnndnd."
"""No, far more often than don't know or a blank; assumed."""
_AGENCIES: Final = (
    ("Police", "Keep the address marker; drive-by on late shifts for two weeks"),
    ("Housing", "Confirm the works order and tell the IDVA when it is done"),
    ("Children's Services", "Review contact arrangements with the survivor"),
    ("Probation", "Confirm licence conditions and any change of address"),
    ("DA service", "Update the survivor and the safety plan"),
)


def dash_answers(t: Teller, ticks: int) -> str:
    """24 answers with ``ticks`` yeses; the rest no, don't know, or blank."""
    dice = t.dice
    answers = [dice.pick(_NOT_YES) for _ in range(24)]
    likely = _LIKELY[: min(24, ticks + 4)]
    for place in dice.some(likely, ticks):
        answers[place] = "y"
    return "".join(answers)


def assess(t: Teller, p: Profile, *, band: str = "", review_days: int = 0) -> None:
    """A risk assessment today, by the band of the profile; none where there is none.

    At a review of somebody once at high risk the judgement question is often left open, so that a
    lower score does not take the band down by itself (DOMAIN 3).
    """
    dice = t.dice
    low, high = _TICKS.get(band or p.risk, (0, 0))
    ticks = dice.whole(low, high)
    detail = dice.weighted(fig.DASH_DETAIL)
    answers = dash_answers(t, ticks)
    first = not band and p.marac
    judged = first and p.risk != "high"
    left_open = bool(band) and p.risk == "high" and dice.chance(0.75)
    reason = texts.judgement(dice, p.voice)
    review, reports, quiet = dice.whole(42, 56), dice.whole(3, 6), dice.whole(0, 2)
    risk = RiskAssessment(
        assessed=t.day,
        tool="police_dash" if p.route == "police" else "safelives_dash",
        assessor=dice.pick(("IDVA", "Outreach worker", "Safeguarding officer")),
        answers=answers if detail == "answers" else "",
        score=ticks,
        judgement="yes" if judged else "not_asked" if left_open else "no",
        judgement_reason=reason if judged else "",
        police_reports=reports if first else quiet,
        survivor_fear=texts.fear(dice, p.voice),
        review_due=t.clock.working(t.day + timedelta(days=review_days or review)),
    )
    if low:
        t.add(t.key("risk"), risk)


def offer_support(t: Teller, p: Profile) -> None:
    """Support offered today, and the answer."""
    dice = t.dice
    accepted = p.support in ("accepted", "already")
    kinds = dice.some(("advocacy", "prevention", "housing", "counselling", "advice"), 2)
    if p.children and dice.chance(0.64):
        kinds.append("children")
    support = Support(
        provider=district.DA_SERVICE,
        worker=dice.pick(district.WORKERS) if accepted else "",
        idva="yes" if accepted and p.risk == "high" else "no",
        offered=t.day,
        answer=p.support,
        start=t.day if accepted else None,
        types=joined(["general", *kinds], "support_type") if accepted else "",
    )
    t.add("support", support)


def make_plan(t: Teller, p: Profile, *, why: str = "", days: int = 120) -> None:
    """The next version of the safety plan, made today."""
    dice = t.dice
    areas = ["home", "breach", *dice.some(("digital", "travel", "devices"), dice.whole(1, 3))]
    if p.children:
        areas.append("children")
    supported = p.support in ("accepted", "already")
    plan = SafetyPlan(
        number=len(t.added(SafetyPlan)) + 1,
        made=t.day,
        owner=dice.pick(district.WORKERS) if supported else BY,
        covers=joined(areas, "plan_area"),
        triggers=dice.pick(("Any incident", "Release, court date, new contact", "A move")),
        review_due=t.clock.working(t.day + timedelta(days=days)),
        plan=texts.plan(dice),
    )
    t.add(t.key("plan"), plan, why)


def list_at_marac(t: Teller, p: Profile, meeting: int, *, kind: str = "new") -> str:
    """Put the case on a meeting's list; meetings are numbered as in ``Clock.meeting``."""
    dice = t.dice
    drawn = dice.weighted((("VHR", 70), ("VHR;ESC", 30)))
    criteria = "PJ" if p.risk != "high" else drawn
    key = t.key("listing")
    before = dice.whole(60, 330)
    reason = texts.judgement(dice, p.voice)
    listing = MaracListing(
        meeting=t.clock.meeting(meeting),
        listing_type=kind,
        criteria=joined(
            [*criteria.split(";"), *(["REP"] if kind == "repeat" else [])], "criterion"
        ),
        referred=t.day,
        last_referral=t.day - timedelta(days=before) if kind == "repeat" else None,
        judgement_reason=reason if criteria == "PJ" else "",
        repeat_event=dice.pick(("contact", "order_breach", "bail_breach"))
        if kind == "repeat"
        else "not_asked",
        victim_aware=dice.weighted((("yes", 92), ("no", 8))),
        consent=dice.weighted((("given", 82), ("refused", 8), ("not_safe", 10))),
        share_basis=dice.weighted((("public_task", 70), ("crime_disorder", 30))),
        decided_by=BY,
        decided_on=t.day,
        headline=dice.pick(texts.HEADLINES),
        requested_actions="Police: keep the marker. Housing: confirm the works order.",
    )
    if listing.victim_aware == "no":
        listing.unaware_reason = "Not safe to tell before the meeting"
    return t.add(key, listing, "Listed for MARAC")


def send_listing(t: Teller, key: str) -> None:
    """The list has gone to the MARAC coordinator."""
    t.change(key, "Weekly list sent", state="sent")


def hear(t: Teller, key: str, meeting: int) -> None:
    """The meeting was held: outcome, and an action or two."""
    dice = t.dice
    held = t.clock.meeting(meeting)
    t.change(
        key,
        "Outcome of the meeting",
        state="heard",
        heard_on=held,
        marac_ref=f"M{dice.whole(1000, 9999)}",
        outcome=texts.marac_outcome(dice),
    )
    for agency, action in dice.some(_AGENCIES, dice.whole(1, 2)):
        name = t.key("action")
        late = dice.chance(0.3) and meeting >= -2
        due = held + timedelta(days=14)
        t.add(
            name,
            MaracAction(action=action, owner_agency=agency, owner="MARAC lead", due=due),
            listing_id=key,
        )
        if not late and meeting <= -2:
            t.change(name, "Reported done", state="done", done_on=t.day, evidence="Minutes")
