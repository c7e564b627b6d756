"""4. Move cases along the board: columns, cards, filter, sort, lanes, jump, move, and gates."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from typing import Any

from config.codes import STAGE_SHORT, STAGES
from tests.walks.conftest import TODAY
from tests.walks.console import Console, Kept, is_case

Card = dict[str, Any]
TENURE = {"prs": "PRS", "ha": "HA", "council": "coun"}


def test_move_cases_along_the_board(demo: Kept, console: Console) -> None:
    cards = [card for card in demo.rows("case_cards") if card["status"] == "open"]
    console.press("2", until="REFERRAL")
    columns(console, cards)
    silent = next(card for card in cards if card["consent"] == "silent")
    four_answers(console, silent)
    refused(console, silent)
    ready = next(card for card in cards if card["next_command"] == "forward")
    moved(console, ready)
    narrowed(console, cards)
    sorted_and_laned(console, cards)
    closed(console, demo)
    kept = console.leave()
    order = list(STAGES)
    assert kept.show(ready["ref"])["stage"] == order[order.index(ready["stage"]) + 1]
    assert kept.show(silent["ref"])["stage"] == "consent"
    kept.sound()


def columns(console: Console, cards: list[Card]) -> None:
    """Each stage is a column with its count, whole when the cursor stands in it."""
    for stage, title in STAGE_SHORT.items():
        count = sum(1 for card in cards if card["stage"] == stage)
        if count:
            console.see(partial(has_column, title=title, count=count))
            console.press("Right")


def has_column(screen: str, title: str, count: int) -> bool:
    return re.search(rf"\b{title} {count}\b", screen.split("\n")[1]) is not None


def go_to(console: Console, ref: str) -> str:
    console.press("g", until="Go to case")
    console.terminal.type(str(int(ref[4:])))
    console.press("Enter")
    return card_under_cursor(console.see(lambda screen: ref[4:] in card_under_cursor(screen)))


def card_under_cursor(screen: str) -> str:
    """The words of the card with the cursor; a blank line or the next card ends it."""
    lines = screen.split("\n")
    at = next((n for n, line in enumerate(lines) if "›" in line), -1)
    if at < 0:
        return ""
    left = lines[at].index("›")
    right = lines[at].find("│", left)
    words: list[str] = []
    for line in lines[at:]:
        part = line[left : right if right > 0 else None].lstrip("› ▌▏")
        if not part.strip() or (words and re.match(r"(HIGH|MED|STD|\?)\s+\d{4}", part)):
            break
        words.append(part.strip())
    return " ".join(words)


def four_answers(console: Console, card: Card) -> None:
    """Why it is stuck, on whom, since when, what next; and what every card shows."""
    shown = go_to(console, card["ref"])
    name = "".join(part[0] for part in card["name"].split())
    for wanted in (name, "!", card["stuck_why"], card["stuck_on"].split()[0], "next"):
        assert wanted in shown, (wanted, shown)
    days = (date.fromisoformat(TODAY) - date.fromisoformat(card["stage_entered"])).days
    target = (
        date.fromisoformat(card["target_due"]) - date.fromisoformat(card["stage_entered"])
    ).days
    assert f"time {days}d of {target}d!" in shown, shown
    since = (date.fromisoformat(TODAY) - date.fromisoformat(card["stuck_since"])).days
    assert f", {since}d" in shown or f" {since}d" in shown, shown
    assert card["next_text"].split()[0].casefold() in shown.casefold(), shown
    assert f"{TENURE[card['tenure']]} " in shown, shown
    assert "silent" in shown, shown
    console.see("SAFE CONTACT")


def refused(console: Console, card: Card) -> None:
    """The gate that refuses is named, with who must act; enter leads to where it is put right."""
    console.press(">", until="cannot go to Approval yet")
    console.see_all("G4", card["stuck_on"].split()[0])
    console.escape()
    console.gone("cannot go to")
    console.press(">", until="cannot go to Approval yet")
    console.press("Enter", until=lambda screen: is_case(screen, card["ref"]))
    console.see("CONSENT REQUESTS")
    console.escape(until=lambda screen: card["ref"][4:] in card_under_cursor(screen))


def moved(console: Console, card: Card) -> None:
    order = list(STAGES)
    after = STAGES[order[order.index(card["stage"]) + 1]]
    go_to(console, card["ref"])
    console.press(">", until=f"{card['ref']}: now in {after}.")
    console.press("<", until=f"{card['ref']}: now in {STAGES[card['stage']]}.")
    console.press(".", until=f"{card['ref']}: now in {after}.")  # where > needs shift
    console.see(lambda screen: card["ref"][4:] in card_under_cursor(screen))


def narrowed(console: Console, cards: list[Card]) -> None:
    """Only cards that match; blank brings all back."""
    all_in = sum(1 for card in cards if card["stage"] == "referral")
    first = next(card["ref"] for card in cards if card["stage"] == "referral")
    go_to(console, first)
    console.press("f", until="Show only")
    console.typed("council")
    console.press("Enter")
    console.gone("Show only")
    shown = console.see(lambda screen: not has_column(screen, "REFERRAL", all_in))
    for word in ("PRS", "mort"):
        assert f"{word} " not in shown.replace("\n ", ""), shown
    assert "coun" in shown
    console.press("f", until="Show only")
    console.press("C-u", "Enter", until=lambda screen: "Show only" not in screen)
    go_to(console, first)
    console.see(partial(has_column, title="REFERRAL", count=all_in))


def sorted_and_laned(console: Console, cards: list[Card]) -> None:
    for order in ("age", "ref"):
        console.press("s", until=f"Sorted by {order}")
    in_order = [card["ref"][4:] for card in cards if card["stage"] == "approval"]
    assert len(in_order) > 1
    go_to(console, f"S26-{sorted(in_order)[0]}")
    console.press("Down")
    console.see(lambda screen: sorted(in_order)[1] in card_under_cursor(screen))
    console.press("v", until="─ HIGH")
    if console.wide:
        console.see_all("─ MEDIUM", "─ STANDARD")
    console.press("v", until="─ COUNCIL")
    console.press("v")
    console.gone("─ COUNCIL")


def closed(console: Console, demo: Kept) -> None:
    count = sum(1 for card in demo.rows("case_cards") if card["status"] == "closed")
    console.press("h", until="Closed cases are shown")
    console.press("End")
    for _ in STAGE_SHORT:
        console.press("Right")
    console.see(partial(has_column, title="CLOSED", count=count))
    console.press("h", until="Open cases only")
