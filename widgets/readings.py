"""A field's text and the record's value: how each is made from the other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from config.format import full_date, local, money
from config.parse import parse_date, parse_int, parse_moment, parse_money
from config.safetimes import parse_safe_times
from db.fields import FieldSpec

Reader = Callable[[str], tuple[object, str]]
"""Reads what was typed: the value and how it is shown. Raises BadInputError."""


def to_raw(spec: FieldSpec, value: object) -> str:
    """A record's value as it stands in a field."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        here = local(value)
        return f"{here.day} {here:%b} {here.year} {here:%H:%M}"
    if isinstance(value, date):
        return full_date(value).partition(" ")[2]
    if spec.kind == "money" and isinstance(value, int):
        return money(value).replace("£", "").replace(",", "")
    return str(value)


def make_reader(
    spec: FieldSpec, name: str, today: date, now: Callable[[], datetime]
) -> Reader | None:
    """How a field's text is read; None for plain text. ``dob`` asks for a four-digit year."""

    def read_date(text: str) -> tuple[object, str]:
        day = parse_date(text, today, birth=name == "dob")
        return day, full_date(day)

    def read_moment(text: str) -> tuple[object, str]:
        moment = parse_moment(text, now(), past=spec.past)
        here = local(moment)
        return moment, f"{full_date(here.date())} {here:%H:%M}"

    def read_money(text: str) -> tuple[object, str]:
        pence = parse_money(text)
        return pence, money(pence)

    def read_int(text: str) -> tuple[object, str]:
        return parse_int(text, spec.low, spec.high), ""

    def read_times(text: str) -> tuple[object, str]:
        return text, parse_safe_times(text).words()

    readers: dict[str, Reader] = {
        "date": read_date,
        "datetime": read_moment,
        "money": read_money,
        "int": read_int,
        "safe_times": read_times,
    }
    return readers.get(spec.reads or spec.kind)
