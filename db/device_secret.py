"""The device secret: the half of the lock that never leaves this computer.

It is kept in the computer's own keyring (Secret Service, Windows Credential Manager, macOS
Keychain) and nowhere else where there is one. The ``keyring`` library picks a back end by itself
and some of those forget what they are given or write it in the open, so only a short list is
used, and what was stored is read back before it is relied on. Without a usable keyring the secret
goes into a file that only this account can read, and the person is told.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import tomli_w

from config.errors import SanctuaryError
from config.paths import Paths, atomic_write, make_private_dir, refuse_synced
from config.toml import read_toml

T = TypeVar("T")
SERVICE = "sanctuary-tui"
SECRET_BYTES = 32
Place = Literal["keyring", "file"]

# module and class of the back ends that keep a secret and keep it to this account
_ALLOWED = {
    ("keyring.backends.SecretService", "Keyring"): "the Secret Service keyring",
    ("keyring.backends.Windows", "WinVaultKeyring"): "Windows Credential Manager",
    ("keyring.backends.macOS", "Keyring"): "the macOS Keychain",
}
_REFUSED = {
    "keyring.backends.null": "it forgets what it is given",
    "keyring.backends.fail": "there is none on this computer",
    "keyring.backends.chainer": "there is none on this computer",
    "keyrings.alt": "it keeps secrets in a file that can be read",
}


class MissingDeviceSecret(SanctuaryError):
    """This computer does not hold, or will not give, its half of the lock."""


@dataclass(frozen=True, slots=True)
class KeyringState:
    """Whether this computer's keyring can be used, its name, and why not."""

    usable: bool
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a device secret was put, and what the person should be told about it."""

    place: Place
    notices: tuple[str, ...]


def new_device_secret() -> bytearray:
    """32 random bytes."""
    return bytearray(secrets.token_bytes(SECRET_BYTES))


def keyring_state() -> KeyringState:
    """What the keyring of this computer is good for; it is not written to."""
    return _find_backend()[1]


class _NoAnswer(Exception):
    """The keyring raised something."""


def _asked(ask: Callable[[], T]) -> T:
    """What the keyring answers.

    Its back ends raise errors of their own that share no class (pywintypes.error, those of D-Bus,
    a failed import), so everything is caught, here alone. Raises ``_NoAnswer``.
    """
    try:
        return ask()
    except Exception:  # noqa: BLE001 - they share no class, as said above
        raise _NoAnswer from None


_APPLES: Final = "keyring.backends.macOS.api"


def _shut_out() -> None:
    """Keep the back end of macOS from looking for Apple's libraries on another system, for which
    Python starts ldconfig, a compiler and a linker, as PATH names them."""
    if sys.platform != "darwin":
        modules: Any = sys.modules
        modules.setdefault(_APPLES, None)  # as if there were no such module


def _chosen() -> Any:
    _shut_out()
    import keyring

    chosen: Any = keyring.get_keyring()
    if _kind(chosen) == ("keyring.backends.chainer", "ChainerBackend"):
        # What it would store in: used by itself, so that reading cannot stray to another.
        members = list(chosen.backends)
        chosen = members[0] if members else chosen
    return chosen


def _find_backend() -> tuple[Any, KeyringState]:
    try:
        chosen = _asked(_chosen)
    except _NoAnswer:
        return None, KeyringState(False, "none", "the keyring of this computer did not answer")
    kind = _kind(chosen)
    if kind in _ALLOWED:
        if kind[0] == "keyring.backends.Windows":
            chosen.persist = "local machine"  # never roams to another computer
        return chosen, KeyringState(True, _ALLOWED[kind], "")
    return None, KeyringState(False, ".".join(kind), _why_refused(kind[0]))


def _kind(backend: Any) -> tuple[str, str]:
    return type(backend).__module__, type(backend).__name__


def _why_refused(module: str) -> str:
    for prefix, reason in _REFUSED.items():
        if module == prefix or module.startswith(prefix + "."):
            return reason
    return "it is not one that is known to keep secrets to this account"


def store_device_secret(
    paths: Paths, entry: str, secret: bytes | bytearray, *, allow_keyring: bool = True
) -> Stored:
    """Keep ``secret`` under ``entry``: in the keyring, or failing that in the settings folder."""
    if not allow_keyring:
        _store_in_file(paths, entry, secret)
        return Stored("file", ())
    backend, state = _find_backend()
    reason = state.reason
    if backend is not None:
        if _store_in_keyring(backend, entry, secret):
            return Stored("keyring", ())
        reason = "it did not give back what it was given, or is locked"
    _store_in_file(paths, entry, secret)
    notice = (
        f"The keyring of this computer is not used ({reason}), so its half of the lock is in "
        f"{paths.device_secret_file}, which only this account can read: whoever copies that file "
        "together with the caseload needs only the passphrase."
    )
    return Stored("file", (notice,))


def _store_in_keyring(backend: Any, entry: str, secret: bytes | bytearray) -> bool:
    return _kept(backend, entry, bytes(secret).hex())


def _kept(backend: Any, entry: str, text: str) -> bool:
    try:
        _asked(lambda: backend.set_password(SERVICE, entry, text))
        return bool(_asked(lambda: backend.get_password(SERVICE, entry)) == text)
    except _NoAnswer:
        return False


def load_device_secret(paths: Paths, entry: str, place: Place) -> bytearray:
    """The secret kept under ``entry``; raises ``MissingDeviceSecret``."""
    text = _load_from_keyring(entry) if place == "keyring" else _load_from_file(paths, entry)
    try:
        secret = bytearray.fromhex(text)
    except ValueError:
        secret = bytearray()
    if len(secret) != SECRET_BYTES:
        raise MissingDeviceSecret(
            "This computer's half of the lock is damaged; open the caseload with the recovery "
            "key and set a new passphrase."
        )
    return secret


def _load_from_keyring(entry: str) -> str:
    backend, state = _find_backend()
    if backend is None:
        raise MissingDeviceSecret(
            f"The keyring that holds this computer's half of the lock cannot be used "
            f"({state.reason}); sign in to the computer again, or use the recovery key."
        )
    try:
        text = _asked(lambda: backend.get_password(SERVICE, entry))
    except _NoAnswer:
        raise MissingDeviceSecret(
            "The keyring that holds this computer's half of the lock is locked or did not "
            "answer; unlock it and try again, or use the recovery key."
        ) from None
    if not text:
        raise MissingDeviceSecret(
            "This computer's keyring does not hold its half of the lock, so the passphrase "
            "cannot open this caseload here; use the recovery key."
        )
    return str(text)


def _load_from_file(paths: Paths, entry: str) -> str:
    text = _held_in_file(paths.device_secret_file).get(entry)
    if text is None:
        raise MissingDeviceSecret(
            f"This computer's half of the lock is not in {paths.device_secret_file}, so the "
            "passphrase cannot open this caseload here; use the recovery key."
        )
    return text


def _read_file(path: Path) -> dict[str, str]:
    """Entry names and their secrets; raises ``ValueError`` or ``OSError`` when unreadable."""
    held = read_toml(path.read_text(encoding="utf-8")).get("secrets")
    if not isinstance(held, dict):
        raise ValueError("no table of secrets")
    return {name: text for name, text in held.items() if isinstance(text, str)}


def _held_in_file(path: Path) -> dict[str, str]:
    try:
        return _read_file(path)
    except (OSError, ValueError):
        return {}


def _store_in_file(paths: Paths, entry: str, secret: bytes | bytearray) -> None:
    refuse_synced(paths.config_dir)
    make_private_dir(paths.config_dir)
    try:
        held = _read_file(paths.device_secret_file)
    except FileNotFoundError:
        held = {}
    except (OSError, ValueError):
        # Kept aside, since it may be another caseload's only half of the lock.
        held = {}
        aside = paths.device_secret_file.with_name("device.secret.unreadable")
        os.replace(paths.device_secret_file, aside)
    held[entry] = bytes(secret).hex()
    document = {"version": 1, "secrets": held}
    atomic_write(paths.device_secret_file, tomli_w.dumps(document).encode())


def put_in_keyring(entry: str, text: str) -> bool:
    """Keep a short text beside the secrets, in the keyring alone; whether it is kept."""
    backend, _ = _find_backend()
    return backend is not None and _kept(backend, entry, text)


def kept_in_keyring(entry: str) -> str:
    """What ``put_in_keyring`` kept; blank where there is nothing or the keyring does not answer."""
    backend, _ = _find_backend()
    if backend is None:
        return ""
    try:
        return str(_asked(lambda: backend.get_password(SERVICE, entry)) or "")
    except _NoAnswer:
        return ""


def forget_device_secret(paths: Paths, entry: str, place: Place) -> None:
    """Take ``entry`` out of where it is kept; says nothing when it is not there."""
    if place == "file":
        held = _held_in_file(paths.device_secret_file)
        if held.pop(entry, None) is not None:
            document = {"version": 1, "secrets": held}
            atomic_write(paths.device_secret_file, tomli_w.dumps(document).encode())
        return
    backend, _ = _find_backend()
    if backend is None:
        return
    with contextlib.suppress(_NoAnswer):  # an entry left behind opens nothing by itself
        _asked(lambda: backend.delete_password(SERVICE, entry))
