"""Every default no source settles is a setting, marked in Settings, and used (DOMAIN 11)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config.settings import CHECK, default_settings
from db.models import Case, CaseFile
from db.readmodels import CaseCard
from sanctuary_tui.pathway.rulebook import default_of
from sanctuary_tui.screens.case_rows import overview_facts
from sanctuary_tui.screens.setting_words import GROUPS, TITLES
from sanctuary_tui.screens.settings import SettingList, SettingRow, setting_rows
from tests.frozen import NOW, TODAY, Opened, played, text_of

ROOT = Path(__file__).parents[2]

NOT_VERIFIED = {
    "H-CLIC code": ("returns.hclic_activity",),
    "small-number rule": ("returns.small_numbers",),
    "DASH bands in force": ("risk.medium_from", "risk.high_from"),
    "MARAC cut-off": ("marac.cutoff_days",),
    "who may receive names": ("marac.names_in_agenda", "marac.recipient"),
    "retention": ("retention.adult_years", "retention.child_until_age", "retention.marac_years"),
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
    ),
}
"""What the domain reference calls unverified or proposes itself, and the settings that hold it."""

NOT_USED = {
    "current MHCLG form": r'"mhclg"',
    "HHSRS number": r"(?i)hhsrs|hazard 12",
    "county feed": r"(?i)county (feed|return)",
}
"""The rest of section 11: nothing in the program uses it yet, so that a setting would do nothing.
What would use it is looked for here, and then needs the setting."""

SOURCES = {
    path: path.read_text("utf-8")
    for folder in ("sanctuary_tui", "widgets", "db")
    for path in sorted((ROOT / folder).rglob("*.py"))
}


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


@pytest.mark.parametrize("name", CHECK)
def test_each_governs_something(name: str) -> None:
    table, _, last = name.rpartition(".")
    read = re.compile(rf"\b(settings\.{table}|rules)\.{last}\b")
    assert any(read.search(text) for text in SOURCES.values()), f"nothing reads {name}"


@pytest.mark.parametrize("item", NOT_USED)
def test_what_has_no_setting_is_not_in_the_program(item: str) -> None:
    used = [str(path) for path, text in SOURCES.items() if re.search(NOT_USED[item], text)]
    assert used == [], f"{item} is used now: make it a setting"


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
