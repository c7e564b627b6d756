"""Awkward cases: law, consent, works and meetings that do not go as the form expects."""

from __future__ import annotations

from typing import Final

from db.models import AftercareCheck, ConnectedPerson, MaracListing, Seal, Visit
from sanctuary_tui.demodata import aftercare, district, risk, texts, works
from sanctuary_tui.demodata.handmade import begin, ended, profile, stand, through_risk
from sanctuary_tui.demodata.household import Profile
from sanctuary_tui.demodata.timeline import Story, Teller


def _to_survey(t: Teller, p: Profile, day: int) -> None:
    """From referral to the survey, so many working days ago."""
    t.work(-day - 8)
    begin(t, p)
    through_risk(t, p)
    t.work(-day - 5)
    t.move("legal", "Support in place")
    t.change("home", "Tenancy seen", evidence="seen")
    if p.order:
        works.get_order(t, p)
    t.move("survey", "Right to occupy shown")
    t.work(-day)
    works.survey(t, p)
    t.move("consent", "Surveyed")


def lapsed_order(t: Teller) -> Story:
    """An occupation order lapsed with half the works fitted: gate G3 locks again."""
    p = profile(
        t, "Demelza", "Corbottrell", tenure="council", landlord="council", named="joint",
        order="occupation", package=("custom", (13, 15, 9, 11)), fund="hra",
    )  # fmt: skip
    _to_survey(t, p, 120)
    request = works.request(t, p)
    t.work(-118)
    works.answer(t, p, request, "granted")
    t.move("approval", "Owner agreed")
    t.work(-116)
    keys = [f"measure.{place}" for place in range(1, 5)]
    works.approve(t, p, keys)
    t.move("installation", "Approved")
    works.order_works(t, p, 36_000)
    t.work(-110)
    works.visit(t, p, "install", t.day, outcome="part")
    works.fit(t, keys[0], 13)
    works.fit(t, keys[1], 15)
    works.lend(t, p, 1)
    t.note(texts.LEGAL_ADVICE, "legal_advice", "Solicitor")
    t.note("Bar and hinge bolts done. Lock cylinders wrong size, reordered.", "visit")
    t.work(-60)
    risk.assess(t, p, band="medium", review_days=120)
    risk.make_plan(t, p, why="Reviewed")
    t.work(-45)
    aftercare.check(t, p, "m3", aftercare.due_date(t.clock.work(-110), "m3"))
    t.work(-8)
    t.change("order.1", "Court date not kept; order ran out", expiry=t.clock.day(-5))
    t.work(-3)
    works.visit(t, p, "install", t.clock.work(3))
    t.change("case", "Order lapsed", next_action="Solicitor: new hearing before locks",
             next_due=t.clock.work(0))  # fmt: skip
    return t.story()


def consent_with_conditions(t: Teller) -> Story:
    """Consent granted, with conditions."""
    p = profile(t, "Bethyn", "Hallumere", tenure="prs", landlord="landlord2", agent="grantock",
                agent_name="Grantock Estates", landlord_name="M. Sedgenshaw",
                package=("custom", (9, 15, 17, 31)), risk="medium")  # fmt: skip
    _to_survey(t, p, 14)
    request = works.request(t, p)
    t.work(-12)
    works.event(t, request, "acknowledged", "email", "agent", "Passed to the owner today")
    t.change(request, "With the owner", state="with_owner", agent_forwarded=t.day)
    t.work(-10)
    works.event(t, request, "chase", "phone", "agent", texts.CHASES[0])
    t.work(-3)
    works.answer(t, p, request, "granted_conditional")
    t.change(request, "Written out", conditions="No light facing the street; keys to the agent; "
             "doors to be put back at the end", expiry=t.clock.day(80))  # fmt: skip
    t.move("approval", "Granted with conditions")
    return t.story()


def consent_refused(t: Teller) -> Story:
    """The owner refused; the survivor wants to stay. Stuck: nothing is planned within the week."""
    p = profile(t, "Elowra", "Varnastow", tenure="prs", landlord="landlord3",
                landlord_name="T. Jessottrell", package=("custom", (9, 11, 20)), children=1,
                risk="medium")  # fmt: skip
    _to_survey(t, p, 13)
    request = works.request(t, p, channel="letter")
    t.work(-9)
    works.event(t, request, "question", "phone", "owner", "Asks why. Told: an offer to many homes.")
    t.work(-6)
    works.answer(t, p, request, "refused")
    t.work(-5)
    t.note("Options gone through: kit, a move, a talk with the owner by the housing team.", "call")
    works.lend(t, p, 1, 3, 5)
    t.change("case", "Refused", next_action="Housing team to talk with the owner",
             next_due=t.clock.work(8))  # fmt: skip
    return t.story()


def common_parts(t: Teller) -> Story:
    """The flat's landlord agreed; the shared door is the freeholder's, who has not answered."""
    p = profile(
        t, "Quilla", "Nethenshaw", tenure="prs", landlord="landlord1", freeholder="wick",
        home="flat", floor="Second", agent="pellway", agent_name="Pellway Lets",
        landlord_name="Corbullock Property", package=("custom", (10, 17, 3)),
    )  # fmt: skip
    _to_survey(t, p, 12)
    t.change("home", "Shared entrance", common_parts="yes", leasehold="yes")
    works.propose(t, p, 37, part="common_parts", location="Communal entrance")
    request = works.request(t, p)
    freeholder = works.request(
        t,
        p,
        part="common_parts",
        decision_kind="freeholder",
        decision_maker=district.ORG_NAMES["wick"],
        agent="",
    )
    t.work(-10)
    works.event(t, freeholder, "acknowledged", "email", "freeholder", "Goes to the board, monthly")
    t.change(freeholder, "Acknowledged", state="acknowledged")
    t.work(-8)
    works.answer(t, p, request, "granted")
    works.event(t, freeholder, "chase", "email", "freeholder", texts.CHASES[0])
    t.work(-5)
    works.event(t, freeholder, "chase", "phone", "freeholder", texts.CHASES[2])
    t.work(-2)
    works.event(t, freeholder, "chase", "email", "freeholder", texts.CHASES[3])
    words = "Asked the block manager who else may decide"
    works.event(t, freeholder, "owner_details", "email", "freeholder", words)
    t.change(freeholder, "Board meets monthly", owner_asked=t.day)
    works.lend(t, p, 3)
    return t.story()


def marac_repeat(t: Teller) -> Story:
    """Heard five months ago; came to the door three weeks ago: a repeat inside twelve months."""
    p = profile(t, "Jessamy", "Dunnidgley", tenure="ha", landlord="marlfen", risk="high",
                order="nmo", children=2, support="already")  # fmt: skip
    stand(t, p, "aftercare", 115)
    t.plan(-127, lambda: _listed(t, p, -11, "new"))
    t.plan(-95, lambda: risk.hear(t, "listing.1", -11))
    t.plan(-15, lambda: _came_back(t, p))
    t.plan(-14, lambda: _listed(t, p, 1, "repeat", "listing.1"))
    t.run()
    return t.story()


def _listed(t: Teller, p: Profile, meeting: int, kind: str, before: str = "") -> None:
    key = risk.list_at_marac(t, p, meeting, kind=kind)
    if before:
        earlier = next(iter(t.added(MaracListing))).referred
        t.change(key, "Same pair", last_referral=earlier, repeat_event="order_breach")


def _came_back(t: Teller, p: Profile) -> None:
    incident = aftercare.incident(
        t,
        p,
        kind="attempt",
        headline="Came to the back door at night; locks held",
        detail="Fact: marks on the frame, seen by police. He left when the light came on.",
        at_address="yes",
        entry="attempt",
        measures_worked="yes",
        police_ref="WM20417",
        order_breached="yes",
        reported_to="Police, 999",
    )
    t.change(incident, "The order it breached", {"order_id": "order.1"})
    t.change("order.1", "Breached", breaches=1)
    risk.assess(t, p)
    risk.make_plan(t, p, why="After the incident")


def reopened(t: Teller) -> Story:
    """Closed as settled, then opened again."""
    p = profile(t, "Lorna-Mae", "Pellersley", tenure="council", landlord="council", risk="medium")
    ended(t, p, "aftercare", 210, "secured", 40)

    def again() -> None:
        t.change(
            "case",
            "Survivor rang: he is back in the area",
            status="open",
            stage="risk_support",
            stage_entered=t.day,
            next_action="Ask what has changed; survey again?",
            next_due=t.clock.work(1),
        )
        t.note("Rang us herself. Kept the letter with the way back.", "call", "Survivor")
        risk.assess(t, p)
        risk.make_plan(t, p, why="Opened again")

    t.plan(-3, again)
    t.run()
    return t.story()


def faulty_lock(t: Teller) -> Story:
    """A lock fails and is reported at a check: same-day."""
    p = profile(t, "Pernille", "Yarnetrell", tenure="prs", landlord="landlord1",
                package=("custom", (9, 10, 13, 1)))  # fmt: skip
    stand(t, p, "aftercare", 63)

    def fault() -> None:
        check = AftercareCheck(
            kind="extra",
            due=t.day,
            done_on=t.day,
            method="She rang",
            measures_working="no",
            fault="Front door lock sticks; took four tries to get in",
            contact_safe="yes",
            still_home="yes",
        )
        t.add(t.key("check"), check, "She rang the fault line")
        t.change("measure.1", "Sticks", state="faulty", faulty_since=t.day)
        repair = Visit(kind="repair", on=t.clock.today, window="13:00-15:00", safe_window="yes",
                       worker=district.CONTRACTORS[0], support_present="no",
                       booked_on=t.day)  # fmt: skip
        t.add(t.key("visit"), repair)

    t.plan(-1, fault)
    t.run()
    return t.story()


def battery_due(t: Teller) -> Story:
    """A battery is due after a year."""
    p = profile(t, "Annory", "Questow", tenure="council", landlord="council",
                package=("custom", (1, 2, 3, 9)), cadence="light")  # fmt: skip
    stand(t, p, "aftercare", 250)
    t.plan(-30, lambda: t.change("measure.1", "Date on the unit", maintenance_due=t.clock.work(0)))
    t.plan(-30, lambda: t.change("measure.2", "Date on the unit", maintenance_due=t.clock.day(-4)))
    t.run()
    return t.story()


def sealed(t: Teller) -> Story:
    """The perpetrator works for the council: in the register of connected people, and sealed."""
    p = profile(t, "Ysolde", "Marchbrow", tenure="prs", landlord="landlord1", risk="high",
                perpetrator=("Corwin", "Astebury"), package=("custom", (9, 10, 13)))  # fmt: skip
    stand(t, p, "survey", 6)

    def found_out() -> None:
        someone = ConnectedPerson(
            name="Corwin Astebury",
            organisation=district.COUNCIL,
            kind="staff",
            whole="no",
            how="He is the perpetrator, and works at the repairs desk",
            source="The survivor, on the phone; the manager looked it up that day.",
            recorded_by="Coordinator",
            recorded_on=t.day,
        )
        t.add(t.key("connected"), someone, "Told by the survivor", party_id="perpetrator")
        t.change("case", "The perpetrator works here", conflict_flag="yes")
        made = Seal(
            reason="The perpetrator is a member of staff who can see our lists.",
            sealed_by="Head of housing",
            sealed_on=t.day,
        )
        t.add(t.key("seal"), made, "case sealed")

    t.plan(-2, found_out)
    t.run()
    return t.story()


SEALED: Final = {"sealed, a member of staff": ("survey", sealed)}
"""The same for caseloads of a size that has one (``demo.SEALED_IN``)."""
CASES: Final = {
    "lapsed order, half fitted": ("installation", lapsed_order),
    "consent with conditions": ("approval", consent_with_conditions),
    "consent refused": ("consent", consent_refused),
    "common parts": ("consent", common_parts),
    "MARAC repeat": ("aftercare", marac_repeat),
    "closed and reopened": ("risk_support", reopened),
    "faulty lock": ("aftercare", faulty_lock),
    "battery due": ("aftercare", battery_due),
}
"""Stories by name: the stage each leaves its case at, and who tells it."""
