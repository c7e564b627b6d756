"""Documents made from a real caseload, opened again and read; what is refused, and why."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import docx
import pytest
from lxml import etree as ElementTree

from config.errors import BadInputError, RefusedError, SanctuaryError
from db import queries
from db.models import ContactPoint, Disclosure, Measure, SafeAddress
from sanctuary_tui.documents import making
from sanctuary_tui.documents.kinds import KINDS
from sanctuary_tui.documents.making import Order
from sanctuary_tui.documents.template import template_text
from sanctuary_tui.exports.files import ExportResult
from sanctuary_tui.exports.profiles import PROFILES
from sanctuary_tui.pathway.wording import disclosures
from tests.documents.conftest import NOW, TODAY, Desk, household
from tests.scenarios.scenario_world import World

OUTSIDE = [kind.id for kind in KINDS.values() if kind.outside]


def make(desk: Desk, kind: str, out: Path, **more: Any) -> ExportResult:
    options = {name: more.pop(name) for name in ("text", "rule_read") if name in more}
    return making.make(
        desk.caseload,
        Order(kind, desk.case_id, **more),
        desk.settings,
        out,
        folder=desk.world.paths.config_dir,
        now=NOW,
        today=TODAY,
        **options,
    )


def lines(path: Path) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(str(path)).paragraphs]


def everything(path: Path) -> str:
    """Every part of a .docx, or a text file, with its name."""
    data = path.read_bytes()
    if path.suffix == ".txt":
        return path.name + data.decode("utf-8-sig")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [archive.read(name).decode("utf-8", "ignore") for name in archive.namelist()]
    return "\n".join([path.name, *parts])


def ready(desk: Desk, kind: str) -> None:
    """Bring the case to where this document may be made."""
    file = desk.file
    if kind == "agent-letter":
        desk.change(file.consent_requests[0], part="common_parts", state="survivor_ok_to_contact")
        desk.change(file.measures[0], part="common_parts")
    if kind == "job-sheet":
        desk.change(file.consent_requests[0], state="granted", part="dwelling")
    if kind in ("spare-room", "handover", "ending-letter"):
        desk.change(file.measures[0], state="fitted", fitted_on=TODAY)
        desk.change(file.properties[0], tenure="ha")


@pytest.mark.parametrize("kind", KINDS)
def test_each_document_is_written_read_again_and_registered(
    kind: str, desk: Desk, tmp_path: Path
) -> None:
    ready(desk, kind)
    written = make(desk, kind, tmp_path / "out", rule_read=True)
    ((path, digest),) = written.files
    number = path.name.removesuffix(f"-{kind}.docx")
    about = {"consent_requests": "R00001", "visits": "J00001"}
    assert number == about.get(KINDS[kind].about, desk.file.case.ref)
    assert path.stat().st_mode & 0o777 == 0o600
    text = "\n".join(lines(path))
    assert "{" not in text
    assert text.split("\n")[0] == desk.prepare(kind).blocks[0].lines[0]
    (row,) = queries.all_of(desk.caseload.connection, Disclosure)
    assert (row.what, row.sha256, row.path) == (kind, digest, str(path))
    assert row.recipient == PROFILES[KINDS[kind].profile].recipient
    assert (row.case_refs, row.protection, row.rows) == (desk.file.case.ref, "document", 1)
    logged = queries.changes_of(desk.caseload.connection, desk.case_id)
    words = kind.replace("-", " ")
    assert any(one.action == "disclosure" and words in one.why for one in logged)
    again = make(desk, kind, tmp_path / "out", rule_read=True, text=True)
    assert again.files[0][0].name == f"{number}-{kind}.txt"
    third = make(desk, kind, tmp_path / "out", rule_read=True)
    assert third.files[0][0].name == f"{number}-{kind}-2.docx"
    assert all(part in everything(again.files[0][0]) for part in ("Home security", "960100"))


def test_the_landlord_reads_schedule_and_removal_offer_and_not_why(
    desk: Desk, tmp_path: Path
) -> None:
    """The landlord is called Sanctuary and the street Rose, as the survivor: both may stand."""
    path = make(desk, "landlord-request", tmp_path).files[0][0]
    text = "\n".join(lines(path))
    for said in ("Sanctuary Homes", "14 Rose Lane", "ZZ9 9ZZ", "SW-1", "London bar", "make good"):
        assert said in text
    whole = everything(path)
    for kept in ("blue door", "Survivor", "Perpetrator", "marigold", "07700900123", "python-docx"):
        assert kept not in whole
    assert desk.file.case.ref not in text


def test_the_job_sheet_is_need_to_know_and_expires(desk: Desk, tmp_path: Path) -> None:
    ready(desk, "job-sheet")
    text = "\n".join(lines(make(desk, "job-sheet", tmp_path).files[0][0]))
    for said in ("Tue 1 Dec 2026, 10:00-12:00", "Valid until: Tue 8 Dec 2026", "a colleague"):
        assert said in text
    assert "blue door" not in text
    assert desk.file.case.ref not in text


def test_a_job_sheet_that_has_run_out_is_asked_after_once(desk: Desk, tmp_path: Path) -> None:
    ready(desk, "job-sheet")
    for _ in range(2):
        text = "\n".join(lines(make(desk, "job-sheet", tmp_path).files[0][0]))
    assert "Return this sheet to us or destroy it by then" in text
    assert "Returned or destroyed on:" in text
    assert "Parking:" in text
    asked = [one for one in desk.file.reminders if "returned or destroyed" in one.title_text]
    assert [(one.title_text, one.due) for one in asked] == [
        ("job sheet J00001: returned or destroyed?", TODAY + timedelta(days=14))
    ]


def test_a_job_sheet_names_a_confidential_home_only_for_a_reason(
    desk: Desk, tmp_path: Path
) -> None:
    """The rest is what the work needs: nobody's name, no case, no hazard in anybody's story."""
    ready(desk, "job-sheet")
    desk.change(desk.file.properties[0], confidential="yes")
    kept = everything(make(desk, "job-sheet", tmp_path, text=True).files[0][0])
    assert "(address to be told by phone)" in kept
    assert "Rose Lane" not in kept
    named = make(desk, "job-sheet", tmp_path, text=True, address_reason="fits the bar").files[0][0]
    assert "14 Rose Lane" in everything(named)
    logged = queries.changes_of(desk.caseload.connection, desk.case_id)
    assert any("confidential address named: fits the bar" in one.why for one in logged)


def test_the_ending_letter_promises_no_more_checks(desk: Desk, tmp_path: Path) -> None:
    ready(desk, "ending-letter")
    text = "\n".join(lines(make(desk, "ending-letter", tmp_path, rule_read=True).files[0][0]))
    assert "We check with you" not in text
    assert "You can come back at any time and for any reason." in text


@pytest.mark.parametrize("kind", KINDS)
def test_a_failed_write_leaves_no_file_and_no_row(
    kind: str, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full as the file is flushed; later the register cannot be written."""
    ready(desk, kind)
    before = len(desk.file.reminders)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    def nothing_left() -> list[Path]:
        return [one for one in (tmp_path / "out").rglob("*") if one.is_file()]

    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", full)
        with pytest.raises(SanctuaryError):
            make(desk, kind, tmp_path / "out", rule_read=True)
    assert nothing_left() == []

    def refuse(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(desk.caseload.store, "note", refuse)
        with pytest.raises(OSError, match="Input/output"):
            make(desk, kind, tmp_path / "out", rule_read=True)
    assert nothing_left() == []
    assert queries.all_of(desk.caseload.connection, Disclosure) == []
    assert len(desk.file.reminders) == before
    assert not [
        one
        for one in queries.changes_of(desk.caseload.connection, desk.case_id)
        if one.action == "disclosure"
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_only_looked_at_is_not_in_the_register(kind: str, desk: Desk) -> None:
    ready(desk, kind)
    assert desk.prepare(kind).refusals == ()
    assert queries.all_of(desk.caseload.connection, Disclosure) == []


def test_the_handover_sheet_in_large_print(desk: Desk, tmp_path: Path) -> None:
    ready(desk, "handover")
    survivor = desk.file.survivor
    assert survivor is not None
    for large, size in ((False, 12), (True, 18)):
        made = make(desk, "handover", tmp_path, rule_read=True, large=large).files[0][0]
        assert docx.Document(str(made)).styles["Normal"].font.size.pt == size
    desk.change(survivor, communication="large_print")
    made = make(desk, "handover", tmp_path, rule_read=True).files[0][0]
    assert docx.Document(str(made)).styles["Normal"].font.size.pt == 18
    assert "Nothing to do: it makes the door frame stronger." in "\n".join(lines(made))


# --- nobody else's business -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_the_profile_allows_comes_out(
    kind: str, marked: tuple[Desk, dict[str, tuple[str, str]]], tmp_path: Path
) -> None:
    desk, marks = marked
    file = desk.file
    if kind == "agent-letter":
        desk.change(file.consent_requests[0], part="common_parts")
        desk.change(file.measures[0], part="common_parts")
    if kind == "job-sheet":
        desk.change(file.consent_requests[0], state="granted")
    if kind in ("spare-room", "handover", "ending-letter"):
        desk.change(file.measures[0], state="fitted", fitted_on=TODAY)
    profile = PROFILES[KINDS[kind].profile]
    assert not profile.protected
    allowed = {mark for mark, field in marks.items() if field in profile.fields}
    assert len(marks) > 90
    for text in (False, True):
        written = make(desk, kind, tmp_path, text=text, rule_read=True)
        path = written.files[0][0]
        assert {mark for mark in marks if mark in path.name} <= {file.case.ref}
        whole = everything(path).removeprefix(path.name)
        found = {mark for mark in marks if mark in whole}
        assert found - allowed == set()
        assert found, "the search can fail"
        perpetrator = file.perpetrators[0]
        assert perpetrator.first_name not in whole
        assert perpetrator.surname not in whole


def test_a_safe_address_stands_in_no_document(desk: Desk, tmp_path: Path) -> None:
    """Typed into the wording, on two lines: found, and refused for every kind of reader."""
    add = desk.caseload.store.add
    add(SafeAddress(case_id=desk.case_id, address="3 Hidden Close\nElsewhere", postcode="ZZ1 1ZZ"))
    request = desk.file.consent_requests[0]
    desk.change(request, wording="Please write to 3 Hidden\nClose.")
    with pytest.raises(RefusedError, match="confidential address") as refused:
        make(desk, "landlord-request", tmp_path)
    assert "Hidden" not in refused.value.sentence
    desk.change(request, wording="Ask for marigold.")
    with pytest.raises(RefusedError, match="code word"):
        make(desk, "landlord-request", tmp_path)
    assert list(tmp_path.glob("*.docx")) == []


def test_a_confidential_home_is_named_only_for_a_reason_that_is_logged(
    desk: Desk, tmp_path: Path
) -> None:
    desk.change(desk.file.properties[0], confidential="yes")
    kept = make(desk, "landlord-request", tmp_path).files[0][0]
    assert "Rose Lane" not in everything(kept)
    assert "to be told by phone" in everything(kept)
    named = make(desk, "landlord-request", tmp_path, address_reason="owns it").files[0][0]
    assert "Rose Lane" in everything(named)
    rows = queries.all_of(desk.caseload.connection, Disclosure)
    assert [row.protected_fields for row in rows] == [0, 1]
    logged = queries.changes_of(desk.caseload.connection, desk.case_id)
    assert any("owns it" in one.why for one in logged)


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "word"),
    [
        ("because of domestic abuse", "domestic"),
        ("Rose asked for it", "Rose"),
        ("the sanctuary scheme", "sanctuary"),
        ("see S26-0001", "S26-0001"),
        ("the police advise it", "police"),
    ],
)
def test_words_that_disclose_are_named_and_refused(
    words: str, word: str, desk: Desk, tmp_path: Path
) -> None:
    desk.change(desk.file.consent_requests[0], wording=f"We would fit a bar, {words}.")
    with pytest.raises(RefusedError, match="would disclose") as refused:
        make(desk, "landlord-request", tmp_path)
    assert f"“{word}” " in refused.value.sentence
    prepared = desk.prepare("landlord-request")
    assert refused.value.sentence in prepared.refusals
    with pytest.raises(RefusedError):
        making.write_document(prepared, tmp_path / "past.docx", now=NOW)
    assert not list(tmp_path.glob("*.docx"))
    assert queries.all_of(desk.caseload.connection, Disclosure) == []


@pytest.mark.parametrize("kind", OUTSIDE)
def test_sender_address_and_measures_are_checked_too(kind: str, desk: Desk, tmp_path: Path) -> None:
    ready(desk, kind)
    desk.settings.documents.sender = "Domestic Abuse Team"
    assert any("“Domestic”" in one for one in desk.prepare(kind).refusals)
    desk.settings.documents.sender = ""
    desk.settings.scheme_name = "Testton Sanctuary Scheme"
    prepared = desk.prepare(kind)
    assert prepared.refusals == ()
    assert any("“Sanctuary”" in notice for notice in prepared.notices)
    assert "TESTTON SANCTUARY" not in prepared.text.upper()
    desk.change(desk.file.properties[0], address="14 Rose Lane, hidden from abuser")
    assert any("“abuser”" in one for one in desk.prepare(kind).refusals)


@pytest.mark.guarantee
@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("62 Hollinside Court, c/o Norton Women's Aid, IDVA and police marked", "Women's Aid"),
        ("114 Pennyfold Close (panic room, DAPO)\nOccupation order against Mr", "DAPO"),
        ("62 Hollinside Court, refuge", "refuge"),
        ("Flat 2, Old Police House, Refuge Road", ""),
    ],
)
@pytest.mark.parametrize("kind", OUTSIDE)
def test_an_address_says_no_more_than_where_it_is(
    kind: str, address: str, word: str, desk: Desk
) -> None:
    ready(desk, kind)
    desk.change(desk.file.properties[0], address=address)
    assert any(f"“{word}”" in one for one in desk.prepare(kind).refusals) is bool(word)
    if kind != "job-sheet":
        return
    desk.change(desk.file.properties[0], address="14 Rose Lane")
    desk.change(desk.file.visits[0], worker=f"Test Locks, {address}")
    assert any(f"“{word}”" in one for one in desk.prepare(kind).refusals) is bool(word)


SENDERS = (
    "domestic.abuse@example.org",
    "da-team@example.org",
    "thesanctuaryteam@example.org",
    "repairs@refuge.example.org",
    "rosesurvivor@example.org",
)


@pytest.mark.parametrize("email", SENDERS)
@pytest.mark.parametrize("kind", OUTSIDE)
def test_the_address_to_answer_to_is_checked(kind: str, email: str, desk: Desk) -> None:
    ready(desk, kind)
    shown = "{email}" in template_text(KINDS[kind], None)
    desk.settings.documents.email = email
    refused = [one for one in desk.prepare(kind).refusals if "would disclose" in one]
    assert bool(refused) == shown


@pytest.mark.parametrize("kind", OUTSIDE)
@pytest.mark.parametrize("name", ["Do", "Will", "May", "Lock", "December"])
def test_a_name_that_stands_in_any_letter_stops_none(kind: str, name: str, desk: Desk) -> None:
    """The month, or a word of the letter; where somebody typed it, it is found."""
    ready(desk, kind)
    survivor = desk.file.survivor
    assert survivor is not None
    desk.change(survivor, first_name=name, surname="Quennell")
    assert desk.prepare(kind).refusals == ()
    desk.settings.documents.sender = f"On behalf of {name}"
    assert any(f"“{name}” is a name" in one for one in desk.prepare(kind).refusals)


def test_a_name_in_a_districts_own_template_is_found(desk: Desk) -> None:
    own(desk, "chase", b"# A letter for Survivor\n\nabout {address}")
    assert any("“Survivor”" in one for one in desk.prepare("chase").refusals)


@pytest.mark.guarantee
@pytest.mark.parametrize("kind", OUTSIDE)
def test_no_part_of_an_outsiders_file_says_why(kind: str, desk: Desk, tmp_path: Path) -> None:
    """Every text and property of the file, its name, and no header, comment, table or text box."""
    ready(desk, kind)
    path = make(desk, kind, tmp_path).files[0][0]
    names = ("Perpetrator", "marigold", desk.file.case.ref)
    assert disclosures(path.name, names) == []
    written = docx.Document(str(path))
    kept = written.core_properties
    assert kept.title == written.paragraphs[0].text
    for other in ("author", "last_modified_by", "comments", "subject", "keywords", "category"):
        assert getattr(kept, other) == ""
    assert not written.tables
    assert not written.inline_shapes
    with zipfile.ZipFile(path) as archive:
        parts = archive.namelist()
        texts = [
            text
            for part in parts
            if part.endswith((".xml", ".rels"))
            for text in ElementTree.fromstring(archive.read(part)).itertext()
        ]
    for other in ("header", "footer", "comments", "footnotes", "custom.xml", "vba"):
        assert not [part for part in parts if other in part]
    known = ("Sanctuary Homes", "14 Rose Lane")
    told = "\n".join(text for text in texts if not text.startswith(known))
    assert [hit.word for hit in disclosures(told, names)] == []


# --- rules ----------------------------------------------------------------------------------------


def test_no_letter_before_the_survivor_agreed_and_none_after_do_not_contact(
    desk: Desk, tmp_path: Path
) -> None:
    desk.change(desk.file.consent_requests[0], survivor_ok="no")
    with pytest.raises(RefusedError, match="survivor has agreed"):
        make(desk, "landlord-request", tmp_path)
    desk.change(desk.file.consent_requests[0], survivor_ok="yes")
    desk.change(desk.file.case, do_not_contact="yes")
    for kind in ("landlord-request", "chase", "handover"):
        with pytest.raises(RefusedError, match="no contact"):
            make(desk, kind, tmp_path, rule_read=True)


SURVIVORS = [kind.id for kind in KINDS.values() if kind.to_survivor]


def reach(desk: Desk, **ways: str) -> None:
    """The only ways to reach the survivor, each with its answer."""
    survivor = desk.file.survivor
    assert survivor is not None
    for point in desk.file.contact_points:
        desk.caseload.store.delete(point)
    for kind, safe in ways.items():
        desk.caseload.store.add(
            ContactPoint(case_id=desk.case_id, person_id=survivor.id, kind=kind, safe=safe)
        )


@pytest.mark.parametrize("kind", SURVIVORS)
@pytest.mark.parametrize(
    ("rule", "ways", "said"),
    [
        ("Text first.", {"mobile": "yes", "letter": "never"}, "Writing by letter is not safe"),
        ("", {"mobile": "yes", "letter": "unsafe"}, "Writing by letter is not safe"),
        ("", {"mobile": "yes", "email": "never", "letter": "not_asked"}, "Writing by email"),
        ("", {"mobile": "not_asked", "letter": "not_known"}, "Nobody has asked"),
        ("", {}, "Nobody has asked"),
        ("", {"mobile": "unsafe"}, "reported unsafe"),
        ("", {"mobile": "never", "letter": "never"}, "no recorded way"),
    ],
)
def test_no_sheet_goes_to_a_survivor_by_a_way_that_is_not_safe(
    rule: str, ways: dict[str, str], said: str, kind: str, desk: Desk, tmp_path: Path
) -> None:
    """Another way in writing lets it go; so does handing it over, which the register keeps."""
    ready(desk, kind)
    desk.change(desk.file.case, contact_rule=rule)
    reach(desk, **ways)
    with pytest.raises(RefusedError, match=said) as refused:
        make(desk, kind, tmp_path, rule_read=True)
    assert "hand it over yourself" in refused.value.sentence
    assert list(tmp_path.glob("*.docx")) == []
    make(desk, kind, tmp_path, rule_read=True, in_person=True)
    (row,) = queries.all_of(desk.caseload.connection, Disclosure)
    assert row.basis == "handed to the survivor in person"
    logged = queries.changes_of(desk.caseload.connection, desk.case_id)
    assert any("handed over in person" in one.why for one in logged)
    reach(desk, **{**ways, "via": "yes"})
    assert desk.prepare(kind).refusals == ()


def test_who_asked_for_no_contact_is_handed_nothing_either(desk: Desk, tmp_path: Path) -> None:
    ready(desk, "handover")
    desk.change(desk.file.case, do_not_contact="yes")
    with pytest.raises(RefusedError, match="no contact"):
        make(desk, "handover", tmp_path, rule_read=True, in_person=True)


def test_a_job_sheet_waits_for_the_gates(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="London bar"):  # consent is awaited: G4
        make(desk, "job-sheet", tmp_path)
    ready(desk, "job-sheet")
    assert desk.prepare("job-sheet").refusals == ()
    desk.change(desk.file.perpetrators[0], weapons="yes")
    with pytest.raises(RefusedError, match="police"):
        make(desk, "job-sheet", tmp_path)


def test_nothing_goes_to_the_survivor_before_the_rule_was_read(desk: Desk, tmp_path: Path) -> None:
    ready(desk, "handover")
    with pytest.raises(RefusedError, match=r"safe-contact rule.*Text first"):
        make(desk, "handover", tmp_path)
    make(desk, "handover", tmp_path, rule_read=True)
    logged = queries.changes_of(desk.caseload.connection, desk.case_id)
    assert any("safe-contact rule read" in one.why for one in logged)


@pytest.mark.parametrize(
    ("called", "said"), [("", "by secure email."), ("Test Secure Mail", "by Test Secure Mail.")]
)
def test_the_spare_room_letter_goes_the_secure_way_the_council_uses(
    called: str, said: str, desk: Desk
) -> None:
    ready(desk, "spare-room")
    desk.settings.documents.secure_email = called
    assert any(notice.endswith(said) for notice in desk.prepare("spare-room").notices)


def test_the_spare_room_letter_says_only_what_is_recorded(desk: Desk, tmp_path: Path) -> None:
    ready(desk, "spare-room")
    desk.change(desk.file.perpetrators[0], still_resident="not_known")
    with pytest.raises(RefusedError, match="not recorded"):
        make(desk, "spare-room", tmp_path)
    desk.change(desk.file.perpetrators[0], still_resident="no")
    desk.change(desk.file.properties[0], tenure="prs")
    with pytest.raises(RefusedError, match="council and housing association"):
        make(desk, "spare-room", tmp_path)


def test_what_a_document_cannot_do_without_is_said(desk: Desk, tmp_path: Path) -> None:
    desk.caseload.store.delete(desk.file.measures[0])
    desk.settings.documents.email = ""
    prepared = desk.prepare("landlord-request")
    assert "cannot be made without: works" in prepared.refusals[0]
    assert prepared.gaps == ("email",)
    assert "[email]" in prepared.text
    with pytest.raises(BadInputError, match="common parts"):
        desk.prepare("agent-letter")
    with pytest.raises(BadInputError, match="choose one of landlord-request"):
        desk.prepare("postcard")


def test_a_synced_folder_is_refused_and_nothing_registered(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="copies files away"):
        make(desk, "chase", tmp_path / "OneDrive")
    assert queries.all_of(desk.caseload.connection, Disclosure) == []


def test_text_from_people_is_never_markup_or_a_template(desk: Desk, tmp_path: Path) -> None:
    odd = "Bar [b] {address} <w:t>&amp;\x00\x1b[31m"
    desk.caseload.store.add(
        Measure(case_id=desk.case_id, name=odd, consent_needed="yes", state="approved")
    )
    text = "\n".join(lines(make(desk, "landlord-request", tmp_path).files[0][0]))
    assert "Bar [b] {address} <w:t>&amp;" in text
    assert "\x1b" not in text


# --- templates ------------------------------------------------------------------------------------


def own(desk: Desk, kind: str, text: bytes) -> None:
    folder = desk.world.paths.config_dir / "documents"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{kind}.txt").write_bytes(text)


def test_a_district_has_its_own_words(desk: Desk, tmp_path: Path) -> None:
    own(
        desk,
        "chase",
        b"\xef\xbb\xbf# Our own letter\r\n\r\nTo {recipient}\r\n- {works}\r\n{part}\r\n",
    )
    assert lines(make(desk, "chase", tmp_path).files[0][0]) == [
        "Our own letter",
        "To Sanctuary Homes",
        "London bar",
        "the home itself",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"# A\n{colour}", r"chase.txt, line 2, \{colour\} is not a field"),
        (b"# A\n{name}", "is not a field"),
        (b"# A\n{ address }", "line 2, a brace"),
        (b"# A {", "line 1, a brace"),
        (b"\xff\xfe\x00", "cannot be read as UTF-8"),
        (b"  \n", "blank or too long"),
        (b"# A letter\n" + b"{address}" * 501, "names more than 500 fields"),
    ],
)
def test_a_template_that_is_wrong_is_refused_in_one_sentence(
    text: bytes, said: str, desk: Desk
) -> None:
    own(desk, "chase", text)
    with pytest.raises(BadInputError, match=said) as refused:
        desk.prepare("chase")
    assert refused.value.sentence.count(". ") == 0


def test_a_title_of_any_length_is_a_title(desk: Desk, tmp_path: Path) -> None:
    """A property of a .docx holds 255 characters, its first paragraph as many as there are."""
    long = "About your home " * 30
    own(desk, "chase", f"# {long}\n\nabout {{address}}".encode())
    written = docx.Document(str(make(desk, "chase", tmp_path).files[0][0]))
    assert written.paragraphs[0].text == long.strip()
    assert written.core_properties.title == long[:255].strip()


def test_an_own_template_does_not_get_round_the_check(desk: Desk, tmp_path: Path) -> None:
    own(desk, "chase", b"# A letter\n\nabout the victim at {address}")
    with pytest.raises(RefusedError, match="“victim” says who is affected"):
        make(desk, "chase", tmp_path)


# --- the command line -----------------------------------------------------------------------------


def test_the_command_line(world: World, tmp_path: Path) -> None:
    with world.on(TODAY) as day:
        desk = household(world, day)
        ready(desk, "handover")
        ref, out = desk.file.case.ref, str(tmp_path / "out")
    handover = ("export", "document", ref, "handover", "--out", out)
    stick = ("--out", str(tmp_path / "stick" / "letters"), "--safe-contact-read")
    said = world.run(*handover, today=TODAY, status=1)
    assert "cannot be made without: phone" in said
    world.paths.settings_file.write_text('[documents]\nphone = "01632 960100"\n', "utf-8")
    said = world.run(*handover, today=TODAY, status=1)
    assert "Read the safe-contact rule" in said
    said = world.run(*handover[:4], *stick, today=TODAY, status=1)
    assert f"There is no folder {tmp_path / 'stick'}; plug in the disk" in said
    assert not (tmp_path / "stick").exists()
    said = world.run(*handover, "--safe-contact-read", "--large-print", today=TODAY)
    assert "Safe contact: " in said
    assert (tmp_path / "out" / f"{ref}-handover.docx").exists()
    world.run("export", "document", ref, "chase", "--out", out, "--in-person", status=2)
    said = world.run("export", "document", ref, "nothing", "--out", out, status=1)
    assert said.count("\n") == 1
    world.run("export", "document", ref, "--out", out, status=2)
    world.run("export", "cases", ref, "chase", "--out", out, status=2)


def test_the_library_is_loaded_only_when_a_document_is_made(world: World) -> None:
    import subprocess
    import sys

    script = "import sys, sanctuary_tui.documents.making as m; print('docx' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
