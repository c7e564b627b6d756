"""Every command on a caseload that is all payloads: nothing that steers, no crash, plain names."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from sanctuary_tui.documents.kinds import KINDS
from sanctuary_tui.exports.tables import TABLES, VIEWS
from tests.poison import LIVE, STEERING, STEERS, poisoned_demo
from tests.sanctuary_tui.cli_program import with_names
from tests.walks.console import Kept, run_cli

pytestmark = pytest.mark.slow

NAME = re.compile(r"[A-Za-z0-9-]+\.(csv|docx|txt|xlsx|zip|manifest)")


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("poisoned") / "home"
    assert poisoned_demo(home, 12) > 2_000
    return home


@pytest.fixture
def home(poisoned: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(poisoned, tmp_path / "home"))


def said(home: Path, *arguments: str, status: int | None = 0) -> str:
    """What a command says on both outputs; it never crashes."""
    done = run_cli(home, *arguments)
    assert status is None or done.returncode == status, (arguments, done.stdout, done.stderr)
    assert "fault in the program" not in done.stderr, (arguments, done.stderr)
    return done.stdout + done.stderr


@pytest.mark.guarantee
def test_no_command_says_anything_that_steers_a_terminal(home: Path) -> None:
    refs = [row["ref"] for row in Kept(home).rows("cases")]
    out = said(home, "today", "--names") + said(home, "today", "--json", "--names")
    for ref in refs:
        out += said(home, "show", ref, "--names") + said(home, "show", ref, "--json", "--names")
    out += said(home, "check", "--deep", status=1)
    out += said(home, "show", f"S26{''.join(STEERING.values()).replace(chr(0), '')}", status=1)
    assert len(refs) == 12
    assert out.count("qz") > 50, "the payloads were told"
    assert STEERS.findall(out) == []
    assert all(one in out for one in LIVE), "as they were written"


def test_control_the_payloads_are_in_the_file(home: Path) -> None:
    rows = Kept(home).rows("people")
    text = " ".join(str(row["first_name"]) for row in rows)
    assert STEERS.search(" ".join(str(value) for row in rows for value in row.values()))
    assert text


@pytest.mark.guarantee
def test_no_export_or_document_holds_what_steers(home: Path, tmp_path: Path) -> None:
    """Every table and view, the list, every kind of document; and the names of the files."""
    out = tmp_path / "out"
    out.mkdir()
    for table in ({*TABLES, *VIEWS} - {"marac"}) | {"marac-radar"}:
        said(home, "export", table, "--out", str(out / f"{table}.csv"), *with_names(home))
    said(home, "export", "marac", "--out", str(out / "plain"), "--protect", "csv")
    refs = [row["ref"] for row in Kept(home).rows("cases")]
    made = 0
    for ref in refs:
        for kind in KINDS.values():
            command = ["export", "document", ref, kind.id, "--out", str(out / "letters")]
            command += ["--safe-contact-read", "--in-person"] if kind.to_survivor else []
            done = said(home, *command, status=None)
            if "SHA-256" in done:
                said(home, *command, "--text")
    for path in sorted(out.rglob("*")):
        if path.is_dir():
            continue
        assert NAME.fullmatch(path.name.replace("_", "-")), path.name
        data = path.read_bytes()
        if path.suffix == ".docx":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                data = archive.read("word/document.xml") + archive.read("docProps/core.xml")
        text = data.decode().replace("\ufeff", "")
        assert STEERS.findall(text) == [], path.name
        made += 1
    assert made > len(TABLES) + len(VIEWS)
    assert len(list((out / "letters").glob("*.docx"))) > 4


def test_json_escapes_everything_beyond_ascii(home: Path) -> None:
    out = run_cli(home, "today", "--json", "--names").stdout
    assert out.isascii()
    assert json.loads(out)["lines"]
