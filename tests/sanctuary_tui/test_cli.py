"""The command line as a program: usage, refusals, the day's list, one case, exports."""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import re
import stat
import time
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from config.settings import save_settings
from db.keys import CHEAP_FOR_TESTS, change_passphrase, unlock
from sanctuary_tui.cli import build_parser
from sanctuary_tui.exports.columns import MARAC_COLUMNS
from sanctuary_tui.exports.marac_quarter import quarter_days, quarter_of
from tests.sanctuary_tui.cli_program import Done, Program, with_names

DAY = "2026-11-26"
CASES = 40


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A demo caseload on a date of its own, shared by the tests of this module."""
    program = Program(tmp_path_factory.mktemp("demo") / "home")
    done = program.run("demo", "--cases", str(CASES), "--no-console", "--today", DAY)
    assert done.status == 0, done.err
    assert len(done.out.strip().splitlines()) == 1
    assert f"Made {CASES} synthetic cases" in done.out
    # The derivation is not what is tested here, and is run dozens of times.
    change_passphrase(program.paths, "demo", "demo", params=CHEAP_FOR_TESTS, allow_weak=True)
    return program


@pytest.fixture(scope="module")
def key(demo: Program) -> bytearray:
    return unlock(demo.paths, "demo")


def good(demo: Program, *arguments: str) -> Done:
    return demo.good(*arguments, passphrase="demo")


def refused(demo: Program, *arguments: str) -> str:
    done = demo.run(*arguments, "--passphrase-file", "-", stdin="demo\n")
    assert (done.status, done.out) == (1, "")
    return done.sentence


def any_ref(demo: Program) -> str:
    lines = json.loads(good(demo, "today", "--json").out)["lines"]
    return str(lines[0]["ref"])


# --- usage ----------------------------------------------------------------------------------------


def _commands(parser: argparse.ArgumentParser, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, sub in action.choices.items():
                found += [(*path, name), *_commands(sub, (*path, name))]
    return found


COMMANDS = _commands(build_parser())


def test_the_commands_of_the_design_exist() -> None:
    names = {" ".join(path) for path in COMMANDS}
    assert names >= {
        "init",
        "demo",
        "today",
        "show",
        "export",
        "backup",
        "restore",
        "check",
        "passphrase",
        "key",
        "key show",
    }


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_help(path: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args([*path, "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert shown.startswith("usage: sanctuary")
    assert "--home DIR" in shown


@pytest.mark.guarantee
def test_no_command_takes_a_passphrase_as_an_argument() -> None:
    def options(parser: argparse.ArgumentParser) -> set[str]:
        found: set[str] = set()
        for action in parser._actions:
            found |= set(action.option_strings)
            if isinstance(action, argparse._SubParsersAction):
                for sub in action.choices.values():
                    found |= options(sub)
        return found

    assert "--passphrase-file" in options(build_parser())
    assert not {"--passphrase", "--password", "--recovery-key"} & options(build_parser())


HOLDS_NO_TEXT_OF_A_CASE = {
    "home": "path",
    "passphrase_file": "path",
    "recovery_key_file": "path",
    "kit": "path",
    "out": "path",
    "folder": "path",
    "file": "path",
    "certificate": "path",
    "decisions": "path",
    "words_file": "path",
    "recipient_file": "path",
    "reason_file": "path",
    "address_reason_file": "path",
    "safety_file": "path",
    "sent": "date",
    "rest_withheld": "code",
    "today": "date",
    "received": "date",
    "identity": "date",
    "aware": "date",
    "week": "date",
    "quarter": "date",
    "ref": "reference",
    "case": "reference",
    "also": "reference",
    "confirm": "reference",
    "names": "reference, and the kind of a document or a role",
    "who": "code: a role, or a number",
    "what": "code: a table",
    "basis": "code",
    "decided_by": "post",
    "authority": "post",
}


def typed_values(parser: argparse.ArgumentParser) -> set[str]:
    """Every argument of these commands that takes whatever is typed."""
    found: set[str] = set()
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for sub in action.choices.values():
                found |= typed_values(sub)
        elif action.nargs != 0 and action.choices is None and action.type is None:
            found.add(action.dest)
    return found


@pytest.mark.guarantee
def test_no_argument_holds_text_of_a_case() -> None:
    """Arguments stand in the list of processes and in the shell's history."""
    assert typed_values(build_parser()) == set(HOLDS_NO_TEXT_OF_A_CASE)


def test_control_an_argument_for_words_is_noticed() -> None:
    parser = build_parser()
    parser.add_argument("--words", metavar="TEXT")
    assert typed_values(parser) - set(HOLDS_NO_TEXT_OF_A_CASE) == {"words"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("frob",),
        ("key",),
        ("show",),
        ("init", "--yes"),
        ("export", "marac", "--out", "x"),
        ("export", "marac", "--protect", "csv"),
        ("export", "marac", "--out", "x", "--protect", "rar"),
        ("export", "marac", "--out", "x", "--protect", "csv", "--basis", "public_task"),
        ("export", "marac", "--out", "x", "--protect", "csv", "--identifiable"),
        ("export", "cases", "--out", "x", "--week", "2026-W48"),
        ("demo", "--cases", "0"),
        ("today", "--pass", "x"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_status_two(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    home = tmp_path / "home"
    done = Program(home).run(*arguments)
    assert (done.status, done.out) == (2, "")
    assert "usage: sanctuary" in done.err
    assert not home.exists()


def test_usage_repeats_no_escape_code(tmp_path: Path) -> None:
    done = Program(tmp_path).run("today", "\x1b[2J--odd")
    assert done.status == 2
    assert "\x1b" not in done.err


@pytest.mark.parametrize("place", ["before", "after", "equals", "environment"])
def test_the_home_may_stand_before_or_after_the_command(tmp_path: Path, place: str) -> None:
    home = tmp_path / "elsewhere"
    program = Program(home)
    arguments = {
        "before": ["--home", str(home), "today"],
        "after": ["today", "--home", str(home)],
        "equals": [f"--home={home}", "today"],
        "environment": ["today"],
    }[place]
    done = program.run(*arguments, home=place == "environment")
    assert done.status == 1
    assert str(home / "caseload.db") in done.sentence
    assert not home.exists()


# --- refusals -------------------------------------------------------------------------------------


def test_without_terminal_or_file_no_passphrase_is_waited_for(demo: Program) -> None:
    done = demo.run("today")
    assert (done.status, done.out) == (1, "")
    assert "--passphrase-file" in done.sentence


@pytest.mark.guarantee
def test_a_wrong_passphrase_is_one_sentence_and_is_logged_at_the_next_unlock(
    demo: Program, key: bytearray
) -> None:
    done = demo.run("today", "--passphrase-file", "-", stdin="demon\n")
    assert (done.status, done.out) == (1, "")
    assert "does not open this caseload" in done.sentence
    good(demo, "today")
    assert demo.logged(key)[-1] == "opened with the passphrase; 1 wrong attempts before"


@pytest.mark.parametrize("removed", ["attempts_file", "attempts_copy"])
def test_a_count_of_wrong_passphrases_taken_away_is_logged_at_the_next_unlock(
    demo: Program, key: bytearray, removed: str
) -> None:
    for _ in range(2):
        demo.run("today", "--passphrase-file", "-", stdin="demon\n")
        getattr(demo.paths, removed).unlink()
    time.sleep(1)
    good(demo, "today")
    assert demo.logged(key)[-1] == (
        "opened with the passphrase; 2 wrong attempts before; a count of wrong attempts had been "
        "taken away or lowered"
    )
    good(demo, "today")
    assert demo.logged(key)[-1] == "opened with the passphrase"


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "nothing was given"), (b"\xff\xfe\xfa", "UTF-8"), (b"\n", "nothing was given")],
)
def test_a_passphrase_file_that_is_none(
    demo: Program, tmp_path: Path, content: bytes, told: str
) -> None:
    file = tmp_path / "secret"
    file.write_bytes(content)
    done = demo.run("today", "--passphrase-file", str(file))
    assert done.status == 1
    assert told in done.sentence


def test_a_passphrase_file_that_is_missing(demo: Program, tmp_path: Path) -> None:
    done = demo.run("today", "--passphrase-file", str(tmp_path / "none"))
    assert done.status == 1
    assert "cannot be read" in done.sentence


@pytest.mark.parametrize("day", ["2026-02-30", "26/11/2026", "tomorrow"])
def test_an_impossible_date(demo: Program, day: str) -> None:
    assert "not one of the calendar" in refused(demo, "today", "--today", day)


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_date_of_another_century(demo: Program, day: str) -> None:
    assert "not of this century" in refused(demo, "today", "--today", day)


# --- today ----------------------------------------------------------------------------------------


def test_today_is_plain_masked_text_on_the_demos_own_date(demo: Program) -> None:
    said = good(demo, "today").out
    lines = said.splitlines()
    assert lines[0].startswith("Today, Thu 26 Nov 2026: ")
    assert "\x1b" not in said
    assert not re.search("[\u2500-\u257f]", said)  # no box drawing for a screen reader to spell
    headings = [line for line in lines if re.fullmatch(r"[A-Z]+ \d+", line)]
    assert headings
    rows = [line for line in lines[1:] if line and line not in headings]
    assert sum(int(line.split()[1]) for line in headings) == len(rows)
    case = r"(HIGH|MEDIUM|STANDARD|NO SCORE) +(S\d\d-\d{4}  |MARAC  list closes: \d+ )"
    assert all(re.match(case, row) for row in rows)


def test_today_agrees_with_its_json_and_names_only_when_asked(demo: Program) -> None:
    masked = json.loads(good(demo, "today", "--json").out)
    named = json.loads(good(demo, "today", "--json", "--names").out)
    assert masked["date"] == DAY
    assert [one["ref"] for one in masked["lines"]] == [one["ref"] for one in named["lines"]]
    full = {one["name"] for one in named["lines"] if len(one["name"].split()) > 1}
    text = good(demo, "today").out
    assert full
    assert not [name for name in full if name in text or name in json.dumps(masked)]


def test_a_stuck_line_says_since_when(demo: Program, key: bytearray) -> None:
    """Once the refusal is dealt with on paper, and nothing else is planned."""
    with demo.connection(key) as connection:
        sql = "UPDATE reminders SET state = 'done' WHERE rule = 'consent_refused'"
        connection.execute(sql).fetchall()
        connection.commit()
    lines = json.loads(good(demo, "today", "--json").out)["lines"]
    stuck = next(one for one in lines if one["since"])
    assert stuck["group"] == "stuck"
    text = good(demo, "today").out
    (said,) = [row for row in text.splitlines() if stuck["ref"] in row and stuck["text"] in row]
    assert re.search(r"; since \w{3} \d+ \w{3}( \d{4})?(, \d+ days?)?$", said)


def test_a_later_day_moves_what_is_due(demo: Program) -> None:
    lines = json.loads(good(demo, "today", "--json", "--today", "2026-11-27").out)["lines"]
    assert lines
    assert all((one["due"] or "") < "2026-11-27" for one in lines if one["group"] == "overdue")


def test_control_characters_kept_by_whatever_means_never_reach_the_terminal(
    demo: Program, key: bytearray
) -> None:
    ref = any_ref(demo)
    with demo.connection(key) as connection:
        rows = connection.execute("SELECT masked FROM case_cards WHERE ref = ?", (ref,)).fetchall()
        sql = "UPDATE case_cards SET masked = ? WHERE ref = ?"
        connection.execute(sql, ("\x1b]0;x\x07\u202eK.", ref)).fetchall()
        connection.commit()
    try:
        said = [good(demo, "today").out, good(demo, "show", ref).out]
    finally:
        with demo.connection(key) as connection:
            connection.execute(sql, (rows[0][0], ref)).fetchall()
            connection.commit()
    for text in said:
        assert "·]0;x··K." in text
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)


# --- show -----------------------------------------------------------------------------------------


def test_show_says_where_a_case_stands_and_is_logged(demo: Program, key: bytearray) -> None:
    ref = any_ref(demo)
    said = good(demo, "show", ref.lower().replace("-0", "-")).out
    assert said.startswith(ref)
    for word in ("Stage: ", "Safe contact: ", "Stuck: ", "Next: ", "GATES ", "DATES "):
        assert f"\n{word}" in said
    assert demo.logged(key, "consultation")[-1] == "case read on the command line"


def test_show_as_json_has_the_same_answers(demo: Program) -> None:
    ref = any_ref(demo)
    shown: dict[str, Any] = json.loads(good(demo, "show", ref, "--json").out)
    said = good(demo, "show", ref).out
    assert shown["ref"] == ref
    assert f"Safe contact: {shown['safe_contact']}" in said
    assert f"GATES {len(shown['gates'])}" in said
    assert f"DATES {len(shown['dates'])}" in said
    for finding in shown["gates"]:
        assert finding["sentence"] in said


def test_show_of_no_case_is_one_sentence(demo: Program) -> None:
    assert "no case with that reference" in refused(demo, "show", "S26-9999")


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
