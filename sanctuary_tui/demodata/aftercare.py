"""After the fitting: checks in the chosen cadence, reviews, incidents, and how a case ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Final

from config.calendar import add_working_days
from config.measures import measure as catalogue_entry
from db.models import AftercareCheck, Closure, Incident, Measure, SafetyPlan, Support
from sanctuary_tui.demodata import figures as fig
from sanctuary_tui.demodata.household import Profile
from sanctuary_tui.demodata.risk import assess, make_plan
from sanctuary_tui.demodata.timeline import Teller
from sanctuary_tui.pathway.dates import add_months

CHECKS: Final = {
    "standard": (("h48", 2), ("weeks3", 15), ("m3", 64), ("m6", 127), ("m12", 253)),
    "light": (("m3", 64), ("m6", 127)),
    "monthly": tuple(("monthly", 21 * number) for number in range(1, 7)),
    "no_calls": (),
}
"""Kinds of check by cadence (domain section 7), with the working days after the fitting at which
they usually fall due; the due date itself is reckoned by the calendar."""

_MONTHS: Final = {"m3": 3, "m6": 6, "m12": 12}


def due_date(fitted: date, kind: str, number: int = 1) -> date:
    """When a check is due: 48 hours, 3 weeks, or so many months after the fitting."""
    if kind == "h48":
        return add_working_days(fitted + timedelta(days=2), 0)
    if kind == "weeks3":
        return add_working_days(fitted + timedelta(days=21), 0)
    months = _MONTHS.get(kind, number)
    return add_working_days(add_months(fitted, months), 0)


def plan_checks(t: Teller, p: Profile, fit_day: int, until: int, *, late: bool) -> None:
    """Plan the checks done from the fitting to ``until``, in working days from today.

    ``late`` leaves out one that fell due in the last week, for there is always one.
    """
    fitted = t.clock.work(fit_day)
    checks = CHECKS[p.cadence]
    for number, (kind, days) in enumerate(checks, start=1):
        when = fit_day + days + t.dice.whole(0, 1)
        again = when + t.dice.whole(2, 4)
        outcome = t.dice.weighted(fig.CHECK_OUTCOME)
        missed = late and fit_day + days >= -6
        if when >= until or missed or (t.light and until < 0 and kind not in ("h48", "m6")):
            continue
        act = partial(check, t, p, kind, due_date(fitted, kind, number))
        t.plan(when, partial(act, outcome=outcome))
        if outcome in ("no_answer", "unsafe") and again < until:
            t.plan(again, partial(act, outcome="done"))


def check(
    t: Teller, p: Profile, kind: str, due: date, *, outcome: str = "done", **more: object
) -> None:
    """A check made today; where nobody was reached, nothing is answered."""
    dice = t.dice
    safer = dice.weighted((("5", 38), ("4", 34), ("3", 16), ("2", 5), ("1", 2), ("", 5)))
    working = dice.weighted((("yes", 92), ("no", 8)))
    used, told_late = dice.chance(0.3), dice.chance(0.12)
    told = dice.chance(0.7)
    change = dice.pick(("", "", "", "", "A light at the side", "Quieter alarm"))
    uneasy = dice.pick(("", "", "", "", "", "Hears the gate at night"))
    method = dice.pick(("Text", "Phone", "Through support worker"))
    # What was told at a check is dealt with in some days: only the newest still asks for it.
    open_still = t.clock.today - t.day <= timedelta(days=6)
    before = max((one.done_on or date.min for one in t.added(AftercareCheck)), default=date.min)
    since = any(one.at and one.at.date() >= before for one in t.added(Incident))
    since = since or (told_late and open_still)
    if not open_still:
        working, change, uneasy = "yes", "", ""
    done = AftercareCheck(kind=kind, due=due, done_on=t.day, outcome=outcome, method=method)
    if outcome == "done":
        done.feels_safer = safer
        done.measures_working = working
        done.used = "yes" if used else "no"
        done.contact_since = "yes" if since else "no"
        done.police_told = ("yes" if told else "no") if since else "not_asked"
        done.orders_same = "yes" if p.order else "not_asked"
        done.support_in_place = "yes" if p.support in ("accepted", "already") else "no"
        done.wants_change = change
        done.still_home = "yes"
        done.contact_safe = "yes"
        done.uneasy = uneasy
        done.wants_end = "no"
        if working == "no":
            done.fault = "Door chime stopped; new battery left"
    for name, value in more.items():
        setattr(done, name, value)
    t.add(t.key("check"), done)


def plan_reviews(t: Teller, p: Profile, first: int, until: int, *, late: bool) -> None:
    """Plan risk reviews 6 to 8 weeks apart, and plans 6 months apart, from ``first`` to ``until``.

    ``late`` leaves the last risk review undone.
    """
    reviews: list[tuple[int, Callable[[], None]]] = []
    if p.risk != "none":
        done = first
        band = "medium" if p.risk == "high" else p.risk
        while (done := done + t.dice.whole(29, 36)) < until and not (late and done >= -30):
            eased = t.dice.chance(0.45)
            band = "standard" if eased else band
            reviews.append((done, partial(assess, t, p, band=band, review_days=56)))
    for day, act in reviews[-1 if t.light and not until else 0 :]:
        if not (t.light and until):
            t.plan(day, act)
    days = range(first + 80, until, 80)
    for day in days:
        if not t.light or (not until and day == days[-1]):
            t.plan(day, partial(make_plan, t, p, why="Reviewed"))


def _ignore(_: object) -> None:
    """For acts whose result is not needed."""


def maybe_incident(t: Teller, p: Profile, fit_day: int, until: int) -> int:
    """For 15 % of homes, plan an incident between the fitting and ``until``, and risk looked at
    the next day. Returns the working day, or 0 when there is none.
    """
    dice = t.dice
    happened, share = dice.chance(fig.INCIDENT_AFTER), dice.whole(5, 95)
    when = fit_day + max(1, (until - fit_day) * share // 100)
    if not (happened and fit_day < when < until - 2):
        return 0
    t.plan(when, lambda: _ignore(incident(t, p)))
    t.plan(when + 1, partial(assess, t, p, band="medium", review_days=49))
    t.plan(when + 1, partial(_plan_again, t, p))
    return when


def _plan_again(t: Teller, p: Profile) -> None:
    """A plan there is, is gone through again after an incident."""
    if t.added(SafetyPlan):
        make_plan(t, p, why="After the incident")


def incident(t: Teller, p: Profile, **more: object) -> str:
    """An incident of last night, told today; ``more`` sets any field."""
    dice = t.dice
    kind, headline = dice.pick(
        (
            ("attended", "Came to the door and shouted, left when the light came on"),
            ("contact", "Messages from new numbers"),
            ("attempt", "Tried the back door, could not get in"),
            ("online", "Posted about the survivor"),
            ("damage", "Paint on the gate"),
        )
    )
    there = kind in ("attended", "attempt", "damage")
    breached = p.order in ("nmo", "bail", "restraining", "occupation") and dice.chance(0.7)
    police = dice.chance(0.75)
    evidence = dice.weighted((("none", 60), ("witness", 22), ("doorbell", 10), ("other", 8)))
    hour = dice.whole(18, 23)
    happened = Incident(
        at=t.clock.at(t.day - timedelta(days=1), hour * 60 + 20),
        kind=kind,
        headline=headline,
        detail=f"Told by the survivor. {headline}. No injury.",
        at_address="yes" if there else "no",
        entry="attempt" if kind == "attempt" else "no",
        measures_worked="yes" if there else "not_known",
        police_ref=f"WM{dice.whole(10000, 99999)}" if police else "",
        evidence=evidence,
        order_breached="yes" if breached else "no",
        reported_to="Police, 101" if police else "DA service" if breached else "",
    )
    for name, value in more.items():
        setattr(happened, name, value)
    known = happened.order_breached == "yes" and t.last("order") != "order.0"
    links = {"order_id": t.last("order")} if known else {}
    return t.add(t.key("incident"), happened, **links)


_REASONS: Final = {
    "declined": "declined",
    "no_contact": "lost_contact",
    "unsafe": "other_safe",
}


def end_support(t: Teller, p: Profile) -> None:
    """Support ends today, by the survivor's choice more often than not."""
    reason = t.dice.weighted(fig.SUPPORT_END)
    if t.added(Support) and p.support in ("accepted", "already"):
        t.change("support", "Support ended", ended=t.day, end_reason=reason)


def close(t: Teller, p: Profile, outcome: str, *, note: str = "") -> None:
    """Close the case today with a coded outcome."""
    dice = t.dice
    moved = dice.pick(("moved_planned", "moved_planned", "moved_unplanned", "other_safe"))
    settled = dice.weighted((("no_longer_needed", 86), ("lost_contact", 10), ("other", 4)))
    reason = {"secured": settled, "moved": moved}.get(outcome, _REASONS.get(outcome, "other"))
    home = {"secured": "yes", "declined": "yes", "moved": "no", "unsafe": "no"}
    still = "no" if reason.startswith("moved") else home.get(outcome, "not_known")
    reached = outcome not in ("no_contact", "duplicate", "perpetrator_referral")
    letter = reached and dice.chance(0.7)
    closure = Closure(
        closed_on=t.day,
        outcome=outcome,
        reason=reason,
        still_home=still,
        informed="yes" if reached else "no",
        letter_sent="yes" if letter else "no",
        reentry="yes" if reached else "no",
        note=note or _NOTES.get(outcome, ""),
    )
    t.add(t.key("closure"), closure, "Closed")
    if still == "no":
        _return_kit(t)
    t.move("closed", reason_for(outcome), status="closed", next_action="", next_due=None)


def _return_kit(t: Teller) -> None:
    """Portable kit on loan comes back when the survivor leaves the home."""
    for place, item in enumerate(t.added(Measure), start=1):
        known = catalogue_entry(item.catalogue_id)
        fitted = f"measure.{place}" in t.fitted
        if known is not None and known.portable and fitted:
            t.change(f"measure.{place}", "Kit returned", state="removed")


def reason_for(outcome: str) -> str:
    """Why a case closes, for the change log."""
    return _NOTES.get(outcome, "Closed")


_NOTES: Final = {
    "secured": "Measures working, support no longer needed; way back given",
    "declined": "Survivor does not want works now; way back given",
    "no_contact": "Three tries by the safe route, referrer told",
    "moved": "Moved; portable kit returned",
    "unsafe": "Safer elsewhere: passed to housing options",
    "perp_resident": "Perpetrator lives there; referrer told in writing",
    "legal_bar": "No order and joint rights; interim kit left",
    "consent_refused": "Owner refused; interim kit left, options given",
    "passed_to_ha": "The landlord's own scheme has taken it on",
    "out_of_area": "Passed to the neighbouring scheme with consent",
    "perpetrator_referral": "The person referred was the perpetrator; referrer told",
    "duplicate": "Same household as another case",
}
