"""The money of a year: each figure recomputed by SQL that shares nothing with it; what leaves."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Final

import pytest

from config.errors import BadInputError
from config.paths import resolve_paths
from config.settings import default_settings
from db import queries
from db.caseload import Caseload, open_caseload
from db.models import Case, CaseFile, Expenditure, Fund, Grant, Measure
from sanctuary_tui.exports.small_numbers import WITHHELD
from sanctuary_tui.opening import derive_with
from sanctuary_tui.pathway import scheme
from sanctuary_tui.returns import making, spending
from sanctuary_tui.returns.figures import quarter, year_from
from sanctuary_tui.returns.hiding import Shown
from sanctuary_tui.returns.merging import could_be
from sanctuary_tui.screens.case_rows import standing
from tests.frozen import KEY, make_home
from tests.pathway.pathway_files import day
from tests.sealed import canary

MEASURES: Final = Path(__file__).parents[2] / "config" / "measures.toml"
TODAY: Final = date(2026, 11, 26)
KINDS: Final = "part4 hpg hra pcc core charity flexible feeling_safe not_known ha"

SUMS: Final = """
WITH
fund_of AS (SELECT id, year, budget,
  CASE WHEN kind IN ('', 'not_asked') THEN 'not_known' ELSE kind END AS kind FROM funds),
orders AS (
  SELECT e.id, e.case_id, e."on" AS day,
    coalesce(gross, coalesce(net, 0) + coalesce(vat, 0)) AS pence,
    CASE WHEN f.kind <> 'not_known' THEN f.kind WHEN e.fund IN ('', 'not_asked') THEN 'not_known'
      ELSE e.fund END AS kind,
    coalesce(f.year, {fy_on}) AS year, e.state
  FROM expenditures e LEFT JOIN fund_of f ON f.id = e.fund_id),
real AS (SELECT * FROM orders WHERE pence <> 0),
works AS (
  SELECT id, case_id, cost, state, fitted_on,
    CASE WHEN fund IN ('', 'not_asked') THEN 'not_known' ELSE fund END AS kind
  FROM measures WHERE state IN ('approved', 'ordered', 'fitted', 'faulty', 'removed')),
meant AS (
  SELECT r.id AS order_id, w.id AS measure_id, w.state FROM real r JOIN works w
    ON w.case_id = r.case_id AND (w.kind = r.kind OR (w.kind = 'not_known' AND r.kind <> 'ha')
      OR (r.kind = 'not_known' AND w.kind <> 'ha'))),
told AS (
  SELECT case_id, kind, year, day, pence, 'works' AS source, state <> 'committed' OR (
      EXISTS (SELECT 1 FROM meant m WHERE m.order_id = r.id
        AND m.state IN ('fitted', 'faulty', 'removed'))
      AND NOT EXISTS (SELECT 1 FROM meant m WHERE m.order_id = r.id
        AND m.state IN ('approved', 'ordered'))) AS spent
  FROM real r
  UNION ALL
  SELECT case_id, kind, CASE WHEN state IN ('approved', 'ordered') THEN 2026 ELSE {fy_fitted} END,
    fitted_on, cost, 'works', state NOT IN ('approved', 'ordered')
  FROM works WHERE cost > 0 AND id NOT IN (SELECT measure_id FROM meant)
  UNION ALL
  SELECT g.case_id, CASE WHEN f.kind <> 'not_known' THEN f.kind WHEN g.fund IN ('', 'not_asked')
      THEN 'not_known' ELSE g.fund END, coalesce(f.year, {fy_grant}), g."on", g.amount, 'grants',
    g.state = 'paid'
  FROM grants g LEFT JOIN fund_of f ON f.id = g.fund_id WHERE g.state IN ('agreed', 'paid'))
"""


def _fy(column: str) -> str:
    """The year in which the financial year of a day began, by moving it back three months."""
    return f"CAST(strftime('%Y', {column}, 'start of month', '-3 months') AS INTEGER)"


WITH: Final = SUMS.format(fy_on=_fy('e."on"'), fy_fitted=_fy("fitted_on"), fy_grant=_fy('g."on"'))
SECURED: Final = """
SELECT case_id, min(fitted_on) AS day FROM measures m LEFT JOIN kinds k ON k.id = m.catalogue_id
WHERE m.fitted_on IS NOT NULL AND m.state IN ('fitted', 'faulty', 'removed')
  AND coalesce(k.category, 'own') IN ('hardening', 'room', 'own') GROUP BY case_id
"""


def _by_sql(caseload: Caseload, start: int) -> dict[str, int | None]:
    """Every figure of the year, but what follows from the others by a line of arithmetic."""

    def one(sql: str) -> int:
        ((found,),) = caseload.connection.execute(f"{WITH} {sql}").fetchall()
        return int(found or 0)

    found: dict[str, int | None] = {}
    first, last = f"'{start}-04-01'", f"'{start + 1}-03-31'"
    groups = {f"fund_{kind}": f"kind = '{kind}'" for kind in KINDS.split()[:-1]}
    groups |= {"ha": "kind = 'ha'", "council": "kind <> 'ha'"}
    for key, which in groups.items():
        total = f"SELECT sum(pence) FROM told WHERE year = {start} AND {which} AND spent = "
        budget = one(f"SELECT sum(budget) FROM fund_of WHERE year = {start} AND {which}")
        held, spent = one(total + "0"), one(total + "1")
        found[f"{key}.budget"], found[f"{key}.committed"] = budget, held
        found[f"{key}.spent"], found[f"{key}.left"] = spent, budget - held - spent
    for key in ("works", "grants"):
        found[key] = one(
            f"SELECT sum(pence) FROM told WHERE year = {start} AND kind <> 'ha' AND spent"
            f" AND source = '{key}'"
        )
    found["undated"] = one("SELECT sum(pence) FROM told WHERE year IS NULL")
    homes = f"SELECT count(*) FROM ({SECURED}) s WHERE day BETWEEN {first} AND {last}"
    ours = (
        " AND EXISTS (SELECT 1 FROM measures m LEFT JOIN kinds k ON k.id = m.catalogue_id"
        " WHERE m.case_id = s.case_id AND m.fitted_on = s.day AND m.fund <> 'ha' AND m.state IN"
        " ('fitted', 'faulty', 'removed') AND coalesce(k.category, 'own') <> 'portable')"
    )
    found["secured"], found["secured.council"] = one(homes), one(homes + ours)
    found["secured.ha"] = one(homes) - one(homes + ours)
    found["measures"] = one(
        "SELECT count(*) FROM measures WHERE fund <> 'ha' AND state IN ('fitted', 'faulty',"
        f" 'removed') AND fitted_on BETWEEN {first} AND {last}"
    )
    return found


@pytest.fixture(scope="module")
def caseload(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caseload]:
    """A demonstration year, and beside it every way in which money can stand awkwardly."""
    home = make_home(tmp_path_factory.mktemp("money") / "home", 150)
    opened = open_caseload(
        resolve_paths(str(home), {}).caseload,
        KEY,
        derive=derive_with(default_settings()),
        who="Coordinator",
        today=lambda: TODAY,
    )
    store = opened.store
    ids = [row[0] for row in opened.connection.execute("SELECT id FROM cases").fetchall()]
    flexible = store.add(Fund(name="Flexible", kind="flexible", year=2026, budget=300_000))
    for number, state in enumerate(["agreed", "paid", "paid", "withdrawn"] * 3):
        store.add(
            Grant(
                case_id=ids[number],
                fund="feeling_safe" if number % 3 else "flexible",
                fund_id=None if number % 3 else flexible.id,
                state=state,
                purpose="A phone",
                on=date(2026, 4 + number % 7, 3),
                amount=5_001 + number,
            )
        )
    for number, more in enumerate(
        [
            {"fund": "not_asked", "state": "committed", "on": TODAY, "net": 10_000, "vat": 2_001},
            {"fund": "not_known", "state": "paid", "on": None, "gross": 7_777},
            {"fund": "ha", "state": "paid", "on": TODAY, "gross": 22_000},
            {"fund": "part4", "state": "invoiced", "on": date(2026, 3, 31), "gross": 31},
            {"fund": "part4", "state": "invoiced", "on": date(2026, 4, 1), "gross": -500},
            {"fund_id": flexible.id, "state": "committed", "on": date(2025, 4, 1), "gross": 4_000},
            {"fund_id": flexible.id, "state": "paid", "on": date(2026, 3, 30), "gross": 1_100},
            {"fund_id": flexible.id, "state": "invoiced", "on": None, "gross": 2_203},
            {"fund": "part4", "state": "paid", "on": date(2027, 2, 28), "gross": 307},
        ]
    ):
        store.add(Expenditure(case_id=ids[20 + number], **more))
    opened.connection.execute("CREATE TEMP TABLE kinds (id INTEGER, category TEXT)")
    for one in tomllib.loads(MEASURES.read_text("utf-8"))["measure"]:
        row = (one["id"], one["category"])
        opened.connection.execute("INSERT INTO temp.kinds VALUES (?, ?)", row)
    yield opened
    opened.close()


@pytest.mark.parametrize("start", [2026, 2025, 2024])
def test_each_figure_is_what_sql_counts(caseload: Caseload, start: int) -> None:
    found = making.counted(caseload, "money", year_from(start))
    counted = _by_sql(caseload, start)
    told = {key: figure.value for key, figure in found.figures.items()}
    by_rate = {key for key in told if key.endswith(".forecast")} | {"per_home", "per_measure"}
    assert set(told) - by_rate == set(counted), "a figure without its SQL"
    assert {key: told[key] for key in counted} == counted
    for key in {name.split(".")[0] for name in told if name.endswith(".forecast")}:
        assert told[f"{key}.forecast"] == _rate(counted, key, start), key
    works, homes, fitted = (counted[key] or 0 for key in ("works", "secured.council", "measures"))
    assert told["per_home"] == _share(works, homes)
    assert told["per_measure"] == _share(works, fitted)
    if start == 2026:
        assert all(counted[key] for key in ("council.committed", "council.spent", "ha.spent"))
        assert all(counted[key] for key in ("works", "grants", "undated", "secured", "measures"))


@pytest.mark.parametrize("start", [2026, 2025, 2024])
def test_spend_by_month_is_what_sql_counts_and_all_of_the_return(
    caseload: Caseload, start: int
) -> None:
    files, purse = making.files_of(caseload), making.purse_of(caseload)
    months, rest = spending.spent_by_month(files, year_from(start), purse)
    which = f"FROM told WHERE year = {start} AND kind <> 'ha' AND spent"
    inside = f"day BETWEEN '{start}-04-01' AND '{start + 1}-03-31'"
    rows = caseload.connection.execute(
        f"{WITH} SELECT substr(day, 1, 7), sum(pence) {which} AND {inside} GROUP BY 1"
    ).fetchall()
    found = {f"{first:%Y-%m}": pence for first, pence in months.items()}
    assert len(found) == 12
    assert {month: pence for month, pence in found.items() if pence} == dict(rows)
    ((elsewhere,),) = caseload.connection.execute(
        f"{WITH} SELECT coalesce(sum(pence), 0) {which} AND (day IS NULL OR NOT {inside})"
    ).fetchall()
    assert rest == elsewhere
    spent = making.counted(caseload, "money", year_from(start)).figures["council.spent"].value
    assert sum(months.values()) + rest == spent
    if start == 2026:
        assert (rest, found["2027-02"]) == (3_303, 307)


def _rate(counted: Mapping[str, int | None], key: str, start: int) -> int:
    """By decimals: seven months and 26 of November's 30 days, or the whole year."""
    held, spent = counted[f"{key}.committed"] or 0, counted[f"{key}.spent"] or 0
    months = Decimal(12) if start < 2026 else 7 + Decimal(26) / 30
    rate = (spent * 12 / months).quantize(Decimal(1), ROUND_HALF_UP)
    return max(held + spent, int(rate))


def _share(amount: int, number: int) -> int | None:
    share = Decimal(amount) / number if number else None
    return None if share is None else int(share.quantize(Decimal(1), ROUND_HALF_UP))


def test_each_figure_is_the_sum_of_its_cases_and_the_parts_are_the_whole(
    caseload: Caseload,
) -> None:
    found = making.counted(caseload, "money", year_from(2026)).figures
    for figure in found.values():
        name = figure.key.rpartition(".")[2]
        if name in ("committed", "spent") or figure.key in ("works", "grants", "measures"):
            assert figure.value == sum(one.amount for one in figure.cases), figure.key
    for name in ("budget", "committed", "spent", "left"):
        parts = [found[f"fund_{kind}.{name}"].value or 0 for kind in spending.OURS]
        assert sum(parts) == found[f"council.{name}"].value, name
    both = (found["works"].value or 0) + (found["grants"].value or 0)
    assert both == found["council.spent"].value


def test_the_profile_leaves_out_nothing_that_is_counted(caseload: Caseload) -> None:
    whole = list(queries.case_files(caseload.connection, making.TABLES, "1").values())
    purse = making.purse_of(caseload)
    period = year_from(2026)
    assert {
        key: figure.value
        for key, figure in making.made(whole, "money", period, purse).figures.items()
    } == {
        key: figure.value
        for key, figure in making.counted(caseload, "money", period).figures.items()
    }


def test_a_sealed_case_is_in_no_figure(tmp_path: Path) -> None:
    caseload = canary.opened(tmp_path, create=True)
    case = canary.add_canary(caseload)
    caseload.store.add(Grant(case_id=case.id, fund="core", state="paid", on=TODAY, amount=1))

    def behind() -> set[int]:
        found = making.counted(caseload, "money", year_from(2026)).figures
        return {one.case_id for figure in found.values() for one in figure.cases}

    assert case.id in behind()
    canary.seal(caseload, case.id)
    assert case.id not in behind()
    caseload.close()


# --- what leaves the council


def _homes(number: int, *, pence: int = 30_000, kind: str = "part4") -> list[CaseFile]:
    """Households whose home was made safe in October and paid for, each a little otherwise."""
    files = []
    for one in range(1, number + 1):
        file = CaseFile(Case(id=one, ref=f"S26-{one:04}"))
        file.measures.append(
            Measure(id=one, catalogue_id=9, state="fitted", fitted_on=day("2026-10-05"), fund=kind)
        )
        on = day("2026-10-05")
        file.expenditures.append(
            Expenditure(id=one, fund=kind, state="paid", on=on, gross=pence + one)
        )
        files.append(file)
    return files


PURSE: Final = spending.Purse([Fund(id=1, kind="part4", year=2026, budget=1_000_000)], TODAY)


def _outside(files: list[CaseFile]) -> dict[str, Shown]:
    shown = making.outside(files, year_from(2026), PURSE)
    return {key: value for (form, key), value in shown.items() if form == "money"}


@pytest.mark.guarantee
@pytest.mark.parametrize(("number", "told"), [(1, False), (4, False), (5, True), (12, True)])
def test_money_is_told_outside_only_of_five_households_and_more(number: int, told: bool) -> None:
    shown = _outside(_homes(number))
    amounts = [shown[f"council.{name}"] for name in ("committed", "spent", "left", "forecast")]
    assert (WITHHELD not in amounts) is told
    assert (amounts == [WITHHELD] * 4) is not told
    assert shown["council.budget"] == 1_000_000


@pytest.mark.guarantee
def test_a_fund_of_few_households_withholds_what_would_tell_it() -> None:
    few = _homes(2, kind="pcc")
    for file in few:
        file.case.id += 100
    shown = _outside(_homes(12) + few)
    for kind in spending.OURS:
        assert shown[f"fund_{kind}.spent"] == shown[f"fund_{kind}.left"] == WITHHELD, kind
    assert shown["council.spent"] != WITHHELD


@pytest.mark.guarantee
def test_few_grants_are_not_the_difference_of_two_amounts() -> None:
    files = _homes(12)
    files[0].grants.append(Grant(id=1, fund="part4", state="paid", on=TODAY, amount=12_345))
    shown = _outside(files)
    assert shown["works"] == shown["grants"] == shown["per_home"] == WITHHELD
    assert shown["council.spent"] != WITHHELD


@pytest.mark.guarantee
def test_a_year_less_its_quarters_tells_no_quarter_of_few_homes() -> None:
    """The working group is told of each quarter; three of them and the year are the fourth."""
    files = _homes(14)
    assert _outside(files)["council.spent"] != WITHHELD
    for file in files[:2]:
        file.measures[0].fitted_on = file.expenditures[0].on = day("2026-05-05")
    shown = _outside(files)
    assert shown["council.spent"] == shown["fund_part4.spent"] == shown["works"] == WITHHELD
    assert shown["secured"] == shown["secured.council"] == shown["measures"] == WITHHELD


def test_a_shortfall_keeps_its_sign_in_a_countys_sum() -> None:
    assert could_be("-14180", "pence", exact=True) == (-14180, -14180)
    assert could_be("-20000", "pence", exact=False) == (-25000, -15000)
    assert could_be("20000", "pence", exact=False) == (15000, 25000)


def test_it_is_of_a_year_written_either_way() -> None:
    assert making.period_of("money", year_code="2026") == year_from(2026)
    assert making.period_of("money", year_code="2026-27") == year_from(2026)
    with pytest.raises(BadInputError):
        making.period_of("money", quarter_code="2026Q4")


def test_spent_alone_is_the_word_of_the_money_form() -> None:
    """What is committed and spent together is called that, by one function, wherever it is told."""
    orders = [
        Expenditure(case_id=1, fund="hpg", state="committed", on=TODAY, gross=100_00),
        Expenditure(case_id=1, fund="hpg", state="paid", on=TODAY, net=50_00),
        Expenditure(case_id=1, fund="ha", state="paid", on=TODAY, gross=7_00),
    ]
    file = CaseFile(Case(id=1, ref="S26-0001"), expenditures=orders)
    purse = spending.Purse([], TODAY)
    told = making.made([file], "working-group", quarter("2026Q4")).figures
    apart = making.made([file], "money", year_from(2026), purse).figures
    both = apart["council.committed"].value, apart["council.spent"].value
    assert both == (100_00, 50_00)
    assert told["ordered_or_spent"].value == scheme.ordered_or_spent(file) == 150_00
    assert told["ordered_or_spent_ha"].value == 7_00
    assert not {"spent", "spent_ha"} & told.keys()
    rows = dict(standing(file, TODAY, default_settings()))
    assert rows["Spend"] == "£150.00 ordered or spent; landlord's £7.00, not ours"
