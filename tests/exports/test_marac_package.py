"""The weekly export as files: names, manifest, all or none, places, numbers."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msoffcrypto
import openpyxl
import pytest
import pyzipper
from samples import NOW, TODAY, whole_case

from config import paths
from config.errors import BadInputError, RefusedError, SanctuaryError
from sanctuary_tui.exports import files
from sanctuary_tui.exports.columns import ACTION_COLUMNS, AGENDA_COLUMNS, MARAC_COLUMNS
from sanctuary_tui.exports.files import (
    ExportResult,
    UnnamedFile,
    open_place,
    place_notices,
    refuse_place,
)
from sanctuary_tui.exports.marac_rows import MaracContext, action_rows, agenda_rows, marac_rows
from sanctuary_tui.exports.package import export_id, next_number, week_code, write_marac
from tests import needs


def export(out: Path, protect: Any = "csv", **more: Any) -> ExportResult:
    file, listing = whole_case()
    context = MaracContext(today=TODAY)
    listed = [(file, listing)]
    given: dict[str, Any] = {
        "week": "2026W48",
        "number": 1,
        "who": "Test Coordinator",
        "recipient": "MARAC coordinator",
        "basis": "public task",
        "chain_head": "ab" * 32,
        "now": NOW,
        **more,
    }
    written = write_marac(
        given.pop("rows", marac_rows(file, listing, context)),
        given.pop("agenda", agenda_rows(listed, context)),
        given.pop("actions", action_rows(listed, context)),
        out=out,
        protect=protect,
        **given,
    )
    written.unnamed.give_names()
    return written


def table(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_plain_files_and_their_manifest(tmp_path: Path) -> None:
    result = export(tmp_path)
    names = ["MX-2026W48-01.csv", "MX-2026W48-01-agenda.csv", "MX-2026W48-01-actions.csv"]
    assert [path.name for path, _ in result.files] == names
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [*names, "MX-2026W48-01.manifest"]
    )
    assert (result.passphrase, result.rows, result.notices) == (None, 1, ())
    head, row = table((tmp_path / names[0]).read_bytes())
    assert head == list(MARAC_COLUMNS)
    assert row[:2] == ["OFFICIAL-SENSITIVE", "MX-2026W48-01"]
    assert table((tmp_path / names[1]).read_bytes())[0] == list(AGENDA_COLUMNS)
    assert table((tmp_path / names[2]).read_bytes())[0] == list(ACTION_COLUMNS)
    assert result.manifest_path is not None
    manifest = tomllib.loads(result.manifest_path.read_text("utf-8"))
    listed = manifest.pop("file")
    assert manifest == {
        "export": "MX-2026W48-01",
        "marking": "OFFICIAL-SENSITIVE",
        "rows": 1,
        "agenda_rows": 1,
        "action_rows": 2,
        "protection": "csv",
        "made_by": "Test Coordinator",
        "made_utc": "2026-11-21T09:30:00Z",
        "recipient": "MARAC coordinator",
        "basis": "public task",
        "chain_head": "ab" * 32,
    }
    for (path, digest), entry in zip(result.files, listed, strict=True):
        data = path.read_bytes()
        assert digest == entry["sha256"] == hashlib.sha256(data).hexdigest()
        assert (entry["name"], entry["bytes"]) == (path.name, len(data))


@needs.file_modes
@pytest.mark.parametrize("protect", ["csv", "xlsx", "zip"])
def test_files_are_for_this_account_alone(tmp_path: Path, protect: str) -> None:
    before = os.umask(0)
    try:
        export(tmp_path / "made", protect)
    finally:
        os.umask(before)
    assert (tmp_path / "made").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "made").iterdir()} == {0o600}


def test_a_workbook_holds_the_three_tables(tmp_path: Path) -> None:
    result = export(tmp_path, "xlsx")
    assert [path.name for path, _ in result.files] == ["MX-2026W48-01.xlsx"]
    assert result.passphrase is not None
    assert result.passphrase not in repr(result)
    out = io.BytesIO()
    file = msoffcrypto.OfficeFile(io.BytesIO(result.files[0][0].read_bytes()))
    file.load_key(password=result.passphrase)
    file.decrypt(out, verify_integrity=True)
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["List", "Agenda", "Actions"]
    assert [cell.value for cell in book["List"][1]] == list(MARAC_COLUMNS)
    assert book["List"]["N2"].value == "SURVIVOR, Test"
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert result.passphrase.encode() not in kept


def test_an_archive_holds_the_three_files_under_names_that_say_nothing(tmp_path: Path) -> None:
    plain = export(tmp_path / "plain")
    result = export(tmp_path / "zip", "zip")
    assert result.passphrase is not None
    with pyzipper.AESZipFile(io.BytesIO(result.files[0][0].read_bytes())) as archive:
        archive.setpassword(result.passphrase.encode())
        assert archive.namelist() == [path.name for path, _ in plain.files]
        for path, _ in plain.files:
            assert archive.read(path.name) == path.read_bytes()


def test_rows_from_elsewhere_still_carry_this_exports_name(tmp_path: Path) -> None:
    row = {**dict.fromkeys(MARAC_COLUMNS, ""), "export_id": "MX-2020W01-01"}
    result = export(tmp_path, rows=[row])
    assert table(result.files[0][0].read_bytes())[1][:2] == ["OFFICIAL-SENSITIVE", "MX-2026W48-01"]


def test_an_empty_list_is_a_header(tmp_path: Path) -> None:
    result = export(tmp_path, rows=[], agenda=[], actions=[])
    assert table(result.files[0][0].read_bytes()) == [list(MARAC_COLUMNS)]
    assert result.rows == 0


# --- weeks and numbers ----------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["2026-W48", "2026W48", " 2026w48 "])
def test_weeks_are_read_both_ways(text: str) -> None:
    assert week_code(text) == "2026W48"
    assert export_id(text, 3) == "MX-2026W48-03"


@pytest.mark.parametrize("text", ["", "48", "2026-48", "2025W53", "2026W00", "2026W54", "0000W01"])
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(BadInputError, match="2026-W48"):
        week_code(text)


def test_the_next_number_looks_in_the_folder_and_the_register(tmp_path: Path) -> None:
    assert next_number(tmp_path / "missing", "2026W48") == 1
    assert next_number(tmp_path, "2026-W48") == 1
    export(tmp_path)
    assert next_number(tmp_path, "2026W48") == 2
    assert next_number(tmp_path, "2026W47") == 1
    registered = ["/sent/MX-2026W48-07.xlsx", "C:\\sent\\MX-2026W48-05-agenda.csv", "MX-other"]
    assert next_number(tmp_path, "2026W48", registered) == 8


@pytest.mark.parametrize("protect", ["csv", "xlsx", "zip"])
def test_a_number_is_never_used_twice(tmp_path: Path, protect: str) -> None:
    export(tmp_path, "csv")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(RefusedError, match="already in that folder"):
        export(tmp_path, protect)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("number", [0, 100, -1])
def test_numbers_that_do_not_fit_are_refused(tmp_path: Path, number: int) -> None:
    with pytest.raises(RefusedError, match="at most 99"):
        export(tmp_path, number=number)


def test_a_protection_must_be_chosen(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="csv, xlsx or zip"):
        export(tmp_path, "")


# --- all or none ----------------------------------------------------------------------------------


def test_a_cell_too_long_leaves_nothing(tmp_path: Path) -> None:
    row = {**dict.fromkeys(MARAC_COLUMNS, ""), "perp_address": "x" * 40_000}
    with pytest.raises(RefusedError, match=r"Row 1 .* perp_address"):
        export(tmp_path / "made", "xlsx", rows=[row])
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("failing", range(1, 10))
def test_a_failure_at_any_file_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    """The disk fails at the n-th flush; the flush before the rename is real."""
    calls = 0
    real = os.fsync

    def fsync(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls == failing:  # the folder's name is flushed, then each file and its name
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr(paths.os, "fsync", fsync)
    with pytest.raises(SanctuaryError, match="disk is full"):
        export(tmp_path / "made")
    assert not (tmp_path / "made").exists()


def test_an_interrupt_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = files.write_unnamed

    def interrupted(path: Path, data: bytes) -> UnnamedFile:
        if path.name.endswith("actions.csv"):
            raise KeyboardInterrupt
        return real(path, data)

    monkeypatch.setattr(files, "write_unnamed", interrupted)
    with pytest.raises(KeyboardInterrupt):
        export(tmp_path)
    assert list(tmp_path.iterdir()) == []


_FULL_DISK = """
import resource, signal, sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from test_marac_package import export
from config.errors import SanctuaryError
from sanctuary_tui.exports.columns import MARAC_COLUMNS
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
out = Path(sys.argv[1])
row = dict.fromkeys(MARAC_COLUMNS, "text " * 20)
resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, 64 * 1024))
try:
    export(out, rows=[row] * 200)
except SanctuaryError as error:
    print("refused", sorted(path.name for path in out.iterdir()))
"""


@needs.limits
def test_a_disk_that_takes_no_more_leaves_nothing(tmp_path: Path) -> None:
    """A real write that the system cuts short at 64 KB."""
    done = subprocess.run(
        [sys.executable, "-c", _FULL_DISK, str(tmp_path), str(Path(__file__).parent)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() == "refused []"


@needs.ordinary_user
def test_a_folder_that_may_not_be_written_to_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(SanctuaryError, match="may not write"):
        export(tmp_path)


def test_a_folder_is_made_within_one_that_exists_only(tmp_path: Path) -> None:
    with pytest.raises(SanctuaryError, match="plug in the disk"):
        export(tmp_path / "stick" / "lists")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(SanctuaryError):
            export(out)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


# --- places ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["Downloads", "Desktop", "downloads", "Desktop/list", "OneDrive"])
def test_places_that_are_never_offered(tmp_path: Path, place: str) -> None:
    with pytest.raises(RefusedError, match="choose a folder kept for exports"):
        refuse_place(tmp_path / place)
    refuse_place(tmp_path / place, allow=True)
    refuse_place(tmp_path / "exports")


def test_downloads_when_named_is_written_with_a_warning(tmp_path: Path) -> None:
    result = export(tmp_path / "Downloads")
    assert "Downloads folder" in result.notices[0]
    assert result.files[0][0].exists()


def test_a_link_into_downloads_is_seen_through(tmp_path: Path) -> None:
    (tmp_path / "Downloads").mkdir()
    (tmp_path / "safe").symlink_to(tmp_path / "Downloads")
    assert open_place(tmp_path / "safe") == "the Downloads folder"


@pytest.mark.parametrize("name", ["OneDrive - Test Council", "Dropbox", "Google Drive"])
def test_plain_files_never_go_into_a_synced_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(RefusedError, match="protect it as xlsx or zip"):
        export(tmp_path / name)
    assert not (tmp_path / name).exists()
    notice = place_notices(tmp_path / name, protected=True)[0]
    assert "copies stay there" in notice
    assert export(tmp_path / name, "zip").notices == (notice,)


def test_home_itself_is_not_taken_for_the_desktop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert open_place(tmp_path / "exports") is None
    assert open_place(tmp_path / "Desktop" / "x") == "the desktop"


def test_moments_are_written_in_utc(tmp_path: Path) -> None:
    from datetime import timedelta, timezone

    summer = datetime(2026, 7, 1, 10, 0, tzinfo=timezone(timedelta(hours=1)))
    result = export(tmp_path, now=summer)
    assert result.manifest_path is not None
    made = tomllib.loads(result.manifest_path.read_text("utf-8"))["made_utc"]
    assert made == summer.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") == "2026-07-01T09:00:00Z"
