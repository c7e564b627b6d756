"""A row of a tracker beside a case: the few facts by which a person sees whether they are one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from config.format import full_date, initials
from db.models import Case, ContactPoint, Person, Property
from db.names import folded
from sanctuary_tui.imports.rowparts import Part
from sanctuary_tui.imports.staging import day_only

HIDDEN: Final = "hidden"
"""Stands for what is written where names are masked."""
_WORDED: Final = ("name", "address")
_NEARLY: Final = 75
"""From this likeness on, of 100, names and addresses are near."""
_TOLD: Final = 3
"""Last figures of a telephone number that stand where names are masked."""


@dataclass(slots=True)
class Side:
    """One side of the comparison; what is not said is empty."""

    name: str = ""
    other_names: str = ""
    born: date | None = None
    address: str = ""
    postcode: str = ""
    phones: tuple[str, ...] = ()
    received: date | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """One fact of both sides, and what is to be said of the two: same, near, differs, or nothing
    where one side does not say it."""

    label: str
    tracker: str
    held: str
    verdict: str


def side_of(parts: Sequence[Part]) -> Side:
    """What is compared of these records."""
    side = Side()
    phones: list[str] = []
    homes = 0
    for part in parts:
        fields = part.fields
        if part.kind is Person and part.slot == "survivor":
            names = (fields.get("first_name"), fields.get("surname"))
            side.name = " ".join(name for name in names if name)
            side.other_names = fields.get("aliases") or ""
            side.born = fields.get("dob")
        elif part.kind is Property and not homes:
            homes += 1
            side.address = (fields.get("address") or "").replace("\n", ", ")
            side.postcode = fields.get("postcode") or ""
        elif part.kind is ContactPoint and fields.get("value"):
            phones.append(str(fields["value"]))
        elif part.kind is Case:
            side.received = day_only(fields.get("received"))
    side.phones = tuple(dict.fromkeys(phones))
    return side


def compared(tracker: Side, held: Side, *, masked: bool) -> list[Compared]:
    """Both sides, a fact a line; with ``masked`` as much as tells who it is not is left out."""

    def line(label: str, one: str, other: str, same: bool, mask: str = "") -> Compared:
        verdict = "same" if same else "differs"
        if not same and mask in _WORDED and _near(one, other):
            verdict = "near"
        if not (one and other):
            verdict = ""
        if masked and mask:
            one, other = (_masked(mask, said) for said in (one, other))
        return Compared(label, one, other, verdict)

    return [
        line("Name", tracker.name, held.name, _same(tracker.name, held.name), "name"),
        line("Also called", tracker.other_names, held.other_names, False, "name"),
        line(
            "Born",
            full_date(tracker.born),
            full_date(held.born),
            tracker.born == held.born,
            "born",
        ),
        line(
            "Address",
            tracker.address,
            held.address,
            _same(tracker.address, held.address),
            "address",
        ),
        line(
            "Postcode",
            tracker.postcode,
            held.postcode,
            _bare(tracker.postcode) == _bare(held.postcode),
            "postcode",
        ),
        line(
            "Phone, mail",
            ", ".join(tracker.phones),
            ", ".join(held.phones),
            bool({_bare(one) for one in tracker.phones} & {_bare(one) for one in held.phones}),
            "phones",
        ),
        line(
            "Received",
            full_date(tracker.received),
            full_date(held.received),
            tracker.received == held.received,
        ),
    ]


def shown(name: str, *, masked: bool) -> str:
    """A name of the tracker, or its initials."""
    return initials(name) if masked else name


def _same(one: str, other: str) -> bool:
    return sorted(re.findall(r"\w+", folded(one))) == sorted(re.findall(r"\w+", folded(other)))


def _near(one: str, other: str) -> bool:
    from rapidfuzz import fuzz

    return fuzz.token_sort_ratio(folded(one), folded(other)) >= _NEARLY


def _bare(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _masked(how: str, said: str) -> str:
    if not said:
        return ""
    if how == "name":
        return initials(said)
    if how == "born":
        return f"… {said[-4:]}"
    if how == "postcode":
        return f"{said.split()[0]} …" if " " in said else HIDDEN
    if how == "phones":
        return ", ".join(
            f"… {one[-_TOLD:]}" if one[-1:].isdecimal() else HIDDEN for one in said.split(", ")
        )
    return HIDDEN
