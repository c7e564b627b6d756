"""Gate G3: who has a right to the home, and the order that ends it (DOMAIN 1)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from gates_of import TODAY, fit, gate, joint, of, override, refused
from pathway_files import SETTINGS, add_measures, case_file, day

from config.codes import CODES
from db.models import LegalOrder, Note, Property
from sanctuary_tui.pathway import gates, orders, works
from sanctuary_tui.pathway.derive import derive
from sanctuary_tui.pathway.reminders import reminders


@pytest.mark.parametrize("number", works.EXCLUDING_IDS)
def test_g3_stops_each_excluding_measure_of_a_joint_tenancy(number: int) -> None:
    file = joint(case_file("legal"))
    add_measures(file, number)
    assert "G3" in refused(file, "survey")
    assert [item.measure_id for item in gate(file, "G3") if item.severity == "stop"] == [1]


def test_g3_excluding_list_is_the_catalogues() -> None:
    from config.measures import catalogue

    assert tuple(item.id for item in catalogue().values() if item.excluding) == works.EXCLUDING_IDS


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 13, 14, 31])
def test_g3_leaves_other_measures_free(number: int) -> None:
    file = joint(case_file("survey"))
    add_measures(file, number)
    assert [item for item in gate(file, "G3") if item.severity == "stop"] == []
    assert "G3" not in fit(file)


def test_g3_a_ticked_measure_binds_and_a_no_does_not_free_a_listed_one() -> None:
    file = joint(case_file("legal"))
    add_measures(file, 13, excluding="yes")
    assert "G3" in refused(file, "survey")
    file.measures.clear()
    add_measures(file, 9, excluding="no")
    assert "G3" in refused(file, "survey")


@pytest.mark.parametrize(
    ("home", "shut"),
    [
        ({"named_parties": "joint"}, True),
        ({"named_parties": "perpetrator_sole"}, True),
        ({"named_parties": "survivor_sole", "home_rights": "yes"}, True),
        ({"named_parties": "not_asked"}, True),
        ({"named_parties": "not_known"}, True),
        ({"named_parties": "survivor_sole", "home_rights": "no"}, False),
        ({"named_parties": "survivor_sole", "home_rights": "not_asked"}, True),
        ({"named_parties": "survivor_sole", "home_rights": "not_known"}, True),
        ({"named_parties": "joint_other"}, True),
        ({"named_parties": "joint_other", "home_rights": "no"}, False),
        ({"named_parties": "third_party"}, False),
    ],
)
def test_g3_whose_rights_shut_it(home: dict[str, str], shut: bool) -> None:
    file = case_file("legal")
    file.properties = [Property(id=1, tenure="council", evidence="seen", **home)]
    add_measures(file, 9)
    assert ("G3" in refused(file, "survey")) is shut


@pytest.mark.parametrize(
    ("relationship", "asked"),
    [
        ("partner", True),
        ("ex_partner", True),
        ("not_asked", True),
        ("not_known", True),
        ("parent", False),
        ("child", False),
        ("sibling", False),
        ("other_family", False),
    ],
)
def test_g3_asks_of_home_rights_where_there_may_have_been_a_marriage(
    relationship: str, asked: bool
) -> None:
    file = case_file("legal")
    home = file.properties[0]
    home.home_rights = "not_asked"
    file.perpetrators[0].relationship = relationship
    (lock,) = add_measures(file, 9)
    found = [item for item in gate(file, "G3") if item.measure_id == lock.id]
    assert [(item.severity, item.command) for item in found] == (
        [("stop", "edit_home")] if asked else []
    )
    card = derive(file, TODAY, SETTINGS).card
    if not asked:
        assert (card.stuck_why, refused(file, "survey")) == ("", set())
        return
    assert "not recorded whether the perpetrator has home rights" in found[0].sentence
    assert (card.stuck_why, card.next_command) == ("home rights not asked", "edit_home")
    assert not [one for one in reminders(file, TODAY, SETTINGS) if one.rule == "legal_advice"]
    lock.state = "declined"
    assert refused(file, "survey") == {"G3"}  # the position is not resolved either
    home.home_rights = "no"
    assert refused(file, "survey") == set()
    home.home_rights = "yes"
    assert [one.rule for one in reminders(file, TODAY, SETTINGS) if one.rule == "legal_advice"]


ALONE = sorted(CODES["order_type"].keys() - {"occupation", "dapo", "tenancy_transfer", "ntq"})


@pytest.mark.parametrize("kind", ALONE)
@pytest.mark.parametrize(
    ("advice", "signed", "severity"),
    [("", "", "stop"), ("said", "", "stop"), ("", "Manager", "stop"), ("said", "Manager", "warn")],
)
def test_g3_any_other_order_that_excludes_is_amber_with_advice_and_sign_off(
    kind: str, advice: str, signed: str, severity: str
) -> None:
    file = joint(case_file("legal"))
    add_measures(file, 9)
    order = LegalOrder(
        id=1,
        kind=kind,
        made=day("2026-11-25"),
        expiry=day("2026-12-10"),
        excludes="yes",
        advice=advice,
        signed_off_by=signed,
    )
    file.legal_orders = [order]
    (found,) = [item for item in gate(file, "G3") if item.measure_id == 1]
    assert (found.severity, found.command) == (severity, "edit_order")
    assert f"{orders.spoken(order)} alone" in found.sentence
    card = derive(file, TODAY, SETTINGS).card
    if severity == "stop":
        assert card.stuck_why == f"{'NMO' if kind == 'nmo' else 'order'} alone, no sign-off"
    else:
        assert "G3" not in card.gates.split(";")
        after = gates.findings(file, day("2026-12-11"), SETTINGS)
        assert any("lapsed on Thu 10 Dec" in item.sentence for item in of(after, "G3"))
    if kind != "nmo":
        order.excludes = "no"
        (found,) = [item for item in gate(file, "G3") if item.measure_id == 1]
        assert (found.severity, found.command) == ("stop", "add_order")


@pytest.mark.parametrize("kind", ["occupation", "dapo", "restraining", "bail", "nmo"])
def test_g3_an_order_without_its_last_day_opens_nothing(kind: str) -> None:
    file = joint(case_file("legal"))
    add_measures(file, 9)
    order = LegalOrder(
        id=1,
        kind=kind,
        made=day("2026-11-20"),
        excludes="yes",
        advice="taken",
        signed_off_by="Manager",
    )
    file.legal_orders = [order]
    (found,) = [item for item in gate(file, "G3") if item.measure_id == 1]
    assert (found.severity, found.who, found.command) == ("stop", "Coordinator", "edit_order")
    assert "record until when it runs" in found.sentence
    assert derive(file, TODAY, SETTINGS).card.stuck_why == "order without last day"
    order.expiry = TODAY
    assert "stop" not in {item.severity for item in gate(file, "G3")}
    order.expiry = TODAY - timedelta(days=1)
    assert "stop" in {item.severity for item in gate(file, "G3")}


@pytest.mark.parametrize("stage", ["triage", "legal", "survey", "installation"])
def test_g3_the_tenancys_evidence_is_asked_for_once(stage: str) -> None:
    file = case_file(stage)
    file.properties[0].evidence = "asked"
    said = gates.findings(file, TODAY, SETTINGS)
    said += gates.exit_findings(file, stage, TODAY, SETTINGS)
    asked = [one.gate for one in said if one.command == "edit_home" and "seen" in one.sentence]
    assert asked == (["legal"] if stage == "legal" else ["G3"])


def test_g3_a_notice_to_quit_ends_the_tenancy_after_its_last_day() -> None:
    file = joint(case_file("legal"))
    add_measures(file, 9)
    file.legal_orders = [
        LegalOrder(id=1, kind="ntq", served=day("2026-11-01"), expiry=day("2026-11-29"))
    ]
    card = derive(file, day("2026-11-29"), SETTINGS).card
    assert ("G3" in card.gates, card.valid_until) == (True, day("2026-11-29"))
    assert "G3" not in derive(file, day("2026-11-30"), SETTINGS).card.gates


def test_g3_a_case_without_excluding_measures_passes_with_a_warning_once_advised() -> None:
    file = joint(case_file("legal"))
    assert refused(file, "survey") == {"G3"}
    file.notes.append(Note(id=9, kind="legal_advice", body="advised"))
    assert refused(file, "survey") == set()
    assert {item.severity for item in gate(file, "G3")} == {"warn", "info"}


def test_g3_opens_by_order_and_locks_again_for_what_is_not_fitted() -> None:
    file = joint(case_file("legal"))
    lock, bolts = add_measures(file, 9, 18)
    file.legal_orders = [
        LegalOrder(
            id=1,
            kind="occupation",
            made=day("2026-06-01"),
            expiry=day("2026-12-10"),
            excludes="yes",
        )
    ]
    assert refused(file, "survey") == set()
    lock.state, lock.fitted_on = "fitted", day("2026-11-30")
    after = day("2026-12-11")
    found = of(gates.findings(file, after, SETTINGS), "G3")
    assert [item.measure_id for item in found if item.severity == "stop"] == [bolts.id]
    assert any("they stay" in item.sentence for item in found)
    assert of(gates.findings(file, day("2026-12-10"), SETTINGS), "G3")[0].severity == "info"


@pytest.mark.parametrize(
    ("advice", "signed", "severity"),
    [("", "", "stop"), ("said", "", "stop"), ("", "Manager", "stop"), ("said", "Manager", "warn")],
)
def test_g3_an_nmo_alone_is_amber_only_with_advice_and_sign_off(
    advice: str, signed: str, severity: str
) -> None:
    file = joint(case_file("legal"))
    add_measures(file, 9)
    file.legal_orders = [
        LegalOrder(id=1, kind="nmo", made=day("2026-11-01"), advice=advice, signed_off_by=signed)
    ]
    found = [item for item in gate(file, "G3") if item.measure_id == 1]
    assert [item.severity for item in found] == [severity]


def test_g3_can_be_overridden_until_a_date_by_a_named_approver_with_a_reason() -> None:
    file = joint(case_file("legal"))
    add_measures(file, 9)
    file.overrides = [override("G3", "2026-11-26")]
    assert refused(file, "survey") == set()
    assert any(item.overridden for item in gate(file, "G3"))
    assert {item.gate for item in gates.refusals(file, "survey", day("2026-11-27"), SETTINGS)} == {
        "G3"
    }
    for gap in ({"approver": " "}, {"reason": ""}):
        file.overrides = [override("G3", **gap)]
        assert refused(file, "survey") == {"G3"}
