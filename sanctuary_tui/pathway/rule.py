"""One rule as docs/RULES.md lists it: the program's code for it, source, setting and test.

The tables are in ``rules_gates``, ``rules_consent``, ``rules_reminders`` and ``rules_marac``;
``rulebook`` writes the page. A sentence stands in a table only where the code itself holds none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(slots=True, frozen=True)
class Rule:
    """One rule: its ``code``, where it comes from, the test (``file::function``) that shows it.

    A code with a dot is a function of the pathway; its docstring is its sentence, so ``sentence``
    stays empty. ``settings`` are dotted names in ``defaults.toml`` that change the rule.
    ``reaches`` is of a reminder: whom doing it reaches (see ``REACHES``).
    """

    code: str
    source: str
    test: str
    settings: tuple[str, ...] = ()
    sentence: str = ""
    reaches: str = ""


REACHES: Final = ("survivor", "owner", "part", "nobody")
"""Whom the doing of a reminder reaches. ``survivor``: none stands once they said do not contact, or
their ways are unsafe; ``owner``: a landlord or agent, not once the survivor said do not contact;
``part``: some of the rule's own, which it sorts out itself; ``nobody``: neither."""


def page(subject: str) -> str:
    """The beginning of a test's name: the test file of a subject of the pathway."""
    return f"tests/pathway/test_pathway_{subject}.py::"
