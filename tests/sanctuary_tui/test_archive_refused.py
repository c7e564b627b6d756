"""An archive that is broken, forged, of another kind or stopped midway: nothing of it is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
import pyzipper

from config.errors import BadInputError, RefusedError, SanctuaryError
from config.toml import read_toml
from db import queries
from db.models import (
    Note,
)
from sanctuary_tui.exports.archive import DRAFTS, LOG, MANIFEST
from sanctuary_tui.exports.csvfile import csv_bytes, read_csv
from sanctuary_tui.exports.files import sha256
from sanctuary_tui.exports.protect import archive_bytes
from sanctuary_tui.imports.archive import import_archive, is_archive, read_archive
from tests.db import kit
from tests.sanctuary_tui.archive_kit import (
    brought,
    export,
    files_in,
    log,
    passphrase_of,
    rows_in,
    whole,
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, dict[str, bytes], str]:
    """A small archive: its bytes, its files, its passphrase."""
    folder = tmp_path_factory.mktemp("small")
    caseload = kit.make(folder / "caseload.db")
    kit.parents(caseload)
    words = passphrase_of(export(caseload, folder / "a.zip"))
    caseload.close()
    return (folder / "a.zip").read_bytes(), files_in(folder / "a.zip", words), words


def _resealed(files: dict[str, bytes], name: str, data: bytes | None) -> dict[str, bytes]:
    """With one file otherwise (or gone), and a manifest that says it should be so."""
    files = dict(files)
    manifest = read_toml(files[MANIFEST].decode())
    old = files.pop(name)
    if data is not None:
        files[name] = data
    for one in manifest["file"]:
        if one["name"] == name and data is not None:
            one["sha256"], one["rows"] = sha256(data), len(read_csv(data)[1])
    manifest["file"] = [one for one in manifest["file"] if one["name"] in files]
    assert old != data
    import tomli_w

    return {**files, MANIFEST: tomli_w.dumps(manifest).encode()}


_Change = Callable[[list[str], list[list[str]]], None]


def _table(files: dict[str, bytes], name: str, change: _Change) -> dict[str, bytes]:
    columns, rows = read_csv(files[f"{name}.csv"])
    change(columns, rows)
    return _resealed(files, f"{name}.csv", csv_bytes(columns, rows))


def _cell(name: str, column: str, value: str) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    def changed(columns: list[str], rows: list[list[str]]) -> None:
        rows[0][columns.index(column)] = value

    return lambda files: _table(files, name, changed)


def _remembers(name: str, value: str) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    def changed(_: list[str], rows: list[list[str]]) -> None:
        rows[:] = [[name, value], *(row for row in rows if row[0] != name)]

    return lambda files: _table(files, "remembered", changed)


def _half_done(content: str) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    row = ["0", "new_referral", "0", "2026-11-26T09:00:00Z", content]
    return lambda files: _table(files, DRAFTS, lambda _, rows: rows.append(row))


def _newer(files: dict[str, bytes]) -> dict[str, bytes]:
    manifest = files[MANIFEST].replace(b"schema = ", b"schema = 9")
    return {**files, MANIFEST: manifest}


BROKEN: Final[dict[str, tuple[Callable[[dict[str, bytes]], dict[str, bytes]], str]]] = {
    "a changed file": (
        lambda files: {**files, "notes.csv": files["notes.csv"].replace(b"A note", b"B note")},
        "notes.csv is not as",
    ),
    "a missing file": (
        lambda files: {name: data for name, data in files.items() if name != "people.csv"},
        "people.csv is missing",
    ),
    "a missing table": (
        lambda files: _resealed(files, "people.csv", None),
        "people.csv is missing",
    ),
    "a file too many": (lambda files: {**files, "more.csv": b"x"}, "more.csv is in the archive"),
    "a newer version": (_newer, "newer version"),
    "no manifest's sense": (lambda files: {**files, MANIFEST: b"[[["}, "manifest cannot be read"),
    "no date": (_cell("cases", "received", "yesterday"), "Row 1 of cases.csv .* received"),
    "no number": (_cell("people", "id", "1e3"), "Row 1 of people.csv .* id"),
    "no id": (_cell("people", "id", ""), "Row 1 of people.csv .* id"),
    "no code": (_cell("cases", "route", "carrier pigeon"), "Row 1 of cases.csv .* route"),
    "no reference": (_cell("cases", "ref", "*"), "Row 1 of cases.csv .* ref"),
    "a list of references": (_cell("cases", "ref", "S26-0001;S26-0002"), "Row 1 of cases.csv"),
    "the first of all days": (
        _cell("cases", "received", "0001-01-01T00:00:00Z"),
        "Row 1 of cases.csv has a day that is out of range under received",
    ),
    "a day after all others": (
        _cell("cases", "approved_on", "2201-01-01"),
        "Row 1 of cases.csv has a day that is out of range under approved_on",
    ),
    "a line too long": (
        _cell("people", "surname", "x" * 201),
        "Row 1 of people.csv has more than 200 characters under surname",
    ),
    "a text too long": (
        _cell("notes", "body", "x" * 250_001),
        "Row 1 of notes.csv has more than 250,000 characters under body",
    ),
    "lines in a line": (_cell("people", "surname", "a\nb"), "Row 1 of people.csv .* surname"),
    "two codes for one": (
        _cell("people", "role", "survivor;child"),
        "Row 1 of people.csv has an answer that is not in its list under role",
    ),
    "a number too small": (
        _cell("legal_orders", "breaches", "-1"),
        "Row 1 of legal_orders.csv has a number that is out of range under breaches",
    ),
    "more money than there is": (
        _cell("funds", "budget", "10000000.01"),
        "Row 1 of funds.csv has a number that is out of range under budget",
    ),
    "less money than there is": (
        _cell("funds", "budget", "-10000000.01"),
        "Row 1 of funds.csv has a number that is out of range under budget",
    ),
    "what steers": (_cell("notes", "body", "\\u001b[2J"), "Row 1 of notes.csv .* body"),
    "another log": (_cell(LOG, "why", "something else"), "log .* does not add up"),
    "a log that says nothing": (_cell(LOG, "at", ""), "Row 1 of change_log.csv .* at"),
    "another memory": (_cell("remembered", "name", "key_generation"), "remembered.csv"),
    "a last number": (_remembers("last:people", "9" * 5_000), "remembered.csv"),
    "no memory": (_remembers("settings_seen", "[["), "remembered.csv"),
    "a memory without end": (_remembers("periods_confirmed", "[" * 90_000), "remembered.csv"),
    "no form": (_half_done("[["), "half_done_forms.csv has a form"),
    "a form of no texts": (_half_done('{"surname": ["a"]}'), "half_done_forms.csv has a form"),
    "no table": (lambda files: _resealed(files, "notes.csv", csv_bytes(["a"], [])), "columns"),
    "a link to nowhere": (_cell("notes", "case_id", "77"), "names a record"),
    "a number twice": (
        lambda files: _table(files, "cases", lambda _, rows: rows.append(rows[0])),
        "one number twice",
    ),
}


@pytest.mark.guarantee
@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_archive_is_refused_and_nothing_is_kept(
    how: str, small: tuple[bytes, dict[str, bytes], str], tmp_path: Path
) -> None:
    change, said = BROKEN[how]
    _, files, words = small
    path = tmp_path / "broken.zip"
    path.write_bytes(archive_bytes(list(change(files).items()), words))
    caseload = kit.make(tmp_path / "caseload.db")
    before = whole(caseload), log(caseload)
    with pytest.raises(SanctuaryError, match=said):
        import_archive(caseload, read_archive(path, words))
    assert (whole(caseload), log(caseload)) == before
    path.write_bytes(archive_bytes(list(files.items()), words))  # unchanged, it goes in
    assert import_archive(caseload, read_archive(path, words)) == 1
    caseload.close()


@pytest.mark.guarantee
def test_one_changed_byte_anywhere_is_refused(
    small: tuple[bytes, dict[str, bytes], str], tmp_path: Path
) -> None:
    whole_, _, words = small
    path = tmp_path / "a.zip"
    for place in range(40, len(whole_), len(whole_) // 60):
        data = bytearray(whole_)
        data[place] ^= 1
        path.write_bytes(bytes(data))
        try:
            same = read_archive(path, words)
        except BadInputError:
            continue
        path.write_bytes(whole_)  # a byte that nothing reads, such as a time in the directory
        assert rows_in(same) == rows_in(read_archive(path, words))


@pytest.mark.guarantee
def test_it_goes_into_an_empty_caseload_alone(
    small: tuple[bytes, dict[str, bytes], str], tmp_path: Path
) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(small[0])
    caseload = kit.make(tmp_path / "caseload.db")
    caseload.store.save_draft(0, "new_referral", 0, {"surname": "half"})
    for _ in range(2):
        before = whole(caseload), log(caseload)
        with pytest.raises(RefusedError, match="empty"):
            import_archive(caseload, read_archive(path, small[2]))
        assert (whole(caseload), log(caseload)) == before
        kit.add_case(caseload)
    caseload.close()


def test_another_passphrase_or_file_is_refused(
    small: tuple[bytes, dict[str, bytes], str], tmp_path: Path
) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(small[0])
    with pytest.raises(BadInputError, match="passphrase"):
        read_archive(path, "six other words of no use")
    assert rows_in(read_archive(path, f"  {small[2].replace(' ', '   ')} "))["cases"]
    path.write_bytes(b"no zip at all")
    assert not is_archive(path)
    with pytest.raises(BadInputError, match="damaged"):
        read_archive(path, small[2])
    with pyzipper.AESZipFile(path, "w") as plain:
        for name, data in small[1].items():
            plain.writestr(name, data)
    with pytest.raises(BadInputError, match="not encrypted"):
        read_archive(path, small[2])


def test_one_that_unpacks_to_far_more_is_refused_before_it_is_unpacked(
    small: tuple[bytes, dict[str, bytes], str], tmp_path: Path
) -> None:
    """Under a passphrase that whoever made it sends along."""
    path = tmp_path / "a.zip"
    files = {**small[1], "more.csv": bytes(300 << 20)}
    path.write_bytes(archive_bytes(list(files.items()), small[2]))
    assert path.stat().st_size < 1 << 20
    with pytest.raises(BadInputError, match="far more than any caseload"):
        read_archive(path, small[2])


def test_one_stopped_midway_leaves_an_empty_caseload(
    small: tuple[bytes, dict[str, bytes], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(small[0])
    caseload = kit.make(tmp_path / "caseload.db")
    before = whole(caseload), log(caseload)

    def stopped(*_: object) -> None:
        raise kit.Stopped

    archive = read_archive(path, small[2])
    with monkeypatch.context() as patch:
        patch.setattr(caseload.store.log, "take_over", stopped)
        with pytest.raises(kit.Stopped):
            import_archive(caseload, archive)
    assert (whole(caseload), log(caseload)) == before
    assert import_archive(caseload, read_archive(path, small[2])) == 1
    caseload.close()


def test_an_older_archive_has_what_it_had_not_yet_as_a_new_record_has_it(
    small: tuple[bytes, dict[str, bytes], str], tmp_path: Path
) -> None:
    files = _table(small[1], "notes", _without_kind)
    manifest = files[MANIFEST].decode()
    current = read_toml(manifest)["schema"]
    files[MANIFEST] = manifest.replace(f"schema = {current}", f"schema = {current - 1}").encode()
    path = tmp_path / "a.zip"
    path.write_bytes(archive_bytes(list(files.items()), small[2]))
    caseload = brought(tmp_path / "new", read_archive(path, small[2]))
    assert [one.kind for one in queries.all_of(caseload.connection, Note)] == [Note().kind]
    caseload.close()


def _without_kind(columns: list[str], rows: list[list[str]]) -> None:
    at = columns.index("kind")
    for row in (columns, *rows):
        del row[at]
