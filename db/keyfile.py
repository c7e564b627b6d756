"""``caseload.key``: the data key, wrapped, and how the wrapping key is derived.

::

    stretched = Argon2id(NFC(passphrase) as UTF-8, salt, memory, passes, one lane) -> 32 bytes
    wrapping  = BLAKE2b-256(stretched, key = device secret, person = "sanctuary-tui-v1")
    wrapped   = XChaCha20-Poly1305(data key, nonce, wrapping, associated data)

The associated data is the version, the caseload's id, the derivation's parameters and, from the
second on, the key file's generation, in the form of ``KeyFile.associated_data``, so that none of
them can be changed unnoticed. The caseload's
id is ``BLAKE2b-128(data key, person = "sanctuary-id-v1")`` in hex: it tells which recovery key
belongs to which file and nothing about the key.
"""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import tomli_w

from config.errors import BadInputError, SanctuaryError
from config.paths import atomic_write
from config.toml import read_toml
from db.device_secret import Place

VERSION = 1
KDF_NAME = "argon2id"
KEY_BYTES = 32
_SALT_BYTES = 16
_NONCE_BYTES = 24
_WRAPPED_BYTES = KEY_BYTES + 16
_PERSON_WRAP = b"sanctuary-tui-v1"
_PERSON_ID = b"sanctuary-id-v1"
_MOST_MEMORY_KIB = 1 << 20
_MOST_PASSES = 32
_MOST_WORK = 8 * 131_072 * 3
"""Memory times passes, which is the time it takes: eight times the standard, three seconds or so. A
key file that asks for more was changed, and would keep whoever unlocks waiting."""
_MOST_FILE_BYTES = 16_384


class MissingKeyFile(SanctuaryError):
    """The database may be there, its key file is not."""


class DamagedKeyFile(SanctuaryError):
    """The key file cannot be read, or was changed."""


class WrongPassphrase(SanctuaryError):
    """The passphrase does not unwrap the data key."""


@dataclass(frozen=True, slots=True)
class KdfParams:
    """Argon2id's cost: memory in KiB, passes, lanes (one: libsodium has no more)."""

    memory_kib: int
    passes: int
    lanes: int = 1

    def __post_init__(self) -> None:
        if not 8 <= self.memory_kib <= _MOST_MEMORY_KIB:
            raise ValueError("memory out of range")
        if not 1 <= self.passes <= _MOST_PASSES:
            raise ValueError("passes out of range")
        if self.memory_kib * self.passes > _MOST_WORK:
            raise ValueError("work out of range")
        if self.lanes != 1:
            raise ValueError("one lane only")


STANDARD = KdfParams(memory_kib=131_072, passes=3)
# Protects nothing; for tests and nothing else, and only where passed by name.
CHEAP_FOR_TESTS = KdfParams(memory_kib=8, passes=1)


def wipe(*buffers: bytearray) -> None:
    """Overwrite key material. Copies that Python or a library made elsewhere are not reached:
    the process that held them is ended at a lock for that reason."""
    for buffer in buffers:
        buffer[:] = bytes(len(buffer))


def passphrase_bytes(passphrase: str) -> bytes:
    """NFC and UTF-8: the same words typed on any keyboard give the same bytes."""
    try:
        return unicodedata.normalize("NFC", passphrase).encode("utf-8")
    except UnicodeEncodeError:
        raise BadInputError(
            "The passphrase has a character that is no character; type it again."
        ) from None


def passphrase_from_file(data: bytes) -> str:
    """The passphrase in a file's bytes: UTF-8, one trailing newline dropped, spaces kept."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInputError(
            "The passphrase file is not UTF-8 text; save it as UTF-8 and try again."
        ) from None
    return text.removesuffix("\n").removesuffix("\r")


def caseload_id_of(data_key: bytes | bytearray) -> str:
    """The id of the caseload that ``data_key`` opens: 32 hex digits."""
    return hashlib.blake2b(data_key, digest_size=16, person=_PERSON_ID).hexdigest()


def derive_wrapping_key(
    passphrase: str, device_secret: bytes | bytearray, salt: bytes, params: KdfParams
) -> bytearray:
    """The 32-byte key that wraps the data key; see the module's description."""
    from nacl import pwhash

    stretched = pwhash.argon2id.kdf(
        KEY_BYTES,
        passphrase_bytes(passphrase),
        salt,
        opslimit=params.passes,
        memlimit=params.memory_kib * 1024,
    )
    joined = hashlib.blake2b(
        stretched, digest_size=KEY_BYTES, key=bytes(device_secret), person=_PERSON_WRAP
    )
    return bytearray(joined.digest())


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What ``caseload.key`` says. ``device_entry`` names the device secret in its keeping place."""

    caseload_id: str
    created: date
    params: KdfParams
    salt: bytes
    nonce: bytes
    wrapped: bytes = field(repr=False)
    place: Place
    device_entry: str
    witness: str = ""
    """How long the change log was when the caseload was last closed (``db.witness``)."""

    generation: int = 0
    """Which key file of this caseload it is: one higher with each new passphrase."""

    def associated_data(self) -> bytes:
        """What is authenticated with the wrapped key."""
        return _associated_data(self.caseload_id, self.params, self.generation)


def _associated_data(caseload_id: str, params: KdfParams, generation: int) -> bytes:
    last = f"generation={generation}\n" if generation else ""  # the first has none
    return (
        f"sanctuary-tui key file\nversion={VERSION}\ncaseload_id={caseload_id}\nkdf={KDF_NAME}\n"
        f"memory_kib={params.memory_kib}\npasses={params.passes}\nlanes={params.lanes}\n{last}"
    ).encode("ascii")


def wrap(
    data_key: bytes | bytearray,
    passphrase: str,
    device_secret: bytes | bytearray,
    *,
    params: KdfParams,
    created: date,
    place: Place,
    device_entry: str,
    generation: int = 0,
) -> KeyFile:
    """A key file's contents for ``data_key``, with a new salt and nonce."""
    from nacl import bindings

    caseload_id = caseload_id_of(data_key)
    salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
    wrapping = derive_wrapping_key(passphrase, device_secret, salt, params)
    try:
        wrapped = bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
            bytes(data_key),
            _associated_data(caseload_id, params, generation),
            nonce,
            bytes(wrapping),
        )
    finally:
        wipe(wrapping)
    return KeyFile(
        caseload_id,
        created,
        params,
        salt,
        nonce,
        wrapped,
        place,
        device_entry,
        generation=generation,
    )


def unwrap(
    keyfile: KeyFile, passphrase: str, device_secret: bytes | bytearray, path: Path
) -> bytearray:
    """The data key; raises ``WrongPassphrase``, or ``DamagedKeyFile`` when the id disagrees."""
    from nacl import bindings, exceptions

    wrapping = derive_wrapping_key(passphrase, device_secret, keyfile.salt, keyfile.params)
    try:
        data_key = bytearray(
            bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
                keyfile.wrapped, keyfile.associated_data(), keyfile.nonce, bytes(wrapping)
            )
        )
    except exceptions.CryptoError:
        raise WrongPassphrase(
            "That passphrase does not open this caseload; check Caps Lock and the keyboard "
            "layout and try again, or use the recovery key."
        ) from None
    finally:
        wipe(wrapping)
    if len(data_key) != KEY_BYTES or caseload_id_of(data_key) != keyfile.caseload_id:
        wipe(data_key)
        raise _damaged(path)
    return data_key


def write_key_file(path: Path, keyfile: KeyFile, *, overwrite: bool) -> None:
    """Write ``keyfile`` to ``path`` whole or not at all."""
    document: dict[str, Any] = {
        "version": VERSION,
        "caseload_id": keyfile.caseload_id,
        "created": keyfile.created,
        "kdf": KDF_NAME,
        "memory_kib": keyfile.params.memory_kib,
        "passes": keyfile.params.passes,
        "lanes": keyfile.params.lanes,
        "salt": keyfile.salt.hex(),
        "nonce": keyfile.nonce.hex(),
        "wrapped": keyfile.wrapped.hex(),
        "device_secret": keyfile.place,
    }
    if keyfile.device_entry != keyfile.caseload_id:
        document["device_entry"] = keyfile.device_entry
    if keyfile.generation:
        document["generation"] = keyfile.generation
    if keyfile.witness:
        document["witness"] = keyfile.witness
    atomic_write(path, tomli_w.dumps(document).encode(), overwrite=overwrite)


def read_key_file(path: Path) -> KeyFile:
    """What ``path`` says; raises ``MissingKeyFile`` or ``DamagedKeyFile``."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for without end
            raise _damaged(path)
        with path.open("rb") as stream:
            data = stream.read(_MOST_FILE_BYTES + 1)
    except FileNotFoundError:
        raise MissingKeyFile(
            f"The key file {path} is missing, so no passphrase can open this caseload; use the "
            "recovery key, or bring the key file back from a backup made on this computer."
        ) from None
    except OSError:
        raise DamagedKeyFile(
            f"The key file {path} cannot be read by this account; check its permissions, or use "
            "the recovery key."
        ) from None
    try:
        if len(data) > _MOST_FILE_BYTES:
            raise ValueError("too long")
        return _parse(read_toml(data.decode("utf-8")))
    except (ValueError, KeyError, TypeError):
        raise _damaged(path) from None


def _parse(document: dict[str, Any]) -> KeyFile:
    if document["version"] != VERSION or document["kdf"] != KDF_NAME:
        raise ValueError("another version")
    caseload_id, place = document["caseload_id"], document["device_secret"]
    created, entry = document["created"], document.get("device_entry", caseload_id)
    if len(bytes.fromhex(caseload_id)) != KEY_BYTES // 2 or not isinstance(entry, str):
        raise ValueError("bad id")
    if place not in ("keyring", "file") or not isinstance(created, date):
        raise ValueError("bad field")
    generation = document.get("generation", 0)
    if type(generation) is not int or generation < 0:
        raise ValueError("bad generation")
    costs = [document[name] for name in ("memory_kib", "passes", "lanes")]
    if not all(type(cost) is int for cost in costs):
        raise ValueError("bad cost")
    return KeyFile(
        caseload_id=caseload_id,
        created=created,
        params=KdfParams(*costs),
        salt=_exactly(document["salt"], _SALT_BYTES),
        nonce=_exactly(document["nonce"], _NONCE_BYTES),
        wrapped=_exactly(document["wrapped"], _WRAPPED_BYTES),
        place=place,
        device_entry=entry,
        witness=str(document.get("witness", "")),
        generation=generation,
    )


def _exactly(text: str, length: int) -> bytes:
    value = bytes.fromhex(text)
    if len(value) != length:
        raise ValueError("bad length")
    return value


def _damaged(path: Path) -> DamagedKeyFile:
    return DamagedKeyFile(
        f"The key file {path} is damaged or was written by a newer version, so no passphrase can "
        "open this caseload; use the recovery key, or bring the file back from a backup."
    )
