"""Orders, survey, consent, fitting and money of a case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, Final

from config.measures import measure as catalogue_entry
from config.settings import default_settings
from db.models import (
    ConsentEvent,
    ConsentRequest,
    EntryPoint,
    Expenditure,
    LegalOrder,
    Measure,
    Survey,
    Visit,
)
from sanctuary_tui.demodata import district, texts
from sanctuary_tui.demodata import figures as fig
from sanctuary_tui.demodata.household import Profile
from sanctuary_tui.demodata.timeline import BY, Dice, Teller
from sanctuary_tui.pathway.dates import add_months, rolled

_PLACES: Final = {
    1: "With survivor", 2: "Bedroom door", 3: "Kitchen window", 4: "Front door", 5: "Back door",
    9: "Front door", 10: "Front door", 11: "Back door", 12: "Front door", 13: "Front door",
    14: "Back door", 15: "Back door", 16: "Front door", 17: "Front door", 18: "Back door",
    19: "Front door", 20: "Ground floor windows", 31: "Back garden", 32: "Side passage",
    33: "Front door", 35: "Hall and kitchen", 36: "Front window", 38: "Landing", 39: "Bedroom",
    40: "Front door", 44: "Whole home", 45: "Main bedroom", 46: "Main bedroom",
}  # fmt: skip
_SURVEYORS: Final = (
    (("Designing-out-crime officer", "doco"), 34.0),
    (("Crime prevention officer", "crime_prevention"), 10.0),
    (("Council surveyor", "council"), 22.0),
    ((district.CONTRACTORS[0], "contractor"), 17.0),
    ((district.CONTRACTORS[1], "contractor"), 17.0),
)
_DEFECTS: Final = (
    "Frame split at the keep",
    "Cylinder stands proud",
    "Handle loose",
    "Glass cracked",
)
_ORDER_DAYS: Final = {
    "occupation": 182, "nmo": 365, "restraining": 730, "bail": 84, "licence": 270, "spo": 730,
    "prohibited_steps": 365, "dapn": 2, "dapo": 365,
}  # fmt: skip
_HEARD_WEEKS: Final = 6
_CHASE: Final = default_settings().chase


def order_ends(p: Profile, made: date) -> date | None:
    """The last day of the profile's order; None for a tenancy, which has no end."""
    days = _ORDER_DAYS.get(p.order, 0)
    return made + timedelta(days=days) if days else None


def get_order(t: Teller, p: Profile, *, made: bool = True) -> str:
    """The profile's order or tenancy change: made today, or still applied for."""
    dice = t.dice
    ago, serve = dice.whole(7, 28), dice.whole(1, 3)
    excludes = p.order in ("occupation", "tenancy_transfer", "dapo")
    order = LegalOrder(
        kind=p.order,
        applied=t.day - timedelta(days=ago),
        made=t.day if made else None,
        served=t.day + timedelta(days=0 if serve == 1 else 1) if made else None,
        expiry=order_ends(p, t.day) if made else None,
        hearing=None if made else rolled(t.day + timedelta(weeks=_HEARD_WEEKS)),
        advice="Solicitor: apply first, change no lock yet" if p.named == "joint" else "",
        excludes="yes" if excludes else "no",
        arrest="yes" if p.order in ("nmo", "bail") else "not_known",
        area_note="Not to come within 100 metres" if p.order != "tenancy_transfer" else "",
        breaches=0,
    )
    return t.add(t.key("order"), order, "Copy of the order seen" if made else "Applied for")


def survey(t: Teller, p: Profile, *, disrepair: bool = False) -> list[str]:
    """The home surveyed today: the visit, ways in, and measures proposed; their targets."""
    dice = t.dice
    surveyor, competency = dice.weighted(_SURVEYORS)
    if not t.light:
        visit(t, p, "survey", t.day, outcome="done", worker=surveyor)
    with_worker = dice.chance(0.55)
    found = Survey(
        done_on=t.day,
        surveyor=surveyor,
        competency=competency,
        with_da_worker="yes" if with_worker and p.support == "accepted" else "no",
        escape=dice.weighted((("two_routes", 62), ("one_route", 22), ("window", 16))),
        alarms=dice.pick(("Smoke alarm, landing", "Smoke and heat alarms", "None working")),
        fire_advice="yes" if p.package[0] in ("room", "bedroom") or dice.chance(0.2) else "no",
        disrepair="yes" if disrepair else "no",
        disrepair_note="Back door too poor to take a lock; repair asked for" if disrepair else "",
        sketch=f"SK{dice.whole(100, 999)}",
        wishes=texts.want(dice, p.voice),
        no_works="no",
    )
    t.add("survey", found)
    ways = (("front_door", "Front"), ("back_door", "Rear"), ("window", "Ground floor, side"))
    for kind, place in ways[: 0 if t.light else dice.whole(1, 3)]:
        condition = dice.weighted((("good", 30), ("worn", 48), ("fail", 22)))
        way = EntryPoint(
            kind=kind,
            location=place,
            condition=condition,
            defect=dice.pick(_DEFECTS) if condition != "good" else "",
        )
        t.add(t.key("way"), way, survey_id="survey")
    return [propose(t, p, number) for number in measures_of(t, p)]


def measures_of(t: Teller, p: Profile) -> tuple[int, ...]:
    """The catalogue numbers of a profile's package; the shortened histories have two at most."""
    return p.package[1][: 2 if t.light else None]


def propose(t: Teller, p: Profile, number: int, **more: object) -> str:
    """A measure of the catalogue, proposed; ``more`` sets any field."""
    dice = t.dice
    entry = catalogue_entry(number)
    assert entry is not None
    cost = round(entry.typical_pence * dice.whole(100, 125) / 100 / 10) * 10
    qty = dice.whole(2, 3) if number == 3 else 1
    checked = dice.chance(0.85)
    item = Measure(
        catalogue_id=number,
        name=entry.name,
        location=_PLACES.get(number, "Front door"),
        qty=qty,
        reason=dice.pick(("Way in used before", "Survivor's wish", "Survey", "Weak point")),
        consent_needed="yes" if p.asks and entry.consent == "yes" else "no",
        excluding="yes" if entry.excluding and p.named in ("joint", "perpetrator_sole") else "no",
        escape_affecting="yes" if entry.escape in ("yes", "check") else "no",
        escape_checked="yes" if checked and entry.escape in ("yes", "check") else "not_asked",
        state="proposed",
        cost=cost * qty,
        fund=p.fund,
        standard=entry.standard,
        powered="yes" if entry.category in ("deterrence",) and number > 31 else "no",
        removal_offer="yes" if p.tenure == "prs" else "no",
    )
    for name, value in more.items():
        setattr(item, name, value)
    return t.add(t.key("measure"), item)


def visit(
    t: Teller, p: Profile, kind: str, on: date, *, outcome: str = "booked", worker: str = ""
) -> str:
    """A visit, booked or already held."""
    dice = t.dice
    who = dice.pick(district.CONTRACTORS)
    window = dice.pick(("09:30-11:30", "10:00-12:00", "12:30-14:30", "13:00-15:00"))
    booked = Visit(
        kind=kind,
        on=on,
        window=window,
        worker=worker or who,
        gender_pref=dice.weighted((("none", 58), ("woman", 40), ("not_asked", 2))),
        support_present="yes" if dice.chance(0.35) and p.support == "accepted" else "no",
        police_attend="no",
        police_answer="yes" if p.risk == "high" else "not_asked",
        safe_window="yes",
        outcome=outcome,
        booked_on=t.day,
    )
    return t.add(t.key("visit"), booked)


# --- consent ------------------------------------------------------------------------------------


def request(t: Teller, p: Profile, **more: object) -> str:
    """A consent request to whoever decides about the home, sent today; ``more`` sets any field."""
    dice = t.dice
    kind = {"council": "council", "ha": "ha", "shared_owner": "ha"}.get(
        p.tenure, "private_landlord"
    )
    asked = ConsentRequest(
        part="dwelling",
        state="sent",
        decision_kind=kind,
        decision_maker=p.landlord_name
        if kind == "private_landlord"
        else district.ORG_NAMES.get(p.landlord, ""),
        agent=p.agent_name,
        asked_by="scheme",
        survivor_ok="yes",
        survivor_ok_on=t.day,
        wording=texts.WORDING,
        wording_version=dice.pick(("v2", "v3")),
        channel=dice.weighted((("email", 80), ("letter", 12), ("portal", 8))),
        schedule=f"SW-{dice.whole(1000, 9999)}",
        removal_offer="yes",
        sent_on=t.day,
    )
    for name, value in more.items():
        setattr(asked, name, value)
    links = {}
    if p.landlord:
        links["decision_org_id"] = district.org(p.landlord)
    if p.agent and asked.agent:
        links["agent_org_id"] = district.org(p.agent)
    key = t.add(t.key("consent"), asked, **links)
    if asked.state == "sent":
        event(t, key, "sent", asked.channel, "agent" if asked.agent else "owner", asked.wording)
    return key


def event(t: Teller, request: str, kind: str, channel: str, hop: str, words: str) -> None:
    """Something that happened on a consent request, now."""
    what = ConsentEvent(at=t.now, kind=kind, channel=channel, hop=hop, words=words, by=BY)
    t.add(t.key("event"), what, request_id=request)


def wait(t: Teller, p: Profile, request: str, sent: int, until: int, *, quiet: bool) -> None:
    """Plan what happens between sending and an answer, in working days: a reply, chases, steps up.

    ``quiet`` owners give no human answer, and the request becomes silent, is escalated, and
    Environmental Health is offered, by the ladder of the default settings.
    """
    dice = t.dice
    hop = "agent" if p.agent else "owner"
    reply = sent + dice.whole(1, 3)
    forward = reply + dice.whole(1, 4)
    if not quiet and not t.light and reply < until:
        t.plan(reply, lambda: _acknowledge(t, request, hop))
    if not quiet and not t.light and p.agent and forward < until:
        t.plan(forward, lambda: _forward(t, request))
    for days in _CHASE.standard if p.urgency == "standard" else _CHASE.urgent:
        channel = dice.pick(("phone", "email", "phone"))
        words = dice.pick(texts.CHASES)
        if sent + days < until and not t.light:
            t.plan(sent + days, _chaser(t, request, channel, hop, words))
    late = _CHASE.silent_after
    if sent + late < until:
        t.plan(sent + late, lambda: _ask_owner(t, p, request, hop, quiet=quiet))
    if sent + _CHASE.escalate < until:
        t.plan(sent + _CHASE.escalate, lambda: _escalate(t, request, hop))
    if sent + _CHASE.offer_eh < until:
        t.plan(sent + _CHASE.offer_eh, lambda: _offer_eh(t, request))


def _acknowledge(t: Teller, request: str, hop: str) -> None:
    event(t, request, "acknowledged", "email", hop, "Received; will come back to you")
    t.change(request, "Acknowledged", state="acknowledged")


def _forward(t: Teller, request: str) -> None:
    event(t, request, "forwarded", "email", "agent", "Sent on to the owner")
    t.change(request, "Agent passed it on", state="with_owner", agent_forwarded=t.day)


def _chaser(t: Teller, request: str, channel: str, hop: str, words: str) -> Callable[[], None]:
    return lambda: event(t, request, "chase", channel, hop, words)


def _ask_owner(t: Teller, p: Profile, request: str, hop: str, *, quiet: bool) -> None:
    """Ten working days: owner's details asked for, and kit lent meanwhile."""
    event(t, request, "owner_details", "email", hop, "Asked who else may decide")
    if quiet:
        t.change(request, "No human answer yet", state="silent", owner_asked=t.day)
    else:
        t.change(request, "Who else may decide?", owner_asked=t.day)
    lend(t, p, 1)


def _escalate(t: Teller, request: str, hop: str) -> None:
    event(t, request, "escalated", "letter", hop, "Manager has written")
    t.change(request, "Manager has written", state="escalated")


def _offer_eh(t: Teller, request: str) -> None:
    event(t, request, "eh_offered", "in_person", "Survivor", "Explained; whole building looked at")
    t.change(
        request,
        "Options explained to the survivor",
        state="eh_offered",
        survivor_eh_consent=t.day,
        eh_warned="yes",
    )


def lend(t: Teller, p: Profile, *numbers: int) -> None:
    """Portable kit lent today, with a cadence so that somebody asks after it."""
    for number in numbers:
        key = propose(t, p, number, reason="Meanwhile")
        fit(t, key, number, fitted_by=BY)
    t.change("case", "Kit lent", cadence="light", aftercare_method="By text")


def answer(t: Teller, p: Profile, request: str, kind: str) -> None:
    """The owner's answer today: ``granted``, ``granted_conditional`` or ``refused``."""
    dice = t.dice
    hop = "agent" if p.agent else "owner"
    conditions = dice.pick(
        ("Locks to be left in place at the end", "Colour to match; inspection after the works",
         "No drilling of the frame; keys to the owner", "Works on weekdays only")
    )  # fmt: skip
    words = {
        "granted": "Agreed, please go ahead",
        "granted_conditional": f"Agreed, if: {conditions}",
        "refused": "Does not want any works to the doors",
    }[kind]
    code = "answer_conditional" if kind == "granted_conditional" else f"answer_{kind}"
    event(t, request, code, dice.pick(("email", "phone")), hop, words)
    changes: dict[str, Any] = {"state": kind, "answered_on": t.day}
    if kind == "refused":
        changes["refusal_reason"] = words
    else:
        changes["granted_by"] = p.landlord_name if p.tenure == "prs" else "Housing officer"
        changes["granted_evidence"] = "Email on file"
    if kind == "granted_conditional":
        changes["conditions"] = conditions
    t.change(request, words, **changes)


# --- approval, fitting, money -------------------------------------------------------------------


def approve(t: Teller, p: Profile, measures: Sequence[str]) -> None:
    """The list is approved and funded today."""
    who = "Service manager" if p.package[0] in ("room", "alarmed") else BY
    t.change("case", "Approved", approved_by=who, approved_on=t.day)
    for key in measures:
        t.change(key, "Approved", state="approved")


def order_works(t: Teller, p: Profile, pence: int) -> None:
    """The works order: money committed today."""
    gross = pence
    vat = round(gross / 6)
    spend = Expenditure(
        fund=p.fund,
        state="committed",
        order_ref=f"PO-{t.dice.whole(10000, 99999)}",
        on=t.day,
        net=gross - vat,
        vat=vat,
        gross=gross,
        what="Security works",
    )
    year = t.clock.financial_year(t.day)
    t.add("spend", spend, fund_id=district.fund(p.fund, t.clock, year))


def pay(t: Teller) -> None:
    """The invoice is paid today."""
    t.change("spend", "Invoice paid", state="paid", invoice_ref=f"INV{t.dice.whole(1000, 9999)}")


def fit(t: Teller, key: str, number: int, **more: object) -> None:
    """A measure fitted today, shown and tried; ``more`` changes any field."""
    entry = catalogue_entry(number)
    assert entry is not None
    changes: dict[str, Any] = {
        "state": "fitted",
        "fitted_on": t.day,
        "fitted_by": district.CONTRACTORS[number % 2],
        "instructions": "yes",
    }
    if entry.escape in ("yes", "check"):
        changes["escape_checked"] = "yes"
    if entry.upkeep_months:
        changes["maintenance_due"] = add_months(t.day, entry.upkeep_months)
    changes.update(more)
    t.fitted.add(key)
    t.change(key, "Fitted", **changes)


def draw_answer(dice: Dice, tenure: str) -> str:
    """How an owner answers, by tenure."""
    drawn = {
        kind: dice.weighted(shares)
        for kind, shares in (
            ("prs", fig.CONSENT_PRS),
            ("ha", fig.CONSENT_HA),
            ("council", fig.CONSENT_COUNCIL),
        )
    }
    return drawn["ha" if tenure == "shared_owner" else tenure if tenure in drawn else "prs"]
