"""Two cases against each other, and a third that names an address: what an answer may not say.

A made-up couple: she is the survivor of one case, with an address that is kept apart; he stands
there as the perpetrator and is himself the survivor of a case he referred.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from config.settings import default_settings
from db import queries
from db.caseload import Caseload
from db.models import Case, ContactPoint, Note, Person, Property, SafeAddress
from sanctuary_tui.subject import bar, deciding, pack
from sanctuary_tui.subject.gather import ANOTHERS, CONFIDENTIAL, Paragraph
from tests.sealed import canary
from tests.sealed.canary import TODAY
from tests.subject import packs

ADDRESS, POSTCODE, PHONE = "91 Bellmaker's Lane, Brindlegate", "ZZ6 7JG", "07700 900936"
RULE = "Only by text to her sister. Never in the evening."


@dataclass
class Couple:
    """The two cases, and the people in each."""

    caseload: Caseload
    hers: Case
    her: Person
    him: Person
    his: Case
    him_as_survivor: Person

    def note(self, case: Case, body: str) -> Note:
        return self.caseload.store.add(Note(case_id=case.id, body=body))

    def paragraphs(self, person: Person, note: Note) -> list[Paragraph]:
        request = deciding.request_of(self.caseload, person) or deciding.open_request(
            self.caseload, person.id, TODAY
        )
        every = deciding.choices(self.caseload, request.id)
        key = f"notes.{note.id}.{note.version}.body."
        return [one.paragraph for one in every if one.paragraph.key.startswith(key)]


def add(caseload: Caseload, record: Any) -> Any:
    return caseload.store.add(record)


@pytest.fixture
def couple(tmp_path: Path) -> Iterator[Couple]:
    caseload = canary.opened(tmp_path, create=True)
    hers = add(
        caseload,
        Case(status="open", route="police", contact_rule=RULE, code_word="marigold"),
    )
    her = add(
        caseload,
        Person(case_id=hers.id, role="survivor", first_name="Ina", surname="Quillby"),
    )
    him = add(
        caseload,
        Person(case_id=hers.id, role="perpetrator", first_name="Tor", surname="Quillby"),
    )
    add(
        caseload,
        Property(case_id=hers.id, address="4 Old Row, Brindlegate", confidential="no"),
    )
    add(caseload, SafeAddress(case_id=hers.id, address=ADDRESS, postcode=POSTCODE))
    add(
        caseload,
        ContactPoint(case_id=hers.id, person_id=her.id, value=PHONE, safe="yes", words="Ask for K"),
    )
    his = add(caseload, Case(status="open", route="self"))
    mine = add(
        caseload,
        Person(case_id=his.id, role="survivor", first_name="Tor", surname="Quillby"),
    )
    add(
        caseload,
        Person(case_id=his.id, role="perpetrator", first_name="Ina", surname="Quillby"),
    )
    add(caseload, Property(case_id=his.id, address="12 Tansy Way, Brindlegate", confidential="yes"))
    yield Couple(caseload, hers, her, him, his, mine)
    caseload.close()


SPELLINGS = {
    "as recorded": f"She is at {ADDRESS}.",
    "postcode alone": "Somewhere in zz67jg",
    "number": f"Her number is {PHONE}",
    "number abroad": "Her number is +44 7700 900936",
    "number abroad with nought": "Ring 0044 (0)7700-900-936",
    "full width": "She is at ９１ Bellmaker's Lane",
    "accent": "She is at 91 Béllmaker's Lane",
    "no mark": "she is at 91 bellmakers lane",
    "invisible": "She is at 91 Bell\u200bmaker's Lane",
    "another alphabet": "She is at 91 B\u0435llmaker's Lane",
}


@pytest.mark.guarantee
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_an_answer_never_says_what_another_case_keeps_back(couple: Couple, spelling: str) -> None:
    """He asks as the survivor of his own case; and as the perpetrator of hers."""
    text = SPELLINGS[spelling]
    (one,) = couple.paragraphs(couple.him_as_survivor, couple.note(couple.his, text))
    assert one.barred == ANOTHERS
    (one,) = couple.paragraphs(couple.him, couple.note(couple.hers, text))
    assert one.barred == CONFIDENTIAL


@pytest.mark.guarantee
def test_nor_in_a_third_case_or_when_hers_is_sealed(couple: Couple) -> None:
    third = add(couple.caseload, Case(status="open", route="police"))
    person = Person(case_id=third.id, role="perpetrator", first_name="Tor", surname="Quillby")
    person = add(couple.caseload, person)
    note = couple.note(third, f"Another file says {ADDRESS}")
    own = couple.note(couple.his, f"Cross-check: {PHONE}")
    canary.seal(couple.caseload, couple.hers.id)
    assert [one.barred for one in couple.paragraphs(person, note)] == [CONFIDENTIAL]
    assert [one.barred for one in couple.paragraphs(couple.him_as_survivor, own)] == [ANOTHERS]


def test_what_is_his_own_he_may_have_and_so_may_she(couple: Couple) -> None:
    note = couple.note(couple.his, "He lives at 12 Tansy Way in Brindlegate")
    assert [one.barred for one in couple.paragraphs(couple.him_as_survivor, note)] == [""]
    note = couple.note(couple.hers, f"She lives at {ADDRESS}, ring {PHONE}; marigold")
    assert [one.barred for one in couple.paragraphs(couple.her, note)] == [""]
    note = couple.note(couple.hers, "He came to 4 Old Row in Brindlegate and rang twice")
    assert [one.barred for one in couple.paragraphs(couple.him, note)] == [""]


@pytest.mark.guarantee
def test_of_two_survivors_in_one_case_neither_is_told_where_the_other_is(couple: Couple) -> None:
    kept = queries.all_of(couple.caseload.connection, SafeAddress)[0]
    couple.caseload.store.update(kept, person_id=couple.her.id)
    second = add(couple.caseload, Person(case_id=couple.hers.id, role="survivor", first_name="Bo"))
    note = couple.note(couple.hers, f"She lives at {ADDRESS}")
    assert [bool(one.barred) for one in couple.paragraphs(second, note)] == [True]
    assert [one.barred for one in couple.paragraphs(couple.her, note)] == [""]


@pytest.mark.guarantee
def test_an_address_over_two_lines_and_a_rule_word_for_word(couple: Couple) -> None:
    note = couple.note(couple.hers, "Rang.\nShe lives at number 91\nBellmaker's Lane, she says")
    assert all(one.barred for one in couple.paragraphs(couple.him, note))
    for text in ("Remember: never in the evening", "Only by text to her sister", "said Marigold"):
        for case, person in ((couple.hers, couple.him), (couple.his, couple.him_as_survivor)):
            (one,) = couple.paragraphs(person, couple.note(case, text))
            assert one.barred, (text, case.ref)
    note = couple.note(couple.hers, "Rang.\nNobody came")
    assert [one.barred for one in couple.paragraphs(couple.him, note)] == ["", ""]


@pytest.mark.guarantee
def test_what_was_corrected_or_deleted_is_still_kept_back(couple: Couple) -> None:
    store, connection = couple.caseload.store, couple.caseload.connection
    couple.note(couple.hers, "first")
    deciding.open_request(couple.caseload, couple.him.id, TODAY)
    kept = queries.all_of(connection, SafeAddress)[0]
    store.update(kept, address="The Croft\nNorton", postcode="")
    point = queries.all_of(connection, ContactPoint)[0]
    store.update(point, value="07700 900555")
    gone = store.add(SafeAddress(case_id=couple.hers.id, address="Flat 3\nRose Court\nNorton"))
    store.delete(gone)
    for text in (ADDRESS, POSTCODE, PHONE, "The Croft", "Rose Court, ground floor", "07700900555"):
        note = couple.note(couple.hers, f"She was told of {text}.")
        assert [one.barred for one in couple.paragraphs(couple.him, note)] == [CONFIDENTIAL], text
    note = couple.note(couple.hers, "Seen in Brindlegate; a flat, she says; the lane is dark")
    assert [one.barred for one in couple.paragraphs(couple.him, note)] == [""]


@pytest.mark.guarantee
@pytest.mark.parametrize(
    ("scheme", "sender", "said"),
    [
        ("Northshire Sanctuary Scheme", "", "Home security scheme"),
        ("Northshire Sanctuary Scheme", "Northshire Council", "Northshire Council"),
        ("Northshire Sanctuary Scheme", "Domestic Abuse Team", "Home security scheme"),
        ("Safer Homes", "", "Safer Homes"),
    ],
)
def test_who_sends_it_does_not_say_that_there_is_a_case(
    couple: Couple, scheme: str, sender: str, said: str
) -> None:
    settings = default_settings()
    settings.scheme_name, settings.documents.sender = scheme, sender
    lines: dict[str, str] = {}
    for person in (couple.him, couple.her):
        request = deciding.open_request(couple.caseload, person.id, TODAY)
        made = pack.prepare(couple.caseload, request.id, settings, today=TODAY)
        lines[person.role] = made.blocks[1].lines[1]
    assert lines == {"perpetrator": said, "survivor": scheme}


@pytest.mark.guarantee
def test_control_without_the_other_cases_it_goes_out(
    couple: Couple, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = couple.note(couple.his, f"She is at {ADDRESS}.")
    request = deciding.open_request(couple.caseload, couple.him_as_survivor.id, TODAY)
    deciding.prove_identity(couple.caseload, request.id, TODAY)
    gives = bar.Bar.gives_away

    def blind(self: bar.Bar, text: str) -> bool:
        return False

    monkeypatch.setattr(bar.Bar, "gives_away", blind)
    (one,) = couple.paragraphs(couple.him_as_survivor, note)
    deciding.release(couple.caseload, request.id, [one.key])
    made = packs.make(couple.caseload, request.id, tmp_path / "a")
    assert "Bellmaker" in made.files[0][0].read_text("utf-8")
    monkeypatch.setattr(bar.Bar, "gives_away", gives)
    made = packs.make(couple.caseload, request.id, tmp_path / "b")
    assert "Bellmaker" not in made.files[0][0].read_text("utf-8")
    monkeypatch.setattr("sanctuary_tui.subject.gather._Gatherer._barred", lambda *a, **b: "")
    with pytest.raises(deciding.RefusedError, match="where the survivor is"):  # the second look
        packs.make(couple.caseload, request.id, tmp_path / "c")
