"""``subject``, ``export subject-access`` and ``breach``, each run as a program of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from db import queries
from db.keys import unlock
from db.models import Case, ContactPoint, Note, Person, SafeAddress
from tests import needs
from tests.sanctuary_tui.cli_program import GOOD, Program, with_names
from tests.terminal import Terminal

DAY = "2026-11-26"


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A caseload with one case: a survivor, a perpetrator, a note that names both."""
    made = Program(tmp_path / "home")
    key = made.init_quick()
    with made.caseload(key) as caseload:
        store = caseload.store
        case = store.add(Case(route="police", contact_rule="Text first"))
        asha = store.add(
            Person(case_id=case.id, role="survivor", first_name="Asha", surname="Varma")
        )
        store.add(Person(case_id=case.id, role="perpetrator", first_name="Dilan", surname="Perera"))
        store.add(
            ContactPoint(case_id=case.id, person_id=asha.id, value="07700 900123", safe="text_only")
        )
        store.add(Note(case_id=case.id, body="Asha is well.\nDilan Perera was seen."))
    return made


def good(program: Program, *arguments: str) -> str:
    return program.good(*arguments).out


def ref(program: Program) -> str:
    listed = good(program, "today", "--today", DAY)
    return next(word for word in listed.split() if word.startswith("S2"))


def test_a_request_is_taken_listed_decided_and_answered(program: Program, tmp_path: Path) -> None:
    case, out = ref(program), tmp_path / "out"
    refused = program.run(
        "export",
        "subject-access",
        case,
        "survivor",
        "--out",
        str(out),
        "--passphrase-file",
        "-",
        stdin="kettle orchid ninety plinth\n",
    )
    assert refused.status == 1
    assert "no open request" in refused.sentence
    listed = good(
        program, "subject", case, "survivor", "--received", "2027-01-30", "--today", "2027-02-01"
    )
    assert "due Sun 28 Feb 2027 (27 days left)" in listed
    lines = listed.splitlines()
    own = next(line for line in lines if "First name: Asha" in line)
    well = next(line for line in lines if line.endswith("Asha is well."))
    seen = next(line for line in lines if line.endswith("Dilan Perera was seen."))
    assert own.startswith("[x] people.")
    assert well.startswith("[ ] notes.")
    assert "(third_party, proposed)" in seen
    keys = [line.split()[2] for line in (well, seen)]
    decisions = tmp_path / "decisions.txt"
    decisions.write_text(
        f"# looked at together\nrelease {keys[0]}\nwithhold third_party {keys[1]} he is named\n"
    )
    listed = good(
        program,
        "subject",
        case,
        "survivor",
        "--identity",
        "2027-02-01",
        "--decisions",
        str(decisions),
        "--today",
        "2027-02-01",
    )
    assert f"[x] {keys[0]}" in listed
    assert f"[ ] {keys[1]} (third_party)" in listed
    answer = ("export", "subject-access", case, "survivor", "--out", str(out), "--text")
    unread = program.run(*answer, "--passphrase-file", "-", stdin="kettle orchid ninety plinth\n")
    assert unread.status == 1
    assert "safe-contact rule" in unread.err
    answer = (*answer, "--safe-contact-read")
    unseen = program.run(*answer, "--passphrase-file", "-", stdin="kettle orchid ninety plinth\n")
    assert unseen.status == 1
    assert "Nobody has looked at" in unseen.err
    done = program.good(*answer, "--rest-withheld", "third_party", "--today", "2027-02-02")
    assert "Text first" in done.out
    assert "for the council alone" in done.out
    log_folder = out / "for-the-council"
    assert {path.name for path in out.iterdir()} == {"A00001-access.txt", log_folder.name}
    text = (out / "A00001-access.txt").read_text("utf-8-sig")
    assert "Asha is well." in text
    assert "Perera" not in text
    log = (log_folder / "withheld-log-00001.txt").read_text("utf-8-sig")
    assert keys[1] in "".join(log.split())
    assert "Perera" not in log
    subject = ("subject", case, "survivor")
    sent = good(program, *subject, "--sent", "2027-02-03", "--today", "2027-02-04")
    assert "answered on Wed 3 Feb 2027" in sent
    why = tmp_path / "why.txt"
    why.write_text("a page was missing", "utf-8")
    reason = ("--reopen", "--reason-file", str(why))
    again = good(program, *subject, *reason, "--today", "2027-02-05")
    assert "due Sun 28 Feb 2027" in again
    assert f"[x] {keys[0]}" in again


def test_anybody_but_the_survivor_is_answered_once_the_survivor_was_thought_of(
    program: Program, tmp_path: Path
) -> None:
    case, out = ref(program), tmp_path / "out"
    good(program, "subject", case, "perpetrator", "--identity", DAY, "--today", DAY)
    answer = ("export", "subject-access", case, "perpetrator", "--out", str(out), "--text")
    answer = (*answer, "--rest-withheld", "third_party", "--today", DAY)
    told = program.run(*answer, "--passphrase-file", "-", stdin="kettle orchid ninety plinth\n")
    assert told.status == 1
    assert "Think of the survivor first" in told.err
    assert not out.exists()
    words = tmp_path / "words.txt"
    words.write_text("phoned her", "utf-8")
    good(program, *answer, "--survivor-safety", "told", "--safety-file", str(words))
    assert len(list(out.glob("*.txt"))) == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("release", "Line 1 of decisions.txt"),
        ("withhold because notes.1.1.body.0", "exemptions are third_party"),
        ("release notes.99.1.body.0", "has changed since"),
    ],
)
def test_a_line_that_is_no_decision_is_named(
    program: Program, tmp_path: Path, line: str, said: str
) -> None:
    decisions = tmp_path / "decisions.txt"
    decisions.write_text(f"{line}\n")
    done = program.run(
        "subject",
        ref(program),
        "survivor",
        "--decisions",
        str(decisions),
        "--today",
        "2026-12-01",
        "--passphrase-file",
        "-",
        stdin="kettle orchid ninety plinth\n",
    )
    assert done.status == 1
    assert said in done.sentence


@pytest.mark.guarantee
def test_the_list_for_anybody_else_has_no_words_that_never_go_to_them(program: Program) -> None:
    """It is printed, piped, kept: what the answer can never hold is told by its title alone."""
    key = unlock(program.paths, GOOD)
    with program.caseload(key) as caseload:
        (case,) = queries.all_of(caseload.connection, Case)
        caseload.store.add(SafeAddress(case_id=case.id, address="91 Bellmaker's Lane"))
        caseload.store.update(case, code_word="quiz night")
    listed = good(program, "subject", ref(program), "perpetrator")
    assert "Bellmaker" not in listed
    assert "quiz night" not in listed
    (line,) = (one for one in listed.splitlines() if "Confidential address, address" in one)
    assert line.startswith("[-] ")
    assert "never to this person" in line
    assert "Asha is well." in listed
    hers = good(program, "subject", ref(program), "survivor")
    assert "91 Bellmaker's Lane" in hers


def test_who_asks_is_one_person(program: Program) -> None:
    done = program.run(
        "subject",
        ref(program),
        "child",
        "--passphrase-file",
        "-",
        stdin="kettle orchid ninety plinth\n",
    )
    assert "1 (survivor), 2 (perpetrator)" in done.sentence


def test_a_breach_of_an_export_is_recorded_and_reported_with_one_command(
    program: Program, tmp_path: Path
) -> None:
    case, out = ref(program), tmp_path / "out"
    good(program, "export", "people", "--out", str(tmp_path / "people.csv"), *with_names(tmp_path))
    listed = good(program, "breach", "list")
    (number,) = [line.split()[1] for line in listed.splitlines() if "people, with names" in line]
    assert "there" in listed
    words = tmp_path / "words.txt"
    words.write_text("Sent to a wrong\naddress\n")
    said = good(program, "breach", "export", number, "--words-file", str(words), "--out", str(out))
    lines = said.splitlines()
    assert "Breach 1: Sent to the wrong person. 7" in lines[0]
    assert lines[2].startswith("1. Reach each survivor by their safe-contact rule")
    assert any(line.startswith(case) and "Text only" in line for line in lines)
    (path,) = out.iterdir()
    report = path.read_text("utf-8-sig")
    assert "Sent to a wrong address" in report
    assert "Asha" not in report
    assert "breach 1" in good(program, "breach", "list")
    assert "breach 1: 72 h, 1 to reach" in good(program, "today")
    again = good(program, "breach", "report", "1", "--out", str(out))
    assert len(list(out.iterdir())) == 2
    assert "B00001-breach-2.txt" in again


@pytest.mark.terminal
@needs.tmux
def test_what_happened_is_asked_for_at_a_terminal(program: Program) -> None:
    command = [sys.executable, "-m", "sanctuary_tui", "breach", "lost-laptop"]
    with Terminal.start([*command, "--home", str(program.home)]) as terminal:
        terminal.wait_for("Passphrase", 30)
        terminal.type(GOOD)
        terminal.keys("Enter")
        terminal.wait_for("What happened, in words", 30)
        terminal.type("Left on the Quaxelby bus")
        terminal.keys("Enter")
        terminal.wait_for("Who has it now", 30)
        terminal.keys("Enter")
        assert terminal.wait_exit(30) == 0
    out = program.home.parent / "report"
    good(program, "breach", "report", "1", "--out", str(out))
    assert "Left on the Quaxelby bus" in next(out.iterdir()).read_text("utf-8-sig")


def test_a_breach_says_what_it_needs(program: Program) -> None:
    assert program.run("breach", "export").status == 2
    assert program.run("breach", "lost-laptop", "3").status == 2
