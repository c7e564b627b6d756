"""How the tests write an answer: one day, one set of settings, all of it said unless told not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from config.settings import default_settings
from db.caseload import Caseload
from sanctuary_tui.exports.files import ExportResult
from sanctuary_tui.subject import pack

NOW: Final = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
TODAY: Final = date(2026, 11, 26)
SETTINGS: Final = default_settings()
SAFE: Final = pack.Safety("told", "gone through with her")


def make(caseload: Caseload, request_id: int, out: Path, **said: Any) -> ExportResult:
    """Write the answer as plain text, what nobody looked at left out, unless ``said`` otherwise."""
    given: dict[str, Any] = {
        "now": NOW,
        "today": TODAY,
        "text": True,
        "rule_read": True,
        "unseen": "third_party",
        **said,
    }
    return pack.make(caseload, request_id, SETTINGS, out, **given)
