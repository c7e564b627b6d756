"""Three themes and the named styles that the line-drawn widgets use.

A widget says *what* a piece of text is (``late``, ``dim``, ``risk.high``) and the palette of the
theme says how that looks. Risk is always a word and a shape as well as a colour, and the cursor is
a mark as well as a tint, so that ``NO_COLOR`` and a colour-blind reader lose nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.filter import ANSIToTruecolor, LineFilter
from textual.theme import Theme

RISK_WORDS: Final[Mapping[str, str]] = {
    "high": "▌HIGH",
    "medium": "▏MED ",
    "standard": " STD ",
    "not_known": " ?   ",
}
"""Risk band to its mark: a thick bar, a thin bar or none, then the word; five cells each."""


def risk_cell(band: str) -> tuple[str, str]:
    """The mark of a risk band and its style name."""
    known = band if band in RISK_WORDS else "not_known"
    return RISK_WORDS[known], f"risk.{known}"


@dataclass(frozen=True, slots=True)
class Tones:
    """The colours of one theme; every text colour reads on every ground (WCAG AA or better)."""

    background: str
    surface: str
    panel: str
    text: str
    dim: str
    rule: str
    accent: str
    high: str
    medium: str
    good: str
    cursor: str
    blurred: str
    mark: str

    @property
    def grounds(self) -> tuple[str, ...]:
        """Everything text may stand on."""
        return (self.background, self.surface, self.panel, self.cursor, self.blurred, self.mark)

    @property
    def inks(self) -> tuple[str, ...]:
        """Everything text may be written in."""
        return (self.text, self.dim, self.accent, self.high, self.medium, self.good)


TONES: Final[Mapping[str, Tones]] = {
    "sanctuary-dark": Tones(
        background="#15181b",
        surface="#1a1e22",
        panel="#20262b",
        text="#d9dee2",
        dim="#98a4ad",
        rule="#3a444c",
        accent="#7fc0d8",
        high="#ff9389",
        medium="#e6bb6c",
        good="#8fcb9f",
        cursor="#273a47",
        blurred="#252c32",
        mark="#3a3420",
    ),
    "sanctuary-light": Tones(
        background="#fbfaf7",
        surface="#f5f3ee",
        panel="#ece9e2",
        text="#1e2327",
        dim="#515a61",
        rule="#c4c0b6",
        accent="#0b5878",
        high="#9f1419",
        medium="#6e4300",
        good="#17602f",
        cursor="#d3e4ec",
        blurred="#e4e4e0",
        mark="#f6e9b8",
    ),
    "sanctuary-contrast": Tones(
        background="#000000",
        surface="#000000",
        panel="#0d0d0d",
        text="#ffffff",
        dim="#dadada",
        rule="#8a8a8a",
        accent="#6fe3ff",
        high="#ffa39b",
        medium="#ffd95e",
        good="#9df2b0",
        cursor="#002f47",
        blurred="#262626",
        mark="#332a00",
    ),
}


def _theme(name: str, tones: Tones, *, dark: bool) -> Theme:
    return Theme(
        name=name,
        primary=tones.accent,
        secondary=tones.accent,
        accent=tones.accent,
        warning=tones.medium,
        error=tones.high,
        success=tones.good,
        foreground=tones.text,
        background=tones.background,
        surface=tones.surface,
        panel=tones.panel,
        dark=dark,
        variables={
            "text": tones.text,
            "text-muted": tones.dim,
            "text-disabled": tones.dim,
            "foreground-muted": tones.dim,
            "text-primary": tones.accent,
            "text-secondary": tones.accent,
            "text-accent": tones.accent,
            "text-warning": tones.medium,
            "text-error": tones.high,
            "text-success": tones.good,
            "border": tones.accent,
            "border-blurred": tones.rule,
            "block-cursor-foreground": tones.text,
            "block-cursor-background": tones.cursor,
            "block-cursor-text-style": "bold",
            "block-cursor-blurred-foreground": tones.text,
            "block-cursor-blurred-background": tones.blurred,
            "block-cursor-blurred-text-style": "none",
            "block-hover-background": tones.blurred,
            "input-cursor-background": tones.accent,
            "input-cursor-foreground": tones.background,
            "input-selection-background": tones.cursor,
            "scrollbar": tones.rule,
            "scrollbar-hover": tones.dim,
            "scrollbar-active": tones.accent,
            "scrollbar-background": tones.background,
            "scrollbar-background-hover": tones.background,
            "scrollbar-background-active": tones.background,
            "scrollbar-corner-color": tones.background,
            "footer-key-foreground": tones.accent,
            "footer-background": tones.background,
        },
    )


SANCTUARY_DARK: Final = _theme("sanctuary-dark", TONES["sanctuary-dark"], dark=True)
SANCTUARY_LIGHT: Final = _theme("sanctuary-light", TONES["sanctuary-light"], dark=False)
SANCTUARY_CONTRAST: Final = _theme("sanctuary-contrast", TONES["sanctuary-contrast"], dark=True)
THEMES: Final = (SANCTUARY_DARK, SANCTUARY_LIGHT, SANCTUARY_CONTRAST)
"""The themes, in the order in which a person steps through them."""


def register_themes(app: App[object]) -> None:
    """Make the three themes known to ``app`` (it still has to set ``app.theme``)."""
    for theme in THEMES:
        app.register_theme(theme)


@dataclass(frozen=True, slots=True)
class Palette:
    """The styles of one theme by name, and what is laid over a line under the cursor."""

    name: str
    styles: Mapping[str, Style]
    cursor: Style
    blurred: Style

    def __getitem__(self, name: str) -> Style:
        return self.styles.get(name) or self.styles["text"]


def inked(
    pieces: Iterable[tuple[str, str]], palette: Palette, base: Style, over: Style | None = None
) -> list[Segment]:
    """Drawn pieces as segments on ``base``, with ``over`` laid upon them.

    Blanks take the ink of the words beside them: each change of ink is some thirty bytes to the
    terminal, and a screen has hundreds of blanks.
    """
    found: list[tuple[str, Style]] = []
    for text, name in pieces:
        style = palette[name]
        if found and _ink_only(style) and _ink_only(found[-1][1]):
            before, its = found[-1]
            if not text.strip(" ") or style == its:
                found[-1] = (before + text, its)
                continue
            if not before.strip(" "):
                found[-1] = (before + text, style)
                continue
        found.append((text, style))
    return [Segment(text, base + style + over if over else base + style) for text, style in found]


def _ink_only(style: Style) -> bool:
    """Whether a blank looks the same in this style as in any other such."""
    return not (style.underline or style.reverse or style.bgcolor)


def palette_for(app: App[object]) -> Palette:
    """The palette of the theme ``app`` shows; the nearest of ours for a theme that is not ours."""
    name = app.theme
    if name not in TONES:
        name = "sanctuary-dark" if app.current_theme.dark else "sanctuary-light"
    return make_palette(name, no_color=app.no_color)


@lru_cache(maxsize=8)
def make_palette(name: str, *, no_color: bool = False) -> Palette:
    """The palette of the theme ``name``; without colour the cursor is drawn in reverse."""
    tones = TONES[name]

    def ink(color: str, *, bold: bool | None = None, underline: bool | None = None) -> Style:
        return Style(color=color, bold=bold, underline=underline)

    styles = {
        "text": ink(tones.text),
        "dim": ink(tones.dim),
        "strong": ink(tones.text, bold=True),
        "accent": ink(tones.accent),
        "title": ink(tones.accent, bold=True),
        "current": ink(tones.accent, bold=True, underline=True),
        "head": ink(tones.accent, bold=True),
        "rule": ink(tones.rule),
        "risk.high": ink(tones.high, bold=True),
        "risk.medium": ink(tones.medium),
        "risk.standard": ink(tones.text),
        "risk.not_known": ink(tones.dim),
        "late": ink(tones.high),
        "stop": ink(tones.high, bold=True),
        "warn": ink(tones.medium, bold=True),
        "info": ink(tones.accent),
        "good": ink(tones.good),
        "key": ink(tones.accent, bold=True),
        "hit": Style(color=tones.text, bgcolor=tones.mark, bold=True, underline=no_color),
        "alarm": Style(
            color=tones.background, bgcolor=tones.high, bold=True, reverse=no_color or None
        ),
    }
    cursor = Style(reverse=True) if no_color else Style(bgcolor=tones.cursor)
    blurred = Style(bold=True) if no_color else Style(bgcolor=tones.blurred)
    return Palette(f"{name}{'-plain' if no_color else ''}", styles, cursor, blurred)


def needed_filters(filters: Sequence[LineFilter]) -> list[LineFilter]:
    """Textual's filters for lines drawn from a palette, in which every colour is a true one.

    The one that makes true colours of ANSI ones is left out: it would copy each line that is
    painted, and change nothing.
    """
    return [one for one in filters if not isinstance(one, ANSIToTruecolor)]
