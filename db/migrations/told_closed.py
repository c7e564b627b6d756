"""An incident told once its case was closed has the day it was told."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def add_told_closed(db: Database) -> None:
    """What was not known at the closing asks whether to open the case again (domain 7)."""
    db.execute("ALTER TABLE incidents ADD COLUMN told_closed TEXT").fetchall()
