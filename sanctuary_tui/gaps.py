"""What a landlord's own scheme refuses, proposed anew on a fund of this scheme (DOMAIN 10 E)."""

from __future__ import annotations

from typing import Final

from config.codes import UNKNOWN
from db import queries
from db.caseload import Caseload
from db.models import CaseFile, Fund, Measure
from sanctuary_tui.pathway import scheme

_SAME: Final = (
    "catalogue_id",
    "name",
    "location",
    "qty",
    "part",
    "consent_needed",
    "excluding",
    "escape_affecting",
    "standard",
    "cost",
    "access_need",
)
"""What the gap has of the measure refused; its way out is checked anew, its fund is not theirs."""


def gap_of(caseload: Caseload, file: CaseFile, refused: Measure) -> Measure:
    """The measure that stands for one refused; not yet kept."""
    return Measure(
        case_id=refused.case_id,
        fund=_own_fund(caseload, file),
        reason="Gap: the landlord's own scheme refused it",
        **{name: getattr(refused, name) for name in _SAME},
    )


def _own_fund(caseload: Caseload, file: CaseFile) -> str:
    """The kind of fund this case is paid from, or of the year's first budget; else not asked."""
    used = [one.fund for one in file.expenditures] + [one.fund for one in file.measures]
    year = scheme.return_year(caseload.store.today())[0].year
    funds = queries.all_of(caseload.connection, Fund)
    used += [one.kind for one in funds if one.year == year]
    return next((kind for kind in used if kind not in ("ha", "", *UNKNOWN)), "not_asked")
