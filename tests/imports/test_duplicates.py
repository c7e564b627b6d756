"""Which households may be the same: a name nearly so and something else alike."""

from __future__ import annotations

from datetime import date

import pytest

from db.names import words
from sanctuary_tui.imports.duplicates import Household, Households

BORN = date(1990, 2, 3)
LATER = date(1991, 2, 3)


def household(name: str, *phones: str, ref: str = "", **said: object) -> Household:
    """A household by its survivor's name."""
    made = Household(ref=ref, name=frozenset(words(name)))
    for key, value in said.items():
        setattr(made, key, value)
    for phone in phones:
        made.add_phone(phone)
    return made


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (
            household("Ada Synthetic", dob=BORN),
            household("Ada Sinthetic", dob=BORN),
            ("similar name", "same date of birth"),
        ),
        (
            household("Ada Synthetic", postcode="ZZ12AB"),
            household("Synthetic Ada", postcode="ZZ12AB"),
            ("same name", "same postcode"),
        ),
        (
            household("Ada Synthetic", "07700 900123"),
            household("Ada Synthetic", "+44 7700 900123"),
            ("same name", "same phone"),
        ),
        (household("Ada Synthetic"), household("Ada Synthetic"), ("same name",)),
        (household("Ada Synthetic", dob=BORN), household("Ada Synthetic"), ("same name",)),
        (household("Ada", dob=BORN), household("Ada Synthetic", dob=BORN), None),
        (household("Ada Synthetic", dob=BORN), household("Bea Synthetic", dob=BORN), ()),
        (household("Ada Synthetic"), household("Ada Sinthetic"), ()),
        (
            household("Ada Synthetic", dob=BORN),
            household("Ada Synthetic", dob=date(1970, 1, 1)),
            (),
        ),
        (household("", dob=BORN), household("", dob=BORN), ()),
    ],
)
def test_what_makes_two_households_alike(
    one: Household, other: Household, why: tuple[str, ...] | None
) -> None:
    """Both ways round; None: alike, whatever is said of it."""
    for mine, theirs in ((one, other), (other, one)):
        found = Households([theirs]).like(mine)
        assert bool(found) == (why != ())
        if why:
            assert found[0].why == why


def test_a_name_before_marriage_is_found_among_the_others() -> None:
    now = household("Ada Newname", dob=BORN, aliases=frozenset(words("Synthetic")))
    assert Households([now]).like(household("Ada Synthetic", dob=BORN))


def test_each_is_told_once() -> None:
    one = household("Ada Synthetic", "07700 900123", dob=BORN, postcode="ZZ12AB", ref="S26-0001")
    (found,) = Households([one]).like(one)
    assert found.words == "S26-0001 (same name, same date of birth, same postcode, same phone)"
