"""Tests of the screens share a console that stands still."""

from __future__ import annotations

from tests.frozen import caseload_homes, console

__all__ = ["caseload_homes", "console"]
