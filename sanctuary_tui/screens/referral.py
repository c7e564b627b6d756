"""A new referral: earlier cases are searched first, then a form that takes what the caller has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.events import DescendantFocus
from textual.widgets import Input

from config.text import clean
from db.matching import find_matches
from db.models import Case
from db.readmodels import Match
from sanctuary_tui import sealing
from sanctuary_tui.formrecords import ReferralForm
from sanctuary_tui.later import later
from sanctuary_tui.screens.asking import choose, fill_form
from widgets.dialogs import Sheet
from widgets.hits import MatchList
from widgets.keybar import KeyBar
from widgets.lines import LineTable
from widgets.text_blocks import Words

if TYPE_CHECKING:
    from sanctuary_tui.desk import Desk

_SAME = 100
"""The score of a name that is the words typed."""
_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][0-9A-Z]?) ?([0-9][A-Z]{2})")


_WAITS = (
    ("g", "Go on with it"),
    ("l", "Look first whether the household is known, then go on with it"),
)


@dataclass(slots=True, frozen=True)
class Looked:
    """What a search for a household ended with: the case picked, if any, and what was typed."""

    match: Match | None
    words: str = ""
    whose: str = "survivor"
    """Whose name the words are: a perpetrator's where they are just that."""


class MatchSheet(Sheet[Looked]):
    """Search by name, reference, postcode or perpetrator before a case is made."""

    DEFAULT_CSS = """
    MatchSheet #found { height: 10; }
    MatchSheet.-short #found { height: 5; }
    """

    def __init__(self, app: Desk) -> None:
        super().__init__("New referral: is the household known?")
        self._sanctuary = app

    def body(self) -> ComposeResult:
        """The words and what they find."""
        yield Words(
            "Anybody's name, a reference or a postcode. Where nothing is found, enter goes on.",
            style="dim",
        )
        yield Input(id="words", compact=True, placeholder="name, reference, postcode, perpetrator")
        yield MatchList(empty="", id="found")  # nothing is said before anything was looked for

    def keys(self) -> Sequence[tuple[str, str]]:
        """How to go on, from the field or from the list."""
        listed = self.is_mounted and self.focused is self.query_one("#found", MatchList)
        enter = ("enter", "this household" if listed else "go on")
        return (enter, ("f2", "new case"), ("esc", "cancel"))

    @on(DescendantFocus)
    def _focus_moved(self) -> None:
        self.query_one(KeyBar).set_keys(self.keys())

    def on_mount(self) -> None:
        """Start in the field."""
        self.set_class(self.app.size.height < 16, "-short")
        self.query_one("#words", Input).focus()

    @on(Input.Changed, "#words")
    def _typed(self, event: Input.Changed) -> None:
        self.run_worker(later(self._find, event.value), exclusive=True, group="find")

    async def _find(self, raw: str) -> None:
        words = clean(raw, multiline=False, limit=200).strip()
        found: list[Match] = []
        if len(words) >= 2:
            found = await self._sanctuary.read(lambda data: find_matches(data.connection, words))
        table = self.query_one("#found", MatchList)
        table.empty = "No earlier case looks like this one." if len(words) >= 2 else ""
        table.set_rows(found)

    @on(Input.Submitted, "#words")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.run_worker(later(self._enter, event.value), exclusive=True, group="save")

    async def _enter(self, raw: str) -> None:
        """A household that may be known is looked at before a new case is made."""
        await self._find(raw)
        found = self.query_one("#found", MatchList)
        if found.rows:
            self.set_focus(found)
        else:
            self.dismiss(self._looked(None))

    def on_key(self, event: Any) -> None:
        """Down goes to what was found; f2 makes a new case from there."""
        found = self.query_one("#found", MatchList)
        if event.key == "down" and self.focused is not found and found.rows:
            event.stop()
            self.set_focus(found)  # at once: the next key is meant for the list
        elif event.key == "f2":
            event.stop()
            self.dismiss(self._looked(None))

    def _looked(self, match: Match | None) -> Looked:
        words = clean(self.query_one("#words", Input).value, multiline=False, limit=200).strip()
        named = [row for row in self.query_one("#found", MatchList).rows if row.score == _SAME]
        whose = {row.reason.partition("'")[0] for row in named}
        if not whose or "survivor" in whose:
            return Looked(match, words)
        return Looked(match, words, "perpetrator" if "perpetrator" in whose else "")

    @on(LineTable.Chosen)
    def _chosen(self, event: LineTable.Chosen) -> None:
        event.stop()
        self.dismiss(self._looked(event.row))


def carried(words: str, whose: str = "survivor") -> dict[str, str]:
    """What was looked for, as fields of the referral: a name, or a postcode; else nothing.

    A name is the survivor's, unless it is known to be the perpetrator's; of one word it is the
    surname.
    """
    given = " ".join(words.split())
    postcode = _POSTCODE.fullmatch(given.upper())
    if postcode:
        return {"postcode": " ".join(postcode.groups())}
    prefix = {"survivor": "", "perpetrator": "perp_"}.get(whose)
    if prefix is None or not given or any(char.isdigit() for char in given):
        return {}
    last, comma, first = given.partition(",")
    if not comma:
        first, _, last = given.rpartition(" ")
    named = {"first_name": first.strip(), "surname": last.strip()}
    return {f"{prefix}{name}": value for name, value in named.items() if value}


async def take_referral(app: Desk, *, resumed: bool = False) -> None:
    """Search, then take the referral; a returning household is linked.

    One that was left half-done may have been begun before anything was searched: it is offered, and
    so is the search, unless that form itself was asked for (``resumed``).
    """
    searches = not resumed
    if searches and await app.read(lambda data: _waiting(data.connection)):
        said = await choose(app, "A referral was left half-done", _WAITS)
        if said is None:
            return
        searches = said == "l"
    typed: dict[str, str] = {}
    if searches:
        looked: Looked | None = await app.push_screen_wait(MatchSheet(app))
        if looked is None:
            return
        typed = carried(looked.words, looked.whose)
        if looked.match is not None:
            if await _known(app, looked.match):
                return
            typed["linked_cases"] = looked.match.ref
    taken: list[Case] = []
    asked: list[tuple[Any, ...]] = []

    async def keep(given: dict[str, Any]) -> None:
        who = tuple(given.get(name) for name in ("first_name", "surname", "dob", "phone"))
        if who not in asked:
            asked.append(who)
            await app.write(lambda data: sealing.check_referral(data, given))
        taken.append(await app.write(lambda data: sealing.take_referral(data, given)))

    given = await fill_form(
        app,
        ReferralForm,
        title="New referral: what you looked for stands in it" if typed else "New referral",
        typed=typed,
        case_id=0,
        form=ReferralForm.table,
        commit=keep,
    )
    if given is None:
        return
    app.notify(f"{taken[0].ref} taken.", timeout=4)
    app.open_case(taken[0].id)


async def _known(app: Desk, match: Match) -> bool:
    """What to do about a household that is known; true when nothing more is to be asked."""
    chosen = await choose(
        app,
        f"{match.ref} looks like this household ({match.reason})",
        [
            ("o", "Open that case; this call belongs to it"),
            ("l", "New case, linked to it"),
        ],
    )
    if chosen is None:
        return True
    if chosen == "o":
        app.open_case(match.case_id)
        return True
    return False


def _waiting(connection: Any) -> bool:
    from db.queries import draft

    return draft(connection, 0, ReferralForm.table, 0) is not None
