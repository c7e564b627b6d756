"""The twelve trackers, brought into a real caseload: what is kept is what each one's file says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import pytest

from db import queries
from db.caseload import Caseload
from db.models import CaseFile, Organisation, Record
from sanctuary_tui.imports.applying import Imported, apply, known_of
from sanctuary_tui.imports.planning import Decisions, Plan, plan
from sanctuary_tui.imports.reading import read_tracker
from tests.db import kit
from tests.imports.expected import ALL, Expected, difference, plan_as_dicts
from tests.imports.test_trackers_planned import TODAY, mapped

KEPT: Final[dict[str, Callable[[CaseFile], Sequence[Record]]]] = {
    "case": lambda file: [file.case],
    "survivor": lambda file: [one for one in file.people if one.role == "survivor"],
    "child": lambda file: file.children,
    "perpetrator": lambda file: file.perpetrators,
    "contact": lambda file: file.contact_points,
    "home": lambda file: file.properties,
    "measure": lambda file: file.measures,
    "consent": lambda file: file.consent_requests,
    "spend": lambda file: file.expenditures,
}
"""The records of a case by an expectation's name for them; landlords are of no case."""


@pytest.fixture
def caseload(tmp_path: Path) -> Iterator[Caseload]:
    """An empty caseload."""
    made = kit.make(tmp_path / "caseload.db")
    yield made
    made.close()


def brought_in(caseload: Caseload, expected: Expected) -> tuple[Plan, Imported]:
    """The tracker kept, each household that is asked about as a case of its own."""
    sheet = expected.imported(read_tracker(expected.tracker))
    known = known_of(caseload)
    made = plan(sheet, mapped(expected, sheet), known, TODAY, Decisions(all_new=True))
    return made, apply(caseload, made, known, file="ab" * 32, mapping="")


def kept_of(caseload: Caseload, ref: str) -> dict[str, Any]:
    """What the caseload holds of a case, by an expectation's names."""
    file = kit.file_of(caseload, queries.case_id_of(caseload.connection, ref))
    landlords = [home.landlord_id for home in file.properties if home.landlord_id]
    records: dict[str, Sequence[Record]] = {slot: of(file) for slot, of in KEPT.items()}
    records["landlord"] = [
        queries.get(caseload.connection, Organisation, number) for number in landlords
    ]
    said = {slot: [asdict(one) for one in some] for slot, some in records.items()}
    return {**said, "note": "\n".join(note.body for note in file.notes)}


@pytest.mark.parametrize("expected", ALL.values(), ids=ALL)
def test_a_tracker_is_kept_as_its_file_says(caseload: Caseload, expected: Expected) -> None:
    made, done = brought_in(caseload, expected)
    found = plan_as_dicts(made)
    asked = {tuple(one["rows"]) for one in expected.cases if one["outcome"] == "ask"}
    refs = iter(done.refs)
    for one in found["cases"]:
        if one["outcome"] == "new":
            one.update(kept_of(caseload, next(refs)))
        if tuple(one["rows"]) in asked:
            one["outcome"] = "ask"
    assert list(refs) == []
    assert difference(expected, found) == ""


@pytest.mark.parametrize("expected", ALL.values(), ids=ALL)
def test_the_same_tracker_again_changes_nothing(caseload: Caseload, expected: Expected) -> None:
    first, _done = brought_in(caseload, expected)
    before = kit.contents(caseload)
    again, done = brought_in(caseload, expected)
    assert done.changed_nothing
    assert again.count("same") == first.rows_read - first.count("refused")
    assert again.refusals == first.refusals
    assert kit.contents(caseload) == before
