"""What does not look like a whole postcode or telephone number is marked, in plain words."""

from __future__ import annotations

import pytest

from config.looks import LETTER_DOUBT, PHONE_DOUBT, POSTCODE_DOUBT, doubt


@pytest.mark.parametrize(
    "typed",
    ["", "  ", "ZZ6 7JG", "zz67jg", " ZZ9  9ZZ ", "M1 1AE", "EC1A 1BB", "W1A 0AX", "GIR 0AA"],
)
def test_a_whole_postcode_has_no_mark(typed: str) -> None:
    assert doubt("postcode", typed) == ""


@pytest.mark.parametrize("typed", ["AB1", "ZZ99 9Z", "ZZ6 7J", "ZZ6 77G", "Norton", "12345"])
def test_half_a_postcode_has_one(typed: str) -> None:
    assert doubt("postcode", typed) == POSTCODE_DOUBT


@pytest.mark.parametrize("typed", ["ABO 1AA", "AB1 OAA", "ab1o 1aa", "ZZI 7JG", "ZZ6 IJG"])
def test_a_letter_for_a_figure_is_named(typed: str) -> None:
    assert doubt("postcode", typed) == LETTER_DOUBT


@pytest.mark.parametrize(
    "typed",
    [
        "07700 900123",
        "+44 7700 900123",
        "01632 96012",
        "01632 960123 ext. 4",
        "999",
        "101",
        "116 123",
        "0800 1111",
        "asha@example.invalid",
        "through her sister",
        "Flat 2",
    ],
)
def test_a_whole_number_or_what_is_none_has_no_mark(typed: str) -> None:
    assert doubt("phone", typed) == ""


@pytest.mark.parametrize("typed", ["0770", "960123", "07700 9001", "(01632) 96", "077 ext 4"])
def test_a_number_with_too_few_digits_has_one(typed: str) -> None:
    assert doubt("phone", typed) == PHONE_DOUBT
