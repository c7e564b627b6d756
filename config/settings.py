"""What a district may set: one TOML file, checked when read; defaults are in ``defaults.toml``.

Nothing in it is about a case. The file is read before the caseload is unlocked (theme, idle lock).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args, get_type_hints

from config.errors import BadInputError
from config.setting_limits import check_limits
from config.toml import read_toml

CHECK = (
    "chase.urgent",
    "chase.standard",
    "chase.owner_details",
    "chase.escalate",
    "chase.offer_eh",
    "chase.silent_after",
    "emergency.release_hours",
    "emergency.breach_hours",
    "tasks.legal_advice_days",
    "tasks.interim_kit_days",
    "tasks.disrepair_days",
    "tasks.hearing_days",
    "tasks.court_date_days",
    "tasks.interpreter_days",
    "tasks.wording_days",
    "tasks.eh_answer_days",
    "tasks.fault_days",
    "tasks.told_days",
    "tasks.transfer_days",
    "tasks.kit_return_days",
    "tasks.marker_removal_days",
    "tasks.outward_days",
    "risk.medium_from",
    "risk.high_from",
    "marac.cutoff_days",
    "marac.repeat_anchor",
    "marac.action_days",
    "marac.recipient",
    "marac.attendees",
    "marac.names_in_agenda",
    "marac.landlord_in_list",
    "aftercare.hours_first",
    "aftercare.weeks_second",
    "aftercare.released_days",
    "policy.video_doorbell",
    "policy.overrides_signed_by",
    "policy.override_days",
    "policy.dapo_available",
    "policy.accreditation_weeks",
    "documents.secure_email",
    "documents.hhsrs_hazard",
    "returns.mhclg_form",
    "returns.county_feed",
    "returns.hclic_activity",
    "returns.small_numbers",
    "money.year_end_weeks",
    "money.uncommitted_percent",
    "exports.delete_days",
    "retention.adult_years",
    "retention.child_until_age",
    "retention.marac_years",
    "retention.backup_days",
    "retention.export_days",
)
"""Settings no source settles: those of domain section 11, and numbers the domain reference
proposes itself. Shown as "check with your council"."""


@dataclass(slots=True)
class Chase:
    """The chase ladder, in working days from sending (domain section 5)."""

    urgent: list[int] = field(default_factory=list)
    standard: list[int] = field(default_factory=list)
    owner_details: int = 10
    escalate: int = 15
    offer_eh: int = 21
    silent_after: int = 10


@dataclass(slots=True)
class Emergency:
    """How long a trigger of the emergency path is fresh, in hours (domain section 1)."""

    release_hours: int = 72
    breach_hours: int = 72


@dataclass(slots=True)
class Tasks:
    """Working days a task may take from what sets it (domain sections 1, 7 and 10)."""

    legal_advice_days: int = 3
    interim_kit_days: int = 3
    disrepair_days: int = 2
    hearing_days: int = 3
    court_date_days: int = 5
    interpreter_days: int = 5
    wording_days: int = 2
    eh_answer_days: int = 3
    fault_days: int = 1
    told_days: int = 1
    transfer_days: int = 5
    kit_return_days: int = 10
    marker_removal_days: int = 5
    outward_days: int = 5


@dataclass(slots=True)
class Risk:
    """Bands of the score and the review interval in weeks (domain section 3)."""

    medium_from: int = 10
    high_from: int = 14
    review_weeks: int = 6


@dataclass(slots=True)
class Marac:
    """The meeting's calendar and rules (domain section 3)."""

    cutoff_days: int = 7
    meeting_weekday: int = 3
    every_weeks: int = 2
    first_meeting: date = date(2026, 1, 8)
    repeat_months: int = 12
    repeat_anchor: str = "last_referral"
    escalation_reports: int = 3
    action_days: int = 14
    recipient: str = ""
    attendees: str = ""
    names_in_agenda: bool = False
    landlord_in_list: bool = False


@dataclass(slots=True)
class Aftercare:
    """When the first checks fall, and how long a release is asked after (domain section 7)."""

    hours_first: int = 48
    weeks_second: int = 3
    released_days: int = 14


@dataclass(slots=True)
class Orders:
    """Days before an order's expiry at which to be told."""

    warn_days: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Policy:
    """Local policy switches (conflicts table of the domain reference)."""

    video_doorbell: bool = False
    ha_return_days: int = 3
    support_gate: str = "soft"
    overrides_signed_by: str = "Service manager"
    override_days: int = 60
    dapo_available: bool = False
    accreditation_weeks: int = 8


@dataclass(slots=True)
class Documents:
    """Who signs letters and how to answer them; how long a job sheet may be kept, in days."""

    sender: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    job_sheet_days: int = 7
    secure_email: str = "secure email"
    hhsrs_hazard: str = "entry by intruders"


@dataclass(slots=True)
class Returns:
    """What goes into returns that other systems make (domain section 4)."""

    mhclg_form: str = "Support in Domestic Abuse Safe Accommodation"
    county_feed: str = ""
    hclic_activity: str = "Sanctuary or other security measures to home"
    small_numbers: str = "hidden"


@dataclass(slots=True)
class Money:
    """When Today tells of a fund not used up: weeks before 31 March, and from what share."""

    year_end_weeks: int = 8
    uncommitted_percent: int = 20


@dataclass(slots=True)
class Exports:
    """How many days an exported file may lie where it was written before it is asked for."""

    delete_days: int = 7


@dataclass(slots=True)
class Retention:
    """How long things are kept; 0 means that the council has not decided: nothing is proposed, and
    nothing disposed of."""

    adult_years: int = 0
    child_until_age: int = 0
    marac_years: int = 0
    backup_days: int = 0
    export_days: int = 0


@dataclass(slots=True)
class Backup:
    """Automatic backups: where (blank: beside the caseload), how many stay, when their age is told.

    ``daily``, ``weekly`` and ``monthly`` count the days, weeks and months that have one.
    """

    automatic: bool = True
    folder: str = ""
    daily: int = 7
    weekly: int = 5
    monthly: int = 12
    warn_days: int = 7


@dataclass(slots=True)
class Settings:
    """Every setting. See ``defaults.toml`` for what each means and its default."""

    coordinator: str = "Coordinator"
    scheme_name: str = "Home security scheme"
    district: str = ""
    idle_minutes: int = 5
    theme: str = "sanctuary-dark"
    mask_names: bool = True
    protection: str = ""
    stage_targets: dict[str, int] = field(default_factory=dict)
    stage_titles: dict[str, str] = field(default_factory=dict)
    chase: Chase = field(default_factory=Chase)
    emergency: Emergency = field(default_factory=Emergency)
    tasks: Tasks = field(default_factory=Tasks)
    risk: Risk = field(default_factory=Risk)
    marac: Marac = field(default_factory=Marac)
    aftercare: Aftercare = field(default_factory=Aftercare)
    orders: Orders = field(default_factory=Orders)
    policy: Policy = field(default_factory=Policy)
    documents: Documents = field(default_factory=Documents)
    returns: Returns = field(default_factory=Returns)
    money: Money = field(default_factory=Money)
    exports: Exports = field(default_factory=Exports)
    retention: Retention = field(default_factory=Retention)
    backup: Backup = field(default_factory=Backup)
    keys: dict[str, str] = field(default_factory=dict)


def default_settings() -> Settings:
    """The settings of a district that has set nothing."""
    return _settings(_defaults())


def load_settings(path: Path) -> Settings:
    """Settings from ``path`` over the defaults; the defaults alone when there is no file.

    Raises:
        BadInputError: the file is not TOML, or a setting is unknown, of the wrong kind or beyond
            what its rule can count with.
    """
    return _settings(_merge(_defaults(), _read(path), ""))


def save_settings(path: Path, changes: dict[str, Any]) -> None:
    """Write ``changes`` (dotted names to values) into the file at ``path``, leaving the rest.

    Raises:
        BadInputError: as ``load_settings``; the file is then left as it was.
    """
    import tomli_w

    from config.paths import atomic_write

    atomic_write(path, tomli_w.dumps(check_settings(path, changes)).encode())


def check_settings(path: Path, changes: dict[str, Any]) -> dict[str, Any]:
    """What the file at ``path`` would say with ``changes``; nothing is written.

    Raises:
        BadInputError: as ``load_settings``.
    """
    given = _read(path)
    for dotted, value in changes.items():
        target = given
        *parents, last = dotted.split(".")
        for parent in parents:
            target = target.setdefault(parent, {})
            if not isinstance(target, dict):
                raise BadInputError(f"In settings.toml, {dotted} is not a setting; remove it.")
        target[last] = value
    _settings(_merge(_defaults(), given, ""))
    return given


def _read(path: Path) -> dict[str, Any]:
    """What a district's own file says; nothing when there is none."""
    if not path.exists():
        return {}
    try:
        # Some editors of Windows begin a file with a byte order mark.
        return read_toml(path.read_text("utf-8-sig"))
    except (ValueError, OSError):
        raise BadInputError(
            f"The settings file {path.name} cannot be read as TOML; mend it, or move it away to "
            "start from the defaults."
        ) from None


def _settings(given: dict[str, Any]) -> Settings:
    built = _build(Settings, given, "")
    assert isinstance(built, Settings)
    if built.risk.medium_from > built.risk.high_from:
        raise BadInputError(
            "In settings.toml, risk.medium_from must not be more than risk.high_from."
        )
    return built


def _defaults() -> dict[str, Any]:
    return tomllib.loads(files("config").joinpath("defaults.toml").read_text("utf-8"))


def _merge(base: dict[str, Any], given: dict[str, Any], where: str) -> dict[str, Any]:
    merged = dict(base)
    for name, value in given.items():
        if isinstance(value, dict) and isinstance(merged.get(name), dict):
            merged[name] = _merge(merged[name], value, f"{where}{name}.")
        else:
            merged[name] = value
    return merged


def _build(kind: type[Any], given: dict[str, Any], where: str) -> Any:
    hints = get_type_hints(kind)
    known = {item.name for item in fields(kind)}
    for name in given:
        if name not in known:
            raise BadInputError(f"In settings.toml, {where}{name} is not a setting; remove it.")
    values: dict[str, Any] = {}
    for name, value in given.items():
        hint: Any = hints[name]
        if isinstance(hint, type) and is_dataclass(hint) and isinstance(value, dict):
            values[name] = _build(hint, value, f"{where}{name}.")
            continue
        _check_kind(f"{where}{name}", value, hint)
        check_limits(f"{where}{name}", value)
        values[name] = value
    return kind(**values)


def _check_kind(name: str, value: Any, hint: Any) -> None:
    origin, inner = getattr(hint, "__origin__", hint), get_args(hint)
    fits = isinstance(value, origin)
    if origin is int:
        fits = fits and not isinstance(value, bool)
    if origin is date:
        fits = fits and not isinstance(value, datetime)
    if not fits:
        raise BadInputError(f"In settings.toml, {name} is of the wrong kind; see the guide.")
    if origin is list:
        for item in value:
            _check_kind(name, item, inner[0])
    if origin is dict:
        for entry, item in value.items():
            _check_kind(f"{name}.{entry}", item, inner[1])
