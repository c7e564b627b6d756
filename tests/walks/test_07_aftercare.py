"""7. Keep promises after the fitting: an agenda by the survivor's cadence, checks, batteries."""

from __future__ import annotations

from tests.walks.console import Console, Kept, is_case, marked


def test_keep_promises_after_the_fitting(demo: Kept, console: Console) -> None:
    quiet = no_calls(demo)
    due = demo.today()
    console.press("4", until="THIS WEEK")
    seen = whole_list(console)
    for kind in ("check", "battery", "order"):
        assert kind in seen, kind
    assert not [line for line in seen.split("\n") if quiet in line and "-month check" in line]
    checked = record_check(console)
    battery = next(line for line in due if line["rule"] == "battery" and line["group"] == "overdue")
    console.row(battery["ref"], "battery")
    console.press("d", until="Note (may be blank)")
    console.typed("changed by the survivor")
    console.press("Enter", until="done.")
    choose_cadence(console, checked)
    kept = console.leave()
    (check,) = [one for one in kept.rows("aftercare_checks", checked) if one["feels_safer"] == "4"]
    assert check["done_on"] == "2026-11-26"
    assert check["fault"] == "back gate sticks"
    assert any(line["text"].startswith("mend: back gate") for line in kept.today())
    (case,) = kept.rows("cases", checked)
    assert case["cadence"] == "no_calls"
    left = [one for one in kept.rows("reminders", checked) if one["rule"] == "aftercare"]
    assert all(one["state"] in ("done", "gone", "dismissed") for one in left)
    kept.sound()


def no_calls(demo: Kept) -> str:
    """A case whose survivor chose no calls."""
    return next(
        str(case["ref"])
        for case in demo.rows("cases")
        if case["cadence"] == "no_calls" and case["status"] == "open"
    )


def whole_list(console: Console) -> str:
    """Every page of the list."""
    pages = [console.still()]
    before = ""
    while marked(pages[-1]) != before:
        before = marked(pages[-1])
        console.press("PageDown")
        pages.append(console.still())
    console.press("Home")
    console.still()
    return "\n".join(pages)


def record_check(console: Console) -> str:
    """The short questions, skippable; a fault that is told becomes something to do."""
    row = console.row("check, by")
    ref = next(word for word in row.split() if word.startswith("S2"))
    console.press("k", until="the safe-contact rule, read and kept to?")
    console.press("o", until="Feels safer")
    console.answer("Feels safer", "4", "4")
    console.answer("Fault to mend", "back gate sticks")
    console.save(until="check recorded")
    return ref


def choose_cadence(console: Console, ref: str) -> None:
    """No calls is an answer: what was planned goes."""
    console.open_case(ref)
    console.press("1", until="Stage")
    console.press("a", until="Referrer's organisation")
    console.answer("Aftercare cadence", "no", "No calls")
    console.save(until="Kept")
    console.press("8", until=lambda screen: is_case(screen, ref))
    console.escape()
