"""The documents there are: to whom each goes, under which profile, and by which rules.

Sources: STADA 2023 (schedule of works, removal and making good, the agent's chain); MHCLG 2026 5.2
(how to use, whom to ring; support ends without a cliff) and 6.4 (never disclose by default);
HB circular A8/2021 (written evidence for a home adapted under a sanctuary scheme).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from config.errors import BadInputError


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document.

    ``id`` names its template, its files and the command line's argument; ``profile`` names a
    recipient profile; ``outside`` documents say nothing of why; ``about`` is the table of the
    record it is about, if it is about one; ``must`` are fields without which none is made.
    """

    id: str
    title: str
    key: str
    profile: str
    fields: tuple[str, ...]
    must: tuple[str, ...] = ()
    outside: bool = False
    about: str = ""
    part: str = ""

    @property
    def to_survivor(self) -> bool:
        """Whether it is for the survivor: the safe-contact rule is read first."""
        return self.profile == "survivor"


COMMON: Final = ("date", "scheme", "sender", "district", "phone", "email", "office_address")
"""Fields every document has."""
_LETTER: Final = (
    "recipient",
    "recipient_address",
    "address",
    "wording",
    "works",
    "reference",
    "sent_on",
    "part",
)
_MUST: Final = ("recipient", "address")

KINDS: Final[dict[str, Kind]] = {
    kind.id: kind
    for kind in (
        Kind(
            "landlord-request",
            "Landlord: request, schedule of works, removal offer",
            "l",
            "landlord",
            _LETTER,
            (*_MUST, "wording", "works"),
            outside=True,
            about="consent_requests",
            part="dwelling",
        ),
        Kind(
            "chase",
            "Landlord or agent: chase of a request that is out",
            "c",
            "landlord",
            _LETTER,
            (*_MUST, "sent_on"),
            outside=True,
            about="consent_requests",
        ),
        Kind(
            "agent-letter",
            "Managing agent or freeholder: works in the common parts",
            "m",
            "landlord",
            _LETTER,
            (*_MUST, "wording", "works"),
            outside=True,
            about="consent_requests",
            part="common_parts",
        ),
        Kind(
            "job-sheet",
            "Contractor: job sheet, need to know, expires",
            "j",
            "contractor",
            (
                "recipient",
                "address",
                "job",
                "visit_on",
                "window",
                "visit_kind",
                "works",
                "met_by",
                "worker_preferred",
                "hazards",
                "expires",
            ),
            ("address", "works", "visit_on"),
            outside=True,
            about="visits",
        ),
        Kind(
            "spare-room",
            "Benefit office: spare-room evidence letter",
            "b",
            "benefits",
            ("name", "address", "adapted_on"),
            ("name", "address", "adapted_on"),
        ),
        Kind(
            "outcome-note",
            "Referrer: note of the outcome",
            "r",
            "referrer",
            ("recipient", "reference", "received", "outcome", "outcome_on", "next_step"),
            ("recipient",),
        ),
        Kind(
            "handover",
            "Survivor: handover sheet",
            "h",
            "survivor",
            ("name", "items", "how_to_use", "upkeep", "check_when"),
            ("items", "phone"),
        ),
        Kind(
            "ending-letter",
            "Survivor: support is ending, and the way back",
            "e",
            "survivor",
            ("name", "items", "check_when"),
            ("phone",),
        ),
    )
}
"""Every kind of document by its id, in the order in which they are offered."""


def kind_of(name: str) -> Kind:
    """The kind of document of this name.

    Raises:
        BadInputError: there is none.
    """
    found = KINDS.get(name.strip().lower())
    if found is None:
        raise BadInputError(f"There is no document of that name; choose one of {', '.join(KINDS)}.")
    return found
