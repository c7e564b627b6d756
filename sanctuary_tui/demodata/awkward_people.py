"""Awkward people: names, scripts, missing facts, rules of contact. One story each."""

from __future__ import annotations

from typing import Any, Final

from db.models import Note, Person, SafeAddress
from sanctuary_tui.demodata import names
from sanctuary_tui.demodata.handmade import begin, ended, profile, stand
from sanctuary_tui.demodata.household import adult_dob, make_case
from sanctuary_tui.demodata.timeline import BY, Story, Teller

LONG_NAME: Final = (
    "Wilhelmina-Anastasia Philippa Constantia-Rose",
    "Featherstonehaugh-Montgomerby of Under Quillenshaw and Lesser Threshbank-Ossingworth",
)
MARKUP: Final = (
    "Her text, as sent: 'he wrote [/bold] and [red]ALERT[/red] [link=x]here[/link] in it, and "
    "{name} %s \\\\n <b>too</b>, =SUM(A1)'. Kept as it came. 🔑 sent as a picture."
)
_LONG_LINE: Final = (
    "Fact: rang at 10:05, she answered at once and was alone. She went through the last fortnight "
    "day by day; nothing at the door, two calls from a withheld number, one car she did not know. "
    "Opinion (mine): tired, steadier than in the spring, knows what she wants. "
)
LONG_NOTE: Final = (_LONG_LINE * 30)[:5_000]


def half_done(t: Teller) -> Story:
    """A referral left half-done: a route, a safe-contact answer, and little else."""
    t.work(-1)
    p = profile(t, "", "")
    case = make_case(
        t, p, route="police", referrer_name="", referrer_contact="", referral_consent="not_asked",
        reason="", area="", in_district="not_asked", duplicates_checked="not_asked",
        conflict_flag="not_asked", code_word="", pets="", victim_wants="", triggers="",
        contact_rule="Text only; the rest of the call was cut off",
    )  # fmt: skip
    t.add("case", case, "Caller rang off; to be finished")
    return t.story()


def no_dob_no_address(t: Teller) -> Story:
    """Neither a date of birth nor an address is known."""
    p = profile(t, "Averil", "Wrenstow", tenure="not_known", landlord="", route="health",
                risk="none")  # fmt: skip
    t.work(-2)
    begin(t, p, area="", in_district="not_known")
    t.change("survivor", "Health visitor will ask", dob=None)
    t.change("home", "Not given yet", address="", postcode="", kind="not_known")
    t.move("triage", "Acknowledged", acknowledged=t.day)
    t.note("Number rings out. Health visitor sees her on Thursday and will ask.", "call")
    return t.story()


def _fitted(t: Teller, first: str, surname: str, since: int, **known: Any) -> Story:
    """A case in aftercare under a given name, fitted so many working days ago."""
    p = profile(t, first, surname, **known)
    stand(t, p, "aftercare", since)
    t.run()
    return t.story()


def long_name(t: Teller) -> Story:
    """A very long name."""
    return _fitted(t, *LONG_NAME, 41, tenure="mortgage", landlord="", fund="hpg")


def diacritics(t: Teller) -> Story:
    """Apostrophes and diacritics."""
    return _fitted(
        t, "Siobhán-Zoë", "O’Dürrenmátt-D'Ångström", 96, tenure="ha", landlord="marlfen",
        ethnicity="white_irish",
    )  # fmt: skip


def persian(t: Teller) -> Story:
    """A name in Persian script with a zero-width non-joiner, and one in Latin letters."""
    p = profile(t, "ماه‌نازک", "کریم‌زادهٔ نوری", tenure="ha", landlord="ostbrook",
                ethnicity="other")  # fmt: skip
    p.needs.update(communication="interpreter", language="Farsi")
    stand(t, p, "installation", 4)
    t.plan(-3, lambda: t.change("survivor", "As on the tenancy", aliases="Mahnazak Karimzad-Nouri"))
    t.run()
    return t.story()


def arabic(t: Teller) -> Story:
    """A name in Arabic script; closed."""
    p = profile(t, "شهرنور", "المروني", tenure="council", landlord="council", ethnicity="arab")
    p.needs.update(communication="interpreter", language="Arabic")
    ended(t, p, "aftercare", 190, "secured", 60)
    t.run()
    return t.story()


def cjk(t: Teller) -> Story:
    """A name in Chinese characters, two columns wide each; closed."""
    p = profile(
        t, "梅霞兰", "趙萬林", tenure="prs", landlord="landlord3", ethnicity="asian_chinese"
    )
    ended(t, p, "aftercare", 260, "secured", 110)
    t.run()
    return t.story()


def single_name(t: Teller) -> Story:
    """One name only."""
    p = profile(t, "Sumvitadevi", "", tenure="council", landlord="council",
                ethnicity="asian_indian")  # fmt: skip
    stand(t, p, "triage", 1)
    t.run()
    return t.story()


def markup_note(t: Teller) -> Story:
    """A note with square brackets, braces, a formula and an emoji, as people paste them."""
    p = profile(t, "Hesper", "Paskwell-Drax", tenure="council", landlord="council")
    stand(t, p, "aftercare", 58)
    t.plan(-20, lambda: t.note(MARKUP, "text", "Survivor"))
    t.plan(-19, lambda: _correct(t, "The picture showed a key on a hook; deleted, not kept."))
    t.run()
    return t.story()


def _correct(t: Teller, body: str) -> None:
    """A correction of the last note."""
    last = t.last("note")
    note = Note(at=t.now, kind="correction", body=body, by=BY)
    t.add(t.key("note"), note, "Correction", corrects_id=last)


def long_note(t: Teller) -> Story:
    """A note of 5,000 characters."""
    p = profile(t, "Carenza", "Luningstone", tenure="prs", landlord="landlord1", children=3)
    stand(t, p, "risk_support", 3)
    t.plan(-2, lambda: t.note(LONG_NOTE, "call", "Survivor"))
    t.run()
    return t.story()


def do_not_contact(t: Teller) -> Story:
    """Nobody may contact the survivor: every chase and reminder that would reach out stops."""
    p = profile(t, "Nerys-Ann", "Haldreave", tenure="ha", landlord="ostbrook", cadence="standard")
    stand(t, p, "aftercare", 62)
    t.plan(
        -25,
        lambda: t.change(
            "case",
            "He has her phone again, says her support worker",
            do_not_contact="yes",
            contact_rule="Do not contact by any route. Support worker sees her on Mondays.",
        ),
    )
    t.plan(-25, lambda: t.change("phone", "Not safe any more", safe="never"))
    t.run()
    return t.story()


def bsl_closed(t: Teller) -> Story:
    """A second deaf survivor, closed, so that access needs are not a single case."""
    p = profile(t, "Gwenyth", "Marlabrook", tenure="council", landlord="council", safe="text_only")
    p.needs.update(disability="deaf", communication="bsl;text_only", language="BSL")
    ended(t, p, "aftercare", 215, "secured", 80)
    t.run()
    return t.story()


def no_calls(t: Teller) -> Story:
    """The survivor chose no calls at all."""
    return _fitted(
        t, "Ysolde", "Kittackford", 70, tenure="owner", landlord="", cadence="no_calls",
        fund="charity",
    )  # fmt: skip


def male_survivor(t: Teller) -> Story:
    """A man, abused by a former wife."""
    return _fitted(
        t, "Perran", "Caldingstone", 120, gender="man", tenure="mortgage", landlord="",
        perpetrator=("Florise", "Vensidgley"), perpetrator_man=False, risk="medium", fund="part4",
    )  # fmt: skip


def same_surname_open(t: Teller) -> Story:
    """The same surname as an unrelated case."""
    return _fitted(t, "Delyse", "Ostentry", 150, tenure="council", landlord="council")


def same_surname_closed(t: Teller) -> Story:
    """The same surname as an unrelated case; closed."""
    p = profile(t, "Emmeline", "Ostentry", tenure="prs", landlord="landlord2")
    ended(t, p, "aftercare", 300, "secured", 150)
    t.run()
    return t.story()


def two_perpetrators(t: Teller) -> Story:
    """Two perpetrators: a former partner and his mother; safe to ring in school hours only."""
    p = profile(t, "Tamsyn", "Radidgley", tenure="council", landlord="council", children=1,
                risk="high", marac=True, safe="times")  # fmt: skip
    stand(t, p, "risk_support", 4)
    second = Person(
        role="perpetrator",
        first_name="Wenda",
        surname=p.perpetrator[1],
        dob=adult_dob(t.clock, 61),
        gender="woman",
        relationship="other_family",
        still_resident="no",
        has_keys="yes",
        whereabouts="local",
        network_risk="Collects the children from school",
    )
    t.plan(-3, lambda: _also(t, "perpetrator.2", second, "Named in the DASH"))
    t.run()
    return t.story()


def _also(t: Teller, target: str, person: Person, why: str) -> None:
    t.add(target, person, why)


def under_18(t: Teller) -> Story:
    """The perpetrator is under 18, the survivor 17."""
    p = profile(
        t, "Suki-May", "Thrusombe", tenure="council", landlord="council",
        named="third_party", age_days=17 * 365 + 200, perpetrator=("Kitto", "Lunenshaw"),
        route="social_care",
    )  # fmt: skip
    stand(t, p, "aftercare", 33)
    t.plan(-30, lambda: t.change("perpetrator", "Age confirmed", dob=adult_dob(t.clock, 16)))
    t.run()
    return t.story()


def adult_child(t: Teller) -> Story:
    """An adult son abuses his mother; both names are the same."""
    p = profile(
        t, "Rosalba", "Fensersley", tenure="owner", landlord="", relationship="child",
        age_days=67 * 365, perpetrator=("Nyle", "Fensersley"), route="health", support="declined",
    )  # fmt: skip
    stand(t, p, "survey", 2)
    t.plan(-1, lambda: t.note("Survivor's words: 'He is still my son.' Wants no police.", "call"))
    t.run()
    return t.story()


def confidential(t: Teller) -> Story:
    """The home's own address is confidential, and the survivor's parents' is kept apart."""
    p = profile(t, "Orlaith", "Underullock", tenure="ha", landlord="fairholm", risk="high",
                marac=True, children=2)  # fmt: skip
    stand(t, p, "aftercare", 88)
    safe = SafeAddress(
        address=names.address(t.dice),
        postcode=names.postcode(t.dice),
        since=t.clock.work(-60),
        area="This district",
    )

    def hide() -> None:
        t.change("home", "He does not know it; never to leave the office", confidential="yes")
        t.add("safe_address", safe, "Where she goes at weekends", person_id="survivor")

    t.plan(-60, hide)
    t.run()
    return t.story()


def returning_before(t: Teller) -> Story:
    """A household's first time with the scheme."""
    ended(t, _returning(t), "aftercare", 330, "secured", 190)
    t.run()
    return t.story()


def returning_now(t: Teller) -> Story:
    """The same household comes back, and is linked to its earlier case."""
    p = _returning(t)
    stand(t, p, "triage", 1)
    earlier = {"linked_cases": "returning, first time/case#ref"}
    t.plan(-1, lambda: t.change("case", "Found before a new case was made", links=earlier))
    t.run()
    return t.story()


def _returning(t: Teller) -> Any:
    return profile(
        t, "Verity-Jo", "Skelbullock", tenure="council", landlord="council",
        perpetrator=("Brannoc", "Whitastow"), dob=adult_dob(t.clock, 34),
    )  # fmt: skip


PEOPLE: Final = {
    "left half-done": ("referral", half_done),
    "returning, first time": ("closed", returning_before),
    "returning, now": ("triage", returning_now),
    "two perpetrators": ("risk_support", two_perpetrators),
    "perpetrator under 18": ("aftercare", under_18),
    "very long name": ("aftercare", long_name),
    "apostrophes and diacritics": ("aftercare", diacritics),
    "Persian script": ("installation", persian),
    "Arabic script": ("closed", arabic),
    "CJK script": ("closed", cjk),
    "single name": ("triage", single_name),
    "markup in a note": ("aftercare", markup_note),
    "5,000-character note": ("risk_support", long_note),
    "no date of birth, no address": ("triage", no_dob_no_address),
    "do not contact": ("aftercare", do_not_contact),
    "BSL, closed": ("closed", bsl_closed),
    "no calls": ("aftercare", no_calls),
    "male survivor": ("aftercare", male_survivor),
    "same surname, open": ("aftercare", same_surname_open),
    "same surname, closed": ("closed", same_surname_closed),
    "adult child to parent": ("survey", adult_child),
    "confidential address": ("aftercare", confidential),
}
"""Stories by name: the stage each leaves its case at, and who tells it."""
