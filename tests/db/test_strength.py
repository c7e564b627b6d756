"""How a passphrase is judged."""

from __future__ import annotations

import platform
import random

import pytest
from xkcdpass import xkcd_password

from db.strength import strength


@pytest.mark.guarantee
@pytest.mark.parametrize(
    "passphrase",
    [
        "",
        "   ",
        "demo",
        "password",
        "password password",
        "Password password PASSWORD",
        "Sanctuary2026!",
        "coordinator1",
        "qwertyuiop",
        "one two three four",
        "onetwothreefour",
        "0ne tw0 thr33 f0ur",
        "aaaa bbbb cccc dddd",
        "correct horse battery staple",
        "Correct-Horse-Battery-Staple 1",
        "Tr0ub4dor&3",
        "monday tuesday wednesday thursday",
        "red blue green yellow",
        "let me in please now",
        "coordinator coordinator1",
        "plinth plinths plinth's plinthy",
        "qwerty uiop asdf ghjk",
        "my name is Sue Smith",
        "P@ssw0rd2026Council",
        "January2026January",
        "01/02/1980 01632960000",
        "a" * 500,
    ],
)
def test_easy_ones_are_refused_with_what_would_better_them(passphrase: str) -> None:
    found = strength(passphrase)
    assert not found.accepted
    assert found.score < 3
    assert "word" in found.words


@pytest.mark.parametrize(
    "passphrase",
    [
        "plover gantry 71 quartz",
        "gT7xQpLw9ZrK2m",
        "kettle-orchid-ninety-plinth",
        "чайник орхидея плинтус",
        "日本語の長いパスフレーズです",
        "wörter über käse und straße",
        "🐝🌧🧶 umbrella lattice 🐝 gravel",
    ],
)
def test_long_ones_of_any_script_are_accepted(passphrase: str) -> None:
    assert strength(passphrase).accepted


def test_a_very_long_one_is_judged_and_nothing_of_it_repeated() -> None:
    passphrase = "plinth orchid kettle ninety gravel lattice umbrella " * 40
    found = strength(passphrase)
    assert found.accepted
    assert "plinth" not in repr(found)


def test_both_normal_forms_are_judged_alike() -> None:
    assert strength("caf\u00e9") == strength("cafe\u0301")


@pytest.mark.guarantee
def test_four_random_words_pass() -> None:
    """The words of the list that the program draws its own passphrases from.

    The same draws in each run: the list comes in no order of its own.
    """
    chance = random.Random(20261126)
    found = xkcd_password.generate_wordlist(
        wordfile=xkcd_password.locate_wordfile("eff-long"), min_length=3, max_length=9
    )
    words = sorted(found)
    drawn = [" ".join(chance.sample(words, 4)) for _ in range(2_000)]
    assert [each for each in drawn if not strength(each).accepted] == []


def test_the_names_of_this_account_and_computer_count_for_little() -> None:
    name = platform.node()
    assert not strength(f"{name} {name} ninety one").accepted


@pytest.mark.parametrize(
    ("passphrase", "words"),
    [
        ("one two three four", "numbers, days"),
        ("correct horse battery staple", "printed in books"),
        ("8365 1947 0026 5518", "Figures alone"),
    ],
)
def test_it_is_said_why(passphrase: str, words: str) -> None:
    said = strength(passphrase).words
    assert words in said
    assert said.endswith("words." if "own" not in said else "own.")
