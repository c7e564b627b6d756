"""The register knows of a file before the file has its name: killed anywhere, cut off, refused."""

from __future__ import annotations

import ast
import errno
import functools
import hashlib
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from config import paths as config_paths
from config.errors import RefusedError, SanctuaryError
from db import queries
from db.caseload import Caseload
from db.models import (
    Breach,
    Case,
    Disclosure,
    MaracListing,
    Person,
    RiskAssessment,
    SubjectRequest,
)
from sanctuary_tui import (
    archive_export,
    breach_report,
    breaches,
    cover_pack,
    leftovers,
    marac_export,
    table_export,
)
from sanctuary_tui.documents import making
from sanctuary_tui.exports import files, marac_quarter, return_file, summary_page
from sanctuary_tui.exports.outgoing import Outgoing
from sanctuary_tui.exports.profiles import EXPORTERS
from sanctuary_tui.exports.register import look, lying_there, still_there
from sanctuary_tui.imports import reporting
from sanctuary_tui.returns import merging
from sanctuary_tui.returns.figures import quarter as returns_quarter
from sanctuary_tui.subject import deciding, pack
from tests import needs
from tests.db import kit
from tests.powercut.conftest import place
from tests.powercut.strikes import struck
from tests.powercut.works import NOW
from tests.sanctuary_tui.cli_program import HANDED

__all__ = ["place"]
ROOT = Path(__file__).parents[2]
MEETING = kit.noon(kit.DAY).date().replace(day=10, month=12)


# --- every way out --------------------------------------------------------------------------------


def world(root: Path) -> None:
    """A case that may be sent out in every way there is."""
    caseload = kit.make(root / "caseload.db")
    store = caseload.store
    case = store.add(Case(route="police", referrer_org="Test Police"))
    store.add(Person(case_id=case.id, role="survivor", surname="Quaxelby", first_name="Test"))
    other = store.add(Person(case_id=case.id, role="perpetrator", surname="Vrondt"))
    store.add(RiskAssessment(case_id=case.id, assessed=kit.DAY, score=15))
    store.add(
        MaracListing(
            case_id=case.id,
            meeting=MEETING,
            criteria="VHR",
            share_basis="public_task",
            decided_by="Coordinator",
            decided_on=kit.DAY,
        )
    )
    request = deciding.open_request(caseload, other.id, kit.DAY)
    deciding.prove_identity(caseload, request.id, kit.DAY)
    breaches.record(
        caseload,
        "wrong_recipient",
        aware=kit.noon(kit.DAY - timedelta(days=1)),
        what="Sent wrongly",
    )
    caseload.close()
    (root / "out").mkdir()


def _list(data: Caseload, out: Path) -> object:
    return table_export.export_table(
        data, "people", out / "people.csv", handed=HANDED, today=kit.DAY, now=NOW
    )


def _marac(data: Caseload, out: Path) -> object:
    request = marac_export.MaracRequest(MEETING, "2026W48", out, "csv")
    return marac_export.send(data, request, kit.SETTINGS, now=NOW)


def _quarter(data: Caseload, out: Path) -> object:
    return table_export.export_quarter(
        data, "2026Q3", out / "quarter.csv", kit.SETTINGS, exact=False, today=kit.DAY, now=NOW
    )


def _return(data: Caseload, out: Path) -> object:
    return table_export.export_return(
        data,
        "working-group",
        returns_quarter("2026Q3"),
        out / "return.csv",
        kit.SETTINGS,
        exact=True,
        now=NOW,
    )


def _document(data: Caseload, out: Path) -> object:
    order = making.Order("outcome-note", queries.all_of(data.connection, Case)[0].id)
    return making.make(
        data, order, kit.SETTINGS, out, folder=None, now=NOW, today=kit.DAY, text=True
    )


def _pack(data: Caseload, out: Path) -> object:
    request = queries.all_of(data.connection, SubjectRequest)[0]
    return pack.make(
        data,
        request.id,
        kit.SETTINGS,
        out,
        now=NOW,
        today=kit.DAY,
        text=True,
        unseen="third_party",
        safety=pack.Safety("told", "gone through with her"),
    )


def _breach(data: Caseload, out: Path) -> object:
    breach = queries.all_of(data.connection, Breach)[0]
    return breach_report.make_report(data, breach.id, kit.SETTINGS, out, now=NOW)


def _archive(data: Caseload, out: Path) -> object:
    order = archive_export.ArchiveOrder(HANDED, archive_export.CONFIRM)
    file = out / "caseload.zip"
    return archive_export.export_archive(data, order, file, settings_file=out / "none", now=NOW)


WAYS: Final[dict[str, Callable[[Caseload, Path], object]]] = {
    "list": _list,
    "marac": _marac,
    "quarter": _quarter,
    "return": _return,
    "document": _document,
    "pack": _pack,
    "breach": _breach,
    "archive": _archive,
}
FILES: Final = {
    "archive": 1,
    "list": 1,
    "marac": 4,
    "quarter": 2,
    "return": 2,
    "document": 1,
    "pack": 2,
    "breach": 1,
}


def _done(way: str, root: Path) -> None:
    caseload = kit.opened(root / "caseload.db")
    WAYS[way](caseload, root / "out" / "made")
    caseload.close()


def do_list(root: Path) -> None:
    _done("list", root)


def do_archive(root: Path) -> None:
    _done("archive", root)


def do_marac(root: Path) -> None:
    _done("marac", root)


def do_pack(root: Path) -> None:
    _done("pack", root)


def named_at_once() -> None:
    """Every file has its name before its row is kept, as it was before."""

    def hold(_: Outgoing, written: object) -> object:
        written.unnamed.give_names()
        return written

    Outgoing.hold = hold


def as_on_a_stick() -> None:
    """FAT and exFAT have no files without a name, and no second name for one."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "no links")

    config_paths._nameless = lambda folder: None
    os.link = refuse


def hidden_on_a_stick() -> None:
    """Under a temporary name that does not follow from the path in the register."""
    as_on_a_stick()
    vars(files)["write_unnamed"] = functools.partial(config_paths.write_unnamed, swept=True)


def two_names() -> None:
    """As on macOS and Windows: links, and no files without a name."""
    config_paths._nameless = lambda folder: None


@pytest.mark.guarantee
def test_every_exporter_is_held_until_the_register_has_it() -> None:
    """A new one is noticed here, and one that is called past ``Outgoing.hold``."""
    wanted = {item.function.rpartition(".")[2] for item in EXPORTERS.values()}
    held, called = set(), set()
    for path in (ROOT / "sanctuary_tui").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func).rpartition(".")[2]
                called |= {(path.name, name)} & {(path.name, one) for one in wanted}
                if name == "hold":
                    held.add((path.name, ast.unparse(node.args[0]).partition("(")[0]))
    through = {  # each is handed on as a function, which is called as it is held
        ("table_export.py", "export_lines"),
        ("table_export.py", "write_table"),
        ("table_export.py", marac_quarter.write_quarter.__name__),
        ("table_export.py", return_file.write_return.__name__),
        ("table_export.py", summary_page.write_summary.__name__),
    }
    own = {("disposing.py", "write_one"), ("table_export.py", "write")}
    elsewhere = {("cli_report.py", merging.merge_returns.__name__)}  # no caseload, so no register
    assert held - own == called - through - elsewhere
    assert held >= own
    assert called >= through | elsewhere
    loaded = {reporting.write_refused.__name__, cover_pack.write_cover_pack.__name__}
    assert {name for _, name in called} == wanted >= loaded


# --- killed ---------------------------------------------------------------------------------------


def wrong(root: Path) -> list[str]:
    """What a kill has left that it must not."""
    caseload = kit.opened(root / "caseload.db")
    kit.check_sound(caseload, kit.DAY)
    rows = queries.all_of(caseload.connection, Disclosure)
    caseload.close()
    known = {row.path: row.sha256 for row in rows}
    found = []
    for path in sorted((root / "out").rglob("*")):
        if not path.is_file():
            continue
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if path.suffix != ".manifest" and known.get(str(path)) != digest:
            found.append(f"{path.name} lies there and the register does not know of it")
        elif path.suffix == ".manifest" and not known:
            found.append("a manifest of nothing")
    return found


def states(root: Path) -> list[str]:
    caseload = kit.opened(root / "caseload.db")
    found = [look(row).state for row in queries.all_of(caseload.connection, Disclosure)]
    caseload.close()
    return found


@pytest.fixture
def before(place: Path) -> Path:
    folder = place / "before"
    folder.mkdir(mode=0o700)
    world(folder)
    return folder


@pytest.mark.guarantee
@needs.linux
@pytest.mark.parametrize("way", ["list", "marac", "pack", "archive"])
def test_wherever_it_is_killed_no_file_lies_there_that_the_register_does_not_know(
    way: str, before: Path, place: Path
) -> None:
    """At each call in turn; between the row and the name the register says "not there"."""
    *killed, ended = struck(f"{__name__}:do_{way}", before, place / "struck")
    assert [fault for root in (*killed, ended) for fault in wrong(root)] == []
    seen = [states(root) for root in killed]
    assert [] in seen, "killed before the row"
    assert any(one and set(one) == {"gone"} for one in seen), "killed between row and name"
    assert set(states(ended)) == {"there"}
    assert len(list((ended / "out" / "made").rglob("*.*"))) == FILES[way]


@pytest.mark.guarantee
@needs.linux
def test_control_named_at_once_a_kill_leaves_one_that_is_unknown(before: Path, place: Path) -> None:
    found = struck(f"{__name__}:do_list", before, place / "struck", "named_at_once")
    assert any("does not know" in fault for root in found for fault in wrong(root))


def unknown(root: Path) -> list[Path]:
    """What lies there with words of a case and is not looked for by the register."""
    caseload = kit.opened(root / "caseload.db")
    known = {row.path for row in queries.all_of(caseload.connection, Disclosure)}
    caseload.close()
    lying = [path for path in (root / "out").rglob("*") if path.is_file()]
    return [
        path
        for path in lying
        if ".manifest" not in path.name and str(path).removesuffix(".unfinished") not in known
    ]


def deleted(root: Path) -> list[Path]:
    """What is left with words in it, once every row of the register is deleted by it."""
    caseload = kit.opened(root / "caseload.db")
    for row in queries.all_of(caseload.connection, Disclosure):
        there = look(row).path is not None
        assert there == bool(lying_there([row])), "Today asks for what is there"
        if Path(f"{row.path}.unfinished").exists():
            assert still_there([row]), "and the check counts it"
        leftovers.delete(caseload, row.id, changed=look(row).state == "changed")
    caseload.close()
    lying = [path for path in (root / "out").rglob("*") if path.is_file()]
    return [path for path in lying if ".manifest" not in path.name and path.stat().st_size]


@pytest.mark.guarantee
@needs.linux
@pytest.mark.parametrize("kind", ["as_on_a_stick", "two_names"])
@pytest.mark.parametrize("way", ["list", "marac"])
def test_on_a_stick_too_the_register_knows_of_what_a_kill_has_left(
    way: str, kind: str, before: Path, place: Path
) -> None:
    """A half one lies in sight, the register asks for it, and it is deleted from there."""
    roots = struck(f"{__name__}:do_{way}", before, place / "struck", kind)
    assert [path for root in roots for path in unknown(root)] == []
    left = [path.name for root in roots for path in (root / "out").rglob("*.unfinished")]
    assert left, "killed while it was written"
    assert [path for root in roots for path in deleted(root)] == []


@pytest.mark.guarantee
@needs.linux
def test_control_under_a_temporary_name_it_is_unknown(before: Path, place: Path) -> None:
    roots = struck(f"{__name__}:do_list", before, place / "struck", "hidden_on_a_stick")
    assert any(path.name.startswith(".") for root in roots for path in unknown(root))


# --- refused --------------------------------------------------------------------------------------


@pytest.fixture
def data(before: Path) -> Iterator[Caseload]:
    opened = kit.opened(before / "caseload.db")
    yield opened
    opened.close()


@pytest.mark.guarantee
@pytest.mark.parametrize("way", WAYS)
def test_where_it_cannot_be_named_all_is_taken_back(
    way: str, data: Caseload, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody's own file of the last name comes between; the system itself refuses the name."""
    out = tmp_path / "made"
    kept = kit.contents(data)
    real, links = os.link, []

    def link(source: str, target: Path, **more: object) -> None:
        links.append(target)
        if len(links) == FILES[way]:
            assert not data.connection.in_transaction, "the register is kept first"
            assert queries.all_of(data.connection, Disclosure)
            Path(target).write_text("somebody's own")
        real(source, target, **more)

    with monkeypatch.context() as between:
        between.setattr(config_paths.os, "link", link)
        with pytest.raises(SanctuaryError, match="a file of that name exists"):
            WAYS[way](data, out)
    (left,) = (path for path in out.rglob("*") if path.is_file())
    assert left.read_text() == "somebody's own"
    assert kit.contents(data) == kept
    kit.check_sound(data, kit.DAY)
    said = [one for one in kit.logged(data) if one.why.startswith("never written: ")]
    assert {"erasure"} <= {one.action for one in said}
    assert [one.entity for one in said].count("exported_files") == 1
    left.unlink()
    WAYS[way](data, out)  # the same act can be done again, under the same name
    assert set(states_of(data)) == {"there"}


def states_of(data: Caseload) -> list[str]:
    return [look(row).state for row in queries.all_of(data.connection, Disclosure)]


def test_an_undo_passes_over_what_was_taken_back(
    data: Caseload, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = queries.all_of(data.connection, Case)[0]
    data.store.update(case, pets="2 dogs", why="pets")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    with monkeypatch.context() as broken:
        broken.setattr(config_paths.os, "link", refuse)
        with pytest.raises(SanctuaryError, match="may not write there"):
            _marac(data, tmp_path / "made")
    assert not (tmp_path / "made").exists()
    assert data.store.undo_last() == "pets"
    _marac(data, tmp_path / "made")
    with pytest.raises(RefusedError, match="cannot be undone"):
        data.store.undo_last()


def test_without_room_to_take_it_back_the_sentence_says_what_stays(
    data: Caseload, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        data.connection.execute(
            "CREATE TEMP TRIGGER full BEFORE DELETE ON main.disclosures"
            " BEGIN SELECT RAISE(ABORT, 'full'); END"
        ).fetchall()
        raise PermissionError

    monkeypatch.setattr(config_paths.os, "link", refuse)
    with pytest.raises(SanctuaryError, match="The register still has its row") as told:
        _list(data, tmp_path / "made")
    assert "\n" not in told.value.sentence
    assert states_of(data) == ["gone"]
    assert not (tmp_path / "made").exists()


def test_it_stands_in_no_other_batch(data: Caseload, tmp_path: Path) -> None:
    """Else its files would have names before anything is kept."""
    with pytest.raises(RuntimeError, match="stands in another"), data.store.batch("more"):
        _list(data, tmp_path / "made")
    assert not (tmp_path / "made").exists()


def test_an_interrupt_between_row_and_name_takes_it_back(
    data: Caseload, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Outgoing, "_give_names", stop)
    with pytest.raises(KeyboardInterrupt):
        _marac(data, tmp_path / "made")
    assert states_of(data) == []
    assert not (tmp_path / "made").exists()
