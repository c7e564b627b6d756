"""Whole cases through the real program, on the days of a table of dates.

A ``World`` is one encrypted caseload in a home of its own. Its days are opened one after another,
as a coordinator would open them; commands run as programs of their own on the same file.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from config.paths import Paths, resolve_paths
from config.settings import Settings, default_settings
from db import queries
from db.caseload import Caseload, open_caseload
from db.keys import CHEAP_FOR_TESTS, create_caseload
from db.models import (
    Case,
    CaseFile,
    ConsentRequest,
    Note,
    Property,
    Record,
    Reminder,
    RiskAssessment,
    SafetyPlan,
    Support,
)
from db.readmodels import CaseCard
from sanctuary_tui import records, work
from sanctuary_tui.opening import derive_with

PASSPHRASE = "kettle orchid ninety plinth"


@dataclass
class Day:
    """One day at the caseload."""

    caseload: Caseload
    day: date
    settings: Settings
    case_id: int

    def file(self) -> CaseFile:
        """The whole case as it is kept now."""
        return work.must_find(self.caseload, self.case_id)

    def card(self) -> CaseCard:
        """The case's card as the board shows it."""
        return queries.card(self.caseload.connection, self.case_id)

    def keep(self, record: type[Record], record_id: int = 0, /, **given: Any) -> Any:
        """Save a form, as a screen does."""
        return records.keep_record(
            self.caseload, record, self.case_id, record_id, given, self.settings
        )

    @property
    def home(self) -> Property:
        """The home the works are in."""
        found = self.file().home
        assert found is not None
        return found

    def chosen(self, **more: Any) -> None:
        """Acknowledged, no conflict, and the survivor's own choice to stay."""
        self.keep(
            Case,
            self.case_id,
            acknowledged=self.day,
            choice_made="yes",
            choice_date=self.day,
            options_explained="yes",
            conflict_flag="no",
            **more,
        )

    def supported(self, score: int, assessor: str = "IDVA", **plan: Any) -> None:
        """A risk assessment, support accepted, and a safety plan."""
        self.keep(RiskAssessment, assessed=self.day, score=score, judgement="no", assessor=assessor)
        self.keep(
            Support, provider="DA service", offered=self.day, answer="accepted", start=self.day
        )
        self.keep(SafetyPlan, made=self.day, owner="DA service", **plan)

    def granted(self, kind: str, by: str, **more: Any) -> None:
        """The landlord is asked in neutral words, and agrees."""
        request = self.keep(
            ConsentRequest,
            decision_kind=kind,
            wording="A general security upgrade at no cost.",
            survivor_ok="yes",
            **more,
        )
        work.log_consent_event(self.caseload, request.id, {"kind": "sent"}, self.settings)
        answer = {"kind": "answer_granted", "granted_by": by}
        work.log_answer(self.caseload, request.id, answer, self.settings)

    def log(self, body: str, reminder_id: int | None = None, /, **given: Any) -> Note:
        """Log a contact with the survivor: a call unless told otherwise."""
        return work.log_call(
            self.caseload,
            self.case_id,
            {"kind": "call", "body": body, **given},
            self.settings,
            reminder_id,
        )

    def refused(self, act: Callable[[], object]) -> set[str]:
        """Which gates or stages refuse something; it must be refused."""
        try:
            act()
        except work.Refusal as refusal:
            return {finding.gate for finding in refusal.findings}
        raise AssertionError("nothing refused it")

    def move(self, *stages: str) -> None:
        """Move the case on, past every gate there is."""
        for stage in stages:
            work.move(self.caseload, self.case_id, stage, self.settings)

    def reminders(self) -> dict[str, Reminder]:
        """Reminders that stand, by rule; the earliest of each."""
        found: dict[str, Reminder] = {}
        for reminder in sorted(self.file().reminders, key=lambda one: one.due or date.max):
            if reminder.state in ("open", "snoozed"):
                found.setdefault(reminder.rule, reminder)
        return found


class World:
    """One caseload that lives through the days of a scenario."""

    def __init__(self, home: Path) -> None:
        self.paths: Paths = resolve_paths(str(home), {})
        self.settings = default_settings()
        self.case_id = 0
        self.kept: dict[str, int] = {}
        made = create_caseload(self.paths, PASSPHRASE, params=CHEAP_FOR_TESTS)
        self._key = made.data_key
        (home / "passphrase").write_text(PASSPHRASE, "utf-8")

    def refer(self, day: Day, **given: Any) -> None:
        """Take the referral that the scenario is about; the perpetrator does not live there."""
        told = {
            "perp_first_name": "Test",
            "perp_surname": "Perpetrator",
            "relationship": "ex_partner",
            "still_resident": "no",
            **given,
        }
        day.case_id = self.case_id = work.take_referral(day.caseload, told).id

    @contextmanager
    def on(self, day: date, hour: int = 10, minute: int = 0) -> Iterator[Day]:
        """Open the caseload on a day, at a time in UTC, and close it after."""
        minutes = iter(range(100_000))

        def clock() -> datetime:
            start = datetime.combine(day, time(hour, minute), tzinfo=UTC)
            return start + timedelta(seconds=next(minutes))

        caseload = open_caseload(
            self.paths.caseload,
            self._key,
            derive=derive_with(self.settings),
            who="Coordinator",
            clock=clock,
            today=lambda: day,
        )
        try:
            yield Day(caseload, day, self.settings, self.case_id)
        finally:
            caseload.close()

    def run(self, *arguments: str, today: date | None = None, status: int = 0) -> str:
        """Run the program's command line; its standard output, or standard error on a refusal."""
        options = ["--passphrase-file", str(self.paths.data_dir / "passphrase")]
        options += [f"--today={today}"] if today else []
        environ = {**os.environ, "SANCTUARY_HOME": str(self.paths.data_dir)}
        done = subprocess.run(
            [sys.executable, "-m", "sanctuary_tui", *arguments, *options],
            capture_output=True,
            text=True,
            env=environ,
            check=False,
        )
        assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
        return done.stderr if status else done.stdout

    def show(self, ref: str, today: date) -> dict[str, Any]:
        """What ``sanctuary show REF --json`` says on a day."""
        shown: dict[str, Any] = json.loads(self.run("show", ref, "--json", today=today))
        return shown
