"""The questions of the SafeLives DASH (domain section 3)."""

from __future__ import annotations

from typing import Final

DASH_QUESTIONS: Final[tuple[str, ...]] = (
    "Has the current incident resulted in injury?",
    "Is the survivor very frightened?",
    "What is the survivor afraid of: further injury or violence?",
    "Does the survivor feel isolated from family or friends?",
    "Is the survivor depressed or having suicidal thoughts?",
    "Has the survivor separated, or tried to, within the past year?",
    "Is there conflict over child contact?",
    "Does the perpetrator constantly text, call, contact, follow, stalk or harass?",
    "Is the survivor pregnant, or recently had a baby (18 months)?",
    "Is the abuse happening more often?",
    "Is the abuse getting worse?",
    "Does the perpetrator try to control everything, or is excessively jealous?",
    "Has the perpetrator ever used weapons or objects to hurt?",
    "Has the perpetrator ever threatened to kill, and was it believed?",
    "Has the perpetrator ever attempted to strangle, choke, suffocate or drown?",
    "Does the perpetrator do or say things of a sexual nature that hurt or make feel bad?",
    "Is there any other person who has threatened, or of whom the survivor is afraid?",
    "Does the survivor know if the perpetrator has hurt anyone else?",
    "Has the perpetrator ever mistreated an animal or the family pet?",
    "Are there any financial issues, or is the survivor dependent on the perpetrator?",
    "Has the perpetrator had problems with drugs, alcohol or mental health in the past year?",
    "Has the perpetrator ever threatened or attempted suicide?",
    "Has the perpetrator ever breached bail, an injunction or a contact agreement?",
    "Has the perpetrator been in trouble with the police or has a criminal history?",
)
"""What each of the 24 questions of the checklist is about, in order, in our own short words (the
form itself is the assessor's). One point a yes; any of the 24 may be left blank, and blank is not
"no" (domain section 3)."""
DASH_ANSWERS: Final[dict[str, str]] = {"y": "Yes", "n": "No", "d": "Don't know"}
DASH_BLANK: Final = "."
"""How a question that was not answered is kept."""
