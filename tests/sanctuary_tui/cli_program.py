"""The program's command line, run as a program of its own in a home of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from config.paths import Paths, resolve_paths
from config.settings import default_settings
from db.caseload import Caseload, open_caseload
from db.connection import Connection, close_connection, open_connection
from db.keys import CHEAP_FOR_TESTS, change_passphrase, parse_recovery_key
from sanctuary_tui.check_lines import GROUPS
from sanctuary_tui.opening import derive_with
from sanctuary_tui.table_export import Handed

GOOD = "kettle orchid ninety plinth"
OTHER = "gravel lattice umbrella tundra"


HANDED: Final = Handed("Jo Quaxley, head of housing", "Cover for the coordinator's leave")


def with_names(folder: Path) -> list[str]:
    """The options of an export with names: for whom and why, each in a file of ``folder``."""
    to, why = folder / "to.text", folder / "why.text"
    to.write_text(f"{HANDED.to}\n", "utf-8")
    why.write_text(f"{HANDED.why}\n", "utf-8")
    return ["--identifiable", "--recipient-file", str(to), "--reason-file", str(why)]


@dataclass(frozen=True)
class Done:
    """How a run ended."""

    status: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The one line on standard error; there is no second, and no traceback."""
        lines = self.err.strip().splitlines()
        assert len(lines) == 1, self.err
        assert "Traceback" not in self.err
        return lines[0]


def checks_in(out: str) -> dict[str, tuple[str, str]]:
    """The lines of ``check``: by name the mark and the sentence."""
    return {line[6:18].strip(): (line[:4].strip(), line[20:]) for line in out.splitlines()}


def parts_of(found: dict[str, tuple[str, str]]) -> dict[str, str]:
    """The mark of each part of these lines: in a group only what is not good is named."""
    marks = {}
    for name, (mark, sentence) in found.items():
        parts = GROUPS.get(name, (name,))
        unnamed = not re.match(rf"({'|'.join(parts)})( \(\S+\))?: ", sentence)
        for part in parts:
            said = re.search(rf"(?:^|[.] ){part}(?: \((\S+)\))?: ", sentence)
            own = mark if part == name and unnamed else "good"
            marks[part] = (said[1] or mark) if said else own
    return marks


class Program:
    """``sanctuary`` in one home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.paths: Paths = resolve_paths(str(home), {})

    def run(self, *arguments: str, stdin: str = "", home: bool = True) -> Done:
        """Run it; ``stdin`` is what comes from standard input (a secret a line)."""
        environ = {
            **os.environ,
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "PYTHONUTF8": "1",
        }
        environ.pop("SANCTUARY_HOME", None)
        if home:
            environ["SANCTUARY_HOME"] = str(self.home)
        done = subprocess.run(
            [sys.executable, "-m", "sanctuary_tui", *arguments],
            input=stdin.encode(),
            capture_output=True,
            env=environ,
            check=False,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def good(self, *arguments: str, passphrase: str = GOOD) -> Done:
        """Run a command that unlocks, and that must succeed."""
        done = self.run(*arguments, "--passphrase-file", "-", stdin=f"{passphrase}\n")
        assert done.status == 0, (done.out, done.err)
        return done

    def init(self) -> bytearray:
        """Make a caseload as a script does; its data key, from the kit."""
        kit = self.home.parent / f"{self.home.name}-kit.txt"
        done = self.run(
            "init", "--yes", "--kit", str(kit), "--passphrase-file", "-", stdin=f"{GOOD}\n"
        )
        assert done.status == 0, done.err
        return parse_recovery_key(kit.read_text("utf-8"))

    def init_quick(self) -> bytearray:
        """The same behind a lock that is quick to open, where many commands are to be run."""
        key = self.init()
        change_passphrase(self.paths, GOOD, GOOD, params=CHEAP_FOR_TESTS)
        return key

    @contextmanager
    def connection(self, key: bytearray) -> Iterator[Connection]:
        """The database itself, under its key."""
        connection = open_connection(self.paths.caseload, key)
        try:
            yield connection
        finally:
            close_connection(connection)

    @contextmanager
    def caseload(self, key: bytearray, at: datetime | None = None) -> Iterator[Caseload]:
        """The caseload with its store, as a command opens it; ``at`` is where a clock stands."""
        caseload = open_caseload(
            self.paths.caseload,
            key,
            derive=derive_with(default_settings()),
            who="Coordinator",
            clock=(lambda: at) if at else None,
        )
        try:
            yield caseload
        finally:
            caseload.close()

    def logged(self, key: bytearray, action: str = "system") -> list[str]:
        """Why-lines of the change log, oldest first."""
        with self.connection(key) as connection:
            rows = connection.execute(
                "SELECT why FROM changes WHERE action = ? ORDER BY id", (action,)
            ).fetchall()
        return [str(row[0]) for row in rows]
