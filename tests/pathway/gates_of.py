"""What the gates say of a case file, on the day the tests of gates stand on."""

from __future__ import annotations

from pathway_files import SETTINGS, day

from db.models import CaseFile, Override
from db.readmodels import Finding
from sanctuary_tui.pathway import gates

TODAY = day("2026-11-26")


def of(found: list[Finding], gate: str) -> list[Finding]:
    return [item for item in found if item.gate == gate]


def gate(file: CaseFile, code: str) -> list[Finding]:
    return of(gates.findings(file, TODAY, SETTINGS), code)


def stops(found: list[Finding]) -> set[str]:
    return {item.gate for item in found if item.severity == "stop" and not item.overridden}


def refused(file: CaseFile, to_stage: str) -> set[str]:
    return {item.gate for item in gates.refusals(file, to_stage, TODAY, SETTINGS)}


def joint(file: CaseFile) -> CaseFile:
    file.properties[0].named_parties = "joint"
    return file


def override(code: str, expiry: str = "2026-12-31", **more: str) -> Override:
    return Override(
        id=1,
        gate=code,
        expiry=day(expiry),
        **{"approver": "Service manager", "reason": "recorded", **more},
    )


def fit(file: CaseFile, number: int = 0, to: str = "fitted") -> set[str]:
    found = gates.measure_refusals(file, file.measures[number], to, TODAY, SETTINGS)
    return {item.gate for item in found}
