"""Every default no source settles is a setting, marked in Settings, and used (DOMAIN 11)."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.errors import RefusedError
from config.paths import resolve_paths
from config.settings import CHECK, Settings, default_settings
from db import queries
from db.caseload import Caseload, open_caseload
from db.models import (
    AftercareCheck,
    Case,
    CaseFile,
    ConnectedPerson,
    ConsentEvent,
    ConsentRequest,
    Fund,
    Incident,
    LegalOrder,
    MaracListing,
    Measure,
    Organisation,
    Person,
    Property,
    ReferralOut,
    Support,
    Survey,
    Visit,
)
from db.readmodels import CaseCard
from sanctuary_tui import funds, leftovers, marac_export, table_export, views
from sanctuary_tui.connected import refuse_list
from sanctuary_tui.documents.facts import Source, facts
from sanctuary_tui.documents.kinds import KINDS
from sanctuary_tui.exports.marac_rows import agenda_rows, marac_rows, pathway_context
from sanctuary_tui.marac_export import MaracRequest
from sanctuary_tui.opening import derive_with
from sanctuary_tui.pathway import consent, gates
from sanctuary_tui.pathway.derive import derive
from sanctuary_tui.pathway.money import year_of
from sanctuary_tui.pathway.reminders import reminders
from sanctuary_tui.pathway.rulebook import default_of
from sanctuary_tui.pathway.works import VIDEO_DOORBELL
from sanctuary_tui.screens.case_rows import overview_facts, standing
from sanctuary_tui.screens.setting_words import GROUPS, TITLES
from sanctuary_tui.screens.settings import SettingList, SettingRow, setting_rows
from tests.frozen import KEY, NOW, TODAY, Opened, played, text_of
from tests.sanctuary_tui.cli_program import HANDED

BENEFITS = next(kind for kind in KINDS.values() if kind.profile == "benefits")

NOT_VERIFIED = {
    "current MHCLG form": ("returns.mhclg_form",),
    "county feed": ("returns.county_feed",),
    "HHSRS number": ("documents.hhsrs_hazard",),
    "H-CLIC code": ("returns.hclic_activity",),
    "small-number rule": ("returns.small_numbers",),
    "DASH bands in force": ("risk.medium_from", "risk.high_from"),
    "MARAC cut-off": ("marac.cutoff_days",),
    "who may receive names": (
        "marac.names_in_agenda",
        "marac.landlord_in_list",
        "marac.recipient",
        "marac.attendees",
    ),
    "from when an unused fund is told of": ("money.year_end_weeks", "money.uncommitted_percent"),
    "from when a lapse of accreditation is told of": ("policy.accreditation_weeks",),
    "how long an exported file may lie there": ("exports.delete_days",),
    "retention": (
        "retention.adult_years",
        "retention.child_until_age",
        "retention.marac_years",
        "retention.backup_days",
        "retention.export_days",
    ),
    "DAPO availability": ("policy.dapo_available",),
    "doorbell policy": ("policy.video_doorbell",),
    "who signs overrides": ("policy.overrides_signed_by", "policy.override_days"),
    "secure email": ("documents.secure_email",),
    "MARAC repeat window (conflict 1)": ("marac.repeat_anchor",),
    "emergency path (1)": ("emergency.release_hours", "emergency.breach_hours"),
    "chase defaults (5)": (
        "chase.urgent",
        "chase.standard",
        "chase.owner_details",
        "chase.escalate",
        "chase.offer_eh",
        "chase.silent_after",
    ),
    "first checks (7)": ("aftercare.hours_first", "aftercare.weeks_second"),
    "after a release (7)": ("aftercare.released_days",),
    "action with no date of its own (3)": ("marac.action_days",),
    "days that tasks take (1, 7, 10)": (
        "tasks.legal_advice_days",
        "tasks.interim_kit_days",
        "tasks.disrepair_days",
        "tasks.hearing_days",
        "tasks.court_date_days",
        "tasks.interpreter_days",
        "tasks.wording_days",
        "tasks.eh_answer_days",
        "tasks.fault_days",
        "tasks.told_days",
        "tasks.transfer_days",
        "tasks.kit_return_days",
        "tasks.marker_removal_days",
        "tasks.outward_days",
    ),
}
"""What the domain reference calls unverified or proposes itself, and the settings that hold it."""


def test_the_table_and_the_marks_are_the_same() -> None:
    assert {name for names in NOT_VERIFIED.values() for name in names} == set(CHECK)


@pytest.mark.parametrize("name", CHECK)
def test_each_has_a_default_a_title_a_place_and_its_mark(name: str) -> None:
    default_of(name)
    assert TITLES[name]
    assert name.rpartition(".")[0] in GROUPS
    row = next(row for row in setting_rows(default_settings()) if row.name == name)
    assert shown(row).rstrip().endswith("check with council")


def shown(row: SettingRow) -> str:
    """The line of a setting as the list draws it."""
    cells = [column.cell(row) for column in SettingList().columns()]
    return "  ".join(cell if isinstance(cell, str) else cell[0] for cell in cells)


LANDLORDS = {7: Organisation(id=7, name="Test Lettings")}


# --- each governs something: changed, something else comes out ------------------------------------


def changed(name: str) -> Settings:
    """The settings of a district that has set this one otherwise."""
    given = default_settings()
    table, _, last = name.rpartition(".")
    holder = getattr(given, table)
    value = getattr(holder, last)
    other: object = {"last_referral": "last_heard", "hidden": "exact"}.get(
        str(value), "Quillfeather"
    )
    if isinstance(value, bool):
        other = not value
    elif isinstance(value, int):
        other = value + (72 if "hours" in last else 10)
    elif isinstance(value, list):
        other = [number + 1 for number in value]
    setattr(holder, last, other)
    return given


def day(text: str) -> date:
    return date.fromisoformat(text)


def case(number: int, stage: str, **records: list[Any]) -> CaseFile:
    """A case with a survivor and a perpetrator, and what else it is given."""
    received = datetime(2026, 11, 16, 9, tzinfo=UTC)
    people = [
        Person(id=1, role="survivor", surname="Survivor"),
        Person(id=2, role="perpetrator", surname="Perpetrator"),
    ]
    given: dict[str, Any] = {"people": people, **records}
    own = Case(
        id=number, ref=f"S26-{number:04}", stage=stage, received=received, hclic_ref="H-204",
        stage_entered=day("2026-11-16"),
    )  # fmt: skip
    return CaseFile(own, **given)


def cases() -> list[CaseFile]:
    """Cases that between them come under every rule with a number no source settles."""
    joint = Property(id=1, tenure="prs", named_parties="joint", confidential="no")
    lock = Measure(id=1, catalogue_id=9, state="proposed")
    fitted = Measure(id=1, catalogue_id=13, state="fitted", fitted_on=day("2026-11-25"))
    asked = {
        "state": "sent", "sent_on": day("2026-11-17"), "part": "dwelling", "survivor_ok": "yes",
        "wording": "A general security upgrade.", "wording_version": "v1",
    }  # fmt: skip
    near = Person(id=2, role="perpetrator", release_date=day("2026-11-30"))
    broken = Incident(
        id=1, at=datetime(2026, 11, 22, 12, tzinfo=UTC), order_breached="yes", at_address="yes"
    )
    found = [
        case(1, "legal", properties=[joint], measures=[lock]),
        case(2, "risk_support", people=[near]),
        case(3, "risk_support", incidents=[broken]),
        case(4, "survey", surveys=[Survey(id=1, disrepair="yes", done_on=day("2026-11-24"))]),
        case(5, "risk_support", legal_orders=[LegalOrder(id=1, hearing=day("2026-12-17"))]),
        case(6, "aftercare", measures=[fitted]),
        case(7, "survey", measures=[Measure(id=1, catalogue_id=VIDEO_DOORBELL, state="proposed")]),
        case(8, "consent", consent_requests=[ConsentRequest(id=1, **asked)]),
        case(9, "consent", consent_requests=[ConsentRequest(id=1, agent="Agent", **asked)]),
        case(
            10,
            "consent",
            consent_requests=[ConsentRequest(id=1, **{**asked, "state": "eh_offered"})],
        ),
        case(
            11,
            "aftercare",
            properties=[Property(id=1, police_marker="yes", moved_out=day("2026-11-24"))],
        ),
        case(
            12,
            "aftercare",
            properties=[Property(id=1, landlord_id=7, confidential="no", current="yes")],
            marac_listings=[MaracListing(id=1, meeting=TODAY, headline="Test")],
        ),
    ]
    found += more_cases(near)
    found[7].case.urgency = "emergency"
    found[5].case.cadence = "standard"
    joined = found[0]  # nothing but the order keeps it
    joined.case.choice_made, joined.case.choice_date = "yes", day("2026-11-16")
    joined.case.options_explained, joined.perpetrators[0].still_resident = "yes", "no"
    return found


def more_cases(near: Person) -> list[CaseFile]:
    """And under those of the days that a task may take."""
    spoken = Person(id=1, role="survivor", communication="interpreter")
    visit = Visit(id=1, kind="survey", on=day("2026-12-21"))
    told = AftercareCheck(id=1, done_on=day("2026-11-25"), still_home="no")
    light = Measure(id=1, catalogue_id=32, state="faulty", faulty_since=day("2026-11-25"))
    away = MaracListing(
        id=1, listing_type="transfer", state="sent", transferred_on=day("2026-11-24"),
        meeting=day("2026-11-12"), referred=day("2026-11-10"),
    )  # fmt: skip
    out = Person(id=2, role="perpetrator", release_date=day("2026-11-16"))
    heard = LegalOrder(id=1, kind="occupation", applied=day("2026-11-16"))
    refused = ConsentRequest(id=1, state="eh_offered", sent_on=day("2026-11-02"), part="dwelling")
    return [
        case(13, "survey", people=[spoken, near], visits=[visit]),
        case(14, "aftercare", aftercare_checks=[told]),
        case(15, "aftercare", measures=[light]),
        case(16, "aftercare", marac_listings=[away]),
        case(17, "risk_support", people=[out]),
        case(18, "legal", legal_orders=[heard]),
        case(19, "consent", consent_requests=[ConsentRequest(id=1, part="dwelling")]),
        case(20, "survey", referrals_out=[ReferralOut(id=1, made=day("2026-11-24"))]),
        case(
            20,
            "consent",
            consent_requests=[refused],
            consent_events=[
                ConsentEvent(
                    id=1, request_id=1, kind="eh_offered", at=datetime(2026, 11, 24, 9, tzinfo=UTC)
                )
            ],
        ),
    ]


def results(caseload: Caseload, files: list[CaseFile], settings: Settings, out: Path) -> list[str]:
    """What the program makes of the cases: cards, reminders, gates, lists, papers, files."""
    made = []
    for file in files:
        card = derive(file, TODAY, settings).card
        made += [repr(card), repr(reminders(file, TODAY, settings))]
        made += [repr(gates.findings(file, TODAY, settings))]
        for measure in file.measures:
            made.append(repr(gates.measure_refusals(file, measure, "fitted", TODAY, settings)))
        made += [repr(overview_facts(file, card, NOW, settings))]
        for request in file.consent_requests:
            made.append(repr(consent.consent_line(file, request, card, TODAY, settings)))
        pairs = [(file, listing) for listing in file.marac_listings]
        context = pathway_context(TODAY, settings, organisations=LANDLORDS)
        made.append(repr(agenda_rows(pairs, context)))
        made += [repr(marac_rows(*pair, context)) for pair in pairs]
        made += facts(Source(BENEFITS, file, None, settings, TODAY)).notices
    made.append(repr(views.marac_view(caseload, TODAY, settings)))
    table_export.export_quarter(
        caseload, "2026Q3", out / "quarter.csv", settings, exact=False, today=TODAY, now=NOW
    )
    made.append((out / "quarter.csv").read_text("utf-8-sig"))
    return made


@pytest.fixture
def caseload(caseload_homes: dict[str, Path], tmp_path: Path) -> Iterator[Caseload]:
    """A copy of the demonstration caseload."""
    home = shutil.copytree(caseload_homes["full"], tmp_path / "home")
    opened = open_caseload(
        resolve_paths(str(home), {}).caseload,
        KEY,
        derive=derive_with(default_settings()),
        who="Coordinator",
        clock=lambda: NOW,
        today=lambda: TODAY,
    )
    yield opened
    opened.close()


def test_each_governs_something(caseload: Caseload, tmp_path: Path) -> None:
    ids = caseload.connection.execute("SELECT id FROM cases").fetchall()
    files = [*cases(), *(queries.case_file(caseload.connection, int(row[0])) for row in ids)]

    def made(settings: Settings, place: str) -> list[str]:
        (tmp_path / place).mkdir()
        return results(caseload, files, settings, tmp_path / place)

    usual = made(default_settings(), "usual")
    assert made(default_settings(), "again") == usual  # nothing else changes it
    idle = [name for name in CHECK if made(changed(name), name) == usual]
    by_acts = {"marac.recipient", "marac.action_days", "policy.overrides_signed_by"}
    by_acts |= {"retention.backup_days", "retention.export_days"}  # shown on a certificate
    by_acts |= {"marac.attendees", "exports.delete_days"}
    by_acts |= {"money.year_end_weeks", "money.uncommitted_percent"}  # near 31 March
    by_acts |= {"policy.accreditation_weeks"}  # test_partners.py
    assert set(idle) == by_acts | {"policy.override_days"}  # what a person does shows these:


@pytest.mark.parametrize(
    ("recipient", "said"),
    [("", "MARAC coordinator"), ("Quillfeather MARAC", "Quillfeather MARAC")],
)
def test_the_list_says_who_receives_it(
    caseload: Caseload, tmp_path: Path, recipient: str, said: str
) -> None:
    settings = default_settings()
    settings.marac.recipient = recipient
    meeting, week = marac_export.choose_meeting(caseload, TODAY, settings)
    request = MaracRequest(
        meeting, week, tmp_path, "csv", basis="public_task", decided_by="Manager"
    )
    sent = marac_export.send(caseload, request, settings, now=NOW)
    assert sent.result.manifest_path is not None
    manifest = tomllib.loads(sent.result.manifest_path.read_text("utf-8"))
    assert manifest["recipient"] == said


@pytest.mark.parametrize(("attendees", "stopped"), [("", False), ("Quillfeather; Ash", True)])
def test_a_list_is_kept_from_who_sits_there_and_is_connected(attendees: str, stopped: bool) -> None:
    settings = default_settings()
    settings.marac.attendees = attendees
    known = ConnectedPerson(id=1, name="Quillfeather", kind="contractor")
    file = case(1, "risk_support", connected_people=[known])
    if not stopped:
        refuse_list([file], settings, TODAY)
        return
    with pytest.raises(RefusedError, match="by hand"):
        refuse_list([file], settings, TODAY)


@pytest.mark.parametrize(
    ("weeks", "percent", "said"), [(None, None, 0), (18, None, 1), (18, 100, 0), (17, 20, 0)]
)
def test_an_unused_fund_is_told_of_from_the_weeks_and_the_share_set(
    caseload: Caseload, weeks: int | None, percent: int | None, said: int
) -> None:
    settings = default_settings()
    if weeks is not None:
        settings.money.year_end_weeks = weeks
    if percent is not None:
        settings.money.uncommitted_percent = percent
    year = year_of(TODAY)
    fund = caseload.store.add(Fund(name="Unused", kind="flexible", year=year, budget=100_000))
    told = funds.warnings(caseload, TODAY, settings)
    assert sum("Unused" in one or "likewise" in one for one in told) == said
    caseload.store.delete(fund)


@pytest.mark.parametrize(("days", "lines"), [(None, 0), (3, 1)])
def test_a_file_that_lies_there_is_asked_for_after_the_days_set(
    caseload: Caseload, tmp_path: Path, days: int | None, lines: int
) -> None:
    table_export.export_table(
        caseload, "cases", tmp_path / "cases.csv", handed=HANDED, today=TODAY, now=NOW
    )
    settings = default_settings()
    if days is not None:
        settings.exports.delete_days = days
    before = leftovers.today_lines(caseload, TODAY, settings)
    after = leftovers.today_lines(caseload, TODAY + timedelta(days=5), settings)
    assert (len(before), len(after)) == (0, lines)


@pytest.mark.parametrize(
    ("form", "feed", "said"),
    [
        (None, None, "Support in Domestic Abuse Safe Accommodation"),
        ("SDASA 2026-27, version 2", "the county", "SDASA 2026-27, version 2, through the county"),
        ("", "", None),
    ],
)
def test_a_case_that_counts_names_the_form_and_who_feeds_it(
    form: str | None, feed: str | None, said: str | None
) -> None:
    fitted = Measure(id=1, catalogue_id=13, state="fitted", fitted_on=TODAY)
    accepted = Support(id=1, answer="accepted", offered=TODAY)
    file = case(1, "aftercare", measures=[fitted], support=[accepted])
    settings = default_settings()
    if form is not None and feed is not None:
        settings.returns.mhclg_form, settings.returns.county_feed = form, feed
    assert dict(standing(file, TODAY, settings)).get("Form") == (said or "")
    file.support.clear()
    assert dict(standing(file, TODAY, settings))["Form"] == ""  # does not count


def test_what_comes_after_an_offer_names_the_hazard_as_the_district_calls_it() -> None:
    file = next(one for one in cases() if one.consent_requests[0:1] and one.case.id == 10)
    settings = default_settings()
    settings.documents.hhsrs_hazard = "HHSRS 12, entry by intruders"
    card = derive(file, TODAY, settings).card
    line = consent.consent_line(file, file.consent_requests[0], card, TODAY, settings)
    said = "Refer to Environmental Health (HHSRS 12, entry by intruders) if the survivor agrees"
    assert line.next_step == said


# --- where those that are words are shown ---------------------------------------------------------


async def test_settings_shows_the_marks(console: Opened) -> None:
    async with played(console(), "7 @doorbells") as pilot:
        line = next(one for one in text_of(pilot).split("\n") if "Video doorbells" in one)
        assert line.split("  ")[-1].strip("▁▂▃▄▅▆▇█ ▌▐│┃") == "check with council"


@pytest.mark.parametrize(
    ("signs", "said"),
    [
        (None, "Override gate G4, signed by: Service manager"),
        ("Head of housing", "Override gate G4, signed by: Head of housing"),
    ],
)
async def test_an_override_says_who_signs_it(console: Opened, signs: str | None, said: str) -> None:
    given = {"policy.overrides_signed_by": signs} if signs else None
    async with played(console(settings=given), 'slash ="ellwood" down enter 1 o') as pilot:
        assert said in text_of(pilot)


def test_a_case_with_an_h_clic_reference_names_the_activity() -> None:
    file = CaseFile(Case(id=1, hclic_ref="H-204"))
    card = CaseCard(1, "S26-0001", "open", "survey", stage_entered=TODAY)
    given = default_settings()
    given.returns.hclic_activity = "Security measures, code 9"
    facts = dict(overview_facts(file, card, NOW, given))
    assert facts["H-CLIC"] == "H-204, Security measures, code 9"
    file.case.hclic_ref = ""
    assert "H-CLIC" not in dict(overview_facts(file, card, NOW, given))
