"""6. Track consent: part, who decides, hops, state, working days, next chase; two keys to log."""

from __future__ import annotations

from typing import Any

from tests.walks.console import Console, Kept, is_case

Row = dict[str, Any]


def test_track_consent(demo: Kept, console: Console) -> None:
    tables = demo.tables("consent_requests", "cases")
    silent = pick(tables, "silent")
    waiting = pick(tables, "acknowledged", "with_owner", "sent", but=silent["ref"])
    console.press("3", until="Days")
    console.see_all(silent["ref"], waiting["ref"])
    refused_words(console, silent["ref"])
    chase(console, silent["ref"])
    answer(console, silent["ref"])
    not_yet(console, waiting["ref"])
    kept = console.leave()
    (request,) = [one for one in kept.rows("consent_requests") if one["id"] == silent["id"]]
    assert request["state"] == "granted_conditional"
    assert request["conditions"] == "Keep the old locks"
    events = [one for one in kept.rows("consent_events") if one["request_id"] == silent["id"]]
    assert [one["kind"] for one in events[-2:]] == ["chase", "answer_conditional"]
    assert "victim" not in " ".join(one["words"] for one in events)
    (other,) = [one for one in kept.rows("consent_requests") if one["id"] == waiting["id"]]
    assert other["state"] == "with_owner"
    kept.sound()


def pick(tables: dict[str, list[Row]], *states: str, but: str = "") -> Row:
    """An open request in one of these states, the only one of its case."""
    open_refs = {case["ref"] for case in tables["cases"] if case["status"] == "open"}
    for one in tables["consent_requests"]:
        alone = sum(other["ref"] == one["ref"] for other in tables["consent_requests"]) == 1
        if alone and one["state"] in states and one["ref"] in open_refs and one["ref"] != but:
            return one
    raise AssertionError(f"the demo has no request that is {states}")


def refused_words(console: Console, ref: str) -> None:
    """Words that disclose are named and refused; what was typed stays."""
    console.row(ref)
    console.press("c", until="What happened")
    console.field("What happened")
    console.typed("ch", until="Chased")
    console.answer("Words used", "the victim needs a lock", "victim")
    console.press("C-s", until="“victim”")
    console.clear(30)


def chase(console: Console, ref: str) -> None:
    console.answer("Words used", "a general security improvement", "general security")
    console.save(until="logged.")
    console.row(ref)


def answer(console: Console, ref: str) -> None:
    """Two keys to the answer; a granted request leaves the list."""
    console.press("a", "c", until="Conditions")
    console.answer("Conditions", "Keep the old locks")
    console.save(until="answer logged")
    console.see(lambda screen: ref not in screen.split("SAFE")[0])


def not_yet(console: Console, ref: str) -> None:
    """Passed on to the owner is no consent: the request stays and the second hop is timed."""
    console.row(ref)
    console.press("a", "o", until="answer logged")
    console.row(ref)
    console.press("Enter", until=lambda screen: is_case(screen, ref))
    console.see("CONSENT REQUESTS")
    console.escape(until="Days")
