"""Asking the person something and waiting for the answer; None always means: left it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from db.readmodels import CaseCard, Finding
from db.record import Record
from widgets.dialogs import Ask, Checklist, Choice, Confirm, Pick
from widgets.reading import ReadConfirm

if TYPE_CHECKING:
    from sanctuary_tui.desk import Desk


async def ask(
    app: Desk,
    title: str,
    label: str = "",
    *,
    value: str = "",
    long: bool = False,
    required: bool = False,
    replaces: bool = False,
    judge: Callable[[str], object] | None = None,
) -> str | None:
    """A line of text, or several; where one is ``required`` a blank is refused on the spot.

    ``replaces``: what is typed takes the place of the ``value`` offered. What ``judge`` refuses is
    said in the sheet, which stays open.
    """
    limit = 20_000 if long else 400
    sheet = Ask(
        title,
        label,
        value=value,
        multiline=long,
        limit=limit,
        required=required,
        replaces=replaces,
        judge=judge,
    )
    said: str | None = await app.push_screen_wait(sheet)
    return said


async def ask_folder(app: Desk) -> Path | None:
    """The folder to write into, the one kept for exports offered; None when left."""
    from sanctuary_tui.table_export import default_folder

    said = await ask(app, "Write into folder", value=str(default_folder(app.paths)))
    return Path(said).expanduser().absolute() if said else None


async def confirm(app: Desk, question: str, detail: str = "", *, strong: bool = False) -> bool:
    """Yes or no; the detail stands out where it is what is asked about (``strong``)."""
    kind = ReadConfirm if strong else Confirm
    sheet: Screen[Any] = kind(question, detail=detail, strong=strong)
    return bool(await app.push_screen_wait(sheet))


async def choose(app: Desk, title: str, options: Sequence[tuple[str, str]]) -> str | None:
    """One of a few, each by its own key."""
    choices = [Choice(key, words, key=key) for key, words in options]
    picked: str | None = await app.push_screen_wait(Pick(title, choices))
    return picked


async def pick(
    app: Desk, title: str, options: Sequence[Choice | tuple[Any, str]], *, current: Any = None
) -> Any:
    """One of many, by typing part of its words; the cursor starts on ``current``."""
    return await app.push_screen_wait(Pick(title, list(options), current=current, filtered=True))


async def tick(
    app: Desk, title: str, options: Sequence[tuple[Any, str]], *, chosen: Sequence[Any] = ()
) -> Any:
    """Any number of a few, those ``chosen`` ticked at first; a list of what was ticked."""
    return await app.push_screen_wait(Checklist(title, list(options), chosen=chosen))


async def fill_form(
    app: Desk,
    kind: type[Record],
    *,
    title: str,
    values: Mapping[str, Any] | None = None,
    only: Sequence[str] | None = None,
    role: str | None = None,
    links: Mapping[str, list[tuple[int, str]]] | None = None,
    banner: CaseCard | None = None,
    case_id: int = 0,
    form: str = "",
    record_id: int = 0,
    commit: Callable[[dict[str, Any]], Awaitable[object]] | None = None,
    typed: dict[str, str] | None = None,
    start: str = "",
    choices: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any] | None:
    """A form made from a record's declaration; a draft of it waits in the caseload until saved.

    ``commit`` keeps the answers. What it refuses is said in the form, which stays open with
    everything typed; the answers come back once they are kept. ``typed`` counts as typed by the
    person, so that it stays in the draft. ``choices`` narrows what a field's list offers.
    """
    from sanctuary_tui.screens.forms import FormSheet

    draft = await app.read(lambda data: _draft(data.connection, case_id, form, record_id))
    sheet = FormSheet(
        kind,
        title=title,
        values=dict(values or {}),
        only=only,
        role=role,
        links=links or {},
        banner=banner,
        draft_key=(case_id, form, record_id),
        draft=draft,
        commit=commit,
        typed=typed,
        start=start,
        choices=choices,
    )
    given: dict[str, Any] | None = await app.push_screen_wait(sheet)
    return given


def _draft(connection: Any, case_id: int, form: str, record_id: int) -> dict[str, str] | None:
    from db.queries import draft

    return draft(connection, case_id, form, record_id)


async def fill_dash(app: Desk, answers: str, *, title: str) -> str | None:
    """The 24 answers."""
    from sanctuary_tui.screens.forms import DashSheet

    given: str | None = await app.push_screen_wait(DashSheet(answers, title=title))
    return given


async def show_refusal(app: Desk, card: CaseCard, wanted: str, findings: Sequence[Finding]) -> None:
    """Which gates refuse, why, and who must act; enter on one goes to where it is put right."""
    from sanctuary_tui import views, work
    from sanctuary_tui.screens.forms import RefusalSheet

    file = await app.read(lambda data: work.must_find(data, card.case_id))
    shown_findings = views.merged(findings, file)

    chosen = await app.push_screen_wait(
        RefusalSheet(card.ref, wanted, shown_findings, today=app.today)
    )
    if chosen is None:
        return
    fix = getattr(app.screen, "fix", None)
    if callable(fix):
        await fix(chosen)
    else:
        app.open_case(card.case_id, fix=chosen)
