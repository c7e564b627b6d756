"""``report``: a return of a period on the terminal or as a file, and a county's join of many."""

from __future__ import annotations

import argparse
from pathlib import Path

from config.format import money
from sanctuary_tui.cli_output import counted, say, warn
from sanctuary_tui.cli_session import opened

MERGE = "merge"
SUMMARY = "summary"


def report(args: argparse.Namespace) -> int:
    """Count a return, or join those of a folder."""
    if args.what == MERGE:
        return _merge(args)
    if args.folder:
        args.parser.error("a folder is for 'report merge'")
    if args.cases and args.what == SUMMARY:
        args.parser.error("--cases goes with a return; 'report summary' is a page to print")
    if args.cases and (args.out or args.exact):
        args.parser.error("--cases shows them on the terminal; it goes without --out and --exact")
    if args.exact and not args.out:
        args.parser.error("--exact belongs to --out; the terminal always shows exact numbers")
    if args.cases:
        return _cases(args)
    if args.what == SUMMARY and not args.out:
        args.parser.error("'report summary' is a page to print: give --out FILE, ending in .html")
    return _file(args) if args.out else _text(args)


def _merge(args: argparse.Namespace) -> int:
    from sanctuary_tui.returns.merging import merge_returns

    if not args.folder or not args.out:
        args.parser.error("'report merge' needs a folder and --out FILE")
    if args.quarter or args.year or args.cases or args.exact:
        args.parser.error("the districts' files say their own period; leave the other options out")
    out = Path(args.out).expanduser().absolute()
    districts, exact, figures = merge_returns(Path(args.folder).expanduser().absolute(), out)
    say(f"{counted(districts, 'district')} joined, {counted(figures, 'figure')}: {out}")
    if exact:
        warn(
            f"{counted(exact, 'district')} sent exact numbers, so small ones are in it: it is for "
            "the county alone; do not publish it, or ask them for files with small numbers hidden."
        )
    return 0


def _file(args: argparse.Namespace) -> int:
    from sanctuary_tui.returns.making import period_of
    from sanctuary_tui.table_export import export_return, export_summary, refuse_name

    period = period_of(args.what, quarter_code=args.quarter or "", year_code=args.year or "")
    out = Path(args.out).expanduser().absolute()
    page = args.what == SUMMARY
    refuse_name(out, ".html" if page else ".csv")  # before a passphrase is asked for
    with opened(args) as session:
        caseload, settings, now = session.caseload, session.settings, session.caseload.store.now()
        if page:
            written = export_summary(caseload, period, out, settings, exact=args.exact, now=now)
        else:
            written = export_return(
                caseload, args.what, period, out, settings, exact=args.exact, now=now
            )
        agreed = session.settings.returns.small_numbers == "exact"
    how = "exact, for this council" if args.exact else "exact" if agreed else "small numbers hidden"
    what = "Summary" if page else f"Return {args.what}"
    say(f"{what} {period.code}, {counted(written.rows, 'figure')}, {how}: {out}")
    for notice in written.notices:
        warn(notice)
    return 0


def _text(args: argparse.Namespace) -> int:
    from sanctuary_tui.returns import making

    period = making.period_of(args.what, quarter_code=args.quarter or "", year_code=args.year or "")
    with opened(args) as session:
        found = making.counted(session.caseload, args.what, period)
    say(f"{found.title}, {period.code}: {period.words}. Exact, for this council.")
    say()
    figures = list(found.figures.values())
    wide = max(len(making.in_words(one)) for one in figures)
    keys = max(len(one.key) for one in figures)
    for one in figures:
        say(f"{making.in_words(one).rjust(wide)}  {one.key.ljust(keys)}  {one.label}")
    say()
    for note in found.notes:
        say(note)
    return 0


def _cases(args: argparse.Namespace) -> int:
    from sanctuary_tui.returns import making

    period = making.period_of(args.what, quarter_code=args.quarter or "", year_code=args.year or "")
    with opened(args) as session:
        found = making.counted(session.caseload, args.what, period)
        figure = making.figure_of(found, args.cases)
        refs = making.read_cases(session.caseload, found, figure)
    say(f"{figure.label}, {period.code}: {making.in_words(figure)}")
    say(figure.rule)
    say()
    for one in figure.cases:
        amount = "" if one.amount == 1 and figure.unit == "count" else f"  {one.amount}"
        if figure.unit == "pence":
            amount = f"  {money(one.amount)}"
        say(f"{refs[one.case_id]}  {one.why}{amount}")
    return 0
