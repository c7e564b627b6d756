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
from db.models import CaseFile, Note, Record, Reminder
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
