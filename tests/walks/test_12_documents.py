"""12. Letters and sheets: the office's phone set, a letter seen and written, the survivor's own."""

from __future__ import annotations

import docx

from sanctuary_tui.pathway.contact import USABLE
from tests.walks.console import Console, Kept, is_case, marked

OFFICE = "01632 960100"


def test_write_to_the_landlord_and_to_the_survivor(demo: Kept, console: Console) -> None:
    asked = next(
        row
        for row in demo.rows("consent_requests")
        if row["state"] in ("sent", "silent", "acknowledged")
        and row["part"] == "dwelling"
        and row["survivor_ok"] == "yes"
    )
    ref = next(str(case["ref"]) for case in demo.rows("cases") if case["id"] == asked["case_id"])
    set_phone(console)
    console.open_case(ref)
    console.press("w", until="Make a document")
    console.press("c", until="Missing: email (set in Settings)")
    console.press("p", until="Write into folder")
    console.press("Enter", until="Written")
    console.press("9", until="Chase made")
    console.press("w", until="Make a document")
    console.press("l", until="Missing: email")
    console.press("Enter", until="Write into folder")
    console.press("Enter", until="Written")
    handover = fitted(demo)
    console.escape(until=lambda screen: "2 Board" in screen)
    console.open_case(handover)
    console.press("w", until="Make a document")
    console.press("h", until="Safe contact:")
    console.press("g", until="read and kept to?")
    console.press("y", until="Write into folder")
    console.press("Enter", until="Written")
    console.press("6", until=lambda screen: is_case(screen, handover))
    kept = console.leave()
    files = {path.name for path in (console.home / "exports").iterdir()}
    assert files == {
        f"R{asked['id']:05d}-chase.txt",
        f"R{asked['id']:05d}-landlord-request.docx",
        f"{handover}-handover.docx",
    }
    letter = (console.home / "exports" / f"R{asked['id']:05d}-chase.txt").read_text("utf-8-sig")
    assert OFFICE in letter
    assert "[email]" in letter
    sheet = docx.Document(str(console.home / "exports" / f"{handover}-handover.docx"))
    assert any(OFFICE in one.text for one in sheet.paragraphs)
    sent = [one["what"] for one in kept.rows("disclosures")][-3:]
    assert sent == ["chase", "landlord-request", "handover"]
    kept.sound()


def set_phone(console: Console) -> None:
    """The number that letters give is set once, in Settings."""
    console.press("7", until="THIS SCHEME")
    console.row("Phone in letters")
    console.press("Enter", until="Phone in letters")
    console.typed(OFFICE)
    console.press("Enter", until=lambda screen: OFFICE in marked(screen))


def fitted(demo: Kept) -> str:
    """A case with something fitted whose survivor may be written to."""
    cases = {row["id"]: row for row in demo.rows("cases")}
    safe = {row["case_id"] for row in demo.rows("contact_points") if row["safe"] in USABLE}
    return next(
        str(cases[row["case_id"]]["ref"])
        for row in demo.rows("measures")
        if row["state"] == "fitted"
        and row["case_id"] in safe
        and cases[row["case_id"]]["status"] == "open"
        and cases[row["case_id"]]["do_not_contact"] != "yes"
    )
