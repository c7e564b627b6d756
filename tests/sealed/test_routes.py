"""Every way out of the caseload, with a canary in a sealed case: each screen, each exporter, each
command. Unsealed, the same ways show it, so that the search can fail."""

from __future__ import annotations

import argparse
import io
import shutil
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import pyzipper

from config.errors import SanctuaryError
from config.settings import default_settings
from db.caseload import Caseload
from db.models import Case
from sanctuary_tui import (
    archive_export,
    cover_pack,
    digest,
    marac_export,
    sealing,
    table_export,
    views,
)
from sanctuary_tui.app import _PLACES as PLACES
from sanctuary_tui.cli import build_parser
from sanctuary_tui.commands import PLACES as NAMED_PLACES
from sanctuary_tui.documents import making
from sanctuary_tui.exports import archive, marac_quarter, summary_page
from sanctuary_tui.exports.profiles import EXPORTERS
from sanctuary_tui.exports.tables import TABLES, VIEWS
from sanctuary_tui.imports import reporting
from sanctuary_tui.returns import merging
from sanctuary_tui.returns.figures import quarter as returns_quarter
from sanctuary_tui.returns.figures import year_from
from sanctuary_tui.screens.referral import MatchSheet
from sanctuary_tui.screens.sealed import SealedCaseScreen, SealedScreen
from sanctuary_tui.subject import pack
from tests.frozen import KEY, FrozenConsole, make_home, play, played, text_of
from tests.protected_book import opened
from tests.sanctuary_tui.cli_program import GOOD, HANDED, Program, with_names
from tests.sealed import canary
from tests.sealed.canary import NOW, POSTCODE, SETTINGS, TODAY, WORD

SPENT: Final = "987.65"
"""What the canary's case alone has spent."""


def hits(text: str, ref: str) -> int:
    low = text.casefold()
    return sum(low.count(one.casefold()) for one in (WORD, ref, POSTCODE, SPENT))


# --- what a screen is made from


def _all_views(data: Caseload, case: Case) -> dict[str, Any]:
    return {
        "today_view": views.today_view(data, TODAY, SETTINGS),
        "aftercare_view": views.aftercare_view(data, TODAY, SETTINGS),
        "consent_view": views.consent_view(data, TODAY, SETTINGS),
        "marac_view": views.marac_view(data, TODAY, SETTINGS),
        "counts": views.counts(data, TODAY, SETTINGS),
        "marac_count": views.marac_count(data, TODAY, SETTINGS),
    }


@pytest.mark.guarantee
def test_no_view_and_no_count_has_a_sealed_case(tmp_path: Path) -> None:
    caseload = canary.opened(tmp_path, create=True)
    case = canary.add_canary(caseload)
    open_cards = len(caseload.open_cards())
    before = _all_views(caseload, case)
    canary.seal(caseload, case.id)
    after = _all_views(caseload, case)
    assert len(caseload.open_cards()) == open_cards - 1
    for name, shown in before.items():
        if not name.startswith(("count", "marac_count")):
            assert case.ref in str(shown), name
        assert case.ref not in str(after[name]), name
        assert WORD not in str(after[name]), name
    assert before["counts"] == {"consent": 1, "aftercare": 3, "marac": 1}
    assert after["counts"] == {"consent": 0, "aftercare": 0, "marac": 0}
    caseload.close()


# --- screens

_NOTHING_OF_A_CASE: Final = {"settings", "funds", "group"}
_SEARCHES: Final = {
    f"search {words}": f'slash ="{words}"'
    for words in (WORD, "S26-0001", "0001", POSTCODE, f"{WORD}survivor", "organisations name")
}
_MATCHES: Final = {
    f"referral {words}": f'n ="{words}"' for words in (WORD, "S26-0001", POSTCODE, "survivor")
}
WAYS: Final[dict[str, str]] = {
    **dict(zip(PLACES, "12345678FG", strict=True)),
    "drafts": "D",
    "jump": "g =0001 enter",
    "palette": f"ctrl+p ={WORD}",
    "radar": "5 v",
    "changelog": "L",
    "since": "C",
    "digest": "C d",
    "retention": "6 I",
    "certificates": "6 c",
    "returns": "6 R enter enter down enter",
    "returns money": '6 R =money enter enter @"Council: left" enter',
    "pictures": "6 p enter",
    "fund cases": "F c",
    **_SEARCHES,
    **_MATCHES,
}
"""How to come to whatever shows cases."""
_SHOWS_NOTHING_UNSEALED: Final = {
    *_NOTHING_OF_A_CASE,
    "palette",
    "pictures",
    "radar",
    "referral survivor",
    "retention",
    "certificates",
}
"""Ways that have no word of any case; still tried."""


def test_every_place_is_tried() -> None:
    assert set(NAMED_PLACES) == {*PLACES, "search", "changelog", "since", "sealed"}


async def _shown(app: FrozenConsole, way: str) -> str:
    """What stands on the screen, names shown."""
    async with played(app, "x", size=(200, 60)) as pilot:
        await play(pilot, WAYS[way])
        shown = text_of(pilot)
        notes = " ".join(str(note.message) for note in app._notifications)
    return f"{shown}\n{notes}"


def _with_canary(home: Path, *, sealed: bool) -> Case:
    folder = FrozenConsole(home, unlock=False).paths.data_dir
    caseload = canary.opened(folder, key=KEY)
    case = canary.add_canary(caseload)
    if sealed:
        canary.seal(caseload, case.id)
    caseload.close()
    return case


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, tuple[Path, str]]:
    """A home whose canary is sealed (True), and one where it is not."""
    folder = tmp_path_factory.mktemp("homes")
    found = {}
    for sealed in (True, False):
        home = make_home(folder / str(sealed), 0)
        found[sealed] = (home, _with_canary(home, sealed=sealed).ref)
    return found


@pytest.mark.guarantee
@pytest.mark.parametrize("way", WAYS)
async def test_no_screen_shows_a_sealed_case(
    way: str, homes: dict[bool, tuple[Path, str]], tmp_path: Path
) -> None:
    found = {}
    for sealed, (home, ref) in homes.items():
        copy = shutil.copytree(home, tmp_path / str(sealed))
        shown = await _shown(FrozenConsole(copy), way)
        stays = way in (*_SEARCHES, *_MATCHES, "palette")  # what was typed, in its field
        found[sealed] = hits(shown, ref) - (hits(WAYS[way], ref) if stays else 0)
    assert found[True] <= 0, way
    if way not in _SHOWS_NOTHING_UNSEALED:
        assert found[False] > 0, way


@pytest.mark.guarantee
async def test_no_form_offers_what_only_a_sealed_case_names(
    homes: dict[bool, tuple[Path, str]], tmp_path: Path
) -> None:
    """The landlords that another case's form may choose from."""
    offered = {}
    for sealed, (home, _) in homes.items():
        app = FrozenConsole(shutil.copytree(home, tmp_path / str(sealed)))
        async with played(app):
            view = await app.read(lambda data: views.case_view(data, 2, TODAY, SETTINGS))
            offered[sealed] = list(view.organisations.values())
    assert offered == {True: [], False: [f"{WORD} organisations name"]}


@pytest.mark.guarantee
async def test_the_top_line_counts_no_sealed_case(
    homes: dict[bool, tuple[Path, str]], tmp_path: Path
) -> None:
    lines = {}
    for sealed, (home, _) in homes.items():
        app = FrozenConsole(shutil.copytree(home, tmp_path / str(sealed)))
        async with played(app) as pilot:
            lines[sealed] = text_of(pilot).split("\n")[0]
    assert "Consent 1" in lines[False]
    assert "Aftercare 3" in lines[False]
    for place in ("Consent 1", "Aftercare 3", "MARAC 1"):
        assert place not in lines[True]


# --- the one way in


@pytest.mark.guarantee
async def test_the_door_asks_for_a_reason_and_shuts_when_the_case_is_left(
    homes: dict[bool, tuple[Path, str]], tmp_path: Path
) -> None:
    home, ref = homes[True]
    app = FrozenConsole(shutil.copytree(home, tmp_path / "home"))
    async with played(app, "x S enter", size=(200, 60)) as pilot:
        assert not isinstance(app.screen, SealedScreen)  # a blank reason is refused
        await play(pilot, '="daily look" enter')
        assert isinstance(app.screen, SealedScreen)
        assert ref in text_of(pilot)
        await play(pilot, "enter enter")
        assert not isinstance(app.screen, SealedCaseScreen)
        await play(pilot, '="her call" enter')
        assert isinstance(app.screen, SealedCaseScreen)
        assert "SEALED" in text_of(pilot)
        assert hits(text_of(pilot), ref) > 0
        assert await app.read(lambda data: data.connection.opened) == 1
        await play(pilot, "e")
        assert isinstance(app.screen, SealedCaseScreen)  # nothing is exported from it
        await play(pilot, "escape")
        assert await app.read(lambda data: data.connection.opened) == 0
        await play(pilot, "enter")  # and each time again
        assert not isinstance(app.screen, SealedCaseScreen)
        await play(pilot, '="again" enter')
        assert isinstance(app.screen, SealedCaseScreen)
        await app.go("board", again=True)  # left another way
        await play(pilot, "1")
        assert await app.read(lambda data: data.connection.opened) == 0
        assert hits(text_of(pilot), ref) == 0
        assert "looked at today" in text_of(pilot)


async def test_sealing_and_lifting_on_the_screen(
    homes: dict[bool, tuple[Path, str]], tmp_path: Path
) -> None:
    home, ref = homes[False]
    app = FrozenConsole(shutil.copytree(home, tmp_path / "home"))
    async with played(app, "g =0001 enter", size=(120, 40)) as pilot:
        await play(pilot, 'S ="staff" enter')
        assert not await app.read(lambda data: sealing.is_sealed(data, 1))
        await play(pilot, '="Manager" enter')
        assert await app.read(lambda data: sealing.is_sealed(data, 1))
        assert ref not in text_of(pilot)
        await play(pilot, 'S ="look" enter enter ="to lift it" enter')
        await play(pilot, 'S ="she left" enter y')
        assert not await app.read(lambda data: sealing.is_sealed(data, 1))
        await play(pilot, "1")
        assert ref in text_of(pilot)


async def test_a_referral_of_a_sealed_household_is_stopped_once_in_the_form(
    homes: dict[bool, tuple[Path, str]], tmp_path: Path
) -> None:
    home, ref = homes[True]
    app = FrozenConsole(shutil.copytree(home, tmp_path / "home"))
    typed = {"route": "self", "safe": "yes", "first_name": f"{WORD}survivor", "surname": WORD}

    def cases(data: Caseload) -> int:
        return int(data.connection.execute("SELECT count(*) FROM cases").fetchall()[0][0])

    async with played(app, "n", size=(120, 40)) as pilot:
        assert isinstance(app.screen, MatchSheet)
        await play(pilot, f"={WORD}survivor")
        assert ref not in text_of(pilot)
        assert "manager" not in text_of(pilot)  # nothing while somebody types
        await play(pilot, f"space ={WORD} enter")
        await play(pilot, "=self down =safe ctrl+s")  # from the search to the form
        notes = [str(note.message) for note in app._notifications]
        assert notes[-1] == sealing.NEEDS_LOOK
        await play(pilot, "escape")
        await app.write(lambda data: data.store.discard_draft(0, "new_referral", 0))
        app.clear_notifications()
        await app.write(lambda data: data.store.save_draft(0, "new_referral", 0, typed))
        before = await app.read(cases)
        await play(pilot, "n g ctrl+s")
        notes = [str(note.message) for note in app._notifications]
        assert notes[-1] == sealing.NEEDS_LOOK
        assert ref not in text_of(pilot)
        assert await app.read(cases) == before
        await play(pilot, "escape n g")
        assert f"{WORD}survivor" in text_of(pilot)  # it waits as a draft
        await play(pilot, "ctrl+s")
        assert await app.read(cases) == before  # asked again, since it was left
        await play(pilot, "ctrl+s")
        assert await app.read(cases) == before + 1


# --- exporters


def _export(name: str, handed: table_export.Handed | None) -> Callable[[Caseload, Path], object]:
    return lambda data, out: table_export.export_table(
        data, name, out / f"{name}.csv", handed=handed, today=TODAY, now=NOW
    )


def _marac(data: Caseload, out: Path) -> object:
    meeting, week = marac_export.choose_meeting(data, TODAY, SETTINGS)
    request = marac_export.MaracRequest(
        meeting, week, out, "csv", basis="public_task", decided_by="Manager"
    )
    return marac_export.send(data, request, SETTINGS, now=NOW)


def _radar(data: Caseload, out: Path) -> object:
    return table_export.export_radar(
        data, out / "radar.csv", SETTINGS, handed=HANDED, today=TODAY, now=NOW
    )


def _archive(data: Caseload, out: Path) -> object:
    """Left as plain files, so that it is searched like the others."""
    order = archive_export.ArchiveOrder(HANDED, archive_export.CONFIRM)
    written = archive_export.export_archive(
        data, order, out / "a.zip", settings_file=out / "none", now=NOW
    )
    with pyzipper.AESZipFile(out / "a.zip") as packed:
        packed.extractall(out, pwd=str(written.passphrase).encode())
    return written


def _quarter(data: Caseload, out: Path) -> object:
    settings = default_settings()
    return table_export.export_quarter(
        data, "2026Q4", out / "quarter.csv", settings, exact=True, today=TODAY, now=NOW
    )


def _return(data: Caseload, out: Path) -> object:
    return table_export.export_return(
        data,
        "working-group",
        returns_quarter("2026Q4"),
        out / "return.csv",
        SETTINGS,
        exact=True,
        now=NOW,
    )


def _summary(data: Caseload, out: Path) -> object:
    return table_export.export_summary(
        data, year_from(2026), out / "summary.html", SETTINGS, exact=True, now=NOW
    )


def _digest(data: Caseload, out: Path) -> object:
    found = digest.digest(data, digest.week_with(TODAY), TODAY, SETTINGS)
    return digest.export_digest(data, found, out / "digest.csv", handed=HANDED, now=NOW)


def _cover_pack(data: Caseload, out: Path) -> object:
    """Left as plain parts, so that it is searched like the others."""
    order = cover_pack.PackOrder(HANDED, TODAY + timedelta(days=14))
    written = cover_pack.make_pack(data, order, out / "c.xlsx", today=TODAY, now=NOW)
    with zipfile.ZipFile(
        io.BytesIO(opened((out / "c.xlsx").read_bytes(), str(written.passphrase)))
    ) as book:
        for number, name in enumerate(book.namelist()):
            (out / f"{number}.xml").write_bytes(book.read(name))
    return written


FILES: Final[dict[str, Callable[[Caseload, Path], object]]] = {
    **{f"{one} with names": _export(one, HANDED) for one in (*VIEWS, *TABLES)},
    **{f"{one} pseudonymous": _export(one, None) for one in (*VIEWS, *TABLES)},
    "marac": _marac,
    "radar": _radar,
    "quarter": _quarter,
    "archive": _archive,
    "return": _return,
    "summary": _summary,
    "digest": _digest,
    "cover pack": _cover_pack,
}
_OF_NO_CASE: Final = {
    "funds",
    "group_actions",
    "closures",
    "overrides",
    "seals",
    "disposals",
    "breaches",
    "breach_steps",
    "legal_holds",
    "retention_reviews",
    "subject_requests",
    "subject_decisions",
}
_NO_WORD: Final = {
    "radar",
    "quarter",
    "return",
    "summary",
    "contacts pseudonymous",
    "organisations pseudonymous",
}


def test_every_exporter_is_tried() -> None:
    """Letters are made of one case by its number, which a sealed case has not (test_seam.py)."""
    assert making.write_document
    assert marac_quarter.write_quarter
    assert archive.write_archive
    assert summary_page.write_summary
    assert pack.write_pack
    assert cover_pack.write_cover_pack
    assert reporting.write_refused  # of rows that are in no case yet
    assert merging.merge_returns  # of files from elsewhere: it opens no caseload
    assert {item.function.rpartition(".")[2] for item in EXPORTERS.values()} == {
        "write_document",
        "write_archive",
        "write_quarter",
        "write_return",
        "write_summary",
        "merge_returns",
        "write_marac",
        "write_table",
        "export_lines",
        "write_report",
        "write_pack",
        "write_cover_pack",
        "write_refused",
    }


def _refusal(write: Callable[[Caseload, Path], object], caseload: Caseload, out: Path) -> str:
    """The sentence with which an export is refused; empty when it is written."""
    try:
        write(caseload, out)
    except SanctuaryError as error:
        return error.sentence
    return ""


@pytest.mark.guarantee
@pytest.mark.parametrize("sealed", [True, False])
def test_no_file_has_a_sealed_case(tmp_path: Path, sealed: bool) -> None:
    caseload = canary.opened(tmp_path, create=True)
    case = canary.add_canary(caseload)
    if sealed:
        canary.seal(caseload, case.id)
    wrong: list[tuple[str, object]] = []
    for number, (name, write) in enumerate(FILES.items()):
        out = tmp_path / str(number)
        out.mkdir()
        refused = _refusal(write, caseload, out)
        if refused and (not sealed or hits(refused, case.ref)):
            wrong.append((name, refused))
        text = "".join(
            path.name + path.read_text("utf-8", "replace") for path in sorted(out.iterdir())
        )
        found = hits(text, case.ref)
        silent = name in _NO_WORD or name.split(" ")[0] in _OF_NO_CASE
        if found if sealed else not (found or silent):
            wrong.append((name, found))
    assert wrong == []
    caseload.close()


# --- the command line

COMMANDS: Final[dict[str, tuple[str, ...]]] = {
    "today": ("today",),
    "today --json": ("today", "--json"),
    "since": ("since", "--from", "2020-01-01"),
    "since --json": ("since", "--from", "2020-01-01", "--json"),
    "digest": ("digest", "--week", "2026-W48", "--today", "2026-11-26"),
    "digest --out": (
        "digest",
        "--week",
        "2026-W48",
        "--today",
        "2026-11-26",
        "--identifiable",
    ),
    "show": ("show", "S26-0001"),
    "show --json": ("show", "S26-0001", "--json"),
    "export": ("export", "people", "--identifiable"),
    "export marac": ("export", "marac", "--protect", "csv"),
    "export marac --case": ("export", "marac", "--protect", "csv", "--case", "S26-0001"),
    "export marac-radar": ("export", "marac-radar", "--identifiable"),
    "export document": ("export", "document", "S26-0001", "handover"),
    "import": ("import", "--dry-run"),
    "report": ("report", "working-group", "--quarter", "2026Q4"),
    "report --cases": ("report", "working-group", "--quarter", "2026Q4", "--cases", "referrals"),
    "report --out": ("report", "mhclg", "--year", "2026-27", "--exact"),
    "report money": ("report", "money", "--year", "2026"),
    "report money --cases": ("report", "money", "--year", "2026", "--cases", "council.left"),
    "dispose": ("dispose",),
    "subject": ("subject", "S26-0001", "survivor"),
    "breach list": ("breach", "list"),
    "breach lost-laptop": ("breach", "lost-laptop"),
    "check": ("check",),
    "check --deep": ("check", "--deep"),
}
_ONE_FILE: Final = ("export", "export marac-radar", "report --out", "digest --out")
_TELL_NO_CASE: Final = {
    "handover": "an encrypted pack; test_no_file_has_a_sealed_case opens it",
    "init": "makes a caseload",
    "demo": "makes a caseload",
    "backup": "copies the file, encrypted",
    "restore": "copies the file, encrypted",
    "import": "goes into an empty caseload",
    "passphrase": "keys",
    "key": "keys",
}


def _tracker(folder: Path) -> str:
    path = folder / "tracker.csv"
    path.write_text(
        f"Survivor name,Date of birth,Colour of door\n{WORD}survivor {WORD},03/02/1957,green\n",
        "utf-8",
    )
    return str(path)


def test_every_command_is_tried() -> None:
    """A new command is noticed here."""
    (commands,) = (
        one for one in build_parser()._actions if isinstance(one, argparse._SubParsersAction)
    )
    assert set(commands.choices) == {words[0] for words in COMMANDS.values()} | set(_TELL_NO_CASE)


@pytest.mark.guarantee
def test_no_command_tells_of_a_sealed_case(tmp_path: Path) -> None:
    found: dict[bool, dict[str, int]] = {}
    for sealed in (False, True):
        program = Program(tmp_path / f"home{sealed}")
        key = program.init_quick()
        caseload = canary.opened(program.paths.data_dir, key=key)
        case = canary.add_canary(caseload)
        if sealed:
            canary.seal(caseload, case.id)
        caseload.close()
        found[sealed] = {}
        for name, words in COMMANDS.items():
            out = tmp_path / f"{sealed}-{name.replace(' ', '-')}"
            out.mkdir()
            wanted = [one for one in words if one != "--identifiable"]
            if name == "import":  # a tracker that has the same survivor
                wanted.append(_tracker(tmp_path))
            wanted += with_names(tmp_path) if "--identifiable" in words else []
            if name.startswith("export") or name.endswith("--out"):
                file = out / "out.csv"
                wanted += ["--out", str(file if name in _ONE_FILE else out)]
            done = program.run(*wanted, "--passphrase-file", "-", stdin=f"{GOOD}\n")
            files = "".join(
                path.name + path.read_text("utf-8", "replace") for path in sorted(out.iterdir())
            )
            found[sealed][name] = hits(done.out + done.err + files, case.ref)
    assert found[True] == dict.fromkeys(COMMANDS, 0)
    shown = {name for name, count in found[False].items() if count}
    assert {
        "today",
        "today --json",
        "show",
        "show --json",
        "export",
        "export marac",
        "import",
    } <= shown
    assert {"report --cases", "report money --cases"} <= shown
    assert {"since", "since --json", "digest", "digest --out"} <= shown


# --- that they are left out is said, whether or not there are any


@pytest.mark.guarantee
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("sealed", [True, False])
async def test_where_figures_and_files_are_made_it_is_said_what_they_leave_out(
    homes: dict[bool, tuple[Path, str]], tmp_path: Path, sealed: bool, size: tuple[int, int]
) -> None:
    """The same sentence each time, so that it tells nobody whether a case is sealed."""
    app = FrozenConsole(shutil.copytree(homes[sealed][0], tmp_path / "home"))
    async with played(app, "6", size=size) as pilot:
        assert sum(sealing.ALWAYS in line for line in text_of(pilot).split("\n")) == 1
        for keys in ("6 q enter h enter", "2 e p enter"):
            app.clear_notifications()
            await play(pilot, keys)
            (said,) = [str(one.message) for one in app._notifications if "written" in one.message]
            assert said.endswith(sealing.ALWAYS)
