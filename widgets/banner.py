"""The contact-safety banner: how to reach the survivor safely, always in sight."""

from __future__ import annotations

from db.readmodels import CaseCard
from widgets.columns import Pieces, fit_pieces, width_of, wrap
from widgets.text_blocks import Block
from widgets.themes import risk_cell

UNKNOWN = "not recorded: ask the referrer before any contact"
BARRED = "DO NOT CONTACT"


def banner_pieces(safe_contact: str, do_not_contact: bool, width: int, most: int) -> list[Pieces]:
    """The rule for contact in at most ``most`` lines; the label is never cut off.

    A bar on contact comes before any rule, and a missing rule is a warning, not a blank.
    """
    label = f" {BARRED} " if do_not_contact else " SAFE CONTACT "
    known = bool(safe_contact.strip())
    alarm = do_not_contact or not known
    rule = safe_contact if known else ("" if do_not_contact else UNKNOWN)
    lines: list[Pieces] = []
    room = max(1, width - len(label) - 2)
    if room < 12:
        texts = wrap(rule, max(1, width - 2), limit=max(1, most - 1)) if rule else []
        lines = [[(label, "alarm" if alarm else "title")]]
        lines += [[("  ", "text"), (text, "strong")] for text in texts]
        return lines
    texts = wrap(rule, room, limit=most) if rule else [""]
    for number, text in enumerate(texts):
        head = label if number == 0 else " " * len(label)
        style = ("alarm" if alarm else "title") if number == 0 else "text"
        lines.append([(head, style), ("  ", "text"), (text, "strong")])
    return lines


def contact_block(safe_contact: str, do_not_contact: bool, width: int) -> list[Pieces]:
    """The rule for contact under its label, whole: where there is room down, not across."""
    known = bool(safe_contact.strip())
    rule = safe_contact if known else ("" if do_not_contact else UNKNOWN)
    if do_not_contact:
        label = (f" {BARRED} ", "alarm")
    else:
        label = ("SAFE CONTACT", "title") if known else (" SAFE CONTACT ", "alarm")
    return [[label], *([(text, "strong")] for text in (wrap(rule, width) if rule else ()))]


class ContactBanner(Block):
    """Who the case is, in one line where asked, and the rule for safe contact in one or two.

    Put it outside anything that scrolls. With ``heading`` the first line is reference, risk, the
    heading (the name), and a note (the stage, say) where one is given.
    """

    DEFAULT_CSS = """
    ContactBanner { height: auto; max-height: 4; background: $panel; }
    """

    def __init__(
        self,
        card: CaseCard | None = None,
        *,
        heading: str = "",
        most: int = 2,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._card = card
        self._heading = heading
        self._note = ""
        self._most = most

    def show(self, card: CaseCard | None, heading: str | None = None, note: str = "") -> None:
        """Show the rule of another case."""
        heading = self._heading if heading is None else heading
        if card is self._card and (heading, note) == (self._heading, self._note):
            return
        self._card, self._heading, self._note = card, heading, note
        self.redraw()

    def draw(self, width: int) -> list[Pieces]:
        """The heading, if any, then the rule."""
        card = self._card
        if card is None:
            return [[("", "text")]]
        lines: list[Pieces] = []
        if self._heading:
            risk = risk_cell(card.risk)
            head: Pieces = [(f" {card.ref}  ", "title"), risk, ("  ", "text")]
            head += [(self._heading, "strong"), ("   ", "text"), (self._note, "dim")]
            lines.append(fit_pieces(head, max(width, width_of(head[:3]))))
        rule = banner_pieces(card.safe_contact, bool(card.do_not_contact), width, self._most)
        return [*lines, *rule]
