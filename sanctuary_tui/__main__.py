"""The program ``sanctuary``: the console without a sub-command, else a command."""

from __future__ import annotations

import io
import os
import sys

TYPE_CHECKING = False  # importing typing costs 4 ms
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``sanctuary`` with these arguments; return the exit status.

    Without a sub-command the console opens through the launcher. Everything else, ``demo``
    included, is a command of ``sanctuary_tui.cli``.
    """
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if wants_console(arguments):
        from sanctuary_tui.launcher import run_console

        return run_console(arguments)
    return _run_command(arguments)


def wants_console(arguments: Sequence[str]) -> bool:
    """Is there nothing in the arguments but, perhaps, ``--home DIR``?"""
    rest = list(arguments)
    while rest:
        first = rest.pop(0)
        if first == "--home" and rest and not rest[0].startswith("-"):
            rest.pop(0)
        elif not (first.startswith("--home=") and len(first) > len("--home=")):
            return False
    return True


def _run_command(arguments: Sequence[str]) -> int:
    """Run a command. What it does not handle is told by type and place, never by its message."""
    from sanctuary_tui import crash
    from sanctuary_tui.hardening import harden_process

    harden_process()  # before anything secret is read
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A name may have a letter that a file or a pipe has not: Windows has such.
        sys.stdout.reconfigure(errors="backslashreplace")
    crash.install_hooks()
    try:
        from config.errors import SanctuaryError
        from config.paths import resolve_paths

        try:
            crash.LOG.configure(resolve_paths(_home(arguments), os.environ).log_dir)
            from sanctuary_tui.cli import run_command

            status = run_command(list(arguments))
            sys.stdout.flush()
        except SanctuaryError as error:
            return _complain(error.sentence, 1)
        except SystemExit as error:
            if error.code is None or isinstance(error.code, int):
                return error.code or 0
            raise
    except KeyboardInterrupt:
        return _complain("Stopped.", 130)
    except BrokenPipeError:
        # The reader of a pipe (`| head`) has gone; nothing more can be written, not at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except BaseException as error:  # noqa: BLE001 - the last handler there is
        report = crash.LOG.record(error)
        if report.damage:
            return _complain(report.sentence(), 1)
        return _complain(
            f"The command failed because of a fault in the program ({report.kind} at "
            f"{report.place}), reference {report.reference}.",
            1,
        )
    return status


def _home(arguments: Sequence[str]) -> str | None:
    """``--home`` wherever it stands, for the crash log; the command checks it for itself."""
    for index, argument in enumerate(arguments):
        if argument.startswith("--home="):
            return argument.partition("=")[2] or None
        if argument == "--home" and index + 1 < len(arguments):
            return arguments[index + 1]
    return None


def _complain(sentence: str, status: int) -> int:
    from config.text import guard

    sys.stderr.write(f"{guard(sentence)}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
