"""Who may be told what: each exporter declares a profile, an allow-list of fields.

A profile works in two ways. ``Profile.view`` hands an exporter a copy of the case in which every
field outside the list is blank, so a field left off the list cannot leave, whatever the exporter
does. ``check_profiles`` reads the program's source for places that make an export without one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import MISSING, dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar

from config.codes import CODES
from db.fields import FieldSpec
from db.models import BY_TABLE, CASE_TABLES, RECORDS, CaseFile, Record, specs

R = TypeVar("R", bound=Record)
F = TypeVar("F", bound=Callable[..., Any])
Field = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Profile:
    """What one kind of recipient may be sent.

    ``fields`` are (table, field) pairs. A protected field must be named a second time in
    ``protected``, so that none slips in among the others.
    """

    name: str
    recipient: str
    purpose: str
    fields: frozenset[Field]
    protected: frozenset[Field] = frozenset()

    def allows(self, table: str, field: str) -> bool:
        """Whether the recipient may be sent this field."""
        return (table, field) in self.fields

    def blank(self, record: R) -> R:
        """A copy of ``record`` in which what the profile does not allow is as if never entered."""
        return replace(record, **_hidden(self, record.table))

    def view(self, file: CaseFile) -> CaseFile:
        """A copy of ``file`` with nothing in it that the profile does not allow."""
        seen = CaseFile(self.blank(file.case))
        for table in CASE_TABLES:
            if table in _tables(self):
                setattr(seen, table, [self.blank(record) for record in getattr(file, table)])
        return seen


@lru_cache(maxsize=256)
def _hidden(profile: Profile, table: str) -> dict[str, Any]:
    """The fields of a kind of record that a profile does not allow, as a new record has them."""
    return {
        item.name: None if item.default is MISSING else item.default
        for item in fields(BY_TABLE[table])
        if "spec" in item.metadata and not profile.allows(table, item.name)
    }


@lru_cache(maxsize=16)
def _tables(profile: Profile) -> frozenset[str]:
    return frozenset(table for table, _ in profile.fields)


def _pairs(**tables: str) -> frozenset[Field]:
    return frozenset((table, name) for table, names in tables.items() for name in names.split())


TOKEN_TEXT: Final[frozenset[Field]] = _pairs(
    cases="ref",
    measures="name",
    reminders="rule record_table",
    disclosures="what sha256 case_refs",
)
"""Public fields of text that the program or the catalogue writes. What somebody types (an area, a
time, a number of another office) can hold a name or an address, and stays out of a pseudonymous
export. So does the basis of a disclosure: of a letter it repeats the version somebody typed."""

_CARD_PUBLIC = (
    "ref status stage stage_entered target_due urgency risk tenure named_parties consent "
    "consent_since stuck_since next_due do_not_contact secured scheme_type"
)
_CARD_CASE = "score name stuck_why stuck_on next_text safe_contact last_text"
CARD_CLASSES: Final[dict[str, str]] = {
    **dict.fromkeys(_CARD_PUBLIC.split(), "public"),
    **dict.fromkeys(_CARD_CASE.split(), "case"),
}
"""Disclosure class of what a case's card shows (table ``case_cards``)."""
LOG_CLASSES: Final[dict[str, str]] = dict.fromkeys(
    ["id", "at", "action", "entity", "entity_id", "batch", "undoes", "fields"], "public"
)
"""Disclosure class of a row of the change log (table ``changes``): which fields, and no value,
reason or name. Before, after, why and who are in no export."""


def _by_class(*classes: str) -> frozenset[Field]:
    found = {
        (record.table, name)
        for record in RECORDS
        for name, spec in specs(record).items()
        if spec.klass in classes and ("case" in classes or _counts_only(record.table, name, spec))
    }
    found |= {("case_cards", name) for name, klass in CARD_CLASSES.items() if klass in classes}
    found |= {("changes", name) for name, klass in LOG_CLASSES.items() if klass in classes}
    return frozenset(found)


def _counts_only(table: str, name: str, spec: FieldSpec) -> bool:
    return spec.kind not in ("text", "long") or (table, name) in TOKEN_TEXT


_MARAC = _pairs(
    cases="ref stage contact_rule contact_times do_not_contact victim_wants referrer_org route",
    people="role first_name surname aliases dob gender ethnicity orientation disability "
    "communication language pregnant not_safe_to_tell relation_survivor school relationship "
    "address whereabouts release_date",
    contact_points="person_id kind value safe times words",
    properties="address postcode confidential tenure landlord_id police_marker current",
    organisations="name",
    risk_assessments="assessed score answers police_reports judgement_reason",
    legal_orders="kind made served expiry excludes",
    measures="catalogue_id name state fitted_on",
    support="provider worker answer start ended",
    incidents="at kind headline perpetrator_id",
    marac_listings="meeting marac_ref listing_type criteria state referred last_referral "
    "repeat_event judgement_reason victim_aware unaware_reason consent share_basis decided_by "
    "decided_on headline requested_actions outcome heard_on",
    marac_actions="listing_id action owner_agency owner due state done_on evidence reason",
)
_DATASET = _pairs(
    cases="route",
    people="role dob gender ethnicity orientation disability",
    marac_listings="meeting listing_type criteria state heard_on transferred_on",
)
_RETURNS = _pairs(
    cases="ref linked_cases status received route acknowledged approved_on in_district",
    people="role dob gender ethnicity orientation disability characteristics lives_here",
    properties="tenure current",
    measures="catalogue_id state fitted_on cost fund",
    support="answer offered start ended end_reason types",
    closures="closed_on outcome",
    expenditures="on fund fund_id state net vat gross",
    grants="on fund fund_id state amount",
    incidents="at kind at_address entry",
    aftercare_checks="kind done_on outcome feels_safer still_home measures_working contact_since "
    "support_in_place",
    risk_assessments="assessed",
    surveys="done_on",
    consent_requests="state answered_on",
)
_COVER = _pairs(
    case_cards="ref name risk score urgency stage stage_entered target_due safe_contact "
    "do_not_contact stuck_why stuck_on stuck_since next_text next_due",
    reminders="due at title_text who",
)
_NEW_ADDRESS = _pairs(safe_addresses="address postcode")
_PROTECTED: Final = frozenset(
    (record.table, name)
    for record in RECORDS
    for name, spec in specs(record).items()
    if spec.klass == "protected"
)

_HOME = "address postcode confidential current"
_ASKED = (
    "part state survivor_ok decision_kind decision_maker decision_org_id agent agent_org_id "
    "wording schedule channel asked_by sent_on agent_forwarded"
)
_LANDLORD = _pairs(
    properties=_HOME,
    measures="catalogue_id name qty part consent_needed state standard",
    consent_requests=_ASKED,
    consent_events="request_id at kind",
)
_CONTRACTOR = _pairs(
    properties=f"{_HOME} kind floor fire_door",
    measures="catalogue_id name qty part state standard",
    visits="kind on window worker gender_pref support_present outcome",
)
_BENEFITS = _pairs(
    properties=_HOME,
    people="role first_name surname still_resident",
    measures="catalogue_id name state fitted_on",
)
_REFERRER = _pairs(
    cases="ref status stage received route referrer_org referrer_name",
    measures="catalogue_id state fitted_on",
    closures="closed_on outcome",
)
_SURVIVOR = _pairs(
    cases="cadence aftercare_method",
    people="role first_name communication",
    measures="catalogue_id name qty state fitted_on maintenance_due",
)

NEVER_TO_MARAC: Final[frozenset[Field]] = frozenset(
    (table, name)
    for table in ("entry_points", "surveys", "notes", "visits", "contacts", "safety_plans")
    for name in specs(BY_TABLE[table])
) | _pairs(
    cases="code_word",
    measures="location fitted_by",
    people="nrpf immigration",
    marac_listings="address_reason",
)
"""Weak points, alarm and key details, locations, contractors, notes: a MARAC never gets them,
whatever a profile may say (Cabinet Office, review of information handling, 2023; section 3a)."""

NEVER_TO_OTHERS: Final[frozenset[Field]] = (
    _PROTECTED
    | frozenset(
        (table, name)
        for table in (
            "safe_addresses",
            "surveys",
            "entry_points",
            "measures",
            "visits",
            "safety_plans",
            "aftercare_checks",
            "subject_decisions",
            # copies: what rules and people made of the above
            "reminders",
            "consent_requests",
            "consent_events",
            "expenditures",
            "grants",
            "referrals_out",
            "overrides",
            "marac_actions",
            "closures",
        )
        for name in specs(BY_TABLE[table])
    )
    | _pairs(
        cases="contact_rule contact_times code_word victim_wants aftercare_method next_action "
        "next_due ha_return_due ha_scheme ha_answer stage stage_entered approved_by approved_on "
        "cadence emergency_since",
        marac_listings="requested_actions outcome",
        properties="address postcode floor police_marker",
        people="safe_to_talk_to not_safe_to_tell school gp employer",
        contact_points="times words",
    )
)
"""Where the survivor is, how they are reached and how the home is guarded, and every copy derived
of it: nobody who asks what is held about them gets it, whatever is ticked, but the survivor (DOMAIN
8; DPA 2018, Schedule 3)."""

THE_SURVIVORS: Final[frozenset[Field]] = frozenset(
    (table, name)
    for table in (
        "cases",
        "risk_assessments",
        "support",
        "properties",
        "legal_holds",
        "retention_reviews",
    )
    for name in specs(BY_TABLE[table])
)
"""What a survivor told, was offered or decided, their home, and how long their file is kept: shut
to everybody else who asks, the perpetrator too, whatever is ticked (DOMAIN 8: never confirm the
survivor's presence; DPA 2018, Schedule 2 paragraph 16 and Schedule 3, serious harm)."""

_EVERY_FIELD: Final = frozenset(
    (record.table, name)
    for record in RECORDS
    if record.table not in ("connected_people", "seals")  # about others: no file has them
    for name in specs(record)
)
_WHOLE: Final = frozenset((record.table, name) for record in RECORDS for name in specs(record))

PROFILES: Final[dict[str, Profile]] = {
    profile.name: profile
    for profile in (
        Profile("marac", "marac", "The weekly MARAC list, its agenda and its actions", _MARAC),
        Profile(
            "marac_address",
            "marac",
            "The same, with a confidential address for which a reason is recorded",
            _MARAC | _NEW_ADDRESS | _pairs(safe_addresses="person_id"),
            _NEW_ADDRESS,
        ),
        Profile(
            "dataset",
            "marac",
            "The quarterly MARAC dataset: these fields are counted, none is written",
            _DATASET,
        ),
        Profile(
            "returns",
            "county",
            "The returns of a quarter or a year: these fields are counted, none is written",
            _RETURNS,
        ),
        Profile(
            "landlord",
            "landlord",
            "Letters to a landlord, letting agent, managing agent or freeholder",
            _LANDLORD,
        ),
        Profile("contractor", "contractor", "The contractor's job sheet", _CONTRACTOR),
        Profile("benefits", "benefits", "The spare-room evidence letter", _BENEFITS),
        Profile("referrer", "referrer", "The note of the outcome", _REFERRER),
        Profile("survivor", "survivor", "The handover sheet and the ending letter", _SURVIVOR),
        Profile(
            "subject",
            "subject",
            "What is held about the survivor, at their own request: what a person has ticked",
            _EVERY_FIELD,
            _PROTECTED & _EVERY_FIELD,
        ),
        Profile(
            "subject_other",
            "subject",
            "What is held about anybody else of the case, at their request: what is ticked",
            _EVERY_FIELD - NEVER_TO_OTHERS - THE_SURVIVORS,
        ),
        Profile(
            "archive",
            "internal",
            "The whole caseload in open formats, encrypted: every field of every record",
            _WHOLE,
            _PROTECTED,
        ),
        Profile(
            "cover",
            "internal",
            "The handover pack for whoever covers a leave: encrypted, with a day to delete it by",
            _COVER,
        ),
        Profile(
            "breach",
            "internal",
            "The report of a breach, for the data protection officer: references and counts",
            _pairs(
                breaches="aware happened kind what held case_refs classes recipient protected risk "
                "risk_why ico ico_on ico_why closed_on",
                breach_steps="at kind case_ref words by people",
                disclosures="at what recipient recipient_name protection sha256 protected_fields "
                "rows deleted_on",
            ),
        ),
        Profile(
            "refused",
            "internal",
            "Rows of a tracker that an import refused, as they were, to be mended and brought in",
            _EVERY_FIELD,
            _PROTECTED & _EVERY_FIELD,
        ),
        Profile(
            "pseudonymous",
            "internal",
            "Any table or screen without names, addresses or free text",
            _by_class("public"),
        ),
        Profile(
            "identifiable",
            "internal",
            "Any table or screen with names, for those in this council who need to know",
            _by_class("public", "case"),
        ),
    )
}
"""Every recipient profile by name."""


@dataclass(frozen=True, slots=True)
class Exporter:
    """Something that makes a file for somebody: its name and the profiles it may work under."""

    name: str
    profiles: tuple[str, ...]
    function: str


EXPORTERS: Final[dict[str, Exporter]] = {}
"""Every exporter whose module has been imported."""


def exporter(name: str, *profiles: str) -> Callable[[F], F]:
    """Declare a function an exporter that works under these profiles."""

    def register(function: F) -> F:
        EXPORTERS[name] = Exporter(name, profiles, f"{function.__module__}.{function.__qualname__}")
        return function

    return register


_MAKERS: Final = frozenset(
    {"csv_bytes", "csv_pieces", "workbook_bytes", "archive_bytes", "docx_bytes", "plain_bytes"}
)
_RAW_WRITERS: Final = frozenset({"DictWriter", "Workbook", "AESZipFile", "ZipFile", "Document"})
_FILE_WRITERS: Final = frozenset(
    {
        "write_text",
        "write_bytes",
        "atomic_write",
        "write_unnamed",
        "write_set",
        "write_one",
        "give_name",
        "give_names",
    }
)
OWN_FILES: Final[dict[str, str]] = {
    "files.py": "writes the set that an exporter made",
    "outgoing.py": "names what an exporter made, once the register has it",
    "preparing.py": "the mapping of a tracker's columns: titles and codes, nothing of a case",
    "cli_kit.py": "the emergency kit: the recovery key, no case",
    "disposing.py": "the certificate of a disposal: that it was done, nothing of the case",
    "crash.py": "the crash log: type and place, no case",
    "dictionary.py": "the data dictionary of the project",
    "processing.py": "the record of processing and the impact assessment of the project",
    "rulebook.py": "the page of rules of the project",
    "merging.py": "returns of several districts joined: their counts, nothing of a case here",
}
"""Modules that write a file of the program's own, with nothing of a case in it."""
_MAKER_MODULES: Final = frozenset({"csvfile.py", "protect.py", "docfile.py"})


def check_profiles(root: Path | None = None) -> list[str]:
    """What is wrong with the profiles and exporters, a sentence each; empty when all is well.

    ``root`` is the folder whose Python source is read; the program's own by default.
    """
    root = root or Path(__file__).parents[1]
    problems: list[str] = []
    for profile in PROFILES.values():
        problems += _profile_problems(profile)
    for item in EXPORTERS.values():
        if not item.profiles:
            problems.append(f"Exporter {item.name} names no profile.")
        problems += [
            f"Exporter {item.name} names the unknown profile {name}."
            for name in item.profiles
            if name not in PROFILES
        ]
    for path in sorted(root.rglob("*.py")):
        if path.name not in _MAKER_MODULES:
            problems += _source_problems(path)
    return problems


def _profile_problems(profile: Profile) -> Iterator[str]:
    if profile.recipient not in CODES["recipient"]:
        yield f"Profile {profile.name} names the unknown recipient {profile.recipient}."
    for table, name in sorted(profile.fields):
        klass = class_of(table, name)
        if klass is None:
            yield f"Profile {profile.name} lists {table}.{name}, which does not exist."
        elif klass == "protected" and (table, name) not in profile.protected:
            yield f"Profile {profile.name} lists the protected {table}.{name} without naming it so."
    if profile.recipient in ("marac", "other_marac"):
        for table, name in sorted(profile.fields & NEVER_TO_MARAC):
            yield f"Profile {profile.name} would send {table}.{name} to a MARAC."


def class_of(table: str, name: str) -> str | None:
    """The disclosure class of a field; None where there is no such field."""
    if table == "case_cards":
        return CARD_CLASSES.get(name)
    if table == "changes":
        return LOG_CLASSES.get(name)
    spec = specs(BY_TABLE[table]).get(name) if table in BY_TABLE else None
    return spec.klass if spec else None


def _source_problems(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text("utf-8"))
    for node, outermost in _calls(tree):
        name = _called(node)
        if name in _MAKERS and not (outermost and _is_declared(outermost)):
            yield f"{path.name}, line {node.lineno}: {name} is called outside a declared exporter."
        elif _writes(node) and path.name not in OWN_FILES:
            if not (outermost and _is_declared(outermost)):
                yield f"{path.name}, line {node.lineno}: {name} writes a file past the exporters."
        elif (name in _RAW_WRITERS and not _reads_archive(name, node)) or _is_csv_writer(node):
            yield f"{path.name}, line {node.lineno}: {name} makes a file past the exporters."


def _reads_archive(name: str, call: ast.Call) -> bool:
    """An archive named and nothing more is opened to be read."""
    return name == "ZipFile" and len(call.args) == 1 and not call.keywords


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, ast.AST | None]]:
    """Every call of a module with the outermost function it stands in."""

    def walk(node: ast.AST, outermost: ast.AST | None) -> Iterator[tuple[ast.Call, ast.AST | None]]:
        for child in ast.iter_child_nodes(node):
            inside = outermost
            if outermost is None and isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                inside = child
            if isinstance(child, ast.Call):
                yield child, inside
            yield from walk(child, inside)

    return walk(tree, None)


def _called(node: ast.Call) -> str:
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _writes(node: ast.Call) -> bool:
    """Whether a call writes a file: by a writer's name, or opened with a mode that writes."""
    name = _called(node)
    if name not in ("open", "fdopen"):
        return name in _FILE_WRITERS
    given = [*node.args, *(item.value for item in node.keywords if item.arg == "mode")]
    return any(
        isinstance(item, ast.Constant)
        and isinstance(item.value, str)
        and re.fullmatch(r"[rwxabt+]{1,3}", item.value) is not None
        and bool(set(item.value) & set("wxa+"))
        for item in given
    )


def _is_csv_writer(node: ast.Call) -> bool:
    function = node.func
    return (
        isinstance(function, ast.Attribute)
        and function.attr == "writer"
        and isinstance(function.value, ast.Name)
        and function.value.id == "csv"
    )


def _is_declared(function: ast.AST) -> bool:
    decorators: Iterable[ast.expr] = getattr(function, "decorator_list", ())
    return any(
        isinstance(item, ast.Call) and _called(item) == "exporter" and len(item.args) > 1
        for item in decorators
    )
