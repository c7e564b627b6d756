"""What commands print: cleaned, one thing a line, nothing a terminal could run."""

from __future__ import annotations

import json
import sys
import textwrap
from pathlib import Path
from shutil import get_terminal_size
from typing import Any, Final, TextIO

from config.text import guard

_NARROWEST: Final = 40


def say(text: str = "", *, hang: int = 0) -> None:
    """One line on standard output; control characters from data become dots.

    A terminal gets it folded between words, what follows set in by ``hang`` columns.
    """
    sys.stdout.write(f"{folded(guard(text), sys.stdout, hang)}\n")


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
    sys.stderr.write(f"{folded(guard(text), sys.stderr)}\n")


def folded(text: str, stream: TextIO, hang: int = 0) -> str:
    """A sentence as a terminal shows it whole: words, paths too, are never cut in two by us."""
    if not stream.isatty() or not text.strip():
        return text
    set_in = " " * (hang or len(text) - len(text.lstrip()))
    return "\n".join(
        textwrap.wrap(
            text,
            max(get_terminal_size().columns, _NARROWEST),
            subsequent_indent=set_in,
            drop_whitespace=True,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


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
