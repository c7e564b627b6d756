"""``python -m benchmarks.imports``: an import of a tracker beside bare SQL of the same rows.

The floor reads the same CSV with the standard library and inserts each row, as it is, into one
table of the same encrypted file, in one transaction.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from benchmarks.data import TODAY
from config.settings import default_settings
from db.caseload import Caseload, open_caseload
from sanctuary_tui.demodata.names import CHILDREN, MEN, WOMEN
from sanctuary_tui.imports.applying import apply, known_of
from sanctuary_tui.imports.columns import mapping_of, suggest
from sanctuary_tui.imports.mapping import dump_mapping
from sanctuary_tui.imports.planning import Decisions, plan
from sanctuary_tui.imports.reading import read_tracker
from sanctuary_tui.opening import derive_with

BAR: Final = 60.0
"""Seconds for 10,000 rows."""
_TITLES: Final = (
    *("Ref", "Survivor name", "DOB", "Mobile", "Address", "Postcode", "Landlord"),
    *("Date received", "Perpetrator", "Children", "Measures fitted", "Date fitted"),
    *("Total cost inc VAT", "Comments"),
)


def write_tracker(path: Path, rows: int) -> None:
    """A tracker of so many made-up households, one a row."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(_TITLES)
        for at in range(rows):
            received = date(2012, 1, 2) + timedelta(days=at % 5000)
            family = f"{MEN[at % 25]}{WOMEN[at // 25 % 30].lower()}".replace("-", "")
            writer.writerow(
                [
                    f"SAN/{at}",
                    f"{WOMEN[at // 7 % 35]} {family}",
                    (date(1950, 1, 1) + timedelta(days=at * 7 % 19000)).strftime("%d/%m/%Y"),
                    f"07700 900{at % 1000:03}",
                    f"{at % 90 + 1} Made-up Row",
                    f"ZZ{at % 89 + 10} {at // 89 % 9 + 1}AB",
                    f"Fairholm Homes {chr(65 + at % 20)}",
                    received.strftime("%d/%m/%Y"),
                    f"{MEN[at % 26]} {family}",
                    f"{CHILDREN[at % 24]} 7, {CHILDREN[at % 23]} 4",
                    "London bar; door chain",
                    (received + timedelta(days=30)).strftime("%d/%m/%Y"),
                    f"{100 + at % 400}.50",
                    "Rang, and left word with the desk.",
                ]
            )


def measure(rows: int) -> tuple[float, float, dict[str, float]]:
    """Seconds of the processor for an import, for its floor, and for its parts."""
    with tempfile.TemporaryDirectory() as folder:
        tracker = Path(folder) / "tracker.csv"
        write_tracker(tracker, rows)
        _opened(Path(folder), create=True).close()  # as `sanctuary init` leaves it
        caseload = _opened(Path(folder))
        try:
            floor = _bare(caseload, tracker)
            parts = _ours(caseload, tracker)
        finally:
            caseload.close()
    return sum(parts.values()), floor, parts


def _opened(folder: Path, *, create: bool = False) -> Caseload:
    return open_caseload(
        folder / "caseload.db",
        bytes(range(32)),
        derive=derive_with(default_settings()),
        who="Coordinator",
        today=lambda: TODAY,
        create=create,
    )


def _bare(caseload: Caseload, tracker: Path) -> float:
    begun = time.process_time()
    connection = caseload.connection
    columns = ", ".join(f"c{at} TEXT" for at in range(len(_TITLES)))
    connection.execute(f"CREATE TABLE temp_rows ({columns})").fetchall()
    connection.execute("BEGIN").fetchall()
    marks = ", ".join("?" * len(_TITLES))
    with tracker.open(newline="", encoding="utf-8") as stream:
        for row in csv.reader(stream):
            connection.execute(f"INSERT INTO temp_rows VALUES ({marks})", row).fetchall()
    connection.execute("COMMIT").fetchall()
    took = time.process_time() - begun
    connection.execute("DROP TABLE temp_rows").fetchall()
    return took


def _ours(caseload: Caseload, tracker: Path) -> dict[str, float]:
    parts: dict[str, float] = {}
    last = time.process_time()

    def done(what: str) -> None:
        nonlocal last
        now = time.process_time()
        parts[what], last = now - last, now

    book = read_tracker(tracker)
    done("reading")
    sheet = book.sheets[0]
    mapping = mapping_of(sheet, suggest(sheet, TODAY))
    done("matching")
    known = known_of(caseload)
    made = plan(sheet, mapping, known, TODAY, Decisions(all_new=True))
    done("planning")
    kept = apply(caseload, made, known, file=book.sha256, mapping=dump_mapping(mapping))
    done("keeping")
    if not kept.refs or made.count("refused"):
        raise RuntimeError("the tracker was not brought in whole")
    return parts


def main() -> int:
    """Measure and say; 1 when the bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.imports", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    rows = parser.parse_args().rows
    ours, bare, parts = measure(rows)
    told = ", ".join(f"{what} {took:.1f} s" for what, took in parts.items())
    print(f"{rows:,} rows: {ours:.1f} s ({told})")
    print(f"csv and bare INSERT of the same rows: {bare:.2f} s; ratio {ours / bare:.0f}")
    met = ours <= BAR * rows / 10_000
    print(f"bar {BAR:.0f} s for 10,000 rows: {'met' if met else 'missed'}")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
