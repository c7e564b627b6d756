"""Helpers for the cases written by hand."""

from __future__ import annotations

from db.models import ContactPoint
from sanctuary_tui.demodata import names, ordinary, risk, texts
from sanctuary_tui.demodata.household import (
    Profile,
    add_home,
    draw,
    make_case,
    make_perpetrator,
    make_survivor,
)
from sanctuary_tui.demodata.ordinary import Course
from sanctuary_tui.demodata.timeline import Teller


def profile(t: Teller, first: str, surname: str, **known: object) -> Profile:
    """A drawn profile with what the story fixes put over it."""
    drawn = draw(t.dice, str(known.get("tenure", "council")), str(known.get("risk", "medium")))
    fixed: dict[str, object] = {
        "first": first,
        "surname": surname,
        "gender": "woman",
        "named": "survivor_sole",
        "home": "house",
        "floor": "",
        "agent": "",
        "agent_name": "",
        "freeholder": "",
        "urgency": "standard",
        "relationship": "ex_partner",
        "route": "da_service",
        "perpetrator_man": True,
        "children": 0,
        "support": "accepted",
        "cadence": "standard",
        "safe": "yes",
        "order": "",
        "marac": False,
        "perpetrator": (t.dice.pick(names.MEN), names.surname(t.dice, "white_british")),
    }
    for name, value in {**fixed, **known}.items():
        setattr(drawn, name, value)
    return drawn


def begin(t: Teller, p: Profile, **case: object) -> None:
    """Referral to first contact: case, survivor, safe phone, perpetrator, home."""
    t.add("case", make_case(t, p, **{"triggers": "", **case}), "Referral")
    t.add("survivor", make_survivor(t, p))
    point = ContactPoint(
        kind="mobile",
        value=names.mobile(t.dice),
        safe=p.safe,
        times=texts.SAFE_TIMES if p.safe == "times" else "",
        words=texts.WORDS[0],
        checked=t.day,
    )
    t.add("phone", point, person_id="survivor")
    t.add("perpetrator", make_perpetrator(t, p))
    add_home(t, p)


def through_risk(t: Teller, p: Profile) -> None:
    """Triage and risk in one sitting: choice, DASH, support, plan."""
    t.move("triage", "Acknowledged", acknowledged=t.day)
    t.note(texts.call(t.dice, p.voice), "call", "Survivor")
    t.move(
        "risk_support",
        "Three tests answered",
        choice_made="yes",
        choice_date=t.day,
        options_explained="yes",
    )
    risk.assess(t, p)
    risk.offer_support(t, p)
    risk.make_plan(t, p)


def stand(t: Teller, p: Profile, stage: str, since: int) -> Course:
    """Plan the usual course of a case that entered ``stage`` that many working days ago."""
    run = Course(p, last=stage)
    ordinary.count_back(t.dice, run, -since)
    ordinary.lay(t, run)
    return run


def ended(t: Teller, p: Profile, last: str, since: int, outcome: str, ends: int) -> Course:
    """As ``stand``, for a case that closed ``ends`` working days ago."""
    run = Course(p, last=last, outcome=outcome, ends=-ends)
    ordinary.count_back(t.dice, run, -since)
    ordinary.lay(t, run)
    return run
