"""Every refusal of a form says which field it is about, whatever record the form is of."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime

import pytest
from widget_samples import TODAY, Stand

from config.errors import BadInputError
from db.models import RECORDS, Person, Record, Visit, specs
from db.validation import validated
from sanctuary_tui import formkeeping, formrecords
from sanctuary_tui.formrecords import ReferralForm
from widgets.form import RecordForm, naming
from widgets.text_blocks import Words

NOW = datetime(2026, 11, 26, 14, 30, tzinfo=UTC)
MODELS: dict[str, type[Record]] = {one.__name__: one for one in RECORDS} | {
    name: one
    for module in (formrecords, formkeeping)
    for name, one in inspect.getmembers(module, inspect.isclass)
    if issubclass(one, Record) and one is not Record
}
READ = frozenset({"date", "datetime", "money", "int"})
"""What is read when it is typed, and refused there."""


def refused(record: type[Record], name: str) -> str:
    """What the form, or the check behind it, says of a bad value."""
    spec = specs(record)[name]
    if spec.kind in READ:
        form = RecordForm(record, {name: "qq zz"}, only=(name,), today=TODAY, now=lambda: NOW)
        return naming(spec, form.problems()[name])
    wrong = "x" * (spec.limit + 1) if spec.kind in ("text", "long") else "no such thing"
    with pytest.raises(BadInputError) as error:
        validated(record, {name: wrong})
    assert error.value.field == name
    return error.value.sentence


@pytest.mark.parametrize("model", MODELS)
def test_a_bad_value_of_any_field_is_refused_by_the_name_of_the_field(model: str) -> None:
    record = MODELS[model]
    said = {name: refused(record, name) for name in specs(record)}
    labels = {name: spec.label for name, spec in specs(record).items()}
    nameless = {name: sentence for name, sentence in said.items() if labels[name] not in sentence}
    assert nameless == {}
    missing = {name: spec for name, spec in specs(record).items() if spec.required}
    for name, spec in missing.items():
        with pytest.raises(BadInputError, match="is needed") as error:
            validated(record, {name: None})
        assert spec.label in error.value.sentence


@pytest.mark.parametrize(
    ("record", "name", "typed"),
    [
        (Person, "dob", "31/02/1990"),
        (Visit, "on", "qq"),
        (ReferralForm, "children", "many"),
        (ReferralForm, "contact_times", "whenever"),
        (ReferralForm, "dob", "1/1/2090"),
    ],
)
async def test_the_line_below_the_fields_names_it(
    record: type[Record], name: str, typed: str
) -> None:
    form = RecordForm(record, {}, only=(name,), today=TODAY, now=lambda: NOW)
    async with Stand([form]).run_test(size=(80, 24)) as pilot:
        form.focus_field(name)
        form.load_raw({name: typed})
        await pilot.pause()
        form.problems()
        await pilot.pause()
        said = form.query_one(".form-help", Words).text
        assert said.startswith("! ")
        assert specs(record)[name].label in said
