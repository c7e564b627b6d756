"""What all cases share: organisations, contacts, and a budget a fund a year."""

from __future__ import annotations

from typing import Final

from db.models import Contact, Fund, Organisation
from sanctuary_tui.demodata import names
from sanctuary_tui.demodata.figures import history_days
from sanctuary_tui.demodata.timeline import Clock, Dice, Story, Teller

NAME: Final = "district"
COUNCIL: Final = "Tallowmere District Council Housing"
DA_SERVICE: Final = "Ravel Court Domestic Abuse Service"
POLICE: Final = "Wealdmarch Police"
MARAC: Final = "Wealdmarch MARAC"
CONTRACTORS: Final = ("Osterlock Joinery and Locks", "Halden Safe Fit")

_ORGANISATIONS: Final = (
    ("council", COUNCIL, "council"),
    ("fairholm", "Fairholm Housing Association", "ha"),
    ("ostbrook", "Ostbrook Homes", "ha"),
    ("marlfen", "Marl and Fen Housing", "ha"),
    ("thorne", "Thorne Lettings", "agent"),
    ("pellway", "Pellway Lets", "agent"),
    ("grantock", "Grantock Estates", "agent"),
    ("wick", "Wickenshaw Block Management", "freeholder"),
    ("easterpell", "Easter Pell Freeholds", "freeholder"),
    ("landlord1", "Corbullock Property", "landlord"),
    ("landlord2", "Sedgenshaw and Daughter", "landlord"),
    ("landlord3", "Private landlord, Marlhurst", "landlord"),
    ("osterlock", CONTRACTORS[0], "contractor"),
    ("halden", CONTRACTORS[1], "contractor"),
    ("ravel", DA_SERVICE, "da_service"),
    ("police", f"{POLICE} safeguarding desk", "police"),
    ("fire", "Wealdmarch Fire and Rescue, home safety", "fire"),
    ("probation", "Wealdmarch Probation", "probation"),
    ("social", "Wealdmarch Children's Services", "social_care"),
    ("health", "Wealdmarch Health Visiting", "health"),
    ("marac", MARAC, "marac"),
)
_JOBS: Final = {
    "council": ("Housing officer", "Repairs desk"),
    "ha": ("Neighbourhood officer", "Safeguarding lead"),
    "agent": ("Property manager",),
    "landlord": ("Owner",),
    "freeholder": ("Block manager",),
    "contractor": ("Fitter", "Office"),
    "da_service": ("IDVA", "Outreach worker", "Team leader"),
    "police": ("Designing-out-crime officer", "Safeguarding desk"),
    "fire": ("Home safety officer",),
    "marac": ("MARAC coordinator",),
}
ORG_NAMES: Final = {key: name for key, name, _ in _ORGANISATIONS}
BY_KIND: Final = {
    kind: tuple(key for key, _, found in _ORGANISATIONS if found == kind)
    for kind in ("ha", "agent", "landlord", "freeholder", "contractor")
}
FUNDS: Final = (
    ("part4", "Part 4 safe accommodation", 1_600_000),
    ("hpg", "Homelessness prevention grant", 800_000),
    ("hra", "Housing revenue account, minor works", 700_000),
    ("core", "Community safety core budget", 500_000),
    ("pcc", "Police and crime commissioner grant", 400_000),
    ("charity", "Tallowmere relief charity", 150_000),
)
"""Kind, name and budget in pence for a hundred referrals a year; STADA 2023 has GBP 16,000 a year
for fittings in 34 to 36 homes."""

WORKERS: Final = ("Sunniva P.", "Corrin W.", "Adunola B.", "Perran H.", "Jessamy T.")
"""Support workers, as a district would write them in a caseload: first name and initial."""


def org(key: str) -> str:
    """The target of an organisation, from any story."""
    return f"{NAME}/org.{key}"


def years(cases: int) -> int:
    """Financial years that have funds: those the caseload reaches back to, this one and next."""
    return history_days(cases) * 7 // 5 // 365 + 5


def fund(kind: str, clock: Clock, year: int) -> str:
    """The target of a year's fund, from any story."""
    return f"{NAME}/fund.{kind}.{clock.financial_year(clock.today) - year}"


def story(cases: int, seed: int, clock: Clock) -> Story:
    """The district's own records, made before the first case."""
    dice = Dice(seed, NAME)
    teller = Teller(NAME, clock, dice, "district")
    teller.work(-history_days(cases) - 420)
    for key, name, kind in _ORGANISATIONS:
        teller.add(f"org.{key}", _organisation(dice, name, kind))
        for job in _JOBS.get(kind, ()):
            person = names.surname(dice, "white_british")
            contact = Contact(
                name=f"{names.first_name(dice, 'white_british', man=dice.chance(0.5))} {person}",
                job=job,
                phone=names.landline(dice),
                email=names.email(f"{person} {key}"),
                safe_method=dice.pick(("Phone", "Secure email", "Phone before noon")),
            )
            teller.add(teller.key("contact"), contact, organisation_id=f"org.{key}")
    teller.add(
        teller.key("contact"),
        Contact(
            name="Wystan Haskottrell",
            job="Locksmith, call-out",
            phone=names.landline(dice),
            conflict="Says he was at school with a perpetrator: not sent to that home.",
        ),
        "Told us himself",
        organisation_id="org.osterlock",
    )
    _funds(teller, cases)
    return teller.story()


def _organisation(dice: Dice, name: str, kind: str) -> Organisation:
    public = kind in ("council", "police", "fire", "probation", "social_care", "health", "marac")
    return Organisation(
        name=name,
        kind=kind,
        phone=names.landline(dice),
        email=names.email(f"office {name.split()[0]}"),
        secure_email="yes" if public or kind == "da_service" else "no",
        address=names.address(dice),
        accredited="yes" if name.startswith("Fairholm") else "not_known",
    )


def _funds(teller: Teller, cases: int) -> None:
    scale = max(100.0, cases / history_days(cases) * 250) / 100
    this_year = teller.clock.financial_year(teller.clock.today)
    for back in range(years(cases) - 2, -2, -1):
        for kind, name, budget in FUNDS:
            pounds = round(budget * scale * (1 - 0.03 * min(max(back, 0), 9)) / 50_000) * 50_000
            year = this_year - back
            title = f"{name} {year}-{(year + 1) % 100:02}"
            teller.add(f"fund.{kind}.{back}", Fund(name=title, kind=kind, year=year, budget=pounds))
