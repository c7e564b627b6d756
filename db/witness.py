"""Witnesses from outside the caseload: how long its change log was, and what its last row was.

A whole old file is consistent with itself, and a log whose end was cut off still adds up. Both
show only against something kept elsewhere. So the number of changes and the hash of the last are
kept in two places, with a proof under a key that comes from the data key: in ``caseload.key``,
and where the computer keeps its half of the lock (its keyring, or a file in the settings folder).

::

    key   = BLAKE2b-256(data key, person = "sanctuary-wit-v1")
    proof = BLAKE2b-256("<caseload id> <count> <head in hex>", key = key)

A witness older than the caseload is in order, since a crash comes before the next one is written:
its row must then still stand in the log, with the same hash. A caseload older than a witness was
put back, and a log that has another row there was written anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

import tomli_w

from config.errors import SanctuaryError
from config.paths import Paths, atomic_write, make_private_dir
from config.toml import read_toml
from db.changes import GENESIS, ChainState, chain_end
from db.connection import CaseloadError
from db.device_secret import Place, forget_device_secret, kept_in_keyring, put_in_keyring
from db.keyfile import caseload_id_of, read_key_file, write_key_file
from db.queries import remembered

if TYPE_CHECKING:
    from pathlib import Path

    from db.connection import Connection

OnOlder = Literal["refuse", "look", "accept"]
"""What to do with a caseload older than its witness: refuse it, read it and leave the witness as
it is, or go on from it, which is logged and makes a new witness."""
GENERATION: Final = "key_generation"
"""Remembered: the generation of the key file last written."""
_PERSON: Final = b"sanctuary-wit-v1"
_HASH_BYTES: Final = 32


class OlderThanWitness(CaseloadError):
    """The caseload, or its change log, is not the one that was last closed on this computer."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the witnesses say of a caseload.

    ``known`` is the longest log that one of them saw (None without any), ``missing`` how many of
    its changes are not there, ``other`` that the log says something else at that place,
    ``damaged`` where a witness is kept that proves nothing, and ``key_older`` that the key file is
    an earlier one than the caseload knows of, which opens with a passphrase that was changed.
    """

    known: ChainState | None
    missing: int
    other: bool
    damaged: tuple[str, ...]
    key_older: bool = False

    @property
    def good(self) -> bool:
        """The log goes on from every witness, and the key file is the last."""
        return self.goes_on and not self.key_older

    @property
    def goes_on(self) -> bool:
        """The log goes on from every witness."""
        return not self.missing and not self.other

    def sentence(self, path: Path) -> str:
        """What is wrong, and the next step."""
        if self.goes_on:
            return (
                f"{path.with_suffix('.key')} is older than the key file last written: it opens "
                "with a passphrase that was changed. Unless you put it there yourself, bring the "
                "newest key file back, or set a passphrase by the recovery key with 'sanctuary "
                "passphrase'."
            )
        if self.missing:
            many = "1 change" if self.missing == 1 else f"{self.missing:,} changes"
            wrong = f"{path} is older than when it was last closed here: {many} made since then "
            wrong += "are gone." if self.missing > 1 else "is gone."
        else:
            wrong = f"The change log in {path} is not the one that was last closed here."
        return (
            f"{wrong} Unless you put this file there yourself, restore the newest backup with "
            "'sanctuary restore' and keep this file."
        )


class Witnesses:
    """The witnesses of one caseload, in their two places. The data key is not kept."""

    def __init__(
        self, paths: Paths, data_key: bytes | bytearray, *, by_recovery_key: bool = False
    ) -> None:
        self._paths = paths
        self._by_recovery_key = by_recovery_key
        self._id = caseload_id_of(data_key)
        self._key = hashlib.blake2b(data_key, digest_size=32, person=_PERSON).digest()
        self._written: ChainState | None = None

    @property
    def folder(self) -> Path:
        """The folder of this computer's settings, where one of the two places may be."""
        return self._paths.witness_file.parent

    def look(self, connection: Connection) -> Look:
        """Hold the change log of an open caseload against every witness. Reads alone."""
        found, damaged = self._found()
        count = chain_end(connection).count
        known: ChainState | None = None
        missing, other = 0, False
        for witness in found:
            if known is None or witness.count > known.count:
                known = witness
            missing = max(missing, witness.count - count)
            if witness.count <= count and _hash_at(connection, witness.count) != witness.head:
                other = True
        # Who holds the recovery key did not need the key file, whichever it is.
        there = None if self._by_recovery_key else self.generation()
        key_older = there is not None and there < known_generation(connection)
        return Look(known, missing, other, damaged, key_older)

    def generation(self) -> int | None:
        """The generation of the key file there is; None without one of this caseload."""
        with contextlib.suppress(SanctuaryError):
            keyfile = read_key_file(self._paths.keyfile)
            if keyfile.caseload_id == self._id:
                return keyfile.generation
        return None

    def renew(self, state: ChainState) -> None:
        """Let both places witness ``state``. What cannot be written is left as it was: an older
        witness is still one, and nobody's work is to wait for it."""
        if state == self._written:
            return
        line = self._line(state)
        place: Place = "file"
        with contextlib.suppress(SanctuaryError):
            keyfile = read_key_file(self._paths.keyfile)
            if keyfile.caseload_id == self._id:
                place = keyfile.place
                if keyfile.witness != line:
                    made = replace(keyfile, witness=line)
                    write_key_file(self._paths.keyfile, made, overwrite=True)
        kept = place == "keyring" and put_in_keyring(self._entry, line)
        with contextlib.suppress(SanctuaryError, OSError):
            # One place holds it: the other would go stale.
            _keep_in_file(self._paths, self._id, "" if kept else line)
        self._written = state

    # --- the two places

    @property
    def _entry(self) -> str:
        return f"{self._id}-witness"

    def _found(self) -> tuple[list[ChainState], tuple[str, ...]]:
        """The witnesses that hold, and where one is that does not."""
        lines: list[tuple[str, str]] = []
        with contextlib.suppress(SanctuaryError):
            keyfile = read_key_file(self._paths.keyfile)
            if keyfile.caseload_id == self._id:
                lines.append((str(self._paths.keyfile), keyfile.witness))
                if keyfile.place == "keyring":
                    lines.append(("the keyring", kept_in_keyring(self._entry)))
        lines.append((str(self._paths.witness_file), _held(self._paths).get(self._id, "")))
        states = [(place, self._read(line)) for place, line in lines if line]
        return (
            [state for _, state in states if state is not None],
            tuple(place for place, state in states if state is None),
        )

    # --- what a witness says

    def _line(self, state: ChainState) -> str:
        said = f"{self._id} {state.count} {state.head.hex()}"
        proof = hashlib.blake2b(said.encode("ascii"), digest_size=32, key=self._key).hexdigest()
        return f"{state.count} {state.head.hex()} {proof}"

    def _read(self, line: str) -> ChainState | None:
        try:
            count, head, _ = line.split(" ")
            state = ChainState(int(count), bytes.fromhex(head))
        except ValueError:
            return None
        sound = state.count >= 0 and len(state.head) == _HASH_BYTES
        whole = line.encode("utf-8", "replace")
        held = sound and hmac.compare_digest(self._line(state).encode("ascii"), whole)
        return state if held else None


def known_generation(connection: Connection) -> int:
    """The generation of the key file last written, as the caseload remembers it."""
    table = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'settings'"
    if not connection.execute(table).fetchall():
        return 0
    said = remembered(connection, GENERATION)
    return int(said) if said.isdecimal() else 0


def forget_witnesses(paths: Paths, caseload_id: str, place: Place) -> None:
    """Take the witness beside the device secret away, with a caseload that is taken away."""
    forget_device_secret(paths, f"{caseload_id}-witness", place)
    with contextlib.suppress(SanctuaryError, OSError):
        _keep_in_file(paths, caseload_id, "")


def _keep_in_file(paths: Paths, caseload_id: str, line: str) -> None:
    """Keep a caseload's line in the settings folder; a blank one takes it out."""
    held = _held(paths)
    if held.pop(caseload_id, "") == line:
        return
    if line:
        held[caseload_id] = line
    make_private_dir(paths.config_dir)
    document = {"version": 1, "witnesses": held}
    atomic_write(paths.witness_file, tomli_w.dumps(document).encode())


def _held(paths: Paths) -> dict[str, str]:
    """Caseload ids and their witnesses in the settings folder."""
    try:
        held = read_toml(paths.witness_file.read_text(encoding="utf-8")).get("witnesses")
    except (OSError, ValueError):
        return {}
    if not isinstance(held, dict):
        return {}
    return {name: text for name, text in held.items() if isinstance(text, str)}


def _hash_at(connection: Connection, number: int) -> bytes:
    if number == 0:
        return GENESIS
    rows = connection.execute("SELECT hash FROM changes WHERE id = ?", (number,)).fetchall()
    return bytes(rows[0][0]) if rows else b""
