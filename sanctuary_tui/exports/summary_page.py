"""The summary of a year for the board: one page to print, with pictures, figures and rules.

One file of HTML: no script, nothing fetched (a policy in the page forbids both), pictures as SVG
within it, print rules for A4. Parts of a bar differ in light and dark, not in colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from html import escape
from pathlib import Path
from typing import Final

from config.format import full_date
from config.text import guard
from sanctuary_tui.bars import Bar, Picture
from sanctuary_tui.exports.files import ExportResult, place_notices, sha256, write_set
from sanctuary_tui.exports.profiles import exporter
from sanctuary_tui.exports.return_file import RULES

_WIDE: Final = 1000
"""Units of a drawing from side to side."""
_FILLS: Final = ("#222", "#999", "#fff")
_STYLE: Final = """
@page { size: A4; margin: 12mm; }
body { font: 8pt/1.25 sans-serif; color: #000; max-width: 186mm; margin: 0 auto; }
h1 { font-size: 14pt; margin: 0; } h2 { font-size: 10pt; margin: 3mm 0 0.5mm; }
p { margin: 0 0 1mm; } .how { font-weight: bold; } small, .notes { font-size: 7pt; }
.pair { display: grid; grid-template-columns: 1fr 1fr; column-gap: 8mm; }
table { width: 100%; border-collapse: collapse; }
td, th { padding: 0; }
th { font-weight: normal; text-align: left; white-space: pre; }
td, thead th + th { text-align: right; padding-left: 2mm; white-space: nowrap; }
td.bar, th.bar { width: 40%; } svg { display: block; width: 100%; height: 2.6mm; }
section { break-inside: avoid; }
svg.key { display: inline-block; width: 3mm; height: 2.2mm; }
"""


@exporter("summary of a year", "returns")
def write_summary(
    pictures: Sequence[Picture],
    period: tuple[str, str],
    notes: Iterable[str],
    out: Path,
    *,
    district: str,
    exact: bool,
    today: date,
) -> ExportResult:
    """Write the page to the file ``out``, which replaces no other; ``period``: its code and words.

    Raises ``RefusedError`` when a file is there already or the place will not do,
    ``SanctuaryError`` when it cannot be written.
    """
    notices = place_notices(out, protected=False)
    data = page(pictures, period, notes, district=district, exact=exact, today=today).encode()
    unnamed = write_set([(out, data)])
    figures = sum(len(bar.figures) for picture in pictures for bar in picture.bars)
    return ExportResult([(out, sha256(data))], figures, unnamed, notices=notices)


def page(
    pictures: Sequence[Picture],
    period: tuple[str, str],
    notes: Iterable[str],
    *,
    district: str,
    exact: bool,
    today: date,
) -> str:
    """The whole page. Every text is escaped, whatever it is."""
    title = f"Sanctuary scheme: {period[0]}"
    said = "Exact: for this council only." if exact else "Small numbers hidden."
    rules = [*notes, *(() if exact else RULES[1:])]
    first, second, *others = [_section(picture) for picture in pictures]
    return "\n".join(
        (
            '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">',
            '<meta http-equiv="Content-Security-Policy" '
            "content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            f"<title>{_safe(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>",
            f"<h1>{_safe(' '.join((title, district)).strip())}</h1>",
            f"<p>{_safe(period[1])}, as it stands on {_safe(full_date(today))}. "
            f'<span class="how">{said}</span></p>',
            f'<div class="pair">\n{first}\n{second}\n</div>',
            *others,
            f'<div class="notes"><h2>How to read it</h2>\n<p>{_safe(" ".join(rules))}</p></div>',
            "</body>\n</html>\n",
        )
    )


def _section(picture: Picture) -> str:
    keys = " &nbsp; ".join(
        f'<svg class="key" viewBox="0 0 12 9" aria-hidden="true">{_rect(0, 12, 9, number)}</svg> '
        f"{_safe(words)}"
        for number, words in enumerate(picture.parts)
    )
    heads = "".join(f'<th scope="col">{_safe(one)}</th>' for one in picture.heads)
    rows = "\n".join(_row(picture, bar) for bar in picture.bars)
    return (
        f"<section>\n<h2>{_safe(picture.title)}</h2>\n"
        f"<p><small>{keys}{' &nbsp; ' if keys else ''}{_safe(picture.rule)}</small></p>\n"
        f'<table>\n<thead><tr><th></th>{heads}<th class="bar"></th></tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody>\n</table>\n</section>"
    )


def _row(picture: Picture, bar: Bar) -> str:
    ends = picture.ends(bar, _WIDE)
    parts = "".join(
        _rect(start, end - start, 26, number)
        for number, (start, end) in enumerate(zip([0, *ends], ends, strict=False))
        if end > start
    )
    figures = "".join(f"<td>{_safe(one)}</td>" for one in bar.figures)
    return (
        f'<tr><th scope="row">{_safe(bar.name)}</th>{figures}<td class="bar">'
        f'<svg viewBox="0 0 {_WIDE} 26" preserveAspectRatio="none" aria-hidden="true">{parts}</svg>'
        "</td></tr>"
    )


def _rect(start: int, width: int, height: int, number: int) -> str:
    fill = _FILLS[number % len(_FILLS)]
    return (
        f'<rect x="{start}" y="0" width="{width}" height="{height}" fill="{fill}" stroke="#222"/>'
    )


def _safe(text: str) -> str:
    """Text of any kind as HTML: control characters out, signs of markup written as codes."""
    return escape(guard(text), quote=True)
