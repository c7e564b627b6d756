"""Stages, risk, contact and orders: the small rules everything else stands on."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
from pathway_files import SETTINGS, case_file, day

from config.codes import CODES
from config.settings import default_settings
from db.models import ContactPoint, LegalOrder, RiskAssessment
from sanctuary_tui.pathway import contact, dates, orders, risk, stages


def test_rules_import_without_textual_or_slow_libraries() -> None:
    names = "gates consent wording aftercare orders marac scheme transfer emergency reminders"
    code = (
        "import sys\n"
        f"for name in '{names} stuck derive agenda'.split():\n"
        "    __import__('sanctuary_tui.pathway.' + name)\n"
        "slow = {'textual', 'pydantic', 'keyring', 'sqlite_utils', 'holidays', 'openpyxl',"
        " 'sqlcipher3'}\n"
        "print(sorted(slow & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (found.stdout, found.stderr) == ("[]\n", "")


def test_stages_follow_each_other_to_the_end() -> None:
    walked = ["referral"]
    while (following := stages.after(walked[-1])) is not None:
        walked.append(following)
    assert tuple(walked) == stages.ORDER
    assert stages.before("referral") is None
    assert stages.before("triage") == "referral"


@pytest.mark.parametrize(
    ("stage", "entered", "due"),
    [
        ("triage", "2026-11-26", "2026-11-30"),
        ("triage", "2026-04-02", "2026-04-08"),  # Good Friday and Easter Monday between
        ("referral", "2026-12-24", "2026-12-29"),  # Christmas Day, weekend, Boxing Day substitute
        ("installation", "2026-08-28", "2026-09-07"),  # August bank holiday
        ("consent", "2026-11-04", "2026-11-18"),
    ],
)
def test_stage_targets_count_working_days(stage: str, entered: str, due: str) -> None:
    assert stages.target_date(stage, day(entered), SETTINGS) == day(due)


def test_a_stage_without_target_has_none_and_titles_are_the_districts() -> None:
    assert stages.target_date("aftercare", day("2026-11-04"), SETTINGS) is None
    settings = default_settings()
    settings.stage_titles["survey"] = "Home visit"
    assert stages.title("survey", settings) == "Home visit"
    assert stages.title("legal", settings) == "Legal"


@pytest.mark.parametrize(
    ("answers", "score", "complete"),
    [
        ("", None, False),
        ("." * 24, None, False),
        ("y" * 14 + "n" * 10, 14, True),
        ("y" * 9 + "." * 15, 9, False),
        ("n" * 24, 0, True),
        ("d" * 24, 0, True),
        ("YN" + "." * 22, 1, False),
    ],
)
def test_blank_is_not_no(answers: str, score: int | None, complete: bool) -> None:
    assert risk.score_of(answers) == score
    assert risk.is_complete(answers) is complete


@pytest.mark.parametrize(
    ("score", "judgement", "band"),
    [
        (None, "not_asked", "not_known"),
        (None, "yes", "high"),
        (0, "no", "standard"),
        (9, "not_known", "standard"),
        (10, "no", "medium"),
        (13, "no", "medium"),
        (14, "no", "high"),
        (3, "yes", "high"),
        (24, "not_asked", "high"),
    ],
)
def test_bands_and_judgement(score: int | None, judgement: str, band: str) -> None:
    assert risk.band(score, judgement, SETTINGS) == band


def test_a_lower_score_does_not_take_the_band_down_by_itself() -> None:
    file = case_file()
    file.risk_assessments = [
        RiskAssessment(id=1, assessed=day("2026-09-01"), score=15),
        RiskAssessment(id=2, assessed=day("2026-11-01"), score=8),
    ]
    assert risk.current(file, SETTINGS) == ("high", 8)
    file.risk_assessments[1].judgement = "no"
    assert risk.current(file, SETTINGS) == ("standard", 8)
    file.risk_assessments.append(RiskAssessment(id=3, assessed=day("2026-11-09"), judgement="no"))
    assert risk.current(file, SETTINGS) == ("standard", 8)


def test_a_partial_form_never_lowers_a_given_score() -> None:
    assert risk.score(RiskAssessment(answers="yy" + "." * 22, score=12)) == 12
    assert risk.score(RiskAssessment(answers="y" * 5 + "n" * 19, score=12)) == 5


# --- contact --------------------------------------------------------------------------------------


def test_banner_shows_the_rule_and_never_the_code_word() -> None:
    file = case_file(code_word="Marigold", contact_rule="Say marigold first. Never ring at night.")
    file.contact_points = [
        ContactPoint(id=1, person_id=1, safe="text_only", times="10:00-14:00"),
        ContactPoint(id=2, person_id=1, safe="never", value="07700 900001"),
    ]
    line = contact.safe_contact(file)
    assert line.startswith("Text only, 10:00-14:00, no voicemail.")
    assert "Code word set." in line
    assert "marigold" not in line.lower()
    assert "\n" not in line


@pytest.mark.parametrize(
    ("safe", "reachable", "stopped"),
    [
        ("yes", True, False),
        ("text_only", True, False),
        ("no_voicemail", True, False),
        ("times", True, False),
        ("never", False, True),
        ("not_asked", False, False),
        ("not_known", False, False),
    ],
)
def test_reachable_only_by_a_way_said_to_be_safe(safe: str, reachable: bool, stopped: bool) -> None:
    file = case_file()
    file.contact_points[0].safe = safe
    assert contact.reachable(file) is reachable
    assert (contact.stops_contact(file) is not None) is stopped


def test_do_not_contact_stops_everything() -> None:
    file = case_file(do_not_contact="yes")
    assert not contact.reachable(file)
    assert contact.stops_contact(file)
    assert contact.safe_contact(file).startswith("Do not contact")


def test_bsl_and_text_only_users_are_not_rung() -> None:
    file = case_file()
    assert contact.voice_ok(file)
    survivor = file.survivor
    assert survivor is not None
    survivor.communication = "bsl;text_only"
    assert not contact.voice_ok(file)
    assert contact.safe_contact(file) == "Text only, no voicemail, BSL interpreter."


def test_other_peoples_numbers_are_not_the_survivors() -> None:
    file = case_file()
    file.contact_points = [ContactPoint(id=1, person_id=2, safe="yes", value="01632 960001")]
    assert not contact.reachable(file)
    assert not contact.answered(file)


# --- orders ---------------------------------------------------------------------------------------


OPENING = {"occupation", "dapo", "tenancy_transfer", "ntq"}


@pytest.mark.parametrize(
    ("order", "today", "live", "opens"),
    [
        # no last day: not open for ever
        (
            {"kind": "occupation", "made": "2026-11-01", "excludes": "yes"},
            "2026-11-26",
            True,
            False,
        ),
        ({"kind": "occupation", "made": "2026-11-01", "excludes": "no"}, "2026-11-26", True, False),
        (
            {"kind": "occupation", "made": "2026-11-01", "expiry": "2026-11-26", "excludes": "yes"},
            "2026-11-26",
            True,
            True,
        ),
        (
            {"kind": "occupation", "made": "2026-11-01", "expiry": "2026-11-26", "excludes": "yes"},
            "2026-11-27",
            False,
            False,
        ),
        (
            {"kind": "occupation", "applied": "2026-11-01", "excludes": "yes"},
            "2026-11-26",
            False,
            False,
        ),
        ({"kind": "nmo", "made": "2026-11-01", "excludes": "yes"}, "2026-11-26", True, False),
        ({"kind": "dapn", "made": "2026-11-01", "excludes": "yes"}, "2026-11-03", True, False),
        ({"kind": "dapn", "made": "2026-11-01", "excludes": "yes"}, "2026-11-04", False, False),
        ({"kind": "dapo", "made": "2026-11-01", "excludes": "yes"}, "2027-11-01", True, False),
        (
            {"kind": "dapo", "made": "2026-11-01", "expiry": "2027-11-01", "excludes": "yes"},
            "2027-11-01",
            True,
            True,
        ),
        *(
            (
                {"kind": kind, "made": "2026-11-01", "expiry": "2027-11-01", "excludes": "yes"},
                "2026-11-26",
                True,
                False,
            )
            for kind in sorted(CODES["order_type"].keys() - OPENING)
        ),
        ({"kind": "tenancy_transfer", "made": "2026-11-01"}, "2026-11-26", True, True),
        ({"kind": "tenancy_transfer", "applied": "2026-11-01"}, "2026-11-26", False, False),
        (
            {"kind": "ntq", "served": "2026-11-01", "expiry": "2026-11-29"},
            "2026-11-28",
            False,
            False,
        ),
        (
            {"kind": "ntq", "served": "2026-11-01", "expiry": "2026-11-29"},
            "2026-11-29",  # the tenancy runs through its last day
            False,
            False,
        ),
        (
            {"kind": "ntq", "served": "2026-11-01", "expiry": "2026-11-29"},
            "2026-11-30",
            False,
            True,
        ),
    ],
)
def test_which_orders_open_gate_g3(
    order: dict[str, str], today: str, live: bool, opens: bool
) -> None:
    dated = {name: day(value) if value[:2] == "20" else value for name, value in order.items()}
    record = LegalOrder(id=1, **dated)
    assert orders.live(record, day(today)) is live
    assert orders.opens_gate(record, day(today)) is opens


def test_warnings_before_an_order_ends() -> None:
    order = LegalOrder(id=1, kind="occupation", made=day("2026-06-10"), expiry=day("2026-12-10"))
    assert orders.warn_dates(order, SETTINGS) == [
        (42, day("2026-10-29")),
        (14, day("2026-11-26")),
        (3, day("2026-12-07")),
    ]
    short = LegalOrder(id=1, kind="dapn", made=day("2026-12-01"))
    assert orders.warn_dates(short, SETTINGS) == [(3, day("2026-11-30"))]


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-11-30", 3, "2027-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-12-15", 12, "2027-12-15"),
    ],
)
def test_months_are_calendar_months(start: str, months: int, end: str) -> None:
    assert dates.add_months(day(start), months) == date.fromisoformat(end)
