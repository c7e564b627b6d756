"""The command line as a program: usage, refusals, the day's list, one case."""

from __future__ import annotations

import argparse
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from sanctuary_tui.cli import build_parser
from tests.sanctuary_tui.cli_program import Program
from tests.sanctuary_tui.demo_program import DAY, any_ref, demo, good, key, refused

__all__ = ["demo", "key"]

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
    "sealed_reason_file": "path",
    "map": "path",
    "save_map": "path",
    "refused": "path",
    "sheet": "name of a sheet of the file",
    "link": "number of a row, and a reference or another row",
    "new": "number of a row",
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
    "since": "date",
    "until": "date",
    "sealed_case": "reference",
    "quarter": "date",
    "year": "date",
    "cases": "code: a figure of a return",
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
    "confirm_period": "code: a setting, and its number",
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


def test_a_line_of_no_case_on_today_has_no_missing_score(demo: Program, key: bytearray) -> None:
    with demo.connection(key) as connection:
        sql = "INSERT INTO group_actions (action, state, due) VALUES ('Leaflet', 'open', ?)"
        connection.execute(sql, (DAY,)).fetchall()
        connection.commit()
    (row,) = [one for one in good(demo, "today").out.splitlines() if "GROUP" in one]
    assert row.split("  ")[-2:] == ["GROUP", "group: Leaflet; due today"]
    assert "SCORE" not in row


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
