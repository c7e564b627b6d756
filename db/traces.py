"""The words, names and numbers that only one case holds: what no page may say after its disposal.

A word of fewer than five letters says too little by itself: it stands in other words, and in the
digests of the log by chance. It is looked for together with its neighbours.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from db.record import Record, specs

if TYPE_CHECKING:
    from db.connection import Connection

LEAST: Final = 5
"""Letters a word has at the least to be looked for alone."""
_MOST: Final = 80
_WORD = re.compile(r"\w+")
PROGRAMS_OWN: Final = "disposed of:"
"""What the program itself writes into the log of a case that is gone."""
_CUT: Final = 3
"""Letters the search index may have left out of a word, as the same as the word's before it."""


def words_of(texts: Iterable[str]) -> set[str]:
    """What is looked for of some texts: short lines, long words, short words with neighbours."""
    found: set[str] = set()
    for text in texts:
        for line in text.splitlines():
            found.update(_words_of_line(line.strip()))
    return {word for word in found if len(word) >= LEAST}


def _words_of_line(line: str) -> Iterator[str]:
    if len(line) <= _MOST:
        yield line
    places = [match.span() for match in _WORD.finditer(line)]
    for index, (start, end) in enumerate(places):
        if end - start >= LEAST:
            yield line[start:end]
        elif index + 1 < len(places):
            yield line[start : places[index + 1][1]]


def texts_of(record: Record) -> list[str]:
    """What a person typed of a record, with the days that say who somebody is."""
    found = []
    for name, spec in specs(type(record)).items():
        value = getattr(record, name)
        if spec.kind in ("text", "long") and value:
            found.append(str(value))
        elif spec.kind == "date" and spec.klass != "public" and value is not None:
            found.append(value.isoformat())
    first, last = getattr(record, "first_name", ""), getattr(record, "surname", "")
    if first and last:
        found += [f"{first}{last}", f"{first} {last}"]
    return found


def texts_in(kept: str | None) -> list[str]:
    """The texts in what the log or a draft keeps of a record."""
    if not kept:
        return []
    loaded = json.loads(kept)
    if not isinstance(loaded, Mapping):
        return []
    return [value for value in loaded.values() if isinstance(value, str)]


def only_here(
    connection: Connection, words: Iterable[str], log: str, values: Sequence[int]
) -> set[str]:
    """Those of ``words`` that nothing which is left says, once the case was taken out.

    ``log`` is a condition on the rows of the change log that are the case's own: what they still
    say is no excuse. It is written by this program, never by a person.
    """
    spelt: dict[str, set[str]] = {}
    for word in words:
        spelt.setdefault(word.lower(), set()).add(word)
    left = set(spelt)
    for text in (PROGRAMS_OWN, *_what_is_left(connection, log, values)):
        left = {word for word in left if word not in text}
    return {word for low in left for word in spelt[low]}


def _what_is_left(connection: Connection, log: str, values: Sequence[int]) -> Iterator[str]:
    """Everything the file still says, a table at a time, in small letters."""
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search%'"
        " AND name NOT IN ('disposal_words', 'changes')"
    ).fetchall()
    selects: list[tuple[str, Sequence[int]]] = [
        *((f'SELECT * FROM main."{name}"', ()) for (name,) in tables),
        (f"SELECT * FROM changes WHERE NOT ({log})", values),
        (f"SELECT at, who, action, entity FROM changes WHERE {log}", values),
        ("SELECT title, body FROM search", ()),
        ("SELECT sql FROM sqlite_master", ()),
    ]
    for select, given in selects:
        lines = [
            "".join(value for value in row if isinstance(value, str))
            for row in connection.execute(select, given).fetchall()
        ]
        text = "\n".join(lines).lower()
        yield text
        if not text.isascii():
            yield folded(text)  # as the index writes it


def as_bytes(words: Iterable[str]) -> list[bytes]:
    """Each word in every way the file may write it: as typed, as the index folds it, as JSON."""
    found: set[bytes] = set()
    for word in words:
        found.add(word.encode())
        found.add(json.dumps(word)[1:-1].encode())
        found.add(json.dumps(word, ensure_ascii=False)[1:-1].encode())
        if _WORD.fullmatch(word):
            found.add(folded(word).encode())
    return sorted(one for one in found if len(one) >= LEAST)


def folded(word: str) -> str:
    """A word as the search index writes it: small letters without their accents."""
    apart = unicodedata.normalize("NFKD", word.lower())
    return "".join(char for char in apart if not unicodedata.combining(char))


def tails(words: Iterable[str]) -> set[str]:
    """The ends of words: the index writes a word without what it shares with the one before."""
    found = set()
    for word in words:
        if _WORD.fullmatch(word) and len(word) > LEAST:
            small = folded(word)
            found.add(small[min(_CUT, len(small) - LEAST) :])
    return {tail for tail in found if len(tail) >= LEAST}
