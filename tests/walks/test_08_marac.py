"""8. The weekly MARAC list: candidates, tick, preview, basis, protection, send, outcomes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.walks.conftest import SIZES
from tests.walks.console import Console, read_csv

WEEK = "2026W48"
MEETING = "Meeting Thu 10 Dec"


LARGE, SMALL = SIZES


@pytest.mark.parametrize(
    ("size", "way"), [(LARGE, "csv"), (SMALL, "csv"), (LARGE, "xlsx")], indirect=["size"]
)
def test_send_the_weekly_list(console: Console, way: str) -> None:
    console.press("5", until=MEETING)
    ticked = tick(console)
    preview(console)
    details(console)
    sent(console, way)
    folder = console.home / "exports"
    files_written(folder, way, ticked)
    after(console)
    console.press("6", until="MARAC list")
    kept = console.leave()
    listed = [one for one in kept.rows("marac_listings") if one["meeting"] == "2026-12-10"]
    assert sorted(one["state"] for one in listed) == ["deferred", *["sent"] * (ticked - 1)]
    assert [
        one["action"] for one in kept.rows("marac_actions") if one["action"] == "Ask for patrol"
    ]
    assert any(one["what"].startswith("MARAC list") for one in kept.rows("disclosures"))
    kept.sound()


def test_a_case_that_moved_goes_to_another_marac(console: Console) -> None:
    """Offered as a transfer, decided, recorded as sent, in the log, in the twelve months."""
    shown = console.press("5", until=lambda screen: MEETING in screen and "[ ]" in screen)
    ref = next(line for line in shown.splitlines() if "[ ]" in line).split()[3]
    console.row(ref)
    console.press("Space", until=lambda screen: "[ ]" not in screen)
    console.row(ref)
    console.press("t", until="transfer to another MARAC")
    console.answer("To which MARAC", "Quillfeather MARAC")
    console.answer("Sent to it on", "today", "2026")
    console.answer("Sent by", "secure email", "Secure email")
    console.press("C-s", until="Nothing is shared without a recorded decision")
    console.escape(until=MEETING)
    console.press("m", until="what the MARAC is told")
    console.answer("Lawful basis", "crime", "Crime")
    console.answer("Decided by", "Coordinator")
    console.save(until=MEETING)
    console.press("t", until="Quillfeather MARAC")  # what was refused comes back as a draft
    console.save(until=MEETING)
    screen = console.see("not acknowledged yet")
    assert "Quillfeather" not in screen  # masked, be names shown or not
    shown = console.press("v", until="Counted from")
    assert [line for line in shown.splitlines() if line.strip(" │").startswith(ref)]
    console.escape(until=lambda screen: "Counted from" not in screen)
    console.press("6", until="Another MARAC" if console.wide else "MARAC transfer")
    kept = console.leave()
    sent = [one for one in kept.rows("marac_listings", ref) if one["transferred_on"]]
    assert [one["state"] for one in sent] == ["sent"]
    assert "MARAC transfer" in [one["what"] for one in kept.rows("disclosures")]
    kept.sound()


def tick(console: Console) -> int:
    """Every candidate has its reason; taking one off and putting it back."""
    screen = console.see("[x]")
    count = screen.count("[x]")
    assert count >= 3
    console.see("Why")
    console.press("Space", until="off the list?")  # what was written for it would go too
    console.press("n", until=lambda screen: screen.count("[x]") == count)
    console.press("Space", until="off the list?")
    console.press("y", until=lambda screen: screen.count("[x]") == count - 1)
    console.row("[ ]")
    console.press("Space", until=lambda screen: screen.count("[x]") == count)
    return count


def preview(console: Console) -> None:
    """Each row as it would be sent, and what it lacks."""
    seen = console.press("p", until="52 columns each")
    for _ in range(60):
        if "victim_name" in seen and "missing" in seen:
            break
        console.press("PageDown")
        seen += console.screen
    assert "victim_name" in seen
    assert "missing" in seen
    console.escape(until=MEETING)


def details(console: Console) -> None:
    """Basis, awareness, requests are said on the listing."""
    console.row("[x]")
    console.press("m", until="what the MARAC is told")
    console.answer("Headline", "Door forced twice; locks ordered")
    console.save(until=MEETING)


def sent(console: Console, way: str) -> None:
    """Preview, basis where none is recorded, protection, folder, done."""
    console.press("s", until="52 columns each")
    shown = console.press("Enter", until=lambda s: "Protection" in s or "Decision" in s)
    if "Decision" in shown:
        console.save(until="Protection")
    console.press({"csv": "c", "xlsx": "x"}[way], until="Write into folder")
    shown = console.press(
        "Enter", until=lambda s: f"MX-{WEEK}-01" in s or "confidential value" in s
    )
    if "confidential value" in shown:
        console.press("y", until=f"MX-{WEEK}-01")
    if way == "xlsx":
        console.see("Passphrase, shown once")
    console.escape(until=MEETING)


def files_written(folder: Path, way: str, ticked: int) -> None:
    """The set for the week, all private, the manifest with the digests."""
    name = f"MX-{WEEK}-01"
    wanted = {
        "csv": {f"{name}.csv", f"{name}-agenda.csv", f"{name}-actions.csv", f"{name}.manifest"},
        "xlsx": {f"{name}.xlsx", f"{name}.manifest"},
    }[way]
    assert {path.name for path in folder.iterdir()} == wanted
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in folder.iterdir())
    if way == "csv":
        rows = read_csv(folder / f"{name}.csv")
        assert len(rows) >= ticked
        assert all(len(row) == 52 and row["marking"] == "OFFICIAL-SENSITIVE" for row in rows)
        assert any(row["victim_name"] for row in rows)


def after(console: Console) -> None:
    """Nothing is heard before the meeting; what was put off, and an action from it."""
    console.row("[x]")
    console.press("o", until="the meeting of")
    console.answer("Outcome", "Police to patrol; locks first.")
    console.answer("New action", "Ask for patrol")
    console.answer("Action due", "+2w", "2026")
    console.press("C-s", until="That meeting is on")
    console.answer("The case was", "deferred", "Deferred")
    console.save(until=MEETING)
    console.see("Police to patrol")
