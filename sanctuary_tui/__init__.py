"""A sanctuary-scheme coordinator's console over an encrypted caseload."""

__version__ = "0.1.0"
