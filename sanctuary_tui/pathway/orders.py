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
    return end is None or order.kind in ("tenancy_transfer", "ntq") or end >= today


def opens_gate(order: LegalOrder, today: date) -> bool:
    """Whether the order ends the other party's right to be in the home, for gate G3.

    An order that excludes, made and not lapsed; a tenancy transfer made; a notice to quit that has
    run out (the tenancy has ended). A non-molestation order never does alone (STADA 2023; MHCLG
    2026 6.4; DOMAIN conflict 3).
    """
    if order.kind == "ntq":
        begun = order.made is not None or order.served is not None
        return begun and order.expiry is not None and order.expiry <= today
    if not live(order, today):
        return False
    if order.kind == "tenancy_transfer":
        return True
    return order.excludes == "yes" and order.kind != "nmo"


def lapsed_opener(file: CaseFile, today: date) -> LegalOrder | None:
    """The order that last opened gate G3 and has lapsed, if any."""
    lapsed = [
        order
        for order in file.legal_orders
        if order.excludes == "yes"
        and order.kind not in ("nmo", "ntq", "tenancy_transfer")
        and order.made is not None
        and (end := last_day(order)) is not None
        and end < today
    ]
    return max(lapsed, key=lambda order: last_day(order) or date.min, default=None)


def warn_dates(order: LegalOrder, settings: Settings) -> list[tuple[int, date]]:
    """Days before the end, and the dates, on which to be told: T-42, T-14, T-3 (DOMAIN 7).

    A warning on a day nobody works is told the working day before, but not before the order was
    made. One that would fall before that is left out, but the last one never is.
    """
    end = last_day(order)
    if order.made is None or end is None or order.kind in ("ntq", "tenancy_transfer"):
        return []
    days = sorted(settings.orders.warn_days, reverse=True)
    dated = [(ahead, end - timedelta(days=ahead)) for ahead in days]
    left = [item for item in dated if item[1] >= order.made] or dated[-1:]
    return [(ahead, max(no_later(day), min(day, order.made))) for ahead, day in left]
