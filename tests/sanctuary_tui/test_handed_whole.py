"""A whole table with names, and the archive, are handed to nobody whom a case in them keeps out."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.errors import RefusedError
from db import queries
from db.caseload import Caseload
from db.models import Case, ConnectedPerson, Contact, Disclosure, Organisation, Person
from sanctuary_tui import archive_export, table_export
from sanctuary_tui.archive_export import ArchiveOrder
from sanctuary_tui.exports.files import ExportResult
from sanctuary_tui.table_export import Handed
from tests.db import kit
from tests.sealed import canary

STAFF = "Ted Quillfether, duty manager"
PERPETRATOR = "Mr Ivo Oakmoss"
OTHER = "Ann Oakmoss, head of housing"
"""A surname alone stops nothing."""


def kept(folder: Path) -> tuple[Caseload, Case]:
    caseload = canary.opened(folder, create=True)
    case = canary.add_canary(caseload)
    kit.add_case(caseload)
    caseload.store.add(ConnectedPerson(case_id=case.id, name="Ted Quillfeather", kind="staff"))
    caseload.store.add(
        Person(case_id=case.id, role="perpetrator", first_name="Ivo", surname="Oakmoss")
    )
    return caseload, case


def of_table(caseload: Caseload, table: str, out: Path, to: str) -> ExportResult:
    handed = Handed(to, "asked for it")
    return table_export.export_table(
        caseload, table, out, handed=handed, today=canary.TODAY, now=canary.NOW
    )


def archive(caseload: Caseload, out: Path, to: str, sealed_why: str = "") -> ExportResult:
    order = ArchiveOrder(Handed(to, "asked for it"), archive_export.CONFIRM, sealed_why)
    return archive_export.export_archive(
        caseload, order, out, settings_file=out.with_name("none.toml"), now=canary.NOW
    )


@pytest.mark.guarantee
@pytest.mark.parametrize("to", [STAFF, PERPETRATOR])
@pytest.mark.parametrize("table", ["people", "cases", "board", "changes", "disclosures"])
def test_no_table_with_names_goes_to_who_is_kept_out(tmp_path: Path, table: str, to: str) -> None:
    caseload, case = kept(tmp_path)
    caseload.store.add(Disclosure(at=canary.NOW, what="a letter", case_refs=case.ref))
    before = queries.all_of(caseload.connection, Disclosure)
    with pytest.raises(RefusedError, match=f"{case.ref} cannot stand in this file") as stopped:
        of_table(caseload, table, tmp_path / "a.csv", to)
    assert "without names" in stopped.value.sentence
    assert "Quill" not in stopped.value.sentence
    assert not (tmp_path / "a.csv").exists()
    assert queries.all_of(caseload.connection, Disclosure) == before
    assert of_table(caseload, table, tmp_path / "b.csv", OTHER).rows
    caseload.close()


@pytest.mark.guarantee
def test_the_directory_goes_to_nobody_whom_a_case_it_names_keeps_out(tmp_path: Path) -> None:
    caseload, case = kept(tmp_path)
    office = caseload.store.add(Organisation(name="Dales Homes"))
    of_table(caseload, "funds", tmp_path / "a.csv", STAFF)  # nothing in it names a case
    caseload.store.add(
        Contact(organisation_id=office.id, name="Officer", job=f"decides on {case.ref}")
    )
    with pytest.raises(RefusedError, match=f"{case.ref} cannot stand in this file"):
        of_table(caseload, "contacts", tmp_path / "b.csv", STAFF)
    caseload.close()


@pytest.mark.guarantee
@pytest.mark.parametrize("to", [STAFF, PERPETRATOR])
@pytest.mark.parametrize("sealed", [False, True])
def test_no_archive_goes_to_who_is_kept_out(tmp_path: Path, sealed: bool, to: str) -> None:
    caseload, case = kept(tmp_path)
    out = tmp_path / "a.zip"
    if sealed:
        canary.seal(caseload, case.id)
        archive(caseload, tmp_path / "without.zip", to)  # it tells of nothing that is sealed
        with pytest.raises(RefusedError, match="A sealed case cannot stand in this") as stopped:
            archive(caseload, out, to, sealed_why="new system")
        assert case.ref not in stopped.value.sentence
        assert caseload.connection.opened == 0
        logged = kit.rows(caseload, "SELECT why FROM changes ORDER BY id DESC LIMIT 1")
        assert "new system" in logged[0][0]
    else:
        with pytest.raises(RefusedError, match=f"{case.ref} cannot stand in this"):
            archive(caseload, out, to)
    assert not out.exists()
    archive(caseload, tmp_path / "b.zip", OTHER, sealed_why="new system")
    caseload.close()
