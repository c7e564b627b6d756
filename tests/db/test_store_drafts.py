"""Half-filled forms and remembered values: what was saved last, in its own place."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from db import queries
from db.caseload import Caseload
from tests.db import kit


def test_a_draft_is_seen_in_its_own_case_form_and_record_only(caseload: Caseload) -> None:
    one, two = kit.add_case(caseload), kit.add_case(caseload)
    caseload.store.save_draft(one.id, "notes", 0, {"body": "for one"})
    caseload.store.save_draft(one.id, "people", 3, {"surname": "for three"})
    found = {
        (case, form, record): queries.draft(caseload.connection, case, form, record)
        for case in (0, one.id, two.id)
        for form in ("notes", "people")
        for record in (0, 3)
    }
    assert {key: value for key, value in found.items() if value} == {
        (one.id, "notes", 0): {"body": "for one"},
        (one.id, "people", 3): {"surname": "for three"},
    }


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.sampled_from(["notes", "people"]),
            st.integers(0, 1),
            st.none() | st.dictionaries(st.text(max_size=5), st.text(max_size=9), max_size=2),
        ),
        max_size=25,
    )
)
def test_drafts_are_a_table_of_what_was_saved_last(
    shelf: Caseload, told: list[tuple[int, str, int, dict[str, str] | None]]
) -> None:
    shelf.connection.execute("DELETE FROM main.drafts").fetchall()
    shelf.connection.commit()
    expected: dict[tuple[int, str, int], dict[str, str]] = {}
    for case, form, record, content in told:
        if content is None:
            shelf.store.discard_draft(case, form, record)
            expected.pop((case, form, record), None)
        else:
            shelf.store.save_draft(case, form, record, content)
            expected[(case, form, record)] = content
        assert not shelf.connection.in_transaction
    found = {
        (one.case_id, one.form, one.record_id): queries.draft(
            shelf.connection, one.case_id, one.form, one.record_id
        )
        for one in queries.drafts(shelf.connection)
    }
    assert found == expected


def test_a_remembered_value_is_the_last_one(caseload: Caseload) -> None:
    assert queries.remembered(caseload.connection, "theme", "none") == "none"
    caseload.store.remember("theme", "dark")
    caseload.store.remember("theme", "light")
    assert queries.remembered(caseload.connection, "theme") == "light"
