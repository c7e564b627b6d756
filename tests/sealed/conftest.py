"""The console of the frozen tests, on an empty caseload."""

from tests.frozen import caseload_homes, console

__all__ = ["caseload_homes", "console"]
