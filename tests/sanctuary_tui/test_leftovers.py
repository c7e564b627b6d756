"""Exported files that lie about: there, changed, moved, gone; asked for, deleted, logged."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from config.errors import RefusedError
from config.settings import default_settings
from db import queries
from db.caseload import Caseload
from db.models import Case, Disclosure
from sanctuary_tui import leftovers, table_export, views
from sanctuary_tui.exports import register
from sanctuary_tui.exports.register import look
from tests.sanctuary_tui.cli_program import HANDED

SETTINGS = default_settings()
NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 26)


@pytest.fixture
def out(caseload: Caseload, tmp_path: Path) -> Path:
    """A folder with one exported file in it."""
    caseload.store.add(Case(route="police"))
    folder = tmp_path / "exports"
    folder.mkdir()
    table_export.export_table(
        caseload, "cases", folder / "cases.csv", handed=HANDED, today=TODAY, now=NOW
    )
    return folder


def row(caseload: Caseload) -> Disclosure:
    return queries.all_of(caseload.connection, Disclosure)[-1]


def state(caseload: Caseload, *also: Path) -> tuple[str, str]:
    found = look(row(caseload), also=also)
    return found.state, found.path.name if found.path else ""


@pytest.mark.guarantee
def test_a_file_is_there_changed_moved_gone(caseload: Caseload, out: Path, tmp_path: Path) -> None:
    path = out / "cases.csv"
    assert state(caseload) == ("there", "cases.csv")
    kept = path.read_bytes()
    path.rename(out / "for Sue.csv")
    assert state(caseload) == ("moved", "for Sue.csv")
    other = tmp_path / "elsewhere"
    other.mkdir()
    (out / "for Sue.csv").rename(other / "old.csv")
    assert state(caseload) == ("gone", "")
    assert state(caseload, other) == ("moved", "old.csv")
    path.write_bytes(kept + b"more")
    assert state(caseload) == ("changed", "cases.csv")
    (other / "old.csv").write_bytes(b"another file of that kind")
    assert state(caseload, other) == ("changed", "cases.csv")
    path.unlink()
    assert state(caseload, other, tmp_path / "no such folder") == ("gone", "")


@pytest.mark.guarantee
def test_a_file_is_deleted_where_it_lies_now_and_it_is_logged(
    caseload: Caseload, out: Path
) -> None:
    (out / "cases.csv").rename(out / "for Sue.csv")
    foreign = out / "other.csv"
    foreign.write_bytes(b"somebody's own")
    assert "for Sue.csv is deleted" in leftovers.delete(caseload, row(caseload).id)
    assert list(out.iterdir()) == [foreign]
    assert row(caseload).deleted_on == TODAY
    last = queries.recent_changes(caseload.connection, 2)
    assert {(one.action, one.entity) for one in last} == {
        ("alteration", "disclosures"),
        ("erasure", "exported_files"),
    }
    assert {one.why for one in last} == {"exported file deleted, moved since it was written"}
    with pytest.raises(RefusedError, match="deleted already"):
        leftovers.delete(caseload, row(caseload).id)


def test_a_changed_file_goes_only_when_somebody_has_looked(caseload: Caseload, out: Path) -> None:
    path = out / "cases.csv"
    path.write_bytes(b"with notes of somebody's own")
    with pytest.raises(RefusedError, match="has been changed"):
        leftovers.delete(caseload, row(caseload).id)
    assert path.exists()
    assert row(caseload).deleted_on is None
    leftovers.delete(caseload, row(caseload).id, changed=True)
    assert not path.exists()
    assert row(caseload).deleted_on == TODAY


def test_what_was_deleted_by_hand_is_marked(caseload: Caseload, out: Path) -> None:
    (out / "cases.csv").unlink()
    assert "not there any more" in leftovers.delete(caseload, row(caseload).id)
    assert row(caseload).deleted_on == TODAY


def test_what_was_sent_outside_has_no_file(caseload: Caseload) -> None:
    caseload.store.add(Disclosure(at=NOW, what="MARAC transfer", protection="outside"))
    with pytest.raises(RefusedError, match="outside this program"):
        leftovers.delete(caseload, row(caseload).id)
    assert leftovers.leftovers(caseload, TODAY, SETTINGS).sentence == ""


def test_today_asks_for_it_when_its_days_are_over(caseload: Caseload, out: Path) -> None:
    def lines(day: date) -> list[tuple[str, str, date | None, str]]:
        view = views.today_view(caseload, day, SETTINGS)
        return [
            (one.group, one.text, one.due, one.place)
            for one in view.lines
            if one.rule == "leftovers"
        ]

    assert leftovers.leftovers(caseload, TODAY, SETTINGS).sentence == (
        "1 exported file still lies there: 6, then d deletes one."
    )
    last = date(2026, 12, 3)
    assert lines(last) == []
    assert lines(date(2026, 12, 4)) == [("overdue", "1 exported file to delete", last, "reports")]
    assert (
        "1 of them overdue" in leftovers.leftovers(caseload, date(2026, 12, 4), SETTINGS).sentence
    )
    leftovers.delete(caseload, row(caseload).id)
    assert lines(date(2026, 12, 4)) == []


@pytest.mark.guarantee
def test_control_without_the_digest_somebodys_own_words_would_go(
    caseload: Caseload, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, kept = out / "cases.csv", row(caseload).sha256
    path.write_bytes(b"with notes of somebody's own")
    monkeypatch.setattr(register, "_digest", lambda path: kept)
    leftovers.delete(caseload, row(caseload).id)
    assert not path.exists()
