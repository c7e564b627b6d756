"""What ``live_console`` is opened on: a small caseload with texts that can be looked for."""

from __future__ import annotations

from pathlib import Path

from config.paths import resolve_paths
from config.settings import default_settings
from db.caseload import open_caseload
from db.keys import CHEAP_FOR_TESTS, create_caseload
from db.models import Case, Person
from sanctuary_tui.opening import derive_with

APP = Path(__file__).with_name("live_console.py")
CANARY = "Quaxelby-Vrondt"
"""The survivor's surname: on the screen once the case is open. ``live_console`` knows its parts."""
TYPED = "Thessadrine-Holk"
"""What is being typed into a form when the console ends."""
PASSPHRASE = "plover gantry 71 quartz"


def prepare(home: Path, *, cases: int = 1) -> None:
    """Make the caseload: each case's survivor has the canary for a surname."""
    paths = resolve_paths(str(home), {})
    made = create_caseload(paths, PASSPHRASE, params=CHEAP_FOR_TESTS)
    caseload = open_caseload(
        paths.caseload, made.data_key, derive=derive_with(default_settings()), who="Coordinator"
    )
    try:
        for _ in range(cases):
            case = caseload.store.add(Case(route="police"))
            caseload.store.add(
                Person(case_id=case.id, role="survivor", first_name="Ada", surname=CANARY)
            )
    finally:
        caseload.close()
