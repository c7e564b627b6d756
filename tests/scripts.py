"""A script in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]


def said_by(
    script: str,
    *arguments: str,
    options: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
) -> list[str]:
    """The lines that a script prints, run from the sources; one that fails shows why.

    ``options`` are the interpreter's own, ``env`` stands for this process's variables.
    """
    done = subprocess.run(
        [sys.executable, *options, "-c", textwrap.dedent(script), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=env,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()
