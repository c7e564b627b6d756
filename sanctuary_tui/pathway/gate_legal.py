"""Gate G3, legal rights: nobody with a right to be there is shut out without an order (DOMAIN 1).

Sources: STADA 2023 (joint tenancy or ownership); MHCLG 2026 section 6.4 (orders landlords ask for);
conflicts 2 and 3 of the domain reference.
"""

from __future__ import annotations

from datetime import date

from config.codes import UNANSWERED
from config.format import short_date
from db.models import CaseFile, LegalOrder, Measure
from db.readmodels import Finding, Severity
from sanctuary_tui.pathway import orders, works
from sanctuary_tui.pathway.dates import received_on

_SURVIVORS = ("survivor_sole", "joint_other")
_SPOUSES = ("partner", "ex_partner", *UNANSWERED)
"""Relationships that may be, or have been, a marriage or civil partnership."""
_RIGHTS = {
    "joint": "The perpetrator is named on the tenancy or title too",
    "perpetrator_sole": "The tenancy or title is in the perpetrator's name alone",
}


def rights_held(file: CaseFile) -> str | None:
    """What right the perpetrator has, or may have, to be in the home; None for none known.

    Joint or sole tenant or owner, or a spouse with home rights. Where nobody has recorded who is
    named, or whether a partner or former partner has home rights in the survivor's home, the gate
    stays shut for excluding works: marriage off the title counts (DOMAIN 1, gate G3).
    """
    home = file.home
    if home is None or home.named_parties in UNANSWERED:
        return "It is not recorded who is named on the tenancy or title"
    if home.named_parties in _RIGHTS:
        return _RIGHTS[home.named_parties]
    if home.home_rights == "yes":
        return "The perpetrator has home rights as a spouse"
    if _rights_unasked(file):
        return "It is not recorded whether the perpetrator has home rights as a spouse"
    return None


def _rights_unasked(file: CaseFile) -> bool:
    """Whether home rights are possible, by relationship and title, and have no answer."""
    home = file.home
    if home is None or home.named_parties not in _SURVIVORS or home.home_rights in ("yes", "no"):
        return False
    return any(person.relationship in _SPOUSES for person in file.perpetrators)


def unanswered(file: CaseFile) -> bool:
    """Whether G3 waits for an answer about the home itself: who is named, or home rights."""
    home = file.home
    return home is None or home.named_parties in UNANSWERED or _rights_unasked(file)


def opener(file: CaseFile, today: date) -> LegalOrder | None:
    """The order that opens the gate today, the longest-lasting first."""
    opening = [order for order in file.legal_orders if orders.opens_gate(order, today)]
    return max(opening, key=lambda order: orders.last_day(order) or date.max, default=None)


def amber(file: CaseFile, today: date) -> LegalOrder | None:
    """A live order that opens nothing alone, with recorded legal advice and a manager's sign-off.

    A non-molestation order, or another that excludes and whose last day is known (DOMAIN
    conflict 3).
    """
    for order in file.legal_orders:
        if (
            orders.alone(order, today)
            and orders.signed_off(order)
            and not orders.undated(order, today)
        ):
            return order
    return None


def lacking(file: CaseFile, today: date) -> LegalOrder | None:
    """A live order on which works could go on if what it lacks were recorded: its last day first,
    else advice and sign-off; None where there is none.
    """
    live = [order for order in file.legal_orders if orders.undated(order, today)]
    live += [order for order in file.legal_orders if orders.alone(order, today)]
    return live[0] if live else None


def shut(file: CaseFile, today: date) -> bool:
    """Whether the gate stops excluding works today, overrides apart."""
    return (
        rights_held(file) is not None and opener(file, today) is None and amber(file, today) is None
    )


def advised(file: CaseFile) -> bool:
    """Whether legal advice is on record: a note of it, or with an order."""
    return any(note.kind == "legal_advice" for note in file.notes) or any(
        order.advice.strip() for order in file.legal_orders
    )


def position_finding(file: CaseFile, today: date) -> Finding | None:
    """What keeps the joint-rights position open when a case would leave the legal stage (DOMAIN 1).

    Resolved where nobody else has a right; where an order opens the gate; where a non-molestation
    order is signed off; or where legal advice is on record: then works go on without the excluding
    ones, which G3 still stops one by one (DOMAIN conflict 2).
    """
    right = rights_held(file)
    if right is None or not shut(file, today):
        return None
    known = not unanswered(file)
    if known and advised(file):
        return None
    text = f"{right}: record it before works are planned."
    if known:
        text = f"{right}, and neither an order nor legal advice is on record."
    return Finding(
        "G3", "stop", text, _who(file, today), _since(file, today), _command(file, today)
    )


def measure_finding(file: CaseFile, measure: Measure, today: date) -> Finding | None:
    """G3 for one measure not yet fitted: stop, amber, or nothing."""
    if not works.excluding(measure):
        return None
    right = rights_held(file)
    if right is None or opener(file, today) is not None:
        return None
    signed = amber(file, today)
    if signed is not None:
        return Finding(
            "G3",
            "warn",
            f"{works.name(measure)}: allowed on {orders.spoken(signed)} alone, by recorded legal "
            "advice and sign-off; the right to live there does not end.",
            "Housing officer",
            signed.made,
            "edit_order",
            measure.id,
        )
    return Finding(
        "G3",
        "stop",
        f"{works.name(measure)} cannot be fitted: {_why(file, right, today)}.",
        _who(file, today),
        _since(file, today),
        _command(file, today),
        measure.id,
    )


def findings(file: CaseFile, today: date) -> list[Finding]:
    """G3 for the case and for each measure not yet fitted.

    Re-locks when an order lapses, for works not yet fitted; what is fitted stays (DOMAIN 1).
    """
    found: list[Finding] = []
    right = rights_held(file)
    home = file.home
    if right is not None:
        order = opener(file, today)
        if order is not None:
            found += _opened(order)
        else:
            found.append(_held(file, right, today))
            for measure in works.pending(file):
                found += filter(None, (measure_finding(file, measure, today),))
            lapsed = orders.lapsed_opener(file, today)
            if lapsed is not None and any(works.excluding(item) for item in works.fitted(file)):
                found.append(
                    Finding(
                        "G3",
                        "warn",
                        "Excluding works were fitted under an order that has lapsed: they stay; "
                        "take legal advice.",
                        "Coordinator",
                        orders.last_day(lapsed),
                        "add_order",
                    )
                )
    found += _notice(file, today)
    unseen = home is not None and home.evidence != "seen"
    if unseen and file.case.stage != "legal":  # there, leaving the stage asks for it
        found.append(
            Finding(
                "G3",
                "warn",
                "Evidence of the survivor's right to live there has not been seen.",
                "Coordinator",
                received_on(file.case),
                "edit_home",
            )
        )
    if home is not None and home.named_parties == "third_party":
        found.append(
            Finding(
                "G3",
                "warn",
                "The home is in a third party's name: check the survivor's right to live there.",
                "Housing officer",
                received_on(file.case),
                "edit_home",
            )
        )
    return found


def _held(file: CaseFile, right: str, today: date) -> Finding:
    """What the case is told of a right that no order has ended: which works wait, or go on."""
    signed = amber(file, today)
    if signed is not None:
        text = (
            f"{right}; excluding works go on by advice and sign-off on {orders.spoken(signed)} "
            "alone."
        )
        return Finding("G3", "warn", text, "Housing officer", signed.made, "edit_order")
    return Finding(
        "G3",
        "warn",
        f"{_capital(_why(file, right, today))}: no lock change or other excluding work "
        "(items 9-12, 18, 23, 27, 45) yet; items 1 to 5 may be offered.",
        _who(file, today),
        _since(file, today),
        _command(file, today),
    )


def _opened(order: LegalOrder) -> list[Finding]:
    end = orders.last_day(order)
    if end is None or order.kind in ("ntq", "tenancy_transfer"):
        return []
    return [
        Finding(
            "G3",
            "info",
            f"Open by the {orders.SHORT[order.kind]} until {short_date(end)} {end.year}; works not "
            "fitted by then lock again.",
            "Coordinator",
            order.made,
            "add_order",
        )
    ]


def _notice(file: CaseFile, today: date) -> list[Finding]:
    home = file.home
    if home is None or home.named_parties != "joint" or home.tenure in works._OWNED:
        return []
    severity: Severity = "warn"
    if any(order.kind == "ntq" for order in file.legal_orders):
        text = "A notice to quit ends the tenancy for both: have the new tenancy promised first."
    elif opener(file, today) is None:
        severity = "info"
        text = (
            "Notice to quit by one joint tenant ends the tenancy for both: only after legal advice."
        )
    else:
        return []
    since = received_on(file.case)
    return [Finding("G3", severity, text, "Housing officer", since, "add_order")]


def _why(file: CaseFile, right: str, today: date) -> str:
    text = right[0].lower() + right[1:]
    lacks = lacking(file, today)
    if lacks is not None and orders.undated(lacks, today):
        return (
            f"{text}, and the last day of the {orders.SHORT[lacks.kind]} is not recorded: record "
            "until when it runs (until further order: the day to look at it again)"
        )
    lapsed = orders.lapsed_opener(file, today)
    if lapsed is not None:
        end = orders.last_day(lapsed)
        return f"{text}, and the {orders.SHORT[lapsed.kind]} lapsed on {short_date(end)}"
    if lacks is not None:
        verb = "need" if lacks.kind in ("bail", "licence") else "needs"
        return (
            f"{text}, and {orders.spoken(lacks)} alone {verb} recorded legal advice and a "
            "manager's sign-off"
        )
    if "not recorded" in text:
        return text
    return f"{text}, and no order excludes them"


def _who(file: CaseFile, today: date) -> str:
    if any(order.applied and order.made is None for order in file.legal_orders):
        return "Court"
    if unanswered(file):
        return "Coordinator" if _rights_unasked(file) else "Housing officer"
    lacks = lacking(file, today)
    return "Coordinator" if lacks is not None and orders.undated(lacks, today) else "Solicitor"


def _since(file: CaseFile, today: date) -> date | None:
    lapsed = orders.lapsed_opener(file, today)
    return orders.last_day(lapsed) if lapsed is not None else received_on(file.case)


def _command(file: CaseFile, today: date) -> str:
    if unanswered(file):
        return "edit_home"
    return "add_order" if lacking(file, today) is None else "edit_order"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
