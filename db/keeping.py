"""How long a file is kept: legal holds, reviews, and the certificate of a disposal (domain 8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from db.fields import code, day, long, text, whole
from db.record import Record


@dataclass(slots=True)
class LegalHold(Record):
    """Why a file may not be disposed of for now (domain 8: court, complaint, death review)."""

    table: ClassVar[str] = "legal_holds"
    title: ClassVar[str] = "Legal hold"
    stands: ClassVar[str] = "end the hold, with the reason"

    placed_on: date | None = day("Placed on", required=True)
    kind: str = code("Because of", "hold_kind", default="other", required=True)
    by: str = text("Placed by", "Name or post.", required=True)
    reason: str = long("Reason", limit=2000, required=True)
    until: date | None = day("Until", "The last day of the hold; blank: without end.")
    review_due: date | None = day("Look at it again on", "Needed where it is without end.")
    reviewed_on: date | None = day("Last looked at on")
    ended_on: date | None = day("Ended on")
    ended_by: str = text("Ended by", "Name or post.")
    end_reason: str = text("Why it ended")


@dataclass(slots=True)
class RetentionReview(Record):
    """A person looked whether a file is still kept, and decided that it is (domain 8)."""

    table: ClassVar[str] = "retention_reviews"
    title: ClassVar[str] = "Retention review"
    stands: ClassVar[str] = "review the file again"

    made: date | None = day("Reviewed on", required=True)
    papers: str = code("Of", "kept_papers", default="file", required=True)
    by: str = text("Decided by", "Name or post.", required=True)
    reason: str = long("Why it is kept", limit=2000, required=True)
    next_review: date | None = day("Look at it again on", required=True)


@dataclass(slots=True)
class Disposal(Record):
    """The certificate of a disposal: that it was done, by whom and by what rule, and no more.

    The reference stays: it is opaque, it is never given out again, and a council's own register of
    destroyed files has nothing else to go by.
    """

    table: ClassVar[str] = "disposals"
    title: ClassVar[str] = "Certificate of disposal"

    ref: str = text("Case", klass="public")
    case_number: int | None = whole("Number the log knows it by")
    disposed_on: date | None = day("Disposed of on")
    authority: str = text("On whose authority", "Name or post.")
    rule: str = long("By what rule", limit=2000)
    reason: str = long("Reason", limit=2000)
    by: str = text("Done by")
    state: str = code("State", "disposal_state", default="begun")
    records: int | None = whole("Records erased")
    log_rows: int | None = whole("Lines of the change log emptied")
    words: int | None = whole("Words and numbers looked for")
    pages: int | None = whole("Pages looked through")
    found: int | None = whole("Places where one was found")
    proved_on: date | None = day("Looked through on")
    copies: str = long("Copies that still hold it")
    papers: str = code("Of", "kept_papers", default="file")
