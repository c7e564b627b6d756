"""The MARAC screen: the number at the top, the twelve months as a file."""

from __future__ import annotations

import csv
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
        assert f"{before} ticked" in opened


async def test_the_twelve_months_are_written_by_a_key_without_names(console: Opened) -> None:
    app = console()
    async with played(app, "5 v") as pilot:
        sheet = text_of(pilot)
        (said,) = re.findall(r"(\d+) cases? inside the twelve months", sheet)
        count = int(said)
        assert "e export" in sheet
        await play(pilot, "e p enter")
        (out,) = (app.paths.data_dir / "exports").glob("marac-radar*.csv")
        rows = list(csv.DictReader(out.read_text("utf-8-sig").splitlines()))
        assert len(rows) == count
        assert list(rows[0]) == ["case_ref", "status", "counted_from", "repeat_until"]
        assert all(row["case_ref"] in sheet for row in rows[:5])
        kept = await app.read(
            lambda data: data.connection.execute(
                "SELECT what, rows FROM disclosures ORDER BY id DESC LIMIT 1"
            ).fetchall()
        )
        assert kept[0] == ("marac-radar, pseudonymous", count)
