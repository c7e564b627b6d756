"""9. Export what is on any screen as CSV, and every table from the command line."""

from __future__ import annotations

from pathlib import Path

from db.models import RECORDS
from tests.walks.console import Console, Kept, read_csv, run_cli

TODAY = "20261126"
PLACES = (("1", "today"), ("2", "board"), ("3", "consent"), ("4", "aftercare"))


def test_export_every_screen_and_table(demo: Kept, console: Console) -> None:
    names = [one["surname"] for one in demo.rows("people") if len(one["surname"]) > 4]
    for key, name in PLACES:
        console.press(key, until="? keys")
        console.still()
        rows = exported(console, name, "p")
        text = path_of(console, name).read_text("utf-8-sig")
        assert rows, name
        assert "name" not in rows[0]
        assert not [surname for surname in names if surname in text], name
    # With names only when asked for, and in a file of its own.
    console.press("2", until="REFERRAL")
    exported(console, "board", "i", number=2)
    assert any(row["name"] for row in read_csv(path_of(console, "board", 2)))
    registered(console)
    quarter(console)
    kept = console.leave()
    assert len([row for row in kept.rows("disclosures") if row["path"]]) == len(PLACES) + 2
    every_table(kept)
    kept.sound()


def path_of(console: Console, name: str, number: int = 1) -> Path:
    stem = f"{name}-{TODAY}" + (f"-{number}" if number > 1 else "")
    return console.home / "exports" / f"{stem}.csv"


def exported(console: Console, name: str, how: str, number: int = 1) -> list[dict[str, str]]:
    """Press ``e``, choose, take the file that is offered; its rows."""
    console.press("e", until=f"Export {name}")
    if how == "i":  # for somebody and a reason, which the register keeps
        console.press(how, until="who gets the file")
        console.typed("Jo Quaxley, head of housing")
        console.press("Enter", until="Why Jo Quaxley")
        console.typed("cover for leave")
        console.press("Enter", until="Write to")
    else:
        console.press(how, until="Write to")
    path = path_of(console, name, number)
    console.press("Enter", until=lambda screen: path.exists() and path.name in screen)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    return read_csv(path)


def registered(console: Console) -> None:
    """The register names each file, and deletes one that is no longer wanted."""
    console.press("6", until="board")
    path = path_of(console, "board", 2)
    console.see("with names")  # the newest stands first, under the cursor
    console.press("Delete", until="Delete")
    console.press("y", until="deleted")
    assert not path.exists()


def quarter(console: Console) -> None:
    """The MARAC dataset of a quarter, from Reports."""
    console.press("q", until="which quarter")
    console.see("October to December 2026")
    console.press("Enter", until="Small numbers hidden")
    console.press("h", until="Write to")
    path = console.home / "exports" / f"marac_quarter-2026Q4-{TODAY}.csv"
    console.press("Enter", until=lambda screen: path.exists() and "MARAC dataset" in screen)
    rows = read_csv(path)
    assert rows[-1]["row"] == "total"
    assert path.with_suffix(".manifest").exists()


def every_table(kept: Kept) -> None:
    """From the command line, pseudonymous; a second writing over the first is refused."""
    for record in RECORDS[:6]:
        out = kept.home / "exports" / f"t-{record.table}.csv"
        kept.run("export", record.table, "--out", str(out))
        assert out.exists()
    again = run_cli(kept.home, "export", "cases", "--out", str(kept.home / "exports/t-cases.csv"))
    assert again.returncode == 1
    assert again.stderr.count("\n") == 1
