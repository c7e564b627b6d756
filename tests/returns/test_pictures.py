"""Pictures of a year: the figures of its returns, on the screen and on the page for the board."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC
from html import unescape
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from config.format import money
from config.paths import resolve_paths
from config.settings import default_settings
from db import queries
from db.caseload import Caseload, open_caseload
from db.models import Case, CaseFile, Disclosure, Fund, Measure
from sanctuary_tui import table_export
from sanctuary_tui.bars import Bar, Graph, Picture
from sanctuary_tui.exports.small_numbers import SMALL, WITHHELD
from sanctuary_tui.exports.summary_page import page
from sanctuary_tui.opening import derive_with
from sanctuary_tui.pathway.money import year_of
from sanctuary_tui.returns import making, times
from sanctuary_tui.returns.figures import quarters_of, year_from
from sanctuary_tui.returns.hiding import could_be, told_beside
from sanctuary_tui.returns.pictures import pictures, sheet
from sanctuary_tui.returns.spending import Purse
from sanctuary_tui.screens.by_month import MARK
from sanctuary_tui.screens.pictures import MARKS, Drawn, PictureSheet
from tests.frozen import KEY, NOW, TODAY, Opened, make_home, play, text_of
from tests.pathway.pathway_files import day
from tests.sealed import canary

YEAR: Final = year_from(2026)
SETTINGS: Final = default_settings()
HOSTILE: Final = "</style><script>qz()</script><img src=//qz.example onerror='qz'>\x1b[31m"


@pytest.fixture(scope="module")
def caseload(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caseload]:
    home = make_home(tmp_path_factory.mktemp("pictures") / "home", 150)
    opened = open_caseload(
        resolve_paths(str(home), {}).caseload,
        KEY,
        derive=derive_with(SETTINGS),
        who="Coordinator",
        today=lambda: TODAY,
    )
    yield opened
    opened.close()


def drawn(caseload: Caseload, *, exact: bool) -> dict[str, Picture]:
    files, purse = making.files_of(caseload), making.purse_of(caseload)
    return {one.title: one for one in pictures(files, YEAR, purse, exact=exact)}


def figures(picture: Picture) -> dict[str, tuple[str, ...]]:
    return {bar.name: bar.figures for bar in picture.bars}


def test_each_figure_is_that_of_the_return(caseload: Caseload) -> None:
    shown = drawn(caseload, exact=True)
    for title, key in (("Referrals by month", "referrals"), ("Homes secured by month", "secured")):
        told = [int(number) for (number,) in figures(shown[title]).values()]
        by_quarter = [
            making.counted(caseload, "working-group", one).figures[key].value
            for one in quarters_of(YEAR)
        ]
        assert [sum(told[0:3]), sum(told[3:6]), sum(told[6:])] == by_quarter[:3]
        assert by_quarter[3] == 0  # January to March have not come
        assert all(by_quarter[:3])
    waits = making.counted(caseload, "times", YEAR).figures
    assert list(figures(shown["Days from referral to each stage"]).values()) == [
        tuple(str(waits[f"{stage}.{key}"].value) for key in ("all", "all.median", "all.p90"))
        for stage in times.REACHED
    ]
    spent = making.counted(caseload, "money", YEAR).figures
    told_money = figures(shown["Spend against budget"])
    assert told_money["All of the council"] == tuple(
        money(spent[f"council.{key}"].value) for key in ("budget", "spent", "committed")
    )
    assert told_money["Part 4"] == tuple(
        money(spent[f"fund_part4.{key}"].value) for key in ("budget", "spent", "committed")
    )
    found = making.counted(caseload, "outcomes", YEAR).figures
    after = [bar.figures for bar in shown["Aftercare outcomes"].bars]
    assert [after[0], after[2]] == [
        tuple(str(found[key].value) for key in ("m3.result_done", "m3")),
        tuple(str(found[f"m3.result_done{key}"].value) for key in (".safer_safer", "")),
    ]


def test_by_month_is_by_the_day_of_the_record(caseload: Caseload) -> None:
    told = figures(drawn(caseload, exact=True)["Referrals by month"])
    rows = caseload.connection.execute(
        "SELECT substr(received, 1, 7), count(*) FROM cases WHERE received >= '2026-04-01T12'"
        " GROUP BY 1"
    ).fetchall()
    by_sql = {month: str(number) for month, number in rows}
    assert [number for (number,) in told.values() if number != "0"] == list(by_sql.values())


def test_what_is_hidden_in_the_return_is_hidden_and_has_no_bar(caseload: Caseload) -> None:
    files, purse = making.files_of(caseload), making.purse_of(caseload)
    outside = making.outside(files, YEAR, purse)
    shown = drawn(caseload, exact=False)
    waits = figures(shown["Days from referral to each stage"])
    for stage, title in times.REACHED.items():
        keys = ("all", "all.median", "all.p90")
        assert waits[title] == tuple(str(outside["times", f"{stage}.{key}"]) for key in keys)
    after = figures(shown["Aftercare outcomes"])["At 3 months: check done"]
    assert after == tuple(str(outside["outcomes", key]) for key in ("m3.result_done", "m3"))
    hidden = [
        bar
        for picture in shown.values()
        for bar in picture.bars
        if {SMALL, WITHHELD} & set(bar.figures)
    ]
    assert {one for bar in hidden for one in bar.figures} >= {SMALL, WITHHELD}
    assert [bar for bar in hidden if bar.lengths] == []


@pytest.mark.guarantee
def test_two_years_that_print_the_same_are_drawn_the_same() -> None:
    """Whatever a bar could tell past its print, it would tell here."""

    def of(number: int) -> list[Picture]:
        files = []
        for one in range(1, number + 1):
            file = CaseFile(Case(id=one, ref=f"S26-{one:04}"))
            file.measures.append(
                Measure(id=one, catalogue_id=9, state="fitted", fitted_on=day("2026-10-05"))
            )
            files.append(file)
        return pictures(files, YEAR, Purse([], TODAY), exact=False)

    assert of(13) == of(14) == of(15) == of(17)
    assert of(1) == of(4)
    assert of(8) == of(9)
    assert of(13) != of(18)
    (secured,) = [one for one in of(13) if one.title.startswith("Homes")]
    assert secured.bars[6] == Bar("Oct 2026", ("15",), (15,))
    (few,) = [one for one in of(9) if one.title.startswith("Homes")]
    assert [bar for bar in few.bars[6:8] if bar.figures != (WITHHELD,) or bar.lengths] == []


@pytest.mark.guarantee
def test_no_month_of_few_is_worked_out_by_whoever_knows_the_quarter() -> None:
    """Every quarter of up to 9 a month: a month of 1 to 4 keeps three readings and more."""
    told = 0
    for months in product(range(10), repeat=3):
        number = sum(months)
        whole = number if number == 0 else SMALL if number < 5 else (number + 2) // 5 * 5
        named = dict(zip("abc", months, strict=True))
        shown = list(told_beside(whole, number, named).values())
        if SMALL not in shown:
            assert WITHHELD in shown or not any(0 < one < 5 for one in months)
            continue
        told += 1
        ranges = [could_be(one) for one in shown]
        fits = [
            one
            for one in product(*(range(low, high + 1) for low, high in ranges))
            if sum(one) == number
        ]
        for at, one in enumerate(shown):
            if one == SMALL:
                assert len({fit[at] for fit in fits}) >= 3, months
    assert told > 100


def test_a_sealed_case_is_in_no_picture(tmp_path: Path) -> None:
    caseload = canary.opened(tmp_path, create=True)
    case = canary.add_canary(caseload)
    start = (case.received or NOW).astimezone(UTC).date()
    period = year_from(year_of(start))

    def counted() -> int:
        files, purse = making.files_of(caseload), making.purse_of(caseload)
        referrals, *_ = pictures(files, period, purse, exact=True)
        return sum(int(bar.figures[0]) for bar in referrals.bars)

    before = counted()
    canary.seal(caseload, case.id)
    assert counted() == before - 1
    caseload.close()


# --- on the screen


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_pictures_stand_in_reports_and_are_read_without_colour(
    console: Opened, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = console()
    assert app.no_color
    async with app.run_test(size=size) as pilot:
        await play(pilot, "6 p enter")
        assert isinstance(app.screen, PictureSheet)
        flow, *shown = await app.read(
            lambda data: sheet(making.files_of(data), YEAR, making.purse_of(data))
        )
        assert isinstance(flow, Graph)
        lines = [line.split() for line in text_of(pilot).splitlines()]
        assert [f"{first:%b}" for first in flow.months] in lines
        for row in flow.figures:
            told = [str(one) for one in row.numbers if one is not None]
            assert [*row.name.split(), *told] in lines
        seen = []
        for _ in range(12):
            seen.append(text_of(pilot))
            await play(pilot, "pagedown")
        text = "\n".join(seen)
        assert f"{MARKS[0]} referrals   {MARK} homes secured" in text
        for picture in shown:
            assert picture.title in text
            if isinstance(picture, Graph):
                for first, *numbers in zip(
                    picture.months, *(row.numbers for row in picture.figures), strict=True
                ):
                    said = " +".join((f"{first:%b %Y}", *map(money, numbers)))
                    assert first > TODAY or re.search(said, text), said
                continue
            for mark, words in zip(MARKS, picture.parts, strict=False):
                assert f"{mark} {words}" in text
            for bar in picture.bars:
                said = " +".join(re.escape(one) for one in (bar.name.strip(), *bar.figures))
                assert re.search(said, text), bar
        assert set(MARKS) <= set(text)
        assert making.SEALED.split(",")[0] in text


@pytest.mark.parametrize("width", [76, 100, 40])
def test_every_line_fits_and_a_bar_is_as_long_as_its_figure(width: int) -> None:
    bars = (Bar("June", ("40",), (40,)), Bar("July", ("20",), (20,)), Bar("May", ("<5",)))
    lines = Drawn(Picture("Referrals", ("Referrals",), bars, (), "")).draw(width)
    text = ["".join(piece for piece, _ in line) for line in lines]
    assert max(map(len, text)) <= width
    long, short, none = (line.count(MARKS[0]) for line in text[1:])
    assert (long, none) == (max(long, 10), 0)
    assert abs(long - 2 * short) <= 1


async def test_e_writes_the_page_and_the_register_has_it(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, "6 p enter e h enter")
        (written,) = table_export.default_folder(app.paths).iterdir()
        assert written.name.startswith("summary-2026-27")
        assert written.suffix == ".html"
        row = (await app.read(lambda data: queries.all_of(data.connection, Disclosure)))[-1]
        assert (row.what, row.recipient, row.profile, row.protection) == (
            "summary 2026-27, small numbers hidden",
            "county",
            "returns",
            "document",
        )
        assert row.path == str(written)


# --- the page


class Seen(HTMLParser):
    """Which tags and attributes a page has, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.given: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.given += attrs

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.guarantee
def test_the_page_runs_and_fetches_nothing_whatever_the_texts_are() -> None:
    bars = (Bar(HOSTILE, (HOSTILE,), (1,)),)
    shown = [Picture(HOSTILE, (HOSTILE,), bars, (HOSTILE,), HOSTILE)] * 4
    text = page(shown, (HOSTILE,) * 2, [HOSTILE], district=HOSTILE, exact=False, today=TODAY)
    seen = Seen(text)
    assert seen.tags & {"script", "img", "link", "iframe", "object", "a", "use", "image"} == set()
    names = {name for name, _ in seen.given}
    assert not [name for name in names if name.startswith("on") or name in ("src", "href", "style")]
    assert "\x1b" not in text
    assert "url(" not in text
    assert text.count("<style>") == text.count("</style>") == 1
    assert "".join(seen.words).count("<script>qz()</script>") >= 10  # shown, not run
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in seen.given
    assert "size: A4" in text


def test_the_page_says_what_the_pictures_say_and_no_name_of_a_fund(
    caseload: Caseload, tmp_path: Path
) -> None:
    fund = caseload.store.add(Fund(name=f"Mara's {HOSTILE}", kind="part4", year=2026, budget=100))
    out = tmp_path / "summary.html"
    written = table_export.export_summary(caseload, YEAR, out, SETTINGS, exact=False, now=NOW)
    text = out.read_text("utf-8")
    assert "Mara" not in text
    seen = Seen(text)
    assert "script" not in seen.tags
    told = [one for picture in drawn(caseload, exact=False).values() for one in picture.bars]
    assert written.rows == sum(len(bar.figures) for bar in told)
    rows = re.findall(r'<th scope="row">(.*?)</th>(.*?)<td class="bar">', text)
    assert [
        (unescape(name), tuple(unescape(one) for one in re.findall("<td>(.*?)</td>", cells)))
        for name, cells in rows
    ] == [(bar.name, bar.figures) for bar in told]
    assert "Small numbers hidden." in text
    assert "Sealed cases are in no count" in text
    caseload.store.delete(fund)
