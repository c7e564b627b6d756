"""Programs that fork others to be killed, and the dice that say when."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass
class Forking:
    """The program, spoken to line by line, and the dice, whose seed a failure shows."""

    program: subprocess.Popen[str]
    dice: random.Random

    @classmethod
    @contextmanager
    def started(cls, module: str) -> Iterator[Self]:
        """Run a module of the tests as the program."""
        root = str(Path(__file__).parents[1])
        program = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=root,
            env={**os.environ, "PYTHONPATH": root},
        )
        seed = random.SystemRandom().randrange(1 << 32)
        # Only shown when a test fails: put in place of ``seed`` it throws the same dice again.
        print("seed", seed)  # noqa: T201
        try:
            yield cls(program, random.Random(seed))
        finally:
            program.kill()
            program.communicate()

    def tell(self, line: str) -> None:
        """Have it fork one."""
        assert self.program.stdin is not None
        self.program.stdin.write(f"{line}\n")
        self.program.stdin.flush()

    def line(self) -> str:
        """What it, or the one it forked, says next."""
        assert self.program.stdout is not None
        return self.program.stdout.readline().rstrip("\n")
