"""Money in the console: a grant entered in the case, funds, the warning on Today, the report."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from config.format import money
from db import queries
from db.models import Disclosure, Fund, Grant
from sanctuary_tui import funds, table_export
from sanctuary_tui.returns import making
from sanctuary_tui.returns.figures import year_from
from sanctuary_tui.screens.case import CaseScreen
from sanctuary_tui.screens.forms import FormSheet
from sanctuary_tui.screens.funds import FundsScreen
from tests.frozen import Opened, play, text_of
from tests.sealed import canary

CASE = 'slash ="ellwood" down enter 6 '


async def answer(pilot: Pilot[Any], field: str, keys: str) -> None:
    """Go to a field of the form that stands open, and press keys there."""
    sheet = pilot.app.screen
    assert isinstance(sheet, FormSheet)
    sheet.form.focus_field(field)
    await play(pilot, keys)


async def test_a_grant_is_entered_in_the_case_from_a_fund(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, CASE + "a =grant enter")
        await answer(pilot, "fund_id", 'enter ="charity 2026" enter')
        await answer(pilot, "purpose", '="Deposit, and a phone"')
        await answer(pilot, "amount", "=0")
        await play(pilot, "ctrl+s")
        assert "A grant is more than nothing" in text_of(pilot)
        await answer(pilot, "amount", "backspace =250.5 ctrl+s")
        shown = text_of(pilot)
        assert "GRANTS" in shown
        (grant,) = await app.read(lambda data: queries.all_of(data.connection, Grant))
        fund = await app.read(lambda data: queries.get(data.connection, Fund, grant.fund_id or 0))
        assert (grant.amount, grant.state, grant.on) == (25_050, "agreed", app.today)
        assert (fund.kind, fund.year, grant.fund) == ("charity", 2026, "charity")  # the fund's kind
        await play(pilot, "@Deposit")
        assert "£250.50" in text_of(pilot)
        assert "Tallowmere relief" in text_of(pilot)  # the fund, folded over two lines
        await play(pilot, "u")
        assert await app.read(lambda data: queries.all_of(data.connection, Grant)) == []


async def test_the_funds_of_the_year_stand_first_and_others_below(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, CASE + "a =grant enter")
        await answer(pilot, "fund_id", "enter")
        offered = await app.read(
            lambda data: [one.name for one in queries.all_of(data.connection, Fund)]
        )
        shown = text_of(pilot)
        listed = [name for name in offered if name in shown]
        this_year = [name for name in offered if name.endswith(" 2026-27")]
        assert len(this_year) == 6
        assert set(this_year) <= set(listed)
        at = {name: shown.index(name) for name in listed}
        before = [name for name in listed if name not in this_year]
        assert all(at[name] > max(at[one] for one in this_year) for name in before)
        await play(pilot, '="charity 2025" enter')
        assert "Tallowmere relief charity 2025-26" in text_of(pilot)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_fund_is_entered_read_and_changed(console: Opened, size: tuple[int, int]) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        await play(pilot, "F")
        assert isinstance(app.screen, FundsScreen)
        assert "FUNDS OF 2026-27" in text_of(pilot)
        await play(pilot, "a")
        await answer(pilot, "name", '="Feeling safe pot"')
        await answer(pilot, "kind", "enter =feeling enter")
        await answer(pilot, "budget", "=2500 ctrl+s")
        shown = text_of(pilot)
        (line,) = [one for one in shown.split("\n") if "Feeling safe pot" in one and "£" in one]
        assert line.count("£2,500.00") == 2  # budget and left
        made = await app.read(lambda data: queries.all_of(data.connection, Fund))
        assert (made[-1].year, made[-1].kind, made[-1].budget) == (2026, "feeling_safe", 250_000)
        case = await app.read(lambda data: data.open_cards()[0].case_id)
        paid = Grant(case_id=case, state="paid", on=app.today, amount=260_001, fund_id=made[-1].id)
        await app.write(lambda data: data.store.add(paid))
        await app.reload()
        await play(pilot, '@"Feeling safe pot"')
        shown = " ".join(text_of(pilot).split())
        assert "! Feeling safe pot" in shown.replace("›", "").replace("!  ", "! ")
        assert "-£100.01" in shown
        assert "£3,966.12 by 31 March at this rate, £1,466.12 over the budget; 1 case." in shown
        await play(pilot, "c")
        assert "£2,600.01  spent: grant Thu 26 Nov 2026" in text_of(pilot)
        await play(pilot, "enter")
        assert isinstance(app.screen, CaseScreen)


async def test_what_names_no_fund_has_no_budget_of_which_less_than_nothing_is_left(
    console: Opened,
) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "F")
        view = await app.read(lambda data: funds.funds_view(data, 2026))
        unnamed = [one for one in view.lines if one.fund is None and one.committed + one.spent]
        assert unnamed
        shown = [one for one in text_of(pilot).split("\n") if "no fund n" in one]
        assert len(shown) == len(unnamed)
        for line in shown:
            assert "-£" not in line
            budget, *_, left, ends = line.partition("named")[2].split()
            assert (budget, left) == ("-", "-")
            assert "£" in ends


async def test_a_fund_that_money_names_stays_and_one_that_none_names_goes(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, 'F @"Part 4" delete y')
        assert "Part 4 safe" in text_of(pilot)
        await play(pilot, "F @Police delete y")
        assert "Police and crime" not in text_of(pilot)
        await play(pilot, "u")
        assert "Police and crime" in text_of(pilot)


async def test_the_years_are_turned_and_one_without_funds_says_so(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, "F less_than_sign")
        assert "FUNDS OF 2025-26" in text_of(pilot)
        await play(pilot, "right right")
        assert "FUNDS OF 2027-28" in text_of(pilot)
        assert "nothing can be said of 31 March yet" in " ".join(text_of(pilot).split())
        await play(pilot, "right right right right")
        assert "No fund of this year yet" in text_of(pilot)


async def test_a_case_that_is_sealed_is_behind_no_fund(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "")
        view = await app.read(lambda data: funds.funds_view(data, 2026))
        line = next(one for one in view.lines if one.cases)
        case, spent = line.cases[0].case_id, line.committed + line.spent
        await app.write(lambda data: canary.seal(data, case))
        after = await app.read(lambda data: funds.funds_view(data, 2026))
        now = next(one for one in after.lines if one.name == line.name)
        assert now.committed + now.spent < spent
        assert case not in {one.case_id for item in after.lines for one in item.cases}


@pytest.mark.parametrize("start", [2026, 2025])
async def test_the_funds_screen_and_the_report_tell_the_same(console: Opened, start: int) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "")
        view = await app.read(lambda data: funds.funds_view(data, start))
        report = await app.read(lambda data: making.counted(data, "money", year_from(start)))
        told = {key: one.value for key, one in report.figures.items()}
        assert {key: one.value for key, one in view.figures.figures.items()} == told
        ours = [one for one in view.lines if one.kind != "ha"]
        assert sum(one.spent for one in ours) == told["council.spent"]
        assert sum(one.left for one in ours) == told["council.left"]


async def test_today_warns_of_a_fund_by_its_name_alone(console: Opened) -> None:
    app = console(settings={"money.year_end_weeks": 52, "money.uncommitted_percent": 80})
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, "")
        shown = " ".join(text_of(pilot).split())
        assert "2026-27: £13,394.40 (83%) not committed, the year ends 31 March." in shown
        assert "F shows the funds." in shown
        said = await app.read(lambda data: funds.warnings(data, app.today, app.settings))
        assert not any("S26-" in one or "S25-" in one for one in said)


async def test_today_is_silent_before_the_weeks_that_are_set(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, "")
        assert "not committed" not in text_of(pilot)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_figure_of_money_opens_its_cases(console: Opened, size: tuple[int, int]) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        await play(pilot, '6 R =money enter enter @"Council: spent" enter')
        found = await app.read(lambda data: making.counted(data, "money", year_from(2026)))
        figure = found.figures["council.spent"]
        shown = text_of(pilot)
        assert f"Council: spent, 2026-27: {len(figure.cases)} cases" in " ".join(shown.split())
        refs = await app.read(lambda data: making.read_cases(data, found, figure))
        first = figure.cases[0]
        assert f"{refs[first.case_id]}  " in shown
        assert money(first.amount) in shown
        await play(pilot, "down enter")
        assert isinstance(app.screen, CaseScreen)


async def test_money_is_written_as_a_file_with_small_numbers_hidden(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "6 R =money enter enter e h enter")
        (written,) = table_export.default_folder(app.paths).glob("*.csv")
        assert written.name.startswith("return_money-2026-27")
        row = (await app.read(lambda data: queries.all_of(data.connection, Disclosure)))[-1]
        assert (row.what, row.recipient) == (
            "return money 2026-27, small numbers hidden",
            "county",
        )


async def test_today_tells_of_the_funds_as_they_are_once_they_were_put_right(
    console: Opened,
) -> None:
    app = console(settings={"money.year_end_weeks": 52, "money.uncommitted_percent": 80})
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "")
        said = "Part 4 safe accommodation 2026-27: £13,394.40 (83%) not committed"
        assert said in text_of(pilot)
        rows = await app.read(lambda data: queries.all_of(data.connection, Fund))
        (fund,) = [one for one in rows if (one.kind, one.year) == ("part4", 2026)]
        await app.write(lambda data: data.store.update(fund, budget=300_000))
        await play(pilot, "F 1")
        assert said not in text_of(pilot)
        assert "Part 4 safe accommodation 2026-27:" not in text_of(pilot)
