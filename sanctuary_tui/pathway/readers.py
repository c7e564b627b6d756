"""Nothing is addressed to the person feared (DOMAIN 5, 8): whoever reads a letter or comes to the
home is compared with the case's perpetrators.

A name is a perpetrator's where it has all of theirs: then nothing goes. It is like one where the
surname, a nickname or the whole is spelt nearly so; a landlord may be a namesake, so a manager may
let that one name pass, and it is logged. A father and his son can have one name: a manager may let
an owner or agent pass who has all of it too, by an override of its own that no namesake's stands in
for. Never a worker, who comes to the home, and never a nickname or firm that is recorded as theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from config.codes import CONSENT_WAITING, split
from db import names
from db.models import CaseFile, ConsentRequest, Person, Visit
from db.readmodels import Finding
from sanctuary_tui.pathway.folded import folded
from sanctuary_tui.pathway.gates import overrides_in_force

NAMESAKE: Final = "namesake"
"""What a manager overrides for a reader whose name is like a perpetrator's."""
SAME_NAME: Final = "same_name"
"""What a manager overrides for an owner or agent who has a perpetrator's whole name."""
PERPETRATOR: Final = "perpetrator"
"""A worker who has a perpetrator's name, or anybody who has their nickname; never overridden."""
_BY_LIKENESS: Final = {NAMESAKE: "near", SAME_NAME: "same"}
_LANDLORD: Final = frozenset({"agent", "decision-maker", "with whom"})
"""What readers are here who may be let pass with a whole name: not who comes, nor who referred."""
_TRADE: Final = frozenset(
    split(
        "agency;agents;and;association;borough;care;city;company;council;county;district;estate;"
        "estates;fitters;fitting;group;homes;house;housing;lets;letting;lettings;limited;living;"
        "lock;locks;locksmith;locksmiths;ltd;management;mr;mrs;ms;of;partners;properties;property;"
        "repairs;security;services;sons;the;trust"
    )
)
"""Words of a firm's name that say nothing of whose it is; spelt as in a person's name they do."""
_SHORTEST_INSIDE: Final = 5
"""Letters a surname has at the least to be looked for inside a longer word."""
_SHORTEST_ADDRESS: Final = 8
"""Letters and digits an address has at the least to be looked for."""
_OPEN: Final = CONSENT_WAITING | {"drafting", "survivor_ok_to_contact"}


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who will read what leaves or come to the home: the name, and what they are here."""

    name: str
    part: str


def of_request(request: ConsentRequest, organisations: Mapping[int, str]) -> list[Reader]:
    """Everybody a consent request is addressed to, as typed and as an organisation chosen."""
    given = (
        (request.agent, "agent"),
        (organisations.get(request.agent_org_id or 0, ""), "agent"),
        (request.decision_maker, "decision-maker"),
        (organisations.get(request.decision_org_id or 0, ""), "decision-maker"),
    )
    found = {name.strip(): Reader(name.strip(), part) for name, part in given if name.strip()}
    return list(found.values())


def of_visit(visit: Visit) -> list[Reader]:
    """Who comes on a visit and gets its job sheet."""
    return [Reader(visit.worker.strip(), "worker")] if visit.worker.strip() else []


def refusal(
    file: CaseFile, readers: Iterable[Reader], today: date, *, doubts: bool = True
) -> str | None:
    """Why nothing goes to one of these; None when it may. ``doubts`` false: only a whole name."""
    for one in readers:
        found = _finding(file, one, today)
        if found is not None and not found.overridden and (doubts or found.gate != NAMESAKE):
            return found.sentence
    return None


def address_refusal(file: CaseFile, address: str) -> str | None:
    """Why a letter does not go to an address: a perpetrator is recorded there."""
    sent_to = "".join(names.words(address))
    for person in file.perpetrators:
        known = "".join(names.words(person.address))
        if len(known) >= _SHORTEST_ADDRESS and known in sent_to:
            return (
                "The address of the organisation is the one recorded for this case's perpetrator "
                "on the People tab: nothing goes there; correct the organisation's address."
            )
    return None


def findings(file: CaseFile, today: date, organisations: Mapping[int, str]) -> list[Finding]:
    """What the Overview says of open requests and booked visits whose reader is, or may be, a
    perpetrator; a namesake let pass is shown as overridden."""
    found = (_finding(file, one, today) for one in _standing(file, organisations))
    return [one for one in found if one is not None]


def cleared(file: CaseFile, name: str, today: date) -> bool:
    """Whether a live override lets such a name pass: the one for its likeness, whose reason names
    it."""
    gate = SAME_NAME if likeness(file, name) == "same" else NAMESAKE
    return any(
        one.gate == gate and says(one.reason, name) for one in overrides_in_force(file, today)
    )


def says(reason: str, name: str) -> bool:
    """Whether a reason names a reader, however it is spelt in capitals and accents."""
    return f" {_plain(name)} " in f" {_plain(reason)} "


def doubted(file: CaseFile, organisations: Mapping[int, str], gate: str = NAMESAKE) -> list[str]:
    """The names that stand open on a case and that an override of ``gate`` may let pass."""
    standing = _standing(file, organisations)
    return [
        one.name
        for one in standing
        if likeness(file, one.name) == _BY_LIKENESS[gate]
        and (gate == NAMESAKE or (one.part in _LANDLORD and not has_alias(file, one.name)))
    ]


def _standing(file: CaseFile, organisations: Mapping[int, str]) -> dict[Reader, None]:
    found: list[Reader] = []
    for request in file.consent_requests:
        if request.state in _OPEN:
            found += of_request(request, organisations)
    for visit in file.visits:
        if visit.outcome == "booked":
            found += of_visit(visit)
    return dict.fromkeys(found)


def likeness(file: CaseFile, name: str) -> Literal["same", "near"] | None:
    """How like a name is to a perpetrator's: all of it, nearly or in part, or not."""
    found: Literal["same", "near"] | None = None
    said = _plain(name).split()
    if not said:
        return None
    for person in file.perpetrators:
        for known in _whole(person):
            if known and set(known) <= set(said):
                return "same"
        if _like(said, person):
            found = "near"
    return found


def has_alias(file: CaseFile, name: str) -> bool:
    """Whether a name has all of what a perpetrator is also known as: a nickname or their firm."""
    said = set(_plain(name).split())
    return any(
        len(alias) > 1 and said.issuperset(alias)
        for person in file.perpetrators
        for alias in _aliases(person)
    )


def _like(said: list[str], person: Person) -> bool:
    first, last = _plain(person.first_name).split(), _plain(person.surname).split()
    aliases = _aliases(person)
    marks = [*last, *(alias[0] for alias in aliases if len(alias) == 1)]
    joined = "".join(said)
    if any(_near(mark, word) for mark in marks for word in said):
        return True
    if any(len(mark) >= _SHORTEST_INSIDE and mark in joined for mark in marks):
        return True
    wholes = ([*first, *last], *aliases)
    return any(
        all(any(_near_or_initial(word, part) for part in whole) for word in said)
        or (len(whole) > 1 and all(any(_near(part, word) for word in said) for part in whole))
        for whole in wholes
    )


def _near(known: str, said: str) -> bool:
    return known == said or (said not in _TRADE and names.near(known, said))


def _near_or_initial(said: str, known: str) -> bool:
    return _near(known, said) or (len(said) == 1 and known.startswith(said))


def _whole(person: Person) -> list[list[str]]:
    """The names that are a person's alone: the first and the last, and each of several words."""
    first, last = _plain(person.first_name).split(), _plain(person.surname).split()
    own = [[first[0], *last]] if first and last else []
    return [*own, *(alias for alias in _aliases(person) if len(alias) > 1)]


def _aliases(person: Person) -> list[list[str]]:
    return [_plain(alias).split() for alias in person.aliases.split(";")]


def _plain(text: str) -> str:
    """A name in plain small words, one space apart."""
    return " ".join(names.words(folded(text).text))


def _finding(file: CaseFile, one: Reader, today: date) -> Finding | None:
    like = likeness(file, one.name)
    if like == "same" and one.part in _LANDLORD and not has_alias(file, one.name):
        return Finding(
            "same_name",
            "stop",
            f"“{one.name}” ({one.part}) has the name of this case's perpetrator on the People tab: "
            "nothing goes to them. If it is proved to be another person, a father say, have a "
            "manager override “Landlord with the same name” on the Overview (o), with "
            f"“{one.name}” and the proof in the reason.",
            "Coordinator",
            overridden=cleared(file, one.name, today),
        )
    if like == "same":
        return Finding(
            "perpetrator",
            "stop",
            f"“{one.name}” ({one.part}) has the name of this case's perpetrator on the People tab: "
            "nothing goes to them and they are not sent to the home; put somebody else there.",
            "Coordinator",
        )
    if like == "near":
        return Finding(
            "namesake",
            "stop",
            f"“{one.name}” ({one.part}) is like the name of this case's perpetrator on the People "
            "tab: put somebody else there, or, if it is surely another person, have a manager "
            f"override “Namesake” on the Overview (o), with “{one.name}” in the reason.",
            "Coordinator",
            overridden=cleared(file, one.name, today),
        )
    return None
