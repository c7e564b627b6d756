"""3. Triage the day: done with a note, call, chase, book, put off, open; each in place."""

from __future__ import annotations

import re
from typing import Any

from tests.walks.console import Console, Kept, is_case, marked

Line = dict[str, Any]
GROUPS = ("OVERDUE", "TODAY", "NEW", "STUCK", "COMING")


def test_triage_the_day(demo: Kept, console: Console) -> None:
    lines = demo.today()
    groups_in_order(console, lines)
    done = first(lines, rule="order_expiry", group="overdue")
    console.row(done["ref"], "order lapsed")
    console.press("d", until="Note (may be blank)")
    console.typed("solicitor is asked")
    console.press("Enter", until="done.")
    chased = first(lines, rule="consent_chase", group="today")
    console.row(chased["ref"], "chase owner")
    console.press("c", until="What happened")
    console.save(until="logged.")
    booked = first(lines, rule="book_survey", group="overdue")
    console.row(booked["ref"], "survey visit not booked")
    book(console)
    called = first(lines, command="call", rule="first_contact", group="today")
    console.row(called["ref"], "first contact")
    call(console)
    put_off = first(lines, rule="next_action", group="today", command="done")
    text = put_off["text"].split(";")[0][:20]
    console.row(put_off["ref"], text)
    console.press("z", until="put off until")
    console.press("3", until="put off to Tue 1 Dec")
    visited = first(lines, rule="visit", group="coming")
    console.row(visited["ref"], "visit")
    console.press("d", until="No access")
    console.press("n", until="no access.")
    opened = lines[-1]
    console.row(opened["ref"], opened["text"][:12])
    console.press("Enter", until=lambda screen: is_case(screen, opened["ref"]))
    console.escape(until=lambda screen: opened["ref"] in marked(screen))
    remind(console, opened["ref"])
    check_kept(console.leave(), done, chased, booked, called, put_off, visited, opened)


def first(lines: list[Line], **wanted: str) -> Line:
    """The first line of this kind that is its case's only one of the rule."""
    for line in lines:
        same = [x for x in lines if x["ref"] == line["ref"] and x["rule"] == line["rule"]]
        if len(same) == 1 and all(line[name] == value for name, value in wanted.items()):
            return line
    raise AssertionError(f"the demo has no line like {wanted}")


def groups_in_order(console: Console, lines: list[Line]) -> None:
    """Every group with its count, and as many lines as the command line lists."""
    counted = {group: sum(1 for x in lines if x["group"] == group.lower()) for group in GROUPS}
    assert sum(counted.values()) == len(lines), counted
    absent = {group for group, count in counted.items() if not count}
    assert absent <= {"STUCK"}, counted  # each late case of the demo may have something to do
    for group in absent:
        del counted[group]
    seen = [console.see(f"OVERDUE {counted['OVERDUE']}")]
    before = ""
    while marked(seen[-1]) != before:
        before = marked(seen[-1])
        console.press("PageDown")
        seen.append(console.still())
    whole = "\n".join(seen)
    heads = {group: re.search(rf"^ ?{group} {counted[group]}\b", whole, re.M) for group in counted}
    places = [head.start() if head else -1 for head in heads.values()]
    assert -1 not in places, (counted, whole)
    for group in absent:
        assert not re.search(rf"^ ?{group}\b", whole, re.M), whole
    assert places == sorted(places)
    assert lines[-1]["ref"] in marked(seen[-1])
    console.press("Home", until=lambda screen: lines[0]["ref"] in marked(screen))


def book(console: Console) -> None:
    console.press("b", until="the safe-contact rule, read and kept to?")
    console.press("y", until="book a visit")
    console.see("SAFE CONTACT")
    assert "Survey" in console.field("Kind")
    console.answer("Date", "yesterday", "Wed 25 Nov 2026")
    console.press("C-s", until="That date has passed")
    console.answer("Date", "")
    console.clear(12)
    console.answer("Date", "+2wd", "Mon 30 Nov 2026")
    console.answer("Time window", "10:00-12:00")
    console.save(until="booked for Mon 30 Nov")


def call(console: Console) -> None:
    console.press("l", until="the safe-contact rule, read and kept to?")
    console.press("i", until="log a call")  # at any time of day, and by whatever means
    console.answer("How", "c", "Call")
    shown = console.see("What was said")
    assert "SAFE CONTACT" in shown or "DO NOT CONTACT" in shown
    console.press("C-s", until="What was said must be answered")
    console.answer("What was said", "Rang the desk; they ring back [/bold] on Friday.")
    console.answer("Contact still safe", "y", "Yes")
    console.save(until="call logged")


def remind(console: Console, ref: str) -> None:
    console.press("r", until=f"{ref}: reminder")
    console.answer("What to do", "Ask the neighbour")
    console.answer("Due", "tomorrow", "Fri 27 Nov 2026")
    console.save(until="reminder added")


def check_kept(
    kept: Kept,
    done: Line,
    chased: Line,
    booked: Line,
    called: Line,
    put_off: Line,
    visited: Line,
    opened: Line,
) -> None:
    left = {(line["ref"], line["rule"], line["due"]) for line in kept.today()}
    for line in (done, booked, called, put_off, visited):
        assert (line["ref"], line["rule"], line["due"]) not in left, line
    assert (put_off["ref"], "next_action", "2026-12-01") in left
    assert (booked["ref"], "visit", "2026-11-30") in left
    assert (opened["ref"], "", "2026-11-27") in left
    tables = kept.tables("notes", "visits", "consent_events", "reminders")
    notes = {(note["ref"], note["kind"]): note["body"] for note in tables["notes"]}
    assert notes[done["ref"], "done"].endswith("order lapsed Sat 21 Nov: solicitor is asked")
    assert notes[called["ref"], "call"] == "Rang the desk; they ring back [/bold] on Friday."
    assert tables["consent_events"][-1]["ref"] == chased["ref"]
    assert tables["consent_events"][-1]["kind"] == "chase"
    visits = {(visit["ref"], visit["on"]): visit for visit in tables["visits"]}
    assert visits[booked["ref"], "2026-11-30"]["window"] == "10:00-12:00"
    assert visits[visited["ref"], visited["due"]]["outcome"] == "no_access"
    assert not any(on == "2026-11-25" for ref, on in visits if ref == booked["ref"])
    kept.sound()
