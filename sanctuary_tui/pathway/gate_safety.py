"""Gates G5 fire and escape, G6 disrepair, G7 contractor safety, G10 children (DOMAIN 1)."""

from __future__ import annotations

from datetime import date
from typing import Literal

from config.codes import UNANSWERED, label, split
from config.format import short_date
from config.settings import Settings
from db.models import CaseFile, Measure, Person, Survey, Visit
from db.readmodels import Finding
from sanctuary_tui.pathway import emergency, works
from sanctuary_tui.pathway.dates import latest, received_on

WORK_VISITS = ("install", "repair")
_CLEARS = ("booked", "done", "part")
_HELD = ("custody", "bail_address")
_DANGER = frozenset({"weapon", "located", "breach"})


def latest_survey(file: CaseFile) -> Survey | None:
    """The newest survey that was done, or the newest of any."""
    return max(file.surveys, key=lambda item: item.done_on or date.min, default=None)


def deaf(file: CaseFile) -> bool:
    """Whether the survivor may not hear an alarm."""
    survivor = file.survivor
    if survivor is None:
        return False
    return "deaf" in split(survivor.disability) or "bsl" in split(survivor.communication)


def escape_finding(file: CaseFile, measure: Measure) -> Finding | None:
    """G5 for one measure: way out proved before it is fitted.

    Any measure on a way out needs keyless egress or another route checked; a sanctuary room needs
    fire service advice (STADA 2023; SBD manual; fire service notes). For a deaf survivor a bar or
    lock and an alarm they can perceive are checked together (MHCLG 2026 3.1; DOMAIN 10 B).
    Portable kit is lifted away by hand from inside, so it is a warning there.
    """
    if measure.catalogue_id == works.SANCTUARY_ROOM and not _fire_advice(file):
        return _g5(file, measure, "needs fire service advice first", "Fire service", "add_survey")
    if not works.affects_escape(measure):
        return None
    if works.portable(measure):
        if measure.escape_checked == "yes":
            return None
        return _g5(
            file,
            measure,
            "agree when it is lifted away, so that it never blocks the way out",
            "Coordinator",
            "edit_measure",
            "warn",
        )
    if measure.escape_checked != "yes":
        return _g5(
            file,
            measure,
            "is on a way out: check that it opens from inside without a key, or that there is "
            "another route",
            "Surveyor",
            "edit_measure",
        )
    if deaf(file) and not _alarm_checked(file):
        return _g5(
            file,
            measure,
            "is on a way out: check it together with an alarm the survivor can perceive (item 39)",
            "Surveyor",
            "add_measure",
        )
    return None


def escape_findings(file: CaseFile) -> list[Finding]:
    """G5 for each measure not yet fitted."""
    found = [escape_finding(file, measure) for measure in works.pending(file)]
    return [finding for finding in found if finding is not None]


def disrepair_findings(file: CaseFile) -> list[Finding]:
    """G6: fix first or substitute, and offer interim accommodation (STADA 2023)."""
    survey = latest_survey(file)
    if survey is None or survey.disrepair != "yes":
        return []
    return [
        Finding(
            "G6",
            "warn",
            "Disrepair must be mended first, or another measure chosen; offer interim "
            "accommodation meanwhile.",
            "Landlord",
            survey.done_on or received_on(file.case),
            "add_survey",
        )
    ]


def danger(file: CaseFile, on: date, today: date, settings: Settings) -> str | None:
    """Why a visit on a day needs the police's answer first; None where no risk is recorded.

    Weapons; whereabouts asked and not known, or custody or bail that ends by that day; or what
    opens the emergency path today, an order broken at the home too (STADA 2023 case study).
    """
    for person in file.perpetrators:
        if person.weapons == "yes":
            return "weapons are recorded"
        if person.whereabouts == "not_known":
            return "the perpetrator's whereabouts are not known"
        if _out_by(person, on):
            return f"custody or bail ends {short_date(person.release_date)}"
    if _DANGER & set(emergency.triggers(file, today, settings)):
        return "an emergency trigger is recorded"
    return None


def _out_by(person: Person, on: date) -> bool:
    """Whether custody or bail, the whereabouts on record, ends on a day or before it."""
    held = person.whereabouts in _HELD
    return held and person.release_date is not None and person.release_date <= on


def danger_since(file: CaseFile, on: date, today: date, settings: Settings) -> date | None:
    """The day the newest danger began that makes a visit on a day need the police's answer.

    What has no day of its own counts from the referral; None where no danger or no day is recorded.
    """
    if danger(file, on, today, settings) is None:
        return None
    days = [received_on(file.case), emergency.broken_on(file, today, settings)]
    days += [person.release_date for person in file.perpetrators if _out_by(person, on)]
    if _DANGER & set(split(file.case.triggers)):
        days.append(emergency.marked_on(file))
    return latest(days)


def unasked(file: CaseFile) -> bool:
    """Whether weapons or whereabouts have not been asked about."""
    return any(
        person.weapons in ("not_asked", "") or person.whereabouts in ("not_asked", "")
        for person in file.perpetrators
    )


def visit_finding(file: CaseFile, visit: Visit, today: date, settings: Settings) -> Finding | None:
    """G7 for one visit: nobody is sent before the police have said it is safe."""
    why = danger(file, visit.on or today, today, settings)
    kind = label("visit_kind", visit.kind).lower()
    if why is None:
        if visit.police_answer == "no":
            why = "the police advise against it"
        elif unasked(file):
            return Finding(
                "G7",
                "warn",
                f"Ask about weapons and whereabouts before the {kind} visit{_on(visit)}.",
                "Coordinator",
                received_on(file.case),
                "edit_perpetrator",
            )
        else:
            return None
    if visit.police_answer == "yes":
        return None
    answer = "they said no" if visit.police_answer == "no" else "no answer yet"
    return Finding(
        "G7",
        "stop",
        f"The {kind} visit{_on(visit)} waits for the police to say it is safe ({why}; {answer}).",
        "Police",
        received_on(file.case),
        "edit_visit",
    )


def visit_findings(file: CaseFile, today: date, settings: Settings) -> list[Finding]:
    """G7 for each booked visit."""
    booked = [visit for visit in file.visits if visit.outcome == "booked"]
    found = [visit_finding(file, visit, today, settings) for visit in booked]
    return [finding for finding in found if finding is not None]


def fitting_finding(
    file: CaseFile, measure: Measure, today: date, settings: Settings
) -> Finding | None:
    """G7 for a fitting: under a recorded risk it needs a visit the police called safe.

    A visit to fit or repair that is booked, or was made, no earlier than the newest danger: what
    the police said before that says nothing of it, nor does a visit that found nobody or was left
    as unsafe.
    """
    why = danger(file, today, today, settings)
    if why is None or works.portable(measure):
        return None
    since = danger_since(file, today, today, settings) or date.min
    cleared = any(
        visit.kind in WORK_VISITS
        and visit.outcome in _CLEARS
        and visit.police_answer == "yes"
        and (visit.on or since) >= since
        for visit in file.visits
    )
    if cleared:
        return None
    return Finding(
        "G7",
        "stop",
        f"{works.name(measure)} waits for a visit that the police say is safe ({why}).",
        "Police",
        received_on(file.case),
        "edit_visit" if file.visits else "book",
        measure.id,
    )


def children_findings(file: CaseFile, today: date) -> list[Finding]:
    """G10: contact arrangements reviewed; a child may open the door (STADA 2023 FAQ 1)."""
    found: list[Finding] = []
    children = file.children
    unasked_count = 0
    for child in children:
        if child.contact_arrangement in UNANSWERED:
            unasked_count += 1
        elif child.contact_review is not None and child.contact_review < today:
            found.append(
                _g10(
                    file,
                    f"A child's contact arrangement was to be reviewed by "
                    f"{short_date(child.contact_review)}.",
                    child.contact_review,
                )
            )
        elif child.contact_arrangement == "unsupervised":
            found.append(
                _g10(file, "A child has unsupervised contact: agree who opens the door.", None)
            )
    if unasked_count:
        whose = "a child" if unasked_count == 1 else f"{unasked_count} children"
        found.insert(0, _g10(file, f"Ask about contact between {whose} and the perpetrator.", None))
    if children and any(
        measure.catalogue_id == works.SANCTUARY_ROOM for measure in works.pending(file)
    ):
        text = "Sanctuary room with children: check nobody can lock themselves in."
        found.append(_g10(file, text, None))
    return found


def _fire_advice(file: CaseFile) -> bool:
    return any(survey.fire_advice == "yes" for survey in file.surveys)


def _alarm_checked(file: CaseFile) -> bool:
    return any(
        item.catalogue_id == works.DEAF_ALARM
        and item.state not in ("declined", "removed", "faulty")
        and item.escape_checked == "yes"
        for item in file.measures
    )


def _g5(
    file: CaseFile,
    measure: Measure,
    text: str,
    who: str,
    command: str,
    severity: Literal["stop", "warn"] = "stop",
) -> Finding:
    join = ": " if severity == "warn" else " "
    since = latest(survey.done_on for survey in file.surveys) or received_on(file.case)
    sentence = f"{works.name(measure)}{join}{text}."
    return Finding("G5", severity, sentence, who, since, command, measure.id)


def _g10(file: CaseFile, text: str, since: date | None) -> Finding:
    return Finding(
        "G10", "warn", text, "Coordinator", since or received_on(file.case), "edit_child"
    )


def _on(visit: Visit) -> str:
    return f" on {short_date(visit.on)}" if visit.on else ""
