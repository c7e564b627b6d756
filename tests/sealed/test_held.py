"""What is held of a sealed case that is open: its answer and its certificate leave nothing out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from config.errors import RefusedError
from db import queries, seal
from db.caseload import Caseload
from db.models import Breach, Case, CaseFile, Disclosure, MaracListing, Organisation
from sanctuary_tui import breach_report, disposing, marac_export, work
from sanctuary_tui.exports import marac_rows
from sanctuary_tui.subject import deciding
from tests.exports.test_withhold import household
from tests.sealed import canary
from tests.sealed.canary import NOW, SETTINGS, TODAY
from tests.subject import packs


@pytest.fixture
def case(caseload: Caseload, tmp_path: Path) -> Case:
    """A case with a file that was sent and a form half filled; another has its own of both."""
    for name in ("Ina", "Other"):
        made = household(caseload, name, "4 Old Row, Norton")
        caseload.store.add(
            Disclosure(
                at=NOW,
                what=f"MARAC list of {name}",
                recipient="marac",
                recipient_name="Westholm MARAC",
                case_refs=made.ref,
                path=str(tmp_path / f"{name}.csv"),
            )
        )
        caseload.store.save_draft(made.id, "notes", 0, {"body": f"{name} likes tea"})
    return queries.get(caseload.connection, Case, 1)


def seal_and_open(caseload: Caseload, case: Case) -> None:
    """Both cases are sealed, and the first is open."""
    for case_id in (1, 2):
        canary.seal(caseload, case_id)
    seal.open_to(caseload.connection, case.id)


def answered(caseload: Caseload, case: Case, out: Path) -> tuple[list[str], str]:
    """What is gathered for the survivor, and the answer that is written."""
    survivor = work.must_find(caseload, case.id).survivor
    assert survivor is not None
    request = deciding.open_request(caseload, survivor.id, TODAY, asked_by="her")
    deciding.prove_identity(caseload, request.id, TODAY)
    found = sorted(one.paragraph.text for one in deciding.choices(caseload, request.id))

    def written() -> Path:
        result = packs.make(caseload, request.id, out)
        return result.files[0][0]

    first, again = written(), written()
    assert first != again
    deciding.mark_sent(caseload, request.id, TODAY)
    with pytest.raises(RefusedError, match="answered or ended"):
        deciding.mark_sent(caseload, request.id, TODAY)
    return found, first.read_text("utf-8")


@pytest.mark.guarantee
@pytest.mark.parametrize("sealed", [False, True])
def test_the_answer_to_a_sealed_survivor_has_all_that_another_has(
    caseload: Caseload, case: Case, tmp_path: Path, sealed: bool
) -> None:
    if sealed:
        seal_and_open(caseload, case)
    found, said = answered(caseload, case, tmp_path / "out")
    for words in ("MARAC list of Ina", "Ina likes tea"):
        assert any(words in one for one in found), words
    assert "Sent to: MARAC coordinator" in said
    assert not any("Other" in one for one in found)


@pytest.mark.guarantee
@pytest.mark.parametrize("sealed", [False, True])
def test_the_certificate_of_a_sealed_case_lists_its_copies(
    caseload: Caseload, case: Case, sealed: bool
) -> None:
    if sealed:
        seal_and_open(caseload, case)
    copies = disposing.copies_of(caseload, work.must_find(caseload, case.id), SETTINGS)
    assert [one.split(" of ")[:2] for one in copies] == [["MARAC list", "Ina"]]


def test_a_file_of_a_sealed_case_alone_keeps_its_name(
    caseload: Caseload, case: Case, tmp_path: Path
) -> None:
    """It was deleted by hand: no other file is ever under a name that the register has."""
    breach = caseload.store.add(Breach(kind="other", aware=NOW, case_refs=case.ref))
    out = tmp_path / "out"
    out.mkdir()
    first = breach_report.make_report(caseload, breach.id, SETTINGS, out, now=NOW).files[0][0]
    first.unlink()
    for case_id in (1, 2):
        canary.seal(caseload, case_id)
    again = breach_report.make_report(caseload, breach.id, SETTINGS, out, now=NOW).files[0][0]
    assert again != first


# --- the MARAC


@pytest.mark.guarantee
@pytest.mark.parametrize("opened", [True, False])
def test_the_marac_row_of_a_sealed_case_that_is_open_names_its_landlord_and_no_other(
    caseload: Caseload, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: bool
) -> None:
    """A meeting that needs the landlord (``marac.landlord_in_list``) has it; other sealed cases
    keep theirs."""
    settings = replace(SETTINGS, marac=replace(SETTINGS.marac, landlord_in_list=True))
    store = caseload.store
    made = []
    for name in ("Ina", "Other"):
        one = household(caseload, name, "4 Old Row, Norton")
        landlord = store.add(Organisation(name=f"Lettings of {name}"))
        (home,) = work.must_find(caseload, one.id).properties
        store.update(home, landlord_id=landlord.id, current="yes")
        store.add(
            MaracListing(
                case_id=one.id,
                meeting=TODAY,
                state="draft",
                share_basis="public_task",
                decided_by="Coordinator",
                decided_on=TODAY,
            )
        )
        made.append(one)
    contexts = []

    def rows(file: CaseFile, listing: MaracListing, context: marac_rows.MaracContext) -> Any:
        contexts.append(context)
        return written(file, listing, context)

    written = marac_rows.marac_rows
    monkeypatch.setattr(marac_rows, "marac_rows", rows)
    for one in made if opened else made[1:]:
        canary.seal(caseload, one.id)
    if opened:
        seal.open_to(caseload.connection, made[0].id)
    (listed,) = marac_export.preview(caseload, TODAY, TODAY, settings, (made[0].id,))
    assert {row["landlord"] for row in listed.rows} == {"Lettings of Ina"}
    request = marac_export.MaracRequest(TODAY, "2026W48", tmp_path / "out", "csv", (made[0].id,))
    sent = marac_export.send(caseload, request, settings, now=NOW)
    text = sent.result.files[0][0].read_text("utf-8-sig")
    assert "Lettings of Ina" in text
    assert "Lettings of Other" not in text
    for context in contexts:
        assert "Lettings of Other" not in {one.name for one in context.organisations.values()}
