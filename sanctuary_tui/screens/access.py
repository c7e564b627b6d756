"""A request to see what is held: every paragraph, one key to let it go out, one to say why not."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from config.codes import CODES, label
from config.errors import RefusedError
from config.format import counted, full_date, initials
from db.models import Person, SubjectRequest
from db.readmodels import CaseCard
from sanctuary_tui import work
from sanctuary_tui.pathway import rights
from sanctuary_tui.screens.asking import ask, ask_folder, choose, confirm, fill_form, pick
from sanctuary_tui.screens.listing import ListSheet
from sanctuary_tui.screens.reaching import rule_read
from sanctuary_tui.subject import deciding, pack
from sanctuary_tui.subject.deciding import Choice
from sanctuary_tui.subject.gather import same_person
from widgets.columns import Column
from widgets.lines import Heading, LineTable
from widgets.text_blocks import Words

if TYPE_CHECKING:
    from datetime import date

    from db.caseload import Caseload
    from sanctuary_tui.desk import Desk

_GROUPS = {
    "own": "THEIR OWN RECORDS",
    "names": "NAMES THEM",
    "case": "THE REST OF THEIR CASES",
}
_SHORT = {
    "third_party": "somebody else",
    "serious_harm": "serious harm",
    "child_abuse": "child abuse data",
    "crime": "crime",
    "privilege": "privilege",
    "not_theirs": "not about them",
    "given": "have it already",
}
_KEYS = dict(zip("thacpng", deciding.REASONS, strict=True))


async def subject_access(app: Desk, card: CaseCard) -> None:
    """Whose request, since when; then its paragraphs."""
    file = await app.read(lambda data: work.must_find(data, card.case_id))
    if not file.people:
        raise RefusedError("Nobody is recorded in this case yet.")
    options = [
        (one.id, f"{label('role', one.role)}: {initials(one.first_name, one.surname) or 'no name'}")
        for one in file.people
    ]
    person_id = (
        options[0][0] if len(options) == 1 else await pick(app, "Who asks to see it", options)
    )
    if person_id is None:
        return
    person = next(one for one in file.people if one.id == person_id)
    request = await app.read(lambda data: deciding.request_of(data, person))
    if request is None:
        request = await _taken(app, person)
        if request is None:
            return
    request_id = request.id
    await app.read(
        lambda data: data.store.note(
            "consultation", "people", person.id, person.case_id, "subject access paragraphs read"
        )
    )
    made = await app.read(lambda data: deciding.choices(data, request_id))
    await app.push_screen_wait(AccessSheet(request, person, made))
    await app.reload()


async def _taken(app: Desk, person: Person) -> SubjectRequest | None:
    """A new request, by form; None when left."""
    kept: list[SubjectRequest] = []

    async def keep(given: dict[str, object]) -> None:
        received = given.pop("received", None) or app.today
        kept.append(
            await app.write(
                lambda data: deciding.open_request(data, person.id, cast("date", received), **given)
            )
        )

    await fill_form(
        app,
        SubjectRequest,
        title=f"{label('role', person.role)} asks to see what is held",
        values={"received": app.today},
        only=("received", "asked_by", "identity_on", "method", "note"),
        case_id=person.case_id,
        form="subject_request",
        record_id=person.id,
        commit=keep,
    )
    return kept[0] if kept else None


class Paragraphs(LineTable[Choice]):
    """Paragraphs with a mark each: goes out, withheld, never."""

    uniform: ClassVar[bool] = True

    def __init__(self, made: Sequence[Choice]) -> None:
        super().__init__(_grouped(made), empty="Nothing is held.", id="paragraphs")

    def key(self, row: Choice) -> Hashable:
        """The paragraph."""
        return row.paragraph.key

    def columns(self) -> Sequence[Column[Choice]]:
        """Mark, words, why it stays."""
        return (
            Column("mark", _mark, 3),
            Column("text", _words, 24, weight=1),
            Column("why", _why, 16, drop=1),
        )


def _grouped(made: Sequence[Choice]) -> list[Choice | Heading]:
    found: list[Choice | Heading] = []
    for about, members in groupby(made, key=lambda one: one.paragraph.about):
        some = list(members)
        found += [Heading(_GROUPS[about], len(some)), *some]
    return found


def _mark(one: Choice) -> tuple[str, str]:
    if one.paragraph.barred:
        return "[-]", "late"
    return ("[x]", "good") if one.released else ("[ ]", "dim")


def _words(one: Choice) -> tuple[str, str]:
    return f"{one.paragraph.title}: {one.paragraph.text}", "text" if one.released else "dim"


def _why(one: Choice) -> tuple[str, str]:
    if one.released:
        return "", "dim"
    words = _SHORT.get(one.exemption, one.exemption)
    return (words, "text") if one.decided else (f"{words}?", "dim")


class AccessSheet(ListSheet[Choice]):
    """Every paragraph of a request. Space lets one out or keeps it back; the rest is by key.

    Nothing goes out that nobody ticked, but for what is chosen from lists in the survivor's own
    records. A question mark says that nobody has looked at a paragraph yet.
    """

    DEFAULT_CSS = """
    AccessSheet { & #whole { height: auto; max-height: 6; } }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "tick", "Tick", show=False),
        Binding("x", "withhold", "Why withheld", show=False),
        Binding("i", "identity", "Identity", show=False),
        Binding("m", "more_time", "Two months more", show=False),
        Binding("f", "find", "Other cases", show=False),
        Binding("e", "end", "Withdrawn, refused", show=False),
        Binding("w", "write", "Write", show=False),
    ]

    def __init__(self, request: SubjectRequest, person: Person, made: Sequence[Choice]) -> None:
        super().__init__("What is held", Paragraphs(made))
        self._request = request
        self._person = person
        self._made = list(made)

    def body(self) -> ComposeResult:
        """How it stands; the paragraphs; the one under the cursor whole."""
        yield Words("", style="dim", id="stands")
        yield self.list
        yield Words("", id="whole")

    def keys(self) -> Sequence[tuple[str, str]]:
        """What can be done."""
        return (
            ("space", "tick"),
            ("x", "why not"),
            ("w", "write"),
            ("i", "identity"),
            ("m", "more time"),
            ("f", "other cases"),
            ("e", "end"),
            ("esc", "leave"),
        )

    def on_mount(self) -> None:
        """Start in the list; the paragraph under its cursor stands whole below."""
        self.watch(self.list, "cursor", self._show_whole, init=False)
        super().on_mount()

    def _fit(self, height: int) -> None:
        super()._fit(height)
        self.query_one("#whole", Words).display = height >= 18

    # --- showing

    def show(self) -> None:
        """How the request stands, and every paragraph with its mark."""
        request, today = self._request, self.console.today
        due = rights.request_due(request)
        going = sum(1 for one in self._made if one.released)
        left = (due - today).days if due else 0
        when = f"due {full_date(due)}, {counted(left, 'day')} left"
        if left < 0:
            when = f"OVERDUE since {full_date(due)}"
        sure = "identity sure" if request.identity_on else "identity NOT sure yet (i)"
        waiting = sum(1 for one in self._made if not one.released and not one.decided)
        self.query_one("#stands", Words).set_text(
            f"{label('role', self._person.role)}: {when}; {sure}. {going} of {len(self._made)} go "
            f"out; {waiting} nobody has looked at.",
            "late" if left < 0 or request.identity_on is None else "dim",
        )
        self.list.set_items(_grouped(self._made))
        self._show_whole()

    def _show_whole(self) -> None:
        row = self.list.row
        if row is None:
            return
        one = row.paragraph
        when = f", {full_date(one.when)}" if one.when else ""
        note = f" NEVER GOES OUT: {one.barred}." if one.barred else ""
        self.query_one("#whole", Words).set_text(
            f"{one.case_ref} {one.title}{when}: {one.text}{note}"
        )

    async def _again(self) -> None:
        request_id = self._request.id

        def read(data: Caseload) -> tuple[SubjectRequest, list[Choice]]:
            from db import queries

            request = queries.get(data.connection, SubjectRequest, request_id)
            return request, deciding.choices(data, request_id)

        self._request, self._made = await self.console.read(read)
        self.show()

    # --- deciding

    @on(LineTable.Chosen)
    def _chosen(self, event: LineTable.Chosen) -> None:
        event.stop()
        self.action_tick()

    def action_tick(self) -> None:
        """Let the paragraph under the cursor go out, or keep it back after all."""
        self.console.attempt(self._tick())

    async def _tick(self) -> None:
        one, request_id = self.row("paragraph"), self._request.id
        key = [one.paragraph.key]
        if one.released:
            why = one.exemption
            await self.console.write(lambda data: deciding.withhold(data, request_id, key, why))
        else:
            await self.console.write(lambda data: deciding.release(data, request_id, key))
        await self._again()

    def action_withhold(self) -> None:
        """Say under which exemption it is withheld, and why."""
        self.console.attempt(self._withhold())

    async def _withhold(self) -> None:
        one, request_id = self.row("paragraph"), self._request.id
        options = [(key, CODES["exemption"][code]) for key, code in _KEYS.items()]
        said = await choose(self.console, "Withheld because", options)
        if said is None:
            return
        why = await ask(self.console, "Reason, in words", "For the log; may be blank")
        if why is None:
            return
        code, key = _KEYS[said], [one.paragraph.key]
        await self.console.write(lambda data: deciding.withhold(data, request_id, key, code, why))
        self.list.action_move(1)
        await self._again()

    def action_identity(self) -> None:
        """Record that it is sure who asks."""
        self.console.attempt(self._identity())

    async def _identity(self) -> None:
        detail = (
            "Seen or spoken with by a safe way, or known through the support worker. A passport "
            "or a bill may be in a partner's hands."
        )
        if not await confirm(self.console, "Is it sure who asks?", detail, strong=True):
            return
        request_id, today = self._request.id, self.console.today
        await self.console.write(lambda data: deciding.prove_identity(data, request_id, today))
        await self._again()

    def action_more_time(self) -> None:
        """Take two months more, with the reason they are told."""
        self.console.attempt(self._more_time())

    async def _more_time(self) -> None:
        why = await ask(
            self.console, "Two months more", "Why, as they are told within the month", required=True
        )
        if why is not None:
            request_id = self._request.id
            await self.console.write(lambda data: deciding.extend(data, request_id, why))
            await self._again()

    def action_find(self) -> None:
        """Add what another case holds about the same person."""
        self.console.attempt(self._find())

    async def _find(self) -> None:
        person, request_id = self._person, self._request.id
        found = await self.console.read(lambda data: _twins(data, person))
        if not found:
            raise RefusedError("Nobody of another case has this name and date of birth.")
        chosen = await pick(self.console, "The same person?", found)
        if chosen is not None:
            await self.console.write(lambda data: deciding.add_other_case(data, request_id, chosen))
            await self._again()

    def action_end(self) -> None:
        """It was withdrawn, or refused with reasons told."""
        self.console.attempt(self._end())

    async def _end(self) -> None:
        state = await choose(
            self.console, "How it ended", [("w", "Withdrawn"), ("r", "Refused, with reasons told")]
        )
        if state is None:
            return
        note = await ask(self.console, "Why", required=True)
        if note is None:
            return
        how, request_id = {"w": "withdrawn", "r": "refused"}[state], self._request.id
        await self.console.write(lambda data: deciding.end_request(data, request_id, how, note))
        self.dismiss(None)

    # --- writing

    def action_write(self) -> None:
        """Write the answer and the log, register both, close the request."""
        self.console.attempt(self._write())

    async def _write(self) -> None:
        app, request_id = self.console, self._request.id
        settings, today, now = app.settings, app.today, app.now()
        prepared = await app.read(
            lambda data: pack.prepare(data, request_id, settings, today=today)
        )
        if prepared.refusals:
            raise RefusedError(prepared.refusals[0])
        if prepared.safe_contact and not await rule_read(
            app, prepared.case_refs[0], prepared.safe_contact
        ):
            return
        left = [
            f"{len(prepared.released)} paragraphs go out, {len(prepared.withheld)} do not.",
            *prepared.notices,
        ]
        if not await confirm(app, "Write the answer?", " ".join(left), strong=True):
            return
        form = await choose(app, "As", [("d", "Document (.docx)"), ("p", "Plain text")])
        if form is None:
            return
        out = await ask_folder(app)
        if out is None:
            return
        written = await app.write(
            lambda data: pack.make(
                data,
                request_id,
                settings,
                out,
                now=now,
                today=today,
                text=form == "p",
                rule_read=True,
            )
        )
        app.notify(
            f"Written: {written.files[0][0].name}, and the log of what was withheld, for this "
            "council alone.",
            timeout=8,
        )
        self.dismiss(None)


def _twins(data: Caseload, person: Person) -> list[tuple[int, str]]:
    return [
        (
            one.id,
            f"{work.must_find(data, one.case_id).case.ref}: {label('role', one.role)}, born "
            f"{full_date(one.dob) or 'not known'}",
        )
        for one in same_person(data, person)
    ]
