"""What is logged, and by which function: the six actions of the ICO's guidance, and the program's.

Collection, alteration and erasure are written by the store with the record itself, one line a
record (``Store.add``, ``update``, ``delete``, ``undo_last``), so that no service can forget them.
Consultation, disclosure, combination and what the program itself does change no record; each place
that logs one stands here, and a test compares this list with the code.
"""

from __future__ import annotations

from typing import Final

from db.changes import Action

BY_STORE: Final[dict[str, Action]] = {
    "Store.add": "collection",
    "Store._alter": "alteration",
    "Store.delete": "erasure",
    "Store._reverse": "collection",
    "Store.take_back": "erasure",
}
"""Where the store writes a record and its line; ``_reverse`` undoes, by any of the three, and
``take_back`` says of a file that could not be named that it was never written."""

EVENTS: Final[dict[str, Action]] = {
    # read
    "sanctuary_tui.cli_read:today": "consultation",
    "sanctuary_tui.cli_read:show": "consultation",
    "sanctuary_tui.cli_since:since": "consultation",
    "sanctuary_tui.returns.making:read_cases": "consultation",
    "sanctuary_tui.funds:read_cases": "consultation",
    "sanctuary_tui.screens.case:CaseScreen.refresh_data": "consultation",
    "sanctuary_tui.screens.revealing:reason_given": "consultation",
    "sanctuary_tui.opening:note_names": "consultation",
    "sanctuary_tui.screens.search:SearchScreen.tell_seen": "consultation",
    "sanctuary_tui.cli_rights:breach": "consultation",
    "sanctuary_tui.subject.deciding:note_reading": "consultation",
    "sanctuary_tui.sealing:open_sealed": "consultation",
    "sanctuary_tui.sealing:sealed_view": "consultation",
    "sanctuary_tui.archive_export:_note_sealed": "consultation",
    # sent out
    "sanctuary_tui.marac_export:_record": "disclosure",
    "sanctuary_tui.marac_work:_disclosed": "disclosure",
    "sanctuary_tui.table_export:_registered": "disclosure",
    "sanctuary_tui.archive_export:export_archive": "disclosure",
    "sanctuary_tui.cover_pack:make_pack": "disclosure",
    "sanctuary_tui.documents.making:make": "disclosure",
    "sanctuary_tui.subject.pack:make": "disclosure",
    "sanctuary_tui.breach_report:make_report": "disclosure",
    "sanctuary_tui.imports.reporting:keep_refused": "disclosure",
    # joined
    "sanctuary_tui.work:link_cases": "combination",
    "sanctuary_tui.sealing:check_referral": "combination",
    "sanctuary_tui.subject.deciding:add_other_case": "combination",
    # gone
    "db.disposal:erase": "erasure",
    "sanctuary_tui.leftovers:delete_row": "erasure",
    "sanctuary_tui.cover_ends:said_deleted": "erasure",
    # the program: opening, leaving, keys, copies, settings
    "db.archiving:_mark": "system",
    "db.caseload:_go_on": "system",
    "db.caseload:open_caseload": "system",
    "sanctuary_tui.opening:_log_unlock": "system",
    "sanctuary_tui.opening:note_lock": "system",
    "sanctuary_tui.opening:note_setting": "system",
    "sanctuary_tui.seen_settings:look": "system",
    "sanctuary_tui.seen_settings:confirm": "system",
    "sanctuary_tui.cli_session:Session.log": "system",
    "sanctuary_tui.cli_make:init": "system",
    "sanctuary_tui.copies:make_copy": "system",
    "sanctuary_tui.cli_keep:_log_restored": "system",
    "sanctuary_tui.cli_check:check": "system",
    "sanctuary_tui.cli_check:_search": "system",
    "sanctuary_tui.cli_keys:passphrase": "system",
    "sanctuary_tui.cli_keys:show": "system",
    "sanctuary_tui.cli_keys:rotate": "system",
    "sanctuary_tui.cli_keys:_replace_lost": "system",
    "sanctuary_tui.disposing:write_certificate": "system",
    "sanctuary_tui.imports.applying:apply": "system",
}
"""Each function that writes one line for what changes no record, and the line's action."""
