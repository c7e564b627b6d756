"""Other words by which people look for an answer of a code list; what is kept is the code alone."""

from __future__ import annotations

from typing import Final

SYNONYMS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "route": {
        "self": ("survivor", "victim", "herself", "himself", "themselves", "walk-in"),
        "police": ("officer", "constable", "PPU", "DAIT", "999", "101"),
        "da_service": (
            "domestic abuse service",
            "IDVA",
            "ISVA",
            "DAPA",
            "outreach",
            "refuge",
            "helpline",
            "Women's Aid",
        ),
        "council_housing": (
            "housing options",
            "homelessness",
            "housing officer",
            "local authority",
            "district council",
            "ALMO",
        ),
        "ha": ("HA", "registered provider", "RP", "RSL", "landlord, social"),
        "social_care": (
            "social services",
            "social worker",
            "children's services",
            "adult services",
            "adult social care",
            "safeguarding",
            "MASH",
            "early help",
            "family hub",
        ),
        "health": (
            "GP",
            "A&E",
            "NHS",
            "hospital",
            "doctor",
            "surgery",
            "nurse",
            "midwife",
            "health visitor",
            "ambulance",
            "mental health",
            "CMHT",
        ),
        "probation": ("offender manager", "NPS", "HMPPS", "prison"),
        "marac": ("multi-agency meeting",),
        "other": (
            "school",
            "college",
            "nursery",
            "solicitor",
            "charity",
            "friend",
            "family",
            "neighbour",
            "employer",
            "Citizens Advice",
            "food bank",
            "fire service",
            "landlord, private",
        ),
    },
}
"""By code list and code. A school is no route of its own in what is returned: it is an other."""

_AS_WRITTEN: Final[dict[str, dict[str, str]]] = {
    "yes_no": {
        "yes": "y, yes, yep, yeah, true, t, 1, ✓, ✔, ☑, √, tick, ticked, yes., y/yes, confirmed",
        "no": "n, no, nope, false, f, 0, ✗, ✘, ☒, ☐, none, n/no, no.",
    },
    "route": {
        "self": "self ref, self referral, self referred, s/r",
        "police": "pol, PVP, public protection, neighbourhood policing, SNT, DAO",
        "da_service": "da serv, women's aid, womens aid, DV service, DA support, DASS",
        "council_housing": "council, housing, hsg, hsg options, LA, homeless team",
        "ha": "hsg assoc, housing ass, RSL, housing provider, hsg association",
        "social_care": "csc, children's social care, childrens services, asc, SSD, SW",
        "health": "nhs trust, midwifery, HV, health visiting",
        "probation": "NPS, prob, CRC",
    },
    "referral_consent": {
        "full": "y, yes, consent given, given",
        "refused": "n, no, declined",
    },
    "urgency": {
        "emergency": "emerg, immediate, same day, 24h, 24 hours, p1, red",
        "urgent": "urg, priority, high priority, 48h, 48 hours, p2, amber",
        "standard": "std, normal, routine, non urgent, low, p3, green",
    },
    "gender": {
        "woman": "f, female, w, fem",
        "man": "m, male",
        "trans_woman": "mtf, transwoman",
        "trans_man": "ftm, transman",
        "non_binary": "nb, enby, nonbinary",
        "prefer_not": "pns, prefer not to say, declined to say",
    },
    "ethnicity": {
        "white_british": (
            "wb, white brit, british, white british english, w1, white - british, english, white "
            "english"
        ),
        "white_irish": "irish, w2",
        "white_gypsy": "gypsy, traveller, irish traveller, gypsy roma traveller, grt",
        "white_roma": "roma",
        "white_other": (
            "white other, other white, w9, white european, polish, any other white background"
        ),
        "mixed_wbc": "white and black caribbean, m1",
        "mixed_wba": "white and black african, m2",
        "mixed_wa": "white and asian, m3",
        "mixed_other": "mixed, other mixed, m9, any other mixed background",
        "asian_indian": "indian, a1, british indian",
        "asian_pakistani": "pakistani, a2, british pakistani",
        "asian_bangladeshi": "bangladeshi, a3, british bangladeshi",
        "asian_chinese": "chinese, o1",
        "asian_other": "other asian, a9, any other asian background",
        "black_african": "african, b2, black african",
        "black_caribbean": "caribbean, b1, black caribbean",
        "black_other": "other black, b9, any other black background",
        "prefer_not": "pns, prefer not to say, refused, declined to say",
    },
    "orientation": {
        "heterosexual": "straight, hetero",
        "gay_lesbian": "gay, lesbian",
        "bisexual": "bi",
        "prefer_not": "pns, prefer not to say",
    },
    "disability": {
        "none": "n, no, none known, nil",
        "mobility": "physical, wheelchair, wheelchair user, mobility issues",
        "deaf": "deaf, hearing, hearing impaired, hoh, hard of hearing",
        "sight": "blind, visual, visually impaired, vi",
        "learning": "ld, learning disability, learning difficulties, learning difficulty",
        "neurodivergent": "autism, autistic, asd, adhd",
        "mental_health": "mh, depression, anxiety, ptsd, mental ill health",
        "long_term": "long term condition, ltc, chronic illness, epilepsy, ms",
    },
    "communication": {
        "none": "n, no, nil",
        "bsl": "british sign language, sign language",
        "text_only": "texts only, text",
        "interpreter": "interp, interpreter needed, translator, esol",
    },
    "support_characteristic": {
        "none": "no, n, nil",
        "drug": "drugs, substance misuse, substances",
        "alcohol": "alc",
        "mental_health": "mh, mental health",
        "ex_offender": "offender, ex offender, offending",
    },
    "safe": {
        "yes": (
            "y, safe to call, safe to ring, safe to contact, ok to call, ok, ok to ring, safe "
            "number, yes safe, safe"
        ),
        "text_only": "text, texts only, text only, txt only, sms only, only text, text first",
        "no_voicemail": "no voicemail, no vm, no messages, no voicemails, no message",
        "times": "certain times, set times, at certain times, specific times",
        "never": (
            "n, no, not safe, do not call, do not contact, don't call, never, do not ring, not "
            "safe to call, no contact, do not use, dnc"
        ),
        "unsafe": "unsafe",
    },
    "contact_arrangement": {
        "none": "n, no, nil",
        "supervised": "contact centre, supervised contact",
        "handover": "handovers, third party handover",
        "unsupervised": "unsupervised contact, direct contact",
        "court_pending": "court, family court, awaiting court, cafcass",
    },
    "relationship": {
        "partner": (
            "husband, wife, boyfriend, girlfriend, bf, gf, spouse, current partner, fiance, civil "
            "partner"
        ),
        "ex_partner": (
            "ex, ex husband, ex wife, ex boyfriend, ex girlfriend, ex bf, ex gf, ex p, ex "
            "partner, former partner, estranged husband, ex spouse, estranged partner, estranged "
            "wife"
        ),
        "parent": "father, mother, dad, mum, stepfather, step father, step dad",
        "child": "son, daughter, adult son, adult child, adult daughter, stepson",
        "sibling": "brother, sister, half brother",
        "other_family": (
            "uncle, cousin, family, in law, brother in law, nephew, father in law, grandson, "
            "family member, extended family"
        ),
    },
    "has_keys": {
        "yes": "y, yes, has key",
        "no": "n, no, none",
        "returned": "handed back, given back",
        "suspected": "maybe, possibly, poss",
    },
    "whereabouts": {
        "custody": "prison, remand, on remand, remanded, inside, hmp, custody",
        "bail_address": "bail, on bail, bailed",
        "licence": "licence, released on licence, approved premises, ap",
        "local": "local, in area, nearby",
        "elsewhere": "out of area, ooa, moved away, abroad",
    },
    "risk_tool": {
        "safelives_dash": "dash, dash ric, caada dash, ric, safelives, idva dash",
        "police_dash": "vist, police, dash police",
    },
    "risk_band": {
        "high": "h, high risk, hr, red, vhr, very high",
        "medium": "m, med, medium risk, mr, amber, mod, moderate",
        "standard": "s, std, standard risk, low, l, sr, green, low risk",
    },
    "tenure": {
        "council": (
            "c, la, local authority, council tenant, council tenancy, lac, council housing, "
            "council house, council property, local auth, cncl"
        ),
        "ha": (
            "ha, h/a, h a, hsg assoc, housing ass, housing assoc, rsl, rp, hsg ass, h assoc, "
            "registered provider, social landlord, ha tenant, housing association tenant, hsg "
            "association, housing association tenancy"
        ),
        "prs": (
            "pr, private, private rent, private landlord, private tenant, p/r, private rental, "
            "privately rented, pvt, pvt rent, priv rent, private let, pvt rented, priv rented, "
            "ast, private rented sector, private tenancy"
        ),
        "owner": (
            "owner, own, owner occ, owner occupier, o/o, oo, owned, home owner, owned outright, "
            "homeowner, own home, freehold"
        ),
        "mortgage": "mortgaged, mortgagor, mortgage, buying with mortgage",
        "shared_owner": "shared ownership, s/o, part buy, part rent part buy",
    },
    "tenancy": {
        "assured_periodic": "ast, periodic, assured shorthold, apt",
        "assured": "assured, assured tenancy",
        "secure": "secure, secure tenancy, sec",
        "introductory": "intro, introductory tenancy, starter, probationary",
        "licence": "licensee, license",
        "none": "none, owner",
    },
    "named_parties": {
        "survivor_sole": (
            "sole, sole tenant, sole tenancy, victim only, victim sole, survivor sole, sole "
            "survivor, sole owner, client only, client sole, own name"
        ),
        "joint": (
            "joint, joint with perp, joint tenancy, joint tenants, joint owner, joint with ap, "
            "jt, joint with ex"
        ),
        "perpetrator_sole": "perp sole, perp only, sole perp, perpetrator sole, ap only",
        "third_party": "parents, family member, third party, friend",
    },
    "evidence": {
        "seen": "y, yes, received, provided, seen",
        "asked": "requested, asked, awaiting, awaited",
        "none": "n, no, none",
    },
    "police_marker": {
        "none": "n, no, none",
        "asked": "requested, asked for, applied for, pending",
        "yes": "y, yes, in place, on, stormed, placed, active",
        "removed": "removed, off",
    },
    "property_kind": {
        "house": (
            "terrace, terraced, semi, semi detached, detached, mid terrace, end terrace, terraced "
            "house, semi detached house"
        ),
        "flat": "apartment, ground floor flat, studio, gff, flat/apartment",
        "maisonette": "mais",
        "bungalow": "bung",
        "hmo": "room, bedsit, shared house",
    },
    "order_type": {
        "nmo": "non mol, non molestation, non-mol, nmo, non molestation order",
        "occupation": "occ order, occupation, oo, occ",
        "dapn": "dvpn, dapn",
        "dapo": "dvpo, dapo",
        "restraining": "ro, restraining, r/o",
        "bail": "bail, police bail, court bail, conditional bail, bail conds",
        "licence": "licence, licence conds",
        "spo": "stalking order, spo",
        "prohibited_steps": "pso, prohibited steps",
        "cpn": "cpn",
        "tenancy_transfer": "transfer of tenancy, tenancy transfer",
        "ntq": "ntq",
    },
    "consent_state": {
        "not_needed": "not required, not needed, owner occupier",
        "drafting": "to do, not yet asked, not asked yet, to be requested, to request",
        "survivor_ok_to_contact": "survivor ok, ok to contact ll",
        "sent": (
            "requested, asked, awaiting, awaited, pending, email sent, letter sent, awaiting "
            "response, awaiting reply, chased, waiting, emailed"
        ),
        "silent": "no reply, no response",
        "granted": (
            "y, yes, given, agreed, received, approved, ok, consented, rec'd, recd, obtained, "
            "consent given"
        ),
        "granted_conditional": "conditional, agreed with conditions, yes with conditions",
        "refused": "n, no, declined, refused, denied, not given",
    },
    "decision_kind": {
        "private_landlord": "private, landlord, ll, private ll",
        "council": "council, la",
        "ha": "ha, hsg assoc, housing assoc, rp",
        "managing_agent": "agent, letting agent, lettings agent, agency",
        "mortgagee": "lender, bank, building society",
    },
    "measure_state": {
        "proposed": "recommended, identified, suggested",
        "approved": "agreed",
        "ordered": "on order, booked, raised",
        "fitted": "done, installed, complete, completed, in place, y, yes, issued",
        "faulty": "broken, fault",
        "declined": "refused, not wanted",
        "removed": "taken out, taken down",
    },
    "fund": {
        "part4": "part four, pt 4, da duty, new burdens, safe accommodation, da act",
        "hpg": "hpg, homelessness prevention, prevention fund, fhsg",
        "hra": "hra, housing revenue",
        "ha": "ha, hsg assoc, housing assoc, rp, recharge to ha",
        "pcc": "pcc, opcc, opfcc, police and crime",
        "core": "core, general fund, council, gf, revenue",
        "charity": "charity, charitable, grant",
    },
    "spend_state": {
        "committed": "ordered, po raised, raised, quoted",
        "invoiced": "inv, invoice received",
        "paid": "y, yes, pd, settled",
    },
    "visit_outcome": {
        "booked": "appointment made, arranged, confirmed",
        "done": "complete, completed, attended, y, yes",
        "part": "partial, part complete, partially done, return visit needed",
        "no_access": "not in, no answer, dna",
        "cancelled_by_them": "cancelled by client, client cancelled, cancelled",
        "cancelled_by_us": "cancelled by us, contractor cancelled",
    },
    "support_answer": {
        "offered": "offered, referred",
        "accepted": "y, yes, engaging, engaged, accepted",
        "declined": "n, no, refused, not wanted",
        "already": "already supported, existing, already open, already engaged",
    },
    "support_end": {
        "no_longer_needed": "not needed, no longer required, completed",
        "planned": "planned end",
        "unplanned": "disengaged, lost contact",
    },
    "support_type": {
        "advocacy": "idva",
        "children": "child, childrens worker, children",
        "counselling": "therapy, counselling",
        "advice": "legal, financial, debt advice",
    },
    "check_outcome": {
        "done": "complete, completed, y, yes",
        "no_answer": "no reply, voicemail, no response, not answered",
        "declined": "refused, does not want",
    },
    "feels_safer": {
        "1": "much less safe",
        "3": "the same, same, no change",
        "5": "much safer, safer, a lot safer",
    },
    "listing_type": {
        "repeat": "rep, r",
        "new": "n, first",
        "emergency": "emerg",
    },
    "close_outcome": {
        "secured": (
            "complete, completed, secured, works complete, property secured, home secured, works "
            "completed, successful, all works done"
        ),
        "declined": (
            "declined, client declined, victim declined, survivor declined, refused works, "
            "withdrew, client withdrew, not wanted"
        ),
        "unsafe": "too high risk, not safe to remain, unsafe",
        "perp_resident": (
            "perp still there, perp in property, perp resident, reconciled, perp back in property"
        ),
        "legal_bar": "joint tenancy, no legal right",
        "consent_refused": "ll refused, landlord refused, no ll consent, refused by ll",
        "passed_to_ha": "ha to do, passed to ha, referred to ha, ha doing own works",
        "out_of_area": "ooa, out of area, not in district",
        "no_contact": (
            "unable to contact, utc, no response, lost contact, no reply, could not contact, "
            "unable to make contact"
        ),
        "moved": "moved, rehoused, moved out, moved away, refuge, moved to refuge, re-housed",
        "duplicate": "dup, duplicate",
    },
    "close_reason": {
        "no_longer_needed": "not needed, no longer required, complete, completed",
        "lost_contact": "unable to contact, no contact, disengaged",
        "with_perpetrator": "reconciled, back with perp",
    },
    "stage": {
        "": "open, live, active, ongoing, current, in progress, on going",
        "referral": "new, referral received, received, referred",
        "triage": "contacting, awaiting contact, attempting contact, triaged",
        "risk_support": "awaiting dash, risk assessment",
        "legal": "awaiting legal, legal advice, awaiting order",
        "survey": (
            "awaiting survey, survey booked, to be surveyed, awaiting visit, survey, survey "
            "arranged, doco visit booked"
        ),
        "consent": (
            "awaiting consent, awaiting ll consent, consent requested, with ll, awaiting "
            "landlord, awaiting landlord consent, ll consent, with landlord"
        ),
        "approval": "awaiting approval, awaiting funding, quote received, awaiting quote",
        "installation": (
            "works ordered, awaiting works, awaiting install, works booked, awaiting "
            "installation, ordered, job raised, with contractor, works raised"
        ),
        "aftercare": (
            "fitted, installed, works done, awaiting review, follow up, secured, works complete, "
            "works completed"
        ),
        "closed": "nfa, withdrawn, cancelled, closed - complete, case closed, c",
    },
    "measures": {
        "1": "attack alarm, personal alarm, rape alarm, panic alarm, pa alarm",
        "2": "door wedge, wedge alarm, door wedge alarm, alarmed wedge",
        "3": "window alarms, window shock alarm, window contact alarm, shock alarm",
        "4": "door alarm, door chime, door contact alarm",
        "5": "door jammer, door brace, dualok, jammer",
        "6": "timer light, timer switch, plug in timer, light timer",
        "7": "hollie guard, safety app",
        "8": "tecsos, tec sos, alarm phone",
        "9": (
            "euro cylinder, euro lock, thumbturn cylinder, thumb turn, thumbturn, anti snap lock, "
            "anti snap cylinder, cylinder change, barrel change"
        ),
        "10": "rim nightlatch, night latch, nightlatch, yale lock, rim lock",
        "11": (
            "mortice lock, mortice deadlock, mortise lock, 5 lever mortice lock, mortise "
            "deadlock, 5 lever lock, deadlock"
        ),
        "12": "multipoint lock, upvc mechanism, multi point lock, upvc door mechanism",
        "15": "hinge bolts",
        "16": "door chain, door limiter, chain",
        "17": "door viewer, spy hole, spyhole, peep hole, peephole",
        "18": "bolt, door bolts, top and bottom bolts, slide bolts",
        "19": (
            "letterbox cowl, letterbox restrictor, letterbox guard, letterbox cover, letter box "
            "restrictor, letter box cowl, letterplate restrictor"
        ),
        "20": "window locks, sash stops, window lock, sash jammers",
        "21": "window restrictor, window restrictors, child restrictor",
        "22": "security film, window film, safety film",
        "23": "new door, door set, replacement door, pas 24 door, front door replacement",
        "24": "patio lock, patio door lock, anti lift",
        "25": "gate lock, side gate lock",
        "26": "fencing, fence, trellis, fence panels",
        "27": "security gate, grille",
        "28": "polycarbonate",
        "29": "shed lock, garage lock, shed padlock",
        "30": "hedge cut, cut back hedge",
        "31": "dusk to dawn, dusk till dawn light, dusk til dawn light",
        "32": (
            "pir light, security light, floodlight, sensor light, security lighting, external "
            "light, pir"
        ),
        "33": "video doorbell, ring doorbell, doorbell camera, doorbell, blink doorbell",
        "34": "cctv camera, cameras, cctv cameras",
        "35": "burglar alarm, house alarm",
        "36": "property marking, smartwater, tamper stickers",
        "37": "entryphone, video entry, door entry, intercom",
        "38": "smoke alarm, smoke detector, smoke alarms, heat alarm, smoke detectors",
        "40": (
            "letterbox bag, fire retardant letterbox, fireproof letterbox, fire retardant bag, "
            "fire bag, letterbox fire bag, fire letterbox"
        ),
        "41": "external letterbox, external post box, letterbox sealed, post box",
        "42": "escape ladder, fire ladder, escape plan",
        "43": "co detector, carbon monoxide alarm, co alarm",
        "44": (
            "hfsv, home fire safety visit, fire safety visit, fire service visit, safe and well "
            "visit"
        ),
        "45": "safe room, panic room, sanctuary room",
    },
}

WRITTEN: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    codes: {code: tuple(words.split(", ")) for code, words in answers.items()}
    for codes, answers in _AS_WRITTEN.items()
}
"""Other spellings of the same, as spreadsheets have them: read at an import, not offered in a form.

By code list and code, as in ``SYNONYMS``; ``measures`` go by catalogue number. The empty code says
nothing of its list: an open case may be in any stage.
"""
