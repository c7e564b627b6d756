"""pydantic at the edges: what a person typed or a file held, checked against a record's fields.

One pydantic model a record class, made from its field declarations when first needed.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Union

from config.codes import CODES
from config.errors import BadInputError
from db.fields import FieldSpec
from db.record import Record, specs

if TYPE_CHECKING:
    from pydantic import BaseModel

_MODELS: Final[dict[str, type[BaseModel]]] = {}
_PLAIN: Final[dict[str, Any]] = {
    "date": date | None,
    "datetime": datetime | None,
    "int": int | None,
    "money": int | None,
    "link": int | None,
}


def _annotation(spec: FieldSpec) -> Any:
    from pydantic import AfterValidator, StringConstraints
    from pydantic import Field as Constraint

    if spec.kind == "code":
        known = (*CODES[spec.codes], "")
        return Union[Literal[known], None]  # noqa: UP007  # a run-time tuple of codes
    if spec.kind == "codes":
        codes = frozenset(CODES[spec.codes])

        def known_codes(value: str) -> str:
            if any(part and part not in codes for part in value.split(";")):
                raise ValueError("unknown code")
            return value

        return Annotated[str, AfterValidator(known_codes)]
    if spec.kind in ("text", "long"):
        return Annotated[str, StringConstraints(max_length=spec.limit)]
    if spec.kind in ("int", "money") and (spec.low is not None or spec.high is not None):
        return Annotated[int | None, Constraint(ge=spec.low, le=spec.high)]
    return _PLAIN[spec.kind]


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
        raise BadInputError(_sentence(error, declared)) from None
    for name, spec in declared.items():
        if spec.required and name in values and _blank(checked.get(name)):
            raise BadInputError(f"{spec.label} is needed before this can be saved.")
    return {
        name: "" if value is None and declared[name].kind in _TEXTS else value
        for name, value in checked.items()
    }


_TEXTS: Final = frozenset({"text", "long", "code", "codes"})


def _blank(value: Any) -> bool:
    return value in (None, "", "not_asked")


def _sentence(error: Any, declared: dict[str, FieldSpec]) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    name = str(first["loc"][0])
    spec = declared.get(name)
    if spec is None:
        return f"There is no field called {name}; remove it."
    if first["type"] == "string_too_long":
        return f"{spec.label} takes at most {spec.limit:,} characters; shorten it or split it."
    if spec.kind in ("int", "money") and spec.low is not None:
        return f"{spec.label} must be a whole number from {spec.low} to {spec.high}."
    if spec.kind in ("code", "codes"):
        return f"{spec.label} has an answer that is not in its list; choose again."
    return f"{spec.label} cannot be read; check it and type it again."
