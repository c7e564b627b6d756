"""How a passphrase is judged."""

from __future__ import annotations

import pytest

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
        "a" * 500,
    ],
)
def test_easy_ones_are_refused_with_what_would_better_them(passphrase: str) -> None:
    found = strength(passphrase)
    assert not found.accepted
    assert found.score < 3
    assert "words" in found.words or "word" in found.words


@pytest.mark.parametrize(
    "passphrase",
    [
        "correct horse battery staple",
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
