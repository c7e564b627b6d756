"""The recovery key: the data key in a form that people can write down and type.

18 groups of four characters of Crockford's base32 (no I, L, O, U). The first three characters of
a group carry 15 bits, the fourth checks them. The 18 x 15 = 270 bits are the 256 bits of the data
key, most significant first, then the first 14 bits of ``BLAKE2b(key, person="sanctuary-rkey")``.

The check character of group ``g`` (1 to 18) is ``2*a + 4*b + 8*c + g`` in GF(32), polynomial
x^5 + x^2 + 1, over the values a, b, c of the three. The weights 2, 4, 8 and the 1 of the check
itself all differ, so any one wrong character and any two exchanged characters of a group are
always found in that group; the ``g`` finds groups in the wrong place.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import date

from config.errors import BadInputError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
KEY_BYTES = 32
GROUPS = 18
GROUP_SIZE = 4
CHARACTERS = GROUPS * GROUP_SIZE
_DATA_BITS = 15
_CHECK_BITS = GROUPS * _DATA_BITS - KEY_BYTES * 8
_WEIGHTS = (2, 4, 8)
_VALUES = {character: value for value, character in enumerate(ALPHABET)} | {
    "O": 0,
    "I": 1,
    "L": 1,
}
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2212_"
KIT_TITLE = "SANCTUARY EMERGENCY KIT"
_GROUPS_PER_LINE = 6


class WrongRecoveryKey(BadInputError):
    """What was typed is not a recovery key, or not the one of this caseload."""


def _times(left: int, right: int) -> int:
    """Multiplication in GF(32)."""
    product = 0
    while right:
        if right & 1:
            product ^= left
        left <<= 1
        if left & 32:
            left ^= 0b100101
        right >>= 1
    return product


def _check_value(data: Sequence[int], group: int) -> int:
    value = group
    for weight, symbol in zip(_WEIGHTS, data, strict=True):
        value ^= _times(weight, symbol)
    return value


def _whole_check(key: bytes | bytearray) -> int:
    digest = hashlib.blake2b(key, digest_size=2, person=b"sanctuary-rkey").digest()
    return int.from_bytes(digest, "big") >> (16 - _CHECK_BITS)


def format_recovery_key(key: bytes | bytearray) -> str:
    """The 32-byte ``key`` as 18 groups of four, joined by hyphens."""
    if len(key) != KEY_BYTES:
        raise ValueError("a data key has 32 bytes")
    bits = int.from_bytes(key, "big") << _CHECK_BITS | _whole_check(key)
    groups = []
    for group in range(1, GROUPS + 1):
        chunk = bits >> (GROUPS - group) * _DATA_BITS
        data = [chunk >> 10 & 31, chunk >> 5 & 31, chunk & 31]
        groups.append("".join(ALPHABET[v] for v in [*data, _check_value(data, group)]))
    return "-".join(groups)


def split_groups(recovery_key: str) -> list[str]:
    """The groups of a formatted recovery key, for showing it in lines or asking for one group."""
    return recovery_key.split("-")


def parse_recovery_key(text: str) -> bytearray:
    """The 32 bytes of a recovery key as typed, pasted, or in the text of an emergency kit.

    Lower case, any spacing, any dashes, and O for 0, I or L for 1 are taken. Raises
    ``WrongRecoveryKey`` naming the groups that do not add up.
    """
    values = [_symbols(group, number) for number, group in enumerate(_groups_of(text), start=1)]
    wrong = [
        number
        for number, group in enumerate(values, start=1)
        if _check_value(group[:3], number) != group[3]
    ]
    if wrong:
        raise WrongRecoveryKey(_wrong_groups(wrong))
    bits = 0
    for group in values:
        for symbol in group[:3]:
            bits = bits << 5 | symbol
    key = bytearray((bits >> _CHECK_BITS).to_bytes(KEY_BYTES, "big"))
    if bits & (1 << _CHECK_BITS) - 1 != _whole_check(key):
        raise WrongRecoveryKey(
            "The recovery key as a whole does not add up, so more than one group is wrong; "
            "compare every group with the kit."
        )
    return key


def _wrong_groups(wrong: list[int]) -> str:
    if len(wrong) == 1:
        return f"Group {wrong[0]} does not add up; check it against the kit."
    if len(wrong) > GROUPS // 2:
        return (
            "Most groups do not add up; check that this is the recovery key of a caseload and "
            "that its groups are in the kit's order."
        )
    named = ", ".join(str(number) for number in wrong[:-1])
    return f"Groups {named} and {wrong[-1]} do not add up; check them against the kit."


def _symbols(group: str, number: int) -> list[int]:
    try:
        return [_VALUES[character] for character in group]
    except KeyError:
        raise WrongRecoveryKey(
            f"Group {number} has a character that no recovery key has; check it against the kit."
        ) from None


def _groups_of(text: str) -> list[str]:
    """``text`` cut into 18 groups of four upper-case characters."""
    if KIT_TITLE in text:
        text = _from_kit(text)
    plain = re.sub(f"[{re.escape(_DASHES)}]", " ", text.upper())
    words = plain.split()
    joined = "".join(words)
    if len(joined) == CHARACTERS:
        return [joined[i : i + GROUP_SIZE] for i in range(0, CHARACTERS, GROUP_SIZE)]
    if len(words) == GROUPS:
        for number, word in enumerate(words, start=1):
            if len(word) != GROUP_SIZE:
                raise WrongRecoveryKey(
                    f"Group {number} has {len(word)} characters where every group has "
                    f"{GROUP_SIZE}; check it against the kit."
                )
    raise WrongRecoveryKey(
        f"A recovery key has {GROUPS} groups of {GROUP_SIZE} characters, {CHARACTERS} in all, and "
        f"{len(joined)} were given; check it against the kit."
    )


def _from_kit(text: str) -> str:
    line = re.compile(r"\s*((?:[0-9A-Za-z]{4}-){5}[0-9A-Za-z]{4})(?: +groups \d+ to \d+)?\s*")
    found = (line.fullmatch(part) for part in text.splitlines())
    return " ".join(one[1] for one in found if one)


def emergency_kit_text(recovery_key: str, caseload_id: str, created: date) -> str:
    """The emergency kit as plain text: the recovery key and what it does; no case data."""
    groups = split_groups(recovery_key)
    lines = [
        f"      {'-'.join(groups[start : start + _GROUPS_PER_LINE])}"
        f"   groups {start + 1} to {start + _GROUPS_PER_LINE}"
        for start in range(0, len(groups), _GROUPS_PER_LINE)
    ]
    shown = "\n".join(lines)
    return f"""{KIT_TITLE}

Made {created:%d %B %Y} for caseload {caseload_id}.

RECOVERY KEY ({GROUPS} groups of {GROUP_SIZE})

{shown}

WHAT IT IS
  This key opens the caseload, and every backup of it, on any computer,
  without the passphrase. Whoever holds this page and a copy of the file can
  read every case.

WHERE TO KEEP IT
  Print it, or copy it by hand, and seal it in an envelope in a safe: the data
  protection officer's, or the one your manager holds. Keep a second copy in
  another building. Do not photograph it, send it, or leave it on a computer.
  Not beside a backup. Delete this file once it is printed.

HOW TO USE IT
  On the same computer, when the passphrase is lost:
      sanctuary, and F2 at the prompt.
  On another computer, with a backup, or else with caseload.db as it was left
  when Sanctuary was closed (until then the last work is not in that file):
      sanctuary restore FILE
  Capitals, spaces and hyphens do not matter. O is read as 0; I and L as 1.

WITHOUT THIS PROGRAM
  The file is a SQLCipher 4 database. The first three characters of each group
  are Crockford base32; their first 256 bits are the raw key.

If this page may have been seen by someone it is not meant for, tell your data
protection officer at once: it opens every copy of the caseload until the key
is replaced. Without the passphrase and without this page
nobody can open the caseload.
"""
