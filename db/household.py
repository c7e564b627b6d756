"""The household, the people around it, its home, risk and legal position (domain section 2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from db.fields import code, codes, day, link, long, moment, organisation, text, whole, yes_no
from db.record import Record

SURVIVOR = ("survivor",)
PERPETRATOR = ("perpetrator",)
CHILD = ("child",)
FAMILY = ("survivor", "child", "household")


@dataclass(slots=True)
class Case(Record):
    """One household's way through the scheme (domain sections 1 and 2, Case/referral)."""

    table: ClassVar[str] = "cases"
    title: ClassVar[str] = "Referral"

    ref: str = text(
        "Reference", "Opaque; given by the program.", klass="public", searched=True, shown=False
    )
    status: str = code("Status", "status", default="open", shown=False)
    stage: str = code("Stage", "stage", default="referral", shown=False)
    stage_entered: date | None = day("In this stage since", shown=False)
    received: datetime | None = moment("Received", "When the referral reached the scheme.")
    route: str = code("Route", "route", "Who sent the household to the scheme.", required=True)
    referrer_org: str = text("Referrer's organisation", searched=True)
    referrer_name: str = text("Referrer's name")
    referrer_contact: str = text("Referrer's phone or email", looks="phone")
    referral_consent: str = code("Consent to refer", "referral_consent")
    acknowledged: date | None = day("Acknowledged to referrer")
    reason: str = long(
        "Reason for referral", "Facts first; say whose words they are.", searched=True
    )
    urgency: str = code("Urgency", "urgency", default="standard")
    triggers: str = codes(
        "Emergency triggers", "emergency_trigger", "Any of these opens the emergency path."
    )
    area: str = text("Area or ward", klass="public")
    in_district: str = yes_no("Home is in this district")
    duplicates_checked: str = yes_no("Checked for earlier cases")
    linked_cases: str = text("Linked cases", "References, separated by ;", klass="public")
    conflict_flag: str = yes_no(
        "Conflict of interest", "Is staff, contractor or a partner connected to a party?"
    )
    choice_made: str = yes_no(
        "Survivor wants to stay, informed", "Gate G1: their own informed choice."
    )
    choice_date: date | None = day("Choice recorded on")
    options_explained: str = yes_no("Other options explained", "Refuge, a move, no works at all.")
    contact_rule: str = long(
        "Safe-contact rule", "Shown in the banner: how, when, never.", limit=400
    )
    contact_times: str = text(
        "Safe times", "For example Mon-Fri 09:30-14:30; Sat 10-12; not Wed", reads="safe_times"
    )
    code_word: str = text("Code word", "Said first by the caller.", klass="protected")
    do_not_contact: str = yes_no(
        "Do not contact", "Stops every chase and reminder that would reach out."
    )
    ha_scheme: str = yes_no(
        "Landlord's own scheme asked", "Housing association tenants: theirs may be quicker."
    )
    ha_return_due: date | None = day(
        "Landlord's scheme answers by", "Once it has said yes: fits by."
    )
    approved_by: str = text("Approved by")
    approved_on: date | None = day("Approved on")
    cadence: str = code(
        "Aftercare cadence", "cadence", "Chosen by the survivor; no calls is an answer."
    )
    aftercare_method: str = text("How to check", "By text, by phone, through the support worker")
    pets: str = text("Pets")
    victim_wants: str = long("What the survivor wants", limit=300)
    next_action: str = text(
        "Next action", "In your own words; a rule's next step shows when this is blank."
    )
    next_due: date | None = day("Next action due")
    hclic_ref: str = text("H-CLIC reference", klass="public")
    demo: int = field(default=0)
    emergency_since: date | None = day(
        "Marked as an emergency on",
        "Given by the program when the urgency or a trigger is set; blank is the referral.",
        shown=False,
    )
    ha_answer: str = yes_no("Landlord's scheme does the works")


@dataclass(slots=True)
class Person(Record):
    """Survivor, perpetrator, child or other person of a case (domain section 2)."""

    table: ClassVar[str] = "people"
    title: ClassVar[str] = "Person"

    role: str = code("Role", "role", default="survivor", required=True)
    first_name: str = text("First name", searched=True)
    surname: str = text("Surname", searched=True)
    aliases: str = text("Also known as", "Separated by ;", searched=True)
    dob: date | None = day("Date of birth", klass="case")
    gender: str = code("Gender", "gender", klass="case")
    ethnicity: str = code("Ethnicity", "ethnicity", klass="case", roles=FAMILY)
    orientation: str = code("Sexual orientation", "orientation", klass="case", roles=SURVIVOR)
    disability: str = codes("Disability", "disability", klass="case", roles=FAMILY)
    communication: str = codes("Communication need", "communication", klass="case", roles=FAMILY)
    language: str = text("Language")
    characteristics: str = codes(
        "Support needs", "support_characteristic", klass="case", roles=SURVIVOR
    )
    pregnant: str = yes_no("Pregnant", klass="case", roles=SURVIVOR)
    nrpf: str = yes_no("No recourse to public funds", klass="protected", roles=SURVIVOR)
    immigration: str = long("Immigration fears", klass="protected", roles=SURVIVOR, limit=400)
    gp: str = text("GP", roles=FAMILY)
    employer: str = text("Employer", roles=SURVIVOR)
    occupation: str = text("Occupation", roles=SURVIVOR)
    safe_to_talk_to: str = text("Safe to talk to", roles=SURVIVOR)
    not_safe_to_tell: str = text("Not safe to tell", roles=SURVIVOR)
    relation_survivor: str = text("Relation to survivor", roles=("child", "household"))
    relation_perpetrator: str = text("Relation to perpetrator", roles=("child", "household"))
    school: str = text("School", roles=CHILD)
    lives_here: str = yes_no("Lives here", roles=("child", "household"))
    child_victim: str = yes_no("Victim in own right", roles=CHILD)
    contact_arrangement: str = code("Contact with perpetrator", "contact_arrangement", roles=CHILD)
    contact_review: date | None = day("Review contact arrangement", roles=CHILD)
    sensory_need: str = text("Sensory or neurodivergent need", roles=CHILD)
    relationship: str = code("Relationship to survivor", "relationship", roles=PERPETRATOR)
    address: str = long("Address", limit=400, roles=PERPETRATOR)
    still_resident: str = yes_no("Still lives at the home", "Gate G2.", roles=PERPETRATOR)
    has_keys: str = code("Keys to the home", "has_keys", roles=PERPETRATOR)
    whereabouts: str = code("Whereabouts", "whereabouts", roles=PERPETRATOR)
    release_date: date | None = day("Release or bail end", roles=PERPETRATOR)
    weapons: str = yes_no("Weapons", "A yes makes gate G7 bind.", klass="case", roles=PERPETRATOR)
    vehicle: str = text("Vehicle", roles=PERPETRATOR)
    tech_access: str = yes_no("Access to phones or accounts", klass="case", roles=PERPETRATOR)
    network_risk: str = text("Others who may act for them", roles=PERPETRATOR)
    mappa: str = yes_no("MAPPA", klass="case", roles=PERPETRATOR)


@dataclass(slots=True)
class ContactPoint(Record):
    """A way to reach somebody, and whether it is safe (domain section 2, Survivor)."""

    table: ClassVar[str] = "contact_points"
    title: ClassVar[str] = "Way to reach"

    person_id: int | None = link("Person", "people")
    kind: str = code("Kind", "contact_kind", default="mobile", required=True)
    value: str = text("Number or address", searched=True, looks="phone")
    safe: str = code("Safe?", "safe", required=True)
    times: str = text(
        "Safe times", "For example Mon-Fri 09:30-14:30; Sat 10-12; not Wed", reads="safe_times"
    )
    words: str = text("Words to use", "What to say if somebody else answers.")
    checked: date | None = day("Last checked still safe")


@dataclass(slots=True)
class Property(Record):
    """The home, its tenure and who may decide about it (domain section 2, Tenure & legal)."""

    table: ClassVar[str] = "properties"
    title: ClassVar[str] = "Home"

    address: str = long("Address", limit=400, searched=True)
    postcode: str = text("Postcode", searched=True, looks="postcode")
    confidential: str = yes_no(
        "Address is confidential", "Masked everywhere; never sent without a recorded reason."
    )
    kind: str = code("Kind of home", "property_kind")
    floor: str = text("Floor")
    tenure: str = code("Tenure", "tenure")
    tenancy: str = code("Tenancy", "tenancy")
    named_parties: str = code("Tenancy or title names", "named_parties", "Gate G3.")
    evidence: str = code("Tenure evidence", "evidence")
    home_rights: str = yes_no(
        "Spouse with home rights", "A spouse off the title may still have rights: gate G3."
    )
    leasehold: str = yes_no("Leasehold")
    landlord_id: int | None = organisation("Landlord")
    agent_id: int | None = organisation("Letting agent")
    freeholder_id: int | None = organisation("Freeholder or block manager")
    mortgagee: str = text("Mortgage lender")
    common_parts: str = yes_no("Shared entrance", "A communal door is another owner's: gate G9.")
    fire_door: str = yes_no("Entrance is a fire door")
    police_marker: str = code("Police address marker", "police_marker")
    marker_review: date | None = day("Review the marker")
    current: str = yes_no("Home where the works are", default="yes")
    moved_out: date | None = day("Moved out on")
    tenure_notes: str = long("Notes on tenure", searched=True, limit=2000)


@dataclass(slots=True)
class SafeAddress(Record):
    """A confidential address, apart from everything else and shown only for a reason (domain 8)."""

    table: ClassVar[str] = "safe_addresses"
    title: ClassVar[str] = "Confidential address"

    person_id: int | None = link("Person", "people")
    address: str = long("Address", klass="protected", limit=400)
    postcode: str = text("Postcode", klass="protected", looks="postcode")
    since: date | None = day("Since", klass="protected")
    area: str = text("New area", "The council or MARAC it belongs to.", klass="protected")


@dataclass(slots=True)
class Organisation(Record):
    """An organisation the scheme deals with (domain section 2, Contact/org)."""

    table: ClassVar[str] = "organisations"
    title: ClassVar[str] = "Organisation"

    name: str = text("Name", searched=True, required=True)
    kind: str = code("Kind", "org_kind", default="other")
    phone: str = text("Phone", looks="phone")
    email: str = text("Email")
    secure_email: str = yes_no("Secure email")
    address: str = long("Address", limit=400)
    accredited: str = yes_no("DAHA accredited")
    note: str = long("Notes", limit=2000)
    accreditation: str = text("Other accreditation", "Its name, where it is not DAHA's.")
    accreditation_level: str = text("Level of accreditation")
    accredited_on: date | None = day("Accredited on")
    accredited_until: date | None = day(
        "Accredited until", "Today tells some weeks before, as the settings say."
    )
    training: str = text("Training", "In domestic abuse: what, and for whom.")
    trained_on: date | None = day("Trained on")


@dataclass(slots=True)
class Contact(Record):
    """A person at an organisation (domain section 2, Contact/org)."""

    table: ClassVar[str] = "contacts"
    title: ClassVar[str] = "Contact"

    organisation_id: int | None = organisation("Organisation")
    name: str = text("Name", searched=True)
    job: str = text("Job")
    phone: str = text("Phone", looks="phone")
    email: str = text("Email")
    safe_method: str = text("Best way to reach")
    last_used: date | None = day("Last used")
    conflict: str = text(
        "Knows a perpetrator?", "Say the case; the case is then flagged.", klass="protected"
    )
    group_role: str = text("Role in the working group", "Blank: no member of it.")


@dataclass(slots=True)
class RiskAssessment(Record):
    """A DASH or other assessment: 24 answers or only a score (domain section 3)."""

    table: ClassVar[str] = "risk_assessments"
    title: ClassVar[str] = "Risk assessment"

    assessed: date | None = day("Date", required=True)
    tool: str = code("Tool", "risk_tool", default="safelives_dash")
    assessor: str = text("Assessed by (role)")
    answers: str = text(
        "24 answers", "y, n, d (don't know) or . (blank) for each question", klass="case", limit=24
    )
    score: int | None = whole(
        "Score",
        "0 to 24; counted from the answers when they are given.",
        low=0,
        high=24,
        klass="case",
    )
    judgement: str = yes_no("Professional judgement: high", "Always open, whatever the score.")
    judgement_reason: str = long("Reason for judgement", limit=500, searched=True)
    police_reports: int | None = whole("Police reports in 12 months", low=0, high=365)
    survivor_fear: str = long("Survivor's own view", limit=500, searched=True)
    review_due: date | None = day("Review due", "6 to 8 weeks, and after any incident.")


@dataclass(slots=True)
class LegalOrder(Record):
    """An order, notice or condition that bears on the home (domain section 2, Legal order)."""

    table: ClassVar[str] = "legal_orders"
    title: ClassVar[str] = "Order"

    kind: str = code("Kind", "order_type", default="nmo", required=True)
    applied: date | None = day("Applied for")
    made: date | None = day("Made")
    served: date | None = day("Served")
    expiry: date | None = day(
        "Expires", "Its last day; until further order: the day to look at it again."
    )
    excludes: str = yes_no(
        "Excludes from the home",
        "An occupation order or DAPO that excludes opens gate G3 until it expires.",
    )
    arrest: str = yes_no("Power of arrest")
    area_note: str = text("Area or conditions")
    breaches: int | None = whole("Breaches", low=0, high=999)
    advice: str = long(
        "Legal advice recorded",
        "Any other order alone needs this and a manager's sign-off.",
        limit=2000,
        searched=True,
    )
    signed_off_by: str = text("Signed off by")
    hearing: date | None = day("Next hearing", "The survivor's plan is gone through before it.")
