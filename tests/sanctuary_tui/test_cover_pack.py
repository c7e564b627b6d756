"""The handover pack: what is in it, what never is, the register, its last day, sealed cases."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from msoffcrypto.exceptions import InvalidKeyError

from config.errors import BadInputError, RefusedError
from config.settings import default_settings
from db import queries
from db.caseload import Caseload
from db.models import RECORDS, Case, ConnectedPerson, Disclosure, Person, ReferralOut, specs
from db.readlog import LogFilter, read_log
from sanctuary_tui import cover_ends, cover_pack, leftovers, records, views, work
from sanctuary_tui.cover_pack import PackOrder, make_pack
from sanctuary_tui.exports.profiles import PROFILES, class_of
from sanctuary_tui.screens.marac_sheets import SentSheet
from sanctuary_tui.table_export import Handed
from tests.frozen import NOW, Opened, play, text_of
from tests.protected_book import opened
from tests.sanctuary_tui.cli_program import GOOD, HANDED, Program, with_names
from tests.sealed import canary
from tests.sealed.canary import TODAY, WORD

UNTIL = date(2026, 12, 10)
ORDER = PackOrder(HANDED, UNTIL)
HOSTILE = '=cmd|"/c calc"!A1 [bold]x\x1b[2J'
Sheets = dict[str, list[dict[str, str]]]


def sheets(path: Path, passphrase: str | None) -> Sheets:
    """The tables of a pack, as its reader sees them."""
    book = openpyxl.load_workbook(io.BytesIO(opened(path.read_bytes(), passphrase or "")))
    found: Sheets = {}
    for page in book.worksheets:
        head, *rows = [[str(cell.value or "") for cell in row] for row in page.iter_rows()]
        found[page.title] = [dict(zip(head, row, strict=True)) for row in rows]
    return found


def make(data: Caseload, out: Path, order: PackOrder = ORDER) -> Sheets:
    written = make_pack(data, order, out, today=TODAY, now=NOW)
    return sheets(out, written.passphrase)


def last(data: Caseload) -> Disclosure:
    return queries.all_of(data.connection, Disclosure)[-1]


def test_what_the_one_who_covers_needs_is_in_it(caseload: Caseload, tmp_path: Path) -> None:
    case = canary.add_canary(caseload)
    out = tmp_path / "cover.xlsx"
    found = make(caseload, out)
    assert list(found) == ["Read first", "Cases", "Due"]
    first = {row["what"]: row["says"] for row in found["Read first"]}
    assert first["For"] == HANDED.to
    assert first["Why"] == HANDED.why
    assert first["Delete by"].startswith("2026-12-10")
    assert "cannot be enforced" in first["The date"]
    card = queries.card(caseload.connection, case.id)
    row = next(one for one in found["Cases"] if one["case_ref"] == case.ref)
    assert (row["risk"], row["stuck_on"], row["next_text"]) == (
        "High",
        card.stuck_on,
        card.next_text,
    )
    assert row["safe_contact"]
    assert {one["delete_by"] for one in found["Cases"] + found["Due"]} == {"2026-12-10"}
    assert {one["for"] for one in found["Cases"] + found["Due"]} == {HANDED.to}
    due = [one for one in found["Due"] if one["case_ref"] == case.ref]
    by_sql = caseload.connection.execute(
        "SELECT count(*) FROM main.reminders WHERE case_id = ? AND state IN ('open', 'snoozed')"
        " AND due <= '2026-12-10'",
        (case.id,),
    ).fetchall()
    assert len(due) == by_sql[0][0] > 1
    assert len(found["Cases"]) == 2
    assert out.stat().st_mode & 0o777 == 0o600
    with pytest.raises(InvalidKeyError):
        opened(out.read_bytes(), "another passphrase")
    assert WORD.encode() not in out.read_bytes()


def test_its_columns_are_as_wide_as_what_is_read_in_them(
    caseload: Caseload, tmp_path: Path
) -> None:
    """The safe-contact rule stood in 16 letters a line, and what to read first in 12."""
    canary.add_canary(caseload)
    written = make_pack(caseload, ORDER, tmp_path / "cover.xlsx", today=TODAY, now=NOW)
    plain = opened((tmp_path / "cover.xlsx").read_bytes(), written.passphrase or "")
    wide = {
        (page.title, str(column[0].value)): page.column_dimensions[column[0].column_letter].width
        for page in openpyxl.load_workbook(io.BytesIO(plain)).worksheets
        for column in page.iter_cols()
    }
    assert wide["Read first", "says"] == 60
    assert wide["Cases", "safe_contact"] > 40
    assert wide["Cases", "score"] == 12


def test_a_household_that_has_left_and_is_awaited_elsewhere_is_handed_over_too(
    caseload: Caseload, tmp_path: Path
) -> None:
    """Its case is closed, and nobody asked the refuge while the coordinator was away."""
    case = canary.add_canary(caseload)
    given = {"kind": "refuge", "made": TODAY}
    records.keep_record(caseload, ReferralOut, case.id, 0, given, default_settings())
    work.close_case(caseload, case.id, {"outcome": "moved"}, default_settings())
    other = work.take_referral(caseload, {"route": "self", "safe": "yes", "first_name": "Ode"})
    work.close_case(caseload, other.id, {"outcome": "duplicate"}, default_settings())
    found = make(caseload, tmp_path / "cover.xlsx")
    assert "left us: refuge, answer?" in [
        row["what"] for row in found["Due"] if row["case_ref"] == case.ref
    ]
    handed = {row["case_ref"]: row for row in found["Cases"]}
    assert handed[case.ref]["safe_contact"]
    assert handed[case.ref]["stage"] == "Closed"
    assert other.ref not in handed  # closed, and nothing of it is due


@pytest.mark.guarantee
def test_no_protected_field_is_in_a_handover_pack(caseload: Caseload, tmp_path: Path) -> None:
    """The profile has none; and typed words that say one are withheld."""
    profile = PROFILES["cover"]
    assert "protected" not in {class_of(*pair) for pair in profile.fields}
    assert profile.protected == frozenset()
    case = canary.add_canary(caseload)
    places = queries.case_file(caseload.connection, case.id)
    assert places is not None
    hidden = places.safe_addresses[0].address
    assert hidden
    caseload.store.update(
        queries.get(caseload.connection, Case, case.id), next_action=f"post it to {hidden}"
    )
    found = str(make(caseload, tmp_path / "cover.xlsx"))
    assert "withheld" in found.casefold()
    for record in RECORDS:
        for name, spec in specs(record).items():
            if spec.klass == "protected" and spec.kind in ("text", "long"):
                assert f"{WORD} {record.table} {name}" not in found, (record.table, name)


def test_hostile_words_are_text_and_nothing_else(caseload: Caseload, tmp_path: Path) -> None:
    case = canary.add_canary(caseload)
    caseload.store.update(case, next_action=HOSTILE)
    order = replace(ORDER, handed=Handed(HOSTILE, HOSTILE))
    written = make_pack(caseload, order, tmp_path / "a.xlsx", today=TODAY, now=NOW)
    plain = opened((tmp_path / "a.xlsx").read_bytes(), str(written.passphrase))
    cells = [
        cell
        for page in openpyxl.load_workbook(io.BytesIO(plain)).worksheets
        for row in page.iter_rows()
        for cell in row
    ]
    assert any("=cmd" in str(cell.value) for cell in cells)
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}


def test_it_is_registered_with_whom_it_is_for_and_until_when(
    caseload: Caseload, tmp_path: Path
) -> None:
    case = canary.add_canary(caseload)
    make(caseload, tmp_path / "cover.xlsx", replace(ORDER, refs=(case.ref.lower(),)))
    row = last(caseload)
    assert row.what == "handover pack until 2026-12-10"
    assert (row.recipient_name, row.basis, row.profile) == (HANDED.to, HANDED.why, "cover")
    assert (row.case_refs, row.rows, row.protection) == (case.ref, 1, "xlsx")
    assert row.held == "public;case"
    line = read_log(caseload.connection, LogFilter(actions=("disclosure",)))[0]
    assert line.why == "handover pack until 2026-12-10"


def test_what_is_refused_leaves_no_file_and_no_row(caseload: Caseload, tmp_path: Path) -> None:
    canary.add_canary(caseload)
    before = len(queries.all_of(caseload.connection, Disclosure))
    out = tmp_path / "cover.xlsx"
    for order in (
        replace(ORDER, handed=Handed("", "why")),
        replace(ORDER, handed=Handed("who", " ")),
        replace(ORDER, until=TODAY),
        replace(ORDER, until=TODAY + timedelta(days=93)),
        replace(ORDER, refs=("S26-0999",)),
        replace(ORDER, sealed=("S26-0001",)),
        replace(ORDER, sealed=("S26-0001",), sealed_why="cover"),  # it is not sealed
    ):
        with pytest.raises(BadInputError):
            make(caseload, out, order)
    with pytest.raises(BadInputError):
        make(caseload, tmp_path / "cover.csv")
    with pytest.raises(RefusedError):
        make(caseload, tmp_path / "household.xlsx")
    assert list(tmp_path.glob("*.xlsx")) == []
    assert len(queries.all_of(caseload.connection, Disclosure)) == before


def test_today_asks_for_its_deletion_from_the_day_it_ends(
    caseload: Caseload, tmp_path: Path
) -> None:
    canary.add_canary(caseload)
    make(caseload, tmp_path / "cover.xlsx")
    row, settings = last(caseload), default_settings()

    def asked(day: date) -> list[tuple[str, str]]:
        lines = views.today_view(caseload, day, settings).lines
        return [(one.group, one.text) for one in lines if one.rule == "cover_pack"]

    said = f"pack {row.id}: ask for it to be deleted"
    assert asked(UNTIL - timedelta(days=1)) == []
    assert asked(UNTIL) == [("today", said)]
    assert asked(UNTIL + timedelta(days=5)) == [("overdue", said)]
    leftovers.delete(caseload, row.id)  # the file here is not the one that was sent
    assert asked(UNTIL) == [("today", said)]
    assert "is deleted there" in cover_ends.said_deleted(caseload, row.id)
    assert asked(UNTIL + timedelta(days=5)) == []
    assert last(caseload).what == "handover pack until 2026-12-10, deleted there 2026-11-26"
    with pytest.raises(RefusedError):
        cover_ends.said_deleted(caseload, row.id)
    lines = read_log(caseload.connection, LogFilter(actions=("erasure",)))
    assert lines[0].entity == "exported_files"


def test_a_register_from_elsewhere_makes_no_line(caseload: Caseload) -> None:
    for what in ("handover pack until 2026-13-40", "x handover pack until 2026-01-01", HOSTILE):
        caseload.store.add(Disclosure(at=NOW, what=what, profile="cover"))
    caseload.store.add(Disclosure(at=NOW, what=cover_ends.named(TODAY), profile="marac"))
    assert cover_ends.today_lines(caseload, TODAY) == []


@pytest.mark.guarantee
def test_a_sealed_case_is_handed_over_only_by_name_and_for_a_reason(
    caseload: Caseload, tmp_path: Path
) -> None:
    case = canary.add_canary(caseload)
    canary.seal(caseload, case.id)
    found = make(caseload, tmp_path / "a.xlsx")
    assert case.ref not in str(found)
    assert WORD not in str(found)
    with pytest.raises(BadInputError):
        make(caseload, tmp_path / "b.xlsx", replace(ORDER, refs=(case.ref,)))
    with pytest.raises(BadInputError):
        make(caseload, tmp_path / "b.xlsx", replace(ORDER, sealed=(case.ref,), sealed_why=" "))
    assert not (tmp_path / "b.xlsx").exists()
    named = replace(ORDER, sealed=(case.ref.lower(),), sealed_why="she covers it")
    found = make(caseload, tmp_path / "b.xlsx", named)
    row = next(one for one in found["Cases"] if one["case_ref"] == case.ref)
    assert row["next_text"]
    assert WORD in str(row)
    for name in ("safe_addresses address", "cases code_word"):
        assert f"{WORD} {name}" not in str(found)
    assert caseload.connection.opened == 0
    why = caseload.connection.execute(
        "SELECT why FROM main.changes WHERE case_id = ? ORDER BY id DESC LIMIT 1", (case.id,)
    ).fetchall()
    assert why == [("sealed case opened: she covers it",)]
    kept = caseload.connection.execute(
        "SELECT case_refs FROM main.disclosures ORDER BY id DESC LIMIT 1"
    ).fetchall()
    assert kept == [(f"S26-0002;{case.ref}",)]
    shown = last(caseload)  # the register tells nobody, not by a number either
    assert (shown.case_refs, shown.rows) == ("S26-0002", 1)
    logged = read_log(caseload.connection, LogFilter())
    assert case.ref not in str(logged)


@pytest.mark.guarantee
@pytest.mark.parametrize("to", ["Quillfeather", "Ted Quillfether, duty manager", "Ivo Oakmoss"])
@pytest.mark.parametrize("sealed", [False, True])
def test_nobody_of_the_register_and_no_perpetrator_is_handed_a_case(
    caseload: Caseload, tmp_path: Path, to: str, sealed: bool
) -> None:
    case = canary.add_canary(caseload)
    work.take_referral(caseload, {"route": "self", "safe": "yes", "surname": "Elsewhere"})
    caseload.store.add(ConnectedPerson(case_id=case.id, name="Ted Quillfeather", kind="staff"))
    caseload.store.add(
        Person(case_id=case.id, role="perpetrator", first_name="Ivo", surname="Oakmoss")
    )
    order = replace(ORDER, handed=Handed(to, "covers a leave"))
    if sealed:
        canary.seal(caseload, case.id)
        make(caseload, tmp_path / "without.xlsx", order)  # it tells of nothing that is sealed
        order = replace(order, sealed=(case.ref,), sealed_why="she covers it")
    with pytest.raises(RefusedError, match=f"{case.ref} cannot stand in this file"):
        make(caseload, tmp_path / "a.xlsx", order)
    assert not (tmp_path / "a.xlsx").exists()
    assert caseload.connection.opened == 0
    others = ("S26-0002", "S26-0003")
    make(caseload, tmp_path / "b.xlsx", replace(order, refs=others, sealed=()))
    if not sealed:  # a surname alone stops nothing
        make(caseload, tmp_path / "c.xlsx", replace(order, handed=Handed("Ann Oakmoss", "covers")))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_on_the_screen(console: Opened, size: tuple[int, int]) -> None:
    app = console()
    asked = '6 H ="Jo Quaxley" enter ="Cover" enter'
    async with app.run_test(size=size) as pilot:
        await play(pilot, f'{asked} ="26 nov" enter')
        assert "after today" in text_of(pilot)
        await play(pilot, "escape")
        await play(pilot, f'{asked} ="10 dec" enter ="s26-9999" enter')
        assert "There is no case S26-9999" in text_of(pilot), "said where it is typed"
        await play(pilot, "escape")
        await play(pilot, f'{asked} ="10 dec" enter enter l enter')
        sheet = app.screen
        assert isinstance(sheet, SentSheet)
        assert "Handover pack of" in text_of(pilot)
        row = (await app.read(lambda data: queries.all_of(data.connection, Disclosure)))[-1]
        found = sheets(Path(row.path), sheet._written.passphrase)
        cards = await app.read(lambda data: data.open_cards())
        assert {one["case_ref"] for one in found["Cases"]} == {card.ref for card in cards}
        await play(pilot, "escape")
        assert cover_pack.NOT_ENFORCED in str(list(app._notifications)[-1].message)
        await play(pilot, 'H ="is deleted there" enter y')
        row = (await app.read(lambda data: queries.all_of(data.connection, Disclosure)))[-1]
        assert row.what.endswith("deleted there 2026-11-26")


async def test_today_shows_it_and_enter_leads_to_the_register(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, "")
        row = Disclosure(
            at=NOW, what=cover_ends.named(TODAY), profile="cover", case_refs="S26-0001"
        )
        kept = await app.write(lambda data: data.store.add(row))
        await play(pilot, 'f5 @"ask for it to be deleted"')
        assert f"pack {kept.id}: ask for it to be deleted" in text_of(pilot)
        await play(pilot, "enter")
        assert app.place == "reports"


def test_the_command_writes_it_and_shows_the_passphrase_once(tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    key = program.init_quick()
    caseload = canary.opened(program.paths.data_dir, key=key)
    case = canary.add_canary(caseload)
    canary.seal(caseload, case.id)
    caseload.close()
    out, why = tmp_path / "cover.xlsx", tmp_path / "sealed.text"
    why.write_text("she covers it", "utf-8")
    handed = [one for one in with_names(tmp_path) if one != "--identifiable"]
    given = ("--today", "2026-11-26", "--until", "2026-12-10", "--passphrase-file", "-", *handed)
    done = program.run("handover", "--out", str(out), *given, stdin=f"{GOOD}\n")
    assert done.status == 0, done.err
    assert "cannot be enforced" in done.err
    found = sheets(out, done.out.splitlines()[-1])
    assert [one["case_ref"] for one in found["Cases"]] == ["S26-0002"]
    other = ("--out", str(tmp_path / "b.xlsx"), "--sealed-case", case.ref)
    refused = program.run("handover", *other, *given, stdin=f"{GOOD}\n")
    assert refused.status == 1
    assert "belong together" in refused.sentence
    done = program.run(
        "handover", *other, "--sealed-reason-file", str(why), *given, stdin=f"{GOOD}\n"
    )
    assert done.status == 0, done.err
    assert WORD not in done.out
    found = sheets(tmp_path / "b.xlsx", done.out.splitlines()[-1])
    assert case.ref in {one["case_ref"] for one in found["Cases"]}
