"""Every place and sheet of the console, and the keys that lead to it (see ``frozen.play``)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_IMPORTS: Final = Path(__file__).with_name("imports")
TRACKER: Final = (_IMPORTS / "trackers" / "12_everything.xlsx").as_posix()
HELD: Final = (_IMPORTS / "held.csv").as_posix()
"""A tracker with rows of the demonstration's own people, and every kind of mess once."""

_OUT: Final = 'slash ="ellwood" down enter 7 a ="outward" enter'
_GROUP: Final = 'a enter ="Renew the sharing agreement" down down down =+3wd ctrl+s'

PLACES: Final[dict[str, str]] = {
    "today": "",
    "today_names": "x",
    "board": "2",
    "board_right": "2 right right right right right right down",
    "board_by_risk": "2 v",
    "board_by_tenure": "2 v v",
    "consent": "3",
    "aftercare": "4",
    "marac": "5",
    "reports": "6",
    "reports_sent": "e p enter 6",
    "settings": "7",
    "directory": "8",
    "funds": "F",
    "funds_before": "F less_than_sign",
    "group": f"G {_GROUP}",
    "today_group": f'G {_GROUP} 1 @"GROUP"',
    "changelog": "L",
    "changelog_readers": 'slash ="ellwood" down enter W',
    "since": "C",
    "since_friday": "C w f",
    "digest": "C d",
    "search": "slash =lock down",
    "search_nothing": "slash =zzzzqq",
}
"""The places."""

CASE: Final[dict[str, str]] = {
    "case_overview": 'slash ="ellwood" down enter 1',
    "case_people": 'slash ="ellwood" down enter 2',
    "case_risk": 'slash ="ellwood" down enter 3',
    "case_home": 'slash ="ellwood" down enter 4',
    "case_consent": 'slash ="ellwood" down enter 5',
    "case_measures": 'slash ="ellwood" down enter 6',
    "case_support": 'slash ="ellwood" down enter 7',
    "case_aftercare": 'slash ="ellwood" down enter 8',
    "case_timeline": 'slash ="ellwood" down enter 9',
}
"""The nine tabs of one case."""

SHEETS: Final[dict[str, str]] = {
    "palette": "ctrl+p",
    "palette_narrowed": "ctrl+p =move",
    "help": "question_mark",
    "case_help": 'slash ="ellwood" down enter question_mark',
    "done": "@lapsed d",
    "snooze": "@review z",
    "filter": "f",
    "contact": "l",
    "call": "l y",
    "visit": "b y",
    "check": "4 @check k y",
    "chase": "3 c",
    "answer": "3 a",
    "case_emergency": '@"interim kit" enter',
    "documents": 'slash ="ellwood" down enter 5 w',
    "letter": 'slash ="ellwood" down enter 5 w l',
    "handover": 'slash ="ellwood" down enter 5 w h',
    "refusal": "2 g =21 enter greater_than_sign",
    "referral_known": 'n ="ellwod mara"',
    "referral_which": 'n ="ellwod mara" enter enter',
    "referral_form": "n f2",
    "referral_list": "n f2 enter",
    "referral_wrong": "n f2 ctrl+s",
    "marac_details": "5 m",
    "marac_preview": "5 p",
    "marac_protection": "5 s enter",
    "marac_outcome": "5 o",
    "measure_catalogue": 'slash ="ellwood" down enter 6 a =meas enter',
    "questions": 'slash ="ellwood" down enter 3 a =risk enter a y y n d y y',
    "delete": 'slash ="ellwood" down enter 2 delete',
    "close": 'slash ="ellwood" down enter 1 q',
    "setting": "7 @Theme enter",
    "access": 'slash ="ellwood" down enter i enter ctrl+s',
    "breach": "6 b down enter ctrl+s",
    "sealed": 'S ="look" enter',
    "export": "e",
    "import": f'6 T ="{TRACKER}" enter',
    "import_columns": f'6 T ="{HELD}" enter @Stage',
    "import_field": f'6 T ="{HELD}" enter @Stage enter =landl',
    "import_values": f'6 T ="{HELD}" enter 3 space',
    "import_twins": f'6 T ="{HELD}" enter 4 x n l',
    "import_preview": f'6 T ="{HELD}" enter 3 space 5',
    "import_done": f'6 T ="{HELD}" enter 4 n n n n n ctrl+s y',
    "returns": "6 R enter enter",
    "returns_cases": "6 R enter down enter down enter",
    "returns_money": "6 R =money enter enter",
    "pictures": "6 p enter",
    "pictures_spend": "6 p enter pagedown",
    "fund_cases": "F c",
    "fund_add": "F a",
    "outward_form": _OUT,
    "outward_kept": f"{_OUT} enter =refuge enter ctrl+s",
    "grant_form": 'slash ="ellwood" down enter 6 a =grant enter',
}
"""The sheets and forms."""

SCENES: Final[dict[str, str]] = {**PLACES, **CASE, **SHEETS}

MORE: Final[dict[str, str]] = {
    "note_read": 'slash ="ellwood" down enter 9 @Note enter',
    "note_new": 'slash ="ellwood" down enter t',
    "people_add": 'slash ="ellwood" down enter 2 a',
    "people_change": 'slash ="ellwood" down enter 2 enter',
    "people_ticked": 'slash ="ellwood" down enter 2 enter @Communication enter',
    "questions_left": 'slash ="ellwood" down enter 3 a =risk enter a y escape',
    "remind": "r",
    "closed": "2 h",
    "marac_radar": "5 v",
    "marac_meeting": "5 w",
    "marac_basis": "5 s enter enter",
    "quarter": "6 q",
    "imports": f'6 T ="{HELD}" enter i',
    "archive": '6 A ="Jo Quaxley" enter ="Cover" enter l',
    "cover_pack": '6 H ="Jo Quaxley" enter ="Cover" enter ="10 dec" enter enter l',
    "retention": "6 I",
    "visit_rule": "b",
    "sealed_case": 'slash ="ellwood" down enter S ="staff" enter ="Manager" enter '
    'S ="look" enter enter ="why" enter',
    "entry_change": "8 enter",
    "fund_change": "F enter",
    "pictures_end": "6 p enter end",
    "group_add": "G a enter",
    "group_done": f"G {_GROUP} d",
    "returns_money_cases": "6 R =money enter enter down down enter",
    "entry_add": "8 a",
    "marac_sent": "5 s enter enter enter y",
}
"""What no picture is taken of; the last writes a file and changes the list."""

ALL: Final[dict[str, str]] = {**SCENES, **MORE}
