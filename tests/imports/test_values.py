"""Cells are read as trackers write them: tables of spellings, and what holds of any text."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.codes import CODES, RISK_BANDS
from config.errors import BadInputError
from config.measures import catalogue
from config.synonyms import SYNONYMS, WRITTEN
from db.validation import validated
from sanctuary_tui.imports.fittings import Fitting
from sanctuary_tui.imports.sheets import Cell
from sanctuary_tui.imports.targets import BY_KEY, TARGETS
from sanctuary_tui.imports.values import (
    Choices,
    Place,
    code_key,
    read_value,
    says_nothing,
    spellings,
    value_class,
    written_key,
)
from tests.hangs import ended_soon
from tests.imports.titled import TODAY, typed

DAYS = st.dates(date(1950, 1, 1), TODAY)


def read(key: str, text: str, value: Any = ..., **more: Any) -> Any:
    cell = Cell(text, text if value is ... else value)
    return read_value(BY_KEY[key], cell, Choices(TODAY, **more))


def refusal(key: str, text: str, value: Any = ...) -> str:
    with pytest.raises(BadInputError) as refused:
        read(key, text, value)
    return refused.value.sentence


# --- days -----------------------------------------------------------------------------------------

WRITTEN_DAYS = {
    "3/11/2024": date(2024, 11, 3),
    "03/11/24": date(2024, 11, 3),
    "3-11-24": date(2024, 11, 3),
    "03.11.2024": date(2024, 11, 3),
    "3 Nov 2024": date(2024, 11, 3),
    "3-Nov-24": date(2024, 11, 3),
    "3rd November 2024": date(2024, 11, 3),
    "the 3rd of November 2024": date(2024, 11, 3),
    "Sun 3 Nov 2024": date(2024, 11, 3),
    "Sunday, 3rd November 2024": date(2024, 11, 3),
    "November 3, 2024": date(2024, 11, 3),
    "2024-11-03": date(2024, 11, 3),
    "2024-11-03 00:00:00": date(2024, 11, 3),
    "2024-11-03T09:30:00": date(2024, 11, 3),
    "3/11/2024 14:05": date(2024, 11, 3),
    "3/11/2024 2pm": date(2024, 11, 3),
    "45599": date(2024, 11, 3),
    "22 Sept 24": date(2024, 9, 22),
}


@pytest.mark.parametrize("written", WRITTEN_DAYS)
def test_a_day_is_read(written: str) -> None:
    assert read("measure.fitted_on", written) == WRITTEN_DAYS[written]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("31/02/2024", "no such day"),
        ("3/13/2024", "no such day"),
        ("3 Nov", "no year"),
        ("Nov 24", "no year"),
        ("3/11", "no year"),
        ("today", "a date is expected"),
        ("fri", "a date is expected"),
        ("+2w", "a date is expected"),
        ("next week", "a date is expected"),
        ("2024", "a date is expected"),
        ("03112024", "a date is expected"),
        ("12/3/25 chased again", "a date is expected"),
        ("Mon 3 Nov 2024", "day of the week"),
        ("3/11/62", "two ways"),
        ("3/11/2062", "still to come"),
        ("3/11/24 25:99", "a date is expected"),
    ],
)
def test_what_is_no_day_or_two_is_refused(written: str, said: str) -> None:
    assert said in refusal("measure.fitted_on", written)


@pytest.mark.parametrize(
    ("written", "year"), [("3/11/84", 1984), ("3/11/05", 2005), ("3 Nov 61", 1961)]
)
def test_a_year_of_birth_in_two_figures_is_read_where_only_one_can_be_meant(
    written: str, year: int
) -> None:
    assert read("survivor.dob", written) == date(year, 11, 3)


def test_a_year_of_birth_that_can_be_two_is_refused() -> None:
    assert "two ways" in refusal("survivor.dob", "3/11/24")
    assert "cannot lie ahead" in refusal("survivor.dob", "3/11/2030")
    (child,) = read("child.names", "Mia 3/4/24")
    assert child.dob == date(2024, 4, 3), "a child of two is no grown person of a hundred and two"


def test_a_typed_day_is_taken_as_typed_whatever_the_column_says() -> None:
    day = date(2024, 3, 11)
    assert read("measure.fitted_on", "11/03/2024", day, day_first=False) == day
    assert read("measure.fitted_on", "x", datetime.fromisoformat("2024-03-11T09:30")) == day
    assert read("measure.fitted_on", "45362", 45362) == day
    assert "a date is expected" in refusal("measure.fitted_on", "7", 7)


def test_a_column_with_the_month_first_is_read_so_and_no_other() -> None:
    first = frozenset({"measure.fitted_on"})
    assert read("measure.fitted_on", "11/3/2024", month_first=first) == date(2024, 11, 3)
    assert read("survey.done_on", "11/3/2024", month_first=first) == date(2024, 3, 11)
    assert read("measure.fitted_on", "11/3/2024", day_first=False) == date(2024, 11, 3)


def test_a_moment_is_englands_time() -> None:
    assert read("case.received", "3/7/2024 14:05") == datetime(2024, 7, 3, 13, 5, tzinfo=UTC)
    assert read("case.received", "3/7/2024 2pm") == datetime(2024, 7, 3, 13, 0, tzinfo=UTC)
    assert read("case.received", "45476.5", Decimal("45476.5")) == datetime(
        2024, 7, 3, 11, 0, tzinfo=UTC
    )
    assert "no such time" in refusal("case.received", "31/3/2024 01:30")


STYLES = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %b %Y", "%d %B %Y", "%a %d %b %Y", "%Y-%m-%d")


@pytest.mark.parametrize("day", [date(2999, 1, 1), date(9999, 12, 31), date(1899, 12, 30)])
@pytest.mark.parametrize("key", ["case.received", "measure.fitted_on", "order.expiry"])
def test_a_day_that_a_workbook_types_is_within_the_years_that_a_person_may(
    key: str, day: date
) -> None:
    """Taken, it stood in a caseload whose archive nothing would bring in again."""
    assert "the year" in refusal(key, day.strftime("%d/%m/%Y"), day)
    moment = datetime.combine(day, datetime.min.time())
    assert "the year" in refusal(key, moment.strftime("%d/%m/%Y %H:%M"), moment)


@given(DAYS, st.sampled_from(STYLES))
def test_every_day_that_is_read_is_the_one_that_was_written(day: date, style: str) -> None:
    assert read("measure.fitted_on", day.strftime(style)) == day


@given(DAYS)
def test_a_day_as_a_serial_number_or_with_the_month_first_is_the_same_day(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    assert read("measure.fitted_on", str(serial), serial) == day
    assert read("measure.fitted_on", f"{day.month}/{day.day}/{day.year}", day_first=False) == day


@given(st.dates(TODAY - timedelta(days=9000), TODAY), st.sampled_from(("%d/%m/%y", "%d %b %y")))
def test_a_year_in_two_figures_is_of_this_century(day: date, style: str) -> None:
    assert read("measure.fitted_on", day.strftime(style)) == day


# --- names and people -----------------------------------------------------------------------------

NAMES = {
    "Marisel Ellawby": ("Marisel", "Ellawby", ""),
    "ELLAWBY, Marisel": ("Marisel", "Ellawby", ""),
    "Ellawby, Marisel": ("Marisel", "Ellawby", ""),
    "ELLAWBY Marisel": ("Marisel", "Ellawby", ""),
    "Marisel ELLAWBY": ("Marisel", "Ellawby", ""),
    "Mrs M Ellawby": ("M", "Ellawby", ""),
    "Mrs Ellawby": ("", "Ellawby", ""),
    "Ellawby, Mrs Marisel": ("Marisel", "Ellawby", ""),
    "Marisel Ellawby nee Birtidgley": ("Marisel", "Ellawby", "Birtidgley"),
    "Marisel Ellawby née Birtidgley": ("Marisel", "Ellawby", "Birtidgley"),
    "Marisel (Mari) Ellawby": ("Marisel", "Ellawby", "Mari"),
    "Marisel Ellawby aka Mari E": ("Marisel", "Ellawby", "Mari E"),
    "Marisel": ("Marisel", "", ""),
    "ELLAWBY": ("", "Ellawby", ""),
    "O'WRENACKFORD, LORNA-MAE": ("Lorna-Mae", "O'Wrenackford", ""),
    "MCPELLERSLEY, Tamsyn": ("Tamsyn", "McPellersley", ""),
    "McPELLERSLEY, Tamsyn": ("Tamsyn", "McPellersley", ""),
    "Tamsyn van der Wrenemere": ("Tamsyn", "van der Wrenemere", ""),
    "  marisel   ellawby ": ("marisel", "ellawby", ""),
}


@pytest.mark.parametrize("written", NAMES)
def test_a_name_is_read_in_either_order(written: str) -> None:
    found = read("survivor.name", written)
    assert (found.first_name, found.surname, found.aliases) == NAMES[written]


@pytest.mark.parametrize("written", ["Mia & Jo Ellawby", "Mia Ellawby and Jo Ellawby", "Mia/Jo"])
def test_two_people_where_one_is_expected_are_refused(written: str) -> None:
    told = refusal("survivor.name", written)
    assert "one person is expected" in told
    assert "a row of their own if they are to have a case of their own" in told


def test_a_title_is_not_lost() -> None:
    assert read("survivor.name", "Dr. Tamsyn Ellawby").title == "Dr"


CHILDREN: dict[str, list[tuple[str, int | None]]] = {
    "Brisa 7, Cobey 4": [("Brisa", 7), ("Cobey", 4)],
    "Brisa (7) and Cobey (4)": [("Brisa", 7), ("Cobey", 4)],
    "Brisa aged 7; Cobey aged 4 yrs": [("Brisa", 7), ("Cobey", 4)],
    "Brisa - 7\nCobey - 4": [("Brisa", 7), ("Cobey", 4)],
    "Brisa 7yo & Cobey 11 months": [("Brisa", 7), ("Cobey", 0)],
    "2 children: 3 and 5": [("", 3), ("", 5)],
    "2 (3 & 5)": [("", 3), ("", 5)],
    "two girls aged 3 and 5": [("", 3), ("", 5)],
    "3 and 5": [("", 3), ("", 5)],
    "2 kids": [("", None), ("", None)],
    "2 boys, 1 girl": [("", None)] * 3,
    "two boys and one girl": [("", None)] * 3,
    "1 boy & 2 girls": [("", None)] * 3,
    "2": [("", None), ("", None)],
    "Brisa, Cobey": [("Brisa", None), ("Cobey", None)],
    "none": [],
    "0": [],
    "No children": [],
}


@pytest.mark.parametrize("written", CHILDREN)
def test_several_children_are_read_from_one_cell(written: str) -> None:
    found = read("child.names", written)
    assert [(one.first_name, one.age) for one in found] == CHILDREN[written]


def test_what_was_said_in_place_of_an_age_is_kept() -> None:
    baby, unborn = read("child.names", "Brisa 4 months, unborn")
    assert (baby.age, baby.words) == (0, "4 months")
    assert unborn.words == "unborn"


def test_a_number_that_is_not_that_of_the_list_is_refused() -> None:
    assert "differ" in refusal("child.names", "3 children: 3 and 5")
    assert "Mia 7; Noah 4" in refusal("child.names", "Brisa 7yrs Cobey 4yrs")
    assert "number of children" in refusal("child.names", "2014")


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("ELLAWBY, Tobren", ["Tobren Ellawby"]),
        ("Ellawby, Tobren (ex-husband)", ["Tobren Ellawby"]),
        ("Tobren Ellawby / Kellan Ellawby", ["Tobren Ellawby", "Kellan Ellawby"]),
        ("Tobren Ellawby, Kellan Birtombe", ["Tobren Ellawby", "Kellan Birtombe"]),
        ("1. Tobren Ellawby", None),
    ],
)
def test_several_perpetrators_are_told_from_one_with_his_surname_first(
    written: str, names: list[str] | None
) -> None:
    if names is None:
        assert "names with ages" in refusal("perpetrator.name", written)
        return
    found = read("perpetrator.name", written)
    assert [f"{one.first_name} {one.surname}" for one in found] == names


def test_a_perpetrators_birth_date_and_relation_in_the_same_cell_are_kept() -> None:
    (born,) = read("perpetrator.name", "Tobren Ellawby dob 12/3/80")
    assert born.dob == date(1980, 3, 12)
    (said,) = read("perpetrator.name", "Tobren Ellawby (ex-husband)")
    assert (said.words, said.aliases) == ("ex-husband", "")


# --- telephones -----------------------------------------------------------------------------------

NUMBERS: dict[str, list[tuple[str, str]]] = {
    "07700 900123": [("07700 900123", "not_asked")],
    "7700900123": [("07700 900123", "not_asked")],
    "+44 7700 900123": [("07700 900123", "not_asked")],
    "447700900123": [("07700 900123", "not_asked")],
    "447700900123 or 07700900124": [("07700 900123", "not_asked"), ("07700 900124", "not_asked")],
    "+44 (0)7700 900123": [("07700 900123", "not_asked")],
    "0044 7700 900123": [("07700 900123", "not_asked")],
    "(01632) 960123": [("01632 960123", "not_asked")],
    "1632 960123": [("01632 960123", "not_asked")],
    "07700-900-123": [("07700 900123", "not_asked")],
    "Mob: 07700 900123": [("07700 900123", "not_asked")],
    "07700 900123 / 01632 960123": [("07700 900123", "not_asked"), ("01632 960123", "not_asked")],
    "07700900123 07700900124": [("07700 900123", "not_asked"), ("07700 900124", "not_asked")],
    "07700 900123 text only": [("07700 900123", "text_only")],
    "07700 900123 (texts only, never ring)": [("07700 900123", "text_only")],
    "07700 900123 do not ring, text only": [("07700 900123", "text_only")],
    "Mob no. 07700 900123 never": [("07700 900123", "never")],
    "07700 900123 no": [("07700 900123", "not_asked")],
    "07700 900123 do not call": [("07700 900123", "never")],
    "07700 900123 DON'T CALL": [("07700 900123", "never")],
    "07700 900123 not safe": [("07700 900123", "never")],
    "07700 900123 perp checks phone": [("07700 900123", "never")],
    "07700 900123 no voicemail": [("07700 900123", "no_voicemail")],
    "07700 900123 never leave a message": [("07700 900123", "no_voicemail")],
    "07700 900123 safe to ring, do not leave vm": [("07700 900123", "no_voicemail")],
    "07700 900123 NOT after 5": [("07700 900123", "times")],
    "07700 900123 do not call after 5pm": [("07700 900123", "times")],
    "07700 900123 Mon-Fri 9:30-14:30": [("07700 900123", "times")],
    "07700 900123 weekends only": [("07700 900123", "times")],
    "07700 900123 safe": [("07700 900123", "yes")],
    "07700 900123 (safe to call)": [("07700 900123", "yes")],
    "Safe mobile: 07700 900123": [("07700 900123", "yes")],
    "07700 900123 ok": [("07700 900123", "not_asked")],
    "07700 900123 safe no": [("07700 900123", "not_asked")],
    "07700 900123 safe to text": [("07700 900123", "not_asked")],
    "07700 900123 safe - he is in prison": [("07700 900123", "not_asked")],
    "07700 900123 isn't safe": [("07700 900123", "never")],
    "07700 900123 no longer a safe number": [("07700 900123", "never")],
    "07700 900123 safe but not after 6": [("07700 900123", "times")],
    "07700 900123 safe?": [("07700 900123", "not_asked")],
    "07700 900123 probably safe": [("07700 900123", "not_asked")],
    "07700 900123 mum's number": [("07700 900123", "not_asked")],
    "07700 900123 safe; 01632 960123 do not use": [
        ("07700 900123", "yes"),
        ("01632 960123", "never"),
    ],
    "tamsyn@example.org": [("tamsyn@example.org", "not_asked")],
    "via IDVA": [("via IDVA", "not_asked")],
    "no phone": [],
}


@pytest.mark.parametrize("written", NUMBERS)
def test_a_number_is_read_with_what_is_said_of_its_safety(written: str) -> None:
    found = read("contact.phones", written)
    assert [(one.value, one.safe) for one in found] == NUMBERS[written]


def test_a_number_the_spreadsheet_took_for_one_has_its_nought_back() -> None:
    assert read("contact.phones", "7700900123", 7700900123)[0].value == "07700 900123"
    assert read("landlord.phone", "1632960123", 1632960123) == "01632 960123"


def test_a_remark_is_kept_and_a_time_that_cannot_be_read_is_asked() -> None:
    (told,) = read("contact.phones", "07700 900123 - NOT after 5")
    assert (told.words, told.times) == ("NOT after 5", "NOT after 5")
    (told,) = read("contact.phones", "07700 900123 ring Mon-Fri 9:30-14:30")
    assert told.times == "Mon-Fri 9:30-14:30"


@pytest.mark.parametrize(
    "written",
    [
        "07700 90012",
        "07700 9001234",
        "07700 90012 3-5pm",
        "07700 90012 3",
        "07700 9001 10-12",
        "900123",
        "7.7E+09",
        "text only",
        "07700 900123 / 96012",
    ],
)
def test_a_number_that_is_not_whole_is_refused(written: str) -> None:
    assert "telephone number of eleven figures" in refusal("contact.phones", written)


@given(st.text(alphabet="safeoknty 0123456789/()-,.'", max_size=30))
def test_no_number_is_safe_unless_the_remark_says_no_more_than_that(remark: str) -> None:
    with contextlib.suppress(BadInputError):
        for way in read("contact.phones", f"07700 900123 {remark}") or ():
            if way.safe == "yes":
                assert any(word in way.words.casefold() for word in ("safe", "ok"))
                assert "not" not in way.words.casefold()
                assert "no " not in way.words.casefold().replace("no.", "")


# --- money, numbers, answers ----------------------------------------------------------------------

AMOUNTS = {
    "£1,234.50": 123450,
    "418.2": 41820,
    "418": 41800,
    "£ 418.20": 41820,
    "£418.20 inc VAT": 41820,
    "418.20 incl. VAT": 41820,
    "£1.2k": 120000,
    "2k": 200000,
    "85p": 85,
    "nil": 0,
    "FOC": 0,
    "(45.00)": -4500,
    "-£45": -4500,
    "GBP 12": 1200,
    "120.": 12000,
}


@pytest.mark.parametrize("written", AMOUNTS)
def test_an_amount_is_read(written: str) -> None:
    assert read("spend.gross", written) == AMOUNTS[written]


@pytest.mark.parametrize("written", ["abc", "£", "c. £120", "£120 each", "12.345", "1,23", "$12"])
def test_what_is_no_amount_is_refused(written: str) -> None:
    assert "an amount is expected" in refusal("spend.gross", written)


def test_an_amount_without_vat_is_not_put_among_those_with_it() -> None:
    assert "must be with VAT" in refusal("spend.gross", "£100 + VAT")
    assert read("spend.net", "£100 + VAT") == 10000
    assert "must be without VAT" in refusal("spend.net", "£100 inc VAT")


def test_what_a_formula_left_is_rounded_to_the_penny() -> None:
    assert read("spend.gross", "104.166666667", Decimal("104.166666667")) == 10417
    assert "up to" in refusal("spend.gross", "1e12", Decimal(10) ** 12)


YES_NO = {
    "yes": ("Y", "yes", "YES", "Yes.", "✓", "✔", "☑", "true", "T", "1", "ticked"),
    "no": ("N", "no", "No.", "✗", "☐", "false", "0", "none"),
    "not_known": ("not known", "?", "NK", "unknown", "unsure"),
}


@pytest.mark.parametrize(("code", "written"), [(c, w) for c, ws in YES_NO.items() for w in ws])
def test_yes_and_no_in_their_spellings(code: str, written: str) -> None:
    assert read("perpetrator.weapons", written) == code


def test_a_typed_yes_is_one_and_a_cross_is_two_things() -> None:
    assert read("perpetrator.weapons", "Yes", True) == "yes"
    assert read("perpetrator.weapons", "No", False) == "no"
    assert "one of these is expected here: Yes, No, Not known" in refusal(
        "perpetrator.weapons", "x"
    )
    own = {"perpetrator.weapons": {"x": "yes"}}
    assert read("perpetrator.weapons", "X", values=own) == "yes"


ANSWERS = {
    "home.tenure": {
        "ha": ("HA", "H/A", "Hsg Assoc", "housing ass.", "Housing Association", "RSL", "h.a."),
        "prs": ("PRS", "Private", "private rented", "Pvt rent", "AST"),
        "council": ("Council", "LA", "council tenant", "Local Authority"),
        "owner": ("O/O", "Owner Occ", "owner-occupier"),
    },
    "case.route": {
        "da_service": ("IDVA", "Women's Aid"),
        "health": ("GP", "A&E"),
        "self": ("Self",),
    },
    "risk.band": {
        "high": ("H", "High risk", "VHR"),
        "standard": ("Std", "low"),
        "medium": ("Med",),
    },
    "consent.state": {
        "not_needed": ("Not required",),
        "granted": ("Y", "Rec'd"),
        "sent": ("awaiting",),
    },
    "perpetrator.relationship": {"ex_partner": ("Ex", "ex-husband", "Ex partner")},
    "order.kind": {"nmo": ("Non-mol", "NMO"), "restraining": ("RO",)},
    "survivor.disability": {"mobility;deaf": ("deaf; mobility", "Mobility and hearing")},
    "case.stage": {"consent": ("Awaiting LL consent",), "closed": ("NFA",), "survey": ("Survey",)},
}


@pytest.mark.parametrize(
    ("key", "code", "written"),
    [(k, c, w) for k, codes in ANSWERS.items() for c, words in codes.items() for w in words],
)
def test_an_answer_is_matched_to_its_code(key: str, code: str, written: str) -> None:
    assert read(key, written) == code


def test_an_open_case_may_be_in_any_stage() -> None:
    assert read("case.stage", "Open") is None


def test_an_answer_of_no_list_is_refused_and_never_taken_for_the_nearest() -> None:
    assert "say in the mapping" in refusal("home.tenure", "Housing asociation")
    assert "Council, Housing association" in refusal("home.tenure", "caravan")


@pytest.mark.parametrize("codes", [*WRITTEN])
def test_no_spelling_stands_for_two_answers_of_a_list(codes: str) -> None:
    if codes == "measures":
        assert all(int(number) in catalogue() for number in WRITTEN[codes])
        words = [word for some in WRITTEN[codes].values() for word in some]
        assert len(words) == len(set(words))
        return
    titles = RISK_BANDS if codes == "risk_band" else CODES[codes]
    assert set(WRITTEN[codes]) - {""} <= set(titles)
    known = spellings(codes)
    for shape in (WRITTEN[codes], SYNONYMS.get(codes, {})):
        for code, words_of in shape.items():
            for word in words_of:
                assert known[code_key(word)] == code, (
                    f"{word} of {codes} is {known[code_key(word)]}"
                )


@pytest.mark.parametrize("written", ["18", "18/24", "High (18)", "18 ticks", "High 18"])
def test_a_score_is_read_beside_its_level(written: str) -> None:
    assert read("risk.score", written) == 18


def test_a_score_outside_the_tool_is_refused() -> None:
    assert "from 0 to 24" in refusal("risk.score", "42")
    assert "from 0 to 24" in refusal("risk.score", "High")


# --- places and measures --------------------------------------------------------------------------

PLACES = {
    "12 Oxlip Close, Ostbrook, ZZ1 2AB": Place("12 Oxlip Close, Ostbrook", "ZZ1 2AB"),
    "Flat 3\n12 Oxlip Close\nzz12ab": Place("Flat 3\n12 Oxlip Close", "ZZ1 2AB"),
    "12 Oxlip Close": Place("12 Oxlip Close"),
    "ZZ1 2AB": Place("", "ZZ1 2AB"),
    "CONFIDENTIAL": Place("", "", True),
    "Address withheld": Place("", "", True),
    "12 Oxlip Close (confidential) ZZ1 2AB": Place("12 Oxlip Close", "ZZ1 2AB", True),
}


@pytest.mark.parametrize("written", PLACES)
def test_an_address_gives_up_its_postcode_and_says_if_it_is_confidential(written: str) -> None:
    assert read("home.address", written) == PLACES[written]


@pytest.mark.parametrize(
    ("written", "code"), [("zz12ab", "ZZ1 2AB"), ("ZZ1  2AB", "ZZ1 2AB"), ("zz1", "ZZ1")]
)
def test_a_postcode_is_written_as_usual(written: str, code: str) -> None:
    assert read("home.postcode", written) == code


def test_what_is_no_postcode_is_refused() -> None:
    assert "a postcode is expected" in refusal("home.postcode", "Ostbrook")


LISTS: dict[str, list[tuple[int | None, int | None, str]]] = {
    "London bar, Birmingham bar": [(13, None, ""), (14, None, "")],
    "2 x window locks; door chain": [(20, 2, ""), (16, None, "")],
    "Window alarms x4 & PIR light (rear)": [(3, 4, ""), (32, None, "rear")],
    "Euro cylinder front and back doors": [(9, None, "front and back doors")],
    "Mortice deadlock, thumbturn inside": [(11, None, "")],
    "Brimingham bar": [(14, None, "")],
    "moat; spy hole": [(None, None, ""), (17, None, "")],
    "lock change": [(None, None, "")],
    "1. London bar\n2. Smoke detector": [(13, None, ""), (38, None, "")],
}


@pytest.mark.parametrize("written", LISTS)
def test_measures_of_a_list_are_matched_or_kept_in_their_own_words(written: str) -> None:
    found: tuple[Fitting, ...] = read("measure.name", written)
    assert [(one.catalogue_id, one.qty, one.location) for one in found] == LISTS[written]
    assert all(one.name for one in found)


def test_own_words_of_a_measure_are_whole() -> None:
    (told,) = read("measure.name", "moat 3m deep (front)")
    assert told == Fitting(None, "moat 3m deep (front)")
    own = {"measure.name": {"moat": "26"}}
    assert read("measure.name", "Moats", values=own)[0].catalogue_id == 26


# --- of every target ------------------------------------------------------------------------------

NOTHING = ("TBC", "tbc", "n/a", "N/A", "-", "--", "Not provided")


@pytest.mark.parametrize("written", NOTHING)
def test_what_says_nothing_is_blank_and_said_so(written: str) -> None:
    assert says_nothing(written)
    for target in TARGETS:
        if target.key != "consent.state":  # there n/a is an answer: consent is not needed
            assert read(target.key, written) is None, target.key


@given(st.sampled_from(TARGETS), st.text(max_size=60))
def test_any_text_is_read_or_refused_with_one_sentence(target: Any, text: str) -> None:
    try:
        read_value(target, Cell(text.strip(), text.strip()), Choices(TODAY))
    except BadInputError as refused:
        sentence = refused.sentence
    else:
        return
    assert sentence.startswith(f"{target.label}: ")
    assert sentence.endswith(".")
    assert "\n" not in sentence
    given = text.strip()
    assert len(given) < 4 or given not in sentence


@given(st.sampled_from(TARGETS), st.integers() | st.decimals() | st.booleans() | st.dates())
def test_any_typed_value_is_read_or_refused(target: Any, value: Any) -> None:
    with contextlib.suppress(BadInputError):
        read_value(target, Cell(str(value), value), Choices(TODAY))


@given(st.sampled_from([t for t in TARGETS if t.spec]), st.text(max_size=300))
def test_what_is_read_for_a_field_is_what_its_record_takes(target: Any, text: str) -> None:
    with contextlib.suppress(BadInputError):
        value = read_value(target, Cell(text.strip(), text.strip()), Choices(TODAY))
        if value is None or not isinstance(value, str | int | date):
            return
        assert validated(target.record, {target.field: value})


HOSTILE = ("a", "1 ", "07700 ", "x,", "(", "do not ", "a@", "front back ", "- ", "1/", "dob ")


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_long_cell_holds_nothing_up(piece: str) -> None:
    text = (piece * 1000)[:1000].strip()
    seen: set[str] = set()
    for target in TARGETS:
        if target.reading in seen:
            continue
        seen.add(target.reading)
        with ended_soon(), contextlib.suppress(BadInputError):
            read_value(target, Cell(text, text), Choices(TODAY))
    longer = Cell(piece * 5000, piece * 5000)
    with pytest.raises(BadInputError, match="far too long"):
        read_value(BY_KEY["child.names"], longer, Choices(TODAY))


AGAIN = {
    "text": str,
    "code": str,
    "postcode": str,
    "money": lambda pence: f"{pence / 100:.2f}",
    "date": lambda day: day.strftime("%d/%m/%Y"),
    "number": str,
}


@pytest.mark.parametrize(
    ("key", "written"),
    [
        *(("spend.gross", one) for one in AMOUNTS),
        *(("measure.fitted_on", one) for one in WRITTEN_DAYS),
        *((key, w) for key, codes in ANSWERS.items() for ws in codes.values() for w in ws),
        ("home.postcode", "zz12ab"),
        ("risk.score", "High 18"),
    ],
)
def test_reading_what_was_read_changes_nothing(key: str, written: str) -> None:
    once = read(key, written)
    reading = BY_KEY[key].reading
    again = AGAIN.get(reading, str)(once)
    assert read(key, again) == once


@pytest.mark.parametrize("written", NAMES)
def test_a_name_read_twice_is_the_same(written: str) -> None:
    once = read("survivor.name", written)
    if once.first_name and once.surname:
        again = read("survivor.name", f"{once.surname}, {once.first_name}")
        assert (again.first_name, again.surname) == (once.first_name, once.surname)


def test_a_refusal_is_named_by_the_kind_of_value() -> None:
    assert value_class(BY_KEY["survivor.dob"]) == "date"
    assert value_class(BY_KEY["case.received"]) == "date"
    assert value_class(BY_KEY["home.tenure"]) == "answer of the list Home: Tenure"
    assert value_class(BY_KEY["perpetrator.weapons"]) == "yes or no"


def test_written_words_are_compared_without_case_marks_and_spaces() -> None:
    assert written_key("  Hsg-Assoc. ") == written_key("hsg assoc")
    assert typed("x").value == "x"
