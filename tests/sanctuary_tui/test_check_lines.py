"""The lines of ``sanctuary check`` beyond the file: each good, each bad; all of them a dozen."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from config.paths import resolve_paths
from config.settings import default_settings
from db.caseload import Caseload
from db.models import Case, Disclosure, Note
from sanctuary_tui import check_lines
from sanctuary_tui.check_lines import DEEP_LINES, LINES, differing, in_one
from sanctuary_tui.cli_session import Session
from sanctuary_tui.exports import profiles

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


@pytest.fixture
def session(caseload: Caseload, tmp_path: Path) -> Session:
    paths = resolve_paths(str(tmp_path), {})
    return Session(paths, default_settings(), caseload, date(2026, 11, 26), bytearray(32))


def test_exported_files_are_counted_while_they_lie_there(session: Session, tmp_path: Path) -> None:
    assert check_lines.exports_line(session).sentence.startswith("No exported file lies")
    path = tmp_path / "list.csv"
    path.write_bytes(b"x")
    session.caseload.store.add(
        Disclosure(
            at=NOW,
            what="cases",
            recipient="internal",
            path=str(path),
            sha256=hashlib.sha256(b"x").hexdigest(),
        )
    )
    found = check_lines.exports_line(session)
    assert found.sentence.startswith("1 exported file still lies where it was written")
    path.unlink()
    assert check_lines.exports_line(session).sentence.startswith("No exported file lies")


def test_an_exporter_without_a_profile_is_told(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = check_lines.outputs_line(session)
    assert good.good
    assert good.sentence.startswith("Each of the 13 kinds of export")
    monkeypatch.setitem(profiles.EXPORTERS, "odd", profiles.Exporter("odd", (), "x"))
    assert not check_lines.outputs_line(session).good


def test_every_module_with_an_exporter_is_looked_at() -> None:
    declaring = {
        ".".join(path.relative_to(ROOT / "sanctuary_tui").with_suffix("").parts)
        for path in (ROOT / "sanctuary_tui").rglob("*.py")
        if re.search(r"^@(profiles\.)?exporter\(", path.read_text("utf-8"), re.MULTILINE)
    }
    assert declaring == set(check_lines.EXPORTING)


def test_packages_of_another_version_are_named(
    session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert check_lines.packages_line(session).good
    lock = check_lines.LOCK.read_text("utf-8")
    other = tmp_path / "other.lock"
    other.write_text(re.sub(r"==(\S+)", r"==9\1", lock), "utf-8")
    monkeypatch.setattr(check_lines, "LOCK", other)
    wrong = check_lines.packages_line(session)
    assert wrong.good is False
    assert re.search(r"annotated-types, .+ and \d+ more\. Run", wrong.sentence)
    monkeypatch.setattr(check_lines, "LOCK", tmp_path / "none.lock")
    assert check_lines.packages_line(session).good is None


def test_a_package_of_another_system_is_not_missed() -> None:
    assert differing({"a": "1", "tzdata": "2"}, {"a": "1", "more": "3"}) == []
    assert differing({"a": "1", "b": "2"}, {"a": "2", "b": "2"}) == ["a"]


def test_control_characters_in_a_stored_text_are_told(session: Session) -> None:
    store = session.caseload.store
    case = store.add(Case(route="police"))
    store.add(Note(case_id=case.id, body="Two lines,\nmarked [b] and “quoted”, Zoë."))
    assert check_lines.texts_line(session).good
    connection = session.caseload.connection
    connection.execute("UPDATE main.notes SET body = 'x' || char(27) || '[2J'").fetchall()
    found = check_lines.texts_line(session)
    assert not found.good
    assert "notes.body" in found.sentence
    assert "\x1b" not in found.sentence


def test_a_line_is_one_sentence_and_they_are_few(session: Session) -> None:
    found = [make(session) for make in (*LINES, *DEEP_LINES)]
    for line in found:
        assert len(line.name) <= 12, line
        assert line.sentence.endswith(".")
        assert "\n" not in line.sentence
        assert len(line.sentence) <= 130, line
    assert len({line.name for line in found}) == len(found)


def test_a_group_says_the_worst_of_its_parts_and_names_it() -> None:
    good = ("good", "key file", "The key file is well formed.")
    see = ("see", "keyring", "Half of the lock is in a file.")
    assert in_one("keys", [good, ("good", "keyring", "It is used.")]) == (
        "good",
        "The key file is well formed. It is used.",
    )
    assert in_one("keys", [good, see]) == ("see", "keyring: Half of the lock is in a file.")
    assert in_one("keys", [see, ("BAD", "key file", "It is weak.")]) == (
        "BAD",
        "key file: It is weak. keyring (see): Half of the lock is in a file.",
    )
    assert in_one("program", [("?", "packages", "No lock."), ("BAD", "outputs", "None.")]) == (
        "BAD",
        "outputs: None. packages (?): No lock.",
    )
