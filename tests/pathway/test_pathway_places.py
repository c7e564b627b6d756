"""What an address or an organisation's name may say, and what passes (DOMAIN 5)."""

from __future__ import annotations

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from sanctuary_tui.pathway import wording

PLACES = [
    "14 Refuge Road, Testton, ZZ9 9ZZ",
    "Flat 2, Old Police House\nHigh Street",
    "12 police station road",
    "Prison Lane East",
    "3 Court Lane",
    "Sanctuary House, 9 Probation Place",
    "Arrestor Close",
    "Unit 4 Sanctuary Mill, Testton",
]
NAMES = [
    "Sanctuary",
    "Sanctuary Homes",
    "Sanctuary Housing Association",
    "Sanctuary Supported Living Ltd",
    "Refuge Road Lettings",
    "Police Station Flats Management Ltd",
    "Court Lane Lettings",
]
TELLING = {
    "62 Hollinside Court, c/o Norton Women's Aid, IDVA and police marked": "Women's Aid",
    "114 Pennyfold Close, Marlhurst (panic room, DAPO)": "panic room",
    "114 Pennyfold Close\nOccupation order against Mr": "Occupation order",
    "62 Hollinside Court (refuge)": "refuge",
    "Women's Refuge House, 4 High Street": "Refuge",
    "4 High Street, police marked house": "police",
    "Sanctuary, 4 High Street": "Sanctuary",
    "Refuge Road, sanctuary scheme": "sanctuary",
    "DAPO House, 4 High Street": "DAPO",
    "IDVA Court": "IDVA",
    "4 High Street, S26-0042": "S26-0042",
    "4 High Street, Refuge Road police told": "police",
}


@pytest.mark.parametrize("text", PLACES)
def test_what_an_address_may_say(text: str) -> None:
    assert wording.place_disclosures(text) == []


@pytest.mark.parametrize("text", NAMES)
def test_what_an_organisation_may_be_called(text: str) -> None:
    assert wording.place_disclosures(text, name=True) == []


@pytest.mark.guarantee
@pytest.mark.parametrize("text", TELLING)
def test_what_an_address_or_a_name_may_not_say(text: str) -> None:
    for name in (False, True):
        assert TELLING[text] in [hit.word for hit in wording.place_disclosures(text, name=name)]


@pytest.mark.parametrize(
    "text",
    [
        "An arrestor bolt, a spark arrester and a fall arrest system",
        "the built in junction box, kept at tack-room height",
        "The surveyor saw violet, polite refuse notices and asphalt; restrictors are retained.",
        "The council and their partner agencies fit locks so they do not rattle.",
        "You may not know who else must agree; please tell us if the tenant may not be in.",
        "Charged batteries, tagged keys, a warranty and the hostel's adhesive",
        "Units A1 and B2, EN1303, PAS24, BS3621, kitemark 5 stars, 10k\u2126",
        "postcode DA1 2AB and DV8 spanners",
        "Ms Da Costa, Mr Da Silva, Ms Zo\u00eb B\u0142aszczyk, Mr \u00d8stergaard, Herr Gro\u00df",
        "controlled entry, protection plates, outreach of the canopy",
    ],
)
def test_words_of_repairs_and_letting_pass(text: str) -> None:
    assert wording.disclosures(text) == []


def test_no_ordinary_word_is_taken_for_a_misspelt_one() -> None:
    """None of the commonest of an encyclopedia and of films but forms of the words on the list."""
    lists = (FREQUENCY_LISTS["english_wikipedia"], FREQUENCY_LISTS["us_tv_and_film"])
    words = {word for known in lists for word in known if len(word) > 6}
    assert len(words) > 15_000
    assert {word for word in words if wording.misspelt(word)} == {
        "harrassment",
        "intimidate",
        "strangle",
        "strangler",
        "terrifies",
        "victimized",
    }
