"""Reading TOML that anybody may have written: whatever is wrong with it is one error."""

from __future__ import annotations

import re
import tomllib
from typing import Any, Final

_LONG_KEY: Final = re.compile(r"""(?<![\w"'-])(?:[\w"'-]++[ \t]*+\.[ \t]*+){60}""")
"""A key of so many parts: the reader takes a minute for one of fifty thousand."""


def read_toml(text: str) -> dict[str, Any]:
    """What ``text`` says.

    Raises:
        ValueError: it is no TOML, or is nested more deeply than the reader can follow, by brackets
            or by the parts of a key.
    """
    if _LONG_KEY.search(text):
        raise ValueError("a key of too many parts")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
