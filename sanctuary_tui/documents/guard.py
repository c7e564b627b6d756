"""What no document may hold, and what none for an outsider may say. Refusals are never silent.

Sources: MHCLG 2026 6.4 and STADA 2023 (never disclose by default); ICO, 27 September 2023 (a safe
address given away in passing).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from config.errors import RefusedError
from db.models import CaseFile
from sanctuary_tui.documents.kinds import Kind
from sanctuary_tui.documents.template import Block, Values, filled
from sanctuary_tui.exports.withhold import Everything, secrets_of
from sanctuary_tui.pathway.wording import (
    WordingHit,
    disclosures,
    place_disclosures,
    uncommon,
)


def outside_hits(
    template: str, values: Values, known: Iterable[str], names: Iterable[str]
) -> list[WordingHit]:
    """Words in an outsider's document that would tell why.

    ``known`` are the fields that say what the outsider knows already: the home's address and their
    own name. A street may be called Rose Lane or Refuge Road and a landlord Sanctuary Housing; no
    other word that would tell why passes there (``place_disclosures``). Names are looked for in
    what is filled in, and in a template all those that are not words of every day: "Do", "Will" or
    "May" stand in any letter.
    """
    known = tuple(known)
    names = tuple(names)
    hits = disclosures(_text(filled(template, {**values, **dict.fromkeys(known, "-")})))
    filled_in = (
        _words(values, field)
        for field in values
        if f"{{{field}}}" in template and field not in (*known, *_DATES)
    )
    hits += disclosures("\n\n".join(filled_in), names)
    hits += disclosures(template, uncommon(names))
    for field in known:
        hits += place_disclosures(_words(values, field), name=field == "recipient")
    return hits


_DATES = ("date", "sent_on", "visit_on", "expires")
"""Fields the program writes itself; a month may be called as a survivor is."""


def refuse_outside(kind: Kind, hits: Iterable[WordingHit]) -> None:
    """Refuse an outsider's document that discloses.

    Raises:
        RefusedError: names each word and why; there is no way round but other words.
    """
    said = dict.fromkeys(f"“{hit.word}” {hit.reason}" for hit in hits)
    if said:
        raise RefusedError(
            f"The document {kind.id} is not made, because it would disclose: {'; '.join(said)}. "
            "Change the record, the settings or the template that says so."
        )


def refuse_secrets(
    kind: Kind,
    blocks: Iterable[Block],
    file: CaseFile,
    everything: Everything,
    *,
    address_named: bool,
    given: Iterable[str] = (),
    addresses: Iterable[str] = (),
) -> None:
    """Refuse any document that holds a confidential address or the code word, or what any other
    case keeps back.

    ``address_named`` is true where a reason is given to name the confidential address of the home
    as it stands; any other of its addresses, kept apart or of another day, stands in no document.
    ``given`` are numbers of this office, ``addresses`` its own and the reader's, whose towns are no
    secret.

    Raises:
        RefusedError: says which, never what.
    """
    secrets = secrets_of(
        file,
        sent=[(file.home.address, file.home.postcode)] if address_named and file.home else (),
        everything=everything,
        across=True,
        given=given,
        addresses=addresses,
    )
    text = _text(blocks)
    for part in (*text.split("\n"), " ".join(text.split())):
        if secrets.withhold(part) != part:
            raise RefusedError(
                f"The document {kind.id} is not made: it holds a confidential address or the code "
                "word, in a record or a template's words; take it out there first."
            )


def _text(blocks: Iterable[Block]) -> str:
    return "\n".join("\n".join(block.lines) for block in blocks)


def _words(values: Mapping[str, str | tuple[str, ...]], field: str) -> str:
    value = values.get(field, "")
    return value if isinstance(value, str) else "\n".join(value)
