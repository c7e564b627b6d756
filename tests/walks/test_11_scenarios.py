"""What scenarios A and F of the domain reference say of the screens, walked on the demo."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.walks.console import Console, Kept, marked, start

WIDE = (120, 40)


@pytest.fixture
def desk(home: Path) -> Iterator[Console]:
    """The console on the demo in a wide terminal, unlocked."""
    with start(home, WIDE) as terminal:
        made = Console(terminal, home, WIDE)
        made.unlock()
        yield made


def ref_of(demo: Kept, surname: str) -> str:
    """The case of the demo's survivor with this surname."""
    found = {row["ref"] for row in demo.rows("people") if row["surname"] == surname}
    assert len(found) == 1
    return str(found.pop())


def test_a_the_agent_is_silent_for_three_weeks(demo: Kept, desk: Console) -> None:
    ref = ref_of(demo, "Ellwood")
    desk.press("3", until="Thorne Lettings")
    assert "Silent" in desk.row(ref)
    assert "15d" in marked(desk.screen)
    desk.see_all("Escalate to manager", "the agent, for 15 working days")
    # The card: on whom, since when.
    desk.press("2", until="TRIAGE")
    desk.press("g", until="Go to case")
    desk.terminal.type(ref)
    shown = desk.press("Enter", until="on Thorne")
    card = [line for line in shown.split("\n") if ref[-4:] in line or "21d" in line]
    assert any("21d!" in line for line in card), shown
    assert "agent silent" in shown
    # The case: consent is not inferred from silence, interim kit is fitted meanwhile.
    desk.press("Enter", until="need")
    desk.see_all("■ stop  G4", "agent silent on Thorne Lettings", "Secured     No")
    desk.press("6", until="MEASURES")
    desk.see_all("Personal attack alarm", "Fitted")
    desk.row("London bar")
    desk.press("s", "a", until="Approved")
    desk.press("s", "o", until="cannot go to Ordered yet")
    desk.see("G4")
    desk.escape(until="1-9 tabs")
    # The letter check: the word is named.
    desk.press("5", until="CONSENT REQUESTS")
    desk.press("c", until="consent, dwelling")
    desk.answer("Words used", "she has an injunction")
    desk.press("C-s", until="“injunction”")
    desk.clear(30)
    desk.escape(until="1-9 tabs")
    kept = desk.leave()
    (request,) = kept.rows("consent_requests", ref)
    assert request["state"] == "silent"
    events = [row["kind"] for row in kept.rows("consent_events", ref)]
    assert events.count("chase") == 4
    assert "eh_referred" not in events
    kept.sound()


def test_f_the_new_address_is_masked_until_it_is_asked_for(demo: Kept, desk: Console) -> None:
    ref = ref_of(demo, "Ferris")
    (hidden,) = demo.rows("safe_addresses", ref)
    street = hidden["address"].split(",")[0]
    assert street
    desk.see("ask new area's MARAC")
    desk.open_case(ref)
    for tab in "123456789":
        desk.press(tab)
        desk.see("1-9 tabs")
        assert street not in desk.screen
    desk.press("2", until="CONFIDENTIAL ADDRESS")
    desk.row("Confidential address")
    desk.press("y", until="Reason (logged)")
    desk.press("Enter")
    assert street not in desk.screen
    desk.terminal.type("Transfer to the new area")
    desk.press("Enter", until=street)
    desk.press("3")
    desk.press("2")
    desk.row("Confidential address")
    assert street not in desk.still()
    kept = desk.leave()
    reasons = [row for row in kept.rows("changes") if "Transfer to the new area" in str(row)]
    assert reasons
    kept.sound()
