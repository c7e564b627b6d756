"""What holds for the pictures as a whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PICTURES = HERE / "__snapshots__"
MOST_BYTES = 8_000_000


@pytest.mark.parametrize(("ci", "code"), [("true", 4), ("", 0)])
def test_pictures_are_not_accepted_by_a_machine(ci: str, code: int) -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "--snapshot-update"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", str(Path(__file__))],
        cwd=HERE.parent.parent,
        env={**os.environ, "CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert ("look at the pictures" in done.stderr) is bool(ci)


def test_the_pictures_stay_small() -> None:
    assert 0 < sum(path.stat().st_size for path in PICTURES.rglob("*.svg")) < MOST_BYTES


def test_no_picture_holds_a_path_of_the_machine() -> None:
    for path in PICTURES.rglob("*.svg"):
        text = path.read_text("utf-8")
        for trace in ("/home/", "/tmp/", "pytest-of-", str(HERE.parent.parent)):
            assert trace not in text, path.name
