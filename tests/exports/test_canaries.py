"""A mark in every protected field of generated cases, and every exporter: none comes out.

Files are searched as bytes, unzipped and decrypted; their names as well. The marks are ASCII, so
that bytes and decoded text are the same thing.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msoffcrypto
import pytest
import pyzipper
from database import made
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import NOW, TODAY, marked_case

from config.settings import default_settings
from db.connection import Connection, close_connection
from db.models import CASE_TABLES, RECORDS, CaseFile, MaracListing, specs
from db.rows import columns_sql, to_row
from sanctuary_tui.breach_report import write_report
from sanctuary_tui.cover_pack import write_cover_pack
from sanctuary_tui.documents.making import write_document
from sanctuary_tui.exports.archive import write_archive
from sanctuary_tui.exports.files import ExportResult
from sanctuary_tui.exports.marac_quarter import quarter_of, quarter_rows, write_quarter
from sanctuary_tui.exports.marac_rows import (
    action_rows,
    agenda_rows,
    marac_rows,
    pathway_context,
)
from sanctuary_tui.exports.package import write_marac
from sanctuary_tui.exports.profiles import EXPORTERS
from sanctuary_tui.exports.return_file import write_return
from sanctuary_tui.exports.summary_page import write_summary
from sanctuary_tui.exports.tables import TABLES, VIEWS, Line, export_lines, write_table
from sanctuary_tui.imports.reporting import write_refused
from sanctuary_tui.returns.merging import merge_returns
from sanctuary_tui.subject.pack import write_pack

CONTEXT = pathway_context(TODAY, default_settings(), include_landlord=True, names_in_agenda=True)


def contents(path: Path, passphrase: str | None) -> bytes:
    """Everything a file says, however it is wrapped, with its name; in lower case."""
    data = path.read_bytes()
    parts = [path.name.encode(), data]
    if path.suffix == ".xlsx":
        out = io.BytesIO()
        file = msoffcrypto.OfficeFile(io.BytesIO(data))
        file.load_key(password=passphrase)
        file.decrypt(out)
        with zipfile.ZipFile(out) as archive:
            parts += [name.encode() + archive.read(name) for name in archive.namelist()]
    if path.suffix == ".zip":
        with pyzipper.AESZipFile(io.BytesIO(data)) as archive:
            archive.setpassword((passphrase or "").encode())
            parts += [name.encode() + archive.read(name) for name in archive.namelist()]
    return b"\n".join(parts).lower()


def everything(folder: Path, passphrase: str | None) -> bytes:
    return b"\n".join(contents(path, passphrase) for path in sorted(folder.iterdir()))


def found(marks: Iterable[str], text: bytes) -> set[str]:
    return {mark for mark in marks if mark.lower().encode() in text}


def marac(listed: Sequence[tuple[CaseFile, MaracListing]], out: Path, protect: Any) -> ExportResult:
    rows = [row for file, listing in listed for row in marac_rows(file, listing, CONTEXT)]
    written = write_marac(
        rows,
        agenda_rows(listed, CONTEXT),
        action_rows(listed, CONTEXT),
        week="2026W48",
        number=1,
        out=out,
        protect=protect,
        who="Test Coordinator",
        recipient="Test MARAC",
        basis="public task",
        chain_head="00",
        now=NOW,
    )
    written.unnamed.give_names()
    return written


def test_these_tests_run_every_exporter_there_is() -> None:
    assert write_document  # tests/documents runs it, with a mark in every field
    assert write_pack  # tests/subject
    assert write_report  # tests/sanctuary_tui
    assert write_refused  # tests/imports: of rows of a file, no record
    assert write_archive  # tests/sanctuary_tui: it holds every field, and is never plain
    assert write_summary  # the same
    assert merge_returns
    assert write_cover_pack  # tests/sanctuary_tui/test_cover_pack.py
    assert write_return  # test_canaries_everywhere.py, with a mark in every field
    assert {item.function.partition(".")[2] for item in EXPORTERS.values()} == {
        "documents.making.write_document",
        "exports.archive.write_archive",
        "exports.marac_quarter.write_quarter",
        "exports.return_file.write_return",
        "exports.summary_page.write_summary",
        "returns.merging.merge_returns",  # tests/returns: no caseload is opened
        "exports.package.write_marac",
        "exports.tables.write_table",
        "exports.tables.export_lines",
        "subject.pack.write_pack",  # tests/subject runs it, with a mark in every field
        "imports.reporting.write_refused",
        "cover_pack.write_cover_pack",
        "breach_report.write_report",  # tests/sanctuary_tui/test_breaches.py
    }


@pytest.mark.parametrize("exact", [True, False])
def test_the_dataset_of_a_quarter_holds_no_word_of_a_case(tmp_path: Path, exact: bool) -> None:
    file, listing, _ = marked_case("canary")
    assert listing.meeting is not None
    listing.state, listing.heard_on = "heard", listing.meeting
    quarter = quarter_of(listing.meeting)
    rows = quarter_rows([file], quarter, listing.meeting, default_settings())
    assert 1 in rows[-1].values()  # the case is counted
    out = tmp_path / "made" / "dataset.csv"
    out.parent.mkdir()
    made = write_quarter(rows, out, exact=exact, who="Test Coordinator", chain_head="00", now=NOW)
    made.unnamed.give_names()
    text = everything(out.parent, None)
    assert quarter.lower().encode() in text
    assert b"canary" not in text


def test_the_search_does_find_what_is_sent(tmp_path: Path) -> None:
    """The marks of fields that may leave are all over the list: the search can fail."""
    file, listing, _ = marked_case("canary")
    for protect in ("csv", "xlsx", "zip"):
        result = marac([(file, listing)], tmp_path / protect, protect)
        text = everything(tmp_path / protect, result.passphrase)
        assert found({file.people[0].surname, file.case.victim_wants}, text) == {
            file.people[0].surname,
            file.case.victim_wants,
        }


@pytest.mark.guarantee
@pytest.mark.parametrize("protect", ["csv", "xlsx", "zip"])
@given(data=st.data())
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_protected_field_reaches_the_marac(
    tmp_path_factory: pytest.TempPathFactory, protect: str, data: st.DataObject
) -> None:
    file, listing, marks = marked_case("canary")
    assert len(marks) > 12
    for records in (getattr(file, table) for table in CASE_TABLES):
        for record in records:
            for name, spec in specs(type(record)).items():
                if spec.kind == "code" and name not in ("role", "safe"):
                    from config.codes import CODES

                    chosen = data.draw(st.sampled_from(sorted(CODES[spec.codes])))
                    setattr(record, name, chosen)
    file.people += data.draw(st.sampled_from([[], [file.people[1]], [file.people[2]]]))
    listing.address_reason = data.draw(st.sampled_from(["", " ", "canaryreason"]))
    marks.add("canaryreason")
    if listing.address_reason.strip():
        marks -= {file.safe_addresses[0].address, file.safe_addresses[0].postcode}
    contractors = {visit.worker for visit in file.visits} | {m.fitted_by for m in file.measures}
    notes = {note.body for note in file.notes} | {item.note for item in file.visits}
    survey = {item.wishes for item in file.surveys} | {item.plan for item in file.safety_plans}
    out = tmp_path_factory.mktemp("out") / "made"
    result = marac([(file, listing)], out, protect)
    text = everything(out, result.passphrase)
    assert found(marks | contractors | notes | survey, text) == set()


@pytest.mark.guarantee
@pytest.mark.slow
def test_ten_thousand_cases_through_every_output(tmp_path: Path) -> None:
    """No mark of a protected field, of ten thousand cases, in any table, view, screen or list."""
    (tmp_path / "home").mkdir()
    connection = made(tmp_path / "home")
    listed: list[tuple[CaseFile, MaracListing]] = []
    marks: set[str] = set()
    for number in range(1, 10_001):
        file, listing, own = marked_case(f"canary{number}x")
        listed.append((file, listing))
        marks |= own
    assert len(marks) >= 130_000
    _fill(connection, [file for file, _ in listed])
    out = tmp_path / "out"
    for table in (*TABLES, *VIEWS):
        for identifiable in (False, True):
            name = f"{table}-{'all' if identifiable else 'public'}.csv"
            write_table(
                connection, table, out / name, identifiable=identifiable, today=TODAY
            ).unnamed.give_names()
    _screens(connection, listed, out)
    close_connection(connection)
    marac(listed[:2000], out / "plain", "csv")
    zipped = marac(listed[:500], out / "zipped", "zip")
    booked = marac(listed[:60], out / "booked", "xlsx")
    protected = re.compile(_any_protected().encode())
    seen = 0
    for folder, passphrase in (
        (out, None),
        (out / "plain", None),
        (out / "zipped", zipped.passphrase),
        (out / "booked", booked.passphrase),
    ):
        for path in folder.iterdir():
            if path.is_file():
                text = contents(path, passphrase)
                assert protected.search(text) is None, path.name
                seen += text.count(b"canary")
    assert seen > 1_000_000


def _any_protected() -> str:
    names = {
        f"{record.table}{name}".replace("_", "")
        for record in RECORDS
        for name, spec in specs(record).items()
        if spec.klass == "protected" and spec.kind in ("text", "long")
    }
    return rf"canary\d+x(?:{'|'.join(sorted(names))})\d"


def _fill(connection: Any, files: Sequence[CaseFile]) -> None:
    for number, file in enumerate(files, start=1):
        file.case.id, file.case.ref = number, f"S26-{number:05d}"
        for table in CASE_TABLES:
            for place, record in enumerate(getattr(file, table)):
                record.case_id, record.id = number, number * 10 + place
        file.contact_points[0].person_id = file.people[0].id
        file.marac_actions[0].listing_id = file.marac_listings[0].id
    for kind in (kind for kind in RECORDS if kind.table in (*CASE_TABLES, "cases")):
        records = [
            record
            for file in files
            for record in ([file.case] if kind.table == "cases" else getattr(file, kind.table))
        ]
        rows = [to_row(record) for record in records]
        connection.executemany(
            f"INSERT INTO {kind.table} ({columns_sql(kind)})"
            f" VALUES ({', '.join('?' * len(rows[0]))})",
            rows,
        )
    connection.commit()


def _screens(
    connection: Connection, listed: Sequence[tuple[CaseFile, MaracListing]], out: Path
) -> None:
    """A list in memory that shows, among others, every protected field of people and homes."""
    lines = [
        Line(f"{table}_{name}", table, name)
        for table in ("people", "safe_addresses", "surveys", "entry_points", "cases")
        for name in specs(next(kind for kind in RECORDS if kind.table == table))
    ]
    rows = [
        [
            getattr(
                file.case if line.table == "cases" else getattr(file, line.table)[0], line.field
            )
            for line in lines
        ]
        for file, _ in listed[:500]
    ]
    for profile in ("pseudonymous", "identifiable"):
        name = out / f"screen-{profile}.csv"
        export_lines(connection, lines, rows, name, profile).unnamed.give_names()
