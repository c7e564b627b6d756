"""Words people write in a caseload: reasons, rules, calls. Facts and opinion are kept apart."""

from __future__ import annotations

from typing import Final

from sanctuary_tui.demodata.timeline import Dice

Voice = dict[str, str]
"""Pronouns: ``she``, ``her``, ``her_`` of the survivor, ``he``, ``him`` of the perpetrator."""

_VOICES: Final = {
    (man, theirs): {
        "She": "He" if man else "She",
        "she": "he" if man else "she",
        "her": "his" if man else "her",
        "her_": "him" if man else "her",
        "He": "He" if theirs else "She",
        "he": "he" if theirs else "she",
        "him": "him" if theirs else "her",
    }
    for man in (False, True)
    for theirs in (False, True)
}


def voice(*, survivor_man: bool, perpetrator_man: bool) -> Voice:
    """The pronouns for a case."""
    return _VOICES[survivor_man, perpetrator_man]


SAFE_TIMES = "10:00-14:30 weekdays"
"""As a person types them; the rule of ``times`` says the same in words."""
CONTACT_RULES: Final = {
    "yes": "Safe to call on the mobile. Say you are calling about the repair survey.",
    "text_only": "Text only, weekdays 10:00-14:30. Never ring. Sign texts 'home repairs'.",
    "no_voicemail": "May ring the mobile. Never leave a voicemail. Hang up if another answers.",
    "times": "Ring 10:00-14:30 on weekdays only, when the children are at school.",
    "never": "Do not contact. Go through the support worker.",
    "not_asked": "",
}
WORDS: Final = (
    "Calling about the repair survey",
    "Calling from the library about a reservation",
    "Ask for the boiler reading",
    "",
)
WANTS: Final = (
    "To stay in the home and sleep through the night.",
    "Locks changed, and somebody to know if {he} comes back.",
    "To stay near the school and {her} mother.",
    "To feel safe opening the door. Does not want cameras.",
    "A light at the back and better locks. Nothing the neighbours would notice.",
    "To stay. If it cannot be made safe, a move inside the district.",
)
OCCUPATIONS: Final = (
    "Care worker", "Teaching assistant", "Not working", "Shop work", "Nurse", "Student",
    "Self-employed", "Office work", "Retired", "Warehouse work", "",
)  # fmt: skip
_REASONS: Final = (
    "Separated {n} weeks ago. {He} has come to the door {k} times since, the last time after dark.",
    "Referrer reports a history of control and threats. Survivor says {he} still has a key.",
    "Police attended {k} times in the last three months. Perpetrator is on bail, not to attend.",
    "Survivor reports {he} tried the back door at night. Fact: door frame marked, referrer saw.",
    "Ended the relationship {n} weeks ago. Messages every day since. {She} is worried about the "
    "ground-floor windows.",
    "Moved back after refuge. Wants locks and lights before the children come home.",
    "Survivor's own words: 'I listen for the car.' Referrer's view: risk is rising.",
    "A window was broken {n} weeks ago. Nobody charged. Survivor believes it was {him}.",
    "Housing officer saw damage to the front door on a visit. Survivor disclosed the same day.",
    "Perpetrator is due back in the area. Survivor asks what can be done to the home before then.",
)
_CALLS: Final = (
    "Rang at the agreed time. {She} said things had been quiet. Wants the work done while the "
    "children are at school.",
    "Texted first, then rang. Fact: {he} drove past twice on Sunday. Opinion (mine): more anxious "
    "than last week, advised to report.",
    "Spoke for 20 minutes. Options explained again: refuge, a move, no works. {She} wants to stay.",
    "Checked the number is still safe: yes. A sister is staying for the week.",
    "{She} asked who sees the address. Explained what the fitter is told and what he is not.",
    "Support worker called. Opinion (hers): survivor will manage the alarm, not the app.",
    "Asked about the contact rule: unchanged. Does not want letters.",
)
NO_ANSWER: Final = (
    "No answer. No message left, as agreed. Will try again tomorrow between 10 and 12.",
    "Rang out twice, an hour apart. Asked the referrer whether the number is still safe.",
    "Text by the safe rule, no reply by evening. Referrer has not seen {her_} either.",
)
_EMAILS: Final = (
    "Emailed the referrer: accepted, next step is the survey. No detail beyond that.",
    "Housing officer confirms the tenancy is in {her} sole name. Copy asked for.",
    "Police reply: marker placed on the address, review in six months.",
    "Contractor asks for a second visit; parts on order. Told: weekday mornings only.",
)
_VISITS: Final = (
    "Met at the home with the support worker. {She} tried each lock, twice.",
    "Survey done with {her_} there. {She} would like the bedroom window first.",
    "Survey done. Fact: neighbour asked who we were, told 'repairs'. Opinion: all quiet.",
)
STUCK: Final = {
    "referral": "Referrer has not sent the safe contact; asked twice",
    "triage": "Cannot reach survivor; third try through the referrer",
    "risk_support": "Waiting for an IDVA: service is at capacity",
    "legal": "Solicitor waiting for a hearing date",
    "survey": "Crime prevention officer has no dates",
    "consent": "Landlord has gone quiet",
    "approval": "Above the limit for one home: manager away",
    "installation": "Door set on order, supplier delay",
}
"""Why a case is past its target, in the coordinator's words, by stage."""

NEXT: Final = {
    "referral": "Ring referrer again",
    "triage": "Ask referrer to arrange a call",
    "risk_support": "Ask DA service for a duty worker",
    "legal": "Ring solicitor for the date",
    "survey": "Ask contractor to survey instead",
    "consent": "Chase by phone",
    "approval": "Ask deputy to approve",
    "installation": "Ring supplier; fit the rest first",
}
_PLAN: Final = (
    "Home: back door locked from inside with the thumbturn, phone charged upstairs. "
    "Breach: ring 999, go to the front bedroom. Children: code word known to school.",
    "Home: chain on after dark. Digital: passwords changed, location off. "
    "Travel: varies the school run. Breach: 999 first, then the support worker.",
    "Devices: alarm tested on Sundays. Home: lights on timer. Neighbour at the end house knows to "
    "ring the police if the alarm sounds.",
)
_OUTCOMES: Final = (
    "Heard. Information shared. Sanctuary works to continue; police to keep the marker.",
    "Heard. Actions given to police and housing. IDVA to update the survivor.",
    "Heard as one of sixteen. Risk agreed as high. Probation to confirm licence conditions.",
)
HEADLINES: Final = (
    "Threats since separation; works under way at the home",
    "Came to the address twice; locks changed, light outstanding",
    "Strangulation reported; survivor wants to stay; home being secured",
    "Stalking by phone and in person; bail conditions in place",
)
WORDING: Final = (
    "We are offering a security improvement to this home at no cost to you: better locks and "
    "lights, fitted by an approved contractor to British Standards. A schedule of works is "
    "attached. We will make good on removal. Please confirm that you agree."
)
"""What an owner is sent: general security, nothing of why (STADA 2023; MHCLG 2026 section 6.4)."""

CHASES: Final = (
    "Following up the security improvement offer. May we have an answer this week?",
    "Left a message with the front desk asking for the property manager.",
    "Rang: the person who decides is out. Asked for a call back.",
    "Sent the schedule of works again, with the removal offer.",
)
JUDGEMENT: Final = (
    "Escalation since separation and strangulation reported; the score does not show it.",
    "Survivor is minimising; police and health both report fear for {her} life.",
)
FEARS: Final = (
    "That {he} will come back at night.",
    "That {he} will take the children from school.",
    "'{He} will find me wherever I am.'",
    "Not asked yet.",
    "More for the children than for anything else.",
)


LEGAL_ADVICE: Final = (
    "Solicitor: no lock change while both have rights. Occupation order or transfer of the tenancy "
    "first. Do not give or sign a notice to quit."
)


def reason(dice: Dice, voice: Voice) -> str:
    """A reason for referral."""
    weeks, times = dice.whole(2, 14), dice.whole(2, 5)
    return dice.pick(_REASONS).format(n=weeks, k=times, **voice)


def want(dice: Dice, voice: Voice) -> str:
    """What the survivor wants."""
    return dice.pick(WANTS).format(**voice)


def call(dice: Dice, voice: Voice) -> str:
    """A note of a call."""
    return dice.pick(_CALLS).format(**voice)


def no_answer(number: int, voice: Voice) -> str:
    """A note of a call nobody answered."""
    return NO_ANSWER[number % len(NO_ANSWER)].format(**voice)


def email(dice: Dice, voice: Voice) -> str:
    """A note of an email."""
    return dice.pick(_EMAILS).format(**voice)


def visit(dice: Dice, voice: Voice) -> str:
    """A note of a visit."""
    return dice.pick(_VISITS).format(**voice)


def judgement(dice: Dice, voice: Voice) -> str:
    """Why somebody is at high risk whatever the score says."""
    return dice.pick(JUDGEMENT).format(**voice)


def fear(dice: Dice, voice: Voice) -> str:
    """What the survivor is afraid of."""
    return dice.pick(FEARS).format(**voice)


def plan(dice: Dice) -> str:
    """A safety plan in a few lines."""
    return dice.pick(_PLAN)


def marac_outcome(dice: Dice) -> str:
    """What a meeting agreed."""
    return dice.pick(_OUTCOMES)
