"""The usual cases: drawn from the figures, told stage by stage."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Final

from config.codes import STAGES
from config.settings import default_settings
from db.models import Measure, Property, Survey
from sanctuary_tui.demodata import aftercare, risk, texts, works
from sanctuary_tui.demodata import figures as fig
from sanctuary_tui.demodata.household import Profile, draw, refer
from sanctuary_tui.demodata.timeline import Clock, Dice, Story, Teller
from sanctuary_tui.pathway.dates import add_months

PATH: Final = tuple(STAGES)[:-1]
_LAST_STAGE: Final = {
    "declined": ("triage", "risk_support", "survey"),
    "no_contact": ("triage",),
    "moved": ("risk_support", "survey", "aftercare"),
    "unsafe": ("risk_support",),
    "perp_resident": ("triage",),
    "consent_refused": ("consent",),
    "passed_to_ha": ("risk_support", "survey"),
    "legal_bar": ("legal",),
    "out_of_area": ("triage",),
    "perpetrator_referral": ("triage",),
    "duplicate": ("referral",),
}
_TARGETS: Final = default_settings().stage_targets


@dataclass(slots=True)
class Course:
    """How one case runs: who, the working day each stage is entered, and how it ends."""

    profile: Profile
    entered: dict[str, int] = field(default_factory=dict)
    last: str = "aftercare"
    outcome: str = ""
    ends: int = 0
    stuck: bool = False
    late: bool = False
    answer: str = "granted"

    @property
    def start(self) -> int:
        """The working day, counted from today, on which it is referred."""
        return self.entered["referral"]


def course(dice: Dice, slot: str, history: int) -> Course:
    """Draw how a case runs that now stands at ``slot``: a stage, or ``closed``."""
    outcome = dice.weighted(fig.OUTCOME)
    last = dice.pick(_LAST_STAGE.get(outcome, ("aftercare",))) if slot == "closed" else slot
    outcome = outcome if slot == "closed" else ""
    needs_owner = last == "consent" or outcome == "consent_refused"
    owner = dice.weighted((("prs", 54), ("ha", 32), ("council", 6), ("shared_owner", 8)))
    tenure = "ha" if outcome == "passed_to_ha" else owner if needs_owner else ""
    profile = draw(dice, tenure)
    at_law = dice.chance(0.6) and last == "legal"
    if outcome == "legal_bar" or at_law:
        profile.named, profile.order = "joint", "occupation"
    run = Course(profile, last=last, outcome=outcome)
    run.stuck, run.late = dice.chance(0.28), dice.chance(0.5)
    drawn = works.draw_answer(dice, profile.tenure)
    run.answer = "refused" if outcome == "consent_refused" else drawn
    if run.answer == "refused" and last != "consent":
        run.answer = "granted_conditional"
    _spread(dice, run, history)
    return run


def _spread(dice: Dice, run: Course, history: int) -> None:
    """Set the working day each stage is entered, counting back from where the case stands."""
    target = _TARGETS.get(run.last, 5)
    within, beyond = dice.whole(0, max(0, target - 1)), dice.whole(target + 2, target * 2 + 5)
    since_fit, to_end = dice.skewed(1, 250, 1.25), dice.whole(60, 250)
    closed = -1 - dice.whole(1, history)
    off_ramp = dice.whole(2, 18)
    if run.outcome:
        run.ends = closed
        here = closed - (to_end if run.last == "aftercare" else off_ramp)
    elif run.last == "aftercare":
        here = -since_fit
    else:
        here = -1 - (beyond if run.stuck else within)
    count_back(dice, run, min(here, -1))


def count_back(dice: Dice, run: Course, here: int) -> None:
    """Set the working day each stage is entered, for a case whose last was entered at ``here``."""
    stages = PATH[: PATH.index(run.last) + 1]
    run.entered[run.last] = here
    for stage in reversed(stages[:-1]):
        here -= _days_in(dice, run.profile, stage)
        run.entered[stage] = here


def _days_in(dice: Dice, p: Profile, stage: str) -> int:
    low, high = fig.STAGE_DAYS[stage]
    court = dice.skewed(6, 25)
    owner = dice.skewed(*fig.CONSENT_DAYS.get(p.tenure, (0, 1)), power=2.6)
    days = dice.whole(low, high)
    if stage == "legal" and p.named in ("joint", "perpetrator_sole"):
        days = court
    if stage == "consent" and p.asks:
        days = owner
    if p.urgency != "standard" and stage not in ("legal", "consent"):
        days = (days + 1) // 2
    return days


# --- telling ------------------------------------------------------------------------------------


def tell(name: str, clock: Clock, dice: Dice, run: Course, *, light: bool) -> Story:
    """The story of one usual case."""
    t = Teller(name, clock, dice, light=light)
    lay(t, run)
    t.run()
    return t.story()


def lay(t: Teller, run: Course) -> None:
    """Plan all steps of a case's course, to be told by ``Teller.run``."""
    p, entered = run.profile, run.entered
    tellers = {
        "triage": _triage,
        "risk_support": _risk_support,
        "legal": _legal,
        "survey": _survey,
        "consent": _consent,
        "approval": _approval,
        "installation": _installation,
        "aftercare": _aftercare,
    }
    flagged = run.outcome == "perp_resident"
    t.plan(entered["referral"], lambda: refer(t, p))
    if run.last == "referral" and not run.stuck:
        t.plan(entered["referral"], lambda: t.change("case", "Rang back", acknowledged=t.day))
    for stage, teller in tellers.items():
        if stage in entered:
            teller(t, run)
    if flagged:
        t.plan(
            entered["triage"],
            lambda: t.change(
                "perpetrator", "Confirmed at first contact", still_resident="yes", has_keys="yes"
            ),
        )
    if run.outcome:
        t.plan(run.ends, lambda: _end(t, run))
    elif run.stuck and run.last in texts.STUCK:
        t.plan(max(entered[run.last] + 1, -3), lambda: _stuck(t, run.last))


def _stuck(t: Teller, stage: str) -> None:
    t.note(f"{texts.STUCK[stage]}.", "call")
    due = t.clock.work(t.dice.whole(0, 5))
    t.change("case", texts.STUCK[stage], next_action=texts.NEXT[stage], next_due=due)


def _triage(t: Teller, run: Course) -> None:
    p, day = run.profile, run.entered["triage"]

    def act() -> None:
        t.move("triage", "Acknowledged, on to first contact", acknowledged=t.day)
        if run.last != "triage":
            t.note(texts.call(t.dice, p.voice), "call", "Survivor")

    t.plan(day, act)
    if run.outcome == "no_contact" or (run.last == "triage" and run.stuck):
        for number in range(3):
            t.plan(min(day + number, -1), partial(_nobody, t, p, number))


def _nobody(t: Teller, p: Profile, number: int) -> None:
    t.note(texts.no_answer(number, p.voice), "call", "Survivor")


def _risk_support(t: Teller, run: Course) -> None:
    p, day = run.profile, run.entered["risk_support"]
    after = 1 if run.last == "risk_support" else 0
    assessed = run.last != "risk_support" or t.dice.chance(0.6)

    def act() -> None:
        t.move(
            "risk_support",
            "Three tests answered",
            choice_made="yes",
            choice_date=t.day,
            options_explained="yes",
            ha_scheme="yes" if p.tenure == "ha" else "not_asked",
        )

    def plan() -> None:
        risk.assess(t, p)
        risk.offer_support(t, p)
        risk.make_plan(t, p)

    t.plan(day, act)
    if assessed:
        t.plan(min(day + after, -1), plan)
        aftercare.plan_reviews(t, p, day + after, run.ends or 0, late=_behind(t, run))
        if p.marac:
            kind = "repeat" if t.dice.chance(fig.MARAC_REPEAT) else "new"
            _marac(t, p, day + after, "listing.1", kind)


def _behind(t: Teller, run: Course) -> bool:
    drawn = t.dice.chance(0.1)
    return drawn and not run.outcome


def _marac(t: Teller, p: Profile, day: int, key: str, kind: str) -> None:
    """List the case for the first meeting whose cut-off it meets; minutes come days after."""
    nominal = -day * 7 // 5
    meeting = -((nominal - 8) // 14) if nominal >= 22 else 1
    heard = -max(1, ((-meeting * 14 - 9) * 5) // 7)
    t.plan(min(day, -1), lambda: _ignore(risk.list_at_marac(t, p, meeting, kind=kind)))
    if meeting < 0:
        t.plan(min(heard, -1), lambda: risk.hear(t, key, meeting))


def _ignore(_: object) -> None:
    """For acts whose result is not needed."""


def _legal(t: Teller, run: Course) -> None:
    p, day = run.profile, run.entered["legal"]
    made = run.last != "legal"

    def act() -> None:
        t.move("legal", "Risk and support in place")
        if made and not t.light:
            t.change("home", "Tenancy agreement seen", evidence="seen", home_rights="no")
        if p.order:
            works.get_order(t, p, made=made and not bound)
        if bound:
            t.note(texts.LEGAL_ADVICE, "legal_advice", "Solicitor")

    bound = p.named in ("joint", "perpetrator_sole")
    t.plan(day, act)
    if made and bound and p.order:
        seen = run.entered.get("survey", day)
        t.plan(seen, lambda: _order_made(t, p))
    if not run.outcome:
        renew = day + 120 if p.order == "occupation" else 0
        if made and p.order == "occupation" and renew < -1:
            t.plan(renew, lambda: _extended(t))


def _order_made(t: Teller, p: Profile) -> None:
    expiry = add_months(t.day, 6) if p.order == "occupation" else works.order_ends(p, t.day)
    t.change("order.1", "Order made", hearing=t.day, made=t.day, served=t.day,
             expiry=expiry)  # fmt: skip


def _extended(t: Teller) -> None:
    t.change("order.1", "Extended by the court", expiry=add_months(t.day, 12))


def _survey(t: Teller, run: Course) -> None:
    p, day = run.profile, run.entered["survey"]
    done = run.last != "survey"
    booked = t.dice.whole(0, 6)
    disrepair = t.dice.chance(0.06)
    t.plan(day, lambda: t.move("survey", "Right to occupy shown"))

    def survey() -> None:
        works.survey(t, p, disrepair=disrepair)
        t.note(texts.visit(t.dice, p.voice), "visit", "Survivor")

    if done:
        t.plan(run.entered.get("consent", day), survey)
    elif not run.stuck and not run.outcome:
        t.plan(day, lambda: _ignore(works.visit(t, p, "survey", t.clock.work(booked))))


def _consent(t: Teller, run: Course) -> None:
    p, day = run.profile, run.entered["consent"]
    answered = run.entered.get("approval", run.ends)
    quiet = run.stuck and not run.outcome
    t.plan(day, lambda: t.move("consent", "Surveyed"))
    if not p.asks:
        return
    sent = day
    t.plan(sent, lambda: _ignore(works.request(t, p)))
    behind = t.dice.chance(0.15)
    until = answered if answered < 0 else -2 if behind else 0
    works.wait(t, p, "consent.1", sent, until, quiet=quiet)
    if answered < 0:
        t.plan(answered, lambda: works.answer(t, p, "consent.1", run.answer))


def _measures(t: Teller, run: Course) -> list[tuple[str, int]]:
    numbers = works.measures_of(t, run.profile)
    return [(f"measure.{place}", number) for place, number in enumerate(numbers, start=1)]


def _approval(t: Teller, run: Course) -> None:
    p, day = run.profile, run.entered["approval"]
    reason = "Consent not needed: own home" if not p.asks else "Owner agreed"

    def act() -> None:
        t.move("approval", reason)
        if next(iter(t.added(Survey))).disrepair == "yes":
            t.change("survey", "Landlord has mended the door", disrepair="no")

    t.plan(day, act)


def _installation(t: Teller, run: Course) -> None:
    p, day = run.profile, run.entered["installation"]
    step_by_step = run.last == "installation"
    booked = t.dice.whole(0, 5)
    books = t.dice.chance(0.7) and not run.stuck

    def act() -> None:
        keys = [key for key, _ in _measures(t, run)] if step_by_step else []
        works.approve(t, p, keys)
        t.move("installation", "Approved and funded")
        works.order_works(t, p, _cost(t))
        if step_by_step and books:
            works.visit(t, p, "install", t.clock.work(booked))

    t.plan(day, act)


def _cost(t: Teller) -> int:
    return sum(record.cost or 0 for record in t.added(Measure))


def _aftercare(t: Teller, run: Course) -> None:
    p, day = run.profile, run.entered["aftercare"]
    until = run.ends or 0

    def act() -> None:
        if not t.light:
            works.visit(t, p, "install", t.day, outcome="done")
        for key, number in _measures(t, run):
            works.fit(t, key, number)
        t.change(
            "home",
            "Marker confirmed by police",
            police_marker="yes",
            marker_review=add_months(t.day, 6 if run.outcome else 13),
        )
        t.move(
            "aftercare",
            "Fitted, shown and tried",
            cadence=p.cadence,
            aftercare_method=t.dice.pick(("By text", "By phone", "Through support worker")),
        )

    t.plan(day, act)
    if day + 15 < until:
        t.plan(day + 15, lambda: works.pay(t))
    aftercare.plan_checks(t, p, day, until, late=run.late and not run.outcome)
    told = aftercare.maybe_incident(t, p, day, until)
    if told and p.marac:
        _marac(t, p, told + 1, "listing.2", "repeat")
    if day + 30 < until:
        t.plan(day + 30, lambda: t.note(texts.email(t.dice, p.voice), "email"))


def _end(t: Teller, run: Course) -> None:
    aftercare.end_support(t, run.profile)
    if run.last == "aftercare" or t.added(Property)[-1].police_marker != "none":
        t.change("home", "Marker removed with the survivor's agreement", police_marker="removed")
    if run.outcome in ("consent_refused", "legal_bar"):
        works.lend(t, run.profile, 1, 3)
    if run.outcome == "moved" and run.profile.marac:
        listing = risk.list_at_marac(t, run.profile, 1, kind="transfer")
        held = t.clock.working(t.day + timedelta(days=20))
        t.change(listing, "Sent to the new area's MARAC", state="sent", meeting=held,
                 transfer_to="Neighbouring county MARAC", transferred_on=t.day,
                 transfer_way="secure_email", acknowledged_on=t.day)  # fmt: skip
    aftercare.close(t, run.profile, run.outcome)
