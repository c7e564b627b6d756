"""Words that whoever guesses a passphrase tries first. Lower case, without marks."""

from __future__ import annotations

from typing import Final

NUMBERS: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety "
    "hundred thousand million first second third fourth fifth sixth seventh eighth ninth tenth"
)
DAYS: Final = (
    "monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday morning "
    "evening night weekend"
)
MONTHS: Final = (
    "january february march april may june july august september october november december "
    "spring summer autumn winter easter christmas"
)
COLOURS: Final = (
    "red orange yellow green blue indigo violet purple pink brown black white grey gray gold silver"
)
DIRECTIONS: Final = "north south east west left right up down"
LETTERS: Final = (
    "alpha bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike "
    "november oscar papa quebec romeo sierra tango uniform victor whiskey xray yankee zulu"
)
FIELD: Final = (
    "sanctuary caseload case council coordinator marac idva refuge housing victim victims survivor "
    "perpetrator domestic abuse violence police landlord tenant safe safety home house secure "
    "scheme risk dash support service services team office officer manager district county city "
    "town borough homesafe options passphrase password demo admin login secret console "
    "backup recovery key computer laptop work"
)
COMMON: Final = (
    "a an and are as at be by can do for from god had has have he hello her him his i in is it "
    "king let like little love me my name no not now of on or our please queen save she so that "
    "the their them they this to us was we welcome what who will with word words yes you your"
)
KEYBOARD_ROWS: Final = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop", "qwertz")
ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz"
EXAMPLES: Final = (
    "correcthorsebatterystaple",
    "tr0ub4dor3",
    "troubador",
    "troubadour",
    "letmein",
    "opensesame",
    "thequickbrownfoxjumpsoverthelazydog",
    "thequickbrownfox",
    "maryhadalittlelamb",
    "tobeornottobe",
    "loremipsum",
    "iloveyou",
    "changeme",
    "trustno1",
)
"""Passphrases that are printed somewhere, without spaces and in lower case."""

LISTED: Final = frozenset(
    " ".join((NUMBERS, DAYS, MONTHS, COLOURS, DIRECTIONS, LETTERS, FIELD, COMMON)).split()
)
