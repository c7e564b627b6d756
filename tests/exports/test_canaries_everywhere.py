"""Marks in every protected field of generated cases: none in what the rules say, search or letters.

``test_canaries`` searches the files of the exporters. This searches the rest that a reader may be
shown or sent: what every list, card, reminder and command says, all that a search can find, and
every document of every case. Codes, dates and numbers are drawn for each case from its number, so
that the rules take many ways. 600 cases a run, ten thousand with ``LONG_TESTS=1``.
"""

from __future__ import annotations

import io
import os
import random
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from database import made
from samples import NOW, TODAY, marked_case
from test_canaries import _any_protected, _fill

from config.codes import CODES
from config.errors import BadInputError
from config.settings import default_settings
from db import queries
from db.caseload import Caseload
from db.connection import close_connection
from db.models import CASE_TABLES, RECORDS, CaseFile, specs
from db.search import index_record, search
from db.store import Store
from sanctuary_tui.documents.docfile import docx_bytes
from sanctuary_tui.documents.kinds import KINDS
from sanctuary_tui.documents.making import Order, Prepared, free_name, prepare
from sanctuary_tui.exports.marac_quarter import quarter_of, quarter_rows, write_quarter
from sanctuary_tui.exports.profiles import PROFILES
from sanctuary_tui.exports.return_file import write_return
from sanctuary_tui.exports.summary_page import write_summary
from sanctuary_tui.opening import derive_with
from sanctuary_tui.pathway import gates
from sanctuary_tui.returns import making
from sanctuary_tui.returns.figures import year as year_of_return
from sanctuary_tui.returns.pictures import pictures
from sanctuary_tui.returns.spending import Purse
from sanctuary_tui.screens.case_rows import standing

pytestmark = pytest.mark.slow

CASES = 10_000 if os.environ.get("LONG_TESTS") else 600
PROTECTED = re.compile(_any_protected())
SETTINGS = default_settings()
SETTINGS.documents.phone = "01632 960100"
SETTINGS.documents.email = "office@example.org"


def varied(number: int) -> CaseFile:
    """A marked case whose codes, dates and numbers are drawn from its number."""
    chance = random.Random(number)
    file, _, _ = marked_case(f"canary{number}x")
    file.case.ref = f"S26-{number:05d}"
    for record in (file.case, *(one for table in CASE_TABLES for one in getattr(file, table))):
        for name, spec in specs(type(record)).items():
            if spec.kind == "code" and name != "role" and chance.random() < 0.7:
                setattr(record, name, chance.choice(sorted(CODES[spec.codes])))
            elif spec.kind == "codes" and chance.random() < 0.7:
                setattr(record, name, ";".join(chance.sample(sorted(CODES[spec.codes]), 2)))
            elif spec.kind == "date" and chance.random() < 0.5:
                setattr(record, name, TODAY + timedelta(days=chance.randrange(-400, 120)))
            elif spec.kind == "datetime" and chance.random() < 0.5:
                setattr(record, name, NOW - timedelta(days=chance.randrange(400)))
    if number % 3 == 0:
        served(file)
    return file


def served(file: CaseFile) -> None:
    """Bring a case to where its documents may be made, each a third of the time."""
    case = file.case
    case.choice_made = case.options_explained = "yes"
    case.choice_date, case.status, case.do_not_contact = TODAY, "open", "no"
    for point in file.contact_points:
        point.safe = "yes"
    for person in file.people:
        if person.role == "perpetrator":
            person.still_resident = person.weapons = "no"
    for home in file.properties:
        home.tenure, home.named_parties, home.confidential = "ha", "survivor_sole", "no"
    part = "common_parts" if case.ref.endswith(("0", "3", "6")) else "dwelling"
    for request in file.consent_requests:
        request.survivor_ok, request.sent_on, request.part = "yes", TODAY, part
        request.state = "granted" if part == "dwelling" else "survivor_ok_to_contact"
    for measure in file.measures:
        measure.consent_needed, measure.part = "yes", part
        measure.state = "fitted" if case.ref.endswith(("1", "3", "5", "7")) else "ordered"
        measure.fitted_on = TODAY if measure.state == "fitted" else None
        measure.escape_affecting = measure.excluding = "no"
    for visit in file.visits:
        visit.kind, visit.on, visit.outcome = "install", TODAY, "booked"
    for closure in file.closures:
        closure.closed_on = TODAY


@cache
def cases() -> tuple[CaseFile, ...]:
    return tuple(varied(number) for number in range(1, CASES + 1))


@pytest.fixture(scope="module")
def caseload(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caseload]:
    """All the cases in a real caseload, their words in its index as a write would put them."""
    connection = made(tmp_path_factory.mktemp("canaries"))
    files = cases()
    _fill(connection, files)
    for file in files:
        index_record(connection, file.case, fresh=True)
        for table in CASE_TABLES:
            for record in getattr(file, table):
                index_record(connection, record, fresh=True)
    connection.commit()
    store = Store(connection, derive=derive_with(SETTINGS), who="Coordinator", today=lambda: TODAY)
    store.refresh(file.case.id for file in files)  # a case without a card is in no search
    yield Caseload(connection, store)
    close_connection(connection)


def protected_in(text: str) -> set[str]:
    """Names of protected fields whose marks stand in a text, however they are cased."""
    return {re.sub(r"canary\d+x|\d+$", "", one) for one in PROTECTED.findall(text.lower())}


def test_the_search_finds_each_protected_field() -> None:
    """The control: a text with every mark of a case holds every one that is looked for."""
    file, _, marks = marked_case("canary7x")
    names = {
        f"{kind.table}{name}".replace("_", "")
        for kind in RECORDS
        for name, spec in specs(kind).items()
        if spec.klass == "protected" and spec.kind in ("text", "long")
        if kind.table in (*CASE_TABLES, "cases")
    }
    assert protected_in(" ".join(marks).upper()) == names
    assert len(names) > 12
    assert protected_in(repr(file)) == names - {"maraclistingsaddressreason"}  # blank in it


# --- what the rules say ---------------------------------------------------------------------------


def sayings(file: CaseFile) -> str:
    """All that a card, a reminder, a gate or a summary of this case says, on any screen or line."""
    derived = derive_with(SETTINGS)(file, TODAY)
    parts = [str(getattr(derived.card, item.name)) for item in fields(derived.card)]
    for reminder in derived.reminders:
        parts += [reminder.title_text, reminder.who, reminder.at]
    for finding in gates.findings(file, TODAY, SETTINGS):
        parts += [finding.sentence, finding.who]
    parts += [said for pair in standing(file, TODAY, SETTINGS) for said in pair]
    return "\n".join(parts)


@pytest.mark.guarantee
def test_no_card_reminder_or_finding_says_a_protected_field() -> None:
    """These are Today, the board, every list and its export, ``today``, ``show``, the palette."""
    found: Counter[str] = Counter()
    ways: set[str] = set()
    for file in cases():
        said = sayings(file)
        found.update(protected_in(said))
        ways |= {re.sub(r"canary\w+|\d+", "", line) for line in said.split("\n")}
    assert found == Counter()
    assert len(ways) > 150, "the rules took many ways"


def test_control_a_card_that_did_say_one_is_found() -> None:
    file, _, _ = marked_case("canary1x")
    assert protected_in(sayings(file)) == set()
    file.case.next_action = file.case.code_word
    assert protected_in(sayings(file)) == {"casescodeword"}


# --- search ---------------------------------------------------------------------------------------


@pytest.mark.guarantee
def test_nothing_that_a_search_could_find_holds_a_protected_field(caseload: Caseload) -> None:
    rows = caseload.connection.execute("SELECT title, body FROM search").fetchall()
    text = "\n".join(f"{title}\n{body}" for title, body in rows)
    assert text.lower().count("canary") > CASES * 20
    assert protected_in(text) == set()
    for number in range(1, CASES + 1, max(1, CASES // 50)):
        _, _, marks = marked_case(f"canary{number}x")
        for mark in marks:
            assert search(caseload.connection, mark) == []


def test_control_an_index_that_held_one_is_found(caseload: Caseload) -> None:
    file = cases()[0]
    connection = caseload.connection
    connection.execute(
        "INSERT INTO search (rowid, case_id, entity, entity_id, title, body)"
        " VALUES (-1, 1, 'cases', 1, 'Case', ?)",
        (file.case.code_word,),
    )
    try:
        assert search(connection, file.case.code_word)
    finally:
        connection.rollback()


# --- documents ------------------------------------------------------------------------------------


def documents(caseload: Caseload, number: int) -> Iterator[Prepared]:
    """Every document that can be prepared of a case, also where it would then be refused."""
    for kind in KINDS:
        try:
            yield prepare(caseload, Order(kind, number), SETTINGS, folder=None, today=TODAY)
        except BadInputError:
            continue  # nothing of this case that it could be about


@pytest.mark.guarantee
def test_no_document_of_any_case_holds_a_protected_field(caseload: Caseload) -> None:
    told: Counter[str] = Counter()
    leaves: Counter[str] = Counter()
    for number in range(1, CASES + 1):
        for prepared in documents(caseload, number):
            kind = prepared.kind.id
            text = "\n".join((prepared.text, prepared.recipient_name, prepared.number))
            if number % 100 == 0:
                whole = docx_bytes(prepared.blocks, large=False, made=NOW)
                with zipfile.ZipFile(io.BytesIO(whole)) as archive:
                    text += b"".join(map(archive.read, archive.namelist())).decode(
                        "utf-8", "ignore"
                    )
            found = protected_in(text)
            assert found == set(), (kind, number, found)
            told[kind] += 1
            leaves[kind] += "canary" in text
    assert set(told) == set(KINDS)
    assert all(leaves.values()), "what may be told is there: the search can fail"
    assert sum(told.values()) > CASES * 3


def test_control_a_document_under_a_wider_profile_is_found(
    caseload: Caseload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The view is what keeps it out: a profile that lets a protected field through is caught."""
    contractor = PROFILES["contractor"]
    wider = contractor.fields | {("measures", "location"), ("properties", "address")}
    monkeypatch.setitem(PROFILES, "contractor", replace(contractor, fields=wider))
    file = queries.case_file(caseload.connection, 3)
    assert file is not None
    seen = PROFILES["contractor"].view(file)
    blank = contractor.view(file)
    assert protected_in(repr(seen)) - protected_in(repr(blank)) == {"measureslocation"}
    assert protected_in(repr(blank)) == set()


# --- counts ---------------------------------------------------------------------------------------


@pytest.mark.guarantee
def test_no_return_of_counts_holds_a_word_of_any_case(tmp_path: Path) -> None:
    """The quarterly dataset and every return of all these cases: numbers alone."""
    files = cases()
    for file in files:
        for listing in file.marac_listings:
            listing.meeting, listing.state, listing.heard_on = TODAY, "heard", TODAY
    quarter = quarter_of(TODAY)
    rows = quarter_rows(files, quarter, TODAY, SETTINGS)
    for exact in (True, False):
        out = tmp_path / f"dataset-{exact}.csv"
        made = write_quarter(rows, out, exact=exact, who="Coordinator", chain_head="00", now=NOW)
        made.unnamed.give_names()
    seen = [PROFILES["returns"].view(file) for file in files]
    for number, file in enumerate(seen, start=1):
        file.case.id = number
    for form in making.FORMS:
        for exact in (True, False):
            found = making.made(seen, form, year_of_return("2026-27"))
            told = making.lines(seen, found, exact=exact, district="D")
            out = tmp_path / f"{form}-{exact}.csv"
            made = write_return(told, [], out, who="Coordinator", chain_head="00", now=NOW)
            made.unnamed.give_names()
    period = year_of_return("2026-27")
    for exact in (True, False):
        drawn = pictures(seen, period, Purse([], TODAY), exact=exact)
        out = tmp_path / f"summary-{exact}.html"
        made = write_summary(
            drawn, (period.code, period.words), [], out, district="D", exact=exact, today=TODAY
        )
        made.unnamed.give_names()
    text = b"".join(path.read_bytes() for path in tmp_path.iterdir()).lower()
    assert str(CASES).encode() in text, "the cases are counted"
    assert b"canary" not in text


# --- names of files -------------------------------------------------------------------------------


@pytest.mark.guarantee
def test_no_files_name_holds_anything_of_a_person(caseload: Caseload, tmp_path: Path) -> None:
    names = {
        free_name(tmp_path, prepared, ".docx").name
        for number in range(1, CASES + 1, 7)
        for prepared in documents(caseload, number)
    }
    assert len(names) > 100
    assert [name for name in names if "canary" in name.lower()] == []
    assert all(re.fullmatch(r"(?:S26-\d{5}|[JR]\d{5,})-[a-z-]+\.docx", name) for name in names)


def test_each_protected_field_carries_a_mark_or_says_nothing_alone() -> None:
    """A protected field of another kind than text goes unmarked: no profile names one at all."""
    protected = {
        (kind.table, name, spec.kind)
        for kind in RECORDS
        for name, spec in specs(kind).items()
        if spec.klass == "protected"
    }
    unmarked = {(table, name) for table, name, kind in protected if kind not in ("text", "long")}
    # No profile names the register of connected people or the seals (tests/sealed).
    unmarked -= {one for one in unmarked if one[0] in ("connected_people", "seals")}
    assert unmarked == {
        ("people", "nrpf"),
        ("safe_addresses", "since"),
        ("surveys", "escape"),
        ("entry_points", "kind"),
        ("entry_points", "condition"),
        ("referrals_out", "organisation_id"),
    }
    # The survivor's own, rows of a tracker that are in no case yet, and the archive of a whole
    # caseload, which is to lose nothing.
    whole = ("subject", "refused", "archive")
    named = [one for one in PROFILES.values() if one.name not in whole]
    assert not {field for profile in named for field in profile.fields & unmarked}
