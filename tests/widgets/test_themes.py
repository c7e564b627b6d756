"""Every colour text is written in reads on every ground it may stand on."""

from __future__ import annotations

from itertools import product

import pytest
from textual.color import Color
from widget_samples import TODAY, Stand, agenda

from widgets.agenda import AgendaList
from widgets.themes import RISK_WORDS, THEMES, TONES, make_palette, risk_cell


def ratio(one: str, other: str) -> float:
    """The WCAG 2.2 contrast ratio of two colours."""

    def luminance(color: str) -> float:
        parts = [part / 255 for part in Color.parse(color).rgb]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", TONES)
def test_text_meets_wcag_aa_everywhere(name: str) -> None:
    tones = TONES[name]
    worst = min(
        (ratio(ink, ground), ink, ground) for ink, ground in product(tones.inks, tones.grounds)
    )
    least = 7.0 if name == "sanctuary-contrast" else 4.5
    assert worst[0] >= least, worst


@pytest.mark.parametrize("name", TONES)
def test_the_alarm_and_the_field_cursor_read(name: str) -> None:
    tones = TONES[name]
    assert ratio(tones.background, tones.high) >= 4.5
    assert ratio(tones.background, tones.accent) >= 4.5


def test_the_palette_uses_only_those_colours() -> None:
    for name, tones in TONES.items():
        allowed = {Color.parse(color).rgb for color in (*tones.inks, *tones.grounds, tones.rule)}
        for style in make_palette(name).styles.values():
            for color in (style.color, style.bgcolor):
                assert color is None or tuple(color.get_truecolor()) in allowed


def test_the_themes_are_named_and_in_order() -> None:
    assert [theme.name for theme in THEMES] == list(TONES)
    assert [theme.dark for theme in THEMES] == [True, False, True]


def test_risk_is_a_word_and_a_shape() -> None:
    assert len(set(RISK_WORDS.values())) == 4
    assert all(len(words) == 5 for words in RISK_WORDS.values())
    assert risk_cell("unheard of") == risk_cell("not_known")


async def test_without_colour_the_cursor_still_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = Stand([AgendaList(agenda(6), today=TODAY)])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        strips = app.screen._compositor.render_strips()
        assert strips[1].text.startswith("› ")
        reversed_ = [seg.text for seg in strips[1] if seg.style and seg.style.reverse]
        assert "".join(reversed_).startswith("›")
        assert len("".join(reversed_)) == 79  # the line without the scrollbar's cell
