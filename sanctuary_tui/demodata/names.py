"""Invented people and places. Nobody and nowhere here exists.

Names are put together from made-up syllables, or from made-up names that only sound like a part of
the world. Telephone numbers lie in the ranges Ofcom keeps for drama (01632 960000 to 960999, 07700
900000 to 900999). The postcode area ``ZZ`` is not allocated (the health service's ZZ99 codes for
"no fixed abode" are not used either). Email is at ``example.org``, or at a name under ``.invalid``,
which RFC 2606 reserves.
"""

from __future__ import annotations

from sanctuary_tui.demodata.timeline import Dice


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


WOMEN = _words(
    "Marisel Tovina Keldra Annory Jessamy Brielle Corrin Delyse Elowra Fennice Gwenyth Hesper "
    "Isolde Jorrie Kathlyn Lorna-Mae Mirelle Nerys-Ann Orlaith Pernille Quilla Rosalba Sunniva "
    "Tamsyn Ursaline Verity-Jo Wenda Ysolde Zinnia Averil Bethyn Carenza Demelza Emmeline Florise"
)
MEN = _words(
    "Tobren Kellan Marrick Davin Osric Perran Jago Haldor Emrick Corwin Brannoc Torrin Alaric "
    "Garrod Ludo Merrin Nyle Piran Ruskin Silvan Taran Ulric Wystan Yorick Darrick Lowen"
)
CHILDREN = _words(
    "Arlo-Bee Tilly-Fae Brisa Cobey Dashiel Elspie Finlo Greer Hollis Indie-Rae Jonty Kitto Lark "
    "Mabli Nellie-Sue Otis-Jay Poppet Quen Roscoe-Lee Suki-May Teddy-Rae Umber Vinnie-Joe Wilf-Ray"
)
_HEAD = _words(
    "Ell Birt Wren Hask Thrus Pell Ost Brack Quil Dunn Sedge Lamb Marl Corb Fens Hald Jess Kitt "
    "Lun Nether Pask Rad Skel Tall Under Vens Whit Yarn Cald Ewer"
)
_TAIL = _words(
    "awby ingstone ombe ersley well-Drax ithorne ackford enshaw ottrell emere astow ullock ridden "
    "intry abrook idgley"
)

_WORLD: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "south_asian": (
        ("Rishana", "Tavreen", "Nabeela-Jo", "Sumvita", "Parmila", "Zohreen", "Anvika", "Meherun"),
        ("Karvesh", "Imdaad", "Tejvir", "Sohrab", "Nirvaan", "Haroun"),
        ("Dharwani", "Malhotri", "Chaudrani", "Rahmanov-Syed", "Bhattal", "Qureshan", "Sivandra"),
    ),
    "african": (
        ("Adunola", "Chisembe", "Makedu", "Yewandra", "Nomvusa", "Akosuwa", "Tirunet"),
        ("Kwamena", "Obiora", "Tendairo", "Babasola", "Dawitu"),
        ("Okonteh", "Mwangari", "Adeyinwa", "Tesfarin", "Banduka", "Osei-Brefo"),
    ),
    "caribbean": (
        ("Shanelle-Ray", "Jovanna", "Keishanne", "Marcelda"),
        ("Devroy", "Linvall", "Tyronne-Jay"),
        ("Campbellow", "Grantock", "Dacostin", "Rowebridge"),
    ),
    "european": (
        ("Danuska", "Milenca", "Ioneta", "Katarzena", "Ruxana", "Vioricca"),
        ("Tomasko", "Andreij", "Bogusz", "Florinel"),
        ("Wolczek", "Kamienska", "Dumitrache-Pop", "Petrauskai", "Novorski"),
    ),
    "other": (
        ("Liansu", "Meixara", "Shirinda", "Noorah-Lyn", "Thuy-Dan"),
        ("Weijun-Lo", "Farzan", "Minhao"),
        ("Zhaowen", "Tranh", "Al-Marouni", "Karimzad", "Leongsu"),
    ),
}
_FAMILY = {
    "asian_indian": "south_asian",
    "asian_pakistani": "south_asian",
    "asian_bangladeshi": "south_asian",
    "black_african": "african",
    "mixed_wba": "african",
    "black_caribbean": "caribbean",
    "mixed_wbc": "caribbean",
    "white_other": "european",
    "white_roma": "european",
    "asian_chinese": "other",
    "asian_other": "other",
    "arab": "other",
    "other": "other",
}

_STREETS = _words(
    "Larkmoor Cinderwick Pennyfold Threshbank Quarrel Oxlip Tansy Hollinside Mereglass "
    "Wainthorpe-Lo Saddler's Copperas Bellmaker's Gorsefold Sedgecliff Dovefield Ironbell"
)
_ENDS = ("Road", "Close", "Lane", "Rise", "Gardens", "Street", "Way", "Court", "Terrace")
TOWNS = ("Tallowmere", "Brindlegate", "Easter Pell", "Ostbrook", "Marlhurst", "Wickenshaw")
SCHOOLS = tuple(f"{town} {kind}" for town in TOWNS for kind in ("Primary", "Academy"))
SURGERIES = ("Brindlegate Surgery", "Ostbrook Medical Centre", "The Pell Practice")
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


def surname(dice: Dice, ethnicity: str) -> str:
    """A surname that nobody is known by."""
    family = _FAMILY.get(ethnicity)
    drawn = dice.pick(_HEAD) + dice.pick(_TAIL)
    return dice.pick(_WORLD[family][2]) if family else drawn


def first_name(dice: Dice, ethnicity: str, *, man: bool) -> str:
    """A first name, by ethnicity and gender."""
    family = _FAMILY.get(ethnicity)
    if family:
        return dice.pick(_WORLD[family][1 if man else 0])
    return dice.pick(MEN if man else WOMEN)


def mobile(dice: Dice) -> str:
    """A mobile number kept for drama."""
    return f"07700 900{dice.whole(0, 999):03}"


def landline(dice: Dice) -> str:
    """A landline number kept for drama."""
    return f"01632 960{dice.whole(0, 999):03}"


def postcode(dice: Dice) -> str:
    """A postcode of an area that is not allocated."""
    return f"ZZ{dice.whole(1, 9)} {dice.whole(1, 9)}{dice.pick(_LETTERS)}{dice.pick(_LETTERS)}"


def address(dice: Dice, kind: str = "house") -> str:
    """A street address; flats have a number and a block."""
    number, flat = dice.whole(1, 148), dice.whole(1, 40)
    street = f"{number} {dice.pick(_STREETS)} {dice.pick(_ENDS)}, {dice.pick(TOWNS)}"
    return f"Flat {flat}, {street}" if kind in ("flat", "maisonette", "hmo") else street


def email(name: str) -> str:
    """An address at a domain kept for examples."""
    letters = "".join(char if char.isascii() and char.isalnum() else "." for char in name.lower())
    parts = [part for part in letters.split(".") if part] or ["someone"]
    return ".".join(parts) + "@example.org"
