"""Nothing that leaves says why (DOMAIN 5)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathway_files import SETTINGS, add_measures, case_file

from config.measures import catalogue
from config.settings import default_settings
from sanctuary_tui.pathway import wording


@pytest.mark.parametrize(
    "text",
    [
        "works for a Domestic Abuse case",
        "she is a victim",
        "the survivor asks",
        "her ex-partner may return",
        "her ex partner may return",
        "former husband",
        "the sanctuary scheme",
        "a refuge place",
        "heard at MARAC",
        "our IDVA will attend",
        "DASH score",
        "an injunction is in force",
        "a non-molestation order",
        "a non\u2011molestation order",
        "the police ask for this",
        "Women\u2019s Aid supports",
        "released from prison",
        "he threatened her",
        "harassment at the door",
        "she fled",
        "perpetrator",
        "safeguarding concern",
        "violent incident",
        "case S26-0042",
    ],
)
def test_words_that_disclose_are_found(text: str) -> None:
    hits = wording.disclosures(text)
    assert hits
    for hit in hits:
        assert text[hit.start : hit.start + len(hit.word)] == hit.word
        assert hit.reason


@pytest.mark.parametrize(
    "text",
    [
        "",
        "We would like to improve the general security of the home at no cost to you.",
        "A new euro cylinder with thumbturn and two door bars.",
        "The installer keeps fire escape routes clear, and gives BS 3621 certificates.",
        "Please reply by Friday; removal and making good are offered.",
        "As part of crime reduction in the district, locks are improved.",
        "Dashboard, refugee studies, baileys, survival, advantage, Davidson",
    ],
)
def test_neutral_words_pass(text: str) -> None:
    assert wording.disclosures(text) == []


def test_names_of_the_parties_are_found_whole_and_in_any_case() -> None:
    names = ("Mara Ellwood", "O\u2019Hara", "Jo")
    found = [hit.word for hit in wording.disclosures("ellwood and O'HARA; Jo; Joinery", names)]
    assert found == ["ellwood", "O'HARA", "Jo"]


@given(st.text(max_size=200), st.lists(st.text(max_size=12), max_size=4))
def test_any_text_is_checked_without_failing(text: str, names: list[str]) -> None:
    hits = wording.disclosures(text, names)
    assert [hit.start for hit in hits] == sorted(hit.start for hit in hits)


@given(st.sets(st.sampled_from(sorted(catalogue()))))
def test_default_wording_never_discloses(numbers: set[int]) -> None:
    measures = add_measures(case_file(), *numbers)
    text = wording.default_wording(measures, SETTINGS)
    assert wording.disclosures(text, ("Mara Ellwood",)) == []
    assert "at no cost" in text
    assert "remove" in text


def test_default_wording_hides_a_telling_scheme_name_and_leaves_portable_kit_out() -> None:
    settings = default_settings()
    settings.scheme_name = "Anytown Sanctuary Scheme"
    file = case_file()
    add_measures(file, 1, 9, 45)
    add_measures(file, None, name="Panic room for domestic abuse")  # type: ignore[arg-type]
    text = wording.default_wording(file.measures, settings)
    assert wording.disclosures(text) == []
    assert "alarm" not in text
    assert "Reinforced internal door" in text
    assert "Security item" in text


@pytest.mark.parametrize(
    "words",
    [
        "the perp has a key",
        "a non-mol is in force",
        "restraining",
        "domesticabuse team",
        "he hit her",
        "beaten up twice",
        "the panic room and alarm code 4471",
        "a weak point at the rear",
    ],
)
def test_everyday_words_disclose_too(words: str) -> None:
    assert wording.disclosures(words)
