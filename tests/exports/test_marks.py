"""A place or a number is known again however it was typed, and however it is told."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanctuary_tui.exports.marks import Marks, plain, reaches

TOWNS = frozenset({"norton", "brindlegate"})


def gives_away(kept: str, text: str) -> bool:
    marks = Marks()
    marks.add_address(kept, TOWNS)
    return marks.found(plain(text))


@pytest.mark.guarantee
@pytest.mark.parametrize(
    "told", ["91 Bellmaker's Lane", "at 91, bellmakers Ln", "91BellmakersLane"]
)
@pytest.mark.parametrize(
    "kept",
    [
        "91 Bellmaker's Lane, Brindlegate",
        "91 Bellmaker's Lane Brindlegate",
        "91 Bellmakers Ln Brindlegate ZZ6 7JG",
        "c/o Tamsin Quick 91 Bellmaker's Lane, Brindlegate",
        "with her sister at 91 Bellmaker's Lane",
        "Flat 2 91 Bellmaker's Lane, Brindlegate",
        "Flat 2, 91 Bellmaker's Lane, Brindlegate",
        "2nd floor flat 91 Bellmaker's Lane",
        "No. 91 Bellmaker's Lane. Brindlegate",
        "91 Bellmaker's Lane - Brindlegate",
        "91 Bellmaker's Lane / Brindlegate",
        "91-93 Bellmaker's Lane, Brindlegate",
        "89 to 91 Bellmaker's Lane, Brindlegate",
        "91 Bellmaker's Lane (back door), Brindlegate",
        "91 Bellmaker's Lane: ring twice",
    ],
)
def test_a_numbered_street_is_known_in_every_shape(kept: str, told: str) -> None:
    assert gives_away(kept, f"Visit her {told} on Friday")
    assert not gives_away(kept, "Visit her at 19 Bellmaker's Road, or in Brindlegate")


@pytest.mark.guarantee
@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ("91 Bellmaker's Lane, Brindlegate ZZ6 7JG", "she is in zz67jg"),
        ("91 Bellmaker's Lane Brindlegate ZZ67JG", "she is in ZZ6 7JG"),
        ("Room 6 at Rose Court, Norton", "patrol Rose Court"),
        ("Rose Court (room 6), Norton", "patrol Rose Ct"),
        ("Flat 3 Rose Court Norton", "patrol Rose Court"),
        ("The Croft Norton", "moved to the croft"),
        ("12 The Willows Norton", "at 12 The Willows"),
        ("3 Broadway Norton", "at 3 Broadway"),
        ("14 Church View Road Norton", "at 14 church view rd"),
        ("7 St. John's Street, Norton", "at 7 st johns st"),
    ],
)
def test_a_place_is_known_by_what_names_it(kept: str, told: str) -> None:
    assert gives_away(kept, told)


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ("91 Bellmaker's Lane Norton", "seen in Norton"),
        ("1 High Street Norton", "seen in the High Street"),
        ("4 Old Row Norton", "4 old locks, Norton"),
        ("2nd floor flat 9 Mill Lane", "a 2nd floor flat"),
        ("Flat 2, refuge, Norton", "she has a flat"),
        ("moved to Norton", "moved to another home"),
        ("ZZ6 7JG", "the keys of ZZ1 1ZZ"),
    ],
)
def test_words_of_every_day_give_nothing_away(kept: str, told: str) -> None:
    assert not gives_away(kept, told)


_NUMBERS = st.integers(1, 399).map(str)
_NAMES = st.sampled_from(["Bellmaker's", "Old Tannery", "Wickenshaw", "St. Osyth's", "Upper Mill"])
_KINDS = st.sampled_from([("Lane", "Ln"), ("Road", "Rd"), ("Street", "St"), ("Close", "Cl")])
_BEFORE = st.sampled_from(["", "c/o Tamsin ", "Flat 2, ", "Flat 2 ", "Room 6 at ", "her aunt's: "])
_AFTER = st.sampled_from(
    ["", " Norton", ", Norton", "\nNorton\nZZ6 7JG", " ZZ6 7JG", " (rear)", "."]
)


@given(_NUMBERS, _NAMES, _KINDS, _BEFORE, _AFTER, st.sampled_from([0, 1]), st.sampled_from([0, 1]))
def test_whatever_stands_around_it(
    number: str,
    name: str,
    kind: Sequence[str],
    before: str,
    after: str,
    kept_as: int,
    told_as: int,
) -> None:
    kept = f"{before}{number} {name} {kind[kept_as]}{after}"
    assert gives_away(kept, f"She lives at {number} {name} {kind[told_as]} now.")


# --- how somebody is reached


@pytest.mark.guarantee
@pytest.mark.parametrize(
    "kept",
    [
        "07700 900936",
        "+44 (0)7700 900936",
        "0044 7700 900936",
        "07700-900-936",
        "07700 900936 (mum's phone)",
        "07700 900936 or 07700 900937",
        "01632 960201 / 07700 900936",
        "01632960201 07700900936",
        "07700 900936 after 6",
        "07700 900936 ext 12",
        "mobile: 07700 900936",
        "ina.q@example.org; 07700 900936",
    ],
)
@pytest.mark.parametrize("told", ["07700 900936", "+447700900936", "(07700) 900 936"])
def test_a_number_is_known_whatever_stands_beside_it(kept: str, told: str) -> None:
    assert reaches(kept, plain(f"ring her on {told} before noon"))
    assert not reaches(kept, plain("ring 01632 960555"))


@pytest.mark.guarantee
@pytest.mark.parametrize(
    "kept",
    ["ina.q@example.org (new)", "email ina.q@example.org", "Ina.Q@example.org, 01632 960201"],
)
def test_a_mail_address_is_known_whatever_stands_beside_it(kept: str) -> None:
    assert reaches(kept, plain("write to ina.q@example.org"))
    assert not reaches(kept, plain("write to the email of the office"))


def test_what_is_neither_number_nor_mail_is_known_whole() -> None:
    assert reaches("Signal: ina_quick", plain("by signal, ina quick"))
    assert not reaches("Signal: ina_quick", plain("by signal"))
