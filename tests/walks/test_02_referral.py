"""2. Take a referral: search first, a form in any order, left half-done and found again."""

from __future__ import annotations

import re
from functools import partial

from tests.walks.console import Console, Kept, is_case, unlocked


def test_take_a_referral(demo: Kept, console: Console) -> None:
    known = a_known_household(demo)
    search_first(console, known)
    half_done(console, known)
    console.press("C-q")
    assert console.terminal.wait_exit() == 0
    with unlocked(console.home, console.size) as again:
        again.see("1 unfinished form waits")
        ref = finish(again, known)
        kept = again.leave()
    check_kept(kept, ref, known)


def a_known_household(demo: Kept) -> dict[str, str]:
    """An open case of the demo with a survivor, a perpetrator and a postcode."""
    tables = demo.tables("case_cards", "people", "properties")
    homes = {home["ref"]: home for home in tables["properties"]}
    for card in tables["case_cards"]:
        ref = card["ref"]
        names = {
            person["role"]: f"{person['first_name']} {person['surname']}"
            for person in tables["people"]
            if person["ref"] == ref and person["surname"].isalpha() and person["first_name"]
        }
        home = homes.get(ref, {})
        if (
            card["status"] == "open"
            and {"survivor", "perpetrator"} <= names.keys()
            and home.get("postcode")
            and home["confidential"] != "yes"
            and len(names["survivor"].split()) == 2
        ):
            return {"ref": ref, "postcode": home["postcode"], **names}
    raise AssertionError("the demo has no such household")


def search_first(console: Console, known: dict[str, str]) -> None:
    """Found by reference, postcode, perpetrator, and by a name that is spelled wrong."""
    console.press("n", until="is the household known?")
    for words, reason in (
        (known["ref"], "reference"),
        (known["postcode"].lower().replace(" ", ""), "same postcode"),
        (known["perpetrator"], "perpetrator's name"),
        (misspelt(known["survivor"]), "survivor's name"),
    ):
        console.press("C-u", until="name, reference, postcode, perpetrator")
        console.terminal.type(words)
        console.see(partial(found, ref=known["ref"], reason=reason))
    console.press("Enter")
    console.row(known["ref"])
    console.press("Enter", until="looks like this household")
    console.press("o", until=partial(is_case, ref=known["ref"]))
    console.escape(until="OVERDUE")
    # All keys at once: none is lost, and none goes where it was not meant to go.
    console.terminal.type(f"n{known['ref'].lower()}")
    console.press("Enter", "Enter", "l", until="Route *")


def found(screen: str, ref: str, reason: str) -> bool:
    return any(ref in line and reason in line for line in screen.split("\n"))


def misspelt(name: str) -> str:
    """The surname first, and a letter of it missing."""
    first, _, last = name.partition(" ")
    return f"{last[:2]}{last[3:]} {first}"


def half_done(console: Console, known: dict[str, str]) -> None:
    """What the caller has, in the caller's order; then the phone rings."""
    console.answer("Postcode", "ZZ9 9ZZ")
    console.answer("Route", "pol", "Police")
    console.answer("Survivor's first name", "Halfway")
    console.answer("Children in the home", "2")
    console.press("C-s", until="Safe to contact? must be answered")
    assert console.marked().lstrip("› ").startswith("Safe to contact?")
    console.escape(until="waits as a draft")
    console.see("OVERDUE")


def finish(console: Console, known: dict[str, str]) -> str:
    console.press("n", until="left half-done")
    console.press("g", until="Your draft is back")
    screen = console.see_all("Halfway", "Police", "ZZ9 9ZZ")
    assert "Not asked" in screen
    console.field("Linked cases")
    assert known["ref"] in console.marked()
    console.answer("Safe to contact?", "tex", "Text only")
    screen = console.save(until="taken.")
    ref = re.findall(r"(S26-\d{4}) taken", screen)[0]
    console.see_all("SAFE CONTACT", "Text only")
    console.press("2", until="PEOPLE 3")
    console.see("Halfway")
    return str(ref)


def check_kept(kept: Kept, ref: str, known: dict[str, str]) -> None:
    shown = kept.show(ref)
    assert (shown["stage"], shown["status"]) == ("referral", "open")
    assert "ext only" in shown["safe_contact"]
    assert any(line["ref"] == ref and line["rule"] == "first_contact" for line in kept.today())
    tables = kept.tables("cases", "people", "properties", "drafts")
    cases = {case["ref"]: case for case in tables["cases"]}
    assert cases[ref]["route"] == "police"
    assert cases[ref]["linked_cases"] == known["ref"]
    assert ref in cases[known["ref"]]["linked_cases"]
    people = [one for one in tables["people"] if one["ref"] == ref]
    assert [one["role"] for one in people] == ["survivor", "child", "child"]
    assert people[0]["first_name"] == "Halfway"
    assert [one["postcode"] for one in tables["properties"] if one["ref"] == ref] == ["ZZ9 9ZZ"]
    assert tables["drafts"] == []
    kept.sound()
