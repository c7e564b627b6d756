"""A careless day: huge pastes, a pulled plug, two consoles, tiny windows. Nothing is lost."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.walks.console import DEMO, PATIENCE, Console, Kept, marked, start

SMALL = (80, 24)
TINY = (40, 10)

CLIPBOARD = "\x1b]52;c;aGVsbG8=\x07"
ODD = f"[/bold] [red]{CLIPBOARD}\x1b[2J\x1b[31mred \u202esdrawkcab\u2066 Zoe\u0308 \x1b[21~\x9b5n "
"""Markup, a write to the clipboard, a wiped screen, colours, text that runs backwards, a key."""
NOVEL = ODD + "It was a dark night. " * 9_530 + "THE END"


@pytest.fixture
def desk(home: Path) -> Iterator[Console]:
    """The console on the demo in a small terminal, unlocked."""
    with start(home, SMALL) as terminal:
        made = Console(terminal, home, SMALL)
        made.unlock()
        yield made


@pytest.fixture
def refs(demo: Kept) -> list[str]:
    """References of open cases that have a survivor."""
    return [row["ref"] for row in demo.rows("case_cards") if row["status"] == "open"]


def test_a_novel_with_escape_codes_is_kept_whole_and_draws_nothing_odd(
    desk: Console, refs: list[str], tmp_path: Path
) -> None:
    assert len(NOVEL) > 200_000
    desk.open_case(refs[0])
    sent = tmp_path / "sent"
    desk.terminal.record(sent)
    desk.press("t", until="› Note")
    desk.terminal.paste(NOVEL)
    desk.see("THE END")
    desk.save(until="Note kept")
    desk.press("9", until="enter read")
    desk.press("Home")
    desk.row("Note added")
    desk.press("Enter", until="dark night")
    desk.escape(until="1-9 tabs")
    kept = desk.leave()
    body = kept.rows("notes", refs[0])[-1]["body"]
    assert body.startswith("[/bold] [red]")
    assert body.endswith("THE END")
    assert body.count("It was a dark night.") == 9_530
    assert not set(body) & set("\x1b\x07\x9b\u202e\u2066")
    assert b"\x1b]52;" not in sent.read_bytes()
    found = kept.run("show", refs[0])
    assert "\x1b" not in found
    kept.sound()


def test_a_paste_into_a_line_presses_no_key_and_is_cut_with_a_word(desk: Console) -> None:
    desk.press("n", "F2", until="Route *")
    desk.field("Survivor's first name")
    desk.terminal.paste("Zoë\x1b[B\x13\x1bOQ\nTest" + "e\u0301" * 300)
    desk.see("Cut to 200 characters")
    assert "Survivor's first name" in marked(desk.screen)
    assert "Zoë" in marked(desk.screen)
    desk.escape(until="waits as a draft")


@pytest.mark.parametrize("place", "12345")
def test_forty_columns_and_ten_rows(desk: Console, place: str) -> None:
    """Every place folds to a tiny window, is worked in there, and unfolds again."""
    desk.press(place, until="? keys")
    desk.terminal.resize(*TINY)
    desk.see(lambda screen: 0 < len(screen.rstrip("\n").split("\n")) <= TINY[1])
    shown = desk.still()
    assert marked(shown).startswith("› ")
    desk.press("Down", "PageDown", "Home")
    desk.press("?", until="Keys of this screen")
    desk.escape()
    desk.gone("Keys of this screen")
    desk.press("Enter", until=lambda screen: "S2" in "".join(screen.split("\n")[:3]))
    desk.press("t", until="› Note")
    desk.typed("small")
    desk.press("C-s", until=lambda screen: "new note" not in screen)
    desk.terminal.resize(*SMALL)
    desk.see("1-9 tabs")
    desk.escape(until=lambda screen: screen.lstrip().startswith("1 Today"))
    kept = desk.leave()
    assert [row["body"] for row in kept.rows("notes")].count("small") == 1


def test_the_plug_is_pulled_with_a_form_half_filled(desk: Console, refs: list[str]) -> None:
    """What was typed comes back, in its own case only; what was saved is there."""
    desk.open_case(refs[0])
    desk.press("t", until="› Note")
    desk.typed("Saved before.")
    desk.save(until="Note kept")
    desk.press("t", until="› Note")
    desk.typed("Half a thou")
    wait_for_draft(desk)
    for pid in (-1, 0):
        try:
            desk.terminal.send_signal(signal.SIGKILL, to=pid)
        except IndexError:
            break  # the launcher ended with its console
    with start(desk.home, SMALL) as terminal:
        again = Console(terminal, desk.home, SMALL)
        again.unlock()
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


def test_locked_with_a_form_open(desk: Console, refs: list[str]) -> None:
    desk.open_case(refs[0])
    desk.press("t", until="› Note")
    desk.typed("The phone rings")
    desk.press("F12", until="Locked")
    assert "phone rings" not in desk.terminal.scrollback()
    desk.unlock()
    desk.open_case(refs[0])
    desk.press("t", until="The phone rings")
    desk.press("C-r")
    desk.gone("The phone rings")
    desk.escape(until="1-9 tabs")
    assert not desk.leave().rows("drafts")


def test_open_twice(desk: Console) -> None:
    """The second console says so in a sentence; the first works on."""
    with start(desk.home, SMALL) as terminal:
        terminal.wait_for("Passphrase", PATIENCE)
        terminal.type(DEMO)
        terminal.keys("Enter")
        shown = terminal.wait_for(lambda screen: "open" in screen.lower(), PATIENCE)
        assert "OVERDUE" not in shown
    desk.press("2", until="? keys")
    desk.leave().sound()


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
            terminal.wait_for("Passphrase", PATIENCE)
            terminal.type(DEMO)
            terminal.keys("Enter")
        shown = terminal.wait_for(
            lambda screen: any(
                word in " ".join(screen.split())
                for word in ("sanctuary restore", "backup", "sanctuary check")
            ),
            PATIENCE,
        )
        assert "Traceback" not in shown
    assert [path.read_bytes() for path in kept] == before


def test_undo_of_a_referral_and_the_same_household_twice(desk: Console) -> None:
    """The second referral of the same person is found; an undone one leaves no case."""
    for ready in (False, True):
        desk.press("n", until="is the household known?")
        desk.terminal.type("Doublet Sameperson")
        if ready:
            desk.see("survivor's name")
            desk.press("F2")
        else:
            desk.press("Enter")
        desk.see("Route *")
        desk.answer("Route", "sel", "Self")
        desk.answer("Safe to contact?", "tex", "Text only")
        desk.answer("Survivor's first name", "Doublet")
        desk.answer("Survivor's surname", "Sameperson")
        desk.save(until="taken.")
        desk.see("SAFE CONTACT")
        if not ready:
            desk.escape(until="OVERDUE")
    desk.press("u", until="Undone")
    kept = desk.leave()
    assert len([p for p in kept.rows("people") if p["surname"] == "Sameperson"]) == 1
    kept.sound()
