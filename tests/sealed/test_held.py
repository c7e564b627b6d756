"""What is held of a sealed case that is open: its answer and its certificate leave nothing out."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.errors import RefusedError
from db import queries, seal
from db.caseload import Caseload
from db.models import Breach, Case, Disclosure
from sanctuary_tui import breach_report, disposing, work
from sanctuary_tui.subject import deciding, pack
from tests.exports.test_withhold import household
from tests.sealed import canary
from tests.sealed.canary import NOW, SETTINGS, TODAY


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
        result = pack.make(
            caseload,
            request.id,
            SETTINGS,
            out,
            now=NOW,
            today=TODAY,
            text=True,
            unseen="third_party",
            rule_read=True,
        )
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
