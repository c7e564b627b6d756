"""``sanctuary import``: looked at first, kept and undone whole; no word of a row on the screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from sanctuary_tui.cli_import import progress
from tests.sanctuary_tui.cli_program import GOOD, Done, Program

TITLES = "Our ref,Client name,DOB,Telephone,Postcode,Date received,Colour of door"
ROWS = (
    "SAN/14,Ada Qzsynthetic,03/02/1990,07700 900123,ZZ1 2AB,05/01/2026,green",
    "SAN/15,Bea Qzother,04/05/1971,07700 900124,ZZ9 9ZZ,06/01/2026,red",
    "SAN/17,Dee Qzfourth,05/06/1972,07700 900126,ZZ7 7ZZ,08/01/2026,red",
    "SAN/18,Eve Qzfifth,06/07/1973,07700 900127,ZZ6 6ZZ,09/01/2026,red",
    "SAN/19,Flo Qzsixth,07/08/1974,07700 900128,ZZ5 5ZZ,10/01/2026,red",
    "SAN/20,Gia Qzseventh,08/09/1975,07700 900129,ZZ4 4ZZ,11/01/2026,red",
)
REFUSED = "SAN/16,Cee Qzthird,qzbirth,07700 900125,ZZ8 8ZZ,07/01/2026,blue"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A caseload behind a lock that is quick to open, for the tests of this module in turn."""
    made = Program(tmp_path_factory.mktemp("import") / "home")
    made.init_quick()
    return made


def tracker(folder: Path, *rows: str, name: str = "tracker.csv") -> str:
    """A tracker of these rows."""
    path = folder / name
    path.write_text("\n".join([TITLES, *rows, ""]), "utf-8")
    return str(path)


def failed(program: Program, *arguments: str) -> Done:
    """Run a command that unlocks and is refused."""
    done = program.run(*arguments, "--passphrase-file", "-", stdin=f"{GOOD}\n")
    assert done.status == 1, done.out
    return done


def shown(program: Program) -> int:
    """How many cases there are."""
    out = program.home.parent / f"cases-{len(list(program.home.parent.iterdir()))}.csv"
    program.good("export", "cases", "--out", str(out))
    return len(out.read_text("utf-8-sig").splitlines()) - 1


def test_from_the_first_look_to_the_undoing(program: Program, tmp_path: Path) -> None:
    file, mapping = tracker(tmp_path, *ROWS, REFUSED), tmp_path / "map.toml"
    look = program.good("import", file, "--dry-run", "--save-map", str(mapping))
    assert "Cases that would be made: 6." in look.out
    assert "Column C (DOB): Survivor: Date of birth" in look.out
    assert "Nothing was kept" in look.out
    assert "row 8, C (DOB), date: " in look.out
    assert shown(program) == 0
    assert "Colour of door" in mapping.read_text("utf-8")

    mend = tmp_path / "mend.csv"
    kept = program.good("import", file, "--map", str(mapping), "--refused", str(mend))
    assert "Cases made: 6" in kept.out
    assert "qz" not in (look.out + look.err + kept.out + kept.err).casefold()
    assert "Qzthird" in mend.read_text("utf-8-sig")
    assert shown(program) == 6
    # The case is found by its old reference's note, and the row is not told by the program's log.
    again = program.good("import", file, "--map", str(mapping))
    assert "Rows the same as before: 6." in again.out
    assert "there was nothing new" in again.out

    mended = tmp_path / "mended.csv"
    mended.write_text(mend.read_text("utf-8-sig").replace("qzbirth", "05/06/1980"), "utf-8")
    done = program.good("import", str(mended), "--map", str(mapping))
    assert "kept as a note" not in done.err, "what to mend is no column of the tracker"
    assert shown(program) == 7

    assert "1 case taken out" in program.good("import", "--undo").out
    assert "6 cases taken out" in program.good("import", "--undo", "1").out
    assert shown(program) == 0
    assert "no import to undo" in failed(program, "import", "--undo").sentence


def test_who_may_be_there_already_is_to_be_decided(program: Program, tmp_path: Path) -> None:
    mapping = str(tmp_path / "map.toml")
    whole = tracker(tmp_path, *ROWS)
    program.good("import", whole, "--dry-run", "--save-map", mapping)
    program.good("import", whole, "--map", mapping)
    before = shown(program)
    other = ROWS[0].replace("SAN/14", "SAN/99").replace("Qzsynthetic", "Qzsinthetic")
    file = tracker(tmp_path, other, name="other.csv")
    asked = failed(program, "import", file, "--map", mapping)
    assert "row 2: S26-" in asked.out
    assert "qz" not in (asked.out + asked.err).casefold()
    assert shown(program) == before
    done = program.good("import", file, "--map", mapping, "--new", "2")
    assert "Cases made: 1" in done.out
    program.good("import", "--undo")
    ref = asked.out.partition("row 2: ")[2].split(" ")[0]
    linked = program.good("import", file, "--map", mapping, "--link", f"2={ref}")
    assert "linked to a case that was there: 1" in linked.out
    assert shown(program) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("import",),
        ("import", "x.csv", "--undo"),
        ("import", "x.csv", "--link", "two=S26-0001"),
        ("import", "x.csv", "--new", "two"),
    ],
)
def test_wrong_usage_is_told_as_such(program: Program, arguments: tuple[str, ...]) -> None:
    assert program.run(*arguments).status == 2


def test_what_is_in_doubt_is_not_brought_in_without_a_mapping(
    program: Program, tmp_path: Path
) -> None:
    before = shown(program)
    doubtful = failed(program, "import", tracker(tmp_path, ROWS[0]))
    assert "not beyond doubt" in doubtful.sentence
    assert shown(program) == before


def test_a_first_look_says_what_is_in_doubt_and_that_it_stops_there(
    program: Program, tmp_path: Path
) -> None:
    """It counts without the columns in doubt, for which rows may be refused later."""
    file = tracker(tmp_path, ROWS[0])
    look = program.good("import", file, "--dry-run")
    doubted = [line for line in look.out.splitlines() if "in doubt" in line]
    named = [line.partition(":")[0] for line in doubted if line.startswith("Column ")]
    assert named
    assert all("left for a note here" in line for line in doubted if line.startswith("Column "))
    last = next(line for line in doubted if not line.startswith("Column "))
    assert all(column.removeprefix("Column ") in last for column in named)
    assert "--save-map" in last
    mapping = tmp_path / "settled.toml"
    program.good("import", file, "--dry-run", "--save-map", str(mapping))
    assert "in doubt" not in program.good("import", file, "--dry-run", "--map", str(mapping)).out


def test_sheets_that_are_not_read_and_what_is_left_out_are_told(
    program: Program, tmp_path: Path
) -> None:
    """A hidden sheet of old cases is no loss that nobody hears of."""
    book = Workbook()
    assert book.active is not None
    titles = [*TITLES.split(","), "What to mend"]
    for row in (titles, [*ROWS[0].split(","), "G (Colour): a colour is expected here"]):
        book.active.append(row)
    old = book.create_sheet("Old cases")
    old.append(["Ref", "Client name"])
    old.append(["SAN/1", "Hal Qzhidden"])
    old.sheet_state = "hidden"
    file = tmp_path / "two.xlsx"
    book.save(file)
    look = program.good("import", str(file), "--dry-run")
    assert "Sheets that are not read: Old cases (hidden, 1 row)." in look.out
    assert "Column H (What to mend): left out" in look.out
    assert "qz" not in (look.out + look.err).casefold()


def test_what_cannot_be_read_is_one_sentence(program: Program, tmp_path: Path) -> None:
    assert "no file of that name" in failed(program, "import", str(tmp_path / "none.csv")).sentence
    file = tracker(tmp_path, *ROWS)
    (tmp_path / "map.toml").write_text("version = 1\n[columns]\nDOB = 'survivor.birthday'\n")
    sentence = failed(program, "import", file, "--map", str(tmp_path / "map.toml")).sentence
    assert "a field that there is not" in sentence


def test_a_long_one_says_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [0.0]
    monkeypatch.setattr("sanctuary_tui.cli_import.time.monotonic", lambda: now[0])
    told = progress()
    told(1, 100)
    assert capsys.readouterr().err == ""  # a short one says nothing
    now[0] = 5.0
    told(50, 100)
    assert capsys.readouterr().err == "50 %\n"
