"""Columns are matched to fields by title and content: measured over made-up trackers."""

from __future__ import annotations

from datetime import date

import pytest

from sanctuary_tui.demodata import names
from sanctuary_tui.imports.columns import FIRM, mapping_of, settled, suggest, unknown_values
from sanctuary_tui.imports.evidence import title_key
from sanctuary_tui.imports.headings import HEADINGS
from sanctuary_tui.imports.mapping import IGNORE, Mapping
from sanctuary_tui.imports.planning import MEND
from sanctuary_tui.imports.sheets import Cell, Row, Sheet
from sanctuary_tui.imports.targets import BY_KEY, TARGETS
from tests.imports.titled import (
    TODAY,
    TRACKERS,
    Dice,
    birth,
    day,
    home,
    of,
    person,
    sheet_of,
    tracker,
)

HONEST = [name for name in TRACKERS if name != "misleading"]


def found(sheet: Sheet) -> list[tuple[str | None, int]]:
    return [
        (one.target.key if one.target else None, one.confidence) for one in suggest(sheet, TODAY)
    ]


def mail(dice: Dice) -> str:
    return names.email(person(dice))


def test_of_the_titles_of_made_up_trackers_19_in_20_are_right_and_firm() -> None:
    wanted = firm = 0
    for name in HONEST:
        sheet, truth = tracker(name)
        for (key, sure), right in zip(found(sheet), truth, strict=True):
            wanted += right is not None
            firm += right is not None and key == right and sure >= 80
    assert wanted > 120
    assert firm >= 0.95 * wanted, f"{firm} of {wanted}"


@pytest.mark.parametrize("name", TRACKERS)
def test_no_wrong_suggestion_is_surer_than_90(name: str) -> None:
    sheet, truth = tracker(name)
    wrong = [
        (heading.title, key, sure)
        for heading, (key, sure), right in zip(sheet.headings, found(sheet), truth, strict=True)
        if key != right and sure > 90
    ]
    assert wrong == []


@pytest.mark.parametrize("name", TRACKERS)
def test_no_field_is_suggested_twice_unless_several_columns_may_feed_it(name: str) -> None:
    sheet, _ = tracker(name)
    keys = [key for key, _ in found(sheet) if key]
    assert all(BY_KEY[key].several for key in keys if keys.count(key) > 1)


def test_of_two_columns_for_one_field_the_first_of_two_as_sure_has_it() -> None:
    rows = [[birth(Dice(n)), birth(Dice(n, 2))] for n in range(10)]
    told = found(sheet_of(["DOB", "Date of birth"], rows))
    assert told[0] == ("survivor.dob", 99)
    assert told[1][0] != "survivor.dob"
    phones = [[names.mobile(Dice(n)), names.landline(Dice(n))] for n in range(10)]
    both = found(sheet_of(["Mobile", "Landline"], phones))
    assert [key for key, _ in both] == ["contact.phones", "contact.phones"]


def test_values_overrule_a_title_that_misleads_but_never_firmly() -> None:
    sheet, _ = tracker("misleading")
    told = {one.heading.title: one for one in suggest(sheet, TODAY)}
    assert told["Phone"].target is BY_KEY["home.postcode"]
    assert told["Date of birth"].target is BY_KEY["contact.phones"]
    assert told["Phone"].confidence < 80
    assert "40 of 40 values are postcodes" in told["Phone"].why


def test_the_same_title_is_another_field_when_the_values_are() -> None:
    dice = Dice("same")
    dated = sheet_of(["MARAC", "Consent"], [[day(dice), day(dice)] for _ in range(20)])
    told = sheet_of(["MARAC", "Consent"], [["Y", "Yes"], ["N", "Awaiting"]] * 10)
    assert [key for key, _ in found(dated)] == ["marac.meeting", "consent.answered_on"]
    assert [key for key, _ in found(told)] == ["marac.listed", "consent.state"]


@pytest.mark.parametrize("title", ["Invoice", "Inv", "PO"])
def test_amounts_under_the_title_of_a_reference_are_asked_about_and_not_kept_as_one(
    title: str,
) -> None:
    amounts = [["£312.50"], ["£45 + VAT"], ["1250.00"], ["£99"]]
    assert found(sheet_of([title], amounts)) == [("spend.gross", 75)]
    numbers = [["30417"], ["INV-2201"], ["30552"], ["A/119"]]
    assert found(sheet_of([title], numbers))[0][0] in ("spend.invoice_ref", "spend.order_ref")


def test_the_column_that_the_program_wrote_itself_is_left_out_without_being_asked_about() -> None:
    sheet = sheet_of(
        ["Client", MEND], [["Tovina Birtombe", "D (Fitted): London bar: a date is expected here"]]
    )
    told = suggest(sheet, TODAY)
    assert (told[1].target, told[1].why) == (None, "this program wrote it; it is left out")
    assert mapping_of(sheet, told).key_of(sheet.headings[1]) == IGNORE
    assert mapping_of(sheet, told, known=Mapping(columns={"Client": "survivor.name"})).key_of(
        sheet.headings[1]
    ) == (IGNORE)


@pytest.mark.parametrize("title", ["Perp has left", "Client", "Address", "Children"])
def test_a_column_of_yes_and_no_is_nobodys_name_whatever_it_is_called(title: str) -> None:
    rows = [["Tovina Birtombe", "Y"], ["Keldra Wrenawby", "No"], ["Annory Haskersley", "yes"]] * 5
    (told,) = [
        one for one in suggest(sheet_of(["Surname", title], rows), TODAY) if one.heading.index
    ]
    assert told.confidence < 80 or told.target is None or told.target.codes == "yes_no", told


def test_a_reason_is_in_words_and_has_nothing_of_a_cell() -> None:
    sheet, _ = tracker("plain")
    told = {one.heading.title: one.why for one in suggest(sheet, TODAY)}
    assert told["D.O.B."] == "title like 'dob'; 40 of 40 values are dates in the past"
    for heading in sheet.headings:
        for cell in sheet.column(heading):
            assert len(cell.text) < 5 or cell.text not in told[heading.title]


def test_a_bare_title_after_the_perpetrator_is_not_firmly_the_survivors() -> None:
    dice = Dice("after")
    rows = [[person(dice), person(dice), birth(dice), home(dice)] for _ in range(20)]
    told = found(sheet_of(["Name", "Perp", "DOB", "Address"], rows))
    assert told[2][1] < 80
    assert told[3][1] < 80


def test_a_column_that_writes_the_month_first_is_told_from_its_whole() -> None:
    rows = [[f"{one.month}/{one.day}/{one.year}"] for one in (day(Dice(n)) for n in range(40))]
    sheet = sheet_of(["Date received"], rows)
    (told,) = suggest(sheet, TODAY)
    assert told.month_first
    assert told.why.endswith("the month comes first here")
    mapping = mapping_of(sheet, [told])
    assert mapping.choices_on(TODAY).month_first == {"case.received"}


@pytest.mark.parametrize("rows", [1, 2, 20])
@pytest.mark.parametrize("slip", ["3/13/2026", "12/31/2025"])
def test_one_slip_of_the_pen_does_not_turn_a_column_round(slip: str, rows: int) -> None:
    sheet = sheet_of(["Date received"], [["3/4/2026"]] * rows + [[slip]])
    assert not suggest(sheet, TODAY)[0].month_first


def test_what_is_not_firm_goes_to_the_note_and_an_empty_sheet_is_matched_by_titles() -> None:
    sheet, _ = tracker("misleading")
    mapping = mapping_of(sheet, suggest(sheet, TODAY))
    kept = {h.title: mapping.key_of(h) for h in sheet.headings}
    assert kept["Car park"] == kept["Phone"] == kept["Column1"] == "note"
    assert kept["Risk"] == "risk.score"
    bare = sheet_of(["Surname", "Perp DOB", "zzz"], [])
    assert [key for key, _ in found(bare)] == ["survivor.surname", "perpetrator.dob", None]
    assert all(sure <= 84 for _, sure in found(bare))


def test_an_answer_that_no_list_knows_is_told_with_the_nearest() -> None:
    rows: list[list[str | int]] = [
        ["Housing asociation"],
        ["Prs"],
        ["Caravan park"],
        ["Caravan park"],
    ]
    sheet = sheet_of(["Tenure"], rows)
    mapping = Mapping(columns={"Tenure": "home.tenure"}).on(sheet)
    first, second = unknown_values(sheet, mapping, TODAY)
    assert (first.written, first.times) == ("caravan park", 2)
    assert second.nearest[0][0] == "ha"
    assert second.nearest[0][1] >= 90
    better = settled(mapping, (first, second))
    assert better.values == {"home.tenure": {"housing asociation": "ha"}}
    assert [one.written for one in unknown_values(sheet, better, TODAY)] == ["caravan park"]


@pytest.mark.parametrize(
    ("beside", "code", "firm"), [("✓", "no", True), ("", "yes", False), ("No", "yes", False)]
)
def test_a_cross_is_a_no_beside_ticks_and_else_asked(beside: str, code: str, firm: bool) -> None:
    sheet = sheet_of(["Weapons"], [["x"], [beside], ["x"], [beside]])
    mapping = Mapping(columns={"Weapons": "perpetrator.weapons"}).on(sheet)
    (cross,) = unknown_values(sheet, mapping, TODAY)
    assert cross.nearest[0][0] == code
    assert (cross.nearest[0][1] >= 90) is firm


def test_measures_that_are_not_in_the_catalogue_are_told() -> None:
    sheet = sheet_of(["Works"], [["London bar, moat"], ["Birmingam bar"]])
    mapping = Mapping(columns={"Works": "measure.name"}).on(sheet)
    told = {one.written: one.nearest for one in unknown_values(sheet, mapping, TODAY)}
    assert set(told) == {"moat"}
    better = mapping.with_value("measure.name", "moat", "26")
    assert unknown_values(sheet, better, TODAY) == ()


@pytest.mark.parametrize("reading", ["postcode", "phones", "email"])
def test_no_title_at_all_is_matched_by_values_alone_and_asks(reading: str) -> None:
    dice = Dice("untitled")
    make = {
        "postcode": names.postcode,
        "phones": names.mobile,
        "email": lambda d: names.email("a b"),
    }
    sheet = sheet_of([""], [[make[reading](dice)] for _ in range(20)])
    ((key, sure),) = found(sheet)
    assert key == ("home.postcode" if reading == "postcode" else "contact.phones")
    assert sure < 80


def test_every_target_has_titles_and_a_field_that_there_is() -> None:
    assert set(HEADINGS) == {target.key for target in TARGETS}
    for target in TARGETS:
        assert all(title_key(words) for words in HEADINGS[target.key]), target.key
        if target.field:
            assert target.spec is not None, target.key
        if target.reading in ("code", "codes"):
            assert target.answers, target.key


def test_ten_thousand_rows_are_matched_from_a_sample_of_their_whole_length() -> None:
    sheet, truth = tracker("plain", 30)
    many = tuple(
        Row(at, sheet.rows[at % 30].cells if at > 5000 else (Cell(""),) * len(sheet.headings))
        for at in range(10_000)
    )
    told = suggest(Sheet("Cases", False, 1, sheet.headings, many, ()), TODAY)
    assert [one.target.key if one.target else None for one in told] == truth


def test_answers_of_other_kinds_leave_a_known_title_to_the_person() -> None:
    sheet = sheet_of(["Tenure"], [[of("Gas", "Electric", "Both")(Dice(n))] for n in range(20)])
    ((key, sure),) = found(sheet)
    assert key == "home.tenure"
    assert sure < 80


def test_boys_and_girls_are_children_and_no_school() -> None:
    cells = ("2 boys, 1 girl", "1 boy and 2 girls", "1 girl", "2 boys")
    rows: list[list[str | date | int]] = [
        [f"Ada Zedword{at}", cell] for at, cell in enumerate(cells)
    ]
    found = suggest(sheet_of(["Name", "Children"], rows), TODAY)[1]
    assert found.target is not None
    assert found.target.key == "child.names"
    assert found.confidence >= FIRM
