"""What commands print: cleaned, one thing a line, nothing a terminal could run."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from config.text import guard


def say(text: str = "") -> None:
    """One line on standard output; control characters from data become dots."""
    sys.stdout.write(f"{guard(text)}\n")


def say_lines(text: str) -> None:
    """Several lines on standard output, each guarded."""
    for line in text.splitlines():
        say(line)


def say_kit(text: str) -> None:
    """The emergency kit. At a terminal what explains it comes first, so that on a small one the
    recovery key itself still stands in sight at the end."""
    if sys.stdout.isatty():
        key, about, rest = text.partition("WHAT IT IS\n")
        text = f"{about}{rest}\n{key}"
    say_lines(text)


def warn(text: str) -> None:
    """One line on standard error, for what is to be known and stops nothing."""
    sys.stderr.write(f"{guard(text)}\n")


def folder_made(folder: Path) -> str:
    """That a folder was made in passing: it may have been meant to be another."""
    return f"The folder {folder} was not there and was made."


def say_json(value: Any) -> None:
    """A value as JSON. Everything beyond ASCII is escaped, so no cell can steer a terminal."""
    sys.stdout.write(f"{json.dumps(value, indent=1)}\n")


def clear_screen() -> None:
    """Wipe screen and scrollback where there is a terminal: a secret stood there."""
    if sys.stdout.isatty():
        sys.stdout.write("\x1b[2J\x1b[3J\x1b[H")
        sys.stdout.flush()


def counted(number: int, one: str, many: str | None = None) -> str:
    """``1 row``, ``2 rows``."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
