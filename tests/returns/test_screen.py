"""The returns on the Reports screen: figures, the cases behind one, the file."""

from __future__ import annotations

import csv

import pytest

from db import queries
from db.models import Disclosure
from db.readlog import LogFilter, read_log
from sanctuary_tui import table_export
from sanctuary_tui.returns import making
from sanctuary_tui.returns.figures import quarter, year
from sanctuary_tui.screens.case import CaseScreen
from sanctuary_tui.screens.reports import ReportsScreen
from tests.frozen import Opened, play, text_of


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_figure_opens_the_cases_behind_it_and_one_of_them(
    console: Opened, size: tuple[int, int]
) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        await play(pilot, "6 R enter down enter down")
        found = await app.read(
            lambda data: making.made(making.files_of(data), "working-group", quarter("2026Q3"))
        )
        figure = found.figures["referrals"]
        assert figure.value
        assert f"{figure.value}  Referrals" in text_of(pilot)
        await play(pilot, "enter")
        shown = text_of(pilot)
        refs = await app.read(lambda data: making.read_cases(data, found, figure))
        assert "England's time" in shown  # the rule
        assert sum(f"{ref}  received" in shown for ref in refs.values()) == figure.value
        assert len(refs) == figure.value
        await play(pilot, "escape")  # back on the figure
        assert f"› {'':14}{figure.value}  Referrals".replace(" ", "") in text_of(pilot).replace(
            " ", ""
        )
        await play(pilot, "enter down enter")
        assert isinstance(app.screen, CaseScreen)
        said = await app.read(lambda data: read_log(data.connection, LogFilter(), 20))
        assert "cases behind working-group referrals of 2026Q3 listed" in {one.why for one in said}


async def test_the_year_on_reports_is_counted_as_the_return_counts_it(console: Opened) -> None:
    """Two numbers of one name on one screen would be believed neither."""
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "6")
        figures = (
            await app.read(lambda data: making.counted(data, "working-group", year("2026-27")))
        ).figures
        shown = " ".join(text_of(pilot).split())
        for title, key in (("Referrals", "referrals"), ("Homes secured", "secured")):
            assert f"{title} {figures[key].value} " in shown
        for title, key in (
            ("Ordered or spent", "ordered_or_spent"),
            ("Per home secured", "average"),
        ):
            assert f"{title} {making.in_words(figures[key])} " in shown
        assert "ordered or spent" in figures["ordered_or_spent"].label.casefold(), (
            "Funds has what is spent"
        )
        times = await app.read(lambda data: making.counted(data, "times", year("2026-27")))
        closed = times.figures["closed.all"]
        assert f"Closed {closed.value} " in shown, "a case that was opened again is not closed"


async def test_e_writes_the_return_with_small_numbers_hidden(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "6 R =unmet enter =2026-27 enter e h enter")
        (written,) = table_export.default_folder(app.paths).glob("*.csv")
        assert written.name.startswith("return_unmet-2026-27")
        with written.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
        assert rows[-1]["figure"] == "end"
        assert {row["small_numbers"] for row in rows} == {"hidden"}
        assert {row["value"] for row in rows[:-1]} <= {"0", "<5", "s", "5", "10"}
        row = (await app.read(lambda data: queries.all_of(data.connection, Disclosure)))[-1]
        assert (row.what, row.recipient, row.profile) == (
            "return unmet 2026-27, small numbers hidden",
            "county",
            "returns",
        )


async def test_a_figure_of_nothing_shows_its_rule(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, "6 R =unmet enter =2024-25 enter down enter")
        assert "0 cases" in text_of(pilot)
        await play(pilot, "enter")
        assert "Unmet need by reason" in text_of(pilot)  # the figures again
        await play(pilot, "escape")
        assert isinstance(app.screen, ReportsScreen)
