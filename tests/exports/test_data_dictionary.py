"""The data dictionary on disk is what the program would write."""

from __future__ import annotations

from pathlib import Path

from config.codes import CODES
from db.models import RECORDS, specs
from sanctuary_tui.exports.columns import ACTIONS, AGENDA, MARAC
from sanctuary_tui.exports.dictionary import PATH, dictionary

ROOT = Path(__file__).parents[2]


def test_the_file_is_in_step() -> None:
    assert (ROOT / PATH).read_text("utf-8") == dictionary(), (
        "run python -m sanctuary_tui.exports.dictionary"
    )


def test_it_names_every_table_field_list_and_column() -> None:
    text = dictionary()
    for record in RECORDS:
        section = text.split(f"### `{record.table}`\n", 1)[1].split("\n### ", 1)[0]
        for name, spec in specs(record).items():
            assert f"| `{name}` | {spec.label}" in section
            if spec.codes:
                assert f"### `{spec.codes}`" in text
                assert all(f"| `{code}` |" in text for code in CODES[spec.codes])
    for column in (*MARAC, *AGENDA, *ACTIONS):
        assert f"| `{column.name}` | {column.format} |" in text
