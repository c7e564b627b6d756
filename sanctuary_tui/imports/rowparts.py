"""The records that one row of a tracker makes: what each cell says, put where it belongs.

A list in a cell makes several records (children, phones, measures); a single answer beside it (the
date fitted, whether it is safe to ring) is true of each of them. Nothing is claimed that the row
does not say: a measure without a date in a case that is under way is only proposed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from typing import Any, Final

from db.models import Case, Closure, Note, Record, RiskAssessment, specs
from sanctuary_tui.imports.staging import day_only, noon
from sanctuary_tui.imports.targets import Target

_ROLES: Final = ("survivor", "perpetrator", "child")
_OF_ALL: Final = frozenset({"contact", "measure", "child"})
"""Slots of which a single answer is true of every record that the row makes."""
_LATER: Final = frozenset({"aftercare", "closed"})
_CHECKS: Final = ("h48", "weeks3", "m3", "m6", "m12")
_BLANK: Final = (None, "", "not_asked", "not_known")


@dataclass(slots=True)
class Part:
    """One record to be made: its kind, its slot (``survivor``, ``measure``), and its fields."""

    slot: str
    kind: type[Record]
    fields: dict[str, Any]


@dataclass(slots=True)
class RowParts:
    """What the cells of one row say, gathered cell by cell."""

    _lists: dict[str, list[Part]] = field(default_factory=dict)
    _single: dict[str, Part] = field(default_factory=dict)

    def put(self, target: Target, value: Any) -> bool:
        """Take what one cell says; whether all of it found a field (else it is for the note)."""
        if value in _BLANK or value == () or value == []:
            return False
        if target.record is Note or target.key == "marac.listed":
            return False
        if target.key == "risk.band":
            return self._band(str(value))
        slot = _slot(target)
        if isinstance(value, list | tuple):
            found, whole = self._lists.setdefault(slot, []), True
            for one in value:
                given, rest = _fields(target, one)
                whole = whole and not rest
                if not given or not any(part.fields == given for part in found):
                    found.append(Part(slot, target.record, given))
            return whole
        part = self._single.setdefault(slot, Part(slot, target.record, {}))
        given, rest = _fields(target, value)
        whole = not rest
        for name, said in given.items():
            before = part.fields.get(name)
            if name == "address" and target.several and before:
                part.fields[name] = f"{before}\n{said}"
            elif before in _BLANK:
                part.fields[name] = said
            elif said not in _BLANK and said != before:
                whole = False
        return whole

    def _band(self, band: str) -> bool:
        """High with nothing else said is kept as somebody's judgement, so that it stays high."""
        part = self._single.setdefault("risk", Part("risk", RiskAssessment, {}))
        if band == "high":
            part.fields.setdefault("judgement", "yes")
            part.fields.setdefault("judgement_reason", "High in the old tracker")
        return False

    def finished(self) -> list[Part]:
        """The records, each slot's single answers joined to its lists."""
        found: list[Part] = []
        for slot in dict.fromkeys((*self._single, *self._lists)):
            some, single = self._lists.get(slot, []), self._single.get(slot)
            if single is not None and not some:
                some = [single]
            elif single is not None:
                for part in some if slot in _OF_ALL else some[:1]:
                    for name, said in single.fields.items():
                        if part.fields.get(name) in _BLANK:
                            part.fields[name] = said
            found += [part for part in some if part.fields or slot == "child"]
        for part in found:
            if part.slot in _ROLES:
                part.fields["role"] = part.slot
            elif part.slot in ("visit", "install"):
                part.fields.setdefault("kind", "install" if part.slot == "install" else "survey")
            elif part.slot in _CHECKS:
                part.fields.update(kind=part.slot, outcome="done")
        return _measured(found)


def _slot(target: Target) -> str:
    """The target's group; its own name where several of the group are records of their own."""
    group, _, name = target.key.partition(".")
    if target.key == "measure.proposed" or (group == "check" and name in _CHECKS):
        return name
    return group


def _fields(target: Target, value: Any) -> tuple[dict[str, Any], bool]:
    """The fields that one value fills, and whether it says more than they hold, such as an age."""
    given: dict[str, Any]
    if is_dataclass(value) and not isinstance(value, type):
        given = {one.name: getattr(value, one.name) for one in fields(value)}
    elif isinstance(value, Mapping):
        given = dict(value)
    else:
        given = {target.field or "name": value}
    declared = specs(target.record)
    said = {
        name: ("yes" if one is True else one)
        for name, one in given.items()
        if one not in _BLANK and one is not False
    }
    kept = {name: one for name, one in said.items() if name in declared}
    for name, one in kept.items():
        if declared[name].kind == "datetime" and (day := day_only(one)) is not None:
            kept[name] = one if isinstance(one, datetime) else noon(day)
    return kept, kept.keys() != said.keys()


def _measured(parts: list[Part]) -> list[Part]:
    """Measures with their state; what is fitted is no longer proposed."""
    case = next((part.fields for part in parts if part.kind is Case), {})
    closing = next((part.fields for part in parts if part.kind is Closure), {})
    done = case.get("stage") in _LATER or bool(closing.get("closed_on"))
    fitted: set[object] = set()
    for part in parts:
        if part.slot == "measure":
            said = part.fields
            if not said.get("name") and not said.get("catalogue_id"):
                said["name"] = "Measures of the old tracker"
            if said.get("state") in (None, "", "proposed", "fitted"):
                said["state"] = "fitted" if said.get("fitted_on") or done else "proposed"
            fitted.add(said.get("catalogue_id") or said.get("name"))
    kept: list[Part] = []
    for part in parts:
        if part.slot == "proposed":
            if (part.fields.get("catalogue_id") or part.fields.get("name")) in fitted:
                continue
            part.slot = "measure"
            part.fields.update(state="proposed")
        kept.append(part)
    return kept
