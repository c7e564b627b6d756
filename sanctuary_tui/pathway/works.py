"""What a measure is, for the gates: excluding, on a way out, in need of consent (DOMAIN 6)."""

from __future__ import annotations

import re
from datetime import date

from config.measures import CatalogueMeasure
from config.measures import measure as catalogue_entry
from db.models import CaseFile, Measure, Property
from sanctuary_tui.pathway.dates import add_months

PENDING = frozenset({"proposed", "approved", "ordered"})
COMMITTED = frozenset({"approved", "ordered"})
IN_PLACE = frozenset({"fitted", "faulty"})
SETTLED = frozenset({"fitted", "declined", "removed"})
EXCLUDING_IDS = (9, 10, 11, 12, 18, 23, 27, 45)
INTERIM_IDS = (1, 2, 3, 4, 5)
SECURING_IDS = frozenset({2, 5, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 23, 24, 25, 27, 45})
"""Items of the catalogue that hold a door, window or gate shut."""
DEAF_ALARM = 39
SANCTUARY_ROOM = 45
VIDEO_DOORBELL = 33
_LOCK_WORDS = re.compile(
    r"lock(?!er)|latch|bolt|cylinder|grille|\bdoor\s?set|\b(?:new|front|back|rear|side)\s+door\b"
    r"|\bgate\b|\b(?:london|birmingham)\s+bar|\bchain\b|multi-?point|shutter",
    re.IGNORECASE,
)
_OWNED = ("owner", "mortgage")
_DEVICES = ("portable", "deterrence", "fire")
_HOLDS = re.compile(r"lock|bolt|latch|cylinder|hinge|\bkeys?\b|\bgates?\b|\bdoors?\b|window", re.I)
_LOOSE = re.compile(
    r"alarm|app\b|batter|bulb|camera|cctv|chime|doorbell|hedge|lamp|light|phone|sensor|sticker",
    re.I,
)
"""Words of what keeps somebody out, and of what only warns or shows."""


def entry(measure: Measure) -> CatalogueMeasure | None:
    """The catalogue's entry for the measure; None for one of the scheme's own."""
    return catalogue_entry(measure.catalogue_id)


def name(measure: Measure) -> str:
    """What the measure is called."""
    if measure.name:
        return measure.name
    known = entry(measure)
    return known.name if known else "Measure"


def portable(measure: Measure) -> bool:
    """Lent, not fixed: goes with the survivor, never counts as securing a home (DOMAIN 1, 6)."""
    known = entry(measure)
    return known is not None and known.portable


def interim(measure: Measure) -> bool:
    """The no-drill kit, items 1 to 5, for while a landlord or a court is awaited (MHCLG 5.2)."""
    known = entry(measure)
    return known is not None and known.interim


def _named_as_lock(measure: Measure) -> bool:
    """Whether one of the scheme's own is called what keeps a door or a window shut."""
    return _LOCK_WORDS.search(measure.name) is not None


def excluding(measure: Measure) -> bool:
    """Keeps out somebody who may have a right to be there: items 9-12, 18, 23, 27, 45, ticked, or
    one of the scheme's own that is named as a lock or a door.

    A "no" on the record does not free any of these (STADA 2023; DOMAIN conflict 2).
    """
    known = entry(measure)
    if measure.excluding == "yes":
        return True
    return known.excluding if known is not None else _named_as_lock(measure)


def secures(measure: Measure) -> bool:
    """Holds a door, window or gate shut: its fault is mended the same day (DOMAIN 7, faults)."""
    if entry(measure) is not None:
        return measure.catalogue_id in SECURING_IDS
    return secures_words(measure.name)


def secures_words(words: str) -> bool:
    """Whether a fault in these words may be one of a lock, door or window (DOMAIN 7, faults).

    So it is unless the words name only what warns or shows: an alarm, a light, a camera.
    """
    return bool(_HOLDS.search(words)) or not _LOOSE.search(words)


def affects_escape(measure: Measure) -> bool:
    """Affects a way out (column X of DOMAIN 6); a "check" item does until answered "no", and one
    of the scheme's own that is named as a lock or a door whatever is answered."""
    if measure.escape_affecting == "yes":
        return True
    known = entry(measure)
    if known is None:
        return _named_as_lock(measure)
    return known.escape == "yes" or (
        known.escape == "check" and measure.escape_affecting not in ("no",)
    )


def device(measure: Measure) -> bool:
    """Something the survivor must be able to work: practised before handover (MHCLG 5.1)."""
    known = entry(measure)
    return measure.powered == "yes" or (known is not None and known.category in _DEVICES)


def freehold_owner(home: Property | None) -> bool:
    """Owned, not leasehold: nobody else decides about the dwelling."""
    return home is not None and home.tenure in _OWNED and home.leasehold != "yes"


def consent_needed(file: CaseFile, measure: Measure) -> str:
    """``yes``, ``no`` or ``ask``: whether somebody else must agree to the measure (column C).

    Common parts always belong to somebody who must agree. A freehold owner's dwelling needs nobody
    unless a request was opened for it. Where the catalogue says that consent is needed, or an own
    item is named as a lock or a door, a "no" on the record does not do without it: a landlord whose
    consent is not needed has a request that says so. Source: STADA 2023; DOMAIN 5 and 6, gates G4
    and G9.
    """
    if measure.part == "common_parts":
        return "yes"
    known = entry(measure)
    if known is not None and known.consent == "no" and measure.consent_needed != "yes":
        return "no"
    if freehold_owner(file.home):
        asked = any(
            request.part == "dwelling" and request.state not in ("not_needed", "withdrawn")
            for request in file.consent_requests
        )
        return "yes" if asked and measure.consent_needed == "yes" else "no"
    if _named_as_lock(measure) if known is None else known.consent == "yes":
        return "yes"
    if measure.consent_needed in ("yes", "no"):
        return measure.consent_needed
    if known is None or known.consent == "ask":
        return "ask"
    return known.consent


def renewed(measure: Measure, on: date) -> date | None:
    """When battery or service is due next, once it is new on a day: by the catalogue, else after as
    long as it was given before; None where nobody said how long (DOMAIN 6).
    """
    known = entry(measure)
    if known is not None and known.upkeep_months:
        return add_months(on, known.upkeep_months)
    if measure.maintenance_due is None or measure.fitted_on is None:
        return measure.maintenance_due
    length = measure.maintenance_due - measure.fitted_on
    return on + length if length.days > 0 else None


def pending(file: CaseFile) -> list[Measure]:
    """Measures wanted and not yet fitted."""
    return [measure for measure in file.measures if measure.state in PENDING]


def agreed(file: CaseFile) -> list[Measure]:
    """Measures approved and not yet fitted: by their own state, or proposed in an approved case."""
    states = PENDING if file.case.approved_on is not None else COMMITTED
    return [measure for measure in file.measures if measure.state in states]


def fitted(file: CaseFile) -> list[Measure]:
    """Measures in the home, working or not."""
    return [measure for measure in file.measures if measure.state in IN_PLACE]


def fitting_day(file: CaseFile) -> date | None:
    """The day of the last installation visit made, in full or in part; None if none was."""
    made = [
        visit.on
        for visit in file.visits
        if visit.kind == "install" and visit.outcome in ("done", "part") and visit.on
    ]
    return max(made, default=None)
