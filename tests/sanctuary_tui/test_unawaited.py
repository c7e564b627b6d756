"""No work is dropped before it began in a way that Python warns of.

A coroutine that nobody awaited is warned of when it is collected, on whatever thread that happens,
and the warning imports modules: in the middle of another import that ended the console (Python
3.11, ``_blocking_on``).
"""

from __future__ import annotations

import gc
import warnings

from textual.widgets import Input

from sanctuary_tui.screens.today import TodayScreen
from tests.frozen import Opened, play


async def test_work_that_the_next_key_overtakes_is_never_a_forgotten_coroutine(
    console: Opened,
) -> None:
    app = console()
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        async with app.run_test(size=(80, 24)) as pilot:
            await play(pilot, "1")
            today = app.screen
            assert isinstance(today, TodayScreen)
            for _ in range(3):
                today.call_later(today.load)
            await play(pilot, "n")
            field = app.screen.query_one(Input)
            for end in range(1, 12):
                field.value = "Doublet Same"[:end]
            await play(pilot, "escape slash")
            field = app.screen.query_one(Input)
            for end in range(1, 8):
                field.value = "ellwood"[:end]
            await play(pilot, "escape")
        gc.collect()
    assert [str(one.message) for one in said if "never awaited" in str(one.message)] == []
