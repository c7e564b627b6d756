"""Profiles: nothing leaves without one, and none says more than its recipient may know."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from samples import whole_case

from db.models import CASE_TABLES, RECORDS, specs
from sanctuary_tui.exports import profiles, tables
from sanctuary_tui.exports.package import write_marac
from sanctuary_tui.exports.profiles import (
    EXPORTERS,
    NEVER_TO_MARAC,
    PROFILES,
    TOKEN_TEXT,
    Exporter,
    check_profiles,
)


def test_every_exporter_of_the_program_has_a_profile() -> None:
    assert check_profiles() == []
    assert {item.function.rpartition(".")[2] for item in EXPORTERS.values()} >= {
        write_marac.__name__,
        tables.write_table.__name__,
        tables.export_lines.__name__,
    }


@pytest.mark.guarantee
@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def leak(rows):\n    return csv_bytes(['a'], rows)\n", "outside a declared exporter"),
        ("data = csvfile.csv_bytes(['a'], [])\n", "outside a declared exporter"),
        ("@exporter('x')\ndef f():\n    csv_bytes([], [])\n", "outside a declared exporter"),
        ("@other('x', 'y')\ndef f():\n    workbook_bytes([], '')\n", "outside a declared"),
        ("class A:\n    def f(self):\n        archive_bytes([], '')\n", "outside a declared"),
        ("def f(s):\n    csv.writer(s)\n", "makes a file past the exporters"),
        ("def f(p):\n    zipfile.ZipFile(p, 'w')\n", "makes a file past the exporters"),
        ("def f(p):\n    ZipFile(p, mode='a')\n", "makes a file past the exporters"),
        ("def f(p):\n    ZipFile(file=p)\n", "makes a file past the exporters"),
        ("def f(p, t):\n    p.write_text(t)\n", "writes a file past the exporters"),
        ("def f(p, t):\n    p.write_bytes(t)\n", "writes a file past the exporters"),
        ("def f(p, t):\n    atomic_write(p, t)\n", "writes a file past the exporters"),
        ("def f(p, t):\n    files.write_set([(p, t)])\n", "writes a file past the exporters"),
        ("def f(p, t):\n    paths.write_unnamed(p, t)\n", "writes a file past the exporters"),
        ("def f(made):\n    made.unnamed.give_names()\n", "writes a file past the exporters"),
        ("def f(p):\n    open(p, 'w')\n", "writes a file past the exporters"),
        ("def f(p):\n    open(p, mode='xb')\n", "writes a file past the exporters"),
        ("async def f(p):\n    p.open('a')\n", "writes a file past the exporters"),
        ("def f(p):\n    p.open('r+b')\n", "writes a file past the exporters"),
        ("def f():\n    openpyxl.Workbook()\n", "past the exporters"),
        ("def f(p):\n    zipfile.ZipFile(p, 'w')\n", "past the exporters"),
        ("def f(p, m):\n    zipfile.ZipFile(p, mode=m)\n", "past the exporters"),
        ("import csv\nw = csv.DictWriter(x, y)\n", "past the exporters"),
    ],
)
def test_a_new_exporter_document_or_report_without_a_profile_fails(
    tmp_path: Path, source: str, found: str
) -> None:
    (tmp_path / "new.py").write_text(source)
    problems = check_profiles(tmp_path)
    assert len(problems) == 1
    assert found in problems[0]


@pytest.mark.parametrize(
    "source",
    [
        "@exporter('x', 'marac')\ndef f():\n    def g():\n        return csv_bytes([], [])\n",
        "@profiles.exporter('x', 'marac')\nasync def f():\n    csv_bytes([], [])\n",
        "import csv\nrows = csv.reader(x)\n",
        "@exporter('x', 'marac')\ndef f(p, t):\n    write_set([(p, t)])\n",
        "def f(p):\n    return open(p).read() + p.open('rb').read()\n",
        "def f(p):\n    return zipfile.ZipFile(p).namelist()\n",
    ],
)
def test_a_declared_exporter_passes(tmp_path: Path, source: str) -> None:
    (tmp_path / "new.py").write_text(source)
    assert check_profiles(tmp_path) == []


def test_every_file_of_the_programs_own_is_one_that_is_there() -> None:
    root = Path(profiles.__file__).parents[1]
    assert {name for name in profiles.OWN_FILES if not list(root.rglob(name))} == set()
    assert all(profiles.OWN_FILES.values())


def test_an_exporter_must_name_profiles_that_exist(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(EXPORTERS, "none", Exporter("none", (), "x"))
    monkeypatch.setitem(EXPORTERS, "odd", Exporter("odd", ("nobody",), "x"))
    assert check_profiles(tmp_path) == [
        "Exporter none names no profile.",
        "Exporter odd names the unknown profile nobody.",
    ]


@pytest.mark.parametrize(
    ("field", "found"),
    [
        (("cases", "code_word"), "protected cases.code_word without naming it so"),
        (("entry_points", "location"), "would send entry_points.location to a MARAC"),
        (("measures", "location"), "would send measures.location to a MARAC"),
        (("measures", "fitted_by"), "would send measures.fitted_by to a MARAC"),
        (("visits", "worker"), "would send visits.worker to a MARAC"),
        (("notes", "body"), "would send notes.body to a MARAC"),
        (("surveys", "alarms"), "would send surveys.alarms to a MARAC"),
        (("cases", "nothing"), "which does not exist"),
        (("nowhere", "name"), "which does not exist"),
    ],
)
def test_a_profile_that_says_too_much_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, field: tuple[str, str], found: str
) -> None:
    marac = PROFILES["marac"]
    monkeypatch.setitem(PROFILES, "marac", replace(marac, fields=marac.fields | {field}))
    assert any(found in sentence for sentence in check_profiles(tmp_path))


def test_a_marac_never_gets_these_even_when_named_protected(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    field = frozenset({("cases", "code_word")})
    marac = PROFILES["marac"]
    worse = replace(marac, fields=marac.fields | field, protected=field)
    monkeypatch.setitem(PROFILES, "marac", worse)
    assert check_profiles(tmp_path) == ["Profile marac would send cases.code_word to a MARAC."]


def test_a_view_holds_what_is_allowed_and_nothing_else() -> None:
    file, _ = whole_case()
    for profile in PROFILES.values():
        seen = profile.view(file)
        for table in (*CASE_TABLES, "cases"):
            records = [seen.case] if table == "cases" else getattr(seen, table)
            originals = [file.case] if table == "cases" else getattr(file, table)
            for record, original in zip(records, originals, strict=False):
                for name in specs(type(record)):
                    value = getattr(record, name)
                    if profile.allows(table, name):
                        assert value == getattr(original, name)
                    else:
                        assert value == getattr(type(record)(), name)


def test_a_view_leaves_the_case_itself_alone() -> None:
    file, _ = whole_case()
    before = repr(file)
    PROFILES["marac"].view(file)
    assert repr(file) == before


def test_three_profiles_alone_name_protected_fields() -> None:
    assert {name for name, item in PROFILES.items() if item.protected} == {
        "archive",  # the whole caseload, encrypted
        "marac_address",
        "subject",  # the survivor's own
        "refused",  # rows of a tracker as they were, back to whoever brought them in
    }
    protected = {
        (record.table, name)
        for record in RECORDS
        for name, spec in specs(record).items()
        if spec.klass == "protected"
    }
    for profile in PROFILES.values():
        assert profile.fields & protected == profile.protected


def test_typed_public_text_is_listed_one_by_one() -> None:
    for table, name in TOKEN_TEXT:
        assert profiles.class_of(table, name) == "public"
    assert ("disclosures", "path") not in PROFILES["pseudonymous"].fields
    assert ("notes", "by") not in PROFILES["pseudonymous"].fields


def test_whole_tables_are_closed_to_a_marac() -> None:
    assert {table for table, _ in NEVER_TO_MARAC} >= {"entry_points", "surveys", "notes", "visits"}
