"""A county's 296 districts joined: what is exact adds up, what is hidden stays a range."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final

import pytest

from config.errors import BadInputError, SanctuaryError
from sanctuary_tui.exports.return_file import COLUMNS, END, seal, write_return
from sanctuary_tui.returns import merging
from sanctuary_tui.returns.figures import Figure, Parts, Return, quarter
from sanctuary_tui.returns.hiding import hidden
from tests.sanctuary_tui.cli_program import Program

DISTRICTS: Final = 296
"""Lower-tier and unitary authorities of England."""
NOW: Final = datetime(2026, 11, 26, 9, tzinfo=UTC)


def rows(
    numbers: tuple[int, int, int],
    district: str,
    *,
    exact: bool,
    form: str = "unmet",
    period: str = "2026Q4",
) -> list[list[str]]:
    """A district's return: a total, its two parts, and a longest time."""
    made = Return(form, form, quarter("2026Q4"))
    one, two, days = numbers
    made.put(Figure("unmet", "Not supported", one + two, "rule"))
    made.put(Figure("unmet.one", "One", one, "rule"))
    made.put(Figure("unmet.two", "Two", two, "rule"))
    made.put(Figure("unmet.days", "Longest", days, "rule", "days"))
    made.parts.append(Parts("unmet", ("unmet.one", "unmet.two")))
    shown = hidden([made])
    start = [form, period, district, "exact" if exact else "hidden"]
    return [
        [
            *start,
            figure.key,
            figure.label,
            figure.unit,
            str(figure.value if exact else shown[form, figure.key]),
            figure.rule,
        ]
        for figure in made.figures.values()
    ]


def write(folder: Path, name: str, lines: list[list[str]]) -> Path:
    """A district's file as the program writes it."""
    folder.mkdir(exist_ok=True)
    out = folder / f"{name}.csv"
    made = write_return(lines, [], out, who="Coordinator", chain_head="00", now=NOW)
    made.unnamed.give_names()
    return out


def joined(out: Path) -> dict[str, dict[str, str]]:
    with out.open(encoding="utf-8-sig", newline="") as stream:
        return {row["figure"]: row for row in csv.DictReader(stream)}


@pytest.mark.parametrize("exact", [True, False])
def test_296_districts_are_joined_by_the_command(tmp_path: Path, exact: bool) -> None:
    random = Random(5)
    numbers = [
        (random.randint(0, 40), random.randint(0, 9), random.randint(0, 60))
        for _ in range(DISTRICTS)
    ]
    folder = tmp_path / "districts"
    for place, given in enumerate(numbers):
        write(folder, f"district-{place}", rows(given, f"District {place}", exact=exact))
    out = tmp_path / "county.csv"
    done = Program(tmp_path / "home").run("report", "merge", str(folder), "--out", str(out))
    assert done.status == 0
    assert ("for the county alone" in done.err) is exact
    assert exact or not done.err
    assert done.out == f"{DISTRICTS} districts joined, 4 figures: {out}\n"
    found = joined(out)
    assert {row["exact_by"] for row in found.values()} == {str(DISTRICTS) if exact else "0"}
    assert {row["districts"] for row in found.values()} == {str(DISTRICTS)}
    totals = {
        "unmet": sum(one + two for one, two, _ in numbers),
        "unmet.one": sum(one for one, _, _ in numbers),
        "unmet.two": sum(two for _, two, _ in numbers),
    }
    for key, total in totals.items():
        value = found[key]["value"]
        if exact:
            assert value == str(total)
        elif value.startswith("at least "):
            assert int(value.removeprefix("at least ")) <= total
            assert int(found[key]["withheld_by"]) > 0
        else:
            low, high = map(int, value.split(" to "))
            assert low <= total <= high
            assert high > low
    longest = [days for _, _, days in numbers]
    assert found["unmet.days"]["value"] == f"{min(longest)} to {max(longest)}"


def test_under_five_and_withheld_are_never_made_a_number(tmp_path: Path) -> None:
    write(tmp_path / "in", "a", rows((3, 0, 4), "Ashby", exact=False))
    write(tmp_path / "in", "b", rows((2, 0, 9), "Brigg", exact=False))
    merging.merge_returns(tmp_path / "in", tmp_path / "county.csv")
    found = joined(tmp_path / "county.csv")
    assert [found[key]["value"] for key in found] == ["2 to 8", "s", "s", "4 to 9"]
    assert found["unmet.one"]["withheld_by"] == "2"


def test_a_spreadsheet_that_saved_it_again_does_no_harm(tmp_path: Path) -> None:
    path = write(tmp_path / "in", "a", rows((30, 7, 4), "Ashby", exact=True))
    with path.open(encoding="utf-8-sig", newline="") as stream:
        told = list(csv.reader(stream))
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(told)  # other quoting, no mark at the beginning
    assert merging.read(path).lines["unmet"][7] == "37"


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def _line_gone(path: Path) -> None:
    lines = path.read_bytes().split(b"\r\n")
    path.write_bytes(b"\r\n".join([*lines[:2], *lines[3:]]))


def _changed(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"30"', b'"31"'))


def _no_text(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00PK\x03\x04")


def _empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [_cut, _line_gone, _changed, _no_text, _empty])
def test_a_damaged_file_is_refused_by_name(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    write(tmp_path / "in", "a", rows((30, 7, 4), "Ashby", exact=True))
    damage(write(tmp_path / "in", "b", rows((30, 7, 4), "Brigg", exact=True)))
    with pytest.raises(BadInputError, match=r"b\.csv is not a whole return"):
        merging.merge_returns(tmp_path / "in", tmp_path / "county.csv")
    assert not (tmp_path / "county.csv").exists()


HOSTILE: Final = "\x1b]52;c;QUJD\x07[/bold]" * 900
"""What would go to a terminal's clipboard, and on and on."""


def told(place: int, word: str, *, exact: bool = True) -> list[list[str]]:
    """A return in which one cell of each line says something else."""
    made = rows((30, 7, 4), "Brigg", exact=exact)
    return [[*row[:place], word, *row[place + 1 :]] for row in made]


@pytest.mark.parametrize(
    "lines",
    [
        told(0, HOSTILE),
        told(0, "Asha Birtombe"),
        told(1, HOSTILE),
        told(1, "2026Q4 \x1b[2J"),
        told(5, HOSTILE),
        told(6, "=cmd|' /C calc'!A0"),
        told(7, "-3"),
        told(7, "3", exact=False),
        told(7, "1e9"),
        told(8, HOSTILE),
    ],
    ids=["form", "no form", "period", "steers", "label", "unit", "below", "small", "1e9", "rule"],
)
def test_what_no_return_says_is_refused_and_not_repeated(
    tmp_path: Path, lines: list[list[str]]
) -> None:
    write(tmp_path / "in", "a", rows((30, 7, 4), "Ashby", exact=True))
    # Written by somebody's own program, with the last line that fits it.
    last = [*lines[0][:4], END, "", "", str(len(lines)), seal(lines)]
    with (tmp_path / "in" / "b.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([tuple(COLUMNS), *lines, last])
    with pytest.raises(BadInputError, match=r"b\.csv is not a whole return") as refused:
        merging.merge_returns(tmp_path / "in", tmp_path / "county.csv")
    assert len(refused.value.sentence) < 120
    assert not (tmp_path / "county.csv").exists()


def test_a_pipe_among_them_is_not_waited_for(tmp_path: Path) -> None:
    write(tmp_path / "in", "a", rows((30, 7, 4), "Ashby", exact=True))
    os.mkfifo(tmp_path / "in" / "b.csv")
    with pytest.raises(BadInputError, match=r"b\.csv is not a whole return"):
        merging.merge_returns(tmp_path / "in", tmp_path / "county.csv")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (rows((1, 2, 3), "Brigg", exact=True, form="times"), r"b\.csv is the return times"),
        (rows((1, 2, 3), "Brigg", exact=True, period="2026Q3"), r"b\.csv is of 2026Q3"),
        (rows((1, 2, 3), "ASHBY", exact=True), r"b\.csv is a second return of the same district"),
        (rows((1, 2, 3), " Ashby ", exact=True), r"b\.csv is a second return of the same district"),
        (rows((1, 2, 3), "", exact=True), r"b\.csv does not say whose it is"),
        (rows((1, 2, 3), "Brigg", exact=True)[:-1], r"b\.csv has other figures than a\.csv"),
    ],
)
def test_what_does_not_belong_together_is_refused_by_name(
    tmp_path: Path, lines: list[list[str]], said: str
) -> None:
    write(tmp_path / "in", "a", rows((30, 7, 4), "Ashby", exact=True))
    write(tmp_path / "in", "b", lines)
    with pytest.raises(BadInputError, match=said):
        merging.merge_returns(tmp_path / "in", tmp_path / "county.csv")
    assert not (tmp_path / "county.csv").exists()


def test_nothing_is_written_over_or_among_the_districts_files(tmp_path: Path) -> None:
    write(tmp_path / "in", "a", rows((30, 7, 4), "Ashby", exact=True))
    with pytest.raises(BadInputError, match="another folder"):
        merging.merge_returns(tmp_path / "in", tmp_path / "in" / "county.csv")
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInputError, match="no CSV file"):
        merging.merge_returns(tmp_path / "empty", tmp_path / "county.csv")
    (tmp_path / "county.csv").write_text("here", "utf-8")
    with pytest.raises(SanctuaryError, match="there already"):
        merging.merge_returns(tmp_path / "in", tmp_path / "county.csv")
    assert (tmp_path / "county.csv").read_text("utf-8") == "here"
