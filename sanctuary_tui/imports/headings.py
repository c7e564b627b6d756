"""Titles that trackers give their columns, by the target they stand for."""

from __future__ import annotations

from typing import Final

_TITLES: Final[dict[str, str]] = {
    "case.old_ref": (
        "client no, client number, client ref, ref, ref no, reference, case ref, case no, case "
        "number, case id, our ref, sanctuary ref, sanctuary no, id, unique id, ID number, log no, "
        "job ref, referral no, file ref, scheme ref, URN"
    ),
    "case.received": (
        "date received, received, ref rec'd, referral received, date of referral, referral date, "
        "date referred, ref date, date ref rec'd, date recd, date in, rec'd, date opened, date "
        "case opened, start date, referred on, open date, date of ref, date referral received, "
        "opened"
    ),
    "case.route": (
        "referral source, source, referred by, referrer, route, referring agency, source of "
        "referral, ref source, agency, referral agency, ref by, ref from, referral route, "
        "referred from, referral from"
    ),
    "case.referrer_org": (
        "referrer organisation, referring organisation, referrer org, referrer team"
    ),
    "case.referrer_name": (
        "referrer name, name of referrer, referring officer, ref officer, referrers name, "
        "referring worker"
    ),
    "case.referrer_contact": (
        "referrer contact, referrer phone, referrer email, referrer tel, referrer contact "
        "details, referrers email, referring officer contact"
    ),
    "case.referral_consent": (
        "consent to referral, consent to refer, client consent, survivor consent, victim consent, "
        "consent to share, consent signed"
    ),
    "case.acknowledged": (
        "date acknowledged, acknowledged, ack sent, referrer acknowledged, ack date"
    ),
    "case.reason": (
        "reason for referral, referral reason, circumstances, background, summary, case summary, "
        "details of abuse, incident details, brief circumstances"
    ),
    "case.urgency": "urgency, priority, urgent, priority level, timescale",
    "case.area": "ward, area, district, locality, parish, patch, town",
    "case.in_district": "in district, in area, local connection",
    "case.conflict_flag": "conflict of interest, conflict, staff connection, coi",
    "case.choice_made": (
        "wants to stay, client wants to stay, wishes to remain, survivor wants to remain, wants "
        "sanctuary, choice to remain"
    ),
    "case.contact_rule": (
        "safe contact, contact instructions, contact notes, safe contact details, contact "
        "preferences, how to contact, safe contact method, contact info, preferred contact, "
        "contact method"
    ),
    "case.contact_times": (
        "safe times, safe time to call, best time to call, safe times to call, safe time, when to "
        "call, best time, safe time to contact"
    ),
    "case.code_word": "code word, codeword, password, safe word, safeword",
    "case.approved_by": "approved by, authorised by, signed off by, sign off",
    "case.approved_on": "date approved, approval date, approved, date authorised, funding approved",
    "case.pets": "pets, dogs, dog, animals",
    "case.next_action": (
        "next action, next steps, next step, outstanding, to do, action needed, actions "
        "outstanding, action required, outstanding actions"
    ),
    "case.next_due": (
        "next action due, chase date, next review, action by, review date, bring up, diary date, "
        "b/f date"
    ),
    "case.hclic_ref": "hclic, h-clic ref, housing options ref, jigsaw ref",
    "case.stage": (
        "status, stage, case status, current status, current position, position, open/closed, "
        "case stage, progress, RAG status, open or closed"
    ),
    "survivor.name": (
        "name, victim name, vic name, victim, survivor, survivor name, client, client name, "
        "applicant, applicant name, full name, tenant, tenant name, service user, su name, name "
        "of victim, name of client, customer name, vic, victims name, clients name, name of "
        "applicant, complainant, customer"
    ),
    "survivor.first_name": (
        "first name, forename, given name, forename(s), christian name, fname, victim first name, "
        "client first name, firstname, vic forename"
    ),
    "survivor.surname": (
        "surname, last name, family name, victim surname, client surname, lname, lastname, vic "
        "surname"
    ),
    "survivor.aliases": "aka, alias, also known as, aliases, maiden name, other names, known as",
    "survivor.dob": (
        "dob, d.o.b, date of birth, birth date, victim dob, vic dob, client dob, survivor dob, d "
        "o b, born, victim date of birth"
    ),
    "survivor.gender": "gender, sex, m/f, victim gender, client gender",
    "survivor.ethnicity": (
        "ethnicity, ethnic origin, ethnic group, ethnic, race, victim ethnicity, ethnic background"
    ),
    "survivor.orientation": "sexual orientation, sexuality, orientation, lgbt, lgbtq, lgbtq+",
    "survivor.disability": (
        "disability, disabled, disabilities, health needs, disability y/n, disability type"
    ),
    "survivor.communication": (
        "communication need, communication needs, interpreter, interpreter needed, accessibility "
        "needs, access needs"
    ),
    "survivor.language": (
        "language, first language, preferred language, main language, spoken language"
    ),
    "survivor.characteristics": "support needs, additional needs, vulnerabilities, complex needs",
    "survivor.pregnant": "pregnant, pregnancy, expecting",
    "survivor.nrpf": "nrpf, no recourse, no recourse to public funds, recourse to public funds",
    "survivor.gp": "gp, gp surgery, doctor, gp practice",
    "survivor.employer": "employer, workplace, place of work",
    "survivor.occupation": "occupation, job, employment",
    "survivor.safe_to_talk_to": "safe to talk to, trusted contact",
    "survivor.not_safe_to_tell": "not safe to tell, do not disclose to",
    "contact.phones": (
        "phone, telephone, tel, tel no, phone no, phone number, mobile, mob, mobile number, "
        "mobile no, contact number, contact no, contact tel, mob no, contact details, home phone, "
        "landline, safe number, safe phone, safe tel, victim phone, client tel, survivor mobile, "
        "vic tel, number, victim mobile, telephone number, phone numbers, victim contact number, "
        "contact, safe contact no"
    ),
    "contact.email": "email, e-mail, email address, client email, victim email, survivor email",
    "contact.safe": (
        "safe to contact, safe to call, safe to ring, safe to phone, safe to text, ok to call, "
        "safe y/n, is it safe to call, safe to contact?, safe to leave message, safe number y/n, "
        "contact safe, safe"
    ),
    "contact.words": "what to say, who to say is calling, cover story, words to use",
    "perpetrator.name": (
        "perp, perpetrator, perp name, perpetrator name, ap, ap name, suspect, alleged "
        "perpetrator, offender, abuser, name of perpetrator, suspect name, alleged perp, perps "
        "name, name of perp, ex partner name, respondent, offender name, person causing harm, "
        "perp details, abuser name"
    ),
    "perpetrator.first_name": (
        "perp first name, perpetrator first name, ap forename, perp forename, perpetrator "
        "forename, suspect forename, ap first name"
    ),
    "perpetrator.surname": (
        "perp surname, perpetrator surname, ap surname, suspect surname, perpetrator last name, "
        "perp last name"
    ),
    "perpetrator.aliases": "perp aka, perp alias, perpetrator alias, ap aliases",
    "perpetrator.dob": (
        "perp dob, perpetrator dob, ap dob, suspect dob, dob of perp, perp d.o.b, perpetrator "
        "date of birth, alleged perpetrator dob, offender dob"
    ),
    "perpetrator.gender": "perp gender, perpetrator sex, ap gender",
    "perpetrator.relationship": (
        "relationship, relationship to victim, relationship to survivor, rel to victim, "
        "relationship to perp, relation, perp relationship, relationship to client, relationship "
        "to ap, relationship to perpetrator"
    ),
    "perpetrator.address": (
        "perp address, perpetrator address, ap address, suspect address, perp addr, address of "
        "perp, perps address"
    ),
    "perpetrator.still_resident": (
        "perp at address, perp living there, perp resident, perpetrator resident, perp still at "
        "property, ap living at address, perp in property, does perp live at property, perp still "
        "there, perpetrator living at property"
    ),
    "perpetrator.has_keys": (
        "perp has keys, keys, has keys, perp keys, ap has keys, keys held by perp"
    ),
    "perpetrator.whereabouts": (
        "perp whereabouts, perp location, whereabouts, ap whereabouts, perp status, where is "
        "perp, perpetrator location"
    ),
    "perpetrator.release_date": (
        "release date, prison release, date of release, perp release date, bail end, bail to, "
        "bail date"
    ),
    "perpetrator.weapons": "weapons, weapon, access to weapons, firearms",
    "perpetrator.vehicle": "vehicle, car, perp vehicle, perp car, vrm",
    "perpetrator.mappa": "mappa, mappa level, mappa y/n",
    "child.names": (
        "children, child, kids, dependants, children's names, names of children, children names "
        "and ages, children in household, child details, dependents, children details, number of "
        "children, no of children, no. children, no kids, childrens names and dobs, children "
        "(names & ages), child names, # children, children at address, how many children"
    ),
    "child.ages": (
        "ages, children ages, ages of children, childrens ages, child ages, age of kids, kids "
        "ages, child age"
    ),
    "child.school": "school, schools, nursery, children's school",
    "home.address": (
        "address, property address, victim address, home address, client address, full address, "
        "property, vic address, addr, current address, survivor address, address 1, address line "
        "1, street, property to be secured, house no and street, address and postcode, address "
        "line 2, tenant address"
    ),
    "home.postcode": (
        "postcode, post code, pcode, p/code, pc, post-code, property postcode, victim postcode, zip"
    ),
    "home.confidential": (
        "address confidential, confidential, confidential address, address restricted"
    ),
    "home.kind": (
        "property type, type of property, house/flat, dwelling type, house type, prop type, "
        "accommodation type"
    ),
    "home.floor": "floor, floor level, which floor",
    "home.tenure": (
        "tenure, tenure type, housing tenure, h/a, council/ha/private, ten, ownership, housing "
        "type, tenure (council/ha/prs/oo), type of tenure"
    ),
    "home.tenancy": "tenancy type, type of tenancy, tenancy, ten type",
    "home.named_parties": (
        "tenancy in name of, named on tenancy, joint/sole, sole/joint, joint tenancy, sole or "
        "joint, whose tenancy, tenancy name, names on tenancy, sole or joint tenant, sole/joint "
        "tenancy"
    ),
    "home.evidence": (
        "proof of tenancy, tenancy evidence, tenancy agreement seen, tenancy checked, proof of "
        "tenure, evidence of tenure"
    ),
    "home.mortgagee": "mortgage lender, mortgagee, lender, mortgage company",
    "home.common_parts": (
        "communal door, shared entrance, communal entrance, communal, shared access"
    ),
    "home.police_marker": (
        "police marker, marker, address marker, police flag, treat as urgent, tau, storm marker, "
        "tau marker, marker on address, 999 marker, stop marker"
    ),
    "home.moved_out": "date moved, moved out, date moved out",
    "landlord.name": (
        "landlord/agent, landlord / letting agent, landlord, ll, landlord name, name of landlord, "
        "ll name, registered provider, ha name, rp, housing provider, landlord/ha, name of ha, "
        "housing association, rsl, housing association name, landlords name, landlord details"
    ),
    "landlord.phone": (
        "landlord phone, landlord tel, ll tel, landlord contact, ll phone, landlord number, ll "
        "contact, landlord contact no, landlord mobile"
    ),
    "landlord.email": "landlord email, ll email, ha email",
    "landlord.address": "landlord address, ll address",
    "agent.name": (
        "agent, letting agent, managing agent, lettings agent, estate agent, letting agency, "
        "agent name"
    ),
    "agent.phone": "agent phone, agent tel, agent contact, letting agent tel",
    "agent.email": "agent email, letting agent email",
    "risk.assessed": (
        "dash date, date of dash, risk assessment date, ra date, date of risk assessment, ric "
        "date, date dash completed, dash completed"
    ),
    "risk.tool": "risk tool, assessment tool, dash type, risk assessment",
    "risk.assessor": "assessed by, dash by, dash completed by",
    "risk.score": (
        "risk, dash, dash score, ric, ric score, risk score, score, no of ticks, ticks, dash ric "
        "score, dash/ric, dash total, dash ticks"
    ),
    "risk.band": (
        "dash, risk, risk level, dash risk, risk band, risk rating, h/m/s, high/med/std, level of "
        "risk, risk category, dash level, risk h/m/s, risk grading"
    ),
    "risk.judgement": "professional judgement, prof judgement, pj, professional judgment",
    "risk.police_reports": (
        "police reports, incidents in 12 months, police call outs, no of incidents, police "
        "incidents, number of police reports"
    ),
    "risk.review_due": "risk review, dash review, risk review due",
    "order.kind": (
        "bail conditions, bail conditions/orders, order/bail, order, orders, order type, civil "
        "order, court order, legal order, injunction, type of order, orders in place, bail/order, "
        "injunction type, non mol/occupation, legal orders"
    ),
    "order.made": (
        "order date, date of order, order granted, nmo date, injunction date, date order made, "
        "date order granted"
    ),
    "order.served": "date served, served, order served",
    "order.expiry": (
        "order expiry, order expires, nmo expiry, order end date, expiry date, order until, "
        "injunction expiry, expiry of order, nmo expires"
    ),
    "order.excludes": (
        "occupation order, excludes from property, exclusion, exclusion zone, excluded from home"
    ),
    "order.arrest": "power of arrest, poa",
    "order.hearing": "court date, next hearing, hearing date, hearing",
    "consent.state": (
        "landlord consent, ll consent, ll permission, landlord permission, consent, landlords "
        "consent, consent given, consent y/n, landlord agreed, ha consent, consent from landlord, "
        "permission, consent status, ll consent y/n, landlord approval, consent received, "
        "landlord consent given"
    ),
    "consent.sent_on": (
        "consent requested, date consent requested, ll contacted, landlord contacted, consent "
        "sent, date ll emailed, permission requested, date landlord contacted, date ll contacted, "
        "ll consent requested, consent request date, landlord consent requested, date sent to "
        "landlord"
    ),
    "consent.answered_on": (
        "consent, ll consent, landlord consent, consent date, date consent given, date of "
        "consent, ll consent date, date consent received, consent granted, date consent granted, "
        "ll consent rec'd, landlord consent date, permission granted, date ll consent, ll consent "
        "received"
    ),
    "consent.granted_by": "consent given by, consent from, granted by",
    "consent.conditions": "consent conditions, landlord conditions",
    "consent.refusal_reason": "reason consent refused, reason for ll refusal",
    "survey.done_on": (
        "survey date, date of survey, date surveyed, surveyed, doco visit, security survey, crime "
        "prevention visit, cpo visit, assessment date, survey done, doco visit date, date of "
        "visit, home visit date, visit date, survey completed, date of assessment, cpo visit "
        "date, security survey date"
    ),
    "survey.surveyor": (
        "surveyor, surveyed by, survey by, doco, cpo, assessing officer, crime prevention "
        "officer, visit by, survey carried out by"
    ),
    "survey.no_works": "no works needed, no works required",
    "survey.wishes": "survivor wishes, client wishes, survivors wishes",
    "survey.disrepair_note": "disrepair, repairs needed, property condition",
    "measure.proposed": (
        "measures recommended, recommended works, works required, work required, measures needed, "
        "measures required, recommendations, works needed, security needed, items required, "
        "proposed works, measures proposed, equipment needed, security measures required, "
        "schedule of works, works recommended"
    ),
    "measure.name": (
        "measures, measures fitted, works, works done, work done, works completed, security "
        "measures, items fitted, equipment fitted, target hardening, measures installed, "
        "installed, equipment, works carried out, items, fitted, locks fitted, security works, "
        "what was fitted, work carried out, measures provided"
    ),
    "measure.fitted_on": (
        "date secured, date fitted, date installed, fit date, fitted on, works date, date of "
        "install, install date, date completed, completion date, date of works, works completed "
        "date, date works completed, installation date, secured, date work done, date works done, "
        "date measures fitted, job completed, fitted date, date property secured, date work "
        "completed, works complete"
    ),
    "measure.fitted_by": (
        "contractor, fitted by, installer, locksmith, installed by, works by, handyperson, "
        "carried out by, contractor name, fitter, handyman"
    ),
    "measure.cost": "cost of measures, cost of works, measure cost, works cost, equipment cost",
    "visit.on": (
        "survey booked, visit booked, appointment, appointment date, survey appointment, survey "
        "booked for, appt, appt date, date survey booked, visit booked for"
    ),
    "install.on": (
        "install booked, works booked, fitting booked, date works booked, job booked, "
        "installation booked, booked for, fit booked, works booked for, date booked"
    ),
    "visit.outcome": "visit outcome, outcome of visit, survey outcome, appt outcome",
    "support.provider": (
        "support provider, da service, support service, da support, support agency, supporting "
        "agency, specialist service, support org"
    ),
    "support.worker": (
        "idva, support worker, caseworker, key worker, idva name, outreach worker, keyworker, "
        "idva worker, worker, idva/support worker, name of idva, case worker, support worker "
        "name, da worker"
    ),
    "support.offered": "support offered, date support offered",
    "support.answer": (
        "support offered, support accepted, support status, engaging with support, support y/n, "
        "accepted support, engaged with support, support taken up"
    ),
    "support.start": "support start, support started, support start date",
    "support.ended": "support end, support ended, support end date",
    "support.types": "support type, type of support, types of support",
    "plan.made": "safety planning, safety plan, safety plan date, safety plan done",
    "check.h48": "48h check, 48hr call, 48 hour check, 48hr follow up, 48 hr check, 48hrs",
    "check.weeks3": "3 week check, 3wk check, 3 week call, 3 wk follow up, three week check",
    "check.m3": (
        "3 month check, 3 month review, 3m check, 3 mth review, three month review, 3 month "
        "follow up, 3m review, 3 mth check, 3 month f/up"
    ),
    "check.m6": (
        "6 month check, 6 month review, 6m check, 6 mth review, six month review, 6 month follow "
        "up, 6m review, 6 mth check, 6 month f/up"
    ),
    "check.m12": (
        "12 month check, 12 month review, 12m check, 12 mth review, annual review, 12 month "
        "follow up, 12m review, twelve month review"
    ),
    "check.done_on": (
        "follow up date, aftercare date, follow up call, date of follow up, aftercare, aftercare "
        "call, date followed up, follow-up, aftercare check, f/up date"
    ),
    "check.outcome": "follow up outcome, aftercare outcome, check outcome",
    "check.feels_safer": "feels safer, feel safer, feeling safer, safer (1-5), feels safer score",
    "check.still_home": "still at address, still in property, still there",
    "marac.meeting": (
        "marac, heard at marac, marac date, date of marac, marac meeting, marac meeting date, "
        "marac heard, marac on, date heard at marac"
    ),
    "marac.marac_ref": "marac ref, marac number, marac no, marac id",
    "marac.referred": "referred to marac, marac referral date",
    "marac.listing_type": "marac type, new/repeat, marac new or repeat",
    "marac.outcome": "marac outcome, marac actions, marac notes",
    "marac.victim_aware": "victim aware of marac, aware of marac",
    "marac.listed": "marac, marac y/n, heard at marac, marac case, marac referral, marac?",
    "closure.closed_on": (
        "date closed, closed, closed on, closure date, case closed, date case closed, closing "
        "date, end date, date of closure, close date"
    ),
    "closure.outcome": (
        "outcome, closure outcome, case outcome, result, final outcome, closing outcome, outcome "
        "of case"
    ),
    "closure.reason": (
        "reason closed, closure reason, reason for closure, reason for closing, why closed, "
        "closed reason"
    ),
    "closure.still_home": "still at address at close, remained in home",
    "closure.letter_sent": "closure letter, closing letter sent, letter sent",
    "spend.gross": (
        "cost, total cost, cost inc vat, price, amount, invoice amount, spend, gross, total inc "
        "vat, cost (£), total, invoice total, actual cost, £, paid, total spend, cost incl vat, "
        "cost £, cost to council, final cost, gross cost, total cost inc vat, price inc vat"
    ),
    "spend.net": (
        "net, cost ex vat, net cost, cost exc vat, cost excl vat, price ex vat, net amount, total "
        "ex vat, cost before vat"
    ),
    "spend.vat": "vat, vat amount, of which vat",
    "spend.fund": (
        "fund, budget, funding, funded by, funding source, paid by, paid from, budget code, "
        "funding stream, who paid, cost code"
    ),
    "spend.on": "invoice date, date paid, date invoiced, payment date",
    "spend.invoice_ref": "invoice, invoice no, invoice number, inv no, invoice ref, inv",
    "spend.order_ref": (
        "order no, po, po number, purchase order, order number, po no, works order, job no, job "
        "number, works order no"
    ),
    "spend.state": "invoice paid, payment status, paid y/n, invoiced",
    "note.body": (
        "notes, comments, comment, remarks, update, updates, note, other info, additional info, "
        "further info, case notes, any other info, actions taken, general notes, other, "
        "additional information, latest update, info, history, progress notes, narrative, "
        "chronology, misc"
    ),
}

HEADINGS: Final[dict[str, tuple[str, ...]]] = {
    key: tuple(titles.split(", ")) for key, titles in _TITLES.items()
}
"""As people write them; ``columns`` compares them loosely."""
