"""Code lists: every enumeration a record may hold, with the words a person reads.

Sources: the field lists of the domain reference (sections 1 to 8), which name for each the guidance
it comes from. ``not_known`` (asked, no answer) and ``not_asked`` differ, and every list that
records a fact about somebody has both.
"""

from __future__ import annotations

from typing import Final

from config.codes_money import MONEY
from config.codes_partners import PARTNERS
from config.codes_rights import RIGHTS

UNKNOWN: Final = {"not_known": "Not known", "not_asked": "Not asked"}

UNANSWERED: Final = (*UNKNOWN, "")
"""What a field holds that nobody has answered: a blank is not "no" (domain section 3)."""


def _facts(**codes: str) -> dict[str, str]:
    return {**codes, **UNKNOWN}


STAGES: Final[dict[str, str]] = {
    "referral": "Referral",
    "triage": "Triage",
    "risk_support": "Risk & support",
    "legal": "Legal",
    "survey": "Survey",
    "consent": "Consent",
    "approval": "Approval",
    "installation": "Installation",
    "aftercare": "Aftercare",
    "closed": "Closed",
}
"""The pathway's stages in order: code to title (design section 5)."""

STAGE_SHORT: Final[dict[str, str]] = {
    "referral": "REFERRAL",
    "triage": "TRIAGE",
    "risk_support": "RISK",
    "legal": "LEGAL",
    "survey": "SURVEY",
    "consent": "CONSENT",
    "approval": "APPROVAL",
    "installation": "INSTALL",
    "aftercare": "AFTERCARE",
    "closed": "CLOSED",
}

CONSENT_STATES: Final[dict[str, str]] = {
    "not_needed": "Not needed",
    "drafting": "Drafting",
    "survivor_ok_to_contact": "Survivor agreed to contact",
    "sent": "Sent",
    "acknowledged": "Acknowledged",
    "with_owner": "With owner",
    "silent": "Silent",
    "escalated": "Escalated",
    "eh_offered": "Env. Health offered",
    "eh_referred": "Env. Health referred",
    "granted": "Granted",
    "granted_conditional": "Granted, conditions",
    "refused": "Refused",
    "withdrawn": "Withdrawn",
    "expired": "Expired",
}
"""States of a consent request (domain section 5)."""

REMINDER_LIVE: Final = ("open", "snoozed")
"""States of a reminder in which something is still to be done."""
CONSENT_OPEN: Final = frozenset(
    {
        "drafting",
        "survivor_ok_to_contact",
        "sent",
        "acknowledged",
        "with_owner",
        "silent",
        "escalated",
        "eh_offered",
        "eh_referred",
    }
)
"""States in which somebody still has to answer."""

CONSENT_WAITING: Final = frozenset(
    {"sent", "acknowledged", "with_owner", "silent", "escalated", "eh_offered", "eh_referred"}
)
"""States in which the request has left us: the chase clock runs."""

RISK_BANDS: Final[dict[str, str]] = {
    "high": "High",
    "medium": "Medium",
    "standard": "Standard",
    "not_known": "No score",
}

CODES: Final[dict[str, dict[str, str]]] = {
    "stage": STAGES,
    "consent_state": CONSENT_STATES,
    "yes_no": _facts(yes="Yes", no="No"),
    "route": _facts(
        self="Self",
        police="Police",
        da_service="DA service",
        council_housing="Council housing",
        ha="Housing association",
        social_care="Social care",
        health="Health",
        probation="Probation",
        marac="MARAC",
        other="Other",
    ),
    "referral_consent": _facts(
        full="Full", partial="Partial", shared_lawfully="None: shared lawfully", refused="Refused"
    ),
    "urgency": {"emergency": "Emergency", "urgent": "Urgent", "standard": "Standard"},
    "emergency_trigger": _facts(
        release="Release within 72 hours",
        weapon="Weapon or threat to kill",
        breach="Breach at the address",
        located="Perpetrator has located the address",
    ),
    "scheme_type": {
        "full": "Full scheme",
        "security_only": "Security only",
        "undetermined": "Not yet determined",
    },
    "status": {"open": "Open", "closed": "Closed"},
    "role": {
        "survivor": "Survivor",
        "perpetrator": "Perpetrator",
        "child": "Child",
        "household": "Other in household",
        "associate": "Associate of the perpetrator",
    },
    "gender": _facts(
        woman="Woman",
        man="Man",
        trans_woman="Trans woman",
        trans_man="Trans man",
        non_binary="Non-binary",
        other="Other",
        prefer_not="Prefers not to say",
    ),
    "ethnicity": _facts(
        white_british="White: British",
        white_irish="White: Irish",
        white_gypsy="White: Gypsy or Irish Traveller",
        white_roma="White: Roma",
        white_other="White: other",
        mixed_wbc="Mixed: White and Black Caribbean",
        mixed_wba="Mixed: White and Black African",
        mixed_wa="Mixed: White and Asian",
        mixed_other="Mixed: other",
        asian_indian="Asian: Indian",
        asian_pakistani="Asian: Pakistani",
        asian_bangladeshi="Asian: Bangladeshi",
        asian_chinese="Asian: Chinese",
        asian_other="Asian: other",
        black_african="Black: African",
        black_caribbean="Black: Caribbean",
        black_other="Black: other",
        arab="Arab",
        other="Other",
        prefer_not="Prefers not to say",
    ),
    "orientation": _facts(
        heterosexual="Heterosexual",
        gay_lesbian="Gay or lesbian",
        bisexual="Bisexual",
        other="Other",
        prefer_not="Prefers not to say",
    ),
    "disability": _facts(
        none="None",
        mobility="Mobility",
        deaf="Deaf or hearing",
        sight="Sight",
        learning="Learning",
        neurodivergent="Neurodivergent",
        mental_health="Mental health",
        long_term="Long-term illness",
        other="Other",
    ),
    "communication": _facts(
        none="None",
        bsl="BSL",
        text_only="Text only",
        interpreter="Interpreter",
        easy_read="Easy read",
        large_print="Large print",
    ),
    "support_characteristic": _facts(
        none="None",
        drug="Drug support",
        alcohol="Alcohol support",
        mental_health="Mental health support",
        ex_offender="Ex-offender",
    ),
    "contact_kind": {
        "phone": "Phone",
        "mobile": "Mobile",
        "email": "Email",
        "letter": "Letter",
        "via": "Through somebody else",
    },
    "safe": _facts(
        yes="Safe",
        text_only="Text only",
        no_voicemail="Safe, no voicemail",
        times="Safe at set times",
        never="Never use",
        unsafe="Reported unsafe",
    ),
    "contact_arrangement": _facts(
        none="No contact",
        supervised="Supervised",
        handover="Handover elsewhere",
        unsupervised="Unsupervised",
        court_pending="Court pending",
    ),
    "relationship": _facts(
        partner="Partner",
        ex_partner="Ex-partner",
        parent="Parent",
        child="Child",
        sibling="Sibling",
        other_family="Other family",
    ),
    "has_keys": _facts(
        yes="Has keys", no="No keys", returned="Keys returned", suspected="Suspected"
    ),
    "whereabouts": _facts(
        custody="In custody",
        bail_address="Bail address",
        licence="On licence",
        local="Lives locally",
        elsewhere="Lives elsewhere",
    ),
    "risk_tool": _facts(
        safelives_dash="SafeLives DASH", police_dash="Police DASH", dara="DARA", other="Other"
    ),
    "tenure": _facts(
        council="Council",
        ha="Housing association",
        prs="Private rented",
        owner="Owner, outright",
        mortgage="Owner, mortgage",
        shared_owner="Shared owner",
        other="Other",
    ),
    "tenancy": _facts(
        assured_periodic="Assured periodic",
        assured="Assured",
        secure="Secure",
        introductory="Introductory",
        licence="Licence",
        none="None (owner)",
    ),
    "named_parties": _facts(
        survivor_sole="Survivor alone",
        joint="Joint with perpetrator",
        joint_other="Joint with somebody else",
        perpetrator_sole="Perpetrator alone",
        third_party="Third party",
    ),
    "evidence": _facts(seen="Seen", asked="Asked for", none="None"),
    "police_marker": _facts(
        none="None", asked="Asked", yes="In place", removal_asked="Removal asked", removed="Removed"
    ),
    "property_kind": _facts(
        house="House", flat="Flat", maisonette="Maisonette", bungalow="Bungalow", hmo="Room in HMO"
    ),
    "order_type": {
        "nmo": "Non-molestation order",
        "occupation": "Occupation order",
        "dapn": "Domestic abuse protection notice",
        "dapo": "Domestic abuse protection order",
        "restraining": "Restraining order",
        "bail": "Bail conditions",
        "licence": "Licence conditions",
        "spo": "Stalking protection order",
        "prohibited_steps": "Prohibited steps order",
        "cpn": "Community protection notice",
        "tenancy_transfer": "Tenancy transfer",
        "ntq": "Notice to quit",
    },
    "part": {"dwelling": "Dwelling", "common_parts": "Common parts"},
    "decision_kind": _facts(
        private_landlord="Private landlord",
        council="Council landlord",
        ha="Housing association",
        freeholder="Freeholder",
        managing_agent="Managing agent",
        mortgagee="Mortgage lender",
    ),
    "asked_by": {"survivor": "Survivor asks", "scheme": "Scheme asks", "referrer": "Referrer asks"},
    "channel": {
        "phone": "Phone",
        "text": "Text",
        "email": "Email",
        "letter": "Letter",
        "in_person": "In person",
        "portal": "Portal",
        "video": "Video",
    },
    "consent_event": {
        "sent": "Request sent",
        "chase": "Chased",
        "auto_reply": "Automatic reply",
        "acknowledged": "Acknowledged",
        "forwarded": "Agent forwarded to owner",
        "question": "Question asked",
        "answer_granted": "Answer: granted",
        "answer_conditional": "Answer: granted with conditions",
        "answer_refused": "Answer: refused",
        "owner_details": "Owner's details asked for",
        "escalated": "Escalated to manager",
        "eh_offered": "Environmental Health offered",
        "eh_referred": "Referred to Environmental Health",
        "withdrawn": "Withdrawn",
        "note": "Note",
    },
    "competency": _facts(
        doco="Designing-out-crime officer",
        crime_prevention="Crime prevention officer",
        council="Council surveyor",
        contractor="Contractor",
        fire_service="Fire service",
        remote="Remote, with the survivor",
    ),
    "entry_kind": {
        "front_door": "Front door",
        "back_door": "Back door",
        "side_door": "Side door",
        "patio": "Patio doors",
        "window": "Window",
        "communal_door": "Communal door",
        "gate": "Gate",
        "garage": "Garage or shed",
        "letterbox": "Letterbox",
        "other": "Other",
    },
    "condition": _facts(good="Good", worn="Worn", fail="Fails"),
    "escape": _facts(
        two_routes="Two routes out",
        one_route="One route out",
        window="By an escape window",
        none="No safe route",
    ),
    "measure_state": {
        "proposed": "Proposed",
        "approved": "Approved",
        "ordered": "Ordered",
        "fitted": "Fitted",
        "faulty": "Faulty",
        "declined": "Declined",
        "removed": "Removed",
    },
    **MONEY,
    **PARTNERS,
    "visit_kind": {
        "survey": "Survey",
        "install": "Installation",
        "repair": "Repair",
        "removal": "Removal",
        "aftercare": "Aftercare",
    },
    "gender_pref": _facts(none="No preference", woman="Woman worker", man="Man worker"),
    "visit_outcome": {
        "booked": "Booked",
        "done": "Done",
        "part": "Part done",
        "no_access": "No access",
        "cancelled_by_us": "Cancelled by us",
        "cancelled_by_them": "Cancelled by them",
        "unsafe": "Unsafe, left",
    },
    "support_answer": _facts(
        offered="Offered, no answer yet",
        accepted="Accepted",
        declined="Declined",
        already="Already has",
    ),
    "support_end": _facts(
        no_longer_needed="Support no longer needed",
        planned="Planned",
        unplanned="Unplanned",
        other_safe="Other safe accommodation",
        with_perpetrator="Moved in with perpetrator",
        evicted="Asked to leave or evicted",
    ),
    "support_type": {
        "general": "General",
        "advocacy": "Advocacy",
        "prevention": "DA prevention advice",
        "specialist": "Specialist",
        "children": "Children's",
        "housing": "Housing-related",
        "advice": "Financial and legal advice",
        "counselling": "Counselling and therapy",
    },
    "plan_area": {
        "home": "Home",
        "digital": "Digital",
        "children": "Children",
        "travel": "Travel",
        "devices": "Using the measures",
        "breach": "What to do at a breach",
    },
    "incident_kind": {
        "contact": "Unwanted contact",
        "attended": "Came to the address",
        "attempt": "Tried to get in",
        "entry": "Got in",
        "damage": "Damage",
        "threat": "Threat",
        "assault": "Assault",
        "online": "Online or by phone",
        "moved_near": "Perpetrator moved near",
        "call999": "999 call",
        "leak": "Address became known",
        "returned": "Survivor came back",
        "child_contact": "New contact arrangement",
        "household": "New partner or pregnancy",
        "landlord": "Landlord selling or coming in",
        "other": "Other",
    },
    "entry_gained": _facts(no="No", attempt="Attempted", yes="Yes"),
    "incident_evidence": _facts(
        none="None", doorbell="Doorbell footage", cctv="CCTV", witness="Witness", other="Other"
    ),
    "cadence": _facts(
        standard="48 h, 3 weeks, 3, 6 and 12 months",
        light="3 and 6 months only",
        monthly="Monthly for six months",
        no_calls="No calls",
    ),
    "check_kind": {
        "h48": "48-hour check",
        "weeks3": "3-week check",
        "m3": "3-month check",
        "m6": "6-month check",
        "m12": "12-month check",
        "monthly": "Monthly check",
        "extra": "Extra check",
    },
    "check_outcome": {
        "done": "Done",
        "no_answer": "No answer",
        "declined": "Declined",
        "unsafe": "Not safe to ask",
    },
    "feels_safer": {"1": "1 much less safe", "2": "2", "3": "3 the same", "4": "4", "5": "5 safer"},
    "close_outcome": {
        "secured": "Secured and settled",
        "declined": "Declined by survivor",
        "unsafe": "Unsafe to stay",
        "perp_resident": "Perpetrator resident",
        "legal_bar": "Legal bar",
        "consent_refused": "Consent refused",
        "passed_to_ha": "Passed to housing association scheme",
        "out_of_area": "Out of area",
        "no_contact": "No contact",
        "perpetrator_referral": "Referral was for the perpetrator",
        "moved": "Moved",
        "duplicate": "Duplicate of another case",
    },
    "close_reason": _facts(
        no_longer_needed="Support no longer needed",
        declined="Declined",
        moved_planned="Moved, planned",
        moved_unplanned="Moved, unplanned",
        other_safe="Other safe accommodation",
        with_perpetrator="Moved in with perpetrator",
        lost_contact="Lost contact",
        died="Died",
        other="Other",
    ),
    "listing_type": {
        "new": "New",
        "repeat": "Repeat",
        "transfer": "Transfer",
        "update": "Update",
        "emergency": "Emergency",
    },
    "criterion": {
        "VHR": "Visible high risk",
        "PJ": "Professional judgement",
        "ESC": "Potential escalation",
        "REP": "Repeat",
    },
    "repeat_event": _facts(
        contact="Contact",
        bail_breach="Breach of bail",
        order_breach="Breach of order",
        dispute="Dispute",
        other="Other",
    ),
    "victim_aware": _facts(yes="Yes", no="No"),
    "share_consent": _facts(given="Given", refused="Refused", not_safe="Not safe to ask"),
    "share_basis": _facts(
        public_task="Public task: Art 6(1)(e), Art 9(2)(g)",
        vital_interests="Vital interests: Art 6(1)(d)",
        consent="Consent: Art 6(1)(a)",
        safeguarding="Safeguarding: DPA 2018 Sch 1 para 18",
        crime_disorder="Crime and Disorder Act 1998 s115",
    ),
    "transfer_way": _facts(
        secure_email="Secure email",
        protected_file="Protected file, passphrase by phone",
        portal="Secure portal",
        by_hand="By hand",
    ),
    "meeting_result": {"heard": "Heard", "deferred": "Deferred", "withdrawn": "Withdrawn"},
    "listing_state": {
        "draft": "On the list",
        "sent": "Sent",
        "heard": "Heard",
        "deferred": "Deferred",
        "withdrawn": "Withdrawn",
    },
    "action_state": {
        "open": "Open",
        "done": "Done",
        "not_possible": "Not possible",
        "reassigned": "Reassigned",
    },
    "org_kind": {
        "police": "Police",
        "council": "Council",
        "ha": "Housing association",
        "landlord": "Landlord",
        "agent": "Letting agent",
        "freeholder": "Freeholder or block manager",
        "contractor": "Contractor",
        "da_service": "DA service",
        "health": "Health",
        "social_care": "Social care",
        "probation": "Probation",
        "marac": "MARAC",
        "fire": "Fire service",
        "other": "Other",
    },
    "note_kind": {
        "note": "Note",
        "call": "Call",
        "tried": "Rang, no answer",
        "text": "Text",
        "email": "Email",
        "visit": "Visit",
        "agency": "Somebody else",
        "legal_advice": "Legal advice",
        "done": "Done",
        "correction": "Correction",
    },
    "contact_way": {
        "out": "Survivor contacted",
        "in": "Survivor got in touch",
        "earlier": "Survivor contacted earlier",
        "emergency": "Outside the safe times, in an emergency",
        "other": "Somebody else",
    },
    "voice_kind": {
        "call": "Call",
        "tried": "Rang, no answer",
        "text": "Text",
        "email": "Email",
        "visit": "Visit",
        "note": "Letter, or through somebody else",
    },
    "silent_kind": {
        "text": "Text",
        "email": "Email",
        "visit": "Visit",
        "note": "Letter, or through somebody else",
    },
    "check_by": {
        "call": "Call",
        "text": "Text",
        "email": "Email",
        "visit": "Visit",
        "note": "Letter, or through somebody else",
    },
    "other_kind": {"agency": "Somebody else", "legal_advice": "Legal advice", "note": "Note"},
    "reminder_state": {
        "open": "Open",
        "done": "Done",
        "snoozed": "Snoozed",
        "dismissed": "Dismissed",
        "gone": "No longer applies",
    },
    "connected_kind": _facts(
        staff="Council or scheme staff",
        contractor="Contractor or firm",
        marac="Attends the MARAC",
        landlord="Landlord or agent",
        partner="Works for another agency",
        other="Other",
    ),
    "recipient": {
        "marac": "MARAC coordinator",
        "internal": "This council, need to know",
        "landlord": "Landlord or agent",
        "contractor": "Contractor",
        "survivor": "Survivor",
        "referrer": "Referrer",
        "other_marac": "Another MARAC",
        "benefits": "Housing Benefit or Universal Credit office",
        "subject": "Person the records are about",
        "county": "County or partners, for a return",
    },
    **RIGHTS,
    "protection": {
        "xlsx": "Protected workbook (.xlsx)",
        "zip": "Encrypted archive (.zip)",
        "csv": "Plain CSV files",
        "document": "Plain document (.docx, .txt or .html)",
        "outside": "Sent outside this program",
    },
    "gate": {
        "G1": "Choice",
        "G2": "Residence",
        "G3": "Legal rights",
        "G4": "Consent",
        "G5": "Fire and escape",
        "G6": "Disrepair",
        "G7": "Contractor safety",
        "G8": "Support",
        "G9": "Communal doors",
        "G10": "Children",
    },
    "override_gate": {
        "G3": "Legal rights",
        "G4": "Consent",
        "G5": "Fire and escape",
        "G7": "Contractor safety",
        "G8": "Support",
        "G9": "Communal doors",
        "referral": "Leaving referral",
        "risk_support": "Leaving risk",
        "legal": "Leaving legal",
        "survey": "Leaving survey",
        "approval": "Leaving approval",
        "installation": "Leaving installation",
        "aftercare": "Leaving aftercare",
        "namesake": "Namesake",
        "same_name": "Landlord with the same name",
    },
    "hold_kind": {
        "court": "Court or a claim",
        "death_review": "Domestic abuse related death review",
        "complaint": "Complaint or appeal",
        "inquiry": "Inquiry or audit",
        "access": "Subject access request",
        "other": "Other",
    },
    "kept_papers": {"file": "The file", "marac": "MARAC papers"},
    "disposal_state": {"begun": "Erased, not yet proved", "proved": "Erased and proved"},
}


LIST_PROTECTION: Final = tuple(
    code for code in CODES["protection"] if code not in ("document", "outside")
)
"""How a list may be protected on its way; the others are ways of their own, never chosen for one.
"""


NO_ABUSE: Final = frozenset(
    {"moved_near", "leak", "returned", "child_contact", "household", "landlord"}
)
"""Incident kinds that change the risk without being abuse: no repeat for the MARAC."""


def label(codes: str, code: str | None) -> str:
    """The words for ``code`` in the list named ``codes``; the code itself if the list lacks it."""
    if not code:
        return ""
    return CODES[codes].get(code, code)


def labels(codes: str, joined: str | None) -> str:
    """The words for a ``;``-joined set of codes, comma separated."""
    return ", ".join(label(codes, code) for code in split(joined))


def split(joined: str | None) -> tuple[str, ...]:
    """The codes in a ``;``-joined set."""
    return tuple(part for part in (joined or "").split(";") if part)
