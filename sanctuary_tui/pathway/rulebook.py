"""The page of rules, written from the rules' tables and from the code itself.

``python -m sanctuary_tui.pathway.rulebook`` writes docs/RULES.md; a test keeps the file in step
with the program. What the code declares is read there: sentences of findings, titles of reminders,
docstrings, code lists, defaults.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

from config.codes import CODES
from config.settings import CHECK
from sanctuary_tui.pathway.rule import Rule
from sanctuary_tui.pathway.rules_consent import CONSENT, CONTACT, WORDING
from sanctuary_tui.pathway.rules_gates import EMERGENCY, GATES, STAGES
from sanctuary_tui.pathway.rules_marac import MARAC, SCHEME, STANDING
from sanctuary_tui.pathway.rules_reminders import REMINDERS
from sanctuary_tui.pathway.rulesource import finding_sentences, reminder_titles

ROOT: Final = Path(__file__).parents[2]
PATH: Final = Path("docs/RULES.md")

GROUPS: Final[dict[str, tuple[Rule, ...]]] = {
    "Gates": GATES,
    "Leaving a stage": STAGES,
    "Emergency path": EMERGENCY,
    "Consent": CONSENT,
    "Wording": WORDING,
    "Reminders": REMINDERS,
    "MARAC": MARAC,
    "Safe contact": CONTACT,
    "Scheme, return and moving out": SCHEME,
    "What other rules stand on": STANDING,
}
"""Every rule by the heading it stands under."""

_LISTS: Final = {
    "Gates": ("gate",),
    "Leaving a stage": ("stage",),
    "Emergency path": ("emergency_trigger",),
    "Consent": ("consent_event", "consent_state"),
    "MARAC": ("criterion",),
}
"""Code lists that already name the codes of a group."""

_HEAD: Final = """\
# Rules

Written by `python -m sanctuary_tui.pathway.rulebook` from the rules' tables and the code; do not
edit it by hand.

Each rule has the code the program uses for it, what it says, where it comes from, the setting that
changes it (name and default in `config/defaults.toml`) and the test that shows it. A code with a
dot is a function in `sanctuary_tui/pathway/`. A setting marked ¹ is settled by no source: check
with your council. `…` stands for what the case fills in.

"DOMAIN n" is section n of the domain reference the rules were gathered in. It draws on: MHCLG 2026,
the process evaluation of sanctuary schemes; STADA 2023, a scheme's guidance; the domestic abuse
duty evaluation of 2025; WHA, a Year 1 report; NESG 2022-23, the national statistics; SafeLives'
forms and definitions; and the public pages of the councils named.

"""


def rulebook() -> str:
    """The whole page as Markdown."""
    parts = [_HEAD]
    for title, rules in GROUPS.items():
        parts += _group(title, rules)
    return "\n".join(parts).rstrip() + "\n"


def _group(title: str, rules: tuple[Rule, ...]) -> Iterator[str]:
    yield f"## {title}\n"
    yield from _table(
        ("code", "rule", "source", "setting", "test"),
        ((f"`{one.code}`", sentence(title, one), one.source, *_links(one)) for one in rules),
    )
    told = finding_sentences() if title in ("Gates", "Leaving a stage") else {}
    if title == "Reminders":
        told = reminder_titles()
    said = [(one.code, told[one.code]) for one in rules if told.get(one.code)]
    if said:
        yield "### What Today shows\n" if title == "Reminders" else f"### {title}: what it says\n"
        yield from _table(
            ("code", "words"), ((f"`{code}`", "<br>".join(texts)) for code, texts in said)
        )


def _links(rule: Rule) -> tuple[str, str]:
    return "<br>".join(map(_setting, rule.settings)) or "-", f"`{rule.test}`"


def sentence(title: str, rule: Rule) -> str:
    """What a rule says: its declared sentence after the code list's words, or its docstring."""
    if "." in rule.code:
        return docstring_sentence(rule.code)
    named = next((CODES[name][rule.code] for name in _LISTS.get(title, ()) if _has(name, rule)), "")
    return f"{named}. {rule.sentence}" if named else rule.sentence


def _has(name: str, rule: Rule) -> bool:
    return rule.code in CODES[name]


def docstring_sentence(code: str) -> str:
    """A function's docstring in one line, without what it says of its source or its errors."""
    module, name = code.split(".")
    found = getattr(import_module(f"sanctuary_tui.pathway.{module}"), name)
    text = (found.__doc__ or "").partition("Raises:")[0]
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    said = " ".join(re.sub(r" ?\bSources?: .*", "", part) for part in paragraphs if part)
    cited = r" ?\((?:[^()]*\b(?:DOMAIN|design section|MHCLG|STADA|NESG)\b[^()]*)\)"
    return re.sub(cited, "", said).replace("``", "`").strip()


def default_of(setting: str) -> object:
    """The default of a setting named with dots.

    Raises:
        KeyError: there is no such setting.
    """
    value: object = _defaults()
    for part in setting.split("."):
        if not isinstance(value, dict):
            raise KeyError(setting)
        value = value[part]
    return value


def _defaults() -> dict[str, object]:
    return tomllib.loads((ROOT / "config" / "defaults.toml").read_text("utf-8"))


def _setting(name: str) -> str:
    value = default_of(name)
    mark = " ¹" if name in CHECK else ""
    if isinstance(value, dict):
        return f"`{name}`{mark}"
    shown = f'"{value}"' if isinstance(value, str) else str(value)
    shown = shown.lower() if isinstance(value, bool) else shown
    return f"`{name}` = {shown}{mark}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    lines = (head, tuple("---" for _ in head), *rows)
    yield "\n".join(_line(line) for line in lines)
    yield ""


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def main() -> None:
    """Write the page where the project keeps it."""
    (ROOT / PATH).write_text(rulebook(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
