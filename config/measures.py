"""The measures catalogue, read from ``measures.toml`` (domain section 6)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

CATEGORIES = {
    "portable": "Portable",
    "hardening": "Hardening",
    "deterrence": "Deterrence and evidence",
    "fire": "Fire",
    "room": "Room",
}


@dataclass(frozen=True, slots=True)
class CatalogueMeasure:
    """One kind of measure a scheme may offer.

    ``consent`` is ``yes``, ``no`` or ``ask``; ``escape`` is ``yes``, ``no``, ``check`` or ``adds``
    (gives a way out); ``excluding`` measures keep out somebody who may have a right to live there,
    so gate G3 binds; ``typical_pence`` is a planning figure, not a price; ``also`` are other words
    the measure is looked for by, beside its name.
    """

    id: int
    name: str
    category: str
    consent: str
    escape: str
    excluding: bool
    standard: str
    upkeep: str
    upkeep_months: int
    upkeep_kind: str
    band: str
    typical_pence: int
    also: str = ""

    @property
    def portable(self) -> bool:
        """May be lent at once, needs nobody's consent and goes with the survivor."""
        return self.category == "portable"

    @property
    def interim(self) -> bool:
        """The no-drill kit offered while a landlord or a court is awaited (items 1 to 5)."""
        return self.id <= 5


@lru_cache(maxsize=1)
def catalogue() -> dict[int, CatalogueMeasure]:
    """Every measure by its id."""
    raw = tomllib.loads(files("config").joinpath("measures.toml").read_text("utf-8"))
    return {item["id"]: CatalogueMeasure(**item) for item in raw["measure"]}


def measure(catalogue_id: int | None) -> CatalogueMeasure | None:
    """The catalogue entry for ``catalogue_id``; None for a measure entered as free text."""
    return catalogue().get(catalogue_id) if catalogue_id else None
