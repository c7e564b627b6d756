"""What can be done to the line under the cursor, the same on every screen that has lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from config.codes import REMINDER_LIVE, label
from config.errors import RefusedError
from config.format import short_date
from config.keymap import keys_in_force, shown
from db import queries
from db.models import CaseFile, ConsentRequest, Reminder, Visit
from db.readmodels import CaseCard
from sanctuary_tui import work
from sanctuary_tui.formrecords import AnswerForm, ChaseForm
from sanctuary_tui.screens import settle
from sanctuary_tui.screens.asking import ask, choose, fill_form, show_refusal
from sanctuary_tui.screens.base import ConsoleScreen
from sanctuary_tui.screens.checking import make_check
from sanctuary_tui.screens.reaching import before_visit, log_contact

if TYPE_CHECKING:
    from config.settings import Settings
    from sanctuary_tui.desk import Desk

_CHECK_KINDS = ("h48", "weeks3", "m3", "m6", "m12", "monthly")


@dataclass(slots=True, frozen=True)
class Target:
    """The case, and what of it, that a command is about."""

    card: CaseCard
    text: str = ""
    due: date | None = None
    rule: str = ""
    command: str = "open"
    reminder_id: int | None = None
    record_table: str = ""
    record_id: int | None = None

    @property
    def case_id(self) -> int:
        """The case."""
        return self.card.case_id


class LineScreen(ConsoleScreen):
    """A screen whose cursor stands on a case; every command on a case works there."""

    def target(self) -> Target | None:
        """What the cursor stands on; a subclass says."""
        return None

    def stay_here(self) -> None:
        """The line acted on will go elsewhere: the cursor stays here, on the one after it."""

    def _need(self) -> Target:
        found = self.target()
        if found is None:
            raise RefusedError("There is no case under the cursor.")
        return found

    # --- opening ------------------------------------------------------------------------------

    def action_open(self) -> None:
        """Open the case under the cursor."""
        found = self.target()
        if found is not None and found.rule == "police_answer" and found.reminder_id is not None:
            self.console.attempt(self._police_answer(found))
        elif found is not None:
            about = (found.record_table, found.record_id) if found.record_id else None
            self.console.open_case(found.case_id, tab_of(found), at=about)

    async def _police_answer(self, found: Target) -> None:
        said = await settle.police_form(self.console, found.card, found.record_id)
        if said is not None:
            await self._told(said)

    def action_access(self) -> None:
        """What is held about somebody of the case, to be answered paragraph by paragraph."""
        from sanctuary_tui.screens.access import subject_access

        self.console.attempt(subject_access(self.console, self._need().card))

    # --- reminders ----------------------------------------------------------------------------

    def action_done(self) -> None:
        """Mark the line done, with a note, or with the fact that it stands for."""
        self.console.attempt(self._done())

    async def _done(self) -> None:
        found = self._need()
        if found.reminder_id is None:
            raise RefusedError(
                "Nothing is due on this line, so there is nothing to mark as done; a line of a "
                "stuck case goes when the case moves on."
            )
        reminder_id = found.reminder_id
        reminder = await self._reminder(reminder_id)
        if reminder.state not in REMINDER_LIVE:  # the case's own list keeps the old ones too
            state = label("reminder_state", reminder.state).lower()
            raise RefusedError(
                f"This line is over ({state}): nothing is left to do on it; what it was about is "
                "put right in its own record."
            )
        if found.rule == "stage_target":  # done or not, the case is where it is
            raise RefusedError(
                "This line stands until the case moves on: press enter to open the case, or z to "
                "put the line off."
            )
        if found.rule == "subject_request":
            self.action_access()
            return
        if found.rule == "aftercare":
            await self._check()
            return
        if found.rule in settle.ASKS:
            told = await settle.settle(self.console, found.card, reminder)
            if told is not None:
                await self._told(told)
            return
        if found.rule in settle.DOES:
            await self.run_action(settle.DOES[found.rule])
            return
        if found.rule in settle.RECORDED:
            about = (found.record_table, found.record_id) if found.record_id else None
            self.console.open_case(found.case_id, settle.RECORDED[found.rule], at=about)
            self.console.notify(
                f"{found.card.ref}: record it here; the line then goes by itself.", timeout=5
            )
            return
        said = await ask(self.console, f"Done: {found.text}", "Note (may be blank)")
        if said is None:
            return
        await self.console.write(lambda data: work.mark_done(data, reminder_id, said))
        await self._told(f"{found.card.ref}: done.")

    async def _reminder(self, reminder_id: int) -> Reminder:
        return await self.console.read(
            lambda data: queries.get(data.connection, Reminder, reminder_id)
        )

    def action_snooze(self) -> None:
        """Put the line off."""
        self.console.attempt(self._snooze())

    async def _snooze(self) -> None:
        from config.calendar import add_working_days

        found = self._need()
        if found.reminder_id is None:
            raise RefusedError("A line without a date cannot be put off; open the case instead.")
        reminder_id, today = found.reminder_id, self.console.today
        days = {"1": 1, "2": 2, "3": 3, "5": 5, "0": 10}
        dates = {key: add_working_days(today, count) for key, count in days.items()}
        following = "tomorrow" if (dates["1"] - today).days == 1 else "next working day"
        titles = {"1": following, "2": "2 days", "3": "3 days", "5": "a week", "0": "2 weeks"}
        picked = await choose(
            self.console,
            f"{found.card.ref}, {found.card.masked}: put off until",
            [(key, f"{short_date(dates[key])}  ({titles[key]})") for key in days],
        )
        if picked is None:
            return
        until = dates[picked]
        self.stay_here()
        await self.console.write(lambda data: work.snooze(data, reminder_id, until))
        await self._told(f"{found.card.ref}: put off to {short_date(until)}.")

    def action_remind(self) -> None:
        """Add a reminder."""
        self.console.attempt(self._remind())

    async def _remind(self) -> None:
        found = self._need()
        given = await fill_form(
            self.console,
            Reminder,
            title=f"{found.card.ref}: reminder",
            only=("title_text", "due", "rrule"),
            case_id=found.case_id,
            form="reminder",
            commit=lambda given: self.console.write(
                lambda data: work.add_reminder(
                    data, found.case_id, given["title_text"], given["due"], given.get("rrule", "")
                )
            ),
        )
        if given is None:
            return
        await self._told(f"{found.card.ref}: reminder added.")

    # --- contact ------------------------------------------------------------------------------

    def action_call(self) -> None:
        """Log a call, by the safe-contact rule."""
        self.console.attempt(self._call())

    async def _call(self) -> None:
        found = self._need()
        reminder_id = found.reminder_id if found.command == "call" else None
        file = await self.file(found.case_id)
        said = await log_contact(self.console, found.card, file, reminder_id)
        if said is not None:
            await self._told(said)

    # --- consent ------------------------------------------------------------------------------

    def action_chase(self) -> None:
        """Log a chase."""
        self.console.attempt(self._chase())

    async def _chase(self) -> None:
        found = self._need()
        file = await self.file(found.case_id)
        request = await self._request(found, file)
        settings = self.console.settings
        values: dict[str, Any] = {
            "kind": next_event(file, request, self.console.today, settings),
            "channel": request.channel,
            "hop": request.agent or request.decision_maker,
        }
        if values["kind"] == "sent":
            values["words"] = request.wording
        given = await fill_form(
            self.console,
            ChaseForm,
            title=f"{found.card.ref}: consent, {request.part.replace('_', ' ')}",
            values=values,
            case_id=found.case_id,
            form=ChaseForm.table,
            record_id=request.id,
            commit=lambda given: self.console.write(
                lambda data: work.log_consent_event(data, request.id, given, settings)
            ),
        )
        if given is None:
            return
        await self._told(f"{found.card.ref}: logged.")

    def action_answer(self) -> None:
        """Log the landlord's answer."""
        self.console.attempt(self._answer())

    async def _answer(self) -> None:
        found = self._need()
        request = await self._request(found, await self.file(found.case_id))
        kind = await choose(
            self.console,
            f"{found.card.ref}: the answer",
            [
                ("g", "Granted"),
                ("c", "Granted with conditions"),
                ("r", "Refused"),
                ("k", "Acknowledged only"),
                ("o", "Agent passed it to the owner"),
                ("w", "Withdrawn"),
            ],
        )
        kinds = {
            "g": "answer_granted",
            "c": "answer_conditional",
            "r": "answer_refused",
            "k": "acknowledged",
            "o": "forwarded",
            "w": "withdrawn",
        }
        if kind is None:
            return
        settings = self.console.settings
        if kind in "kow":
            event = {"kind": kinds[kind], "channel": request.channel, "hop": request.agent}
            await self.console.write(
                lambda data: work.log_consent_event(data, request.id, event, settings)
            )
        else:
            wanted = {
                "g": ("granted_by", "answered_on", "evidence", "expiry"),
                "c": ("granted_by", "answered_on", "conditions", "evidence", "expiry"),
                "r": ("granted_by", "answered_on", "reason"),
            }[kind]
            given = await fill_form(
                self.console,
                AnswerForm,
                title=f"{found.card.ref}: the answer",
                values={
                    "granted_by": request.decision_maker or request.agent,
                    "answered_on": self.console.today,
                },
                only=wanted,
                case_id=found.case_id,
                form=AnswerForm.table,
                record_id=request.id,
                commit=lambda given: self.console.write(
                    lambda data: work.log_answer(
                        data, request.id, {**given, "kind": kinds[kind]}, settings
                    )
                ),
            )
            if given is None:
                return
        await self._told(f"{found.card.ref}: answer logged.")

    async def _request(self, found: Target, file: CaseFile) -> ConsentRequest:
        if found.record_table == "consent_requests" and found.record_id:
            for request in file.consent_requests:
                if request.id == found.record_id:
                    return request
        from sanctuary_tui.pathway.consent import open_requests

        waiting = open_requests(file)
        if not waiting:
            raise RefusedError(
                "No consent request is open on this case; add one on its Consent tab."
            )
        if len(waiting) == 1:
            return waiting[0]
        picked = await choose(
            self.console,
            f"{file.case.ref}: which request",
            [
                (str(number), f"{one.part.replace('_', ' ')}: {one.decision_maker or one.agent}")
                for number, one in enumerate(waiting[:9], 1)
            ],
        )
        if picked is None:
            raise RefusedError("Nothing was logged.")
        return waiting[int(picked) - 1]

    # --- visits and checks ----------------------------------------------------------------------

    def action_book(self) -> None:
        """Book a visit."""
        self.console.attempt(self._book())

    async def _book(self) -> None:
        found = self._need()
        kind = "install" if found.card.stage in ("approval", "installation") else "survey"
        if found.card.stage == "aftercare":
            kind = "repair"
        title = await before_visit(self.console, found.card, await self.file(found.case_id))
        if title is None:
            return
        settings = self.console.settings
        given = await fill_form(
            self.console,
            Visit,
            title=title,
            values={"kind": kind},
            only=(
                "kind",
                "on",
                "window",
                "worker",
                "gender_pref",
                "safe_window",
                "support_present",
                "police_attend",
                "police_answer",
                "note",
            ),
            banner=found.card,
            case_id=found.case_id,
            form="visit",
            commit=lambda given: self.console.write(
                lambda data: work.book(data, found.case_id, given, settings)
            ),
        )
        if given is None:
            return
        booked = Visit(case_id=found.case_id, kind=given.get("kind", "survey"), on=given["on"])
        held = await self.console.read(lambda data: work.held_works(data, booked, settings))
        said = f"{found.card.ref}: booked for {short_date(given['on'])}."
        await self._told(" ".join((said, *held)))

    def action_check(self) -> None:
        """Record an aftercare check."""
        self.console.attempt(self._check())

    async def _check(self) -> None:
        found = self._need()
        due = found.rule == "aftercare"
        said = await make_check(
            self.console,
            found.card,
            await self.file(found.case_id),
            title=found.text,
            kind=await self._check_kind(found.reminder_id) if due else "extra",
            due=found.due,
            reminder_id=found.reminder_id if due else None,
        )
        if said is not None:
            await self._told(said)

    async def _check_kind(self, reminder_id: int | None) -> str:
        if reminder_id is None:
            return "extra"
        reminder = await self._reminder(reminder_id)
        parts = reminder.key.split(":")
        return next((kind for kind in _CHECK_KINDS if kind in parts), "extra")

    # --- stages -------------------------------------------------------------------------------

    def action_forward(self) -> None:
        """Move the case on."""
        self.console.attempt(self._move(1))

    def action_backward(self) -> None:
        """Move the case back."""
        self.console.attempt(self._move(-1))

    async def _move(self, step: int) -> None:
        from sanctuary_tui.pathway import stages

        found = self._need()
        to_stage = (stages.after if step > 0 else stages.before)(found.card.stage)
        if to_stage is None:
            raise RefusedError("There is no stage beyond this one.")
        await move_case(self.console, found.card, to_stage)
        await self._told("")

    def action_document(self) -> None:
        """Make a letter, job sheet or handover sheet of the case."""
        self.console.attempt(self._document())

    async def _document(self) -> None:
        from sanctuary_tui.screens.documents import make_document

        await make_document(self.console, self._need().case_id)

    # --- helpers ------------------------------------------------------------------------------

    async def file(self, case_id: int) -> CaseFile:
        """The whole case."""
        return await self.console.read(lambda data: work.must_find(data, case_id))

    async def _told(self, sentence: str) -> None:
        if sentence:
            self.notify(sentence, timeout=3)
        await self.console.reload()


def next_event(file: CaseFile, request: ConsentRequest, today: date, settings: Settings) -> str:
    """What is to be logged next on a request: its sending, or what the chase ladder has next."""
    from sanctuary_tui.pathway.consent import due_step

    if request.state in ("drafting", "survivor_ok_to_contact"):
        return "sent"
    step = due_step(file, request, today, settings)
    return step.kind if step is not None and not step.locked else "chase"


async def move_case(app: Desk, card: CaseCard, to_stage: str) -> None:
    """Move a case, closing it with a reason where that is what the move is."""
    from sanctuary_tui.formrecords import CloseForm
    from sanctuary_tui.pathway import stages

    settings = app.settings
    left: list[str] = []
    try:
        if to_stage == "closed":
            given = await fill_form(
                app,
                CloseForm,
                title=f"{card.ref}: close the case",
                case_id=card.case_id,
                form=CloseForm.table,
                commit=lambda given: app.write(
                    lambda data: work.close_case(data, card.case_id, given, settings)
                ),
            )
            if given is None:
                return
        else:
            left = await app.read(
                lambda data: work.left_open(data, card.case_id, to_stage, settings)
            )
            await app.write(lambda data: work.move(data, card.case_id, to_stage, settings))
    except work.Refusal as refusal:
        await show_refusal(app, card, to_stage, refusal.findings)
        return
    said = f"{card.ref}: now in {stages.title(to_stage, settings)}."
    if to_stage != card.stage:  # one key does it, and on Today no column shows it
        was, undo = stages.title(card.stage, settings), shown(keys_in_force("undo", settings.keys))
        said += f" It was in {was}; {undo} takes it back."
    app.notify(said, timeout=8)
    if left:
        app.notify(f"Passed over in the emergency: {' '.join(left)}", timeout=10)


def tab_of(found: Target) -> str:
    """The tab of the case that a line is about."""
    return {
        "consent_requests": "consent",
        "risk_assessments": "risk",
        "incidents": "risk",
        "marac_listings": "risk",
        "marac_actions": "risk",
        "properties": "legal",
        "people": "people",
        "legal_orders": "legal",
        "measures": "measures",
        "visits": "measures",
        "surveys": "measures",
        "aftercare_checks": "aftercare",
        "safety_plans": "support",
        "support": "support",
        "referrals_out": "support",
    }.get(found.record_table, "overview")
