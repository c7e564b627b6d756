"""Made-up trackers: titles as coordinators write them, synthetic values, what each column is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from sanctuary_tui.demodata import names
from sanctuary_tui.demodata.timeline import Dice
from sanctuary_tui.imports.sheets import Cell, Heading, Row, Sheet, letter_of

TODAY = date(2026, 11, 26)
ROWS = 40
Make = Callable[[Dice], str | date | int]


def typed(value: str | date | int) -> Cell:
    """A cell as the reader gives it: text from a CSV, or what the workbook typed."""
    if isinstance(value, str):
        return Cell(value, value) if value else Cell("")
    text = value.strftime("%d/%m/%Y") if isinstance(value, date) else str(value)
    return Cell(text, value)


def sheet_of(titles: list[str], rows: list[list[str | date | int]], name: str = "Cases") -> Sheet:
    """A sheet with its titles in row 1."""
    headings = tuple(Heading(place, letter_of(place), title) for place, title in enumerate(titles))
    made = tuple(Row(at, tuple(typed(one) for one in row)) for at, row in enumerate(rows, 2))
    return Sheet(name, False, 1, headings, made, ())


def person(dice: Dice) -> str:
    return f"{names.first_name(dice, '', man=False)} {names.surname(dice, '')}"


def man(dice: Dice) -> str:
    return f"{names.surname(dice, '').upper()}, {names.first_name(dice, '', man=True)}"


def day(dice: Dice) -> date:
    return TODAY - timedelta(days=dice.whole(1, 900))


def written_day(dice: Dice) -> str:
    found = day(dice)
    return f"{found.day}/{found.month}/{found:%y}"


def ahead(dice: Dice) -> date:
    return TODAY + timedelta(days=dice.whole(1, 90))


def birth(dice: Dice) -> date:
    return TODAY - timedelta(days=dice.whole(19 * 365, 70 * 365))


def of(*answers: str) -> Make:
    return lambda dice: dice.pick(answers)


def cost(dice: Dice) -> str:
    return f"£{dice.whole(20, 900)}.{dice.whole(0, 99):02}"


def number(low: int, high: int) -> Make:
    return lambda dice: dice.whole(low, high)


def home(dice: Dice) -> str:
    return names.address(dice)


def full_home(dice: Dice) -> str:
    return f"{names.address(dice)}, {names.postcode(dice)}"


def children(dice: Dice) -> str:
    some = [f"{dice.pick(names.CHILDREN)} {dice.whole(1, 15)}" for _ in range(dice.whole(1, 3))]
    return ", ".join(some)


def firm(dice: Dice) -> str:
    return dice.pick(("Thorne Lettings", "Fairholm HA", "Ostbrook Homes", "Pell Housing"))


def worker(dice: Dice) -> str:
    return person(dice)


measures = of("London bar, door chain", "Euro cylinder", "2 x window locks; PIR light", "Spyhole")
words = of("Rang, no answer.", "Wants a woman to fit.", "Dog in the garden", "Waiting for keys")
yes_no = of("Y", "N", "Yes", "No", "")
band = of("High", "Med", "Std")
tenure = of("Council", "HA", "PRS", "O/O")
status = of("Open", "Closed", "Fitted", "Awaiting survey")
source = of("Police", "IDVA", "Self", "Housing Options")

TRACKERS: dict[str, list[tuple[str, str | None, Make]]] = {
    "plain": [
        ("Ref No.", "case.old_ref", number(100, 999)),
        ("Date Ref Rec'd", "case.received", day),
        ("Referred by", "case.route", source),
        ("Victim Name", "survivor.name", person),
        ("D.O.B.", "survivor.dob", birth),
        ("Address", "home.address", home),
        ("Post Code", "home.postcode", names.postcode),
        ("Contact Tel. No", "contact.phones", names.mobile),
        ("Safe to call? (Y/N)", "contact.safe", yes_no),
        ("Perp", "perpetrator.name", man),
        ("Perp DOB", "perpetrator.dob", birth),
        ("Rel. to victim", "perpetrator.relationship", of("Ex", "Husband", "Son")),
        ("Kids", "child.names", children),
        ("Tenure", "home.tenure", tenure),
        ("LL Consent", "consent.state", of("Yes", "Awaiting", "No", "N/A")),
        ("Date Surveyed", "survey.done_on", day),
        ("Works", "measure.name", measures),
        ("Date Secured", "measure.fitted_on", day),
        ("Cost inc VAT", "spend.gross", cost),
        ("Comments", "note.body", words),
    ],
    "council": [
        ("Case Number", "case.old_ref", number(1000, 2000)),
        ("Referral Date", "case.received", written_day),
        ("Referring Agency", "case.route", source),
        ("Client Forename", "survivor.first_name", of("Marisel", "Tovina", "Keldra")),
        ("Client Surname", "survivor.surname", lambda dice: names.surname(dice, "")),
        ("Client DOB", "survivor.dob", birth),
        ("Gender", "survivor.gender", of("F", "M")),
        ("Ethnicity", "survivor.ethnicity", of("White British", "Indian", "Polish")),
        ("Property Address", "home.address", home),
        ("Postcode", "home.postcode", names.postcode),
        ("Ward", "case.area", of("Ostbrook", "Pell", "Marlhurst")),
        ("Mobile", "contact.phones", names.mobile),
        ("E-mail address", "contact.email", lambda dice: names.email(person(dice))),
        ("Tenure Type", "home.tenure", tenure),
        ("Name of Landlord", "landlord.name", firm),
        ("Landlord's email", "landlord.email", lambda dice: names.email(firm(dice))),
        ("DASH Score", "risk.score", number(2, 22)),
        ("Risk Level", "risk.band", band),
        ("MARAC Date", "marac.meeting", day),
        ("Status", "case.stage", status),
        ("Date Closed", "closure.closed_on", day),
        ("Outcome", "closure.outcome", of("Completed", "Declined", "Moved")),
        ("Notes", "note.body", words),
    ],
    "police": [
        ("URN", "case.old_ref", number(10000, 99999)),
        ("Date of referral", "case.received", day),
        ("Officer referring", "case.referrer_name", worker),
        ("Vic name", "survivor.name", person),
        ("Vic DoB", "survivor.dob", birth),
        ("Vic address", "home.address", full_home),
        ("Vic tel", "contact.phones", names.mobile),
        ("AP name", "perpetrator.name", man),
        ("AP DoB", "perpetrator.dob", birth),
        ("AP address", "perpetrator.address", home),
        ("Relationship", "perpetrator.relationship", of("Ex-partner", "Partner", "Brother")),
        ("Bail conditions / orders", "order.kind", of("NMO", "Bail conditions", "RO")),
        ("Order expiry date", "order.expiry", ahead),
        ("Weapons Y/N", "perpetrator.weapons", yes_no),
        ("RIC score", "risk.score", number(3, 23)),
        ("Marker on address", "home.police_marker", of("Y", "N", "Requested")),
        ("CPO visit", "survey.done_on", day),
        ("Recommendations", "measure.proposed", measures),
        ("Date fitted", "measure.fitted_on", day),
        ("Other info", "note.body", words),
    ],
    "bare": [
        ("Name", "survivor.name", person),
        ("DOB", "survivor.dob", birth),
        ("Phone", "contact.phones", names.mobile),
        ("Address", "home.address", full_home),
        ("Perpetrator", "perpetrator.name", man),
        ("DOB", "perpetrator.dob", birth),
        ("Address", "perpetrator.address", home),
        ("No. of children", "child.names", number(0, 4)),
        ("Ages", "child.ages", of("3, 5", "7", "2 and 9")),
        ("Landlord", "landlord.name", firm),
        ("Consent date", "consent.answered_on", day),
        ("Install date", "measure.fitted_on", day),
        ("Items fitted", "measure.name", measures),
        ("Total cost", "spend.gross", cost),
        ("IDVA", "support.worker", worker),
        ("Update", "note.body", words),
    ],
    "money": [
        ("Case ID", "case.old_ref", number(1, 400)),
        ("Surname", "survivor.surname", lambda dice: names.surname(dice, "")),
        ("First Name(s)", "survivor.first_name", of("Hesper", "Isolde", "Jorrie")),
        ("Street", "home.address", home),
        ("PCode", "home.postcode", names.postcode),
        ("Contractor", "measure.fitted_by", of("Brindle Locks", "Ostbrook Handyperson")),
        ("PO Number", "spend.order_ref", number(70000, 79999)),
        ("Invoice No", "spend.invoice_ref", number(300, 999)),
        ("Invoice date", "spend.on", day),
        ("Net", "spend.net", cost),
        ("VAT", "spend.vat", cost),
        ("Gross", "spend.gross", cost),
        ("Budget", "spend.fund", of("Part 4", "HPG", "HRA")),
        ("Works completed", "measure.fitted_on", day),
        ("Work done", "measure.name", measures),
    ],
    "landlords": [
        ("Our ref", "case.old_ref", number(1, 99)),
        ("Tenant name", "survivor.name", person),
        ("Tenant's phone no.", "contact.phones", names.mobile),
        ("Property", "home.address", full_home),
        ("Property type", "home.kind", of("House", "Flat", "Maisonette")),
        ("Sole/Joint tenancy", "home.named_parties", of("Sole", "Joint")),
        ("Tenancy type", "home.tenancy", of("Secure", "Introductory", "AST")),
        ("Landlord / HA", "landlord.name", firm),
        ("LL tel", "landlord.phone", names.landline),
        ("Letting agent", "agent.name", firm),
        ("Date LL contacted", "consent.sent_on", day),
        ("LL consent Y/N", "consent.state", yes_no),
        ("Date consent received", "consent.answered_on", day),
        ("Communal door?", "home.common_parts", yes_no),
        ("Works required", "measure.proposed", measures),
        ("Priority", "case.urgency", of("Urgent", "Standard", "Emergency")),
        ("Works booked for", "install.on", ahead),
        ("Remarks", "note.body", words),
    ],
    "aftercare": [
        ("Sanctuary ref", "case.old_ref", number(1, 300)),
        ("Service user", "survivor.name", person),
        ("Preferred language", "survivor.language", of("English", "Polish", "Urdu")),
        ("Interpreter needed", "survivor.communication", of("Interpreter", "None")),
        ("Disability", "survivor.disability", of("None", "Mobility", "Mental health")),
        ("NRPF", "survivor.nrpf", yes_no),
        ("Safe contact details", "case.contact_rule", words),
        ("Support worker", "support.worker", worker),
        ("Support provider", "support.provider", of("Marlhurst Outreach", "Pell IDVA service")),
        ("Date property secured", "measure.fitted_on", day),
        ("48hr call", "check.h48", day),
        ("3 month review", "check.m3", day),
        ("6 mth follow up", "check.m6", day),
        ("12 month review", "check.m12", day),
        ("Feels safer (1-5)", "check.feels_safer", of("3", "4", "5")),
        ("Reason for closure", "closure.reason", of("Declined", "Lost contact", "Died")),
        ("Case closed", "closure.closed_on", day),
        ("Next steps", "case.next_action", words),
        ("Spare", None, of("")),
    ],
    "quarterly": [
        ("Client no", "case.old_ref", number(1, 999)),
        ("Referral rec'd on", "case.received", day),
        ("Ref. from", "case.route", source),
        ("Referrer's email", "case.referrer_contact", lambda dice: names.email(worker(dice))),
        ("Survivor (full name)", "survivor.name", person),
        ("Date of Birth (survivor)", "survivor.dob", birth),
        ("Survivor ethnicity", "survivor.ethnicity", of("White British", "Pakistani", "Roma")),
        ("Sexuality", "survivor.orientation", of("Heterosexual", "Bisexual", "Gay")),
        ("Alt phone", "contact.phones", names.landline),
        ("Best times to ring", "case.contact_times", of("Mon-Fri 10-12", "Weekdays 9:30-14:30")),
        ("Alleged Perpetrator's name", "perpetrator.name", man),
        ("Perp's date of birth", "perpetrator.dob", birth),
        ("Is perp living at address?", "perpetrator.still_resident", yes_no),
        ("Perp has keys?", "perpetrator.has_keys", yes_no),
        ("Prison release date", "perpetrator.release_date", ahead),
        ("Children's names/ages", "child.names", children),
        ("Address of property", "home.address", full_home),
        ("Type of dwelling", "home.kind", of("House", "Flat", "Bungalow")),
        ("Housing Association / landlord", "landlord.name", firm),
        ("Landlord contact number", "landlord.phone", names.landline),
        ("DASH RIC", "risk.score", number(2, 22)),
        ("Date of DASH", "risk.assessed", day),
        ("Prof. judgement?", "risk.judgement", yes_no),
        ("Occupation/Non-mol order", "order.kind", of("NMO", "Occupation order")),
        ("Date permission requested", "consent.sent_on", day),
        ("Permission granted on", "consent.answered_on", day),
        ("Survey date booked", "visit.on", ahead),
        ("Survey by", "survey.surveyor", worker),
        ("Security measures fitted", "measure.name", measures),
        ("Fitted by (contractor)", "measure.fitted_by", of("Brindle Locks", "Pell Handyman")),
        ("Date job completed", "measure.fitted_on", day),
        ("Amount (inc. VAT)", "spend.gross", cost),
        ("Funding stream", "spend.fund", of("Part 4", "HPG", "PCC")),
        ("Invoice number", "spend.invoice_ref", number(1, 999)),
        ("Support offered?", "support.answer", yes_no),
        ("3 wk call", "check.weeks3", day),
        ("Still in property?", "check.still_home", yes_no),
        ("MARAC ref.", "marac.marac_ref", of("M-A", "M-B", "M-C")),
        ("Closing date", "closure.closed_on", day),
        ("Closure reason", "closure.reason", of("Declined", "Lost contact")),
        ("Any other comments", "note.body", words),
    ],
    "misleading": [
        ("Name", "survivor.name", person),
        ("Phone", "home.postcode", names.postcode),
        ("Date of birth", "contact.phones", names.mobile),
        ("Code", None, of("A", "B", "C")),
        ("Column1", None, words),
        ("Initials of officer", None, of("KB", "TF", "WM")),
        ("Car park", None, of("Level 2", "Level 3")),
        ("Risk", "risk.score", number(5, 22)),
        ("MARAC", "marac.listed", yes_no),
        ("Consent", "consent.answered_on", day),
    ],
}


def tracker(name: str, rows: int = ROWS) -> tuple[Sheet, list[str | None]]:
    """A tracker with its values, and the target of each of its columns."""
    dice = Dice(name)
    columns = TRACKERS[name]
    made = [[make(dice) for _, _, make in columns] for _ in range(rows)]
    return sheet_of([title for title, _, _ in columns], made, name), [key for _, key, _ in columns]
