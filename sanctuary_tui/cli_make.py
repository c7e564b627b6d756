"""Commands that make a caseload: ``init`` and ``demo``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import RefusedError
from config.paths import HOME_VARIABLE, Paths, resolve_paths
from config.settings import default_settings, load_settings
from sanctuary_tui.cli_kit import hand_over, refuse_kit
from sanctuary_tui.cli_output import counted, say, warn
from sanctuary_tui.cli_session import (
    DEMO_TODAY,
    england_today,
    never_written_to,
    open_with_key,
    parse_day,
    paths_of,
    remembered_before_opening,
    secrets_for,
)
from sanctuary_tui.copies import DEMO_MARK, KIT_WAITS

if TYPE_CHECKING:
    from datetime import date

    from db.keys import NewCaseload

DEMO_PASSPHRASE = "demo"
_NOT_KEPT = (
    "The recovery key was not typed back, so no caseload was kept; run 'sanctuary init' again when "
    "you can write the key down."
)


# --- init -----------------------------------------------------------------------------------------


def init(args: argparse.Namespace) -> int:
    """Make an empty caseload, and do not finish before its recovery key is in safe hands."""
    if args.yes and not args.kit:
        args.parser.error("--yes needs --kit FILE, or the recovery key would be lost")
    paths = paths_of(args)
    settings = load_settings(paths.settings_file)
    kit = Path(args.kit).expanduser().absolute() if args.kit else None
    _refuse_before_asking(paths, kit, scripted=args.yes)
    passphrase = secrets_for(args).ask_new("New passphrase")
    with _made(paths, passphrase, remembers={KIT_WAITS: "yes"}) as made:
        with open_with_key(paths, made.data_key, settings) as session:
            session.log("caseload made")
        hand_over(made, kit, scripted=args.yes, left=_NOT_KEPT)
        with open_with_key(paths, made.data_key, settings) as session:
            session.caseload.store.remember(KIT_WAITS, "")
    for notice in made.notices:
        say(notice)
    say(f"The caseload is made: {paths.caseload}")
    if kit:
        say(f"The emergency kit is in {kit}: print it, seal it in a safe, and delete the file.")
    return 0


def _refuse_before_asking(paths: Paths, kit: Path | None, *, scripted: bool) -> None:
    """Everything that can be refused before a person is asked for a passphrase."""
    from db.connection import CaseloadExists
    from db.keys import settle_unfinished

    settle_unfinished(paths)
    for existing in (paths.caseload, paths.keyfile):
        if os.path.lexists(existing):
            raise CaseloadExists(
                f"There is a caseload at {existing} already and it was left as it is; choose "
                "another folder with --home, or move that one away first. Where nobody has its "
                "recovery key, 'sanctuary key show' shows it."
            )
    refuse_kit(kit, scripted=scripted)


@contextmanager
def _made(
    paths: Paths,
    passphrase: str,
    *,
    allow_weak: bool = False,
    remembers: Mapping[str, str] | None = None,
) -> Iterator[NewCaseload]:
    """A new caseload; taken away again, empty as it is, if what follows does not finish."""
    from db.keys import create_caseload, wipe

    made = create_caseload(paths, passphrase, allow_weak=allow_weak, remembers=remembers)
    try:
        yield made
    except BaseException:
        _take_away(paths)
        raise
    finally:
        wipe(made.data_key)


def _take_away(paths: Paths) -> None:
    """Remove a caseload that holds nothing of anybody's, with its witnesses."""
    from db.keyfile import read_key_file
    from db.keys import take_away
    from db.witness import forget_witnesses

    keyfile = read_key_file(paths.keyfile)
    forget_witnesses(paths, keyfile.caseload_id, keyfile.place)
    take_away(paths)


# --- demo -----------------------------------------------------------------------------------------


def demo(args: argparse.Namespace) -> int:
    """Make a synthetic caseload in a home of its own, or open the one that is there."""
    from db.keys import settle_unfinished

    home = demo_home(getattr(args, "home", None))
    paths = resolve_paths(str(home), {})
    day = parse_day(args.today) if args.today else None
    settle_unfinished(paths)
    there = os.path.lexists(paths.caseload) or os.path.lexists(paths.keyfile)
    if there:
        kept = _demo_of(paths)
        if args.fresh or kept is None:
            _take_away(paths)
            there = False
    if there:
        shown = day or (parse_day(kept) if kept else None)
        say(f"The demo caseload at {home} is there already; --fresh makes it anew.")
    else:
        shown = day
        if sys.stderr.isatty():
            warn("Making the demo caseload; a few seconds for each hundred cases ...")
        count = _make_demo(paths, args.cases, args.seed, day or england_today())
        say(
            f"Made {counted(count, 'synthetic case')} at {home} "
            f"(seed {args.seed}, passphrase {DEMO_PASSPHRASE})."
        )
    if args.no_console:
        return 0
    return _open_console(home, shown)


def demo_home(asked: str | None) -> Path:
    """Where a demo lives: the home asked for, else a folder of its own beside the real one."""
    chosen = asked or os.environ.get(HOME_VARIABLE)
    if chosen:
        return Path(os.path.abspath(Path(chosen).expanduser()))
    return resolve_paths(None, {}).data_dir / "demo"


def _demo_of(paths: Paths) -> str | None:
    """The date the demo here is shown on, blank for the machine's.

    None where one was stopped while it was made: the demo's passphrase, and an empty log.

    Raises:
        RefusedError: what is here is no demo; it is left as it is.
    """
    from config.errors import SanctuaryError
    from db.device_secret import load_device_secret
    from db.keyfile import read_key_file, unwrap
    from db.keys import wipe

    refusal = RefusedError(
        f"What is at {paths.data_dir} is not a demo caseload with the demo's passphrase, so it was "
        "left as it is; name another folder with --home."
    )
    try:
        keyfile = read_key_file(paths.keyfile)
        secret = load_device_secret(paths, keyfile.device_entry, keyfile.place)
        # Not through unlock: on a real caseload this would count as somebody's wrong passphrase.
        key = unwrap(keyfile, DEMO_PASSPHRASE, secret, paths.keyfile)
    except SanctuaryError:
        raise refusal from None
    try:
        mark, day = remembered_before_opening(paths, key, DEMO_MARK, DEMO_TODAY)
        if not mark:
            if never_written_to(paths, key):
                return None
            raise refusal
        return day
    finally:
        wipe(key)


def _make_demo(paths: Paths, cases: int, seed: int, today: date) -> int:
    from db.seal import sealed_ids
    from sanctuary_tui.demo import fill

    with _made(paths, DEMO_PASSPHRASE, allow_weak=True) as made:
        day = today.isoformat()
        with open_with_key(
            paths, made.data_key, default_settings(), asked=day, new_demo=True
        ) as session:
            store = session.caseload.store
            with store.bulk():
                fill(store, cases, seed, today)
                store.remember(DEMO_MARK, f"{counted(cases, 'case')}, seed {seed}")
                if today != england_today():
                    store.remember(DEMO_TODAY, day)
            connection = session.caseload.connection
            found = connection.execute("SELECT count(*) FROM cases").fetchall()[0][0]
            sealed = len(sealed_ids(connection))
    return int(found) + sealed


def _open_console(home: Path, day: date | None) -> int:
    from sanctuary_tui.launcher import run_console

    options = [f"--home={home}", f"--hint=Demo caseload: the passphrase is {DEMO_PASSPHRASE}"]
    if day is not None:
        options.append(f"--today={day.isoformat()}")
    sys.stdout.flush()
    return run_console(options)
