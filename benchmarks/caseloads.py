"""What the caseload does, without a screen: beside bare SQL on the same open database."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks import imports
from benchmarks.archives import LARGEST, measure_archive
from benchmarks.consoles import Samples, timed
from benchmarks.data import TODAY, Caseset, opened
from config.settings import default_settings

if TYPE_CHECKING:
    from db.caseload import Caseload

WORD: Final = "landlord"
_DERIVED: Final = 200


def measure_caseload(samples: Samples, caseset: Caseset, runs: int, scratch: Path) -> None:
    """Exports, a change, and the reads behind the screens, each in turn with its bare floor."""
    with opened(caseset) as caseload:
        for table in ("cases", "board"):
            _export(samples, caseset, caseload, table, runs, scratch)
        _change(samples, caseset, caseload, runs)
        _today(samples, caseset, caseload, runs)
        _reads(samples, caseset, caseload, runs)
        _return(samples, caseset, caseload)
        _replay(samples, caseset, caseload)
        measure_archive(samples, caseset, caseload, scratch)
    if caseset.shape == "district" and caseset.size <= LARGEST:
        _tracker(samples, caseset)


def _in_turn(
    samples: Samples, runs: int, ours: tuple[str, Callable[[], Any]], bare: Callable[[], Any]
) -> None:
    for _ in range(runs):
        samples.add(ours[0], timed(ours[1]))
        samples.add(f"bare {ours[0]}", timed(bare))


def _export(
    samples: Samples, caseset: Caseset, caseload: Caseload, table: str, runs: int, scratch: Path
) -> None:
    from sanctuary_tui.exports.tables import columns_of, write_table

    out, plain = scratch / "report.csv", scratch / "office.csv"
    columns = columns_of(table, identifiable=True)
    source = {
        "cases": "cases ORDER BY id",
        "board": "case_cards WHERE status = 'open' ORDER BY case_id",
    }[table]
    chosen = ", ".join(f'"{column.field}"' for column in columns)

    def ours() -> None:
        out.unlink(missing_ok=True)
        write_table(caseload.connection, table, out, identifiable=True).unnamed.give_names()

    def bare() -> None:
        rows = caseload.connection.execute(f"SELECT {chosen} FROM {source}").fetchall()
        with plain.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow([column.name for column in columns])
            writer.writerows(rows)

    _in_turn(samples, runs, (f"export {table} {caseset.name}", ours), bare)


def _change(samples: Samples, caseset: Caseset, caseload: Caseload, runs: int) -> None:
    from db import queries
    from db.models import Case

    connection = caseload.connection
    cards = caseload.open_cards()
    case = queries.get(connection, Case, cards[len(cards) // 2].case_id)
    kept = case.reason
    number = 0

    def ours() -> None:
        nonlocal number
        number += 1
        caseload.store.update(case, reason=f"{kept} ({number})")

    def bare() -> None:
        connection.execute("BEGIN IMMEDIATE").fetchall()
        connection.execute(
            "UPDATE main.cases SET reason = ? WHERE id = ?", (f"{kept} ({number}.)", case.id)
        ).fetchall()
        connection.execute("COMMIT").fetchall()

    _in_turn(samples, runs * 4, (f"change {caseset.name}", ours), bare)
    caseload.store.update(case, reason=kept)


def _today(samples: Samples, caseset: Caseset, caseload: Caseload, runs: int) -> None:
    from sanctuary_tui import views

    settings = default_settings()
    connection = caseload.connection
    until = (TODAY + timedelta(days=views.HORIZON_DAYS)).isoformat()

    def ours() -> None:
        caseload.store.remember("benchmark", str(time.monotonic()))  # the cards are read afresh
        views.today_view(caseload, TODAY, settings)
        views.counts(caseload, TODAY, settings)

    def bare() -> None:
        connection.execute("SELECT * FROM case_cards WHERE status = 'open'").fetchall()
        connection.execute(
            "SELECT * FROM reminders WHERE state IN ('open', 'snoozed') AND due <= ?", (until,)
        ).fetchall()

    _in_turn(samples, runs, (f"read Today {caseset.name}", ours), bare)


def _return(samples: Samples, caseset: Caseset, caseload: Caseload) -> None:
    """A year for the county with small numbers hidden, for which every other return is counted."""
    from sanctuary_tui.returns import making, safe_accommodation

    form = safe_accommodation.FORM
    period = making.period_of(form, year_code="2026-27")

    def ours() -> None:
        files, purse = making.files_of(caseload), making.purse_of(caseload)
        found = making.made(files, form, period, purse)
        making.lines(files, found, exact=False, district="", purse=purse)

    def bare() -> None:
        for table in ("cases", *making.TABLES):
            caseload.connection.execute(f"SELECT * FROM {table}").fetchall()

    _in_turn(samples, 1, (f"return {caseset.name}", ours), bare)


def _replay(samples: Samples, caseset: Caseset, caseload: Caseload) -> None:
    """Every record held against the log, as `sanctuary check` does; copied cases have none."""
    from db.models import RECORDS
    from db.replay import replay

    if caseset.shape != "district" or caseset.size > LARGEST:
        return

    def bare() -> None:
        for table in ("changes", *(kind.table for kind in RECORDS)):
            caseload.connection.execute(f"SELECT * FROM main.{table}").fetchall()

    _in_turn(samples, 1, (f"replay {caseset.name}", lambda: replay(caseload.connection)), bare)


def _tracker(samples: Samples, caseset: Caseset) -> None:
    """As many rows as the caseset has cases, into an empty caseload of its own."""
    ours, bare, _ = imports.measure(caseset.size)
    samples.add(f"tracker {caseset.name}", ours)
    samples.add(f"bare tracker {caseset.name}", bare)


def _reads(samples: Samples, caseset: Caseset, caseload: Caseload, runs: int) -> None:
    from db import matching, queries
    from db.search import match_expression, search
    from sanctuary_tui import views
    from sanctuary_tui.pathway.derive import derive

    settings = default_settings()
    connection = caseload.connection
    case_ids = [card.case_id for card in caseload.open_cards()]
    case_id = case_ids[len(case_ids) // 2]
    files = [queries.case_file(connection, number) for number in case_ids[:_DERIVED]]
    for _ in range(runs):
        samples.add(
            f"open a case {caseset.name}",
            timed(lambda: views.case_view(caseload, case_id, TODAY, settings)),
        )
        samples.add(
            f"duplicates {caseset.name}",
            timed(lambda: matching.find_matches(connection, "Test Survivor")),
        )
        worked_out = timed(lambda: [derive(file, TODAY, settings) for file in files if file])
        samples.add(f"rules of a case {caseset.name}", worked_out / len(files))
    _in_turn(
        samples,
        runs,
        (f"search {caseset.name}", lambda: search(connection, WORD)),
        lambda: connection.execute(
            "SELECT rowid FROM search WHERE search MATCH ? ORDER BY rank LIMIT 200",
            (match_expression(WORD),),
        ).fetchall(),
    )
