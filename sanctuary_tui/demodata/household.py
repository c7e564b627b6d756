"""Who a case is about: a drawn profile, and the records a referral starts with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from config.codes import CODES
from db.models import Case, ContactPoint, Person, Property
from sanctuary_tui.demodata import district, names, texts
from sanctuary_tui.demodata import figures as fig
from sanctuary_tui.demodata.timeline import Clock, Dice, Teller

OWNED: Final = ("owner", "mortgage")
_MEN: Final = ("man", "trans_man")


def joined(chosen: Iterable[str], codes: str) -> str:
    """Codes ``;``-joined in their list's order, as the store keeps them."""
    wanted = set(chosen)
    return ";".join(code for code in CODES[codes] if code in wanted)


@dataclass(slots=True)
class Profile:
    """What is drawn of a household before its story is told."""

    first: str
    surname: str
    gender: str
    ethnicity: str
    age_days: int
    tenure: str
    named: str
    home: str
    floor: str
    landlord: str
    agent: str
    freeholder: str
    risk: str
    urgency: str
    route: str
    relationship: str
    children: int
    support: str
    cadence: str
    perpetrator: tuple[str, str]
    safe: str = "yes"
    order: str = ""
    package: tuple[str, tuple[int, ...]] = ("", ())
    fund: str = "part4"
    landlord_name: str = ""
    agent_name: str = ""
    marac: bool = False
    perpetrator_man: bool = True
    dob: date | None = None
    needs: dict[str, Any] = field(default_factory=dict)

    @property
    def man(self) -> bool:
        """Whether a man's first name was drawn."""
        return self.gender in _MEN

    @property
    def voice(self) -> texts.Voice:
        """The pronouns of this case."""
        return texts.voice(survivor_man=self.man, perpetrator_man=self.perpetrator_man)

    @property
    def asks(self) -> bool:
        """Whether somebody else's consent is needed for works in the home."""
        return self.tenure not in OWNED


def draw(dice: Dice, tenure: str = "", risk: str = "") -> Profile:
    """A household, after the shares in ``figures``; ``tenure`` and ``risk`` may be given."""
    gender = dice.weighted(fig.GENDER)
    ethnicity = dice.weighted(fig.ETHNICITY)
    drawn_tenure, drawn_risk = dice.weighted(fig.TENURE), dice.weighted(fig.RISK)
    tenure, risk = tenure or drawn_tenure, risk or drawn_risk
    low, high = dice.weighted(fig.AGE)
    home, floor = _home(dice, tenure)
    landlord, agent, freeholder = _owners(dice, tenure, home)
    urgency = dice.weighted(
        (("emergency", 12), ("urgent", 50), ("standard", 38))
        if risk == "high"
        else (("emergency", 0.5), ("urgent", 16), ("standard", 83.5))
    )
    relationship = dice.weighted(fig.RELATIONSHIP)
    low, high = _ages(relationship, low, high)
    perpetrator_man = dice.chance(0.3 if gender in _MEN else 0.95)
    profile = Profile(
        first=names.first_name(dice, ethnicity, man=gender in _MEN),
        surname=names.surname(dice, ethnicity),
        gender=gender,
        ethnicity=ethnicity,
        age_days=dice.whole(low * 365 + 20, high * 365 + 340),
        tenure=tenure,
        named=_named(dice, tenure, relationship),
        home=home,
        floor=floor,
        landlord=landlord,
        agent=agent,
        freeholder=freeholder,
        risk=risk,
        urgency=urgency,
        route=dice.weighted(fig.ROUTE),
        relationship=relationship,
        children=dice.weighted(fig.CHILDREN),
        support=dice.weighted(fig.SUPPORT),
        cadence=dice.weighted(fig.CADENCE),
        perpetrator=(
            names.first_name(dice, ethnicity, man=perpetrator_man),
            names.surname(dice, ethnicity),
        ),
        perpetrator_man=perpetrator_man,
        safe=dice.weighted((("yes", 44), ("text_only", 22), ("no_voicemail", 22), ("times", 12))),
        package=dice.weighted(fig.PACKAGES),
        fund="hra" if tenure == "council" else dice.weighted(fig.COUNTY_FUNDS),
        landlord_name=f"{dice.pick('BCDGHKLMPRSTW')}. {names.surname(dice, 'white_british')}",
    )
    listed = dice.chance(fig.MARAC_OF_MEDIUM)
    profile.marac = risk == "high" or urgency == "emergency" or (listed and risk == "medium")
    profile.order = _order(dice, profile.named)
    profile.agent_name = district.ORG_NAMES.get(agent, "")
    _draw_needs(dice, profile)
    return profile


def _ages(relationship: str, low: int, high: int) -> tuple[int, int]:
    """A survivor abused by a grown-up child is old enough to have one; by a parent, young."""
    if relationship == "child":
        return max(low, 44), max(high, 62)
    return (min(low, 18), min(high, 34)) if relationship == "parent" else (low, high)


def _home(dice: Dice, tenure: str) -> tuple[str, str]:
    shares = (
        (("house", 78), ("flat", 10), ("bungalow", 12))
        if tenure in OWNED
        else (("house", 46), ("flat", 38), ("maisonette", 7), ("bungalow", 5), ("hmo", 4))
    )
    home = dice.weighted(shares)
    floor = dice.pick(("Ground", "First", "Second", "Third"))
    return home, floor if home in ("flat", "maisonette") else ""


def _owners(dice: Dice, tenure: str, home: str) -> tuple[str, str, str]:
    ha, landlord = dice.pick(district.BY_KIND["ha"]), dice.pick(district.BY_KIND["landlord"])
    agent = dice.pick(district.BY_KIND["agent"])
    managed = dice.chance(0.62)
    freeholder = dice.pick(district.BY_KIND["freeholder"])
    shared = home == "flat" and tenure not in ("council", "ha")
    by_tenure = {"council": "council", "ha": ha, "shared_owner": ha, "prs": landlord}
    return (
        by_tenure.get(tenure, ""),
        agent if tenure == "prs" and managed else "",
        freeholder if shared else "",
    )


def _named(dice: Dice, tenure: str, relationship: str) -> str:
    joint = {"mortgage": 42.0, "owner": 30.0, "shared_owner": 25.0, "prs": 16.0}.get(tenure, 11.0)
    if relationship not in ("partner", "ex_partner"):
        joint = 2.0
    rest = 100 - joint
    return dice.weighted(
        (
            ("joint", joint),
            ("survivor_sole", rest * 0.93),
            ("perpetrator_sole", rest * 0.015),
            ("joint_other", rest * 0.03),
            ("third_party", rest * 0.025),
        )
    )


def _order(dice: Dice, named: str) -> str:
    bound = named in ("joint", "perpetrator_sole")
    kind = dice.weighted(
        (("occupation", 60), ("tenancy_transfer", 40))
        if bound
        else (
            ("nmo", 48),
            ("restraining", 16),
            ("bail", 22),
            ("licence", 8),
            ("spo", 2),
            ("prohibited_steps", 4),
        )
    )
    wanted = dice.chance(fig.ORDER)
    return kind if bound or wanted else ""


def _draw_needs(dice: Dice, profile: Profile) -> None:
    disabled = dice.chance(fig.DISABLED)
    disability = [dice.weighted((("mobility", 34), ("long_term", 34), ("deaf", 10), ("sight", 6)))]
    mental = dice.chance(fig.MENTAL_HEALTH)
    traits = [
        name
        for name, share in (("drug", fig.DRUG), ("alcohol", fig.ALCOHOL), ("ex_offender", 0.012))
        if dice.chance(share)
    ]
    lgbtq = dice.chance(fig.LGBTQ)
    orientation = dice.weighted((("gay_lesbian", 55), ("bisexual", 45)))
    other = dice.weighted((("heterosexual", 84), ("not_asked", 10), ("prefer_not", 6)))
    abroad = profile.ethnicity not in ("white_british", "white_irish", "black_caribbean")
    interpreted = dice.chance(0.28)
    written = dice.weighted((("none", 88), ("easy_read", 5), ("large_print", 3), ("text_only", 4)))
    language = dice.pick(_LANGUAGES.get(profile.ethnicity, ("English",)))
    interpreted = abroad and interpreted and language != "English"
    profile.needs = {
        "disability": joined(
            (disability if disabled else []) + (["mental_health"] if mental else []) or ["none"],
            "disability",
        ),
        "characteristics": joined(
            traits + (["mental_health"] if mental else []) or ["none"], "support_characteristic"
        ),
        "orientation": orientation if lgbtq else other,
        "communication": "interpreter" if interpreted else written,
        "language": language if interpreted else "English",
        "nrpf": dice.weighted((("yes", fig.NRPF * 100), ("no", 84), ("not_known", 13))),
        "pregnant": dice.weighted((("no", 88), ("yes", 5), ("not_asked", 7))),
    }
    if profile.man:
        profile.needs["pregnant"] = "no"


_LANGUAGES: Final = {
    "asian_indian": ("Punjabi", "Gujarati", "English"),
    "asian_pakistani": ("Urdu", "English"),
    "asian_bangladeshi": ("Bengali", "English"),
    "white_other": ("Polish", "Romanian", "English"),
    "white_roma": ("Romanian",),
    "asian_chinese": ("Cantonese",),
    "arab": ("Arabic",),
    "black_african": ("Tigrinya", "English"),
    "other": ("Kurdish", "Farsi"),
}


# --- the records of a referral ------------------------------------------------------------------


def refer(t: Teller, p: Profile, **more: object) -> None:
    """The referral itself: case, survivor, a way to reach them, children, perpetrator, home."""
    t.add("case", make_case(t, p, **more), f"Referral from {_route(p.route)}")
    t.add("survivor", make_survivor(t, p))
    add_contact_points(t, p)
    for number in range(p.children):
        add_child(t, p, number)
    t.add("perpetrator", make_perpetrator(t, p))
    add_home(t, p)


def make_case(t: Teller, p: Profile, **more: object) -> Case:
    """The case as it is referred today; ``more`` sets any of its fields."""
    dice = t.dice
    org, job = {
        "self": ("", ""),
        "police": (f"{district.POLICE} safeguarding desk", "Safeguarding officer"),
        "da_service": (district.DA_SERVICE, "IDVA"),
        "council_housing": (district.COUNCIL, "Housing options officer"),
        "ha": ("Fairholm Housing Association", "Neighbourhood officer"),
        "social_care": ("Wealdmarch Children's Services", "Social worker"),
        "health": ("Wealdmarch Health Visiting", "Health visitor"),
        "probation": ("Wealdmarch Probation", "Probation practitioner"),
        "marac": (district.MARAC, "MARAC coordinator"),
    }.get(p.route, ("Tallowmere Food Bank", "Volunteer lead"))
    case = Case(
        stage_entered=t.day,
        received=t.now,
        route=p.route,
        referrer_org=org,
        referrer_name=f"{dice.pick(names.WOMEN)} {dice.pick('BCDGHKLMPRSTW')}., {job}"
        if job
        else "",
        referrer_contact=names.landline(dice) if job else "",
        referral_consent=dice.weighted((("full", 82), ("partial", 8), ("shared_lawfully", 10))),
        reason=texts.reason(dice, p.voice),
        urgency=p.urgency,
        area=dice.pick(names.TOWNS),
        in_district="yes",
        duplicates_checked="yes",
        conflict_flag="no",
        contact_rule=texts.CONTACT_RULES[p.safe],
        contact_times=texts.SAFE_TIMES if p.safe == "times" else "",
        code_word=dice.pick(("", "", "", "library card", "blue parcel", "quiz night")),
        pets=dice.weighted((("", 74), ("Dog, friendly", 14), ("Cat, indoors", 12))),
        victim_wants=texts.want(dice, p.voice),
        demo=1,
    )
    if p.urgency == "emergency":
        case.triggers = dice.pick(("weapon", "breach", "located"))
    for name, value in more.items():
        setattr(case, name, value)
    return case


def _route(route: str) -> str:
    return "the survivor" if route == "self" else CODES["route"][route]


def make_survivor(t: Teller, p: Profile) -> Person:
    """The survivor of a profile."""
    dice = t.dice
    return Person(
        role="survivor",
        first_name=p.first,
        surname=p.surname,
        dob=p.dob or t.day - timedelta(days=p.age_days),
        gender=p.gender,
        ethnicity=p.ethnicity,
        gp=dice.pick(names.SURGERIES),
        occupation=dice.pick(texts.OCCUPATIONS),
        safe_to_talk_to=dice.pick(("A sister", "Nobody yet", "Mother", "A friend at work", "")),
        not_safe_to_tell=dice.pick(("", "", "Perpetrator's mother", "A neighbour", "Brother")),
        **p.needs,
    )


def add_contact_points(t: Teller, p: Profile) -> None:
    """One safe way to reach the survivor; some have a second that must never be used."""
    dice = t.dice
    point = ContactPoint(
        kind="mobile",
        value=names.mobile(dice),
        safe=p.safe,
        times=texts.SAFE_TIMES if p.safe == "times" else "",
        words=dice.pick(texts.WORDS),
        checked=t.day,
    )
    t.add("phone", point, person_id="survivor")
    never = ContactPoint(kind="phone", value=names.landline(dice), safe="never")
    if dice.chance(0.12):
        t.add(t.key("contact_point"), never, "Shared landline", person_id="survivor")


def add_child(t: Teller, p: Profile, number: int) -> None:
    """A child of the household."""
    dice = t.dice
    age = dice.whole(120, 17 * 365)
    joint = p.relationship in ("partner", "ex_partner") and dice.chance(0.7)
    contact = dice.weighted(
        (
            ("none", 42),
            ("supervised", 12),
            ("handover", 18),
            ("unsupervised", 16),
            ("court_pending", 12),
        )
    )
    child = Person(
        role="child",
        first_name=names.CHILDREN[(p.age_days + number * 5) % len(names.CHILDREN)],
        surname=p.surname,
        dob=t.day - timedelta(days=age),
        ethnicity=p.ethnicity,
        relation_survivor="Child",
        relation_perpetrator="Child" if joint else "None",
        school=dice.pick(names.SCHOOLS) if age > 4 * 365 else "",
        lives_here="yes" if dice.chance(0.95) else "no",
        child_victim=dice.weighted((("yes", 72), ("not_asked", 18), ("no", 10))),
        contact_arrangement=contact if joint else "none",
        sensory_need=dice.pick(("", "", "", "", "", "", "", "Loud alarms distress")),
    )
    t.add(f"child.{number + 1}", child)


def make_perpetrator(t: Teller, p: Profile) -> Person:
    """The perpetrator of a profile, out of the home."""
    dice = t.dice
    first, surname = p.perpetrator
    high = p.risk == "high"
    family = p.relationship in ("child", "sibling", "parent")
    return Person(
        role="perpetrator",
        first_name=first,
        surname=p.surname if family else surname,
        dob=t.day - timedelta(days=_age_of_perpetrator(dice, p)),
        gender="man" if p.perpetrator_man else "woman",
        relationship=p.relationship,
        address=names.address(dice) if dice.chance(0.5) else "",
        still_resident="no",
        has_keys=dice.weighted((("no", 30), ("yes", 24), ("suspected", 26), ("returned", 20))),
        whereabouts=dice.weighted(
            (
                ("local", 52),
                ("elsewhere", 18),
                ("bail_address", 10),
                ("custody", 6),
                ("licence", 4),
                ("not_known", 10),
            )
        ),
        weapons=dice.weighted((("yes", 22 if high else 4), ("no", 66), ("not_known", 12))),
        vehicle=dice.pick(("", "", "", "Grey hatchback", "White van", "Motorbike")),
        tech_access=dice.weighted((("no", 48), ("yes", 14), ("not_known", 38))),
        mappa=dice.weighted((("no", 90), ("yes", 3), ("not_known", 7))),
    )


def _age_of_perpetrator(dice: Dice, p: Profile) -> int:
    """Days old: of an age to be the survivor's partner, parent or child."""
    near, apart = dice.whole(-6 * 365, 9 * 365), dice.whole(18 * 365, 34 * 365)
    away = {"parent": apart, "child": -apart}.get(p.relationship, near)
    return max(p.age_days + away, 18 * 365 + 40)


def add_home(t: Teller, p: Profile, **more: object) -> str:
    """The home and its owners; ``more`` sets any field."""
    dice = t.dice
    tenancies = {
        "council": (("secure", 82.0), ("introductory", 18.0)),
        "ha": (("assured", 84.0), ("assured_periodic", 16.0)),
        "shared_owner": (("assured", 100.0),),
        "prs": (("assured_periodic", 94.0), ("licence", 6.0)),
    }
    flat = p.home in ("flat", "maisonette")
    asks = dice.chance(0.4) or p.urgency == "emergency"
    home = Property(
        address=names.address(dice, p.home),
        postcode=names.postcode(dice),
        confidential="no",
        kind=p.home,
        floor=p.floor,
        tenure=p.tenure,
        tenancy=dice.weighted(tenancies.get(p.tenure, (("none", 1.0),))),
        named_parties=p.named,
        evidence=dice.weighted((("asked", 70), ("none", 30))),
        home_rights=dice.weighted((("no", 94), ("not_known", 6))),
        leasehold="yes" if p.freeholder else "no",
        mortgagee="Pell Building Society" if p.tenure == "mortgage" else "",
        common_parts="yes" if p.home == "flat" else "no",
        fire_door="yes" if flat else "no",
        police_marker="asked" if asks else "none",
    )
    for name, value in more.items():
        setattr(home, name, value)
    links = {
        name: district.org(key)
        for name, key in (
            ("landlord_id", p.landlord),
            ("agent_id", p.agent),
            ("freeholder_id", p.freeholder),
        )
        if key
    }
    return t.add("home", home, **links)


def adult_dob(clock: Clock, years: int, days: int = 100) -> date:
    """A date of birth of somebody ``years`` old today."""
    return clock.today - timedelta(days=years * 365 + years // 4 + days)
