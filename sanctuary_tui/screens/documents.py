"""Making a document of a case: pick, see it with what is missing, read the rule, write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from config.codes import label
from config.format import full_date
from db.models import Visit
from sanctuary_tui import work
from sanctuary_tui.documents import making, rules
from sanctuary_tui.documents.kinds import KINDS, Kind
from sanctuary_tui.documents.making import Order, Prepared
from sanctuary_tui.screens.asking import ask, ask_folder, choose, pick
from sanctuary_tui.screens.reaching import rule_read
from widgets.dialogs import Sheet
from widgets.text_blocks import Words

if TYPE_CHECKING:
    from sanctuary_tui.desk import Desk


async def make_document(app: Desk, case_id: int) -> None:
    """Ask which document; preview it; write and register it."""
    name = await choose(app, "Make a document", [(one.key, one.title) for one in KINDS.values()])
    if name is None:
        return
    kind = next(one for one in KINDS.values() if one.key == name)
    about = await _about(app, kind, case_id)
    if about is None:
        return
    order = Order(kind.id, case_id, about, address_reason=await _reason(app, kind, case_id))
    settings, today, folder = app.settings, app.today, app.paths.config_dir
    seen = await _seen(app, order)
    if seen is None:
        return
    order, prepared, how = seen
    if kind.to_survivor and not await rule_read(app, prepared.ref, prepared.safe_contact):
        return
    out, now = await ask_folder(app), app.now()
    if out is None:
        return
    order = replace(order, large=how == "large")
    written = await app.write(
        lambda data: making.make(
            data,
            order,
            settings,
            out,
            folder=folder,
            now=now,
            today=today,
            text=how == "text",
            rule_read=True,
        )
    )
    app.notify(
        f"Written: {written.files[0][0].name}. It is in the export register.",
        timeout=6,
        markup=False,
    )
    for notice in written.notices:
        app.notify(notice, severity="warning", timeout=10, markup=False)
    await app.reload()


async def _seen(app: Desk, order: Order) -> tuple[Order, Prepared, str] | None:
    """The document as it is seen before it is written, and how it is to be written.

    ``i`` turns "handed over in person" on and off, and shows what then stops it.
    """
    while True:
        prepared = await _prepared(app, order)
        how = await app.push_screen_wait(DocumentSheet(prepared))
        if how is None:
            return None
        if how != "in_person":
            return order, prepared, how
        order = replace(order, in_person=not order.in_person)


async def _prepared(app: Desk, order: Order) -> Prepared:
    settings, today, folder = app.settings, app.today, app.paths.config_dir
    return await app.read(
        lambda data: making.prepare(data, order, settings, folder=folder, today=today)
    )


async def _about(app: Desk, kind: Kind, case_id: int) -> int | None:
    """The request or visit it is about, asked for where there are several; 0 for the only one."""
    if not kind.about:
        return 0
    found = await app.read(lambda data: rules.candidates(kind, work.must_find(data, case_id)))
    if len(found) < 2:
        return 0
    options = [
        (
            one.id,
            f"{label('visit_kind', one.kind)}, {full_date(one.on)}"
            if isinstance(one, Visit)
            else f"{label('part', one.part)}: {one.agent or one.decision_maker or 'no name'}, "
            f"{label('consent_state', one.state).lower()}",
        )
        for one in found
    ]
    chosen: int | None = await pick(app, "About which", options, current=found[0].id)
    return chosen


async def _reason(app: Desk, kind: Kind, case_id: int) -> str:
    """The reason to name a confidential home, where the document has an address; or none."""
    if "address" not in kind.fields:
        return ""
    file = await app.read(lambda data: work.must_find(data, case_id))
    if file.home is None or file.home.confidential != "yes":
        return ""
    said = await ask(
        app, "The home's address is confidential", "Reason to name it (logged); blank leaves it out"
    )
    return said or ""


class DocumentSheet(Sheet[str]):
    """A document as it would be written; above it what stops it, what is missing, the rule.

    The result is ``docx``, ``large`` or ``text``, ``in_person`` to change how it reaches the
    survivor, or None after escape.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take('docx')", "Write", show=False),
        Binding("g", "take('large')", "Large print", show=False),
        Binding("p", "take('text')", "Plain text", show=False),
        Binding("i", "hand_over", "In person", show=False),
    ]
    scrolls: ClassVar[bool] = True

    def __init__(self, prepared: Prepared) -> None:
        super().__init__(f"{prepared.ref}: {prepared.kind.title}")
        self._prepared = prepared

    def body(self) -> ComposeResult:
        """What is to be known first; then the text."""
        made = self._prepared
        if made.safe_contact:
            yield Words(f"Safe contact: {made.safe_contact}", style="strong")
        if made.in_person:
            yield Words("Handed over in person.", style="strong")
        for refusal in made.refusals:
            yield Words(f"Not written: {refusal}", style="late")
        if made.gaps:
            yield Words(f"Missing: {making.in_words(made.gaps)}", style="late")
        for notice in made.notices:
            yield Words(notice, style="late")
        if made.large:
            yield Words("Large print is recorded for this survivor.", style="dim")
        yield Words(" ")
        for line in made.text.split("\n"):
            yield Words(line or " ")

    def keys(self) -> Sequence[tuple[str, str]]:
        """Scroll, write, leave."""
        made = self._prepared
        how = "send it" if made.in_person else "in person"
        hand = (("i", how),) if made.kind.to_survivor else ()
        if made.refusals:
            return (("↑↓", "scroll"), *hand, ("esc", "close"))
        return (
            ("↑↓", "scroll"),
            ("enter", "write"),
            ("g", "large print"),
            ("p", "plain text"),
            *hand,
            ("esc", "leave"),
        )

    def action_hand_over(self) -> None:
        """Handed over in person, or sent after all: for the survivor's own alone."""
        if self._prepared.kind.to_survivor:
            self.dismiss("in_person")

    def action_take(self, how: str) -> None:
        """Go on to writing, unless it is refused."""
        if not self._prepared.refusals:
            self.dismiss(how)
