"""The recovery key: it comes back whole however it is typed, and says where it is wrong."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from db.recovery import (
    ALPHABET,
    CHARACTERS,
    GROUPS,
    WrongRecoveryKey,
    emergency_kit_text,
    format_recovery_key,
    parse_recovery_key,
    split_groups,
)

keys = st.binary(min_size=32, max_size=32)
KEY = bytes(range(32))
WRITTEN = (
    "0001-G40Q-R406-M305-E20H-918T-5GRS-38EM-1W8Y-1245-GK2R-GAHR-C5RZ-R34J-D1PG-70XD-3RFF-WRHW"
)


def _group_named(error: pytest.ExceptionInfo[WrongRecoveryKey]) -> int:
    found = re.match(r"Group (\d+) does not add up", error.value.sentence)
    assert found is not None, error.value.sentence
    return int(found[1])


def test_the_documented_form() -> None:
    assert format_recovery_key(KEY) == WRITTEN
    assert parse_recovery_key(WRITTEN) == KEY


def test_the_first_256_bits_are_the_raw_key_for_any_other_tool() -> None:
    bits = 0
    for group in split_groups(WRITTEN):
        for character in group[:3]:
            bits = bits * 32 + ALPHABET.index(character)
    assert (bits >> (GROUPS * 15 - 256)).to_bytes(32, "big") == KEY


@given(keys)
def test_round_trip(key: bytes) -> None:
    text = format_recovery_key(key)
    assert len(split_groups(text)) == GROUPS
    assert all(len(group) == 4 for group in split_groups(text))
    parsed = parse_recovery_key(text)
    assert isinstance(parsed, bytearray)
    assert parsed == key


@given(keys, st.data())
def test_any_way_of_typing_it(key: bytes, data: st.DataObject) -> None:
    text = format_recovery_key(key).replace("-", "")
    swaps = {"0": "0Oo", "1": "1IiLl"}
    typed = ""
    for character in text:
        choices = swaps.get(character, character + character.lower())
        gap = data.draw(st.sampled_from(["", "", "", " ", "-", " - ", "\n", "–", "\t"]))
        typed += data.draw(st.sampled_from(choices)) + gap
    assert parse_recovery_key(typed) == key


@pytest.mark.guarantee
@given(keys, st.integers(0, CHARACTERS - 1), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found_in_its_group(
    key: bytes, position: int, character: str
) -> None:
    text = list(format_recovery_key(key).replace("-", ""))
    assume(text[position] != character)
    text[position] = character
    with pytest.raises(WrongRecoveryKey) as wrong:
        parse_recovery_key("".join(text))
    assert _group_named(wrong) == position // 4 + 1


@given(keys, st.integers(0, GROUPS - 1), st.integers(0, 3), st.integers(0, 3))
def test_two_exchanged_characters_of_a_group_are_always_found(
    key: bytes, group: int, first: int, second: int
) -> None:
    text = list(format_recovery_key(key).replace("-", ""))
    one, two = group * 4 + first, group * 4 + second
    assume(text[one] != text[two])
    text[one], text[two] = text[two], text[one]
    with pytest.raises(WrongRecoveryKey) as wrong:
        parse_recovery_key("".join(text))
    assert _group_named(wrong) == group + 1


@given(keys, st.integers(0, CHARACTERS - 2))
def test_neighbours_exchanged_across_groups_are_noticed(key: bytes, position: int) -> None:
    text = list(format_recovery_key(key).replace("-", ""))
    assume(text[position] != text[position + 1])
    text[position], text[position + 1] = text[position + 1], text[position]
    with pytest.raises(WrongRecoveryKey, match="add up"):
        parse_recovery_key("".join(text))


@given(keys, st.integers(0, GROUPS - 1), st.integers(0, GROUPS - 1))
def test_two_exchanged_groups_are_noticed_even_of_a_repeating_key(
    key: bytes, first: int, second: int
) -> None:
    assume(first != second)
    groups = split_groups(format_recovery_key(key))
    groups[first], groups[second] = groups[second], groups[first]
    with pytest.raises(WrongRecoveryKey, match="add up"):
        parse_recovery_key("-".join(groups))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "0 were given"),
        ("ABCD", "4 were given"),
        (WRITTEN[:-1], "Group 18 has 3 characters"),
        (WRITTEN.replace("-G40Q-", "-G40QQ-"), "Group 2 has 5 characters"),
        (WRITTEN + "-0000", "76 were given"),
        (WRITTEN.replace("G40Q", "G4UQ"), "Group 2 has a character"),
        (WRITTEN.replace("G40Q", "G4é0"), "Group 2 has a character"),
        ("demo passphrase that is no key", "were given"),
    ],
)
def test_what_is_no_recovery_key(text: str, says: str) -> None:
    with pytest.raises(WrongRecoveryKey, match=re.escape(says)) as wrong:
        parse_recovery_key(text)
    assert wrong.value.sentence.endswith(".")


@given(st.text(max_size=200))
def test_any_text_is_a_key_or_one_sentence(text: str) -> None:
    with pytest.raises(WrongRecoveryKey):
        parse_recovery_key(text)


def test_several_wrong_groups_are_all_named() -> None:
    groups = split_groups(WRITTEN)
    groups[2] = "ZZZZ"
    groups[10] = "ZZZZ"
    with pytest.raises(WrongRecoveryKey, match="Groups 3 and 11 do not add up"):
        parse_recovery_key("-".join(groups))
    with pytest.raises(WrongRecoveryKey, match="Most groups"):
        parse_recovery_key("-".join(reversed(split_groups(WRITTEN))))


def test_groups_of_two_keys_mixed_do_not_pass_as_a_key() -> None:
    """Every group adds up by itself; the whole does not."""
    other = split_groups(format_recovery_key(bytes(32)))
    mixed = split_groups(WRITTEN)
    mixed[4] = other[4]
    with pytest.raises(WrongRecoveryKey, match="as a whole"):
        parse_recovery_key("-".join(mixed))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_only_a_whole_key_is_formatted(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        format_recovery_key(bytes(length))


def test_the_kit_says_what_is_needed_and_is_read_back_as_a_key_file() -> None:
    kit = emergency_kit_text(WRITTEN, "0f" * 16, date(2026, 11, 26))
    assert "26 November 2026" in kit
    assert "0f" * 16 in kit
    assert "any computer" in kit
    assert "safe" in kit
    assert "3RFF-WRHW   groups 13 to 18" in kit  # one of them is asked for by its number
    assert parse_recovery_key(kit) == KEY
    assert all(len(line) <= 78 for line in kit.splitlines())


@given(keys)
def test_any_kit_is_read_back(key: bytes) -> None:
    kit = emergency_kit_text(format_recovery_key(key), "0f" * 16, date(2026, 11, 26))
    assert parse_recovery_key(kit.replace("\n", "\r\n")) == key
