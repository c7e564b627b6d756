"""The window's size wins, also where it changed while a layout was at work."""

from __future__ import annotations

import pytest
from textual import events
from textual.geometry import Size

from tests.frozen import Opened, played
from tests.scenes import SCENES

OLD, NEW = (80, 24), (40, 10)


@pytest.mark.parametrize("scene", ["marac", "case_home", "settings", "call", "questions", "help"])
async def test_a_late_message_of_the_old_size_does_not_win(scene: str, console: Opened) -> None:
    app = console()
    async with played(app, SCENES[scene], size=OLD) as pilot:
        await pilot.resize_terminal(*NEW)
        app.screen.post_message(events.Resize(Size(*OLD), Size(*OLD)))
        await pilot.pause()
        await pilot.pause()
        assert app.screen.size == NEW
        assert len(app.screen._compositor.render_strips()) == NEW[1]
