"""A request to see what is held: every paragraph, a key to let it go out, one to say why not."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from config.codes import CODES, label
from config.errors import RefusedError, SanctuaryError
from config.format import counted, full_date, initials
from config.parse import parse_date
from db import queries
from db.looking import Look, LookEndedError
from db.models import Person, SubjectRequest
from db.readmodels import CaseCard
from sanctuary_tui import work
from sanctuary_tui.pathway import rights
from sanctuary_tui.screens.asking import ask, ask_folder, choose, confirm, fill_form, pick
from sanctuary_tui.screens.listing import ListSheet
from sanctuary_tui.screens.looking import look_through
from sanctuary_tui.screens.palette import HelpSheet
from sanctuary_tui.screens.paragraphs import Paragraphs, grouped, mark_of, named
from sanctuary_tui.screens.reaching import rule_read
from sanctuary_tui.subject import deciding, pack
from sanctuary_tui.subject.deciding import Choice
from sanctuary_tui.subject.gather import UNDECIDED, same_person
from sanctuary_tui.subject.unread import UnreadCaseError
from widgets.lines import LineTable
from widgets.text_blocks import Fact, Words

if TYPE_CHECKING:
    from datetime import date

    from db.caseload import Caseload
    from sanctuary_tui.desk import Desk

_KEYS = dict(zip("thacpng", deciding.REASONS, strict=True))
_SAFETY_KEYS = {"t": "told", "w": "not_told", "n": "neither"}
_LOOKING = "Looking for this person in everything that is held"
_ALL_KEYS: Sequence[Fact] = (
    ("space", "Let the paragraph go out, and go on to the next; again takes the tick back."),
    ("x", "Say under which exemption it stays, and why."),
    ("n p", "Go to the next paragraph that nobody has looked at, or the one before."),
    ("a", "Show its record whole and let the rest go out, but for what may be of somebody else."),
    ("g", "[!] may tell of the survivor or the locks: let it out all the same, with the reason."),
    ("v", "Show, or hide, people of other cases with the same name of whom nothing else agrees."),
    ("w", "Write the answer, and the log for the council. The request stays open."),
    ("s", "The answer was sent, on which day: the clock stops."),
    ("r", "Take an ended request up again, with the reason."),
    ("i", "It is made sure who asks."),
    ("m", "Two months more, told to them with the reason."),
    ("f", "Add another case in which the same person stands."),
    ("e", "It was withdrawn, refused with reasons told, or taken in error: nobody asked."),
)


async def subject_access(app: Desk, card: CaseCard) -> None:
    """Whose request, since when; then its paragraphs."""
    file = await app.read(lambda data: work.must_find(data, card.case_id))
    if not file.people:
        raise RefusedError("Nobody is recorded in this case yet.")
    options = [
        (one.id, f"{label('role', one.role)}: {initials(one.first_name, one.surname) or 'no name'}")
        for one in file.people
    ]
    title = f"{file.case.ref}: who asks to see it"
    person_id = options[0][0] if len(options) == 1 else await pick(app, title, options)
    if person_id is None:
        return
    person = next(one for one in file.people if one.id == person_id)
    request = await _which(app, file.case.ref, person)
    if request is None:
        return
    found, request_id = request, request.id
    await app.read(lambda data: deciding.note_reading(data, found, "read"))
    standing = await _looked(app, request_id)
    if standing is None:
        return
    await app.push_screen_wait(AccessSheet(file.case.ref, person, standing))
    await app.reload()


async def _looked(app: Desk, request_id: int) -> Standing | None:
    """A request with its paragraphs; where a case of it cannot be read, without that one or not."""

    def read(data: Caseload, look: Look) -> Standing:
        return _read(data, request_id, look)

    try:
        return await look_through(app, _LOOKING, read)
    except UnreadCaseError as error:
        if not await confirm(app, "Go on without that case?", error.sentence, strong=True):
            return None
    await app.write(lambda data: deciding.leave_unread_out(data, request_id))
    return await look_through(app, _LOOKING, read)


async def _which(app: Desk, ref: str, person: Person) -> SubjectRequest | None:
    """The open request of theirs; else a new one, or one that has ended, to be read."""
    known = await app.read(lambda data: deciding.requests_of(data, person))
    for one in known:
        if one.state == "open":
            return one
    if known:
        options = [(0, "They ask again: a new request")] + [
            (one.id, f"Received {full_date(one.received)}: {_ended(one)}") for one in known
        ]
        chosen = await pick(app, f"{ref}: which request", options)
        if chosen is None:
            return None
        if chosen:
            return next(one for one in known if one.id == chosen)
    return await _taken(app, ref, person)


def _who(person: Person) -> str:
    """Role and initials: enough to see that it is the right case."""
    return f"{label('role', person.role)} {initials(person.first_name, person.surname)}".strip()


def _ended(request: SubjectRequest) -> str:
    on = f" on {full_date(request.sent_on)}" if request.sent_on else ""
    return f"{label('request_state', request.state).lower()}{on}"


@dataclass(frozen=True, slots=True)
class Standing:
    """A request as it stands: its paragraphs, and how often an answer was written."""

    request: SubjectRequest
    made: Sequence[Choice]
    written: int


def _read(data: Caseload, request_id: int, look: Look) -> Standing:
    return Standing(
        queries.get(data.connection, SubjectRequest, request_id),
        deciding.choices(data, request_id, look),
        len(deciding.written_for(data, request_id)),
    )


async def _taken(app: Desk, ref: str, person: Person) -> SubjectRequest | None:
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
        title=f"{ref}: {_who(person)} asks to see what is held",
        values={"received": app.today},
        only=("received", "asked_by", "identity_on", "method", "note"),
        case_id=person.case_id,
        form="subject_request",
        record_id=person.id,
        commit=keep,
    )
    return kept[0] if kept else None


class AccessSheet(ListSheet[Choice]):
    """Every paragraph of a request. Space lets one out or takes the tick back; the rest is by key.

    Nothing goes out that nobody ticked, but for what is chosen from lists in the survivor's own
    records. A question mark says that nobody has looked at a paragraph yet. What is refused or
    done is said in a line of the sheet, so that nothing lies over the words to be read.
    """

    DEFAULT_CSS = """
    AccessSheet { & #whole { height: auto; max-height: 6; } & #said { height: auto; } }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "tick", "Tick", show=False),
        Binding("a", "record", "Rest of the record", show=False),
        Binding("g", "all_the_same", "Go out all the same", show=False),
        Binding("x", "withhold", "Why withheld", show=False),
        Binding("n", "unseen(1)", "Next not looked at", show=False),
        Binding("p", "unseen(-1)", "Previous not looked at", show=False),
        Binding("v", "unfold", "Those of the same name", show=False),
        Binding("i", "identity", "Identity", show=False),
        Binding("m", "more_time", "Two months more", show=False),
        Binding("f", "find", "Other cases", show=False),
        Binding("w", "write", "Write", show=False),
        Binding("s", "sent", "Sent", show=False),
        Binding("r", "reopen", "Reopen", show=False),
        Binding("e", "end", "Withdrawn, refused", show=False),
        Binding("question_mark,f1", "all_keys", "Keys", show=False),
    ]

    def __init__(self, ref: str, person: Person, standing: Standing) -> None:
        super().__init__(f"{ref}, {_who(person)}: what is held", Paragraphs(standing.made))
        self._person = person
        self._standing = standing
        self._unfolded = False

    @property
    def _request(self) -> SubjectRequest:
        return self._standing.request

    @property
    def _made(self) -> Sequence[Choice]:
        return self._standing.made

    def body(self) -> ComposeResult:
        """How it stands; the paragraphs; the one under the cursor whole; what was said last."""
        yield Words("", style="dim", id="stands")
        yield self.list
        yield Words("", id="whole")
        yield Words("", style="strong", id="said")

    def keys(self) -> Sequence[tuple[str, str]]:
        """What can be done."""
        return (
            ("space", "tick"),
            ("x", "why not"),
            ("n", "next"),
            ("a", "record"),
            ("w", "write"),
            ("s", "sent"),
            ("i", "identity"),
            ("esc", "leave"),
            ("?", "keys"),
        )

    def action_all_keys(self) -> None:
        """Every key of this sheet."""
        self.console.push_screen(HelpSheet(self, _ALL_KEYS))

    def on_mount(self) -> None:
        """Start in the list; the paragraph under its cursor stands whole below."""
        self.watch(self.list, "cursor", self._moved, init=False)
        super().on_mount()

    def _fit(self, height: int) -> None:
        super()._fit(height)
        self.query_one("#whole", Words).display = height >= 18

    # --- showing

    def _moved(self) -> None:
        self.say("")
        self._show_whole()

    def say(self, words: str) -> None:
        """What was done or refused, in the sheet's own line; it goes with the next move."""
        self.query_one("#said", Words).set_text(words)

    def _attempt(self, work: Coroutine[Any, Any, None]) -> None:
        """Something that may be refused; a refusal is said in the sheet's own line."""
        self.console.attempt(self._tried(work))

    async def _tried(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except SanctuaryError as error:
            self.say(error.sentence)

    def show(self) -> None:
        """How the request stands, and every paragraph with its mark."""
        late, stands = self._stands()
        going = sum(1 for one in self._made if one.released)
        waiting = sum(1 for one in self._made if one.waiting)
        self.query_one("#stands", Words).set_text(
            f"{label('role', self._person.role)}: {stands} {going} of {len(self._made)} go out; "
            f"{waiting} nobody has looked at.",
            "late" if late else "dim",
        )
        self.list.set_items(grouped(self._made, whole=self._unfolded))
        self._show_whole()

    def _stands(self) -> tuple[bool, str]:
        request = self._request
        if request.state != "open":
            return False, f"{_ended(request)}; r takes it up again."
        due = rights.request_due(request)
        left = (due - self.console.today).days if due else 0
        when = f"due {full_date(due)}, {counted(left, 'day')} left"
        if left < 0:
            when = f"OVERDUE since {full_date(due)}"
        sure = "identity sure" if request.identity_on else "identity NOT sure yet (i)"
        written = "; WRITTEN, not sent yet (s)" if self._standing.written else ""
        return left < 0 or request.identity_on is None, f"{when}; {sure}{written}."

    def _show_whole(self) -> None:
        row = self.list.row
        if row is None:
            return
        one = row.paragraph
        note = f" [agrees: {', '.join(one.agrees)}]" if one.agrees else ""
        note += f" NEVER GOES OUT: {one.barred}." if one.barred else ""
        if one.warned:
            note += (
                " MAY TELL OF THE SURVIVOR OR HOW THE HOME IS GUARDED: "
                f"{', '.join(one.warned)}. "
                f"{'It goes' if row.released else 'g lets it'} out, with the reason."
            )
        self.query_one("#whole", Words).set_text(f"{named(row)}: {one.text}{note}")

    async def _again(self) -> None:
        request_id = self._request.id
        try:
            self._standing = await look_through(
                self.console, _LOOKING, lambda data, look: _read(data, request_id, look)
            )
        except LookEndedError as error:  # what stands here is as it was before
            self.dismiss(None)
            self.console.notify(error.sentence, severity="warning", timeout=8)
            return
        self.show()

    # --- deciding

    @on(LineTable.Chosen)
    def _chosen(self, event: LineTable.Chosen) -> None:
        event.stop()
        self.action_tick()

    def action_tick(self) -> None:
        """Let the paragraph under the cursor go out, or take the tick back."""
        self._attempt(self._tick())

    async def _tick(self) -> None:
        one, request_id = self.row("paragraph"), self._request.id
        key = [one.paragraph.key]
        if one.released and not one.decided:
            raise RefusedError("It is chosen or counted in their own record; x keeps it back.")
        if one.released or (one.decided and one.paragraph.automatic):
            await self.console.write(lambda data: deciding.take_back(data, request_id, key))
        elif one.paragraph.warned:
            raise RefusedError(
                "It may tell of the survivor, or how the home is guarded "
                f"({', '.join(one.paragraph.warned)}). Read it "
                "again; g lets it out, with the reason."
            )
        else:
            await self.console.write(lambda data: deciding.release(data, request_id, key))
            self.list.action_move(1)
        await self._again()

    def action_all_the_same(self) -> None:
        """Let out one that is warned about, with the reason."""
        self._attempt(self._all_the_same())

    async def _all_the_same(self) -> None:
        one, request_id = self.row("paragraph"), self._request.id
        if not one.paragraph.warned or one.released:
            raise RefusedError("There is no warning on this paragraph; space ticks it.")
        why = await ask(
            self.console,
            f"{named(one)}. It may tell of the survivor or the locks. "
            "Why does it go out all the same?",
            f"Marked for: {', '.join(one.paragraph.warned)}. The reason is logged.",
            required=True,
        )
        if why is None:
            return
        key = [one.paragraph.key]
        await self.console.write(lambda data: deciding.release(data, request_id, key, why))
        self.list.action_move(1)
        await self._again()

    def action_record(self) -> None:
        """Show the record under the cursor whole, and let the rest of it go out."""
        self._attempt(self._record())

    async def _record(self) -> None:
        record, request_id = self.row("paragraph").paragraph.record, self._request.id
        parts = [one for one in self._made if one.paragraph.record == record]
        keys = [
            one.paragraph.key
            for one in parts
            if one.waiting and one.exemption == UNDECIDED and not one.paragraph.named
        ]
        if not keys:
            raise RefusedError(
                "Nothing of this record is left to tick together; what may be about somebody else "
                "is ticked by itself."
            )
        shown = "\n".join(
            f"{'GOES OUT' if one.paragraph.key in keys else mark_of(one)[0]} "
            f"{one.paragraph.title}: {one.paragraph.text}"
            for one in parts
        )
        question = f"Let {counted(len(keys), 'paragraph')} of this record go out?"
        if await confirm(self.console, question, shown, strong=True):
            await self.console.write(lambda data: deciding.release(data, request_id, keys))
            await self._again()

    def action_unseen(self, step: int) -> None:
        """Go to the next paragraph that nobody has looked at, or the one before; round the end."""
        rows = self.list.rows
        here = rows.index(self.list.row) if self.list.row in rows else -1
        for away in range(1, len(rows) + 1):
            one = rows[(here + step * away) % len(rows)]
            if one.waiting:
                self.list.select(self.list.key(one))
                return
        hidden = sum(1 for one in self._made if one.waiting and one.paragraph.folded)
        more = f" shown; v shows {counted(hidden, 'more')}" if hidden and not self._unfolded else ""
        self.say(f"Somebody has looked at every paragraph{more}.")

    def action_unfold(self) -> None:
        """Show, or hide, those of whom the name alone agrees."""
        self._unfolded = not self._unfolded
        self.show()

    def action_withhold(self) -> None:
        """Say under which exemption it is withheld, and why."""
        self._attempt(self._withhold())

    async def _withhold(self) -> None:
        one, request_id = self.row("paragraph"), self._request.id
        options = [(key, CODES["exemption"][code]) for key, code in _KEYS.items()]
        said = await choose(self.console, f"{named(one)}. Withheld because", options)
        if said is None:
            return
        code, key = _KEYS[said], [one.paragraph.key]
        why = await ask(
            self.console,
            f"{named(one)}. Withheld because: {CODES['exemption'][code]}",
            "The reason in words, for the log; may be blank",
        )
        if why is None:
            return
        await self.console.write(lambda data: deciding.withhold(data, request_id, key, code, why))
        self.list.action_move(1)
        await self._again()

    def action_identity(self) -> None:
        """Record that it is sure who asks."""
        self._attempt(self._identity())

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
        self._attempt(self._more_time())

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
        self._attempt(self._find())

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
        """It was withdrawn, refused with reasons told, or taken in error."""
        self._attempt(self._end())

    async def _end(self) -> None:
        ways = {"w": "withdrawn", "r": "refused", "x": "mistaken"}
        options = [(key, CODES["request_state"][how]) for key, how in ways.items()]
        state = await choose(self.console, "How it ended", options)
        if state is None:
            return
        how, request_id = ways[state], self._request.id
        note = await ask(self.console, f"{CODES['request_state'][how]}. Why", required=True)
        if note is None:
            return
        await self.console.write(lambda data: deciding.end_request(data, request_id, how, note))
        self.dismiss(None)

    # --- writing and sending

    def action_write(self) -> None:
        """Write the answer and the log, register both; the request stays open."""
        self._attempt(self._write())

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
        safety = None
        if not prepared.subject.survivor:
            safety = await _thought_of(app)
            if safety is None:
                return
        unseen = ""
        if prepared.unseen:
            unseen = await _left_out(app, prepared.unseen)
            if not unseen:
                return
        left = [
            f"{counted(len(prepared.released), 'paragraph')} to go out, "
            f"{len(prepared.withheld)} not.",
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
                unseen=unseen,
                safety=safety,
            )
        )
        await self._again()
        self.say(
            f"Written: {written.files[0][0].name}. The log of what was withheld is for the council "
            f"alone, in the folder {pack.COUNCIL_FOLDER}: never send it. Once the answer is sent, "
            "press s."
        )

    def action_sent(self) -> None:
        """The answer was sent: the clock stops."""
        self._attempt(self._sent())

    async def _sent(self) -> None:
        request_id = self._request.id
        said = await ask(
            self.console,
            "Sent on",
            "The day on which the answer left.",
            value=full_date(self.console.today),
            required=True,
        )
        if said is None:
            return
        day = parse_date(said, today=self.console.today)
        await self.console.write(lambda data: deciding.mark_sent(data, request_id, day))
        await self._again()
        self.say("Sent. It stands no longer on Today; it can be read here, and reopened with r.")

    def action_reopen(self) -> None:
        """Take an ended request up again, with the reason."""
        self._attempt(self._reopen())

    async def _reopen(self) -> None:
        if self._request.state == "open":
            raise RefusedError("This request is open.")
        why = await ask(self.console, "Why is it taken up again?", required=True)
        if why is None:
            return
        request_id = self._request.id
        await self.console.write(lambda data: deciding.reopen(data, request_id, why))
        await self._again()


async def _thought_of(app: Desk) -> pack.Safety | None:
    """What was done for the survivor before somebody else is answered; None when left.

    Raises:
        RefusedError: nothing was done yet.
    """
    said = await choose(
        app,
        "The survivor's safety, before anybody else is answered",
        [(key, pack.SAFETY[state]) for key, state in _SAFETY_KEYS.items()],
    )
    if said is None:
        return None
    state = _SAFETY_KEYS[said]
    if state == "neither":
        raise RefusedError(pack.Safety(state, "").refusal())
    words = await ask(
        app, "How they were told, or why not; what the review found", "Is logged", required=True
    )
    return None if words is None else pack.Safety(state, words)


async def _left_out(app: Desk, unseen: int) -> str:
    """Under which exemption a person leaves out what nobody has looked at; empty when left."""
    said = await choose(
        app,
        f"Nobody has looked at {counted(unseen, 'paragraph')}. Left out because",
        [(key, CODES["exemption"][code]) for key, code in _KEYS.items()],
    )
    return _KEYS[said] if said is not None else ""


def _twins(data: Caseload, person: Person) -> list[tuple[int, str]]:
    return [
        (
            one.id,
            f"{work.must_find(data, one.case_id).case.ref}: {label('role', one.role)}, born "
            f"{full_date(one.dob) or 'not known'}",
        )
        for one in same_person(data, person)
    ]
