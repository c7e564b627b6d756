"""What the process that holds the data gives up before it opens anything.

Standard library only: this runs before Textual is imported, because Textual reads its
``TEXTUAL*`` variables at import (they can write the screen to files, send it over the network or
load a foreign driver).
"""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping

_PREFIXES = ("TEXTUAL", "PYTHON", "KEYRING_PROPERTY_")
_NO_KEYRING = ("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4


def scrub_environment(environ: MutableMapping[str, str] = os.environ) -> None:
    """Drop the variables that could log, redirect or replace parts of the program.

    ``TEXTUAL*`` (logs, screenshots, devtools, drivers), ``PYTHON*`` (start-up code, debuggers,
    and ``PYTHON_KEYRING_BACKEND``, which can swap the keyring for one that forgets) and
    ``KEYRING_PROPERTY_*``. The one keyring backend that may be named is ``fail``, which says
    honestly that there is none. ``NO_COLOR`` is honoured when it is not empty, as its convention
    says.
    """
    for name, value in list(environ.items()):
        if name.upper().startswith(_PREFIXES) and (name, value) != _NO_KEYRING:
            del environ[name]
    if environ.get("NO_COLOR") == "":
        del environ["NO_COLOR"]


def forbid_core_dumps() -> None:
    """No core file for this process and those it starts; nothing to do on Windows."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def harden_process(parent: int | None = None) -> None:
    """Make this process fit to hold the caseload; call it before Textual is imported.

    Files it makes are private (umask 077), it leaves no core dump, and on Linux it cannot be
    read or traced by another process of the same user. With ``parent`` it is told to end when
    that process is gone (Linux at once, elsewhere by polling ``parent_gone``).
    """
    import faulthandler

    scrub_environment()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # else numpy keeps a thread for each processor
    os.umask(0o077)
    forbid_core_dumps()
    faulthandler.disable()
    if sys.platform == "linux":
        _linux_only(parent)


def _linux_only(parent: int | None) -> None:
    import ctypes
    import signal

    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if parent is not None:
        prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)


def parent_gone(parent: int | None) -> bool:
    """Has the process that started us ended? Always False without one."""
    if parent is None:
        return False
    if sys.platform == "win32":
        return _windows_process_ended(parent)
    return os.getppid() != parent


def _windows_process_ended(pid: int) -> bool:
    if sys.platform != "win32":
        return False
    import ctypes

    synchronize, signalled = 0x00100000, 0
    kernel = ctypes.windll.kernel32
    handle = kernel.OpenProcess(synchronize, False, pid)
    if not handle:
        return True
    try:
        return bool(kernel.WaitForSingleObject(handle, 0) == signalled)
    finally:
        kernel.CloseHandle(handle)
