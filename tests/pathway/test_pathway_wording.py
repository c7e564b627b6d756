"""Nothing that leaves says why (DOMAIN 5)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathway_files import SETTINGS, add_measures, case_file

from config.measures import catalogue
from config.settings import default_settings
from sanctuary_tui.pathway import wording


@pytest.mark.guarantee
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
        "NCDV and MATAC ask for it",
        "after he was arrested",
        "a dvpo is in force",
        "Clare's Law",
        "a DVDS disclosure",
        "a DAHA landlord",
        "the da worker",
        "a safe house",
        "the court order",
        "molestation",
        "sexual offences",
        "honor killing",
        "child protection",
        "secure the home from her husband",
        "to keep him out",
        "an arson-proof letterbox",
        "he must not be told",
        "she is in danger",
        "following the harrassment",
        "the santuary scheme",
        "dometic reasons",
        "a perpertrator",
        "a suvivor",
        "an injuction",
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


ROUND = {
    "capitals": ("because of DOMESTIC ABUSE", "DOMESTIC"),
    "accents": ("a víctim", "víctim"),
    "an invisible space": ("a vic\u200btim", "vic\u200btim"),
    "an invisible joiner": ("ab\u2060use", "ab\u2060use"),
    "a soft hyphen": ("the sur\u00advivor", "sur\u00advivor"),
    "a soft hyphen at a line's end": ("the sur\u00ad\nvivor", "sur\u00ad\nvivor"),
    "a word broken at a line's end": ("the sur-\n  vivor", "sur-\n  vivor"),
    "a word cut in two lines": ("the peti\ntioner is a survi\nvor", "survi\nvor"),
    "two words on two lines": ("the support\r\nworker", "support\r\nworker"),
    "a hyphen inside": ("domestic-violence", "domestic"),
    "hyphens inside a word": ("a vic-tim", "vic-tim"),
    "full stops inside a word": ("a v.i.c.t.i.m", "v.i.c.t.i.m"),
    "letters apart": ("a v i c t i m", "v i c t i m"),
    "Cyrillic letters": ("d\u043emestic \u0430buse", "d\u043emestic"),
    "Greek letters": ("\u03c1\u03bflice", "\u03c1\u03bflice"),
    "wide letters": (
        "\uff56\uff49\uff43\uff54\uff49\uff4d",
        "\uff56\uff49\uff43\uff54\uff49\uff4d",
    ),
    "digits for letters": ("a v1ct1m of abu5e", "v1ct1m"),
    "DA with stops": ("the D.A. team", "D.A"),
    "DA apart": ("the D. A. team", "D. A"),
    "DA": ("the DA team", "DA"),
    "DV": ("a DV case", "DV"),
    "dvs": ("two DVs", "DVs"),
    "IDVA's": ("the IDVA\u2019s office", "IDVA"),
    "plural": ("the refuges", "refuges"),
    "MARAC's": ("MARAC\u2019s list", "MARAC"),
    "underscores": ("team_domestic_abuse", "domestic"),
    "scheme in one word": ("SanctuaryScheme", "SanctuaryScheme"),
    "e-mail, a word inside": ("write to teamsanctuary@example.org", "teamsanctuary"),
    "e-mail, words together": ("thedomesticabuseteam@example.org", "domestic"),
    "e-mail, short": ("da-team@example.org", "da-team"),
    "e-mail, shorter": ("dateam@example.org", "dateam"),
    "e-mail, DV": ("housing.dv@example.org", "dv"),
    "web": ("see www.example.org/ourrefugehelp", "refuge"),
    "ex": ("her ex has keys", "her ex"),
    "expartner": ("an expartner", "expartner"),
    "reference with a space": ("case S26 0042", "S26 0042"),
    "reference on two lines": ("case S26-\n0042", "S26-\n0042"),
    "reference run together": ("case S260042", "S260042"),
    "first name alone": ("Ziva asked", "Ziva"),
    "possessive": ("Quennell\u2019s flat", "Quennell\u2019s"),
    "possessive without a mark": ("Quennells flat", "Quennells"),
    "plural of a name": ("the Bassetes", "Bassetes"),
    "accent left out": ("Chloe is at home", "Chloe"),
    "accent put in": ("Ms Qu\u00e9nnell", "Qu\u00e9nnell"),
    "name in capitals": ("MS QUENNELL", "QUENNELL"),
    "half of a double name": ("Ms Harrow", "Harrow"),
    "double name in one": ("HarrowSmythe", "HarrowSmythe"),
    "name without its mark": ("Mr ODowd", "ODowd"),
    "name with another mark": ("Mr O\u02bcDowd", "O\u02bcDowd"),
    "name in an e-mail": ("zivaquennell@example.org", "quennell"),
    "name cut in two": ("Quen-\nnell", "Quen-\nnell"),
    "a name that is a word": ("May asked", "May"),
    "small capitals": (
        "\u1d05\u1d0f\u1d0d\u1d07s\u1d1b\u026a\u1d04",
        "\u1d05\u1d0f\u1d0d\u1d07s\u1d1b\u026a\u1d04",
    ),
    "one small capital": ("a \ua731urvivor", "\ua731urvivor"),
    "a gap in a word": ("an a buse", "a buse"),
    "two gaps in a word": ("a vic t im", "vic t im"),
    "a gap in capitals": ("DOM ESTIC", "DOM ESTIC"),
    "an underscore in a word": ("an a_buse", "a_buse"),
    "a Latin alpha": ("\u0251buse", "\u0251buse"),
    "a Cherokee letter": ("\u13aabuse", "\u13aabuse"),
    "a turned letter": ("\u0250buse", "\u0250buse"),
    "letters in boxes": (
        "\U0001f170\U0001f171\U0001f184\U0001f182\U0001f174",
        "\U0001f170\U0001f171\U0001f184\U0001f182\U0001f174",
    ),
    "a bar for an l": ("the po|ice", "po|ice"),
    "a one for an l": ("the po1ice", "po1ice"),
    "part Cyrillic": ("a r\u0435\u0444uge", "r\u0435\u0444uge"),
    "two alphabets in any word": ("a qu\u0438et word", "qu\u0438et"),
    "a filler for a space": ("domestic\u3164abuse", "domestic"),
    "a digit behind": ("the marac2", "marac"),
    "a digit in front": ("2survivors", "survivors"),
    "glued to what it is": ("an IDVAservice", "IDVAservice"),
    "glued, short": ("the dvteam", "dvteam"),
    "a nickname": ("ask Bex", "Bex"),
}
NAMES = ("Ziva Quennell", "Chlo\u00eb Bassete", "Harrow-Smythe", "O'Dowd", "May", "Bex of the Hill")


@pytest.mark.guarantee
@pytest.mark.parametrize("way", ROUND)
def test_no_spelling_is_a_way_round(way: str) -> None:
    text, word = ROUND[way]
    hits = wording.disclosures(text, NAMES)
    assert word in [hit.word for hit in hits]
    for hit in hits:
        assert text[hit.start : hit.start + len(hit.word)] == hit.word


@pytest.mark.parametrize(
    "text",
    [
        "You may expect us on the hill of the old mill; will that do?",
        "The Da Silva flat, BS 3621, PAS 24, SS 312 and TS 007",
        "We will be\nat the door and keep every way out clear.",
        "An e-mail to repairs@example.org or www.example.org/locks-and-bars",
        "Flats A, B and D: a non-drilled bar, a re-keyed lock, an X-ray",
        "Rosemary Maystone, Bexley Road",
    ],
)
def test_words_like_the_names_or_the_shorthand_pass(text: str) -> None:
    assert wording.disclosures(text, NAMES) == []


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
