"""What scenarios A and F of the domain reference say of the screens, walked on the demo."""

from __future__ import annotations

import pytest

from tests.walks.console import Console, Kept


@pytest.fixture
def size() -> tuple[int, int]:
    """A wide terminal only."""
    return (120, 40)


def ref_of(demo: Kept, surname: str) -> str:
    """The case of the demo's survivor with this surname."""
    found = {row["ref"] for row in demo.rows("people") if row["surname"] == surname}
    assert len(found) == 1
    return str(found.pop())


def test_a_the_agent_is_silent_for_three_weeks(demo: Kept, console: Console) -> None:
    ref = ref_of(demo, "Ellwood")
    console.press("3", until="Thorne Lettings")
    row = console.row(ref)
    assert "Silent" in row
    assert "15d" in row
    console.see_all("Escalate to manager", "the agent, for 15 working days")
    # The card: on whom, since when.
    console.press("2", until="TRIAGE")
    console.press("g", until="Go to case")
    console.terminal.type(ref)
    console.press("Enter", until="on Thorne")
    console.see(
        lambda screen: any(
            "21d!" in line for line in screen.split("\n") if ref[-4:] in line or "21d" in line
        )
    )
    console.see("agent silent")
    # The case: consent is not inferred from silence, interim kit is fitted meanwhile.
    console.press("Enter", until="need")
    console.see_all("■ stop  G4", "agent silent on Thorne Lettings", "Secured     No")
    console.press("6", until="MEASURES")
    console.see_all("Personal attack alarm", "Fitted")
    console.row("London bar")
    console.press("s", "a", until="Approved")
    console.press("s", "o", until="cannot go to Ordered yet")
    console.see("G4")
    console.escape(until="1-9 tabs")
    # The letter check: the word is named.
    console.press("5", until="CONSENT REQUESTS")
    console.press("c", until="consent, dwelling")
    console.answer("Words used", "she has an injunction")
    console.press("C-s", until="“injunction”")
    console.clear(30)
    console.escape(until="1-9 tabs")
    kept = console.leave()
    (request,) = kept.rows("consent_requests", ref)
    assert request["state"] == "silent"
    events = [row["kind"] for row in kept.rows("consent_events", ref)]
    assert events.count("chase") == 4
    assert "eh_referred" not in events
    kept.sound()


def test_f_the_new_address_is_masked_until_it_is_asked_for(demo: Kept, console: Console) -> None:
    ref = ref_of(demo, "Ferris")
    (hidden,) = demo.rows("safe_addresses", ref)
    street = hidden["address"].split(",")[0]
    assert street
    console.see("ask new area's MARAC")
    console.open_case(ref)
    for tab in "123456789":
        console.press(tab)
        console.see("1-9 tabs")
        assert street not in console.screen
    console.press("2", until="CONFIDENTIAL ADDRESS")
    console.row("Confidential address")
    console.press("y", until="Reason (logged)")
    console.press("Enter")
    assert street not in console.screen
    console.terminal.type("Transfer to the new area")
    console.press("Enter", until=street)
    console.press("3")
    console.press("2")
    console.row("Confidential address")
    assert street not in console.still()
    kept = console.leave()
    reasons = [row for row in kept.rows("changes") if "Transfer to the new area" in str(row)]
    assert reasons
    kept.sound()
