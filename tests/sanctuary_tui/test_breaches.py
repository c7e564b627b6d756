"""After a breach: what was in the file, who is at risk, the clock, the report within minutes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from config.errors import BadInputError, RefusedError
from config.settings import default_settings
from db import queries
from db.caseload import Caseload
from db.models import (
    Breach,
    BreachStep,
    Case,
    Contact,
    ContactPoint,
    Disclosure,
    Note,
    Organisation,
    Person,
    SafeAddress,
)
from db.rights import EVERY_CASE
from sanctuary_tui import breach_report, breaches, records, table_export, views
from sanctuary_tui.exports.register import held_case
from sanctuary_tui.exports.tables import TABLES, VIEWS
from tests.sanctuary_tui.cli_program import HANDED

SETTINGS = default_settings()
NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 26)


def survivor(caseload: Caseload, name: str, *, urgency: str = "standard", **given: str) -> Case:
    """A case with a survivor who is reached by text, and a child."""
    store = caseload.store
    case = store.add(Case(route="police", urgency=urgency, **given))
    person = store.add(
        Person(case_id=case.id, role="survivor", first_name=name, surname="Canaryname")
    )
    store.add(Person(case_id=case.id, role="child", first_name="Canarychild"))
    store.add(
        ContactPoint(case_id=case.id, person_id=person.id, value="07700 900123", safe="text_only")
    )
    return case


def exported(caseload: Caseload, out: Path, *, names: bool = True) -> Disclosure:
    """The register's row of an export of every case."""
    table_export.export_table(
        caseload, "people", out, handed=HANDED if names else None, today=TODAY, now=NOW
    )
    return queries.all_of(caseload.connection, Disclosure)[-1]


@pytest.mark.guarantee
def test_the_register_says_what_was_in_it_and_whose(caseload: Caseload, tmp_path: Path) -> None:
    first, second = survivor(caseload, "One"), survivor(caseload, "Two")
    row = exported(caseload, tmp_path / "named.csv")
    held = breaches.held_in(caseload, row.id)
    assert held.what == "people, with names"
    assert held.refs == (first.ref, second.ref)
    assert held.classes == "public;case"
    assert held.protected == "no"
    plain = exported(caseload, tmp_path / "plain.csv", names=False)
    assert breaches.held_in(caseload, plain.id).classes == "public"


@pytest.mark.guarantee
def test_a_receipt_mistyped_into_the_future_hides_no_case(
    caseload: Caseload, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The day of receipt is typed; the log says when the case was first there."""
    now = caseload.store.now()
    first, second = survivor(caseload, "One"), survivor(caseload, "Two")
    caseload.store.update(second, received=now + timedelta(days=365))
    row = exported(caseload, tmp_path / "people.csv")
    caseload.store.update(row, at=now, case_refs=EVERY_CASE)
    monkeypatch.setattr(caseload.store, "_clock", lambda: now + timedelta(days=1))
    later = survivor(caseload, "Later")
    assert breaches.held_in(caseload, row.id).refs == (first.ref, second.ref)
    breach = breaches.record(caseload, "lost_laptop", aware=now)
    assert {one.ref for one in breaches.at_risk(caseload, breach)} == {first.ref, second.ref}
    held = [held_case(row, case, caseload.connection) for case in (first, second, later)]
    assert held == [True, True, False]


def test_a_receipt_that_lies_ahead_is_not_taken(caseload: Caseload) -> None:
    case, now = survivor(caseload, "One"), caseload.store.now()

    def typed(received: datetime) -> None:
        records.keep_record(caseload, Case, 0, case.id, {"received": received}, SETTINGS)

    with pytest.raises(BadInputError, match="Received lies ahead"):
        typed(now + timedelta(days=365))
    typed(now - timedelta(days=1))
    kept = queries.get(caseload.connection, Case, case.id)
    assert kept.received == now - timedelta(days=1)
    caseload.store.update(kept, received=now + timedelta(days=365))
    typed(now + timedelta(days=365))  # as it stood: the rest of the form is not held up by it


@pytest.mark.guarantee
@pytest.mark.parametrize("table", [*TABLES, *VIEWS])
def test_the_register_names_every_case_that_a_file_names(
    caseload: Caseload, tmp_path: Path, table: str
) -> None:
    """Rows of the register, of breaches and of the log name cases too, closed ones among them."""
    store = caseload.store
    cases = [survivor(caseload, name) for name in ("One", "Two", "Three", "Four", "Five")]
    first, second, third, fourth, closed = (case.ref for case in cases)
    store.update(cases[0], linked_cases=second)
    store.update(cases[4], status="closed")
    store.add(Organisation(name="Landlord", kind="landlord"))
    store.add(Contact(name="Worker"))
    store.add(Disclosure(at=NOW, what="list", case_refs=f"{first};{closed}"))
    breach = store.add(Breach(kind="other", case_refs=f"{third};{fourth}"))
    store.add(BreachStep(breach_id=breach.id, case_ref=fourth, words="told"))
    store.add(Note(case_id=cases[4].id, body="closed"))
    out = tmp_path / "out.csv"
    table_export.export_table(caseload, table, out, handed=HANDED, today=TODAY, now=NOW)
    text = out.read_text("utf-8-sig")
    row = queries.all_of(caseload.connection, Disclosure)[-1]
    named = [case.ref for case in cases if case.ref in text]
    assert named or table not in ("changes", "disclosures", "breaches", "breach_steps", "notes")
    if table == "changes":  # of no one case: whoever is in it
        assert row.case_refs == EVERY_CASE
    else:
        assert sorted(row.case_refs.split(";")) == sorted(named or [""])


def directory(caseload: Caseload, out: Path, table: str = "organisations") -> str:
    table_export.export_table(caseload, table, out, handed=HANDED, today=TODAY, now=NOW)
    return queries.all_of(caseload.connection, Disclosure)[-1].case_refs


def test_a_file_of_the_directory_concerns_no_survivor(caseload: Caseload, tmp_path: Path) -> None:
    survivor(caseload, "One")
    store = caseload.store
    store.add(Organisation(name="Canaryname Lettings", kind="landlord", phone="01642 000000"))
    store.add(Contact(name="Sam Canaryname", job="Lettings manager"))  # a surname that many have
    assert directory(caseload, tmp_path / "a.csv") == ""
    assert directory(caseload, tmp_path / "b.csv", "contacts") == ""
    row = queries.all_of(caseload.connection, Disclosure)[-1]
    breach = breaches.record(caseload, "wrong_recipient", aware=NOW, disclosure_id=row.id)
    assert breaches.at_risk(caseload, breach) == []


@pytest.mark.guarantee
@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("Q Homes", "Owner of Ms Canaryname's flat"),
        ("Q Homes", "owner of CANARYNAM's flat"),  # misspelt
        ("Q Homes", "see {ref}"),
        ("One Canaryname", ""),
        ("Q Homes", "the owner told One's neighbour; Canaryname is out at nine"),
    ],
)
def test_but_one_that_names_somebody_concerns_them(
    caseload: Caseload, tmp_path: Path, name: str, note: str
) -> None:
    case = survivor(caseload, "One")
    caseload.store.add(Case(route="police"))
    note = note.format(ref=case.ref)
    caseload.store.add(Organisation(name=name, kind="landlord", note=note))
    assert directory(caseload, tmp_path / "a.csv") == case.ref


def test_what_is_too_much_to_read_concerns_everybody(caseload: Caseload, tmp_path: Path) -> None:
    survivor(caseload, "One")
    for number in range(60):
        words = " ".join(f"word{number}x{other}" for other in range(190))
        caseload.store.add(Organisation(name=f"Q{number}", kind="landlord", note=words))
        caseload.store.add(Organisation(name=f"R{number}", kind="landlord", note=words))
    assert directory(caseload, tmp_path / "a.csv") == EVERY_CASE


def test_a_file_that_names_a_file_of_every_case_is_of_every_case(
    caseload: Caseload, tmp_path: Path
) -> None:
    survivor(caseload, "One")
    caseload.store.add(Disclosure(at=NOW, what="all", case_refs=f"S26-0001;{EVERY_CASE}"))
    out = tmp_path / "out.csv"
    table_export.export_table(caseload, "disclosures", out, handed=HANDED, today=TODAY, now=NOW)
    assert queries.all_of(caseload.connection, Disclosure)[-1].case_refs == EVERY_CASE


def test_a_row_older_than_its_classes_is_taken_at_the_most(caseload: Caseload) -> None:
    store, case = caseload.store, survivor(caseload, "One")
    row = store.add(Disclosure(at=NOW, what="MARAC list", recipient="marac", case_refs=case.ref))
    assert breaches.held_in(caseload, row.id).classes == "public;case"
    row = store.add(Disclosure(at=NOW, what="MARAC list", recipient="marac", protected_fields=1))
    assert breaches.held_in(caseload, row.id).classes == "public;case;protected"


def test_from_one_export_to_a_report_with_the_icos_fields(
    caseload: Caseload, tmp_path: Path
) -> None:
    case = survivor(caseload, "One")
    row = exported(caseload, tmp_path / "named.csv")
    breach = breaches.record(
        caseload,
        "wrong_recipient",
        aware=NOW,
        disclosure_id=row.id,
        what="Sent to a wrong address",
        recipient="a stranger",
    )
    written = breach_report.make_report(caseload, breach.id, SETTINGS, tmp_path / "out", now=NOW)
    ((path, digest),) = written.files
    text = path.read_text("utf-8-sig")
    for wanted in (
        "First known: Thu 26 Nov 2026 09:30",
        "72 hours end: Sun 29 Nov 2026 09:30 (72 h left",
        "Sent to the wrong person",
        "Who has it now: a stranger",
        "Names, phones, what people said",
        "- About 2 people: 1 as survivor, 1 as child",
        "Special categories",
        "Survivors reached or decided about: 0 of 1",
        "Tell the data protection officer",
        case.ref,
        "OFFICIAL-SENSITIVE",
    ):
        assert wanted in " ".join(text.split()), wanted
    assert "canary" not in text.casefold()
    assert "07700" not in text
    assert path.name == "B00001-breach-1.txt"
    last = queries.all_of(caseload.connection, Disclosure)[-1]
    assert (last.sha256, last.profile, last.recipient) == (digest, "breach", "internal")


@pytest.mark.guarantee
def test_the_survivor_in_most_danger_stands_first(caseload: Caseload, tmp_path: Path) -> None:
    plain = survivor(caseload, "One")
    urgent = survivor(caseload, "Two", urgency="emergency")
    hidden = survivor(caseload, "Three", contact_rule="Text first, never ring")
    caseload.store.add(SafeAddress(case_id=hidden.id, address="7 Hidden Lane"))
    row = exported(caseload, tmp_path / "named.csv")
    breach = breaches.record(caseload, "lost_file", aware=NOW, disclosure_id=row.id)
    found = breaches.at_risk(caseload, breach)
    assert [one.ref for one in found] == [hidden.ref, urgent.ref, plain.ref]
    assert "Text first, never ring" in found[0].safe_contact
    assert breaches.FIRST_STEPS[0].startswith("Reach each survivor by their safe-contact rule")
    breaches.log_step(caseload, breach.id, "survivor", "warned by text", case_ref=hidden.ref)
    assert [one.ref for one in breaches.at_risk(caseload, breach)][-1] == hidden.ref
    with pytest.raises(BadInputError, match="was not in it"):
        breaches.log_step(caseload, breach.id, "survivor", "x", case_ref="S26-9999")
    with pytest.raises(BadInputError, match="which case"):
        breaches.log_step(caseload, breach.id, "survivor", "x")


def test_a_lost_computer_is_everything(caseload: Caseload) -> None:
    survivor(caseload, "One")
    survivor(caseload, "Two")
    breach = breaches.record(caseload, "lost_laptop", aware=NOW)
    assert breach.case_refs == EVERY_CASE
    assert breach.classes == "public;case;protected"
    assert len(breaches.at_risk(caseload, breach)) == 2
    assert all(one.exposed for one in breaches.at_risk(caseload, breach))


def test_what_the_risk_of_a_lost_computer_hangs_on_is_kept_and_nobody_is_left_uncounted(
    caseload: Caseload,
) -> None:
    for _ in range(22):
        caseload.store.add(Case(route="police"))
    breach = breaches.record(caseload, "lost_laptop", aware=NOW, protected="yes")
    assert breach.protected == "yes"
    words = "\n".join(
        line
        for block in breach_report.report(caseload, breach.id, SETTINGS, now=NOW)
        for line in block.lines
    )
    assert "passphrase safe: yes" in words
    assert "S26-0020 and 2 more" in words


def test_who_is_at_risk_costs_as_many_queries_for_many_cases_as_for_few(
    caseload: Caseload,
) -> None:
    """A lost computer holds ten thousand cases, and its list opens at once."""
    asked: list[str] = []
    found: list[tuple[int, int]] = []
    for more in (2, 30):
        for number in range(more):
            survivor(caseload, f"Name{number}")
        breach = breaches.record(caseload, "lost_laptop", aware=NOW)
        caseload.connection.set_trace_callback(asked.append)
        risk = breaches.at_risk(caseload, breach)
        caseload.connection.set_trace_callback(None)
        found.append((len(risk), len(asked)))
        asked.clear()
    assert [cases for cases, _ in found] == [2, 32]
    assert found[0][1] == found[1][1]
    assert 0 < found[0][1] < 20
    (first, *_) = risk
    assert (first.children, first.people) == (1, 2)


def test_the_clock_stands_on_today_until_it_is_settled(caseload: Caseload, tmp_path: Path) -> None:
    case = survivor(caseload, "One")

    def lines() -> list[tuple[str, str, date | None, str]]:
        view = views.today_view(caseload, TODAY, SETTINGS)
        return [
            (one.group, one.text, one.due, one.at) for one in view.lines if one.rule == "breach"
        ]

    assert lines() == []
    row = exported(caseload, tmp_path / "named.csv")
    aware = datetime(2026, 11, 25, 16, 5, tzinfo=UTC)
    breach = breaches.record(caseload, "wrong_recipient", aware=aware, disclosure_id=row.id)
    due = date(2026, 11, 28)
    assert lines() == [("at_once", "breach 1: 72 h, 1 to reach", due, "16:05")]
    assert views.today_view(caseload, TODAY, SETTINGS).lines[0].rule == "breach"
    breaches.log_step(caseload, breach.id, "survivor", "rung, safe", case_ref=case.ref)
    assert lines() == [("today", "breach 1: 72 h to the ICO", due, "16:05")]
    breaches.assess(caseload, breach.id, "risk", "names and phones")
    with pytest.raises(RefusedError, match="judged unlikely"):
        breaches.not_reported(caseload, breach.id, "no need")
    breaches.report_made(caseload, breach.id, NOW, "case IC-1")
    assert lines() == []
    assert breaches.close(caseload, breach.id).closed_on == TODAY
    with pytest.raises(RefusedError, match="closed"):
        breaches.log_step(caseload, breach.id, "other", "more")


def test_the_clock_over_is_overdue_and_asks_why(caseload: Caseload) -> None:
    survivor(caseload, "One")
    breach = breaches.record(caseload, "lost_backup", aware=NOW - timedelta(hours=97))
    (line,) = breaches.today_lines(caseload, TODAY)
    assert (line.group, line.due) == ("overdue", date(2026, 11, 25))
    assert breaches.clock_words(breach, NOW) == ("over since Wed 25 Nov 08:30: say why it is late")
    with pytest.raises(BadInputError, match="say why"):
        breaches.report_made(caseload, breach.id, NOW, "")
    assert breaches.clock_words(breach, NOW - timedelta(hours=26)) == (
        "1 h left, until Wed 25 Nov 08:30"
    )


def test_a_breach_is_not_closed_over_a_survivor_or_the_icos_head(caseload: Caseload) -> None:
    case = survivor(caseload, "One")
    breach = breaches.record(caseload, "lost_backup", aware=NOW)
    with pytest.raises(RefusedError, match=f"1 survivor, first {case.ref}"):
        breaches.close(caseload, breach.id)
    breaches.assess(caseload, breach.id, "high", "the passphrase was with it")
    breaches.log_step(caseload, breach.id, "survivor", "rung", case_ref=case.ref)
    with pytest.raises(RefusedError, match="reported to the ICO"):
        breaches.close(caseload, breach.id)
    breaches.report_made(caseload, breach.id, NOW, "")
    with pytest.raises(RefusedError, match="are told first"):
        breaches.close(caseload, breach.id)
    breaches.log_step(caseload, breach.id, "told", "by phone", people=2)
    assert breaches.close(caseload, breach.id).closed_on == TODAY


def test_what_is_not_reported_is_recorded_with_its_reason(caseload: Caseload) -> None:
    survivor(caseload, "One")
    breach = breaches.record(caseload, "lost_laptop", aware=NOW)
    breaches.assess(caseload, breach.id, "unlikely", "encrypted, passphrase in the safe")
    with pytest.raises(BadInputError):
        breaches.not_reported(caseload, breach.id, "")
    breaches.not_reported(caseload, breach.id, "no risk: encrypted")
    assert breaches.close(caseload, breach.id).closed_on == TODAY
    (kept,) = queries.all_of(caseload.connection, Breach)
    assert (kept.ico, kept.ico_why) == ("not_reported", "no risk: encrypted")
    words = [(one.kind, one.by) for one in breaches.steps_of(caseload, kept.id)]
    assert words == [(kind, "Coordinator") for kind in ("other", "decision", "decision")]


def test_a_breach_is_not_of_tomorrow_and_not_of_an_export_there_never_was(
    caseload: Caseload,
) -> None:
    with pytest.raises(BadInputError, match="still to come"):
        breaches.record(caseload, "seen", aware=NOW + timedelta(hours=1))
    with pytest.raises(BadInputError):
        breaches.record(caseload, "wrong_recipient", aware=NOW, disclosure_id=99)
    assert queries.all_of(caseload.connection, Breach) == []


def test_a_report_is_not_written_to_the_desktop(caseload: Caseload, tmp_path: Path) -> None:
    breach = breaches.record(caseload, "seen", aware=NOW)
    with pytest.raises(RefusedError, match="kept for exports"):
        breach_report.make_report(caseload, breach.id, SETTINGS, tmp_path / "Desktop", now=NOW)
    assert queries.all_of(caseload.connection, Disclosure) == []


@pytest.mark.guarantee
def test_control_the_search_of_the_report_and_the_guard_of_closing_can_fail(
    caseload: Caseload, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name typed into the report is found; without its guard a breach closes over a survivor."""
    survivor(caseload, "One")
    breach = breaches.record(caseload, "lost_backup", aware=NOW, what="of One Canaryname")
    written = breach_report.make_report(caseload, breach.id, SETTINGS, tmp_path / "out", now=NOW)
    assert "canary" in written.files[0][0].read_text("utf-8-sig").casefold()
    breaches.report_made(caseload, breach.id, NOW, "")
    with pytest.raises(RefusedError, match="survivor"):
        breaches.close(caseload, breach.id)
    monkeypatch.setattr(breaches, "_waiting", lambda *given: 0)
    assert breaches.close(caseload, breach.id).closed_on == TODAY
