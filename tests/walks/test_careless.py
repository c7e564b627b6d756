"""A careless day: huge pastes, a pulled plug, two consoles, tiny windows. Nothing is lost."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.walks.console import PATIENCE, Console, Kept, give_passphrase, marked, start, unlocked

SMALL = (80, 24)
TINY = (40, 10)

CLIPBOARD = "\x1b]52;c;aGVsbG8=\x07"
ODD = f"[/bold] [red]{CLIPBOARD}\x1b[2J\x1b[31mred \u202esdrawkcab\u2066 Zoe\u0308 \x1b[21~\x9b5n "
"""Markup, a write to the clipboard, a wiped screen, colours, text that runs backwards, a key."""
NOVEL = ODD + "It was a dark night. " * 9_530 + "THE END"


@pytest.fixture
def size() -> tuple[int, int]:
    """A small terminal only."""
    return SMALL


@pytest.fixture
def refs(demo: Kept) -> list[str]:
    """References of open cases that have a survivor."""
    return [row["ref"] for row in demo.rows("case_cards") if row["status"] == "open"]


def test_a_novel_with_escape_codes_is_kept_whole_and_draws_nothing_odd(
    console: Console, refs: list[str], tmp_path: Path
) -> None:
    assert len(NOVEL) > 200_000
    console.open_case(refs[0])
    sent = tmp_path / "sent"
    console.terminal.record(sent)
    console.press("t", until="› Note")
    console.terminal.paste(NOVEL)
    console.see("THE END")
    console.save(until="Note kept")
    console.press("9", until="enter read")
    console.press("Home")
    console.row("Note added")
    console.press("Enter", until="dark night")
    console.escape(until="1-9 tabs")
    kept = console.leave()
    body = kept.rows("notes", refs[0])[-1]["body"]
    assert body.startswith("[/bold] [red]")
    assert body.endswith("THE END")
    assert body.count("It was a dark night.") == 9_530
    assert not set(body) & set("\x1b\x07\x9b\u202e\u2066")
    assert b"\x1b]52;" not in sent.read_bytes()
    found = kept.run("show", refs[0])
    assert "\x1b" not in found
    kept.sound()


def test_a_paste_into_a_line_presses_no_key_and_is_cut_with_a_word(console: Console) -> None:
    console.press("n", "F2", until="Route *")
    console.field("Survivor's first name")
    console.terminal.paste("Zoë\x1b[B\x13\x1bOQ\nTest" + "e\u0301" * 300)
    console.see("Cut to 200 characters")
    console.see(lambda screen: "Survivor's first name" in marked(screen))
    console.see(lambda screen: "Zoë" in marked(screen))
    console.escape(until="waits as a draft")


@pytest.mark.parametrize("place", "12345")
def test_forty_columns_and_ten_rows(console: Console, place: str) -> None:
    """Every place folds to a tiny window, is worked in there, and unfolds again."""
    console.press(place, until="? keys")
    console.terminal.resize(*TINY)
    console.see(lambda screen: 0 < len(screen.rstrip("\n").split("\n")) <= TINY[1])
    shown = console.still()
    assert marked(shown).startswith("› ")
    console.press("Down", "PageDown", "Home")
    console.press("?", until="Keys of this screen")
    console.escape()
    console.gone("Keys of this screen")
    console.press("Enter", until=lambda screen: "S2" in "".join(screen.split("\n")[:3]))
    console.press("t", until="› Note")
    console.typed("small")
    console.press("C-s", until=lambda screen: "new note" not in screen)
    console.terminal.resize(*SMALL)
    console.see("1-9 tabs")
    console.escape(until=lambda screen: screen.lstrip().startswith("1 Today"))
    kept = console.leave()
    assert [row["body"] for row in kept.rows("notes")].count("small") == 1


def test_the_plug_is_pulled_with_a_form_half_filled(console: Console, refs: list[str]) -> None:
    """What was typed comes back, in its own case only; what was saved is there."""
    console.open_case(refs[0])
    console.press("t", until="› Note")
    console.typed("Saved before.")
    console.save(until="Note kept")
    console.press("t", until="› Note")
    console.typed("Half a thou")
    wait_for_draft(console)
    for pid in (-1, 0):
        try:
            console.terminal.send_signal(signal.SIGKILL, to=pid)
        except IndexError:
            break  # the launcher ended with its console
    with unlocked(console.home, SMALL) as again:
        again.see("1 unfinished form waits")
        again.open_case(refs[1])
        again.press("t", until="› Note")
        assert "Half a thou" not in again.screen
        again.escape(until="1-9 tabs")
        again.escape(until="OVERDUE")
        again.open_case(refs[0])
        again.press("t", until="Your draft is back")
        again.see("› Note")
        again.see("Half a thou")
        again.typed("ght.", until="Half a thought.")
        again.save(until="Note kept")
        kept = again.leave()
    bodies = [row["body"] for row in kept.rows("notes", refs[0])]
    assert bodies[-2:] == ["Saved before.", "Half a thought."]
    assert not kept.rows("drafts")
    kept.sound()


def wait_for_draft(console: Console) -> None:
    """Wait until the program has had the time to keep what was typed."""
    wal = next(console.home.rglob("caseload.db-wal"))
    before = wal.stat().st_size
    console.see(lambda _: wal.stat().st_size > before, 5)


def test_locked_with_a_form_open(console: Console, refs: list[str]) -> None:
    console.open_case(refs[0])
    console.press("t", until="› Note")
    console.typed("The phone rings")
    console.press("F12", until="Locked")
    assert "phone rings" not in console.terminal.scrollback()
    console.unlock()
    console.open_case(refs[0])
    console.press("t", until="The phone rings")
    console.press("C-r")
    console.gone("The phone rings")
    console.escape(until="1-9 tabs")
    assert not console.leave().rows("drafts")


def test_open_twice(console: Console) -> None:
    """The second console says so in a sentence; the first works on."""
    with start(console.home, SMALL) as terminal:
        give_passphrase(terminal)
        shown = terminal.wait_for(lambda screen: "open" in screen.lower(), PATIENCE)
        assert "OVERDUE" not in shown
    console.press("2", until="? keys")
    console.leave().sound()


def _emptied(home: Path) -> None:
    next(home.rglob("caseload.db")).write_bytes(b"")


def _a_text(home: Path) -> None:
    next(home.rglob("caseload.db")).write_text("Dear all, here is the spreadsheet.\n" * 400)


def _cut(home: Path) -> None:
    file = next(home.rglob("caseload.db"))
    file.write_bytes(file.read_bytes()[:50_000])


def _without_key(home: Path) -> None:
    next(home.rglob("caseload.key")).unlink()


def _broken_key(home: Path) -> None:
    next(home.rglob("caseload.key")).write_text("{")


@pytest.mark.parametrize("harm", [_emptied, _a_text, _cut, _without_key, _broken_key])
def test_a_file_that_is_no_caseload_any_more(home: Path, harm: Callable[[Path], None]) -> None:
    """One sentence with what to do, no traceback, and the file is left as it is."""
    harm(home)
    kept = [*home.rglob("caseload.db"), *home.rglob("caseload.key")]
    before = [path.read_bytes() for path in kept]
    with start(home, SMALL) as terminal:
        shown = terminal.wait_for(
            lambda screen: "Passphrase" in screen or "sanctuary" in screen.lower(), PATIENCE
        )
        if harm in (_emptied, _a_text, _cut):
            give_passphrase(terminal)
        shown = terminal.wait_for(
            lambda screen: any(
                word in " ".join(screen.split())
                for word in ("sanctuary restore", "backup", "sanctuary check")
            ),
            PATIENCE,
        )
        assert "Traceback" not in shown
    assert [path.read_bytes() for path in kept] == before


def test_undo_of_a_referral_and_the_same_household_twice(console: Console) -> None:
    """The second referral of the same person is found; an undone one leaves no case."""
    for ready in (False, True):
        console.press("n", until="is the household known?")
        console.terminal.type("Doublet Sameperson")
        if ready:
            console.see("survivor's name")
            console.press("F2")
        else:
            console.press("Enter")
        console.see("Route *")
        console.answer("Route", "sel", "Self")
        console.answer("Safe to contact?", "tex", "Text only")
        console.see("what you looked for stands in it")
        console.save(until="taken.")
        console.see("SAFE CONTACT")
        if not ready:
            console.escape(until="OVERDUE")
    console.press("u", until="Undone")
    kept = console.leave()
    assert len([p for p in kept.rows("people") if p["surname"] == "Sameperson"]) == 1
    kept.sound()
