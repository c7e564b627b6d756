"""``python -m benchmarks``: measures, prints the tables, and writes docs/PERFORMANCE.md."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.caseloads import measure_caseload
from benchmarks.consoles import (
    Samples,
    measure_board_at_once,
    measure_console,
    measure_hello,
)
from benchmarks.data import Caseset, made
from benchmarks.report import bar_rows, document

DOCUMENT = Path(__file__).parent.parent / "docs" / "PERFORMANCE.md"
DESK_SIZES = (100, 10_000)
"""The sizes of the caseloads with every case open: those that the bars name."""


def main() -> int:
    """Run everything; 1 when a bar is missed."""
    args = _arguments()
    rounds = 1 if args.quick else args.rounds
    presses = 8 if args.quick else 16
    load = os.getloadavg()[0]
    with ExitStack() as stack:
        folder = args.data or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        casesets = [made(one, _say) for one in _casesets(args.sizes, folder)]
        samples = Samples()
        for number in range(rounds):
            _say(f"round {number + 1} of {rounds}: consoles")
            for one in casesets:
                measure_hello(samples, one, presses)
                measure_console(samples, one, presses)
                measure_board_at_once(samples, one)
        for one in casesets:
            _say(f"caseload: {one.title}")
            measure_caseload(samples, one, rounds, scratch)
    text = document(samples, casesets, rounds=rounds, load=(load, os.getloadavg()[0]))
    print(text)
    if not args.no_write:
        DOCUMENT.write_text(text, encoding="utf-8")
    return 0 if all(row.met for row in bar_rows(samples, casesets)) else 1


def _casesets(sizes: list[int], folder: Path) -> list[Caseset]:
    district = [Caseset("district", size, folder) for size in sizes]
    return district + [Caseset("desk", size, folder) for size in DESK_SIZES if size in sizes]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--sizes", type=_sizes, default=[100, 1_000, 10_000, 100_000], metavar="100,1000,..."
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="one round and fewer keys")
    parser.add_argument(
        "--data", type=Path, help="a folder to keep the caseloads in for the next run"
    )
    parser.add_argument("--no-write", action="store_true", help="leave docs/PERFORMANCE.md alone")
    return parser.parse_args()


def _sizes(text: str) -> list[int]:
    return sorted(int(part) for part in text.split(","))


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
