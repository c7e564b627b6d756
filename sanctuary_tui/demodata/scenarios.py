"""The six scenarios of the domain reference (section 10), as cases standing where it leaves off."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from config.calendar import add_working_days
from db.models import (
    ContactPoint,
    LegalOrder,
    MaracListing,
    Measure,
    Person,
    Reminder,
    RiskAssessment,
    SafeAddress,
    Visit,
)
from sanctuary_tui.demodata import aftercare, district, names, risk, works
from sanctuary_tui.demodata.handmade import begin, profile, through_risk
from sanctuary_tui.demodata.household import (
    Profile,
    add_home,
    adult_dob,
    make_case,
    make_perpetrator,
    make_survivor,
)
from sanctuary_tui.demodata.timeline import BY, Clock, Dice, Story, Teller
from sanctuary_tui.pathway.dates import add_months


def agent_silent(t: Teller) -> Story:
    """A: the letting agent has been silent for three weeks."""
    sent = t.clock.working(t.clock.day(-21))
    p = profile(
        t,
        "Mara",
        "Ellwood",
        tenure="prs",
        landlord="landlord2",
        agent="thorne",
        agent_name="Thorne Lettings",
        package=("custom", (13, 14, 9, 18)),
        landlord_name="R. Sedgenshaw",
        home="flat",
        floor="Ground",
        safe="no_voicemail",
    )
    t.go(t.clock.working(sent - timedelta(days=9)))
    begin(t, p)
    through_risk(t, p)
    t.go(t.clock.working(sent - timedelta(days=5)))
    t.move("legal", "Support in place")
    t.change("home", "Tenancy agreement seen", evidence="seen", common_parts="no")
    t.move("survey", "Sole tenant")
    t.go(t.clock.working(sent - timedelta(days=1)))
    works.survey(t, p)
    t.note("Bars, cylinder and bolts. She asks that the letter says nothing of him.", "visit")
    t.go(sent, 10 * 60)
    t.move("consent", "Surveyed; wording agreed")
    wording = (
        "We would like to make a security upgrade to this flat at no cost to the owner: two frame "
        "bars, a front door cylinder and bolts. A schedule is attached; we make good on removal."
    )
    request = works.request(
        t, p, wording=wording, wording_version="v1 security upgrade", channel="email"
    )
    works.event(t, request, "auto_reply", "email", "agent", "Thank you, we aim to reply in 5 days")
    for days, channel, words in (
        (2, "phone", "Rang the office. Asked for the property manager; not in."),
        (4, "email", "Sent the schedule again."),
        (7, "phone", "Left a message with the front desk."),
    ):
        t.go(add_working_days(sent, days))
        works.event(t, request, "chase", channel, "agent", words)
    t.go(add_working_days(sent, 10))
    works.event(t, request, "chase", "phone", "agent", "Rang; owner is abroad, agent 'will ask'.")
    words = "Asked the agent for the owner's name and address"
    works.event(t, request, "owner_details", "email", "agent", words)
    t.change(request, "No answer after ten working days", state="silent", owner_asked=t.day)
    t.note("Kit offered meanwhile: alarm, wedge and window alarms. She takes them.", "call")
    works.lend(t, p, 1, 2, 3)
    return t.story()


def deaf_survivor(t: Teller) -> Story:
    """B: a deaf survivor wants a vibrating alarm and a bedroom door bar."""
    p = profile(
        t,
        "Jonah",
        "Birtwell",
        gender="man",
        tenure="ha",
        landlord="ostbrook",
        perpetrator_man=False,
        perpetrator=("Fennice", "Haskombe"),
        safe="text_only",
        package=("custom", (9, 39)),
        home="flat",
        floor="First",
    )
    p.needs = {
        **p.needs,
        "disability": "deaf",
        "communication": "bsl;text_only",
        "language": "BSL",
        "pregnant": "no",
    }
    t.work(-14)
    begin(
        t,
        p,
        contact_rule="Text only. Never ring. BSL interpreter at every visit.",
        victim_wants="To be woken if somebody is at the door, and to bar the bedroom from inside.",
    )
    through_risk(t, p)
    t.work(-11)
    t.move("legal", "Support in place")
    t.change("home", "Tenancy seen", evidence="seen", fire_door="yes")
    t.move("survey", "Sole tenant")
    t.work(-8)
    works.survey(t, p)
    t.add(
        "bar",
        _bar(t, p),
        "Survivor's wish; not in the catalogue",
    )
    t.note("BSL interpreter came. Fact: no vibrating pad in stock. Bar and alarm to be checked "
           "together with the fire service before either is handed over.", "visit")  # fmt: skip
    t.move("consent", "Surveyed")
    request = works.request(t, p)
    t.work(-6)
    works.answer(t, p, request, "granted")
    t.move("approval", "Owner agreed")
    t.work(-5)
    works.approve(t, p, ["measure.1", "measure.2", "bar"])
    t.move("installation", "Approved and funded")
    works.order_works(t, p, sum(item.cost or 0 for item in t.added(Measure)))
    t.change("measure.2", "Pad on order", state="ordered", access_need="Vibrating pillow pad")
    interpreted = Visit(
        kind="install",
        on=t.clock.work(2),
        window="10:00-12:00",
        worker=district.CONTRACTORS[0],
        support_present="yes",
        safe_window="yes",
        note="BSL interpreter booked for this visit too. Text on arrival, do not ring.",
    )
    t.add(t.key("visit"), interpreted)
    return t.story()


def _bar(t: Teller, p: Profile) -> Measure:
    """A bedroom door bar: not in the catalogue, and across a way out."""
    return Measure(
        name="Bedroom door bar",
        location="Bedroom door",
        qty=1,
        reason="Survivor's wish",
        consent_needed="yes",
        excluding="no",
        escape_affecting="yes",
        escape_checked="no",
        cost=6_500,
        fund=p.fund,
        state="proposed",
    )


def release_tomorrow(t: Teller) -> Story:
    """C: the perpetrator is released tomorrow; the referral came in with no DASH."""
    p = profile(
        t,
        "Kerry-Ann",
        "Osei",
        tenure="owner",
        landlord="",
        risk="none",
        urgency="emergency",
        route="police",
        ethnicity="black_african",
        perpetrator=("Garrod", "Skelbrook"),
        fund="part4",
    )
    t.go(t.clock.work(-1), 13 * 60 + 10)
    case = make_case(
        t,
        p,
        triggers="release;weapon",
        reason="Ex-partner is released at 09:00. History with a knife (police). Survivor is sole "
        "owner, alone in the house, wants to stay. No DASH done yet.",
        contact_rule="Ring the mobile at any hour. Safe to leave a message tonight.",
    )
    t.add("case", case, "Referral by phone")
    t.add("survivor", make_survivor(t, p))
    t.add(
        "phone",
        ContactPoint(kind="mobile", value=names.mobile(t.dice), safe="yes", checked=t.day),
        person_id="survivor",
    )
    perpetrator = make_perpetrator(t, p)
    perpetrator.weapons, perpetrator.whereabouts = "yes", "custody"
    perpetrator.has_keys, perpetrator.release_date = "suspected", t.clock.day(1)
    t.add("perpetrator", perpetrator)
    add_home(t, p, police_marker="asked", evidence="asked")
    t.move("triage", "Rang back within the half hour", acknowledged=t.day)
    t.note("Wants locks changed before 09:00. Options explained; refuge declined. Police asked "
           "whether it is safe to attend; no answer yet.", "call", "Survivor")  # fmt: skip
    t.change(
        "case",
        "Choice; locks today if police agree",
        choice_made="yes",
        choice_date=t.day,
        options_explained="yes",
        next_action="Police: safe to attend? Then locks",
        next_due=t.clock.today,
    )
    waiting = Visit(
        kind="install",
        on=t.clock.today,
        window="15:00-17:00",
        worker=district.CONTRACTORS[1],
        police_attend="not_known",
        police_answer="not_known",
        safe_window="yes",
        note="Locks and chain same day. Not to set off before police answer.",
    )
    t.add(t.key("visit"), waiting)
    for number in (9, 10, 16):
        works.propose(t, p, number)
    listing = MaracListing(
        meeting=t.clock.meeting(1),
        listing_type="emergency",
        criteria="PJ",
        referred=t.day,
        judgement_reason="Release tomorrow, weapons history, threats to kill; no score yet.",
        victim_aware="yes",
        consent="given",
        share_basis="vital_interests",
        decided_by=BY,
        decided_on=t.day,
        headline="Release tomorrow; weapons history; home not yet secured",
    )
    t.add(t.key("listing"), listing, "Judgement, without a score")
    return t.story()


def joint_tenant(t: Teller) -> Story:
    """D: a joint tenant without an order wants the locks changed."""
    p = profile(
        t,
        "Priya",
        "Dhanda",
        tenure="council",
        landlord="council",
        named="joint",
        ethnicity="asian_indian",
        relationship="partner",
        perpetrator=("Karvesh", "Dhanda"),
        route="council_housing",
        fund="hra",
    )
    t.work(-9)
    begin(
        t,
        p,
        reason="Husband left two weeks ago and has not been back. Joint council tenancy. She wants "
        "the locks changed.",
        victim_wants="Locks changed. Does not want to lose the tenancy.",
    )
    through_risk(t, p)
    t.work(-7)
    t.move("legal", "Joint tenancy: no lock change without an order")
    t.change("home", "Tenancy seen: both names", evidence="seen", tenancy="secure")
    t.note("Told: notice to quit by either tenant could end the tenancy for both. Not to give or "
           "sign one before advice.", "legal_advice", "Housing officer")  # fmt: skip
    t.add(
        "nmo",
        LegalOrder(
            kind="nmo",
            applied=t.day - timedelta(days=6),
            made=t.day - timedelta(days=2),
            served=t.day - timedelta(days=1),
            expiry=add_months(t.day, 12),
            excludes="no",
            arrest="yes",
            area_note="Not to molest; does not exclude",
        ),
        "A non-molestation order alone does not exclude",
    )
    for number in (1, 3, 5):
        works.propose(t, p, number)
    t.change("case", "Advice first", next_action="Solicitor: occupation order?",
             next_due=t.clock.work(1))  # fmt: skip
    return t.story()


def in_house_scheme(t: Teller) -> Story:
    """E: the housing association has its own scheme; its answer is due in three working days."""
    p = profile(
        t,
        "Lena",
        "Sobczak",
        tenure="ha",
        landlord="fairholm",
        ethnicity="white_other",
        children=2,
        route="ha",
        fund="ha",
        perpetrator=("Andreij", "Novorski"),
    )
    t.work(-5)
    begin(t, p, referrer_org="Fairholm Housing Association")
    for number, (name, years) in enumerate((("Poppet", 7), ("Kitto", 4)), start=1):
        child = Person(
            role="child",
            first_name=name,
            surname="Sobczak",
            dob=adult_dob(t.clock, years),
            relation_survivor="Child",
            relation_perpetrator="Child",
            school=names.SCHOOLS[0],
            lives_here="yes",
            child_victim="yes",
            contact_arrangement="handover",
            contact_review=t.clock.day(30),
        )
        t.add(f"child.{number}", child)
    t.move("triage", "Acknowledged", acknowledged=t.day)
    t.move("risk_support", "Tests answered", choice_made="yes", choice_date=t.day,
           options_explained="yes")  # fmt: skip
    t.add(
        t.key("risk"),
        RiskAssessment(
            assessed=t.day,
            assessor="IDVA",
            answers="yyyynyyynnyynnnnnnnyynd.",
            score=11,
            judgement="no",
            police_reports=1,
            survivor_fear="More for the children than for anything else.",
            review_due=t.clock.day(42),
        ),
    )
    risk.offer_support(t, p)
    risk.make_plan(t, p)
    t.work(-3)
    t.move("legal", "Support in place")
    t.change("home", "Provider confirms sole tenancy", evidence="seen")
    t.move("survey", "Passed to Fairholm's own scheme")
    t.work(-1)
    t.change(
        "case",
        "Fairholm's own scheme may be quicker",
        ha_scheme="yes",
        ha_return_due=t.clock.work(2),
        next_action="Ask Fairholm for the survey date",
        next_due=t.clock.work(2),
    )
    for number, state in ((9, "approved"), (20, "approved")):
        works.propose(t, p, number, state=state, fund="ha")
    works.propose(t, p, 31, fund="part4", reason="Gap: Fairholm will not fit a light, other fund")
    return t.story()


def moved_away(t: Teller) -> Story:
    """F: moved out of the area after the fitting; the new address is confidential."""
    p = profile(
        t,
        "Tom",
        "Ferris",
        gender="man",
        tenure="prs",
        risk="high",
        landlord="landlord1",
        perpetrator_man=False,
        perpetrator=("Ursaline", "Corbeme"),
        order="restraining",
        package=("custom", (1, 2, 9, 13)),
        marac=True,
        landlord_name="Corbullock Property",
    )
    p.needs["pregnant"] = "no"
    heard = 7
    fitted = -105
    t.go(t.clock.working(t.clock.day(-30 * heard - 16)))
    begin(t, p)
    through_risk(t, p)
    listing = risk.list_at_marac(t, p, -15)
    t.go(t.clock.working(t.clock.meeting(-15) + timedelta(days=3)))
    risk.hear(t, listing, -15)
    t.move("legal", "Support in place")
    works.get_order(t, p)
    t.change("home", "Tenancy seen", evidence="seen")
    t.move("survey", "Sole tenant")
    t.work(fitted - 14)
    works.survey(t, p)
    t.move("consent", "Surveyed")
    request = works.request(t, p)
    t.work(fitted - 9)
    works.answer(t, p, request, "granted")
    t.move("approval", "Owner agreed")
    t.work(fitted - 7)
    works.approve(t, p, [])
    t.move("installation", "Approved")
    works.order_works(t, p, 19_800)
    t.work(fitted)
    for place, number in enumerate(p.package[1], start=1):
        works.fit(t, f"measure.{place}", number)
    t.change("home", "Marker in place", police_marker="yes",
             marker_review=t.clock.day(40))  # fmt: skip
    t.move("aftercare", "Fitted", cadence="standard", aftercare_method="By text")
    for kind, days in (("h48", 2), ("weeks3", 16), ("m3", 65)):
        t.work(fitted + days)
        due = aftercare.due_date(t.clock.work(fitted), kind)
        aftercare.check(t, p, kind, due, outcome="done")
    t.work(-31)
    risk.assess(t, p, band="medium", review_days=80)
    risk.make_plan(t, p, why="Reviewed")
    t.work(-1)
    t.note("Has moved, planned, to another area. Asks that nobody here learns where.", "call")
    t.add(
        "new_address",
        SafeAddress(
            address=names.address(t.dice, "flat"),
            postcode=names.postcode(t.dice),
            since=t.day,
            area="Neighbouring county MARAC",
        ),
        "Given by phone, code word checked",
        person_id="survivor",
    )
    t.change("home", "Moved out", moved_out=t.day, confidential="no",
             police_marker="removal_asked")  # fmt: skip
    t.change("measure.1", "Kit to come back", removal_offer="yes")
    t.change(
        "case",
        "Moved out of the area",
        next_action="Get portable kit back; transfer with basis recorded",
        next_due=t.clock.work(1),
    )
    kit = Reminder(
        due=t.clock.work(1),
        title_text="Portable kit: alarm and wedge to be returned",
        action="open",
        who=BY,
    )
    t.add(t.key("reminder"), kit)
    return t.story()


SCENARIOS: Final = {
    "A agent silent": agent_silent,
    "B deaf survivor": deaf_survivor,
    "C release tomorrow": release_tomorrow,
    "D joint tenant": joint_tenant,
    "E in-house scheme": in_house_scheme,
    "F moved away": moved_away,
}


def scenario(name: str, seed: int, clock: Clock) -> Story:
    """One of the six, by its name in ``SCENARIOS``."""
    return SCENARIOS[name](Teller(name, clock, Dice(seed, name), "scenario"))
