"""Where a command gets its secrets and what is written of a case: a file, standard input, or a
person at a terminal.

Never an argument or the environment, which other programs of the computer can read.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from config.errors import BadInputError
from sanctuary_tui.cli_output import warn

_MOST_BYTES = 64 * 1024


def at_terminal() -> bool:
    """Is there a person who can be asked and shown something?"""
    return sys.stdin.isatty() and sys.stdout.isatty()


def read_secret_file(name: str, what: str) -> bytes:
    """The bytes of a file of secrets; ``-`` is standard input.

    Raises:
        BadInputError: it cannot be read, or is far too long to be one.
    """
    try:
        if name == "-":
            data = sys.stdin.buffer.read(_MOST_BYTES + 1)
        else:
            with Path(name).open("rb") as stream:
                data = stream.read(_MOST_BYTES + 1)
    except OSError:
        raise BadInputError(
            f"The {what} file cannot be read; check its name and permissions."
        ) from None
    if len(data) > _MOST_BYTES:
        raise BadInputError(f"The {what} file is far too long to be one; check its name.")
    return data


def read_text(args: argparse.Namespace, option: str, prompt: str, *, asks: bool = True) -> str:
    """The text of an option that names its file; ``-`` is standard input. Blank without one.

    At a terminal it is asked for: for ``-``, and where no file is given if it ``asks`` then.

    Raises:
        BadInputError: the file cannot be read, or standard input is wanted for two things.
    """
    name = getattr(args, option)
    if name == "-" and getattr(args, "passphrase_file", None) == "-":
        raise BadInputError(
            "Standard input can hold the passphrase or a text, not both; give one of them as a "
            "file."
        )
    if sys.stdin.isatty() and (name == "-" or (name is None and asks)):
        warn(f"{prompt}:")
        return sys.stdin.readline().strip()
    if name is None:
        return ""
    try:
        return " ".join(read_secret_file(name, "text").decode("utf-8-sig").split())
    except UnicodeDecodeError:
        raise BadInputError(
            "The text file is not UTF-8 text; save it as UTF-8 and try again."
        ) from None


class Secrets:
    """The secrets of one command, in the order it needs them.

    With ``--passphrase-file`` each is a line of the file, without it each is asked for at the
    terminal and not shown.
    """

    def __init__(self, file: str | None) -> None:
        self.file = file
        self._lines: list[str] | None = None
        self._given = 0

    @property
    def asks(self) -> bool:
        """Does a person type them?"""
        return self.file is None

    def ask(self, prompt: str) -> str:
        """The next secret.

        Raises:
            BadInputError: no terminal and no file, a line that is missing or empty.
        """
        text = self._typed(prompt) if self.file is None else self._next_line(prompt)
        if not text:
            raise BadInputError(f"{prompt}: nothing was given, so nothing was done.")
        return text

    def ask_new(self, prompt: str, *, again: str = "Type it once more") -> str:
        """A new passphrase, strong enough; at a terminal its strength is told, and it is asked
        for until it is good and typed twice alike.

        Raises:
            WeakPassphrase: the file's is too easy to guess.
        """
        from db.keys import refuse_weak, strength

        if self.file is not None:
            chosen = self.ask(prompt)
            refuse_weak(chosen, allow_weak=False)
            return chosen
        while True:
            chosen = self._typed(prompt)
            found = strength(chosen)
            warn(f"Strength {found.score} of 4. {found.words}")
            if not found.accepted:
                continue
            if self._typed(again) == chosen:
                return chosen
            warn("The two were not alike; start again.")

    def _typed(self, prompt: str) -> str:
        if not sys.stdin.isatty():
            raise BadInputError(
                f"{prompt}: there is no terminal to ask at; give --passphrase-file FILE, or - for "
                "standard input."
            )
        import getpass

        try:
            return getpass.getpass(f"{prompt}: ")
        except EOFError:
            raise BadInputError(f"{prompt}: nothing was typed, so nothing was done.") from None

    def _next_line(self, prompt: str) -> str:
        if self._lines is None:
            from db.keyfile import passphrase_from_file

            text = passphrase_from_file(read_secret_file(self.file or "-", "passphrase"))
            self._lines = [line.removesuffix("\r") for line in text.split("\n")]
        self._given += 1
        if self._given > len(self._lines):
            raise BadInputError(
                f"{prompt}: the passphrase file needs it on line {self._given}, and that line is "
                "missing."
            )
        return self._lines[self._given - 1]


def is_like_a_recovery_key(text: str) -> bool:
    """Long, and in groups with a digit among them: words of a passphrase have none."""
    from db.recovery import CHARACTERS

    compact = "".join(char for char in text if char.isalnum())
    return len(compact) >= CHARACTERS - 8 and any(char.isdigit() for char in compact)
