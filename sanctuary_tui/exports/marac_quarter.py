"""The quarterly MARAC dataset: counts a meeting, never a case (domain sections 3 and 3d).

Items: SafeLives' dataset and its publication to June 2023. How each is counted stands in
``COLUMNS`` and ``RULES``, which go into the file's manifest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from config.codes import UNKNOWN, split
from config.errors import BadInputError
from config.settings import Settings
from db.models import CaseFile, MaracListing, Person
from sanctuary_tui.exports.csvfile import csv_bytes
from sanctuary_tui.exports.files import ExportResult, place_notices, write_set
from sanctuary_tui.exports.marac_cells import disabled, lgbt, minoritised, under_18
from sanctuary_tui.exports.package import manifest_bytes, summed
from sanctuary_tui.exports.profiles import PROFILES, exporter
from sanctuary_tui.exports.small_numbers import Group, Row, Shape, hide
from sanctuary_tui.pathway import marac

Heard = tuple[CaseFile, MaracListing]
Counts = dict[str, int | None]

COLUMNS: Final[dict[str, str]] = {
    "quarter": "calendar quarter, 2026Q4 is October to December",
    "row": "meeting, or total of the meetings that are counted",
    "meeting_date": "date of the meeting; blank in the total",
    "cases": "cases heard: one a listing, however many perpetrators",
    "children": "children recorded in the households of those cases",
    "repeats": "of the cases: listed as a repeat, or with the repeat among its criteria",
    "referrals_police": "of the cases: the scheme had them from the police",
    "referrals_partner": "of the cases: from anybody else known, the household itself included",
    "referrals_not_known": "of the cases: where from is not recorded",
    "bm": "of the victims: Black, Asian or minoritised",
    "bm_not_known": "of the victims: ethnicity not asked, not known or not said",
    "lgbt": "of the victims: LGBT+",
    "lgbt_not_known": "of the victims: not asked, not known or not said",
    "disabled": "of the victims: with a disability",
    "disabled_not_known": "of the victims: not asked or not known",
    "male": "of the victims: a man or a trans man",
    "gender_not_known": "of the victims: not asked, not known or not said",
    "aged_16_17": "of the victims: 16 or 17 years old on the day of the meeting",
    "age_not_known": "of the victims: no date of birth",
    "harm_17_under": "of the cases: a perpetrator of 17 or under on the day of the meeting",
    "harm_age_not_known": "of the cases: no such perpetrator known, and a date of birth missing",
    "outcome_awaited": "cases sent to the meeting, which is past, with no outcome recorded; they "
    "are in no other count",
}
"""Every column of the file, in order, with how it is counted."""

COUNTS: Final = tuple(COLUMNS)[3:]
REFERRALS: Final = ("referrals_police", "referrals_partner", "referrals_not_known")

RULES: Final = (
    "One row a meeting of the quarter, by the calendar in the settings and by the listings, then "
    "their total; never a row a case. Only cases of this scheme: what other agencies took to the "
    "meeting is not known here.",
    "Counted is a listing that was heard, at the meeting that heard it. Withdrawn and deferred "
    "listings are not counted, nor is one sent to another MARAC; a case heard at two meetings "
    "counts at both.",
    "Blank is not zero: a meeting still to come, one before the first listing there is, and one "
    "of which no outcome is recorded have blank counts. An answer nobody gave is counted apart, "
    "as not known, never as no.",
    "Hidden small numbers: 1 to 4 is written <5; of fewer than ten cases the parts are not told; "
    "totals are rounded to 5; s is a number withheld because it, or the rest of the cases, would "
    "give a small one away; 0 stays 0.",
)
"""The counting rule, in sentences."""


def quarter_days(quarter: str) -> tuple[date, date]:
    """The first day of a calendar quarter written ``2026Q4``, and the first day after it.

    Raises ``BadInputError`` when it is not written so.
    """
    found = re.fullmatch(r"(20\d\d)-?Q([1-4])", quarter.strip(), re.IGNORECASE | re.ASCII)
    if found is None:
        raise BadInputError("The quarter is not one of the calendar; write it as 2026Q4.")
    year, number = int(found[1]), int(found[2])
    after = date(year + 1, 1, 1) if number == 4 else date(year, number * 3 + 1, 1)
    return date(year, number * 3 - 2, 1), after


def quarter_of(day: date) -> str:
    """The calendar quarter a day is in, ``2026Q4``."""
    return f"{day.year}Q{(day.month + 2) // 3}"


# --- counting -------------------------------------------------------------------------------------


def quarter_rows(
    files: Iterable[CaseFile], quarter: str, today: date, settings: Settings
) -> list[Row]:
    """The dataset of a quarter as known on ``today``: a row a meeting, then the total.

    How it is counted: ``RULES`` and ``COLUMNS``. Blank counts are None. Raises ``BadInputError``
    for a quarter that is none.
    """
    start, after = quarter_days(quarter)
    code = quarter_of(start)
    allowed = PROFILES["dataset"]
    listed = [
        (seen, listing)
        for seen in (allowed.view(file) for file in files)
        for listing in seen.marac_listings
    ]
    days = {_day(listing) for _, listing in listed if listing.state != "withdrawn"}
    known = {day for day in days if day is not None}
    first = min(known, default=after)
    shown = {day for day in known if start <= day < after}
    shown |= {day for day in marac.meetings(settings, start, 100) if day < after}
    rows: list[Row] = []
    for day in sorted(shown):
        at = [(file, listing) for file, listing in listed if _day(listing) == day]
        counts = _blank() if day > today or day < first else _counted(at, day)
        rows.append({"quarter": code, "row": "meeting", "meeting_date": day.isoformat(), **counts})
    total = {name: _sum(row[name] for row in rows) for name in COUNTS}
    return [*rows, {"quarter": code, "row": "total", "meeting_date": "", **total}]


def _day(listing: MaracListing) -> date | None:
    heard = listing.heard_on if listing.state == "heard" else None
    return heard or listing.meeting


def _blank() -> Counts:
    return dict.fromkeys(COUNTS)


def _counted(at: Sequence[Heard], day: date) -> Counts:
    heard = [(file, listing) for file, listing in at if listing.state == "heard"]
    awaited = sum(listing.state == "sent" and listing.transferred_on is None for _, listing in at)
    if awaited and not heard:
        return {**_blank(), "outcome_awaited": awaited}
    victims = [file.survivor or Person(role="survivor") for file, _ in heard]
    routes = [_referred_by(file) for file, _ in heard]
    harm = [_young_harm(file, day) for file, _ in heard]
    ages = [_age(victim.dob, day) for victim in victims]
    counts: Counts = {
        "cases": len(heard),
        "children": sum(len(file.children) for file, _ in heard),
        "repeats": sum(_is_repeat(listing) for _, listing in heard),
    }
    counts |= {name: routes.count(name) for name in REFERRALS}
    for name, answers in (
        ("bm", [minoritised(victim.ethnicity) for victim in victims]),
        ("lgbt", [lgbt(victim) for victim in victims]),
        ("disabled", [disabled(victim.disability) for victim in victims]),
    ):
        counts[name] = answers.count("Y")
        counts[f"{name}_not_known"] = len(answers) - answers.count("Y") - answers.count("N")
    counts |= {
        "male": sum(victim.gender in ("man", "trans_man") for victim in victims),
        "gender_not_known": sum(
            victim.gender in ("", "prefer_not", *UNKNOWN) for victim in victims
        ),
        "aged_16_17": sum(age in (16, 17) for age in ages),
        "age_not_known": ages.count(None),
        "harm_17_under": harm.count("Y"),
        "harm_age_not_known": harm.count("NK"),
        "outcome_awaited": awaited,
    }
    return {name: counts[name] for name in COUNTS}


def _referred_by(file: CaseFile) -> str:
    if file.case.route in ("", *UNKNOWN):
        return "referrals_not_known"
    return "referrals_police" if file.case.route == "police" else "referrals_partner"


def _is_repeat(listing: MaracListing) -> bool:
    return listing.listing_type == "repeat" or "REP" in split(listing.criteria)


def _age(dob: date | None, on: date) -> int | None:
    if dob is None:
        return None
    return on.year - dob.year - ((on.month, on.day) < (dob.month, dob.day))


def _young_harm(file: CaseFile, on: date) -> str:
    answers = [under_18(person.dob, on) for person in file.perpetrators] or ["NK"]
    return next((one for one in ("Y", "NK") if one in answers), "N")


def _sum(numbers: Iterable[object]) -> int | None:
    given = [number for number in numbers if isinstance(number, int)]
    return sum(given) if given else None


# --- small numbers --------------------------------------------------------------------------------

SHAPE: Final = Shape(
    base="cases",
    groups=(
        Group(("repeats",)),
        Group(REFERRALS, rest=False),
        Group(("bm", "bm_not_known")),
        Group(("lgbt", "lgbt_not_known")),
        Group(("disabled", "disabled_not_known")),
        Group(("male", "gender_not_known")),
        Group(("aged_16_17", "age_not_known")),
        Group(("harm_17_under", "harm_age_not_known")),
    ),
    others=("children", "outcome_awaited"),
)
"""What is a part of the cases, and what counts something else."""


def without_small_numbers(rows: Sequence[Row]) -> list[Row]:
    """The rows as they may leave the council: no count from 1 to 4 is to be read or worked out.

    How: ``sanctuary_tui.exports.small_numbers``. Source: DOMAIN 4, small numbers.
    """
    meetings = [row for row in rows if row["row"] == "meeting"]
    (total,) = [row for row in rows if row["row"] == "total"]
    return hide(meetings, total, SHAPE)


# --- the file -------------------------------------------------------------------------------------


@exporter("quarterly MARAC dataset", "dataset")
def write_quarter(
    rows: Sequence[Row], out: Path, *, exact: bool, who: str, chain_head: str, now: datetime
) -> ExportResult:
    """Write the dataset as CSV to the file ``out``, and beside it a manifest with the rules.

    Small numbers are hidden unless ``exact``. Neither file replaces another. Raises
    ``RefusedError`` when a file is there already or the place will not do, ``SanctuaryError`` when
    it cannot be written.
    """
    notices = place_notices(out, protected=False)
    shown = rows if exact else without_small_numbers(rows)
    data = csv_bytes(tuple(COLUMNS), [[row[name] for name in COLUMNS] for row in shown])
    listed = summed([(out.name, data)])
    manifest = manifest_bytes(
        listed,
        export="marac_quarter",
        quarter=str(rows[0]["quarter"]),
        rows=len(rows),
        small_numbers="exact" if exact else "hidden",
        made_by=who,
        made_utc=f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        chain_head=chain_head,
        rules=list(RULES),
        columns=dict(COLUMNS),
    )
    beside = out.with_suffix(".manifest")
    unnamed = write_set([(out, data), (beside, manifest)])
    files = [(out, digest) for _, _, digest in listed]
    return ExportResult(files, len(rows), unnamed, manifest_path=beside, notices=notices)
