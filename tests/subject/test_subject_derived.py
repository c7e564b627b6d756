"""What is shut in a record is shut in every copy derived of it; what else may tell is warned of."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from config.dash import DASH_QUESTIONS
from config.errors import BadInputError, RefusedError
from config.measures import catalogue
from config.settings import default_settings
from db import queries
from db.caseload import Caseload
from db.models import (
    Case,
    Expenditure,
    LegalHold,
    MaracAction,
    MaracListing,
    Measure,
    Note,
    Person,
    Property,
    Reminder,
    RiskAssessment,
    SubjectRequest,
    Support,
    Visit,
)
from db.record import specs
from sanctuary_tui import work
from sanctuary_tui.exports.profiles import PROFILES
from sanctuary_tui.subject import deciding, gather
from sanctuary_tui.subject.deciding import Choice
from sanctuary_tui.subject.guarding import guarding_words
from sanctuary_tui.subject.pack import Safety
from tests.sanctuary_tui.conftest import caseload
from tests.subject import packs
from tests.subject.test_subject_requests import NOW, TODAY, household

__all__ = ["caseload"]
SETTINGS = default_settings()
WINDOW = "15:00-17:00"
SAFE = Safety("told", "phoned her on Monday, plan gone through")


def asked(caseload: Caseload, person: Person) -> SubjectRequest:
    request = deciding.open_request(caseload, person.id, TODAY)
    return deciding.prove_identity(caseload, request.id, TODAY)


def guarded_home(caseload: Caseload) -> tuple[Person, Person]:
    """A home with locks on order and a visit booked; copies of both in what derives from them."""
    survivor, other = household(caseload)
    case_id, store = survivor.case_id, caseload.store
    store.add(Measure(case_id=case_id, catalogue_id=9, name="Thumbturn", state="ordered"))
    store.add(Visit(case_id=case_id, kind="install", on=date(2026, 11, 27), window=WINDOW))
    store.add(Reminder(case_id=case_id, title_text=f"installation visit {WINDOW}", due=TODAY))
    store.add(Expenditure(case_id=case_id, what="Thumbturn, front", net=9000))
    case = queries.case_file(caseload.connection, case_id)
    assert case is not None
    store.update(case.case, why="Choice; locks today if police agree", choice_made="yes")
    store.update(case.case, next_action=f"be there {WINDOW}")
    return survivor, other


def with_text(made: list[Choice], text: str) -> list[Choice]:
    return [one for one in made if text in one.paragraph.text]


@pytest.mark.guarantee
def test_what_the_survivor_said_in_a_contact_goes_to_nobody_else(caseload: Caseload) -> None:
    survivor, other = household(caseload)
    store, case_id = caseload.store, survivor.case_id
    body = "She wants it done while the children are at school."
    kinds = ("call", "tried", "text", "email", "visit", "legal_advice")
    for kind in kinds:
        store.add(Note(case_id=case_id, kind=kind, body=f"{kind}: {body}", at=NOW))
    called = store.add(Note(case_id=case_id, kind="call", body=body, at=NOW))
    store.add(Note(case_id=case_id, kind="correction", corrects_id=called.id, body=f"No: {body}"))
    store.add(Note(case_id=case_id, with_whom="Survivor, by letter", body=f"Letter: {body}"))
    store.add(Note(case_id=case_id, kind="text", body=f"Undone: {body}", at=NOW))
    store.undo_last()
    his = store.add(Note(case_id=case_id, kind="agency", with_whom="Him", body="He rang us."))
    theirs = deciding.choices(caseload, asked(caseload, other).id)
    said = with_text(theirs, body)
    assert len(said) == len(kinds) + 4
    assert [one.paragraph.text for one in said if not one.paragraph.barred] == []
    notes = [one for one in theirs if one.paragraph.key.startswith("notes.")]
    assert {one.paragraph.key.split(".")[1] for one in notes if not one.paragraph.barred} == {
        str(his.id)
    }, "neither that the survivor was called nor when"
    hers = with_text(deciding.choices(caseload, asked(caseload, survivor).id), body)
    assert [one.paragraph.text for one in hers if one.paragraph.barred] == []


def test_corrections_that_go_in_a_ring_are_read_to_an_end(caseload: Caseload) -> None:
    """No form makes them; a file that somebody else wrote to may have them."""
    survivor, other = household(caseload)
    first = caseload.store.add(Note(case_id=survivor.case_id, kind="agency", body="Rang Quillby."))
    second = caseload.store.add(
        Note(case_id=survivor.case_id, kind="correction", corrects_id=first.id, body="Not Quillby.")
    )
    caseload.store.update(first, kind="correction", corrects_id=second.id)
    theirs = deciding.choices(caseload, asked(caseload, other).id)
    assert len(with_text(theirs, "Quillby")) >= 2


@pytest.mark.guarantee
def test_that_there_is_a_marac_needs_a_second_word_with_the_reason(caseload: Caseload) -> None:
    survivor, other = household(caseload)
    headline = "Release tomorrow; nothing is in place yet"
    caseload.store.add(MaracListing(case_id=survivor.case_id, meeting=TODAY, headline=headline))
    request = asked(caseload, other)
    theirs = [
        one
        for one in deciding.choices(caseload, request.id)
        if one.paragraph.key.startswith("marac_listings.") and not one.paragraph.barred
    ]
    assert len(theirs) > 1, "the meeting and the headline"
    for one in theirs:
        assert "MARAC" in one.paragraph.warned, one.paragraph.title
        with pytest.raises(RefusedError):
            deciding.release(caseload, request.id, [one.paragraph.key])
        deciding.release(caseload, request.id, [one.paragraph.key], "the police told him of it")
    hers = deciding.choices(caseload, asked(caseload, survivor).id)
    assert [one.paragraph.warned for one in with_text(hers, headline)] == [()]


@pytest.mark.guarantee
def test_what_is_shut_in_a_record_is_shut_in_its_copies(caseload: Caseload) -> None:
    survivor, other = guarded_home(caseload)
    theirs = deciding.choices(caseload, asked(caseload, other).id)
    for text, least in ((WINDOW, 3), ("Thumbturn", 2), ("locks today", 1)):
        found = with_text(theirs, text)
        assert len(found) >= least, text
        assert [one.paragraph.key for one in found if not one.paragraph.barred] == []
    own = deciding.choices(caseload, asked(caseload, survivor).id)
    assert len(with_text(own, WINDOW)) >= 3  # their own: nothing is barred
    assert not any(one.paragraph.barred for one in own)


@pytest.mark.guarantee
def test_reminders_made_by_rules_and_log_reasons_are_barred_by_their_table(
    caseload: Caseload,
) -> None:
    profile = PROFILES["subject_other"]
    for table in ("reminders", "consent_requests", "consent_events", "expenditures", "visits"):
        assert not [name for at, name in profile.fields if at == table]
    _, other = guarded_home(caseload)
    made = deciding.choices(caseload, asked(caseload, other).id)
    for table in ("reminders", "changes"):
        there = [one for one in made if one.paragraph.fields[0][0] == table]
        assert there
        assert all(one.paragraph.barred for one in there)


WARNED = (
    "The locks go in before he is out.",
    "Alarm fitted upstairs.",
    "Visit on Friday at three.",
    "Her safe times are the mornings.",
    "Police will attend with the fitter.",
    "The kitchen window is a weak point.",
    "A l a r m by the bed.",
    "The l\u043eck is old.",  # a Cyrillic o
    "Letterbox sealed off.",
    "They come 10:00 to 12:00.",
    "MARAC list MX-2026W48-01",
    "Reported to: DA service",
    "Her IDVA sat with us.",
    "Measures worked: Yes",
    "He left when the light came on.",
    "A refuge was named.",
)
QUIET = ("He said that he was sorry.", "Dilan rang the office on Monday.", "Seen in town.")


@pytest.mark.parametrize("text", WARNED)
def test_words_that_tell_how_the_home_is_guarded_are_found(text: str) -> None:
    assert guarding_words(text)


@pytest.mark.parametrize("text", QUIET)
def test_others_are_not(text: str) -> None:
    assert guarding_words(text) == ()


def test_every_measure_of_the_catalogue_is_known() -> None:
    assert [one.name for one in catalogue().values() if not guarding_words(one.name)] == []


@pytest.mark.guarantee
def test_a_note_that_names_locks_needs_a_second_word_with_the_reason(caseload: Caseload) -> None:
    survivor, other = household(caseload)
    body = "\n".join((*WARNED, *QUIET))
    caseload.store.add(Note(case_id=survivor.case_id, body=body, at=NOW))
    request = asked(caseload, other)
    made = {one.paragraph.text: one for one in deciding.choices(caseload, request.id)}
    assert [bool(made[text].paragraph.warned) for text in (*WARNED, *QUIET)] == (
        [True] * len(WARNED) + [False] * len(QUIET)
    )
    key = [made[WARNED[0]].paragraph.key]
    with pytest.raises(RefusedError, match="locks"):
        deciding.release(caseload, request.id, key)
    with pytest.raises(RefusedError, match="reason"):
        deciding.release(caseload, request.id, key, why="  ")
    deciding.release(caseload, request.id, key, why="his own lock, changed by himself")
    (kept,) = [one for one in deciding.choices(caseload, request.id) if one.decided]
    assert (kept.released, kept.reason) == (True, "his own lock, changed by himself")
    assert any("his own lock" in row.why for row in queries.recent_changes(caseload.connection, 3))
    hers = asked(caseload, survivor)
    mine = {one.paragraph.text: one for one in deciding.choices(caseload, hers.id)}
    assert not any(mine[text].paragraph.warned for text in WARNED)


@pytest.mark.guarantee
def test_nothing_is_written_for_anybody_else_before_the_survivor_is_thought_of(
    caseload: Caseload, tmp_path: Path
) -> None:
    _, other = household(caseload)
    request = asked(caseload, other)

    def make(safety: Safety | None) -> object:
        out = tmp_path / "out"
        return packs.make(caseload, request.id, out, rule_read=False, safety=safety)

    for wrong in (None, Safety("told", " "), Safety("neither", "nobody is in")):
        with pytest.raises((RefusedError, BadInputError), match="survivor"):
            make(wrong)
    assert not (tmp_path / "out").exists()
    make(SAFE)
    said = [row.why for row in queries.recent_changes(caseload.connection, 4)]
    assert any("phoned her on Monday" in why for why in said)
    log = next((tmp_path / "out" / "for-the-council").iterdir()).read_text("utf-8-sig")
    assert "survivor was told who asks" in " ".join(log.split())
    assert "Monday" not in log


# --- what is the survivor's own, asked for by somebody else ---

DASH = "ynd" + "." * 20 + "y"


def told_by_her(caseload: Caseload) -> tuple[Person, Person]:
    """A case with a mark in what the survivor told, was offered and lives in."""
    survivor, other = household(caseload)
    case_id, store = survivor.case_id, caseload.store
    store.add(
        RiskAssessment(
            case_id=case_id,
            assessed=TODAY,
            answers=DASH,
            judgement_reason="zqjudged",
            survivor_fear="zqfear",
            score=2,
        )
    )
    store.add(Support(case_id=case_id, provider="zqrefuge", worker="zqworker"))
    store.add(Property(case_id=case_id, mortgagee="zqbank", tenure_notes="zqtenure"))
    store.add(LegalHold(case_id=case_id, placed_on=TODAY, by="zqlawyer", reason="zqinquest"))
    file = work.must_find(caseload, case_id)
    store.update(file.case, reason="zqreason", pets="zqdog", area="zqarea")
    store.update(survivor, language="zqtongue", occupation="zqjob")
    store.update(survivor, language="Tamil")
    store.add(Person(case_id=case_id, role="child", first_name="Zqchild", language="zqkin"))
    deciding.open_request(caseload, survivor.id, TODAY, asked_by="zqherself")
    return survivor, other


@pytest.mark.guarantee
def test_what_a_survivor_told_is_shut_to_everybody_else(caseload: Caseload) -> None:
    survivor, other = told_by_her(caseload)
    tables = ("risk_assessments", "support", "properties", "cases", "legal_holds")
    for person in queries.all_of(caseload.connection, Person):
        if person.id == survivor.id:
            continue
        made = gather.gather(caseload, gather.Subject(person))
        own = {one.fields[0][0] for one in made if one.about == "own"}
        assert own <= {"people"}
        of_her = [
            one
            for one in made
            if one.about != "own" and ("zq" in one.text.casefold() or one.fields[0][0] in tables)
        ]
        assert {one.fields[0][0] for one in of_her} >= {*tables, "people", "subject_requests"}
        assert [one.text for one in of_her if not one.barred] == []
    request = asked(caseload, other)
    (fear,) = with_text(deciding.choices(caseload, request.id), "zqfear")
    with pytest.raises(RefusedError, match="Never to this person: is what the survivor told"):
        deciding.release(caseload, request.id, [fear.paragraph.key], why="he asks")


def test_who_is_a_survivor_in_one_case_has_that_case_whole(caseload: Caseload) -> None:
    """The same person stands as the perpetrator of another."""
    survivor, _ = told_by_her(caseload)
    case = caseload.store.add(Case(route="police", reason="zqelse"))
    accused = Person(case_id=case.id, role="perpetrator", first_name="Asha", surname="Varma")
    accused = caseload.store.add(accused)
    made = gather.gather(caseload, gather.Subject(survivor, (accused,)))
    barred = [one.text for one in made if "zq" in one.text and one.barred]
    assert barred == ["zqelse"]


@pytest.mark.guarantee
def test_control_with_the_fields_open_it_could_be_ticked(
    caseload: Caseload, monkeypatch: pytest.MonkeyPatch
) -> None:
    survivor, other = told_by_her(caseload)
    hers = [one for one in gather.gather(caseload, gather.Subject(survivor)) if "zq" in one.text]
    assert len(hers) > 10
    assert [one.text for one in hers if one.barred] == []
    monkeypatch.setattr(gather._Gatherer, "_of_another", lambda *given, **more: "")
    theirs = gather.gather(caseload, gather.Subject(other))
    assert [one.barred for one in theirs if "zqfear" in one.text] == [""]


@pytest.mark.guarantee
def test_a_note_that_names_the_survivor_needs_a_second_word_with_the_reason(
    caseload: Caseload,
) -> None:
    survivor, other = household(caseload)
    store = caseload.store
    store.add(Person(case_id=survivor.case_id, role="child", first_name="Meera", surname="Perera"))
    body = "Asha rang.\nSaw Meera.\nDilan rang.\nMr Perera rang."
    store.add(Note(case_id=survivor.case_id, body=body, at=NOW))
    request = asked(caseload, other)
    made = {one.paragraph.text: one.paragraph for one in deciding.choices(caseload, request.id)}
    assert [made[line].warned for line in body.split("\n")] == [("Asha",), ("Meera",), (), ()]
    with pytest.raises(RefusedError, match="Asha"):
        deciding.release(caseload, request.id, [made["Asha rang."].key])
    deciding.release(caseload, request.id, [made["Asha rang."].key], why="he was there")
    hers = deciding.choices(caseload, asked(caseload, survivor).id)
    assert not any(one.paragraph.warned for one in hers)


def test_the_answers_of_a_dash_are_questions_and_words(caseload: Caseload, tmp_path: Path) -> None:
    survivor, _ = household(caseload)
    kept = caseload.store.add(
        RiskAssessment(case_id=survivor.case_id, assessed=TODAY, answers=DASH)
    )
    caseload.store.update(kept, answers="n" * 24)
    caseload.store.save_draft(survivor.case_id, "risk_assessments", 0, {"answers": DASH})
    request = asked(caseload, survivor)
    made = deciding.choices(caseload, request.id)
    wanted = [f"{DASH_QUESTIONS[at]} {words}" for at, words in enumerate(("Yes", "No"))]
    wanted += [f"{DASH_QUESTIONS[2]} Don't know", f"{DASH_QUESTIONS[23]} Yes"]
    for text in wanted:
        where = {one.paragraph.title.partition(":")[0] for one in with_text(made, text)}
        assert where >= {"Before it was changed", "Unfinished form, 24 answers"}, text
    now = [one for one in made if one.paragraph.key.startswith("risk_assessments.1.2.answers.")]
    assert [one.paragraph.text for one in now] == [f"{one} No" for one in DASH_QUESTIONS]
    assert not any(one.released for one in now)
    assert not any(set(one.paragraph.text) <= set("ynd.") for one in made)


# --- what is proposed of the survivor's own -------------------------------------------------------


def test_own_facts_are_not_said_to_be_somebody_elses(caseload: Caseload) -> None:
    survivor, _ = household(caseload)
    store = caseload.store
    store.update(survivor, gp="Dr Field", language="Tamil", not_safe_to_tell="Her uncle")
    file = work.must_find(caseload, survivor.case_id)
    store.update(file.case, area="Northgate", victim_wants="To stay")
    store.add(Note(case_id=survivor.case_id, body="Dilan rang.", at=NOW))
    made = deciding.choices(caseload, asked(caseload, survivor).id)
    by_text = {one.paragraph.text: one for one in made}
    for text in ("Dr Field", "Tamil", "Northgate"):
        one = by_text[text]
        assert (one.released, one.decided, one.exemption) == (False, False, gather.UNDECIDED)
        assert one.paragraph.offered, text
    assert by_text["To stay"].exemption == gather.UNDECIDED
    assert not by_text["To stay"].paragraph.offered
    assert by_text["Her uncle"].exemption == "third_party"
    assert by_text["Dilan rang."].exemption == "third_party"


def test_fields_of_their_own_alone_are_fields(caseload: Caseload) -> None:
    from db.models import BY_TABLE

    for table, name in gather.OWN_FACTS | gather.OF_ANOTHER:
        assert specs(BY_TABLE[table])[name].kind in ("text", "long"), (table, name)


@pytest.mark.guarantee
def test_a_tick_does_not_hold_for_a_reminder_that_a_rule_words_anew(caseload: Caseload) -> None:
    survivor, _ = household(caseload)
    store = caseload.store
    listing = store.add(MaracListing(case_id=survivor.case_id, meeting=TODAY, state="heard"))
    action = store.add(
        MaracAction(
            case_id=survivor.case_id,
            listing_id=listing.id,
            action="Keep the marker",
            owner="Police",
            state="open",
            due=TODAY,
        )
    )
    request = asked(caseload, survivor)

    def reminders() -> list[deciding.Choice]:
        every = deciding.choices(caseload, request.id)
        return [
            one
            for one in every
            if one.paragraph.key.startswith("reminders.") and "MARAC" in one.paragraph.text
        ]

    ticked = [one.paragraph.key for one in reminders() if "marker" in one.paragraph.text]
    deciding.release(caseload, request.id, ticked)
    assert any(one.released for one in reminders())
    store.update(action, action="Zelda (neighbour) to watch the house")
    (now,) = (one for one in reminders() if "Zelda" in one.paragraph.text)
    assert not now.released


def test_a_tick_taken_back_is_not_looked_at_again(caseload: Caseload) -> None:
    survivor, _ = household(caseload)
    caseload.store.add(Note(case_id=survivor.case_id, body="Dilan rang.", at=NOW))
    request = asked(caseload, survivor)

    def note() -> Choice:
        (found,) = with_text(deciding.choices(caseload, request.id), "Dilan rang.")
        return found

    key = [note().paragraph.key]
    deciding.release(caseload, request.id, key)
    assert note().released
    deciding.take_back(caseload, request.id, key)
    assert (note().released, note().decided, note().waiting) == (False, False, True)
    assert deciding.take_back(caseload, request.id, key) == 0


def test_the_request_does_not_add_to_its_own_paragraphs(caseload: Caseload) -> None:
    survivor, _ = household(caseload)
    caseload.store.add(Note(case_id=survivor.case_id, body="One.\nTwo.\nThree.", at=NOW))
    request = deciding.open_request(caseload, survivor.id, TODAY)

    def keys() -> list[str]:
        return [one.paragraph.key for one in deciding.choices(caseload, request.id)]

    before = keys()
    notes = [key for key in before if key.startswith("notes")]
    deciding.note_reading(caseload, request, "read")
    deciding.prove_identity(caseload, request.id, TODAY)
    deciding.release(caseload, request.id, notes[:2])
    deciding.withhold(caseload, request.id, notes[2:], "third_party", "asked her")
    deciding.note_reading(caseload, request, "read")
    assert keys() == before


def test_a_reason_logged_again_keeps_its_paragraph(caseload: Caseload) -> None:
    survivor, _ = household(caseload)
    caseload.store.note("consultation", "cases", 1, survivor.case_id, "looked at")
    request = asked(caseload, survivor)
    (one,) = with_text(deciding.choices(caseload, request.id), "looked at")
    deciding.release(caseload, request.id, [one.paragraph.key])
    caseload.store.note("consultation", "cases", 1, survivor.case_id, "looked at")
    (again,) = with_text(deciding.choices(caseload, request.id), "looked at")
    assert again.released


# --- what can be understood -----------------------------------------------------------------------


def test_a_measure_is_named_and_no_flag_of_the_program_is_told(caseload: Caseload) -> None:
    survivor, _ = household(caseload)
    caseload.store.add(
        Measure(
            case_id=survivor.case_id,
            catalogue_id=9,
            qty=1,
            state="fitted",
            excluding="no",
            escape_affecting="yes",
            consent_needed="yes",
        )
    )
    made = deciding.choices(caseload, asked(caseload, survivor).id)
    found = [one for one in made if one.paragraph.key.startswith("measures")]
    assert [one.released for one in found] == [True]
    assert found[0].paragraph.text == (
        "Measure: Euro cylinder with thumbturn; Quantity: 1; "
        "Part of the building: Dwelling; State: Fitted"
    )


def test_a_measure_that_was_another_is_named_too(caseload: Caseload) -> None:
    survivor, _ = household(caseload)
    made = caseload.store.add(Measure(case_id=survivor.case_id, catalogue_id=9))
    caseload.store.update(made, catalogue_id=1)
    (one,) = with_text(
        deciding.choices(caseload, asked(caseload, survivor).id), "Euro cylinder with thumbturn"
    )
    assert one.paragraph.title == "Before it was changed: Measure, measure"


def test_the_log_says_record_field_and_day_in_words_and_lies_apart(
    caseload: Caseload, tmp_path: Path
) -> None:
    survivor, _ = household(caseload)
    day = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
    caseload.store.add(Note(case_id=survivor.case_id, body="Dilan rang.", at=day))
    request = asked(caseload, survivor)
    result = packs.make(caseload, request.id, tmp_path)
    (sent, _), (log, _) = result.files
    assert sent.parent == tmp_path
    assert log.parent == tmp_path / "for-the-council"
    assert log.parent.stat().st_mode & 0o777 == 0o700
    assert not log.name.startswith(sent.name[:6])
    said = " ".join(log.read_text("utf-8-sig").split())
    assert "Note, note, Tue 3 Nov 2026: About somebody else" in said
    assert "nobody looked at it" in said
    assert "[notes.1.1.body.0]" in said
    assert "Dilan" not in said
