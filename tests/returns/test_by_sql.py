"""Every figure of a demonstration year counted once more, by SQL that shares nothing with it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from config.paths import resolve_paths
from config.settings import default_settings
from db.caseload import Caseload, open_caseload
from db.keys import unlock
from sanctuary_tui.opening import derive_with
from sanctuary_tui.returns import making
from sanctuary_tui.returns.figures import Period, quarter, year
from tests.sanctuary_tui.cli_program import Program

MEASURES: Final = Path(__file__).parents[2] / "config" / "measures.toml"
LONDON: Final = ZoneInfo("Europe/London")
PERIODS: Final = ("2026-27", "2025-26", "2026Q3", "2026Q1")

VIEWS: Final = """
CREATE TEMP VIEW q_case AS
  SELECT c.*, london(received) AS came FROM cases c;
CREATE TEMP VIEW q_home AS
  SELECT case_id, CASE WHEN tenure IN ('owner', 'mortgage', 'shared_owner') THEN 'own'
    WHEN tenure IN ('council', 'ha', 'prs') THEN tenure ELSE 'not_known' END AS held
  FROM properties p WHERE id = (SELECT id FROM properties o WHERE o.case_id = p.case_id
    ORDER BY o.current = 'yes' DESC, o.id LIMIT 1);
CREATE TEMP VIEW q_who AS
  SELECT * FROM people p WHERE role = 'survivor'
    AND id = (SELECT min(id) FROM people o WHERE o.case_id = p.case_id AND o.role = 'survivor');
CREATE TEMP VIEW q_fixed AS
  SELECT m.*, coalesce(k.category, 'own') AS category FROM measures m
  LEFT JOIN kinds k ON k.id = m.catalogue_id
  WHERE m.fitted_on IS NOT NULL AND m.state IN ('fitted', 'faulty', 'removed')
    AND coalesce(k.portable, 0) = 0;
CREATE TEMP VIEW q_secured AS
  SELECT case_id, min(fitted_on) AS day FROM q_fixed
  WHERE category IN ('hardening', 'room', 'own') GROUP BY case_id;
CREATE TEMP VIEW q_closed AS
  SELECT case_id, max(closed_on) AS day FROM closures GROUP BY case_id;
CREATE TEMP VIEW q_support AS
  SELECT s.*, coalesce(s.start, s.offered) AS began,
    CASE WHEN s.ended IS NOT NULL OR c.status <> 'closed' THEN s.ended ELSE k.day END AS over
  FROM support s JOIN cases c ON c.id = s.case_id LEFT JOIN q_closed k ON k.case_id = s.case_id
  WHERE s.answer IN ('accepted', 'already');
CREATE TEMP VIEW q_active AS
  SELECT * FROM q_support WHERE (began IS NULL OR began <= last())
    AND (over IS NULL OR over >= first());
CREATE TEMP VIEW q_supported AS
  SELECT DISTINCT case_id FROM q_active WHERE case_id IN
    (SELECT case_id FROM q_fixed WHERE fitted_on <= last());
CREATE TEMP VIEW q_kids AS
  SELECT case_id, count(*) AS n FROM people WHERE role = 'child' AND lives_here <> 'no'
  GROUP BY case_id;
CREATE TEMP VIEW q_unmet AS
  SELECT case_id, outcome FROM (SELECT k.*, row_number() OVER (PARTITION BY k.case_id
      ORDER BY k.closed_on DESC, k.id DESC) AS nth
    FROM closures k LEFT JOIN q_secured s ON s.case_id = k.case_id
    WHERE k.closed_on BETWEEN first() AND last() AND (s.day IS NULL OR s.day > k.closed_on)
      AND k.outcome IN ('no_contact', 'declined', 'unsafe', 'perp_resident', 'legal_bar',
        'consent_refused', 'passed_to_ha', 'out_of_area', 'perpetrator_referral'))
  WHERE nth = 1;
CREATE TEMP VIEW q_stopped AS
  SELECT * FROM (SELECT s.*, row_number() OVER (PARTITION BY case_id ORDER BY over DESC, id DESC)
      AS nth, (SELECT min(fitted_on) FROM q_fixed f WHERE f.case_id = s.case_id) AS fixed
    FROM q_support s
    WHERE NOT EXISTS (SELECT 1 FROM q_support o WHERE o.case_id = s.case_id AND o.over IS NULL))
  WHERE nth = 1 AND over BETWEEN first() AND last() AND over >= fixed;
CREATE TEMP VIEW q_check AS
  SELECT * FROM (SELECT a.*, row_number() OVER (PARTITION BY case_id, kind
      ORDER BY done_on DESC, id DESC) AS nth
    FROM aftercare_checks a WHERE done_on BETWEEN first() AND last()) WHERE nth = 1;
CREATE TEMP VIEW q_reached AS
  SELECT 'acknowledged' AS stage, id AS case_id, acknowledged AS day FROM cases
  UNION ALL SELECT 'risk', case_id, min(assessed) FROM risk_assessments GROUP BY 2
  UNION ALL SELECT 'survey', case_id, min(done_on) FROM surveys GROUP BY 2
  UNION ALL SELECT 'consent', case_id, min(answered_on) FROM consent_requests
    WHERE state IN ('granted', 'granted_conditional') GROUP BY 2
  UNION ALL SELECT 'approval', id, approved_on FROM cases
  UNION ALL SELECT 'secured', case_id, day FROM q_secured
  UNION ALL SELECT 'aftercare', case_id, min(done_on) FROM aftercare_checks
    WHERE outcome = 'done' GROUP BY 2
  UNION ALL SELECT 'closed', k.case_id, k.day FROM q_closed k JOIN cases c ON c.id = k.case_id
    WHERE c.status = 'closed';
CREATE TEMP VIEW q_took AS
  SELECT r.stage, r.case_id, coalesce(h.held, 'not_known') AS held,
    CAST(julianday(r.day) - julianday(c.came) AS INTEGER) AS days
  FROM q_reached r JOIN q_case c ON c.id = r.case_id LEFT JOIN q_home h ON h.case_id = r.case_id
  WHERE r.day BETWEEN first() AND last() AND r.day >= c.came;
"""

WHITE: Final = "('white_british', 'white_irish', 'white_other')"
"""Not among the minoritised (SafeLives dataset)."""
REFERRED: Final = "SELECT id FROM q_case WHERE came BETWEEN first() AND last()"
UNKNOWN: Final = "('', 'not_known', 'not_asked')"


def _working_group() -> Iterator[tuple[str, str]]:
    yield "referrals", f"SELECT count(*) FROM ({REFERRED})"
    routes = "self police da_service council_housing ha social_care health probation marac other"
    for code in routes.split():
        yield (
            f"referrals.from_{code}",
            f"SELECT count(*) FROM cases WHERE route = '{code}' AND id IN ({REFERRED})",
        )
    yield (
        "referrals.from_not_known",
        f"SELECT count(*) FROM cases WHERE route IN {UNKNOWN} AND id IN ({REFERRED})",
    )
    for held in ("council", "ha", "prs", "own", "not_known"):
        yield (
            f"referrals.tenure_{held}",
            "SELECT count(*) FROM cases c LEFT JOIN q_home h ON h.case_id = c.id "
            f"WHERE coalesce(h.held, 'not_known') = '{held}' AND c.id IN ({REFERRED})",
        )
    someone = f"SELECT count(*) FROM q_who WHERE case_id IN ({REFERRED}) AND "
    nobody = f" + (SELECT count(*) FROM ({REFERRED}) WHERE id NOT IN (SELECT case_id FROM q_who))"
    trans = "('trans_woman', 'trans_man', 'non_binary', 'other')"
    yield "referrals.gender_woman", f"{someone} gender = 'woman'"
    yield "referrals.gender_man", f"{someone} gender = 'man'"
    yield "referrals.gender_trans", f"{someone} gender IN {trans}"
    unsaid = f"SELECT ({someone} gender IN ('prefer_not', '', 'not_known', 'not_asked')) {nobody}"
    yield "referrals.gender_not_known", unsaid
    years = (
        "(CAST(strftime('%Y', last()) AS INTEGER) - CAST(strftime('%Y', dob) AS INTEGER)"
        " - (strftime('%m%d', last()) < strftime('%m%d', dob)))"
    )
    for code, which in (("under_25", "< 25"), ("25_39", "BETWEEN 25 AND 39")):
        yield f"referrals.age_{code}", f"{someone} dob IS NOT NULL AND {years} {which}"
    yield "referrals.age_40_64", f"{someone} {years} BETWEEN 40 AND 64"
    yield "referrals.age_65_over", f"{someone} {years} >= 65"
    yield "referrals.age_not_known", f"SELECT ({someone} dob IS NULL) {nobody}"
    unsaid = "ethnicity IN ('prefer_not', '', 'not_known', 'not_asked')"
    white = f"ethnicity IN {WHITE}"
    yield "referrals.bm_yes", f"{someone} NOT {unsaid} AND NOT {white}"
    yield "referrals.bm_no", f"{someone} {white}"
    yield "referrals.bm_not_known", f"SELECT ({someone} {unsaid}) {nobody}"
    unsaid = f"disability IN {UNKNOWN}"
    yield "referrals.disabled_yes", f"{someone} NOT {unsaid} AND disability <> 'none'"
    yield "referrals.disabled_no", f"{someone} disability = 'none'"
    yield "referrals.disabled_not_known", f"SELECT ({someone} {unsaid}) {nobody}"
    yield "children", f"SELECT coalesce(sum(n), 0) FROM q_kids WHERE case_id IN ({REFERRED})"
    yield "secured", "SELECT count(*) FROM q_secured WHERE day BETWEEN first() AND last()"
    for kind in ("hardening", "room", "fire", "deterrence", "own"):
        yield (
            f"installed.{kind}",
            "SELECT count(*) FROM q_fixed WHERE fitted_on BETWEEN first() AND last() "
            f"AND category = '{kind}'",
        )
    money = (
        "coalesce(sum(coalesce(gross, coalesce(net, 0) + coalesce(vat, 0))), 0) FROM expenditures "
        'WHERE "on" BETWEEN first() AND last() AND fund'
    )
    yield "ordered_or_spent", f"SELECT {money} <> 'ha'"
    yield "ordered_or_spent_ha", f"SELECT {money} = 'ha'"
    yield (
        "average",
        f"SELECT nullif((SELECT {money} <> 'ha'), 0) / nullif((SELECT count(*) FROM q_secured "
        "WHERE day BETWEEN first() AND last()), 0)",
    )
    kinds = (
        "contact attended attempt entry damage threat assault online moved_near call999 leak "
        "returned child_contact household landlord other"
    )
    for kind in kinds.split():
        yield (
            f"incident.{kind}",
            f"SELECT count(DISTINCT case_id) FROM incidents WHERE kind = '{kind}' "
            "AND london(at) BETWEEN first() AND last()",
        )
    yield from _unmet()


def _unmet() -> Iterator[tuple[str, str]]:
    yield "unmet", "SELECT count(*) FROM q_unmet"
    reasons = (
        "no_contact declined unsafe perp_resident legal_bar consent_refused passed_to_ha "
        "out_of_area perpetrator_referral"
    )
    for code in reasons.split():
        yield f"unmet.{code}", f"SELECT count(*) FROM q_unmet WHERE outcome = '{code}'"


def _mhclg() -> Iterator[tuple[str, str]]:
    yield "supported", "SELECT count(*) FROM q_supported"
    ids = "case_id IN (SELECT case_id FROM q_supported)"
    yield "children", f"SELECT coalesce(sum(n), 0) FROM q_kids WHERE {ids}"
    kids = "(';' || types || ';') LIKE '%;children;%'"
    yield (
        "children_specialist",
        f"SELECT coalesce(sum(n), 0) FROM q_kids WHERE {ids} AND case_id IN "
        f"(SELECT case_id FROM q_active WHERE {kids})",
    )
    yield (
        "bedspaces",
        f"SELECT count(DISTINCT case_id) FROM q_active WHERE {ids} AND (over IS NULL OR "
        "over >= last())",
    )
    someone = f"SELECT count(*) FROM q_who WHERE {ids} AND "
    nobody = (
        " + (SELECT count(*) FROM q_supported WHERE case_id NOT IN (SELECT case_id FROM q_who))"
    )
    yield "supported.gender_woman", f"{someone} gender = 'woman'"
    yield "supported.gender_man", f"{someone} gender = 'man'"
    trans = "('trans_woman', 'trans_man', 'non_binary', 'other')"
    yield "supported.gender_trans", f"{someone} gender IN {trans}"
    unsaid = "('prefer_not', '', 'not_known', 'not_asked')"
    yield "supported.gender_not_known", f"SELECT ({someone} gender IN {unsaid}) {nobody}"
    for code, said in (("yes", "= 'no'"), ("no", "= 'yes'"), ("not_known", "NOT IN ('no', 'yes')")):
        yield (
            f"supported.outside_{code}",
            f"SELECT count(*) FROM cases WHERE id IN (SELECT case_id FROM q_supported) "
            f"AND in_district {said}",
        )
    bm = f"(ethnicity NOT IN {unsaid} AND ethnicity NOT IN {WHITE})"
    ill = f"(disability NOT IN {UNKNOWN} AND disability <> 'none')"
    lgbt = (
        "(orientation IN ('gay_lesbian', 'bisexual', 'other') OR gender IN ('trans_woman', "
        "'trans_man', 'non_binary'))"
    )
    day = "CAST(strftime('%Y%m%d', {}) AS INTEGER)"
    years = f"({day.format('last()')} - {day.format('dob')}) / 10000"
    told = {
        "bm": bm,
        "disabled": ill,
        "lgbt": lgbt,
        "male": "gender IN ('man', 'trans_man')",
        "aged_16_25": f"coalesce({years} BETWEEN 16 AND 25, 0)",
        "aged_65": f"coalesce({years} >= 65, 0)",
    }
    for code in ("mental_health", "drug", "alcohol", "ex_offender"):
        told[code] = f"(';' || characteristics || ';') LIKE '%;{code};%'"
    for code, holds in told.items():
        yield f"supported.{code}", f"{someone} {holds}"
    yield "supported.any", f"{someone} ({' OR '.join(told.values())})"
    types = "general advocacy prevention specialist children housing advice counselling"
    for code in types.split():
        yield (
            f"type.{code}",
            f"SELECT count(DISTINCT case_id) FROM q_active WHERE {ids} AND "
            f"(';' || types || ';') LIKE '%;{code};%'",
        )
    yield from _unmet()
    yield "stopped", "SELECT count(*) FROM q_stopped"
    reasons = "no_longer_needed planned unplanned other_safe with_perpetrator evicted"
    for code in reasons.split():
        yield (
            f"stopped.why_{code}",
            f"SELECT count(*) FROM q_stopped WHERE end_reason = '{code}'",
        )
    yield (
        "stopped.why_not_known",
        f"SELECT count(*) FROM q_stopped WHERE end_reason IN {UNKNOWN}",
    )
    ends = {
        name: f"date(began, '+{months} month', 'floor')"
        for name, months in (("one", 1), ("three", 3), ("six", 6))
    }
    lengths = {
        "under_1": f"over >= began AND over < {ends['one']}",
        "1_3": f"over >= {ends['one']} AND over < {ends['three']}",
        "3_6": f"over >= {ends['three']} AND over < {ends['six']}",
        "over_6": f"over >= {ends['six']}",
        "not_known": "began IS NULL OR began > over",
    }
    for code, holds in lengths.items():
        yield f"stopped.length_{code}", f"SELECT count(*) FROM q_stopped WHERE {holds}"


def _outcomes() -> Iterator[tuple[str, str]]:
    for kind in ("m3", "m6", "m12"):
        checks = f"SELECT count(*) FROM q_check WHERE kind = '{kind}'"
        yield kind, checks
        for result in ("done", "no_answer", "declined", "unsafe"):
            yield f"{kind}.result_{result}", f"{checks} AND outcome = '{result}'"
        done = f"{checks} AND outcome = 'done'"
        for name, column in (
            ("home", "still_home"),
            ("working", "measures_working"),
            ("contact", "contact_since"),
            ("support", "support_in_place"),
        ):
            for said in ("yes", "no"):
                yield f"{kind}.result_done.{name}_{said}", f"{done} AND {column} = '{said}'"
            yield (
                f"{kind}.result_done.{name}_not_known",
                f"{done} AND {column} NOT IN ('yes', 'no')",
            )
        for name, said in (
            ("safer", "('4', '5')"),
            ("same", "('3')"),
            ("less", "('1', '2')"),
            ("not_known", "('')"),
        ):
            yield f"{kind}.result_done.safer_{name}", f"{done} AND feels_safer IN {said}"
    here = "FROM incidents WHERE at_address = 'yes' AND london(at) BETWEEN first() AND last()"
    worst = (
        "SELECT case_id, max(CASE entry WHEN 'yes' THEN 3 WHEN 'attempt' THEN 2 WHEN 'no' THEN 1 "
        f"ELSE 0 END) AS rank {here} GROUP BY case_id"
    )
    yield "at_home", f"SELECT count(DISTINCT case_id) {here}"
    for rank, code in enumerate(("not_known", "no", "attempt", "yes")):
        yield f"at_home.{code}", f"SELECT count(*) FROM ({worst}) WHERE rank = {rank}"


def _times() -> Iterator[tuple[str, str]]:
    stages = "acknowledged risk survey consent approval secured aftercare closed"
    for stage in stages.split():
        for held in ("", "council", "ha", "prs", "own", "not_known"):
            which = f"stage = '{stage}'" + (f" AND held = '{held}'" if held else "")
            key = f"{stage}.all" + (f".{held}" if held else "")
            yield key, f"SELECT count(*) FROM q_took WHERE {which}"
            yield f"{key}.worst", f"SELECT max(days) FROM q_took WHERE {which}"
            for name, share in (("median", 50), ("p90", 90)):
                yield (
                    f"{key}.{name}",
                    "SELECT min(days) FROM (SELECT days, cume_dist() OVER (ORDER BY days) AS part "
                    f"FROM q_took WHERE {which}) WHERE part * 100 >= {share} - 1e-9",
                )


BY_SQL: Final = {
    "working-group": dict(_working_group()),
    "mhclg": dict(_mhclg()),
    "outcomes": dict(_outcomes()),
    "times": dict(_times()),
    "unmet": dict(_unmet()),
}
NOT_BY_SQL: Final = {"supported_once"}
"""Linked cases are joined by hand in ``test_counting.py``."""


@pytest.fixture(scope="module")
def caseload(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caseload]:
    """A demonstration caseload of 300, with what the count by SQL needs."""
    program = Program(tmp_path_factory.mktemp("returns") / "home")
    done = program.run("demo", "--cases", "300", "--no-console", "--today", "2026-11-26")
    assert done.status == 0, done.err
    paths = resolve_paths(str(program.home), {})
    opened = open_caseload(
        paths.caseload,
        unlock(paths, "demo"),
        derive=derive_with(default_settings()),
        who="Coordinator",
        today=lambda: date(2026, 11, 26),
    )
    connection = opened.connection
    connection.execute("CREATE TEMP TABLE kinds (id INTEGER, category TEXT, portable INTEGER)")
    for one in tomllib.loads(MEASURES.read_text("utf-8"))["measure"]:
        row = (one["id"], one["category"], int(one["category"] == "portable"))
        connection.execute("INSERT INTO temp.kinds VALUES (?, ?, ?)", row)
    yield opened
    opened.close()


def london(moment: str | None) -> str | None:
    if moment is None:
        return None
    return datetime.fromisoformat(moment).astimezone(LONDON).date().isoformat()


def period_of(code: str) -> Period:
    return quarter(code) if "Q" in code else year(code)


@pytest.mark.parametrize("code", PERIODS)
@pytest.mark.parametrize("form", BY_SQL)
def test_each_figure_is_what_sql_counts(caseload: Caseload, form: str, code: str) -> None:
    period = period_of(code)
    connection = caseload.connection
    connection.create_function("london", 1, london)
    connection.create_function("first", 0, period.first.isoformat)
    connection.create_function("last", 0, period.last.isoformat)
    views = [one.strip() for one in VIEWS.split(";") if "CREATE" in one]
    for view in views:
        connection.execute(f"DROP VIEW IF EXISTS temp.{view.split()[3]}")
    for view in views:
        connection.execute(view)
    found = making.made(making.files_of(caseload), form, period)
    assert set(found.figures) - NOT_BY_SQL == set(BY_SQL[form]), "a figure without its SQL"
    counted = {}
    for key, sql in BY_SQL[form].items():
        ((counted[key],),) = connection.execute(sql).fetchall()
    told = {key: figure.value for key, figure in found.figures.items() if key not in NOT_BY_SQL}
    assert told == counted
    if code == "2026-27":
        assert sum(bool(value) for value in told.values()) > len(told) // 4, "the year has figures"


@pytest.mark.parametrize("code", PERIODS)
@pytest.mark.parametrize("form", BY_SQL)
def test_each_figure_is_the_sum_of_its_cases(caseload: Caseload, form: str, code: str) -> None:
    ids = {row[0] for row in caseload.connection.execute("SELECT id FROM cases").fetchall()}
    found = making.made(making.files_of(caseload), form, period_of(code))
    for figure in found.figures.values():
        assert {one.case_id for one in figure.cases} <= ids
        if figure.unit != "days" and figure.key != "average":
            assert figure.value == sum(one.amount for one in figure.cases), figure.key
    for parts in found.parts:
        whole = found.figures[parts.whole].value or 0
        told = sum(found.figures[key].value or 0 for key in parts.parts)
        assert told <= whole if parts.rest else told == whole, parts


@pytest.mark.parametrize("form", BY_SQL)
def test_the_profile_leaves_out_nothing_that_is_counted(caseload: Caseload, form: str) -> None:
    """Counted from whole files the figures are the same as from what the profile allows."""
    from db import queries

    whole = list(queries.case_files(caseload.connection, making.TABLES, "1").values())
    seen = making.files_of(caseload)
    period = year("2026-27")
    assert {
        key: figure.value for key, figure in making.made(whole, form, period).figures.items()
    } == {key: figure.value for key, figure in making.made(seen, form, period).figures.items()}
