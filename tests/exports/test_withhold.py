"""What a case keeps back in what leaves: its earlier words, its short ones, and other cases'."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from db import queries
from db.caseload import Caseload
from db.models import (
    CASE_TABLES,
    RECORDS,
    Case,
    ContactPoint,
    EntryPoint,
    MaracListing,
    Measure,
    Note,
    Organisation,
    Person,
    Property,
    SafeAddress,
    Survey,
    specs,
)
from sanctuary_tui import marac_export
from sanctuary_tui.documents.guard import refuse_secrets
from sanctuary_tui.documents.kinds import kind_of
from sanctuary_tui.documents.making import RefusedError
from sanctuary_tui.documents.template import Block
from sanctuary_tui.exports import marks, withhold
from sanctuary_tui.exports.files import ExportResult
from sanctuary_tui.exports.tables import TABLES, VIEWS, Line, export_lines, write_table
from sanctuary_tui.exports.withhold import (
    CODE_WORD_WITHHELD,
    HOME_WITHHELD,
    WITHHELD,
    everything_of,
)
from sanctuary_tui.screens.exporting import sheet_of_records
from tests.sealed import canary
from tests.sealed.canary import NOW, SETTINGS, TODAY

ADDRESS, POSTCODE, PHONE = "91 Bellmaker's Lane, Brindlegate", "ZZ6 7JG", "07700 900936"


@pytest.fixture
def caseload(tmp_path: Path) -> Iterator[Caseload]:
    made = canary.opened(tmp_path, create=True)
    yield made
    made.close()


def household(caseload: Caseload, name: str, home: str) -> Case:
    store = caseload.store
    case = store.add(Case(status="open", route="police", area="Brindlegate"))
    survivor = store.add(
        Person(case_id=case.id, role="survivor", first_name=name, surname="Quillby")
    )
    store.add(Property(case_id=case.id, address=home, postcode="ZZ1 1ZZ", confidential="no"))
    store.add(
        ContactPoint(
            case_id=case.id, person_id=survivor.id, value=f"07700 9001{case.id:02d}", safe="yes"
        )
    )
    return case


def headline(caseload: Caseload, case: Case, words: str, tmp_path: Path, reason: str = "") -> str:
    """What the list that is sent says of a headline; ``reason`` to name the address in it."""
    caseload.store.add(
        MaracListing(
            case_id=case.id,
            meeting=TODAY,
            state="draft",
            requested_actions=words,
            address_reason=reason,
            share_basis="public_task",
            decided_by="Coordinator",
            decided_on=TODAY,
        )
    )
    folder = tmp_path / f"out{len(list(tmp_path.iterdir()))}"
    request = marac_export.MaracRequest(TODAY, "2026W48", folder, "csv", (case.id,))
    sent = marac_export.send(caseload, request, SETTINGS, now=NOW)
    (listed,) = sent.cases
    text = sent.result.files[0][0].read_text("utf-8-sig")
    (said,) = {row["requested_actions"] for row in listed.rows}
    assert said in text
    return said


@pytest.mark.guarantee
@pytest.mark.parametrize(
    "words",
    [
        f"visit her at {ADDRESS}",
        f"ring {PHONE}",
        "ring +44 7700 900936",
        "visit zz67jg",
        "see The Croft",
        "patrol Rose Court",
        "at ９１ Bellmaker’s Lane",
    ],
)
@pytest.mark.parametrize("whose", ["own", "another's", "sealed"])
def test_a_marac_list_names_no_address_of_any_case(
    caseload: Caseload, tmp_path: Path, words: str, whose: str
) -> None:
    case = household(caseload, "Ina", "4 Old Row, Norton")
    store = caseload.store
    kept = store.add(SafeAddress(case_id=case.id, address=ADDRESS, postcode=POSTCODE))
    point = store.add(ContactPoint(case_id=case.id, value=PHONE, safe="never"))
    store.update(kept, address="The Croft, Norton", postcode="")
    store.delete(store.add(SafeAddress(case_id=case.id, address="Flat 3\nRose Court\nNorton")))
    store.update(point, value="07700 900555")
    other = household(caseload, "Mara", "12 Tansy Way, Norton")
    if whose == "sealed":
        canary.seal(caseload, case.id)
    said = headline(caseload, case if whose == "own" else other, words, tmp_path)
    assert said == (words if whose == "own" and "ring" in words else WITHHELD)


def _kept_and_deleted(caseload: Caseload, case: Case) -> None:
    kept = SafeAddress(case_id=case.id, address=ADDRESS, postcode=POSTCODE)
    caseload.store.delete(caseload.store.add(kept))


def _being_prepared(caseload: Caseload, case: Case) -> Property:
    """The flat she lives in is open; the one that she will move to is not."""
    (now,) = queries.all_of(caseload.connection, Property)
    caseload.store.update(now, current="yes")
    return caseload.store.add(
        Property(
            case_id=case.id, address=ADDRESS, postcode=POSTCODE, confidential="yes", current="no"
        )
    )


def _left_again(caseload: Caseload, case: Case) -> None:
    new = _being_prepared(caseload, case)
    caseload.store.update(new, current="yes")
    caseload.store.update(new, current="no")


def _corrected(caseload: Caseload, case: Case) -> None:
    new = _being_prepared(caseload, case)
    caseload.store.update(new, address="7 Mill Row, Norton", postcode="", confidential="no")


@pytest.mark.guarantee
@pytest.mark.parametrize("how", [_kept_and_deleted, _being_prepared, _left_again, _corrected])
@pytest.mark.parametrize("reason", ["", "The home's address, for the police marker"])
@pytest.mark.parametrize("place", [ADDRESS, POSTCODE, "4 Old Row", "ZZ1 1ZZ", "7 Mill Row"])
def test_a_marac_list_names_no_address_but_the_open_one(
    caseload: Caseload,
    tmp_path: Path,
    how: Callable[[Caseload, Case], object],
    reason: str,
    place: str,
) -> None:
    case = household(caseload, "Ina", "4 Old Row, Norton")
    how(caseload, case)
    words = f"visit her at {place}"
    said = headline(caseload, case, words, tmp_path, reason)
    assert said == (WITHHELD if place in (ADDRESS, POSTCODE) else words)


@pytest.mark.guarantee
@pytest.mark.parametrize("reason", ["", "Police visit her there"])
@pytest.mark.parametrize("place", [ADDRESS, "3 Rose Court"])
def test_a_confidential_address_goes_by_its_reason_and_alone(
    caseload: Caseload, tmp_path: Path, reason: str, place: str
) -> None:
    case = household(caseload, "Ina", "4 Old Row, Norton")
    store = caseload.store
    store.delete(store.add(SafeAddress(case_id=case.id, address="3 Rose Court, Norton")))
    store.add(SafeAddress(case_id=case.id, address=ADDRESS, postcode=POSTCODE))
    words = f"visit her at {place}"
    said = headline(caseload, case, words, tmp_path, reason)
    assert said == (words if reason and place == ADDRESS else WITHHELD)


@pytest.mark.guarantee
def test_a_document_that_names_the_home_names_no_home_of_another_day(caseload: Caseload) -> None:
    case = household(caseload, "Ina", "4 Old Row, Norton")
    store = caseload.store
    (now,) = queries.all_of(caseload.connection, Property)
    store.update(now, current="yes", confidential="yes")
    store.add(
        Property(
            case_id=case.id, address=ADDRESS, postcode=POSTCODE, confidential="yes", current="no"
        )
    )
    file = queries.case_file(caseload.connection, case.id)
    assert file is not None
    kind, everything = kind_of("outcome-note"), everything_of(caseload.connection)
    refuse_secrets(
        kind, [Block("text", ("4 Old Row, Norton",))], file, everything, address_named=True
    )
    for words in ("4 Old Row, Norton", f"soon at {ADDRESS}"):
        with pytest.raises(RefusedError, match="confidential address"):
            refuse_secrets(
                kind,
                [Block("text", (words,))],
                file,
                everything,
                address_named=words.startswith("soon"),
            )


@pytest.mark.guarantee
@pytest.mark.parametrize("safe", ["yes", "text_only", "never", "unsafe", "not_known", "not_asked"])
def test_a_marac_list_gives_no_number_of_the_survivor_that_is_not_answered_safe(
    caseload: Caseload, tmp_path: Path, safe: str
) -> None:
    case = household(caseload, "Ina", "4 Old Row, Norton")
    (survivor,) = queries.all_of(caseload.connection, Person)
    caseload.store.add(ContactPoint(case_id=case.id, person_id=survivor.id, value=PHONE, safe=safe))
    words = f"IDVA to ring her on {PHONE}"
    usable = safe in ("yes", "text_only")
    assert headline(caseload, case, words, tmp_path) == (words if usable else WITHHELD)


@pytest.mark.guarantee
@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("police: the Kitchen Window does not lock", True),
        ("see the kitchen window; does-not-lock", True),
        ("alarm panel behind the coats", True),
        ("rear ground floor window", True),
        ("key under the third pot", True),
        ("fit a lock to the kitchen window", False),
        ("she has an alarm and a rear door", False),
        ("the front door", False),
    ],
)
def test_a_marac_list_says_no_weak_point_of_the_home_in_the_words_of_the_survey(
    caseload: Caseload, tmp_path: Path, words: str, kept: bool
) -> None:
    case = household(caseload, "Ina", "4 Old Row, Norton")
    store = caseload.store
    survey = store.add(
        Survey(
            case_id=case.id,
            alarms="Alarm panel behind the coats, battery",
            disrepair_note="Kitchen window does not lock. Rear door.",
        )
    )
    store.add(
        EntryPoint(
            case_id=case.id,
            survey_id=survey.id,
            location="Rear ground floor window",
            defect="Key under the third pot, front door",
        )
    )
    assert headline(caseload, case, words, tmp_path) == (HOME_WITHHELD if kept else words)


def test_what_gives_nobody_away_is_sent(caseload: Caseload, tmp_path: Path) -> None:
    """Towns, streets alone, another number of the street, offices, words of every day."""
    case = household(caseload, "Ina", "4 Old Row, Norton")
    store = caseload.store
    for address in ("1 High Street, Norton", "Women's refuge", "Unknown", "Flat 3, Norton"):
        store.add(SafeAddress(case_id=case.id, address=address))
    store.add(ContactPoint(case_id=case.id, value="01632 960200", safe="yes"))
    store.add(Organisation(name="Test service", phone="01632960200"))
    said = {}
    for words in (
        "Ring 01632 960200",
        "moved to Norton, to a refuge",
        "seen in 21 High Street",
        "flat 13, unknown; ZZ1 1ZZ",
        "at 1, High Street",
    ):
        other = household(caseload, "Mara", "12 Tansy Way, Norton")
        said[words] = headline(caseload, other, words, tmp_path)
    assert said.pop("at 1, High Street") == WITHHELD
    assert said == {words: words for words in said}


@pytest.mark.guarantee
def test_no_document_names_an_address_of_another_case(caseload: Caseload) -> None:
    case = household(caseload, "Ina", "4 Old Row, Norton")
    caseload.store.add(SafeAddress(case_id=case.id, address=ADDRESS, postcode=POSTCODE))
    other = household(caseload, "Mara", "12 Tansy Way, Norton")
    file = queries.case_file(caseload.connection, other.id)
    assert file is not None
    kind, everything = kind_of("outcome-note"), everything_of(caseload.connection)
    for words in (f"She is at {ADDRESS}", "at number 91\nBellmaker's Lane", POSTCODE.lower()):
        with pytest.raises(RefusedError, match="confidential address"):
            refuse_secrets(kind, [Block("text", (words,))], file, everything, address_named=False)
    fine = [Block("text", ("12 Tansy Way, Norton, ZZ1 1ZZ", "01632 960100"))]
    refuse_secrets(kind, fine, file, everything, address_named=False)


def test_it_is_read_once_and_again_when_something_changed(
    caseload: Caseload, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = household(caseload, "Ina", "4 Old Row, Norton")
    first = everything_of(caseload.connection)
    caseload.store.update(case, next_due=TODAY)
    reads: list[int] = []
    read = withhold.logged_before
    monkeypatch.setattr(
        withhold, "logged_before", lambda at, after: reads.append(after) or read(at, after)
    )
    case = caseload.store.update(case, pets="a dog")
    second = everything_of(caseload.connection)
    assert second is everything_of(caseload.connection)
    assert second is not first
    with caseload.store.batch("taken back"):
        kept = caseload.store.add(SafeAddress(case_id=case.id, address=ADDRESS))
        assert kept.id
        inside = everything_of(caseload.connection)
    assert inside.found(marks.plain(ADDRESS), frozenset())
    assert everything_of(caseload.connection).found(marks.plain(ADDRESS), frozenset())
    assert not second.found(marks.plain(ADDRESS), frozenset())
    assert min(reads) > 0  # what was read of the log is not read again


# --- tables and lists -----------------------------------------------------------------------------


_NOT_TYPED: Final = frozenset({"answers", "rrule", "key", "ref", "case_ref"})


@pytest.mark.guarantee
@pytest.mark.parametrize("identifiable", [True, False])
def test_what_was_typed_into_another_field_is_in_no_table(
    caseload: Caseload, tmp_path: Path, identifiable: bool
) -> None:
    """Every text of every record says it, of the case and of no case."""
    case = household(caseload, "Ina", "4 Old Row, Norton")
    store = caseload.store
    kept = store.add(SafeAddress(case_id=case.id, address=ADDRESS, postcode=POSTCODE))
    store.update(kept, address="The Croft, Norton", postcode="")
    store.update(case, code_word="marigold")
    words = f"Zq: she is at {ADDRESS}; marigold"
    for kind in RECORDS:
        if kind.table in ("cases", "people", "seals", "safe_addresses", "connected_people"):
            continue
        record: Any = kind(case_id=case.id) if kind.table in CASE_TABLES else kind()
        for name, spec in specs(kind).items():
            typed = spec.kind in ("text", "long") and spec.limit >= len(words)
            if typed and not spec.reads and name not in _NOT_TYPED:
                setattr(record, name, words)
        store.add(record)
    store.add(Organisation(name="Zq service", note=f"She is at {ADDRESS}", address="at The Croft"))
    store.update(
        case, area="The Croft", next_action=words, pets="zz6 7jg", referrer_name="M\u00e1rigold"
    )
    text = ""
    for table in (*TABLES, *VIEWS):
        out = tmp_path / "out" / f"{table}.csv"
        made = write_table(caseload.connection, table, out, identifiable=identifiable, today=TODAY)
        made.unnamed.give_names()
        text += out.read_text("utf-8-sig")
    plain = marks.plain(text).replace(" ", "")
    assert [one for one in ("bellmaker", "marigold", "thecroft", "zz67jg") if one in plain] == []
    assert text.count(WITHHELD) > 20 if identifiable else "Zq" not in text
    assert case.ref in text


@pytest.mark.guarantee
def test_control_without_the_sieve_it_would_leave(
    caseload: Caseload, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = household(caseload, "Ina", "4 Old Row, Brindlegate")
    caseload.store.add(SafeAddress(case_id=case.id, address=ADDRESS, postcode=POSTCODE))
    caseload.store.update(case, pets=f"a dog at {ADDRESS}")
    lines = (Line("ref", "cases", "ref"), Line("pets", "cases", "pets"))
    rows = [(case.ref, case.pets)]

    def written(name: str) -> str:
        for made in (
            write_table(caseload.connection, "cases", tmp_path / f"{name}.csv", identifiable=True),
            export_lines(
                caseload.connection, lines, rows, tmp_path / f"{name}-list.csv", "identifiable"
            ),
        ):
            made.unnamed.give_names()
        return "".join(one.read_text("utf-8-sig") for one in tmp_path.glob(f"{name}*.csv"))

    said = written("kept")
    assert "Bellmaker" not in said
    assert said.count(WITHHELD) == 2
    monkeypatch.setattr(withhold.Sieve, "sift", lambda self, rows, *more: iter(rows))
    assert written("lost").count("Bellmaker") == 2


def left(made: ExportResult) -> list[dict[str, str]]:
    made.unnamed.give_names()
    with made.files[0][0].open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.guarantee
@pytest.mark.parametrize("profile", ["identifiable", "pseudonymous"])
def test_records_leave_their_screen_as_they_leave_their_table(
    caseload: Caseload, tmp_path: Path, profile: str
) -> None:
    """Short words have no mark by which they would be known: a home "Norton", a flat's number."""
    case = household(caseload, "Ina", "4 Old Row, Norton")
    home = Property(case_id=case.id, address="Norton", postcode="ZZ6 7JG", confidential="yes")
    caseload.store.add(home)
    caseload.store.add(Measure(case_id=case.id, name="a bolt like Mara's", qty=1))
    file = queries.case_file(caseload.connection, case.id)
    assert file is not None
    seen = 0
    for table in CASE_TABLES:
        records = list(getattr(file, table))
        if not records:
            continue
        sheet = sheet_of_records(table, records, case.ref)
        listed, whole = tmp_path / f"{table}-list.csv", tmp_path / f"{table}.csv"
        shown = left(export_lines(caseload.connection, sheet.columns, sheet.rows, listed, profile))
        rows = left(
            write_table(caseload.connection, table, whole, identifiable=profile == "identifiable")
        )
        assert shown == [{name: row[name] for name in shown[0]} for row in rows], table
        seen += len(shown[0])
        text = listed.read_text("utf-8-sig")
        assert "ZZ6 7JG" not in text
        assert "Mara" not in text or profile == "identifiable"
    assert seen > 40


def test_a_list_without_what_judges_an_address_shows_none(
    caseload: Caseload, tmp_path: Path
) -> None:
    lines = (Line("ref", "cases", "ref"), Line("address", "properties", "address"))
    judged = (*lines, Line("confidential", "properties", "confidential"))
    for name, columns, row, address in (
        ("a", lines, ("S26-0001", "Norton"), ""),
        ("b", judged, ("S26-0001", "Norton", "yes"), ""),
        ("c", judged, ("S26-0001", "Norton", "no"), "Norton"),
    ):
        out = tmp_path / f"{name}.csv"
        (shown,) = left(export_lines(caseload.connection, columns, [row], out, "identifiable"))
        assert shown["address"] == address


@pytest.mark.guarantee
@pytest.mark.parametrize("whose", ["linked", "another's", "sealed", "as it was"])
def test_no_table_or_list_names_a_secret_of_another_case(
    caseload: Caseload, tmp_path: Path, whose: str
) -> None:
    """A note in the wrong case, or one that tells of the household's other case."""
    case = household(caseload, "Ina", "4 Old Row, Norton")
    store = caseload.store
    kept = store.add(SafeAddress(case_id=case.id, address=ADDRESS, postcode=POSTCODE))
    store.add(SafeAddress(case_id=case.id, address="Flat 3\nRose Court\nNorton"))
    point = store.add(ContactPoint(case_id=case.id, value=PHONE, safe="never"))
    mail = store.add(ContactPoint(case_id=case.id, value="ina.q@example.org", safe="never"))
    case = store.update(case, code_word="purple teapot")
    other = household(caseload, "Mara", "12 Tansy Way, Norton")
    if whose == "linked":
        store.update(other, linked_cases=case.ref)
    elif whose == "as it was":
        store.update(kept, address="The Croft, Norton", postcode="")
        store.update(point, value="07700 900555")
        store.delete(mail)
        store.update(case, code_word="")
    elif whose == "sealed":
        canary.seal(caseload, case.id)
    told = [
        f"visit her at {ADDRESS}",
        "at 91 Bellmakers Ln",
        "at number 91\nBellmaker's Lane",
        "visit zz67jg",
        "patrol Rose Court",
        "flat 3, rose ct",
        "ring +44 7700 900936",
        "0770 090 0936",
        "write to Ina.Q@example.org",
        "at ９１ Bellmaker’s Lane",
    ]
    codes = ["she says Purple  Teapot", "the code word is teapot purple? no: Purple Teapot"]
    for words in told + codes:
        store.add(Note(case_id=other.id, at=NOW, body=f"Zq {words}"))
    store.add(Note(case_id=other.id, at=NOW, body="Zq rang 01632 960100 today"))
    out = tmp_path / "notes.csv"
    rows = left(write_table(caseload.connection, "notes", out, identifiable=True))
    said = [row["body"] for row in rows]
    assert said.count(WITHHELD) == len(told), said
    assert said.count(CODE_WORD_WITHHELD) == len(codes), said
    assert "Zq rang 01632 960100 today" in said
    lines = (Line("ref", "cases", "ref"), Line("body", "notes", "body"))
    listed = [(other.ref, words) for words in told]
    shown = left(
        export_lines(caseload.connection, lines, listed, tmp_path / "list.csv", "identifiable")
    )
    assert {row["body"] for row in shown} == {WITHHELD}


def test_words_of_every_day_stand_in_a_table(caseload: Caseload, tmp_path: Path) -> None:
    """What is vague, short or common in one case blanks nothing in the others."""
    store = caseload.store
    for address, postcode in (
        ("High Street, Norton", "S1 2AB"),
        ("with her mum", ""),
        ("mum's house", ""),
        ("Flat 3", ""),
        ("1 High Street, Norton", ""),
        ("The Grove", "N1"),
        ("Norton", ""),
        ("Rosewood", ""),
    ):
        case = household(caseload, "Ina", "4 Old Row, Norton")
        store.add(SafeAddress(case_id=case.id, address=address, postcode=postcode))
        store.update(case, code_word="door" if postcode else "red bag")
        store.add(ContactPoint(case_id=case.id, value="ask Ina", safe="never"))
    case = household(caseload, "Mara", "12 Tansy Way, Norton")
    fine = [
        "met on the High Street, she was with her mum at mum's house",
        "two visits 12 abroad; her door and a red bag; flat 3",
        "21 High Street is not hers; the grove of trees; rosewood table",
        "moved to Norton on 12.11.2026 at 10:30, paid 1,250.00",
        "ask Ina",
    ]
    for words in [*fine, "the codeword is door", "sent to S1 2AB", "at 1, high st"]:
        store.add(Note(case_id=case.id, at=NOW, body=words))
    rows = left(write_table(caseload.connection, "notes", tmp_path / "n.csv", identifiable=True))
    said = [row["body"] for row in rows]
    assert said == [*fine, CODE_WORD_WITHHELD, WITHHELD, WITHHELD]


def test_what_is_the_case_s_own_or_anybody_s_stands_in_its_table(
    caseload: Caseload, tmp_path: Path
) -> None:
    """Her own safe number, an office's, and the open home that is another's secret."""
    store = caseload.store
    other = household(caseload, "Ina", "4 Old Row, Norton")
    store.add(SafeAddress(case_id=other.id, address="12 Tansy Way, Norton"))
    for number in ("01632 960200", "07700 900102"):
        store.add(ContactPoint(case_id=other.id, value=number, safe="yes"))
    store.add(Organisation(name="Test service", phone="01632960200"))
    case = household(caseload, "Mara", "12 Tansy Way, Norton")
    fine = ["rang 01632 960200", "her own: 07700 900102", "home: 12 Tansy Way"]
    for words in fine:
        store.add(Note(case_id=case.id, at=NOW, body=words))
    rows = left(write_table(caseload.connection, "notes", tmp_path / "n.csv", identifiable=True))
    assert [row["body"] for row in rows] == fine


@pytest.mark.parametrize("number", range(8))
def test_what_is_found_quickly_is_what_is_found_by_looking_at_each(
    caseload: Caseload, number: int
) -> None:
    """The keys miss no cell that a close look finds, in each way it is spelt and each neighbour."""
    case = household(caseload, "Ina", "4 Old Row, Norton")
    addresses = (
        ADDRESS,
        "Flat 3, Rose Court, Norton",
        "12 St Johns Close, Norton",
        "The Old Forge House, Mill Lane",
        "Unit 7b 4 Dr Grey Sq",
    )
    for address in addresses:
        caseload.store.add(SafeAddress(case_id=case.id, address=address, postcode=POSTCODE))
    for value in (PHONE, "ina_q77@example.org", "+44 (0)7700 900936 or 01632 960555"):
        caseload.store.add(ContactPoint(case_id=case.id, value=value, safe="never"))
    everything = everything_of(caseload.connection)
    chosen = random.Random(number)
    shown = (*addresses, POSTCODE, PHONE, "ina_q77@example.org", "01632960555", "Rose Court")
    spellings: tuple[Callable[[str], str], ...] = (
        str.upper,
        marks.plain,
        lambda text: text.replace(" ", ""),
        lambda text: text.replace("Court", "Ct").replace("Close", "Cl").replace("Lane", "Ln"),
        lambda text: text.replace("'", "\u2019").replace(" ", "\u00a0"),
        lambda text: text.replace("e", "\u00e9").replace(", ", "\n"),
    )
    cells = {
        "".join(
            chosen.choice(["see ", "\u00a35, ", "(", "", "7 "])
            + chosen.choice(spellings)(chosen.choice(shown))
            + chosen.choice([".", " now", ")", ", "])
            for _ in range(chosen.randint(1, 2))
        )
        for _ in range(50)
    }
    closely = {cell for cell in cells if everything.found(marks.plain(cell), frozenset())}
    assert closely
    spotted = everything.spotter.suspects(sorted(cells))
    assert closely <= set(spotted), closely - set(spotted)
