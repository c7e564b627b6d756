"""10. Search everything, undo the last change, mask names, switch theme, read help."""

from __future__ import annotations

from sanctuary_tui.commands import commands_for
from tests.walks.console import Console, Kept, is_case, marked
from tests.walks.test_03_today import first


def test_search_undo_mask_theme_help(demo: Kept, console: Console) -> None:
    person = survivor_alone(demo)
    search(console, person)
    names(console, demo)
    themes(console)
    helped(console)
    undone(console, demo)
    kept = console.leave()
    kept.sound()


def survivor_alone(demo: Kept) -> dict[str, str]:
    """A survivor of an open case whose surname no other case has."""
    tables = demo.tables("people", "cases")
    open_refs = {case["ref"] for case in tables["cases"] if case["status"] == "open"}
    surnames: dict[str, set[str]] = {}
    for one in tables["people"]:
        surnames.setdefault(one["surname"], set()).add(one["ref"])
    for one in tables["people"]:
        alone = len(surnames[one["surname"]]) == 1 and one["surname"].isascii()
        plain = len(one["surname"]) > 5 and one["surname"].isalpha()
        if one["role"] == "survivor" and one["ref"] in open_refs and alone and plain:
            return {"ref": one["ref"], "surname": one["surname"]}
    raise AssertionError("the demo has no such survivor")


def search(console: Console, person: dict[str, str]) -> None:
    """By a name, by a reference, and by words of a note."""
    console.press("/", until="Search")
    console.typed(person["surname"][:5].lower(), until=person["ref"])
    console.press("Down", until=lambda screen: person["ref"] in marked(screen))
    console.see("SAFE CONTACT")
    console.press("Enter", until=lambda screen: is_case(screen, person["ref"]))
    console.escape(until="Search")
    console.press("Escape")
    console.gone("Search ")
    console.press("/", until="Search")
    console.typed('"no such words* NEAR(', until="Nothing found")
    console.press("Escape")
    console.gone("Nothing found")


def names(console: Console, demo: Kept) -> None:
    """Initials by default; whole names when asked, and masked again."""
    line = demo.today()[0]
    (survivor,) = [x for x in demo.rows("people", line["ref"]) if x["role"] == "survivor"]
    surname = survivor["surname"]
    assert surname not in console.see("OVERDUE")
    console.press("x", until="Names are shown")
    console.see(lambda screen: surname[:8] in screen)
    console.press("x", until="Names are masked")
    console.gone(surname[:8])


def themes(console: Console) -> None:
    """Dark, light, high contrast, and dark again: the same words in other colours."""
    looks = [console.terminal.screen(styled=True)]
    for _ in range(3):
        console.press("F9")
        before = looks[-1]
        console.terminal.wait_for(lambda _, before=before: _styled(console) != before)
        looks.append(_styled(console))
    assert len({*looks[:3]}) == 3


def _styled(console: Console) -> str:
    lines = console.terminal.screen(styled=True).split("\n")
    return "\n".join(lines[1:])  # the first has the lock's clock


def helped(console: Console) -> None:
    """Every key of the screen, and every command by its name."""
    console.press("?", until="Mark the line done")
    seen = console.screen
    for _ in range(6):
        console.press("PageDown")
        seen += console.screen
    flat = " ".join(seen.split())
    told = [one for one in commands_for("today") if one.help.split()[0] in flat]
    assert len(told) > 15
    console.press("Escape")
    console.gone("Keys of this screen")
    console.press("C-p", until="All commands")
    console.typed("every open case", until="Board")
    console.press("Enter", until="REFERRAL")
    console.press("1", until="OVERDUE")


def undone(console: Console, demo: Kept) -> None:
    """The last change, then nothing that was not this person's."""
    lapsed = first(demo.today(), rule="order_expiry", group="overdue")
    console.row(lapsed["ref"], "order lapsed")
    console.press("d", until="Note (may be blank)")
    console.typed("looked at")
    console.press("Enter", until="done.")
    console.press("u", until="Undone: done: occupation order lapsed")
    console.row(lapsed["ref"], "order lapsed")
    console.press("u", until="There is nothing to undo")
