"""The record of processing and the impact assessment, written from the schema and the profiles.

``python -m sanctuary_tui.exports.processing`` writes docs/ROPA.md and docs/DPIA.md; a test keeps
both in step with the program, so that no field, recipient or period is missing from them. UK GDPR
Articles 30 and 35. What only the controller can know is left open in square brackets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Final

from config.codes import CODES
from config.settings import Retention, default_settings
from db.models import RECORDS, Record, specs
from sanctuary_tui.exports.profiles import PROFILES, Field, Profile

ROPA: Final = Path("docs/ROPA.md")
DPIA: Final = Path("docs/DPIA.md")

SPECIAL: Final[dict[Field, str]] = {
    ("people", "ethnicity"): "racial or ethnic origin",
    ("people", "orientation"): "sex life or orientation",
    ("people", "gender"): "may show a trans history",
    ("people", "disability"): "health",
    ("people", "communication"): "health",
    ("people", "characteristics"): "health",
    ("people", "sensory_need"): "health",
    ("people", "pregnant"): "health",
    ("people", "gp"): "health",
    ("people", "immigration"): "may show origin or belief",
    ("people", "whereabouts"): "criminal offence data",
    ("people", "release_date"): "criminal offence data",
    ("people", "weapons"): "criminal offence data",
    ("people", "mappa"): "criminal offence data",
    ("cases", "reason"): "health, sex life, criminal offence data, as told",
    ("cases", "triggers"): "criminal offence data",
    ("risk_assessments", "answers"): "health, sex life, criminal offence data",
    ("risk_assessments", "survivor_fear"): "health, sex life, as told",
    ("risk_assessments", "police_reports"): "criminal offence data",
    ("legal_orders", "kind"): "criminal offence data",
    ("legal_orders", "breaches"): "criminal offence data",
    ("incidents", "kind"): "criminal offence data",
    ("incidents", "detail"): "health, sex life, criminal offence data, as told",
    ("incidents", "headline"): "criminal offence data",
    ("marac_listings", "criteria"): "criminal offence data",
    ("marac_listings", "headline"): "criminal offence data",
    ("marac_listings", "outcome"): "criminal offence data",
    ("referrals_out", "kind"): "criminal offence data",
    ("referrals_out", "note"): "health, criminal offence data, as told",
    ("notes", "body"): "health, sex life, criminal offence data, as told",
}
"""Fields that hold special category or criminal offence data (Articles 9 and 10), and of what."""

_PEOPLE: Final = {
    "organisations": "people at organisations",
    "contacts": "people at organisations",
    "funds": "nobody",
    "group_actions": "people at organisations",
    "referrals_out": "survivor, perpetrator, children",
    "disclosures": "recipients",
    "breaches": "everybody of the cases in it",
    "breach_steps": "everybody of the cases in it",
    "entry_points": "survivor, household",
    "surveys": "survivor, household",
    "consent_requests": "survivor, landlord, agent",
    "consent_events": "survivor, landlord, agent",
    "legal_orders": "survivor, perpetrator",
    "incidents": "survivor, perpetrator, household",
    "marac_listings": "survivor, perpetrator, children",
    "marac_actions": "survivor, perpetrator, children",
    "notes": "everybody of the case",
    "cases": "everybody of the case, referrer",
    "people": "survivor, perpetrator, children, household, associates",
    "subject_requests": "whoever asks",
    "subject_decisions": "whoever asks",
}
_WRITTEN: Final = (
    "Written by `python -m sanctuary_tui.exports.processing` from the records, the recipient "
    "profiles and the settings; do not edit it by hand. What stands in [square brackets] is the "
    "controller's to fill in, in a copy of its own."
)


def outside() -> list[Profile]:
    """The profiles under which something leaves this council."""
    return [one for one in PROFILES.values() if one.recipient != "internal"]


def recipients_of(table: str, name: str) -> list[str]:
    """The profiles that allow a field to leave this council."""
    return [one.name for one in outside() if one.allows(table, name)]


def field_rows(record: type[Record]) -> Iterator[tuple[str, ...]]:
    """A row for each field of a record, with its class and who may be sent it."""
    for name, spec in specs(record).items():
        yield (
            f"`{record.table}.{name}`",
            spec.label,
            spec.klass,
            SPECIAL.get((record.table, name), ""),
            ", ".join(recipients_of(record.table, name)) or "nobody",
        )


def missing(text: str) -> list[str]:
    """Fields, profiles and retention settings that a page does not name; none when it is whole."""
    wanted = [f"`{record.table}.{name}`" for record in RECORDS for name in specs(record)]
    wanted += [f"`{name}`" for name in PROFILES]
    wanted += [f"`retention.{item.name}`" for item in fields(Retention)]
    return [one for one in wanted if one not in text]


# --- the record of processing ---------------------------------------------------------------------


def ropa() -> str:
    """The record of processing activities (Article 30) as Markdown."""
    return _page(
        "# Record of processing",
        _WRITTEN,
        "## Controller",
        "[Council, address, data protection officer and how to reach them, joint controllers such "
        "as the MARAC's partners.]",
        "## Purposes",
        "To judge and carry out security work on the homes of people at risk of domestic abuse, to "
        "share with a MARAC what it needs, to keep promises after the fitting, and to account for "
        "public money.",
        "Lawful basis, to be confirmed: Article 6(1)(e) public task; Article 9(2)(g) with DPA 2018 "
        "Schedule 1 paragraph 18 (safeguarding of children and individuals at risk); criminal "
        "offence data under the same paragraph. Consent of the survivor opens the gates of the "
        "pathway; it is not the lawful basis.",
        "## Whom it is about",
        _table(
            ("who", "recorded in"),
            [
                *((words, "`people`") for words in CODES["role"].values()),
                ("People at organisations, landlords, referrers", "`contacts`, `organisations`"),
            ],
        ),
        "## Recipients",
        _recipients(),
        "Everything that leaves has a row in the export register, with its recipient, basis, "
        "SHA-256, cases and classes of field.",
        "## Transfers abroad",
        "None by the program: it opens no connection. [Where recipients keep what they are sent.]",
        "## How long",
        _retention(),
        "## Security",
        "Encryption, classes of field, lock, log and backups, each with the test that shows it: "
        "[SECURITY.md](SECURITY.md).",
        "## Fields",
        "Class: *public* counts and stages, *case* names and what people said, *protected* what "
        "can give somebody away. The last column names the profiles under which a field can leave "
        "this council; nothing else leaves it.",
        *(part for record in RECORDS for part in _record(record)),
    )


def _record(record: type[Record]) -> Iterator[str]:
    about = (record.__doc__ or "").strip().split("\n\n")[0].split("(")[0]
    yield f"### `{record.table}`"
    yield f"{' '.join(about.split()).rstrip('. ')}. About: {_about(record.table)}."
    yield _table(
        ("field", "is", "class", "special or criminal", "can leave to"), field_rows(record)
    )


def _about(table: str) -> str:
    return _PEOPLE.get(table, "survivor, household")


def _recipients() -> str:
    return _table(
        ("profile", "recipient", "for", "fields", "of them protected"),
        (
            (
                f"`{one.name}`",
                CODES["recipient"][one.recipient],
                one.purpose,
                str(len(one.fields)),
                str(len(one.protected)),
            )
            for one in PROFILES.values()
        ),
    )


def _retention() -> str:
    """Each period as it is set at delivery: none; the council sets it."""
    kept = default_settings().retention
    return _table(
        ("setting", "at delivery", "this council"),
        (
            (f"`retention.{item.name}`", _period(getattr(kept, item.name)), "[to be set]")
            for item in fields(Retention)
        ),
    )


def _period(value: object) -> str:
    return "not set: nothing is proposed" if not value else str(value)


# --- the impact assessment ------------------------------------------------------------------------


_FLOWS: Final = (
    ("referral or import", "referrer, tracker", "caseload", "in person, file"),
    ("use", "caseload", "coordinator's screen", "masked names, idle lock"),
    ("weekly list", "caseload", "MARAC coordinator", "chosen protection, register"),
    ("letters and sheets", "caseload", "landlord, contractor, others", "words checked, register"),
    ("answer to a request", "caseload", "the person it is about", "ticked by paragraph"),
    ("backup", "caseload", "disk of the council", "encrypted as the caseload"),
    ("disposal", "caseload", "nobody", "by the council's periods"),
)
_RISKS: Final = (
    (
        "A safe address or new identity reaches the person who is feared",
        "5",
        "3",
        "classes of "
        "field, profiles, withheld in free text, refused in letters, never in a request's answer",
    ),
    (
        "A list goes to the wrong person or is left lying",
        "5",
        "3",
        "encryption, register, files asked for and deleted, breach helper",
    ),
    (
        "Somebody asks for data in another's name",
        "5",
        "2",
        "identity recorded before a pack is "
        "written, safe-contact rule read, paragraphs withheld until ticked",
    ),
    ("A stolen computer or copied file is read", "5", "1", "SQLCipher, Argon2id, device secret"),
    ("A colleague looks without need", "4", "3", "lock, masked names, log of readings"),
    (
        "A wrong phone number or lost note leads to harm",
        "5",
        "2",
        "append-only notes, history, checks of safe contact",
    ),
    ("The caseload cannot be opened on the day", "5", "2", "verified backups, recovery key"),
    ("Data are kept longer than needed", "3", "3", "periods set by the council, reviews"),
)


def dpia() -> str:
    """The data protection impact assessment (Article 35) as Markdown."""
    declared = [(record, name, spec) for record in RECORDS for name, spec in specs(record).items()]
    counts = {
        klass: sum(1 for _, _, spec in declared if spec.klass == klass)
        for klass in CODES["field_class"]
    }
    return _page(
        "# Data protection impact assessment",
        _WRITTEN,
        "## 1. Why it is needed",
        "Special category and criminal offence data about people at risk of serious harm, children "
        "among them, on a scale of a district; a mistake can cost a life (Article 35(3)(b)).",
        "## 2. Nature of the processing",
        _table(("flow", "from", "to", "how it is guarded"), _FLOWS),
        "One person, one computer, one encrypted file; no network, no server, no profiling and no "
        "automatic decision: gates say why, a person decides.",
        "## 3. Scope",
        f"{len(RECORDS)} kinds of record with {len(declared)} fields: "
        + ", ".join(f"{number} {klass}" for klass, number in counts.items())
        + f". Special category or criminal offence data are in {len(SPECIAL)} of them. "
        "[Number of cases a year, area, how far back.]",
        _table(
            ("field", "holds"),
            ((f"`{table}.{name}`", words) for (table, name), words in SPECIAL.items()),
        ),
        "How long:",
        _retention(),
        "## 4. Context",
        "People who fear somebody they lived with; who may know their passwords, their friends and "
        "their council. Perpetrators may be staff, contractors or relatives of either. They are "
        "data subjects too, with a right of access.",
        "## 5. Purposes and lawful basis",
        "Under each profile, as [the record of processing](ROPA.md) lists them. [The controller "
        "confirms the basis of each flow.]",
        _recipients(),
        "## 6. Consultation",
        "[Survivors' group; data protection officer; IT security; chair of the MARAC; landlords.]",
        "## 7. Necessity and proportionality",
        "Each field, its class, and to whom it can leave. A field that nobody needs is taken out "
        "of the schema; one that no profile names cannot leave.",
        *(
            _table(
                ("field", "class", "can leave to"), _needs(record), head_line=f"### {record.title}"
            )
            for record in RECORDS
        ),
        "## 8. Risks",
        "Harm and likelihood from 1 to 5, the likelihood as it is left with the measures.",
        _table(("risk", "harm", "likelihood", "measures"), _RISKS),
        "## 9. Measures",
        "Each with the test that shows it, and what is not promised: [SECURITY.md](SECURITY.md).",
        "## 10. Residual risks",
        "Malware that runs as the same user; a photograph of the screen; an administrator; what a "
        "recipient does with a list; loss of passphrase and recovery key together.",
        "## 11. Sign-off and review",
        "[Data protection officer's advice; who accepts the residual risks; date; next review, and "
        "after each new version that adds a field or a profile.]",
    )


def _needs(record: type[Record]) -> Iterator[tuple[str, ...]]:
    for name, _, klass, _, where in field_rows(record):
        yield name, klass, where


# --- pages ----------------------------------------------------------------------------------------


def _page(*parts: str) -> str:
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]], *, head_line: str = "") -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    made = "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines
    )
    return f"{head_line}\n\n{made}" if head_line else made


def main() -> None:
    """Write both pages where the project keeps them."""
    root = Path(__file__).parents[2]
    for path, text in ((ROPA, ropa()), (DPIA, dpia())):
        (root / path).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
