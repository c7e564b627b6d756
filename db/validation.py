"""pydantic at the edges: what a person typed or a file held, checked against a record's fields.

One pydantic model a record class, made from its field declarations when first needed.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Union

from config.codes import CODES
from config.errors import BadInputError
from config.parse import MOST_PENCE
from db.fields import FieldSpec
from db.record import Record, specs
from db.rows import in_order

if TYPE_CHECKING:
    from pydantic import BaseModel

_MODELS: Final[dict[str, type[BaseModel]]] = {}
_ISO_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST: Final = 2**63 - 1
"""The largest whole number the database holds."""


def _a_day(value: Any) -> Any:
    """A date or its ISO text: pydantic would take a number for seconds since 1970."""
    if isinstance(value, str) and _ISO_DAY.fullmatch(value):
        return value
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    raise ValueError("not a day")


def _a_moment(value: Any) -> Any:
    if value is None or isinstance(value, (str, datetime)):
        return value
    raise ValueError("not a moment")


def _a_number(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("not a number")
    return value


def bounds(spec: FieldSpec) -> tuple[int, int]:
    """The smallest and the largest number that a field takes."""
    if spec.kind == "link":
        return 1, _MOST
    if spec.kind == "money":
        return -MOST_PENCE, MOST_PENCE
    low, high = spec.low, spec.high
    return -_MOST if low is None else low, _MOST if high is None else high


def _annotation(spec: FieldSpec) -> Any:
    from pydantic import AfterValidator, AwareDatetime, BeforeValidator, StringConstraints
    from pydantic import Field as Constraint

    if spec.kind == "code":
        known = (*CODES[spec.codes], "")
        return Union[Literal[known], None]  # noqa: UP007  # a run-time tuple of codes
    if spec.kind == "codes":
        return Annotated[str, AfterValidator(partial(in_order, CODES[spec.codes]))]
    if spec.kind in ("text", "long"):
        return Annotated[str, StringConstraints(max_length=spec.limit)]
    if spec.kind == "date":
        return Annotated[date | None, BeforeValidator(_a_day)]
    if spec.kind == "datetime":
        return Annotated[AwareDatetime | None, BeforeValidator(_a_moment)]
    low, high = bounds(spec)
    return Annotated[int | None, Constraint(ge=low, le=high), BeforeValidator(_a_number)]


def model_of(record: type[Record]) -> type[BaseModel]:
    """The pydantic model of a record class."""
    made = _MODELS.get(record.__name__)
    if made is None:
        from pydantic import ConfigDict, create_model

        given: dict[str, Any] = {
            name: (_annotation(spec) | None, None) for name, spec in specs(record).items()
        }
        made = create_model(
            record.__name__, __config__=ConfigDict(extra="forbid", strict=False), **given
        )
        _MODELS[record.__name__] = made
    return made


def validated(record: type[Record], values: dict[str, Any]) -> dict[str, Any]:
    """``values`` as the record's fields hold them; only the fields given come back.

    Raises:
        BadInputError: a value does not fit, or a required answer is missing; the sentence names
            the field.
    """
    from pydantic import ValidationError

    declared = specs(record)
    try:
        checked = model_of(record).model_validate(values).model_dump(exclude_unset=True)
    except ValidationError as error:
        raise BadInputError(_sentence(error, declared), field=_wrong(error)) from None
    for name, spec in declared.items():
        if spec.required and name in values and _blank(checked.get(name)):
            said = f"{spec.label} is needed before this can be saved."
            raise BadInputError(said, field=name)
    return {
        name: "" if value is None and declared[name].kind in _TEXTS else value
        for name, value in checked.items()
    }


_TEXTS: Final = frozenset({"text", "long", "code", "codes"})


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and value.strip() in ("", "not_asked"))


def _wrong(error: Any) -> str:
    """The first field that does not fit."""
    return str(error.errors(include_input=False, include_url=False)[0]["loc"][0])


def _sentence(error: Any, declared: dict[str, FieldSpec]) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    name = _wrong(error)
    spec = declared.get(name)
    if spec is None:
        return f"There is no field called {name}; remove it."
    if first["type"] == "string_too_long":
        return f"{spec.label} takes at most {spec.limit:,} characters; shorten it or split it."
    if spec.kind == "int" and spec.low is not None and spec.high is not None:
        return f"{spec.label} must be a whole number from {spec.low} to {spec.high}."
    if spec.kind in ("code", "codes"):
        return f"{spec.label} has an answer that is not in its list; choose again."
    return f"{spec.label} cannot be read; check it and type it again."
