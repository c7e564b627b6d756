"""5. Keep a whole case: every record entered, corrected and seen; the story; the banner."""

from __future__ import annotations

import re
from functools import partial
from typing import NamedTuple

from db.models import (
    AftercareCheck,
    ConsentRequest,
    ContactPoint,
    EntryPoint,
    Expenditure,
    Incident,
    LegalOrder,
    MaracAction,
    MaracListing,
    Person,
    Property,
    Record,
    SafeAddress,
    SafetyPlan,
    Support,
    Survey,
    Visit,
    specs,
)
from tests.walks.console import Console, Kept, Said, marked

Answers = dict[str, Said]


class Entry(NamedTuple):
    """A record to add: its tab, its kind, its answers, and what is seen of it then."""

    tab: str
    kind: type[Record]
    answers: Answers
    shown: str
    pick: bool = True
    """Whether the tab has several kinds, so that one is picked first."""
    role: str = ""


WITNESS = "Kingsmead Witness"
ENTRIES = (
    Entry(
        "2",
        Person,
        {"First name": "Robin", "Date of birth": ("3 Feb 2018", "Sat 3 Feb 2018")},
        "Robin",
        role="child",
    ),
    Entry(
        "2",
        Person,
        {"First name": "Test", "Surname": "Perpetrator", "Still lives at the home": ("n", "No")},
        "Test Perpetrator",
        role="perpetrator",
    ),
    Entry(
        "2",
        ContactPoint,
        {"Number or address": "07700 900123", "Safe?": ("text", "Text")},
        "900123",
    ),
    Entry("2", SafeAddress, {"Address": "5 Nowhere Lane"}, "CONFIDENTIAL ADDRESS"),
    Entry(
        "3",
        Incident,
        {"When": ("yesterday 9pm", "Wed 25 Nov"), "In one line": "Banged on the door"},
        "Banged on the door",
    ),
    Entry("3", MaracListing, {"Meeting": ("10/12", "Thu 10 Dec 2026")}, "On the list"),
    Entry("3", MaracAction, {"Action": "Police to patrol"}, "MARAC ACTIONS"),
    Entry(
        "4",
        Property,
        {"Address": "8 Test Row", "Tenure": ("pri", "Private"), "Shared entrance": ("n", "No")},
        "8 Test Row",
    ),
    Entry(
        "4",
        LegalOrder,
        {"Kind": ("occ", "Occupation"), "Expires": ("+6m", "2027")},
        "Occupation order",
    ),
    Entry(
        "5",
        ConsentRequest,
        {"Decision-maker": "R. Owner", specs(ConsentRequest)["survivor_ok"].label: ("y", "Yes")},
        "R. Owner",
        pick=False,
    ),
    Entry("6", Survey, {"Surveyed by": "Crime prevention officer"}, "SURVEY"),
    Entry("6", EntryPoint, {"Where": "Kitchen"}, "WAYS IN"),
    Entry("6", Visit, {"Date": ("+3wd", "2026"), "Time window": "10:00-12:00"}, "10:00-12:00"),
    Entry("6", Expenditure, {"Gross": ("418.2", "£418.20"), "For what": "Locks"}, "SPENDING"),
    Entry("7", Support, {"Provider": "DA service", "Answer": ("acc", "Accepted")}, "DA service"),
    Entry("7", SafetyPlan, {"Owner": "IDVA", "Plan": "Leave by the back gate."}, "SAFETY PLAN"),
    Entry(
        "8",
        AftercareCheck,
        {"Feels safer": ("4", "4"), "Contact still safe": ("y", "Yes")},
        "CHECKS",
        pick=False,
    ),
)


def test_keep_a_whole_case(console: Console) -> None:
    ref = new_case(console)
    corrected(console)
    for entry in ENTRIES:
        added(console, entry)
    risk(console)
    measure(console)
    consent(console)
    note(console)
    deleted_and_undone(console)
    story(console)
    closed_and_opened(console, ref)
    check_kept(console.leave(), ref)


def new_case(console: Console) -> str:
    console.press("n", "F2", until="Route *")
    console.answer("Route", "sel", "Self")
    console.answer("Safe to contact?", "saf", "Safe")
    console.answer("Survivor's first name", "Whole")
    shown = console.save(until="taken.")
    found = re.search(r"(S26-\d{4}) taken", shown)
    assert found
    console.see("SAFE CONTACT")
    return found[1]


def tab(console: Console, number: str) -> None:
    """Go to a tab; the safe-contact banner is in sight on every one."""
    console.press(number)
    console.see(
        lambda screen: "1-9 tabs" in screen and "SAFE CONTACT" in "\n".join(screen.split("\n")[1:4])
    )


def corrected(console: Console) -> None:
    """The case itself, and a record whose date is impossible, then ambiguous, then right."""
    console.press("a", until="correct referral")
    console.answer("Reason for referral", "Own words: wants to stay.")
    console.answer("Aftercare cadence", "no calls", "No calls")
    console.save(until="Kept.")
    tab(console, "2")
    console.row("Whole")
    console.press("Enter", until="correct person")
    console.field("Date of birth")
    for typed, sentence in (("31/02/1990", "February"), ("02/13/1990", "day"), ("1/2/90", "four")):
        console.terminal.type(typed)
        console.press("C-s", until=sentence)
        console.field("Date of birth")
        console.clear(len(typed))
    console.terminal.type("1/2/1990")
    console.see(lambda screen: "Thu 1 Feb 1990" in marked(screen))
    console.answer("Surname", "Example")
    console.save(until="Whole Example")


def added(console: Console, entry: Entry) -> None:
    tab(console, entry.tab)
    console.press("a")
    if entry.pick:
        console.see("type to narrow")
        console.choose(entry.kind.title)
    if entry.role:
        console.press(entry.role[0], until=f"new {entry.kind.title.lower()}")
    if entry.kind is Visit:
        console.see("the safe-contact rule, read and kept to?")
        console.press("y", until="book a visit")
    if entry.kind is AftercareCheck:
        console.see("The survivor chose no calls.")
        console.press("y", until="the safe-contact rule, read and kept to?")
        console.press("y", until="Feels safer")
    console.answers(entry.kind, entry.role, entry.answers)
    console.save(until=entry.shown)
    console.see("1-9 tabs")


def risk(console: Console) -> None:
    """The 24 answers by single keys, counted; and an assessment of which only the score came."""
    tab(console, "3")
    for how in ("a", "s"):
        console.press("a", until="type to narrow")
        console.choose("Risk ass")
        console.see("The 24 answers")
        console.press(how)
        if how == "a":
            console.see("the 24 questions")
            console.terminal.type("y" * 15 + "nd")
            console.see("Score 15 of 24")
            console.press("C-s", until="Assessed by")
        else:
            console.answer("Score", "9")
        console.save(until="score 15 of 24" if how == "a" else "score 9 of 24")
        console.see("1-9 tabs")


def measure(console: Console) -> None:
    """From the catalogue, with place and cost; ordered only when its gates are open."""
    tab(console, "6")
    console.press("a", until="type to narrow")
    console.choose("Measure")
    console.see("catalogue")
    console.choose("euro cyl", "Euro cylinder")
    console.see("Place")
    console.answer("Place", "Front door")
    console.save(until="MEASURES 1")
    console.row("Euro cylinder")
    console.press("s", "a", until=partial(has_row, words="Euro cylinder", state="Approved"))
    console.press("s", "o", until="cannot go to Ordered yet")
    console.see_all("G1", "G4")
    console.escape(until="1-9 tabs")


def has_row(screen: str, words: str, state: str) -> bool:
    return words in marked(screen) and state in marked(screen)


def consent(console: Console) -> None:
    """Sent and chased from the case; words that disclose are refused, and named."""
    tab(console, "5")
    console.press("c", until="consent, dwelling")
    console.save(until="Request sent")
    console.see("1-9 tabs")
    console.press("c", until="consent, dwelling")
    console.answer("Words used", "the victim needs a lock")
    console.press("C-s", until="the word “victim” discloses")
    console.clear(30)
    console.answer("Words used", "a general security improvement")
    console.save(until="Chased")
    console.see("1-9 tabs")


def note(console: Console) -> None:
    """Written, read whole, corrected: the first stands, the correction beside it."""
    console.press("t", until="› Note")
    console.typed(f"Seen [/bold] today at {WITNESS}.")
    console.save(until="Note kept")
    tab(console, "9")
    console.row("Note")
    console.press("Enter", until="enter correct")  # its words stand in the timeline already
    console.see(f"Seen [/bold] today at {WITNESS}.")
    console.press("Enter", until="Correct this note")
    console.typed("It was the day before.")
    console.press("C-s", until="Correction kept")


def deleted_and_undone(console: Console) -> None:
    tab(console, "2")
    console.row("Robin")
    console.press("Delete", until="Delete this")
    console.press("y", until="Deleted")
    console.gone("Robin,")
    console.press("u", until="Undone")
    console.row("Robin")


def story(console: Console) -> None:
    """The timeline tells what was done, newest first."""
    tab(console, "9")
    console.press("Home", until="\n Thu 26 Nov 2026")
    console.gone("▌ ")  # a note may lie over what is told
    pages = [console.still()]
    last = console.press("End", until="Referral taken")
    console.press("Home", until=lambda screen: marked(screen) == marked(pages[0]))
    while marked(pages[-1]) != marked(last):
        before = marked(pages[-1])
        console.press("PageDown")
        console.see(lambda screen, before=before: marked(screen) not in ("", before))
        pages.append(console.still())
    assert len(pages) > 1
    seen = "".join(pages)
    for wanted in ("Referral taken", "Risk assessment", "Measure proposed", "Chase logged"):
        assert wanted in seen, wanted
    assert "5 Nowhere Lane" not in seen, "a confidential address is not told by the story"


def closed_and_opened(console: Console, ref: str) -> None:
    """Off the pathway with a coded reason, from any stage; and back."""
    console.press("q", until="close the case")
    console.answer("Outcome", "dec", "Declined")
    console.answer("Survivor informed", "y", "Yes")
    console.save(until="Closed")
    console.press("q", until="Open it again")
    console.press("y", until="Triage")


def check_kept(kept: Kept, ref: str) -> None:
    shown = kept.show(ref)
    assert (shown["stage"], shown["status"], shown["score"]) == ("triage", "open", 9)
    names = {
        "people": 3,
        "contact_points": 2,
        "safe_addresses": 1,
        "incidents": 1,
        "marac_listings": 1,
        "marac_actions": 1,
        "properties": 1,
        "legal_orders": 1,
        "consent_requests": 1,
        "surveys": 1,
        "entry_points": 1,
        "visits": 1,
        "expenditures": 1,
        "support": 1,
        "safety_plans": 1,
        "aftercare_checks": 1,
        "risk_assessments": 2,
        "measures": 1,
        "consent_events": 2,
        "closures": 1,
        "notes": 2,
    }
    found = kept.tables(*names, "cases", ref=ref)
    assert {name: len(found[name]) for name in names} == names
    survivor = found["people"][0]
    assert (survivor["surname"], survivor["dob"]) == ("Example", "1990-02-01")
    assert found["cases"][0]["cadence"] == "no_calls"
    assert found["expenditures"][0]["gross"] == 41820
    assert found["consent_requests"][0]["state"] == "sent"
    assert found["risk_assessments"][0]["answers"] == "y" * 15 + "nd" + "." * 7
    assert found["measures"][0]["state"] == "approved"
    first, correction = found["notes"]
    assert first["body"] == f"Seen [/bold] today at {WITNESS}."
    assert (correction["body"], correction["corrects_id"]) == (
        "It was the day before.",
        first["id"],
    )
    kept.sound()
