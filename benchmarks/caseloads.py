"""What the caseload does, without a screen: beside bare SQL on the same open database."""

from __future__ import annotations

import csv
import gc
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.consoles import Samples
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


def _in_turn(
    samples: Samples, runs: int, ours: tuple[str, Callable[[], Any]], bare: Callable[[], Any]
) -> None:
    for _ in range(runs):
        samples.add(ours[0], _timed(ours[1]))
        samples.add(f"bare {ours[0]}", _timed(bare))


def _timed(work: Callable[[], Any]) -> float:
    gc.collect()
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


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
            _timed(lambda: views.case_view(caseload, case_id, TODAY, settings)),
        )
        samples.add(
            f"duplicates {caseset.name}",
            _timed(lambda: matching.find_matches(connection, "Test Survivor")),
        )
        worked_out = _timed(lambda: [derive(file, TODAY, settings) for file in files if file])
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
