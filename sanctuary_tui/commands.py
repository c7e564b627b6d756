"""One definition a command: it gives the key, the footer, the palette entry and the help line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from textual.binding import Binding

from config.keymap import KEPT, keys_in_force, shown

LISTS: Final = ("today", "board", "consent", "aftercare", "marac")
WORK: Final = ("today", "board", "consent", "aftercare", "marac", "case", "search")
PLACES: Final = (
    "today",
    "board",
    "consent",
    "aftercare",
    "marac",
    "reports",
    "settings",
    "directory",
    "funds",
    "group",
    "search",
    "changelog",
    "since",
    "sealed",
)
EVERYWHERE: Final = (
    *WORK,
    "reports",
    "settings",
    "directory",
    "funds",
    "group",
    "changelog",
    "since",
)


@dataclass(frozen=True, slots=True)
class Command:
    """Something a person can ask for.

    ``where`` names the screens that have it (``*``: every one); the screen or the app has a method
    ``action_<id>``; ``footer`` puts it into the key line.
    """

    id: str
    title: str
    help: str
    where: tuple[str, ...] = ("*",)
    footer: bool = False


COMMANDS: Final[tuple[Command, ...]] = (
    Command(
        "open",
        "open",
        "Open the case; in a case, correct or put right what the cursor is on.",
        (*WORK, "changelog", "since", "sealed"),
        True,
    ),
    Command(
        "done",
        "done",
        "Mark the line done, with the fact it stands for or a note.",
        ("today", "aftercare", "case", "group"),
        True,
    ),
    Command("snooze", "snooze", "Put the line off to a later day.", ("today", "aftercare"), True),
    Command("call", "log call", "Log a call, text or visit, by the safe-contact rule.", WORK, True),
    Command("chase", "chase", "Log a chase of the landlord's answer.", WORK, True),
    Command("answer", "answer", "Log the landlord's answer.", ("consent",), True),
    Command("check", "check", "Record an aftercare check.", ("today", "aftercare", "case"), True),
    Command("book", "book", "Book a survey, installation or other visit.", WORK, True),
    Command("remind", "remind", "Add a reminder of your own.", WORK),
    Command(
        "forward",
        "move on",
        "Move the case to the next stage; gates explain a refusal.",
        ("today", "board", "case"),
        True,
    ),
    Command(
        "backward",
        "move back",
        "Move the case to the stage before.",
        ("today", "board", "case"),
        False,
    ),
    Command(
        "filter",
        "filter",
        "Show only cases that match some words.",
        ("today", "board", "consent", "aftercare"),
        True,
    ),
    Command("sort", "sort", "Sort the columns another way.", ("board",), True),
    Command("lanes", "lanes", "Divide the board by risk or by tenure.", ("board",), True),
    Command("jump", "jump", "Jump to a case by its number.", ("today", "board"), False),
    Command(
        "tick", "tick", "Put the case on this meeting's list, or take it off.", ("marac",), True
    ),
    Command(
        "marac_details",
        "details",
        "What the MARAC is told: basis, awareness, requests.",
        ("marac",),
        True,
    ),
    Command(
        "preview",
        "preview",
        "See each row as it would be sent, and what is missing.",
        ("marac",),
        True,
    ),
    Command("send", "send", "Write the list for the meeting.", ("marac",), True),
    Command("outcome", "outcome", "Record what the meeting decided.", ("marac",), True),
    Command(
        "transfer", "transfer", "Record that the case went to another MARAC.", ("marac",), False
    ),
    Command("radar", "12 months", "Every case inside the twelve months.", ("marac",), False),
    Command("meeting", "meeting", "Go to another meeting.", ("marac",), False),
    Command(
        "change",
        "change",
        "Change the setting or the entry under the cursor.",
        ("settings", "directory", "funds", "group"),
        True,
    ),
    Command("where", "where", "Say where the file under the cursor lies.", ("reports",), True),
    Command(
        "quarter", "quarter", "Write the MARAC dataset of a quarter: counts.", ("reports",), True
    ),
    Command(
        "returns",
        "returns",
        "Count a return of a quarter or year; the cases behind each figure.",
        ("reports",),
        True,
    ),
    Command(
        "pictures",
        "pictures",
        "Look at a year in bars: referrals, waiting, money, aftercare; write a page to print.",
        ("reports",),
        True,
    ),
    Command(
        "add",
        "add",
        "Add a record on this tab.",
        ("case", "directory", "funds", "group"),
        True,
    ),
    Command(
        "document",
        "document",
        "Make a letter, job sheet or handover sheet; its words are checked and shown first.",
        ("today", "board", "consent", "aftercare", "case"),
    ),
    Command(
        "access",
        "access request",
        "Somebody of the case asks to see what is held: tick what goes out, paragraph by "
        "paragraph.",
        WORK,
    ),
    Command("note", "note", "Write a note.", ("case",), True),
    Command("state", "state", "Move a measure on: approved, ordered, fitted.", ("case",), True),
    Command(
        "override",
        "override",
        "Override a gate that refuses, with an approver and an end.",
        ("case",),
    ),
    Command(
        "reveal",
        "reveal",
        "Show what is masked, for a reason that is logged.",
        ("case", "marac"),
    ),
    Command(
        "seal",
        "seal",
        "Take the case out of every list, or lift its seal; with a reason.",
        ("case",),
    ),
    Command("close_case", "close", "Close the case with a coded outcome, or reopen it.", ("case",)),
    Command(
        "retention",
        "retention",
        "How long a closed file is kept: keep it, hold it, or dispose of it.",
        ("case", "reports"),
    ),
    Command(
        "archive",
        "archive",
        "Write the whole caseload into an encrypted archive in open formats.",
        ("reports",),
    ),
    Command(
        "cover_pack",
        "handover pack",
        "Hand cases over for a leave: an encrypted file with a day to delete it by.",
        ("reports", "since"),
    ),
    Command(
        "certificates",
        "certificates",
        "The certificates of disposed cases; write one as a text file.",
        ("reports",),
    ),
    Command(
        "delete",
        "delete",
        "Delete the record; u brings it back.",
        ("case", "directory", "funds", "group"),
    ),
    Command("next_tab", "next tab", "Go to the next tab.", ("case",)),
    Command("previous_tab", "previous tab", "Go to the tab before.", ("case",)),
    Command("closed", "closed", "Show closed cases too.", ("board",)),
    Command(
        "delete_file",
        "delete file",
        "Delete an exported file that still lies there.",
        ("reports", "sealed"),
        True,
    ),
    Command(
        "breach",
        "breach",
        "A file, backup or computer got out: who is at risk, the 72 hours, the report.",
        ("reports",),
        True,
    ),
    Command(
        "sealed_breach",
        "breach",
        "After a breach: log that this survivor was reached, or record one of a file of the case.",
        ("sealed",),
        True,
    ),
    Command("today", "Today", "What is overdue, due, new and stuck.", PLACES),
    Command("board", "Board", "Every open case by stage.", PLACES),
    Command("consent", "Consent", "Every landlord's answer that is awaited.", PLACES),
    Command("aftercare", "Aftercare", "Checks, batteries and orders after the fitting.", PLACES),
    Command("marac", "MARAC", "This week's list.", PLACES),
    Command("reports", "Reports", "Counts, and the register of what was sent.", PLACES),
    Command(
        "settings", "Settings", "Theme, idle lock, targets, and what to check locally.", PLACES
    ),
    Command("directory", "Directory", "Organisations, the people at them, funds.", PLACES),
    Command("funds", "Funds", "Each fund of a year: committed, spent, left, forecast.", PLACES),
    Command("group", "Working group", "Its actions with their days, and its members.", PLACES),
    Command("fund_cases", "cases", "The cases behind the fund under the cursor.", ("funds",), True),
    Command("year_before", "year before", "The funds of the year before.", ("funds",), True),
    Command("year_after", "year after", "The funds of the year after.", ("funds",), True),
    Command("backup", "backup", "Make an encrypted backup now, and check it.", PLACES),
    Command("changelog", "change log", "Who read, changed or sent out what, and when.", PLACES),
    Command("readers", "who read it", "Who opened this case, and when.", ("case",)),
    Command("of_case", "case", "Only the lines of one case.", ("changelog",), True),
    Command(
        "of_action",
        "action",
        "Only what was read, or changed, or sent out ...",
        ("changelog",),
        True,
    ),
    Command("of_day", "day", "Only the lines of one day.", ("changelog",), True),
    Command(
        "since",
        "changed since",
        "What changed in which case since the last working day, last Friday, a date, or you left.",
        PLACES,
    ),
    Command("since_when", "since when", "Show what changed since another day.", ("since",), True),
    Command(
        "digest",
        "weekly digest",
        "The week for a manager: new, moved, secured, closed, stuck, overdue, due; and back.",
        ("since",),
        True,
    ),
    Command("week_before", "week before", "The digest of the week before.", ("since",), True),
    Command("week_after", "week after", "The digest of the week after.", ("since",), True),
    Command(
        "sealed",
        "sealed cases",
        "List the cases that stand in no other list, for a reason that is logged.",
        PLACES,
    ),
    Command(
        "import_tracker",
        "import a tracker",
        "Bring an old tracker in: its columns, answers and duplicates are looked at first.",
        PLACES,
    ),
    Command("drafts", "drafts", "Go on with a form that was left half-done.", PLACES),
    Command("search", "search", "Search every note and record.", EVERYWHERE, True),
    Command(
        "new",
        "new",
        "Take a referral; earlier cases are searched first.",
        EVERYWHERE,
        True,
    ),
    Command(
        "export",
        "export",
        "Write what is on this screen as CSV.",
        (*WORK, "reports", "directory", "changelog", "since"),
    ),
    Command("mask", "names", "Show or mask names in lists."),
    Command("undo", "undo", "Undo the last change."),
    Command("theme", "theme", "Change to the next theme."),
    Command("reload", "reload", "Read the caseload again."),
    Command("palette", "all commands", "Find any command by its name."),
    Command("help", "keys", "Show every key of this screen.", ("*",), True),
    Command("lock", "lock", "Lock now: the screen is blanked first."),
    Command("quit", "quit", "Lock and leave."),
    Command("back", "back", "Go back.", ("case", "search", "changelog", "since", "sealed")),
)

BY_ID: Final = {command.id: command for command in COMMANDS}
APP_COMMANDS: Final = frozenset(
    {
        *PLACES,
        "new",
        "backup",
        "drafts",
        "import_tracker",
        "mask",
        "undo",
        "theme",
        "palette",
        "help",
        "lock",
        "quit",
    }
)
"""Commands whose action is the app's own, whatever the screen."""


def commands_for(screen: str) -> list[Command]:
    """The commands of a screen, in the order of the footer."""
    return [one for one in COMMANDS if "*" in one.where or screen in one.where]


def keys_of(command: Command, changed: Mapping[str, str]) -> str:
    """The keys of a command: the district's own, or those of the default that it has given to no
    other command of the same screen, so that a new version takes none of its own from it."""
    keys = keys_in_force(command.id, changed)
    if not changed or command.id in (*changed, *KEPT):
        return keys
    taken = {
        key
        for name, own in changed.items()
        if name in BY_ID and _meet(BY_ID[name], command)
        for key in own.split(",")
    }
    return ",".join(key for key in keys.split(",") if key not in taken)


def _meet(one: Command, other: Command) -> bool:
    return "*" in (*one.where, *other.where) or not set(one.where).isdisjoint(other.where)


def bindings_for(screen: str, changed: Mapping[str, str]) -> list[Binding]:
    """Textual bindings of a screen's commands."""
    made = []
    for command in commands_for(screen):
        keys = keys_of(command, changed)
        if keys:
            target = f"app.{command.id}" if command.id in APP_COMMANDS else command.id
            made.append(Binding(keys, target, command.title, show=False, id=command.id))
    return made


def footer_for(screen: str, changed: Mapping[str, str]) -> list[tuple[str, str]]:
    """Key and title pairs for the key line, in the order of the registry."""
    return footer_of([one.id for one in commands_for(screen) if one.footer], changed)


def footer_of(wanted: Iterable[str], changed: Mapping[str, str]) -> list[tuple[str, str]]:
    """Key and title pairs of these commands, those without a key left out.

    ``id:title`` gives a command the title it has here; ``*`` stands for the digits of the tabs.
    """
    pairs = []
    for one in wanted:
        if one == "*":
            pairs.append(("1-9", "tabs"))
            continue
        name, _, title = one.partition(":")
        if keys := keys_of(BY_ID[name], changed):
            pairs.append((shown(keys), title or BY_ID[name].title))
    return pairs
