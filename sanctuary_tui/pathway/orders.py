"""Orders and notices: in force or lapsed, which open gate G3, when to be warned (DOMAIN 1, 2)."""

from __future__ import annotations

from datetime import date, timedelta

from config.settings import Settings
from db.models import CaseFile, LegalOrder
from sanctuary_tui.pathway.dates import no_later

SHORT = {
    "nmo": "non-molestation order",
    "occupation": "occupation order",
    "dapn": "DAPN",
    "dapo": "DAPO",
    "restraining": "restraining order",
    "bail": "bail conditions",
    "licence": "licence conditions",
    "spo": "stalking protection order",
    "prohibited_steps": "prohibited steps order",
    "cpn": "community notice",
    "tenancy_transfer": "tenancy transfer",
    "ntq": "notice to quit",
}
_DAPN_HOURS = 48
_OPENERS = ("occupation", "dapo")
_TENANCY = ("tenancy_transfer", "ntq")


def last_day(order: LegalOrder) -> date | None:
    """The last day on which the order holds; None where it has no end.

    A protection notice lasts 48 hours (DAPO statutory guidance; DOMAIN 11), so one without an end
    is given it.
    """
    if order.expiry is None and order.kind == "dapn" and order.made is not None:
        return order.made + timedelta(hours=_DAPN_HOURS)
    return order.expiry


def live(order: LegalOrder, today: date) -> bool:
    """Made, and not past its last day. Applied for is not made."""
    if order.made is None or order.made > today:
        return False
    end = last_day(order)
    return end is None or order.kind in _TENANCY or end >= today


def opens_gate(order: LegalOrder, today: date) -> bool:
    """Whether the order ends the other party's right to be in the home, for gate G3.

    An occupation order or a DAPO that excludes, from the day it is made to its last day, which must
    be known; a tenancy transfer made; a notice to quit that has run out, from the day after its
    last. No other order does alone (STADA 2023; MHCLG 2026 6.4; DOMAIN 1, gate G3, and conflict 3).
    """
    if order.kind == "ntq":
        begun = order.made is not None or order.served is not None
        return begun and order.expiry is not None and order.expiry < today
    if not live(order, today):
        return False
    if order.kind == "tenancy_transfer":
        return True
    return _excluding(order) and order.kind in _OPENERS and last_day(order) is not None


def alone(order: LegalOrder, today: date) -> bool:
    """Whether the order keeps the other party away and leaves their right to the home as it is.

    A non-molestation order, or any other that excludes and is no occupation order or DAPO: on it
    excluding works need recorded legal advice and a manager's sign-off (DOMAIN conflict 3).
    """
    return live(order, today) and _stands_alone(order)


def undated(order: LegalOrder, today: date) -> bool:
    """Whether the order excludes and nobody recorded until when: nothing opens on it.

    One made until further order needs a day on which to look at it again (DOMAIN 1: store expiry).
    """
    return live(order, today) and _excluding(order) and last_day(order) is None


def signed_off(order: LegalOrder) -> bool:
    """Whether legal advice and a manager's sign-off are recorded with the order."""
    return bool(order.advice.strip() and order.signed_off_by.strip())


def _excluding(order: LegalOrder) -> bool:
    return order.excludes == "yes" and order.kind not in _TENANCY


def _stands_alone(order: LegalOrder) -> bool:
    return order.kind == "nmo" or (_excluding(order) and order.kind not in _OPENERS)


def lapsed_opener(file: CaseFile, today: date) -> LegalOrder | None:
    """The order on which excluding works could last go on and which has lapsed, if any."""
    lapsed = [
        order
        for order in file.legal_orders
        if (signed_off(order) if _stands_alone(order) else _excluding(order))
        and order.made is not None
        and (end := last_day(order)) is not None
        and end < today
    ]
    return max(lapsed, key=lambda order: last_day(order) or date.min, default=None)


def spoken(order: LegalOrder) -> str:
    """The order within a sentence: ``a restraining order``, ``bail conditions``."""
    name = SHORT.get(order.kind, "order")
    if name.endswith("conditions"):
        return name
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def warn_dates(order: LegalOrder, settings: Settings) -> list[tuple[int, date]]:
    """Days before the end, and the dates, on which to be told: T-42, T-14, T-3 (DOMAIN 7).

    A warning on a day nobody works is told the working day before, but not before the order was
    made. One that would fall before that is left out, but the last one never is.
    """
    end = last_day(order)
    if order.made is None or end is None or order.kind in _TENANCY:
        return []
    days = sorted(settings.orders.warn_days, reverse=True)
    dated = [(ahead, end - timedelta(days=ahead)) for ahead in days]
    left = [item for item in dated if item[1] >= order.made] or dated[-1:]
    return [(ahead, max(no_later(day), min(day, order.made))) for ahead, day in left]
