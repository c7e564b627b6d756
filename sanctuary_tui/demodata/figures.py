"""The shares and sizes a case is drawn from, each with where it comes from.

Sources, as in docs/DEMO.md: *S0* MHCLG sanctuary process evaluation 2026; *S1* STADA guidance 2023;
*S3* Whole Housing Approach year 1; *S4* Safe Accommodation Expert Steering Group 2022-23;
*SafeLives* MARAC data, year to June 2023. What is marked *assumed* has no figure in any of them.
"""

from __future__ import annotations

from typing import Final

Shares = tuple[tuple[str, float], ...]

TENURE: Final[Shares] = (
    ("prs", 28),
    ("ha", 26),
    ("council", 24),
    ("mortgage", 13),
    ("owner", 5),
    ("shared_owner", 3),
    ("not_known", 1),
)
"""Assumed: S0 table 4.1 tells which tenures schemes take (65 to 74 %), not their caseloads."""

RISK: Final[Shares] = (("high", 15), ("medium", 34), ("standard", 39), ("none", 12))
"""Assumed, for a scheme open to all risk levels, as 76 % are (S0 table 4.1)."""

DASH_DETAIL: Final[Shares] = (("answers", 78), ("score", 22))
"""Assumed: most DASH come with 24 answers, some as a score alone."""

MARAC_OF_MEDIUM: Final = 0.05
"""All at high risk are listed, and of others a few by judgement: 12 to 15 % of the caseload, which
is assumed."""

MARAC_REPEAT: Final = 0.32
"""SafeLives: 32 % of cases are repeats."""

GENDER: Final[Shares] = (
    ("woman", 95.4),
    ("man", 3.8),
    ("trans_woman", 0.3),
    ("trans_man", 0.1),
    ("non_binary", 0.2),
    ("not_known", 0.2),
)
"""S4 paragraph 52: of adults 96 % women, 4 % men, under 1 % trans and non-binary people."""

ETHNICITY: Final[Shares] = (
    ("white_british", 72),
    ("white_irish", 1),
    ("white_gypsy", 1),
    ("white_roma", 0.8),
    ("white_other", 5),
    ("mixed_wbc", 1.6),
    ("mixed_wba", 0.8),
    ("mixed_wa", 0.9),
    ("mixed_other", 0.7),
    ("asian_indian", 2.4),
    ("asian_pakistani", 2.8),
    ("asian_bangladeshi", 1.3),
    ("asian_chinese", 0.5),
    ("asian_other", 1.2),
    ("black_african", 2.4),
    ("black_caribbean", 1.2),
    ("black_other", 0.5),
    ("arab", 0.6),
    ("other", 0.8),
    ("prefer_not", 0.7),
    ("not_known", 1.8),
)
"""Black and minoritised about 20 %: SafeLives 16.1 %, S4 paragraph 70 23 %. Split assumed."""

DISABLED: Final = 0.11
MENTAL_HEALTH: Final = 0.21
DRUG: Final = 0.04
ALCOHOL: Final = 0.037
LGBTQ: Final = 0.038
"""S4 paragraphs 70 and 92, each over the 50,670 people supported."""

AGE: Final = (
    ((16, 25), 12.0),
    ((26, 39), 49.0),
    ((40, 54), 28.0),
    ((55, 64), 7.0),
    ((65, 88), 4.0),
)
"""16 to 25: S4 paragraph 70 (9.5 % of all, children included); the rest is assumed."""

NRPF: Final = 0.028
"""S4 paragraph 61: 690 of 24,580 households."""

CHILDREN: Final = ((0, 30.0), (1, 25.0), (2, 26.0), (3, 13.0), (4, 5.0), (6, 1.0))
"""Mean 1.4: S3 has 449 school children in 311 homes (1.44) and 44 in 38 (1.16)."""

RELATIONSHIP: Final[Shares] = (
    ("ex_partner", 71),
    ("partner", 9),
    ("parent", 4),
    ("child", 8),
    ("sibling", 4),
    ("other_family", 4),
)
"""Assumed. A partner still resident ends the pathway at gate G2."""

ROUTE: Final[Shares] = (
    ("police", 26),
    ("da_service", 24),
    ("council_housing", 18),
    ("ha", 9),
    ("self", 8),
    ("social_care", 6),
    ("health", 4),
    ("probation", 2),
    ("marac", 2),
    ("other", 1),
)
"""Routes: S0 section 5.2, which gives no shares; assumed."""

SUPPORT: Final[Shares] = (("accepted", 60), ("already", 14), ("declined", 20), ("offered", 6))
"""S0 section 4.1: 54 % of areas run full schemes, 23 % security only; S4 paragraph 58: 14 % offered
support did not take it up. A case with measures and no support counts as security only."""

SUPPORT_END: Final[Shares] = (
    ("no_longer_needed", 76),
    ("planned", 8),
    ("unplanned", 5),
    ("other_safe", 6),
    ("with_perpetrator", 3),
    ("evicted", 2),
)
"""Sanctuary 2024-25: 80 % "no longer needed"; S4 paragraph 87: 13 % other safe accommodation, 3 %
with the perpetrator, 3 % asked to leave, over all kinds."""

CONSENT_PRS: Final[Shares] = (("granted", 66), ("granted_conditional", 22), ("refused", 12))
CONSENT_HA: Final[Shares] = (("granted", 84), ("granted_conditional", 13), ("refused", 3))
CONSENT_COUNCIL: Final[Shares] = (("granted", 97), ("granted_conditional", 3))
"""Assumed; S0 section 6.4: private renting is the most constrained, housing associations vary, the
council's own homes are quickest."""

CONSENT_DAYS: Final = {"prs": (1, 42), "ha": (0, 42), "council": (0, 5), "shared_owner": (1, 15)}
"""Working days for an answer. S0 section 6.4: quickest a minute, often five days, worst two months;
the low end is far likelier than the high."""

STAGE_DAYS: Final = {
    "referral": (0, 1),
    "triage": (0, 3),
    "risk_support": (0, 5),
    "legal": (0, 3),
    "survey": (1, 5),
    "consent": (0, 1),
    "approval": (0, 3),
    "installation": (1, 8),
}
"""Working days in a stage. S3: 2 and 3 working days from referral to fitting in the best areas; S0
annex A (York): up to 73 days, which the longest consents reach."""

INCIDENT_AFTER: Final = 0.15
"""S0 annex A (York): 85 % of 105 households had no further incident."""

ORDER: Final = 0.36
"""Assumed share of cases with an order, notice or condition."""

ORDER_KIND: Final[Shares] = (
    ("nmo", 48),
    ("bail", 22),
    ("restraining", 16),
    ("licence", 8),
    ("prohibited_steps", 4),
    ("spo", 2),
)
ORDER_BOUND: Final[Shares] = (("occupation", 60), ("tenancy_transfer", 40))
CONTACT: Final[Shares] = (
    ("none", 42),
    ("handover", 18),
    ("unsupervised", 16),
    ("supervised", 12),
    ("court_pending", 12),
)
WHEREABOUTS: Final[Shares] = (
    ("local", 52),
    ("elsewhere", 18),
    ("bail_address", 10),
    ("custody", 6),
    ("licence", 4),
    ("not_known", 10),
)
"""Kinds of order (alone, and where the perpetrator has rights in the home), children's contact and
the perpetrator's whereabouts: all assumed."""

OUTCOME: Final[Shares] = (
    ("secured", 58),
    ("declined", 12),
    ("no_contact", 8),
    ("moved", 7),
    ("unsafe", 4),
    ("perp_resident", 3),
    ("consent_refused", 2),
    ("passed_to_ha", 2),
    ("legal_bar", 1.5),
    ("out_of_area", 1.5),
    ("perpetrator_referral", 0.5),
    ("duplicate", 0.5),
)
"""S4 paragraph 58: 14 % offered and not accepted, 8 % not reached; paragraph 60: some referrals are
for the perpetrator. The rest is assumed."""

PACKAGES: Final = (
    (("kit", (1, 2, 3, 5, 36)), 12.0),
    (("cylinder", (9, 1, 3, 17)), 26.0),
    (("two_doors", (9, 10, 13, 15, 1, 3)), 24.0),
    (("whole_home", (9, 11, 13, 14, 15, 19, 20, 3, 31)), 20.0),
    (("bedroom", (9, 10, 11, 14, 15, 18, 40, 38, 3)), 9.0),
    (("alarmed", (9, 12, 32, 35, 20, 3)), 5.0),
    (("room", (45, 46, 9, 13, 40, 44)), 2.5),
)
"""Shapes of package, by catalogue number, after the priced examples of S1 (GBP 150 to 1,003, with a
room 2,786). S1: 160 to 1,200 as a rule, 2,000 to 4,000 with a room; one home in 36 had a room.
Means found: GBP 125 and 200 (S3), 442 and 478 (S1)."""

CHECK_OUTCOME: Final[Shares] = (("done", 85), ("no_answer", 11), ("declined", 3), ("unsafe", 1))
"""Assumed. A check nobody answered is tried again two to four working days later."""

CADENCE: Final[Shares] = (("standard", 66), ("light", 17), ("monthly", 8), ("no_calls", 9))
"""Assumed; S2 section 5.5: a call after six months is not wanted by all, so it is asked."""

COUNTY_FUNDS: Final = (
    ("part4", 45.0),
    ("hpg", 22.0),
    ("core", 14.0),
    ("pcc", 11.0),
    ("charity", 8.0),
)
"""S0 table 6.1 names the funds; shares assumed. Council homes: the housing revenue account."""

OPEN_STAGES: Final[Shares] = (
    ("referral", 4.5),
    ("triage", 6),
    ("risk_support", 6),
    ("legal", 5),
    ("survey", 5.5),
    ("consent", 16),
    ("approval", 4.5),
    ("installation", 6.5),
    ("aftercare", 46),
)
"""Where the open cases stand: assumed, so that a coordinator with 150 cases has about 30 homes in
aftercare and 9 to 14 consents open."""

OPEN_SHARE: Final = 0.45
"""Of a caseload of up to 600. Beyond, history grows and the desk does not: see ``open_cases``."""


def open_cases(cases: int, share: float | None = None) -> int:
    """How many of ``cases`` are open; of larger caseloads fewer, unless ``share`` is given."""
    if share is not None:
        return round(cases * share)
    return round(min(cases, 600) * OPEN_SHARE + max(0, cases - 600) * 0.03)


def history_days(cases: int) -> int:
    """Working days the closed cases reach back: about 18 months for 150, at most 15 years."""
    return max(260, min(3_800, round(cases * 2.6)))
