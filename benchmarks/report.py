"""From times to tables: each figure beside its floor in the same run, and beside its bar."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.caseloads import WORD
from benchmarks.consoles import Samples, median
from benchmarks.data import SEED, TODAY, Caseset
from benchmarks.terminal import QUIET_SECONDS, SIZE

LIBRARIES = ("textual", "rich", "sqlcipher3", "sqlite-utils", "PyNaCl")
BAR_SIZE = 10_000
QUIET_LOAD = 1.5
BUSY = (
    "- **Other programs were at work in this run.** Times are two to four times those of an idle "
    "machine, and the ratios are blurred: run it again when the machine is idle."
)
KEYS = ("Today down", "Today page down", "board down", "board page down", "board right")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: what, of which caseload, our time, the floor, and the ratios of each run.

    ``bar`` is the most the middle ratio may be; None where design section 8 sets none. ``plain``
    rows compare MiB by subtraction.
    """

    what: str
    of: str
    ours: list[float]
    floor: list[float]
    bar: float | None = None
    plain: bool = False

    @property
    def ratios(self) -> list[float]:
        """Run by run, so that what slows the machine slows both sides."""
        pairs = zip(self.ours, self.floor, strict=False)
        return [ours - floor if self.plain else ours / floor for ours, floor in pairs]

    @property
    def met(self) -> bool:
        """Whether the middle ratio is within the bar."""
        return self.bar is None or median(self.ratios) <= self.bar

    def cells(self) -> list[str]:
        """As a line of the table."""
        show = _mib if self.plain else _milliseconds
        bar = "" if self.bar is None else f"{self.bar:g}{' MiB' if self.plain else ''}"
        verdict = "" if self.bar is None else ("met" if self.met else "**missed**")
        low, high = min(self.ratios), max(self.ratios)
        middle = median(self.ratios)
        ratio = f"{middle:.1f} ({low:.1f}-{high:.1f})" if self.plain else _ratio(middle, low, high)
        return [self.what, self.of, show(self.ours), show(self.floor), ratio, bar, verdict]


def _ratio(middle: float, low: float, high: float) -> str:
    return f"{middle:.2f} ({low:.2f}-{high:.2f})"


def _milliseconds(values: list[float]) -> str:
    return f"{_ms(median(values))} ({_ms(min(values))}-{_ms(max(values))})"


def _ms(seconds: float) -> str:
    value = seconds * 1000
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def _mib(values: list[float]) -> str:
    return f"{median(values):.1f} ({min(values):.1f}-{max(values):.1f})"


# --- rows -----------------------------------------------------------------------------------------


def bar_rows(samples: Samples, casesets: Sequence[Caseset]) -> list[Row]:
    """The rows of design section 8 that have a number."""
    found: list[Row] = []
    large = [one for one in casesets if one.size == BAR_SIZE]
    for one in large:
        found.append(_against_hello(samples, "start to the unlock prompt", "start", one, 1.5))
    for one in large:
        what = "enter to the board, `2` pressed at first sight of Today"
        found.append(_against_hello(samples, what, "unlock to board", one, 2.0))
    for one in large:
        for key in KEYS:
            found += _key_rows(samples, key, one, casesets)
    for one in large:
        floor = samples.values[f"hello memory {one.name}"]
        ours = samples.values[f"memory {one.name}"]
        found.append(Row("memory with the board shown", one.title, ours, floor, 60, plain=True))
    for one in large:
        for table in ("cases", "board"):
            if one.shape == "district" and table == "board":
                continue  # a few hundred rows: the file's own cost is all there is
            name = f"export {table} {one.name}"
            what = f"export of `{table}` as CSV"
            bare = samples.values[f"bare {name}"]
            found.append(Row(what, one.title, samples.values[name], bare, 2.0))
    return [row for row in found if row.ours and row.floor]


def _against_hello(samples: Samples, what: str, name: str, one: Caseset, bar: float | None) -> Row:
    ours, floor = samples.values[f"{name} {one.name}"], samples.values[f"hello start {one.name}"]
    return Row(what, one.title, ours, floor, bar)


def _key_rows(samples: Samples, key: str, one: Caseset, casesets: Sequence[Caseset]) -> list[Row]:
    ours = samples.values[f"{key} {one.name}"]
    rows = [
        Row(
            f"{key}: beside hello's key",
            one.title,
            ours,
            samples.values[f"hello key {one.name}"],
            2,
        )
    ]
    small = [other for other in casesets if (other.shape, other.size) == (one.shape, 100)]
    for other in small:
        floor = samples.values[f"{key} {other.name}"]
        rows.append(Row(f"{key}: beside 100 cases", one.title, ours, floor, 1.5))
    return rows


def size_rows(samples: Samples, casesets: Sequence[Caseset]) -> list[Row]:
    """What a person waits for, at every size, beside the hello-world."""
    found = []
    for one in casesets:
        found += [
            _against_hello(samples, "start to the unlock prompt", "start", one, None),
            _against_hello(samples, "enter to Today's lines", "unlock to Today", one, None),
            _against_hello(samples, "then `2` to the board", "Today to board", one, None),
            _against_hello(samples, "both together", "unlock to board by Today", one, None),
            _against_hello(samples, "enter to the board at once", "unlock to board", one, None),
        ]
        floor = samples.values[f"hello key {one.name}"]
        found += [
            Row(f"key: {key}", one.title, samples.values[f"{key} {one.name}"], floor)
            for key in KEYS
        ]
    return [row for row in found if row.ours and row.floor]


def memory_rows(samples: Samples, casesets: Sequence[Caseset]) -> list[Row]:
    """Memory at every size."""
    found = [
        Row(
            "memory",
            one.title,
            samples.values[f"memory {one.name}"],
            samples.values[f"hello memory {one.name}"],
            plain=True,
        )
        for one in casesets
    ]
    return [row for row in found if row.ours and row.floor]


def caseload_rows(samples: Samples, casesets: Sequence[Caseset]) -> list[Row]:
    """What the caseload does without a screen, beside bare SQL."""
    kinds = {
        "export cases": "export of `cases`",
        "export board": "export of `board`",
        "archive": "the whole caseload as an archive; bare: every table by csv, plain",
        "import": "an archive brought in, cards worked out; bare: the rows alone",
        "tracker": "as many rows of an old tracker brought in; bare: csv and the rows alone",
        "return": "a return of a year, small numbers hidden; bare: its tables read",
        "replay": "every record held against the change log; bare: log and tables read",
        "change": "one change",
        "read Today": "Today read",
        "search": f"search for `{WORD}`",
    }
    found = [
        Row(title, one.title, samples.values[name], samples.values[f"bare {name}"])
        for one in casesets
        for kind, title in kinds.items()
        if (name := f"{kind} {one.name}") in samples.values
    ]
    return [row for row in found if row.ours and row.floor]


def single_rows(samples: Samples, casesets: Sequence[Caseset]) -> list[list[str]]:
    """What has no floor of its own."""
    kinds = {
        "open a case": "a whole case read, gates and story worked out",
        "duplicates": "households like a new referral's, by name",
        "rules of a case": "gates, reminders and card of one case",
    }
    return [
        [title, one.title, _milliseconds(samples.values[name])]
        for one in casesets
        for kind, title in kinds.items()
        if (name := f"{kind} {one.name}") in samples.values
    ]


# --- writing --------------------------------------------------------------------------------------

_HEAD = ("what", "caseload", "ours, ms", "floor, ms", "ours / floor", "bar", "")
_MEMORY_HEAD = ("what", "caseload", "ours, MiB", "hello, MiB", "more", "bar", "")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table in Markdown."""
    return [
        f"| {' | '.join(head)} |",
        f"|{'---|' * len(head)}",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


def machine() -> list[str]:
    """What was measured on. Neither a name nor a folder of the machine."""
    cpu = _first("/proc/cpuinfo", "model name") or platform.machine()
    memory = int((_first("/proc/meminfo", "MemTotal") or "0 kB").split()[0]) / 1024 / 1024
    try:
        system = platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        system = platform.system()
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    return [
        f"- {os.cpu_count()} CPUs, {cpu}; {memory:.0f} GiB of memory",
        f"- {system}, {platform.system()} {platform.release().split('-')[0]}",
        f"- Python {platform.python_version()}, {versions}",
    ]


def _first(file: str, name: str) -> str:
    path = Path(file)
    lines = path.read_text().splitlines() if path.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")


def document(
    samples: Samples, casesets: Sequence[Caseset], *, rounds: int, load: tuple[float, float]
) -> str:
    """docs/PERFORMANCE.md, whole."""
    bars = bar_rows(samples, casesets)
    missed = sum(not row.met for row in bars)
    verdict = "All bars are met." if not missed else f"{missed} of {len(bars)} bars are missed."
    derivation = samples.values["derivation"]
    memory = [row for row in bars if row.plain]
    lines = [
        "# Performance",
        "",
        "Written by `python -m benchmarks`; do not edit. Figures are medians with the least and "
        "the most of all runs. A ratio is taken within each run, ours and its floor one after the "
        "other, and the median of these is compared with the bar, so that a slow or busy machine "
        "slows both sides.",
        "",
        "## The machine of this run",
        "",
        *machine(),
        f"- {rounds} rounds; load (1 minute) {load[0]:.1f} at the start, {load[1]:.1f} at the end",
        *([BUSY] if load[0] > QUIET_LOAD else []),
        "",
        f"## Bars: {verdict}",
        "",
        *table(_HEAD, [row.cells() for row in bars if not row.plain]),
        "",
        *table(_MEMORY_HEAD, [row.cells() for row in memory]),
        "",
        f"The key derivation alone, in the same runs: {_milliseconds(derivation)} ms. It is "
        "subtracted wherever a time begins with enter at the passphrase.",
        "",
        "## At every size",
        "",
        *table(_HEAD[:5], [row.cells()[:5] for row in size_rows(samples, casesets)]),
        "",
        *table(_MEMORY_HEAD[:5], [row.cells()[:5] for row in memory_rows(samples, casesets)]),
        "",
        "## The caseload beneath, beside bare SQL",
        "",
        *table(_HEAD[:5], [row.cells()[:5] for row in caseload_rows(samples, casesets)]),
        "",
        *table(("what", "caseload", "ms"), single_rows(samples, casesets)),
        "",
        *_notes(),
    ]
    return "\n".join(lines) + "\n"


def _notes() -> list[str]:
    return [
        "## What is measured, and how",
        "",
        f"- **Terminal.** Program and hello-world each run in a pseudo-terminal of {SIZE[0]} "
        f"columns and {SIZE[1]} rows, from the start of the process (for ours of the parent, which "
        "starts the console as its child) or from the byte of the key to the last byte that is "
        f"painted in answer; {QUIET_SECONDS * 1000:.0f} ms without a byte end a paint and are not "
        "counted. No terminal emulator is in the times, so the floor is lower, and the ratio "
        "higher, than a person meets.",
        "- **Hello-world** is a Textual program with one text, which changes at each key "
        "(`benchmarks/hello.py`).",
        f"- **District** caseloads are the demonstration's (seed {SEED}, on {TODAY.isoformat()}): "
        "of 10,000 cases some 550 are open. **All open** makes every case a card on the board and "
        "nearly every case a line of Today: ten times what any district has, and the harder test. "
        "Beyond 10,000 (all open: 1,000) cases are copies with new numbers.",
        "- **Keys** are pressed 16 times each way-and-back in every round; the board's cursor is "
        "in its longest column. *Right* includes the moves at which other columns come into view "
        "and the whole board is painted.",
        "- **Unlock** is with the standard derivation (Argon2id, 128 MiB, 3 passes). The board "
        "cannot be reached before Today, so `2` is pressed as soon as Today's frame is seen.",
        "- **Memory** is what is resident of the console process (the parent adds a bare Python).",
        "- **Exports** are written as the program writes them: every cell made safe for a "
        "spreadsheet, quoted, hashed, to a new file, flushed to the disk and renamed. The floor "
        "is the same columns by SELECT on the same open database, and `csv.writer`.",
        "- **One change** is an update of a case with its row in the change log, the search "
        "index, its card and reminders worked out again, and the commit flushed to the disk; its "
        "floor is a bare UPDATE with the same commit.",
        "- **An old tracker** is a CSV of made-up households, read, matched to fields, planned and "
        "kept as cases with their log; its floor reads it by `csv` and inserts each row, as it is, "
        "into one table of the same encrypted file. Both are in seconds of the processor.",
        "- **A return** is the safe-accommodation year, for which every return of the year and its "
        "quarters is counted, so that no figure is the difference of two others; its floor reads "
        "the same tables and counts nothing.",
        "- **Archive, tracker and the look through the change log** are measured once in a run, at "
        "up to 10,000 cases; the last of caseloads alone whose cases all have their log.",
        "- **Today read** begins without any card in memory.",
    ]
