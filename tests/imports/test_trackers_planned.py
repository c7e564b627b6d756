"""The twelve trackers, read, matched and planned: each as its file says, field by field."""

from __future__ import annotations

from datetime import date
from typing import Final

import pytest

from db.imported import Digests
from sanctuary_tui.imports.columns import FIRM, suggest
from sanctuary_tui.imports.mapping import Mapping
from sanctuary_tui.imports.planning import Known, plan
from sanctuary_tui.imports.reading import read_tracker
from sanctuary_tui.imports.sheets import Sheet
from tests.imports.expected import ALL, Expected, difference, plan_as_dicts

TODAY: Final = date(2026, 11, 26)
ALSO: Final = {"measure.cost": ("spend.gross",)}
"""Cost of works: of the measures or of the case, either is right."""


def mapped(expected: Expected, sheet: Sheet) -> Mapping:
    """The mapping that a tracker's file gives."""
    mapping = Mapping(columns=expected.columns).on(sheet)
    for key, meanings in expected.values.items():
        for written, code in meanings.items():
            mapping = mapping.with_value(key, written, code)
    return mapping


@pytest.mark.parametrize("expected", ALL.values(), ids=ALL)
def test_a_tracker_is_planned_as_its_file_says(expected: Expected) -> None:
    sheet = expected.imported(read_tracker(expected.tracker))
    planned = plan(sheet, mapped(expected, sheet), Known(Digests("ab" * 16)), TODAY)
    assert difference(expected, plan_as_dicts(planned)) == ""
    assert planned.rows_read == len(sheet.rows)


@pytest.mark.parametrize("expected", ALL.values(), ids=ALL)
def test_no_column_of_it_is_firmly_taken_for_another(expected: Expected) -> None:
    """What is suggested without a mapping file, where it is sure, is what the file says."""
    sheet = expected.imported(read_tracker(expected.tracker))
    wrong = {
        one.heading.title: one.target.key
        for one in suggest(sheet, TODAY)
        if one.target is not None
        and one.confidence >= FIRM
        and expected.columns.get(one.heading.title)
        not in (one.target.key, *ALSO.get(one.target.key, ()))
    }
    assert wrong == {}
