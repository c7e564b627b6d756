"""How a record's field is declared: one definition serves storage, forms, checks and exports."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Literal

Kind = Literal["text", "long", "code", "codes", "date", "datetime", "int", "money", "link"]
FieldClass = Literal["public", "case", "protected"]

SHORT: Final = 200
LONG: Final = 20_000


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """What the program knows of one field.

    ``klass`` is the disclosure class of design section 7: *public* (counts, stages), *case* (names,
    phones), *protected* (confidential address, weak points, alarm and key details, immigration).
    ``required`` fields must be answered before a form is saved; ``searched`` fields go into the
    full-text index; ``roles`` limits a person's field to some roles; ``to`` names the table a
    ``link`` points at; ``shown`` is false for what the program keeps for itself; ``reads`` names
    how a line of text is to be read (``safe_times``) where it is more than words; ``looks`` names
    what it should look like (``postcode``, ``phone``), which a form marks and never refuses;
    ``past`` marks a moment that can only have been.
    """

    label: str
    kind: Kind
    help: str = ""
    codes: str = ""
    klass: FieldClass = "case"
    required: bool = False
    searched: bool = False
    roles: tuple[str, ...] = ()
    to: str = ""
    shown: bool = True
    limit: int = SHORT
    low: int | None = None
    high: int | None = None
    reads: str = ""
    looks: str = ""
    past: bool = False


def _make(default: Any, spec: FieldSpec) -> Any:
    return field(default=default, metadata={"spec": spec})


def text(label: str, help: str = "", **more: Any) -> Any:
    """A line of text; empty when not given."""
    return _make("", FieldSpec(label, "text", help, **more))


def long(label: str, help: str = "", **more: Any) -> Any:
    """Several lines of text, at most ``LONG`` characters."""
    return _make("", FieldSpec(label, "long", help, **{"limit": LONG, **more}))


def code(label: str, codes: str, help: str = "", default: str = "not_asked", **more: Any) -> Any:
    """One code of a list in ``config.codes``."""
    return _make(default, FieldSpec(label, "code", help, codes, **{"klass": "public", **more}))


def codes(label: str, codes: str, help: str = "", **more: Any) -> Any:
    """Any number of codes of a list, stored ``;``-joined in the list's order."""
    return _make("", FieldSpec(label, "codes", help, codes, **{"klass": "public", **more}))


def yes_no(label: str, help: str = "", **more: Any) -> Any:
    """Yes, no, not known or not asked."""
    return code(label, "yes_no", help, **more)


def day(label: str, help: str = "", **more: Any) -> Any:
    """A calendar date."""
    default: date | None = None
    return _make(default, FieldSpec(label, "date", help, **{"klass": "public", **more}))


def moment(label: str, help: str = "", **more: Any) -> Any:
    """A moment, kept in UTC, shown in England's time."""
    default: datetime | None = None
    return _make(default, FieldSpec(label, "datetime", help, **{"klass": "public", **more}))


def whole(label: str, help: str = "", **more: Any) -> Any:
    """A whole number, blank when not known."""
    default: int | None = None
    return _make(default, FieldSpec(label, "int", help, **{"klass": "public", **more}))


def organisation(label: str) -> Any:
    """A link to an organisation; the list is empty until some are added."""
    help = "Organisations are added in the Directory, or on a case's Home & legal tab."
    return link(label, "organisations", help)


def money(label: str, help: str = "", **more: Any) -> Any:
    """Pounds and pence, kept as whole pence."""
    default: int | None = None
    return _make(default, FieldSpec(label, "money", help, **{"klass": "public", **more}))


def link(label: str, to: str, help: str = "", **more: Any) -> Any:
    """The id of a row in another table; None when not given."""
    default: int | None = None
    return _make(default, FieldSpec(label, "link", help, to=to, **{"klass": "public", **more}))
