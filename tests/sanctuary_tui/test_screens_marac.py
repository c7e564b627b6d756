"""The MARAC screen: the number at the top, the twelve months as a file."""

from __future__ import annotations

import re

from tests.frozen import Opened, play, played, text_of


def number_at_the_top(text: str) -> int:
    """What stands beside MARAC in the line of places."""
    found = re.search(r"MARAC (\d+)", text.split("\n")[0])
    assert found is not None, text.split("\n")[0]
    return int(found[1])


async def test_the_number_at_the_top_is_the_same_before_the_screen_was_opened(
    console: Opened,
) -> None:
    async with played(console()) as pilot:
        before = number_at_the_top(text_of(pilot))
        await play(pilot, "5")
        opened = text_of(pilot)
        assert number_at_the_top(opened) == before
        assert f"{before} listed of" in opened
