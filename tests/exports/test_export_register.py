"""The export register: rows, what still lies there, deleting."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from samples import NOW

from config.errors import RefusedError
from db.models import Disclosure
from db.rows import cleaned
from sanctuary_tui.exports.files import ExportResult, sha256
from sanctuary_tui.exports.package import manifest_bytes, summed
from sanctuary_tui.exports.register import delete_export, disclosures_of, still_there


@pytest.fixture
def written(tmp_path: Path) -> list[Disclosure]:
    files = []
    for name in ("MX-2026W48-01.csv", "MX-2026W48-01-agenda.csv"):
        (tmp_path / name).write_bytes(name.encode())
        files.append((tmp_path / name, sha256(name.encode())))
    return disclosures_of(
        ExportResult(files, 3),
        what="MARAC list MX-2026W48-01",
        recipient="marac",
        recipient_name="Test MARAC",
        basis="public task",
        protection="csv",
        by="Test Coordinator",
        at=NOW,
        case_refs=["S26-0042", "S26-0043", "S26-0042"],
        protected_fields=1,
    )


@pytest.mark.guarantee
def test_each_file_has_a_row_and_counts_stand_once(written: list[Disclosure]) -> None:
    assert [item.rows for item in written] == [3, 0]
    assert [item.protected_fields for item in written] == [1, 0]
    assert [item.what for item in written] == [
        "MARAC list MX-2026W48-01",
        "MARAC list MX-2026W48-01, part 2",
    ]
    assert {item.case_refs for item in written} == {"S26-0042;S26-0043"}
    for item in written:
        assert Path(item.path).is_absolute()
        assert len(item.sha256) == 64
        cleaned(item)  # the store takes it as it is


@pytest.mark.guarantee
def test_files_still_there_unchanged_are_named(written: list[Disclosure]) -> None:
    assert still_there(written) == written
    first, second = written
    Path(first.path).write_bytes(b"changed")
    assert still_there(written) == [second]
    Path(second.path).rename(Path(second.path).with_name("moved.csv"))
    assert still_there(written) == []


def test_files_marked_as_deleted_are_not_looked_for(written: list[Disclosure]) -> None:
    written[0].deleted_on = date(2026, 11, 22)
    assert still_there(written) == written[1:]


def test_a_link_or_a_folder_in_its_place_is_not_the_file(written: list[Disclosure]) -> None:
    path = Path(written[0].path)
    copy = path.rename(path.with_name("copy.csv"))
    path.symlink_to(copy)
    assert still_there(written) == written[1:]
    with pytest.raises(RefusedError, match="no longer"):
        delete_export(path, written[0].sha256)
    assert copy.exists()
    path.unlink()
    path.mkdir()
    assert still_there(written) == written[1:]


def test_an_unchanged_file_is_deleted_and_it_says_so(written: list[Disclosure]) -> None:
    path = Path(written[0].path)
    assert "is deleted" in delete_export(path, written[0].sha256)
    assert not path.exists()
    with pytest.raises(RefusedError, match="no longer in that folder"):
        delete_export(path, written[0].sha256)


def test_a_changed_file_is_left(written: list[Disclosure]) -> None:
    path = Path(written[0].path)
    path.write_bytes(b"somebody's own notes")
    with pytest.raises(RefusedError, match="has been changed"):
        delete_export(path, written[0].sha256)
    assert path.read_bytes() == b"somebody's own notes"


def test_the_manifest_goes_with_the_last_file_it_lists(written: list[Disclosure]) -> None:
    paths = [Path(item.path) for item in written]
    manifest = paths[0].with_name("MX-2026W48-01.manifest")
    manifest.write_bytes(manifest_bytes(summed([(path.name, path.read_bytes()) for path in paths])))
    foreign = paths[0].with_name("MX-2026W48.manifest")
    foreign.write_text("somebody's own notes")
    assert "manifest" not in delete_export(paths[0], written[0].sha256)
    assert manifest.exists()
    assert "and its manifest are deleted" in delete_export(paths[1], written[1].sha256)
    assert not manifest.exists()
    assert foreign.exists()


def test_a_manifest_of_other_contents_is_left(written: list[Disclosure]) -> None:
    path = Path(written[0].path)
    manifest = path.with_name("MX-2026W48-01.manifest")
    manifest.write_bytes(manifest_bytes(summed([(path.name, b"another list of that name")])))
    assert "manifest" not in delete_export(path, written[0].sha256)
    assert manifest.exists()
