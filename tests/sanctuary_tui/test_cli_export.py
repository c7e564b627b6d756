"""``sanctuary export`` as a program: the weekly list, its dataset, and tables, each registered."""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
import stat
import tomllib
from datetime import date
from pathlib import Path

import pytest

from config.settings import save_settings
from db.models import Case, Person
from sanctuary_tui.exports.columns import MARAC_COLUMNS
from sanctuary_tui.exports.marac_quarter import quarter_days, quarter_of
from tests.sanctuary_tui.cli_program import Program, with_names
from tests.sanctuary_tui.demo_program import DAY, demo, good, key, refused

__all__ = ["demo", "key"]

# --- export marac-quarter -------------------------------------------------------------------------


def test_the_quarterly_dataset_is_counts_with_its_manifest_and_registered(
    demo: Program, key: bytearray, tmp_path: Path
) -> None:
    exact, outside = tmp_path / "exact.csv", tmp_path / "marac_quarter.csv"
    with demo.connection(key) as connection:
        found = connection.execute(
            "SELECT heard_on FROM marac_listings WHERE state = 'heard' ORDER BY heard_on"
        ).fetchall()
    quarter = quarter_of(date.fromisoformat(found[-1][0]))
    first, after = quarter_days(quarter)
    heard = sum(first.isoformat() <= day < after.isoformat() for (day,) in found)
    command = ("export", "marac-quarter", "--quarter", quarter)
    done = good(demo, *command, "--out", str(exact), "--exact")
    good(demo, *command, "--out", str(outside))
    with demo.connection(key) as connection:
        registered = connection.execute(
            "SELECT what, recipient, rows, path FROM disclosures WHERE what LIKE 'MARAC dataset%'"
            " ORDER BY id"
        ).fetchall()
    rows = list(csv.DictReader(io.StringIO(exact.read_text("utf-8-sig"), newline="")))
    count = len(rows)
    assert f"MARAC dataset {quarter}, {count - 1} meetings, exact, for this council" in done.out
    assert (rows[-1]["row"], rows[-1]["cases"]) == ("total", str(heard))
    hidden = list(csv.DictReader(io.StringIO(outside.read_text("utf-8-sig"), newline="")))
    small = [number for row in hidden[:-1] for number in list(row.values())[3:]]
    assert not {"1", "2", "3", "4"} & set(small)
    manifest = tomllib.loads((tmp_path / "marac_quarter.manifest").read_text("utf-8"))
    assert manifest["small_numbers"] == "hidden"
    assert registered == [
        (f"MARAC dataset {quarter}, exact", "internal", count, str(exact)),
        (f"MARAC dataset {quarter}, small numbers hidden", "marac", count, str(outside)),
    ]
    save_settings(demo.paths.settings_file, {"returns.small_numbers": "exact"})
    agreed = tmp_path / "agreed.csv"
    assert good(demo, *command, "--out", str(agreed)).out.startswith(
        f"MARAC dataset {quarter}, {count - 1} meetings, exact: "
    )
    assert agreed.read_bytes() == exact.read_bytes()
    demo.paths.settings_file.unlink()  # the demo is shared


def test_the_dataset_is_never_written_over_another(demo: Program, tmp_path: Path) -> None:
    out = tmp_path / "quarter.csv"
    (tmp_path / "quarter.manifest").write_text("here", "utf-8")
    refused(demo, "export", "marac-quarter", "--quarter", "2026Q3", "--out", str(out))
    assert [path.name for path in tmp_path.iterdir()] == ["quarter.manifest"]


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (("marac-quarter",), 2, "needs --quarter"),
        (("marac-quarter", "--quarter", "2026Q4", "--identifiable"), 2, "counts alone"),
        (("marac-quarter", "--quarter", "2026Q4", "--week", "2026-W48"), 2, "'export marac'"),
        (("cases", "--quarter", "2026Q4"), 2, "'export marac-quarter'"),
        (("cases", "--exact"), 2, "'export marac-quarter'"),
        (("marac", "--protect", "csv", "--exact"), 2, "'export marac-quarter'"),
        (("marac-quarter", "--quarter", "2026Q7"), 1, "write it as 2026Q4"),
    ],
)
def test_options_of_the_dataset_belong_to_it(
    demo: Program, tmp_path: Path, options: tuple[str, ...], status: int, said: str
) -> None:
    done = demo.run("export", *options, "--out", str(tmp_path / "x.csv"))
    assert done.status == status
    assert said in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("names", [False, True])
def test_the_twelve_months_are_a_table_with_names_only_when_asked(
    demo: Program, key: bytearray, tmp_path: Path, names: bool
) -> None:
    out = tmp_path / "radar.csv"
    done = good(
        demo, "export", "marac-radar", "--out", str(out), *(with_names(tmp_path) if names else [])
    )
    how = "with names" if names else "pseudonymous"
    rows = list(csv.DictReader(out.read_text("utf-8-sig").splitlines()))
    assert f"inside the twelve months, {how}: {out}" in done.out
    assert rows
    assert ("name" in rows[0]) is names
    assert all(row["counted_from"] < row["repeat_until"] for row in rows)
    with demo.connection(key) as connection:
        kept = connection.execute("SELECT what, rows FROM disclosures ORDER BY id").fetchall()
    assert kept[-1] == (f"marac-radar, {how}", len(rows))


# --- export marac ---------------------------------------------------------------------------------


def _files(folder: Path) -> dict[str, Path]:
    return {path.name: path for path in folder.iterdir()} if folder.exists() else {}


def test_the_weekly_list_is_written_registered_and_not_sent_twice(
    demo: Program, key: bytearray, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with demo.connection(key) as connection:
        drafts = connection.execute(
            "SELECT case_id FROM marac_listings WHERE state = 'draft'"
        ).fetchall()
    done = good(demo, "export", "marac", "--out", str(out), "--protect", "csv")
    files = _files(out)
    assert set(files) == {
        "MX-2026W48-01.csv",
        "MX-2026W48-01-agenda.csv",
        "MX-2026W48-01-actions.csv",
        "MX-2026W48-01.manifest",
    }
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files.values())
    raw = files["MX-2026W48-01.csv"].read_bytes()
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert tuple(rows[0]) == MARAC_COLUMNS
    assert f"{len(drafts)} cases, {len(rows)} rows" in done.out
    manifest = tomllib.loads(files["MX-2026W48-01.manifest"].read_text("utf-8"))
    assert manifest["rows"] == len(rows)
    with demo.connection(key) as connection:
        registered = connection.execute(
            "SELECT path, sha256, rows, basis, recipient, protection FROM disclosures"
            " WHERE what LIKE 'MARAC list MX-2026W48-01%' ORDER BY id"
        ).fetchall()
        states = connection.execute(
            "SELECT DISTINCT state FROM marac_listings WHERE case_id IN"
            f" ({','.join(str(row[0]) for row in drafts)}) AND meeting >= '{DAY}'"
        ).fetchall()
        rows_hashed = connection.execute("SELECT hash FROM changes").fetchall()
        told = connection.execute(
            "SELECT DISTINCT case_id FROM changes WHERE action = 'disclosure'"
            " AND why = 'sent to the MARAC in MX-2026W48-01'"
        ).fetchall()
    for path, digest, *_ in registered:
        assert hashlib.sha256(Path(path).read_bytes()).hexdigest() == digest
    assert [row[2] for row in registered] == [len(rows), 0, 0]
    assert all(row[3] and row[4:] == ("marac", "csv") for row in registered)
    assert states == [("sent",)]
    assert sorted(told) == sorted(set(drafts))
    hashes = {bytes(row[0]).hex() for row in rows_hashed}
    # Its head is a row of the chain, so an outside copy witnesses everything before it.
    assert manifest["chain_head"] in hashes

    said = refused(demo, "export", "marac", "--out", str(out), "--protect", "csv")
    assert "sent already" in said or "No case is ticked" in said
    assert _files(out) == files

    # The same cases again, by name: the next number, nothing replaced.
    ref = rows[0]["scheme_ref"]
    good(demo, "export", "marac", "--out", str(out), "--protect", "zip", "--case", ref,
         "--week", "2026-W48", "--basis", "public_task", "--decided-by", "Manager")  # fmt: skip
    assert {"MX-2026W48-02.zip", "MX-2026W48-02.manifest"} <= set(_files(out))


def test_a_case_without_a_decision_is_refused_until_one_is_given(
    demo: Program, key: bytearray, tmp_path: Path
) -> None:
    with demo.connection(key) as connection:
        rows = connection.execute(
            "SELECT ref FROM cases WHERE status = 'open' AND id NOT IN"
            " (SELECT case_id FROM marac_listings) ORDER BY id LIMIT 1"
        ).fetchall()
        count = connection.execute("SELECT count(*) FROM marac_listings").fetchall()
    ref, out = rows[0][0], tmp_path / "out"
    wanted = ("export", "marac", "--out", str(out), "--protect", "xlsx", "--case", ref)
    said = refused(demo, *wanted)
    assert ref in said
    assert "--basis" in said
    assert not out.exists()
    with demo.connection(key) as connection:
        assert connection.execute("SELECT count(*) FROM marac_listings").fetchall() == count
    assert "no lawful basis of that code" in refused(
        demo, *wanted, "--basis", "because", "--decided-by", "Manager"
    )
    done = good(demo, *wanted, "--basis", "public_task", "--decided-by", "Manager")
    passphrase = done.out.strip().splitlines()[-1]
    assert len(passphrase.split()) == 6
    book = next(path for path in out.iterdir() if path.suffix == ".xlsx")
    assert passphrase.encode() not in book.read_bytes()
    with demo.connection(key) as connection:
        listing = connection.execute(
            "SELECT share_basis, decided_by, decided_on, state FROM marac_listings"
            " ORDER BY id DESC LIMIT 1"
        ).fetchall()
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search%'"
        ).fetchall()
        kept = [connection.execute(f"SELECT * FROM {name}").fetchall() for (name,) in tables]
    assert listing == [("public_task", "Manager", DAY, "sent")]
    assert passphrase not in repr(kept)
    assert ref in repr(kept)


@pytest.mark.parametrize("week", ["2026-W54", "48", "2026-W00", "next"])
def test_a_week_that_is_none(demo: Program, tmp_path: Path, week: str) -> None:
    said = refused(
        demo, "export", "marac", "--out", str(tmp_path), "--protect", "csv", "--week", week
    )
    assert "2026-W48" in said


# --- export TABLE ---------------------------------------------------------------------------------


def test_a_table_without_names_and_with_them(demo: Program, key: bytearray, tmp_path: Path) -> None:
    plain, named = tmp_path / "a.csv", tmp_path / "b.csv"
    good(demo, "export", "people", "--out", str(plain))
    good(demo, "export", "people", "--out", str(named), *with_names(tmp_path))
    with demo.connection(key) as connection:
        surnames = connection.execute(
            "SELECT DISTINCT surname FROM people WHERE length(surname) > 5"
        ).fetchall()
        registered = connection.execute(
            "SELECT what, path, sha256 FROM disclosures ORDER BY id DESC LIMIT 2"
        ).fetchall()
        given = connection.execute(
            "SELECT recipient_name, basis FROM disclosures ORDER BY id DESC LIMIT 2"
        ).fetchall()
        (why,) = connection.execute(
            "SELECT why FROM changes WHERE entity = 'disclosures' ORDER BY id DESC LIMIT 1"
        ).fetchall()[0]
    texts = [path.read_text("utf-8-sig") for path in (plain, named)]
    assert not [name for (name,) in surnames if name in texts[0]]
    assert [name for (name,) in surnames if name in texts[1]]
    assert registered == [
        ("people, with names", str(named), hashlib.sha256(named.read_bytes()).hexdigest()),
        ("people, pseudonymous", str(plain), hashlib.sha256(plain.read_bytes()).hexdigest()),
    ]
    assert demo.logged(key, "disclosure")[-1] == "people exported, with names"
    assert given == [
        ("Jo Quaxley, head of housing", "Cover for the coordinator's leave"),
        ("", ""),
    ]
    assert "to Jo Quaxley, head of housing: Cover for the coordinator's leave" in why


@pytest.mark.parametrize("left", ["--recipient-file", "--reason-file"])
def test_names_leave_only_for_somebody_and_a_reason(
    demo: Program, tmp_path: Path, left: str
) -> None:
    out, options = tmp_path / "named.csv", with_names(tmp_path)
    at = options.index(left)
    del options[at : at + 2]
    said = refused(demo, "export", "people", "--out", str(out), *options)
    assert "says who gets it and why" in said
    assert not out.exists()
    without = demo.run("export", "people", "--out", str(out), *options[1:])
    assert without.status == 2
    assert "belongs to --identifiable" in without.err


def test_a_table_is_written_to_a_csv_and_to_nothing_else(demo: Program, tmp_path: Path) -> None:
    said = refused(demo, "export", "board", "--out", str(tmp_path / "board.doc"))
    assert said == "The file's name must end in .csv, such as cases.csv."
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_kept_and_nothing_registered(
    demo: Program, key: bytearray, tmp_path: Path
) -> None:
    out = tmp_path / "list.csv"
    out.write_text("mine", "utf-8")
    before = demo.logged(key, "disclosure")
    assert "exists" in refused(demo, "export", "board", "--out", str(out))
    assert out.read_text("utf-8") == "mine"
    assert demo.logged(key, "disclosure") == before


def test_an_unknown_table_is_refused_before_the_passphrase(demo: Program, tmp_path: Path) -> None:
    done = demo.run("export", "frogs", "--out", str(tmp_path / "x.csv"))
    assert done.status == 1
    assert "There is no such table" in done.sentence


def test_a_letter_that_the_output_has_not_brings_no_command_down(
    demo: Program, key: bytearray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Windows a file or a pipe has 256 letters."""
    copy = Program(tmp_path / "copy")
    shutil.copytree(demo.home, copy.home)
    with copy.caseload(key) as caseload:
        case = caseload.store.add(Case(route="police"))
        caseload.store.add(Person(case_id=case.id, role="survivor", first_name="Łucja"))
    monkeypatch.setenv("PYTHONIOENCODING", "ascii:strict")
    assert "\\u0141ucja" in good(copy, "show", case.ref, "--names").out
