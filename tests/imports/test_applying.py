"""An import kept in a real caseload: all of it or nothing, once, and taken back as a whole."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from config.errors import RefusedError, SanctuaryError
from db import imported, queries, search
from db.caseload import Caseload
from db.models import Case, CaseFile, Note, Person
from sanctuary_tui.imports.applying import LONG_PAST, Imported, apply, known_of, undo
from sanctuary_tui.imports.planning import Decisions, Plan, plan
from sanctuary_tui.imports.reporting import keep_refused, report_lines
from tests.db import kit
from tests.imports.sheetmaker import FIELDS, MATCHED, ByTitle, sheet_from, sheet_of
from tests.imports.test_planning import FULL, SAME_BIRTH
from tests.sealed import canary

TODAY: Final = kit.DAY
DIGEST: Final = "ab" * 32
OTHER: Final = {
    "Ref": "SAN/15",
    "Name": "Bea Zedword",
    "DOB": "04/05/1971",
    "Landlord": "Fairholm Homes",
    "Received": "01/02/2024",
    "Measures": "London bar",
    "Fitted": "01/03/2024",
}


@pytest.fixture
def caseload(tmp_path: Path) -> Iterator[Caseload]:
    """An empty caseload."""
    made = kit.make(tmp_path / "caseload.db")
    yield made
    made.close()


def planned(
    caseload: Caseload, *rows: Mapping[str, str], decisions: Decisions | None = None
) -> Plan:
    """What would become of these rows."""
    return plan(sheet_from(rows), MATCHED, known_of(caseload), TODAY, decisions)


def bring_in(
    caseload: Caseload, *rows: Mapping[str, str], decisions: Decisions | None = None
) -> Imported:
    """Bring these rows in."""
    known = known_of(caseload)
    made = plan(sheet_from(rows), MATCHED, known, TODAY, decisions)
    note = decisions is not None and decisions.note_changes
    return apply(caseload, made, known, file=DIGEST, mapping="", note_changes=note)


def everything(caseload: Caseload) -> list[object]:
    """Every record, every card and the length of the log."""
    cards = kit.rows(caseload, "SELECT * FROM case_cards ORDER BY case_id")
    return [*kit.records(caseload.connection), cards]


def file_of(caseload: Caseload, ref: str) -> CaseFile:
    """The case of a reference."""
    return kit.file_of(caseload, queries.case_id_of(caseload.connection, ref))


def test_rows_become_cases_with_cards_log_and_search(caseload: Caseload) -> None:
    done = bring_in(caseload, FULL, OTHER)
    assert len(done.refs) == 2
    assert [ref[:4] for ref in done.refs] == ["S26-", "S24-"]  # of the year they came in
    one = file_of(caseload, done.refs[0])
    assert one.survivor is not None
    assert one.survivor.surname == "Synthetic"
    assert one.contact_points[0].person_id == one.survivor.id
    assert [child.first_name for child in one.children] == ["Bo", "Cy"]
    assert one.notes[0].body.startswith("From the old tracker\n")
    assert "Colour of door: green" in one.notes[0].body
    card = queries.card(caseload.connection, one.case.id)
    assert (card.stage, card.name) == ("aftercare", "Ada Synthetic")
    hits = search.search(caseload.connection, "SAN/14")
    assert {hit.case_id for hit in hits} == {one.case.id}
    assert kit.chain(caseload).good


def test_a_landlord_named_twice_is_one(caseload: Caseload) -> None:
    again = {**OTHER, "Ref": "SAN/16", "Name": "Cee Yard", "DOB": "05/06/1972"}
    done = bring_in(caseload, OTHER, {**again, "Landlord": "FAIRHOLM HOMES"})
    homes = [file_of(caseload, ref).properties[0].landlord_id for ref in done.refs]
    assert homes[0] == homes[1] is not None


def test_the_same_file_twice_changes_nothing(caseload: Caseload) -> None:
    bring_in(caseload, FULL, OTHER)
    before, log = everything(caseload), caseload.store.log.state
    assert bring_in(caseload, FULL, OTHER).changed_nothing
    assert everything(caseload) == before
    assert caseload.store.log.state == log


def test_a_longer_file_adds_only_what_is_new(caseload: Caseload) -> None:
    first = bring_in(caseload, FULL)
    before = file_of(caseload, first.refs[0])
    assert len(bring_in(caseload, FULL, OTHER).refs) == 1
    assert file_of(caseload, first.refs[0]) == before


def test_a_changed_row_changes_nothing_unless_a_note_is_asked_for(caseload: Caseload) -> None:
    (ref,) = bring_in(caseload, FULL).refs
    changed = {**FULL, "Postcode": "ZZ1 3AB"}
    assert bring_in(caseload, changed).changed_nothing
    done = bring_in(caseload, changed, decisions=Decisions(note_changes=True))
    assert (done.refs, done.noted) == ((), 1)
    file = file_of(caseload, ref)
    assert file.properties[0].postcode == "ZZ1 2AB"
    assert file.notes[-1].body.endswith("changed since\nPostcode: ZZ1 3AB")
    assert planned(caseload, changed).count("same") == 1


def test_somebody_who_is_there_already_is_asked_about(caseload: Caseload) -> None:
    (ref,) = bring_in(caseload, FULL).refs
    made = planned(caseload, SAME_BIRTH)
    assert made.planned[0].alike[0].ref == ref
    before = everything(caseload)
    with pytest.raises(RefusedError):
        bring_in(caseload, SAME_BIRTH)
    assert everything(caseload) == before
    done = bring_in(caseload, SAME_BIRTH, decisions=Decisions(link={2: ref}))
    assert (done.refs, done.linked) == ((), 1)
    file = file_of(caseload, ref)
    assert [one.surname for one in file.people].count("Synthetic") == 1
    assert "Sinthetic" not in [one.surname for one in file.people]
    assert "Name: Ada Sinthetic" in file.notes[-1].body
    assert bring_in(caseload, SAME_BIRTH).changed_nothing


@pytest.mark.guarantee
def test_a_sealed_case_is_told_of_by_no_duplicate(caseload: Caseload) -> None:
    (ref,) = bring_in(caseload, FULL).refs
    case_id = queries.case_id_of(caseload.connection, ref)
    open_said = list(report_lines(planned(caseload, SAME_BIRTH)))
    assert any(ref in line for line in open_said)
    canary.seal(caseload, case_id)
    made = planned(caseload, SAME_BIRTH)
    assert [one.outcome for one in made.planned] == ["new"]
    assert not any(ref in line for line in report_lines(made))
    # Of a row that was brought in before as much is said as of any other.
    again = planned(caseload, FULL, {**FULL, "Ref": "SAN/14", "Phone": "07700 900124"})
    assert (again.count("same"), again.count("new"), again.count("ask")) == (1, 0, 0)
    assert not any(ref in line for line in report_lines(again))


@pytest.mark.guarantee
@pytest.mark.parametrize("again", [SAME_BIRTH, {"Name": "Cee Yarrow", "Phone": FULL["Phone"]}])
def test_a_sealed_case_is_told_of_a_household_that_a_tracker_brings_in_again(
    caseload: Caseload, again: dict[str, str]
) -> None:
    """As of a referral: it stands unsealed in every list, and nobody else would know."""
    (ref,) = bring_in(caseload, FULL).refs
    case_id = queries.case_id_of(caseload.connection, ref)
    canary.seal(caseload, case_id)
    done = bring_in(caseload, again, OTHER)
    assert len(done.refs) == 2
    words = kit.rows(
        caseload,
        "SELECT title_text FROM main.reminders WHERE case_id = ? AND rule = ''",
        case_id,
    )
    said = f"imported {done.refs[0]} may be this household: look, and seal it too or link it"
    assert words == [(said,)]
    assert ref not in str(done)
    seen = queries.open_reminders(caseload.connection, TODAY)
    assert said not in [one.title_text for one in seen]
    undo(caseload)  # the word at the sealed case is not in its way
    assert kit.chain(caseload).good


# --- reminders of old cases


def test_what_is_long_past_is_set_aside_and_said(caseload: Caseload) -> None:
    """The three-month check of a fitting of 2024 is not asked; one that is due lately is."""
    values = {"case.stage": {"aftercare": "aftercare"}}
    matching = ByTitle({**FIELDS, "Cadence": "note"}, values)
    lately = (TODAY - timedelta(days=20)).strftime("%d/%m/%Y")
    new = {**OTHER, "Ref": "1", "Name": "Dee Lately", "DOB": "", "Received": lately}
    rows = (OTHER, {**new, "Fitted": lately})
    known = known_of(caseload)
    done = apply(
        caseload, plan(sheet_from(rows), matching, known, TODAY), known, file=DIGEST, mapping=""
    )
    old, recent = (file_of(caseload, ref) for ref in done.refs)
    long_past = [one for one in old.reminders if one.due and one.due < TODAY - LONG_PAST]
    assert long_past
    assert {one.state for one in long_past} == {"dismissed"}
    assert [one for one in recent.reminders if one.state == "open"]
    asked = queries.open_reminders(caseload.connection, TODAY)
    assert all(one.due and one.due >= TODAY - LONG_PAST for one in asked)
    assert done.set_aside == len(long_past)
    assert any("set aside" in line for line in report_lines(planned(caseload, OTHER), done))


# --- undoing


def test_an_import_is_taken_back_whole(caseload: Caseload) -> None:
    kit.add_case(caseload)
    before = everything(caseload)
    done = bring_in(caseload, FULL, OTHER)
    assert undo(caseload).id == done.number
    assert everything(caseload) == before
    assert len(bring_in(caseload, FULL, OTHER).refs) == 2  # and can be brought in again
    with pytest.raises(RefusedError):
        undo(caseload, done.number)


def test_an_import_is_not_taken_back_once_a_case_was_worked_on(caseload: Caseload) -> None:
    ref, _ = bring_in(caseload, FULL, OTHER).refs
    case_id = queries.case_id_of(caseload.connection, ref)
    caseload.store.add(Note(case_id=case_id, at=caseload.store.now(), body="rang"))
    before = everything(caseload)
    with pytest.raises(RefusedError, match=ref):
        undo(caseload)
    assert everything(caseload) == before
    caseload.store.undo_last()
    undo(caseload)
    assert queries.cards(caseload.connection) == []


def test_there_is_nothing_to_undo(caseload: Caseload) -> None:
    with pytest.raises(RefusedError):
        undo(caseload)


# --- all or nothing


def test_a_record_that_is_refused_in_the_middle_leaves_nothing(caseload: Caseload) -> None:
    before = everything(caseload)
    known = known_of(caseload)
    made = plan(sheet_from([FULL, OTHER]), MATCHED, known, TODAY)
    made.planned[1].records["case"][0]["stage"] = "no such stage"
    with pytest.raises(SanctuaryError):
        apply(caseload, made, known, file=DIGEST, mapping="")
    assert everything(caseload) == before
    assert imported.imports(caseload.connection) == []


_KILLED: Final = """
    import os, signal, sys
    from pathlib import Path
    from sanctuary_tui.imports.applying import apply, known_of
    from sanctuary_tui.imports.planning import plan
    from tests.db import kit
    from tests.imports.sheetmaker import MATCHED, sheet_from
    from tests.imports.test_applying import DIGEST, many

    def told(done, of):
        if done == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)

    caseload = kit.opened(Path(sys.argv[1]))
    known = known_of(caseload)
    made = plan(sheet_from(many(30)), MATCHED, known, kit.DAY)
    apply(caseload, made, known, file=DIGEST, mapping="", told=told)
    print("kept")
"""


def many(count: int) -> list[dict[str, str]]:
    """Rows of so many households."""
    return [
        {
            **OTHER,
            "Ref": f"M/{at}",
            "Name": f"Made {chr(65 + at % 26)}pperson{chr(97 + at // 26)}word",
            "DOB": f"01/01/{1940 + at}",
        }
        for at in range(count)
    ]


@pytest.mark.parametrize("after", [1, 17, 30, 45, 60])
def test_killed_in_the_middle_it_leaves_nothing(tmp_path: Path, after: int) -> None:
    path = tmp_path / "caseload.db"
    kit.make(path).close()
    run = [sys.executable, "-c", textwrap.dedent(_KILLED), str(path), str(after)]
    ended = subprocess.run(run, capture_output=True, check=False, env={**os.environ})
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    caseload = kit.opened(path)
    try:
        assert queries.cards(caseload.connection) == []
        assert imported.imports(caseload.connection) == []
        assert kit.chain(caseload).good
    finally:
        caseload.close()


_KILLED_ONCE_KEPT: Final = """
    import os, signal, sys
    from pathlib import Path
    from db.store import Store
    from sanctuary_tui.imports.applying import apply, known_of
    from sanctuary_tui.imports.planning import plan
    from tests.imports.sheetmaker import MATCHED, sheet_from
    from tests.imports.test_applying import DIGEST, SEALED_AGAIN, TODAY
    from tests.sealed import canary

    def kept(frame, event, arg):
        if event == "return" and frame.f_code is Store._commit.__code__:
            os.kill(os.getpid(), signal.SIGKILL)

    caseload = canary.opened(Path(sys.argv[1]))
    known = known_of(caseload)
    made = plan(sheet_from([SEALED_AGAIN]), MATCHED, known, TODAY)
    sys.setprofile(kept)
    apply(caseload, made, known, file=DIGEST, mapping="")
"""
SEALED_AGAIN: Final = {**OTHER, "Name": "Bea Quaxfield", "DOB": "07/08/1975"}


@pytest.mark.guarantee
def test_killed_once_it_is_kept_the_sealed_case_has_the_word(tmp_path: Path) -> None:
    caseload = canary.opened(tmp_path, create=True)
    case = caseload.store.add(Case(route="police"))
    born = date(1975, 8, 7)
    caseload.store.add(
        Person(case_id=case.id, role="survivor", first_name="Bea", surname="Quaxfield", dob=born)
    )
    canary.seal(caseload, case.id)
    caseload.close()
    run = [sys.executable, "-c", textwrap.dedent(_KILLED_ONCE_KEPT), str(tmp_path)]
    ended = subprocess.run(run, capture_output=True, check=False, env={**os.environ})
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    caseload = canary.opened(tmp_path)
    try:
        (made,) = imported.imports(caseload.connection)
        words = "SELECT title_text FROM main.reminders WHERE case_id = ? AND rule = ''"
        ((word,),) = kit.rows(caseload, words, case.id)
        assert "may be this household" in str(word)
        undo(caseload, made.id)
        assert kit.rows(caseload, words, case.id) == [(word,)]
        assert kit.chain(caseload).good
    finally:
        caseload.close()


# --- refused rows


def test_refused_rows_come_back_as_a_file_and_import_once_mended(
    caseload: Caseload, tmp_path: Path
) -> None:
    wrong = {**FULL, "DOB": "the third", "Colour of door": "=1+1", "Phone": "+447700900123"}
    made = planned(caseload, wrong, OTHER)
    written = keep_refused(caseload, made, tmp_path / "mend.csv", caseload.store.now())
    text = (tmp_path / "mend.csv").read_text("utf-8-sig")
    assert written.rows == 1
    assert '"\'=1+1"' in text
    assert "What to mend" in text.splitlines()[0]
    assert "Bea" not in text
    row: Any = kit.rows(caseload, "SELECT what, profile, held FROM disclosures")[0]
    assert row[1:] == ("refused", "public;case;protected")
    mended = tmp_path / "mended.csv"
    mended.write_text(text.replace("the third", "03/02/1990"), "utf-8-sig")
    with mended.open(encoding="utf-8-sig", newline="") as stream:
        titles, *rows = csv.reader(stream)
    sheet = sheet_of(titles, rows)
    known = known_of(caseload)
    again = plan(sheet, MATCHED, known, TODAY)
    done = apply(caseload, again, known, file=DIGEST, mapping="")
    file = file_of(caseload, done.refs[0])
    assert file.contact_points[0].value.endswith("900123")
    assert "Colour of door: =1+1" in file.notes[0].body
    assert "mend" not in file.notes[0].body.casefold()


def test_without_refused_rows_there_is_no_file(caseload: Caseload, tmp_path: Path) -> None:
    with pytest.raises(SanctuaryError):
        keep_refused(caseload, planned(caseload, FULL), tmp_path / "m.csv", caseload.store.now())
    assert not (tmp_path / "m.csv").exists()
    assert kit.rows(caseload, "SELECT * FROM disclosures") == []


def test_the_report_has_no_word_of_a_row(caseload: Caseload) -> None:
    said = {**FULL, "DOB": "qzbirth", "Name": "Ada Qzname", "Phone": "qzphone", "Cost": "qzcost"}
    text = "\n".join(report_lines(planned(caseload, said, {**said, "DOB": ""}, OTHER)))
    assert "Rows read: 3" in text
    assert "qz" not in text.casefold()
    assert "row 2, C (DOB), date: " in text
