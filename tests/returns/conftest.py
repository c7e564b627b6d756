"""The console that stands still, on the demonstration caseload."""

from __future__ import annotations

from tests.frozen import caseload_homes, console

__all__ = ["caseload_homes", "console"]
