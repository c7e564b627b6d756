"""The protected forms: text cells only, exact, nothing hidden, closed to all but the passphrase."""

from __future__ import annotations

import io
import json
import random
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import pyzipper
from hypothesis import given, settings
from hypothesis import strategies as st
from msoffcrypto.exceptions import DecryptionError, InvalidKeyError
from office import convert, needs_office, sheets
from openpyxl.comments import Comment
from openpyxl.packaging.custom import StringProperty
from openpyxl.workbook.defined_name import DefinedName

from config.errors import RefusedError
from sanctuary_tui.exports import protect
from sanctuary_tui.exports.protect import (
    MOST_IN_A_CELL,
    Sheet,
    archive_bytes,
    new_passphrase,
    workbook_bytes,
    workbook_problems,
    workbook_text,
)
from tests.protected_book import opened

PAYLOADS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "data" / "spreadsheet_payloads.json").read_text("utf-8")
)
PASSPHRASE = "correct horse battery staple six words"
VALUES = [
    *(item["payload"] for item in PAYLOADS),
    *("#N/A", "2026-11-26", "5", "TRUE", "07700900123", " spaces  within ", "a\r\nb", "_x0041_"),
    *("\x00\x07\x1b[31m", "e\u0301 \u202e \U0001f9e1", "\ufffe", "<&>\"'"),
]
ESCAPED = re.compile("_x([0-9A-F]{4})_")


def sheet_of(values: list[str]) -> Sheet:
    rows = [{"id": str(place), "value": value} for place, value in enumerate(values)]
    return Sheet("List", ("id", "value"), rows)


def unescaped(value: object) -> str:
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), str(value or ""))


def cells(plain: bytes) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(plain))
    return [list(row) for row in book["List"].iter_rows()]


def test_every_value_is_exact_text_and_none_a_formula() -> None:
    rows = cells(opened(workbook_bytes([sheet_of(VALUES)], PASSPHRASE), PASSPHRASE))
    assert [cell.value for cell in rows[0]] == ["id", "value"]
    assert [unescaped(row[1].value) for row in rows[1:]] == VALUES
    for cell in (cell for row in rows for cell in row if cell.value is not None):
        assert (cell.data_type, cell.number_format, cell.quotePrefix) == ("s", "@", True)


@pytest.mark.guarantee
def test_the_xml_holds_no_formula_element() -> None:
    plain = opened(workbook_bytes([sheet_of(VALUES)], PASSPHRASE), PASSPHRASE)
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        pages = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(pages) == 1
        assert b"<f" not in archive.read(pages[0]).replace(b"<font", b"")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), max_size=6))
@settings(max_examples=40, deadline=None)
def test_any_text_survives_a_workbook(values: list[str]) -> None:
    rows = cells(protect._plain_workbook([sheet_of(values)]))[1:]
    assert [unescaped(row[1].value) for row in rows] == values


@pytest.mark.slow
@needs_office
def test_libreoffice_reads_the_same_values(tmp_path: Path) -> None:
    source = tmp_path / "list.xlsx"
    source.write_bytes(opened(workbook_bytes([sheet_of(VALUES)], PASSPHRASE), PASSPHRASE))
    table = sheets(convert(source, "fods", tmp_path / "out"))["List"]
    found = {row[0].text: row[1] for row in table[1:] if len(row) > 1}
    assert not [cell for cell in found.values() if cell.formula or cell.kind != "string"]
    plain = [place for place, value in enumerate(VALUES) if value and value.isprintable()]
    assert len(plain) > 60
    for place in plain:
        assert found[str(place)].text == VALUES[place]


_OPEN_WITH_PASSWORD = """
import sys, time, uno
from com.sun.star.beans import PropertyValue
url, password, pipe = sys.argv[1:4]
context = uno.getComponentContext()
resolver = context.ServiceManager.createInstanceWithContext(
    "com.sun.star.bridge.UnoUrlResolver", context)
for _ in range(240):
    try:
        remote = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        break
    except Exception:
        time.sleep(0.25)
desktop = remote.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", remote)
def given(name, value):
    item = PropertyValue(); item.Name = name; item.Value = value; return item
def load(word):
    try:
        return desktop.loadComponentFromURL(
            url, "_blank", 0, (given("Hidden", True), given("Password", word)))
    except Exception:
        return None
assert load("not " + password) is None, "a wrong passphrase opened it"
book = load(password)
page = book.Sheets.getByIndex(0)
print(book.Sheets.Count, page.Name, page.getCellByPosition(1, 1).String)
print(page.getCellByPosition(1, 1).Type.value)
book.close(True)
try:
    desktop.terminate()
except Exception:
    pass
"""


def _uno_python() -> str | None:
    python = "/usr/bin/python3"
    if not Path(python).exists():
        return None
    tried = subprocess.run([python, "-c", "import uno"], capture_output=True, check=False)
    return python if tried.returncode == 0 else None


@pytest.mark.guarantee
@pytest.mark.slow
@needs_office
def test_libreoffice_opens_it_with_the_passphrase_alone(tmp_path: Path) -> None:
    python = _uno_python()
    if python is None:
        pytest.skip("python3-uno is not installed: apt-get install python3-uno")
    from office import SOFFICE

    source = tmp_path / "list.xlsx"
    source.write_bytes(workbook_bytes([sheet_of(["=1+1"])], PASSPHRASE))
    pipe = f"sanctuary{random.SystemRandom().randrange(10**9)}"
    office = subprocess.Popen(
        [
            str(SOFFICE),
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--headless",
            "--norestore",
            f"--accept=pipe,name={pipe};urp;",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        done = subprocess.run(
            [python, "-c", _OPEN_WITH_PASSWORD, source.as_uri(), PASSPHRASE, pipe],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.stdout.split("\n")[:2] == ["1 List =1+1", "TEXT"], done.stderr
        office.wait(60)
    finally:
        if office.poll() is None:
            import os
            import signal

            os.killpg(office.pid, signal.SIGKILL)
            office.wait(30)


@pytest.mark.guarantee
@pytest.mark.parametrize("wrong", ["", "x", PASSPHRASE.upper(), PASSPHRASE + " "])
def test_another_passphrase_is_refused(wrong: str) -> None:
    data = workbook_bytes([sheet_of(["secret-value"])], PASSPHRASE)
    assert b"secret-value" not in data
    with pytest.raises((InvalidKeyError, DecryptionError)):
        opened(data, wrong)


@pytest.mark.guarantee
def test_one_changed_byte_is_noticed() -> None:
    data = workbook_bytes([sheet_of(["secret-value"] * 20)], PASSPHRASE)
    import olefile

    with olefile.OleFileIO(io.BytesIO(data)) as ole:
        package = ole.openstream("EncryptedPackage").read()
    start = data.index(package[8 : 8 + 256])
    chance = random.Random(7)
    for _ in range(20):
        place = start + chance.randrange(256)
        changed = bytearray(data)
        changed[place] ^= 1 << chance.randrange(8)
        with pytest.raises(Exception, match=r".") as caught:
            opened(bytes(changed), PASSPHRASE)
        assert isinstance(caught.value, (InvalidKeyError, DecryptionError)), caught.value


def test_a_cell_too_long_is_refused_not_cut() -> None:
    workbook_bytes([sheet_of(["x" * MOST_IN_A_CELL])], PASSPHRASE)
    for value in ("x" * (MOST_IN_A_CELL + 1), "\U0001f9e1" * (MOST_IN_A_CELL // 2 + 1)):
        with pytest.raises(RefusedError, match="Row 2 of the list has more than 32,767"):
            workbook_bytes([sheet_of(["fine", value])], PASSPHRASE)


@pytest.mark.guarantee
def test_what_is_planted_in_a_workbook_is_found() -> None:
    assert workbook_problems(_planted(), sheets=1) == []
    planted = {
        "a sheet too many or too few": lambda book: book.create_sheet("More"),
        "a hidden sheet": lambda book: setattr(
            book.create_sheet("Veiled"), "sheet_state", "veryHidden"
        ),
        "a hidden column": lambda book: setattr(
            book["List"].column_dimensions["B"], "hidden", True
        ),
        "a hidden row": lambda book: setattr(book["List"].row_dimensions[1], "hidden", True),
        "a comment": lambda book: setattr(book["List"]["A1"], "comment", Comment("x", "y")),
        "a link": lambda book: setattr(book["List"]["A1"], "hyperlink", "https://example.invalid"),
        "a defined name": lambda book: book.defined_names.add(
            DefinedName("Kept", attr_text="List!$A$1")
        ),
        "an author": lambda book: setattr(book.properties, "creator", "Somebody"),
        "the name of who changed it last": lambda book: setattr(
            book.properties, "lastModifiedBy", "Somebody"
        ),
        "a property": lambda book: setattr(book.properties, "keywords", "Somebody"),
        "a part that is no table": lambda book: book.custom_doc_props.append(
            StringProperty(name="Case", value="Somebody")
        ),
        "a cell that is not text": lambda book: setattr(book["List"]["A1"], "value", "=1+1"),
    }
    for sentence, plant in planted.items():
        assert sentence in workbook_problems(_planted(plant), sheets=1)
    thin = {
        "a hidden column": lambda book: setattr(book["List"].column_dimensions["B"], "width", 0.1),
        "a hidden row": lambda book: setattr(book["List"].row_dimensions[1], "height", 0.1),
    }
    for sentence, plant in thin.items():
        assert sentence in workbook_problems(_planted(plant), sheets=1)
    for part in ("xl/vbaProject.bin", "xl/media/image1.png", "xl/externalLinks/link1.xml", "notes"):
        out = io.BytesIO(_planted())
        with zipfile.ZipFile(out, "a") as archive:
            archive.writestr(part, "Somebody")
        assert "a part that is no table" in workbook_problems(out.getvalue(), sheets=1), part


def _planted(plant: Any = None) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(protect._plain_workbook([sheet_of(["a"])])))
    book.properties.creator = book.properties.lastModifiedBy = None
    if plant:
        plant(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_workbook_says_nothing_of_who_made_it() -> None:
    plain = protect._plain_workbook([sheet_of(["a"])])
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        core = archive.read("docProps/core.xml")
    assert b"creator" not in core
    assert b"lastModifiedBy" not in core


_TRACE = """
import sys
written = []
def seen(event, args):
    if event == "open" and args[1] is not None and any(c in str(args[1]) for c in "wax+"):
        written.append(str(args[0]))
    elif event == "open" and args[1] is None and args[2] & 3:
        written.append(str(args[0]))
from sanctuary_tui.exports.protect import Sheet, workbook_bytes, archive_bytes
workbook_bytes([Sheet("List", ("a",), [{"a": "warm the imports"}])], "word")
archive_bytes([("a.csv", b"x")], "word")
sys.addaudithook(seen)
workbook_bytes([Sheet("List", ("a",), [{"a": "secret-value"}])], "word")
archive_bytes([("a.csv", b"secret-value")], "word")
print(written)
"""


@pytest.mark.guarantee
def test_no_plaintext_touches_the_disk() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _TRACE], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == "[]"


def test_the_trace_above_does_see_a_temporary_file() -> None:
    naive = _TRACE.replace(
        'archive_bytes([("a.csv", b"secret-value")], "word")',
        "import io, openpyxl; openpyxl.Workbook().save(io.BytesIO())",
    )
    done = subprocess.run(
        [sys.executable, "-c", naive], capture_output=True, text=True, check=True, timeout=120
    )
    assert "openpyxl." in done.stdout


def test_passphrases_are_six_words_and_never_the_same() -> None:
    made = {new_passphrase() for _ in range(20)}
    assert len(made) == 20
    assert all(len(words.split(" ")) == 6 for words in made)


def test_an_archive_opens_with_its_passphrase_alone() -> None:
    data = archive_bytes([("a.csv", b"secret-value" * 50)], PASSPHRASE)
    assert b"secret-value" not in data
    with pyzipper.AESZipFile(io.BytesIO(data)) as archive:
        archive.setpassword(PASSPHRASE.encode())
        assert archive.read("a.csv") == b"secret-value" * 50
        assert archive.infolist()[0].wz_aes_strength == 3
        archive.setpassword(b"other")
        with pytest.raises(RuntimeError, match="Bad password"):
            archive.read("a.csv")


def test_one_changed_byte_of_an_archive_is_noticed() -> None:
    data = bytearray(archive_bytes([("a.csv", bytes(range(256)) * 8)], PASSPHRASE))
    data[100] ^= 1
    with pyzipper.AESZipFile(io.BytesIO(bytes(data))) as archive:
        archive.setpassword(PASSPHRASE.encode())
        with pytest.raises(Exception, match=r"HMAC|Bad|Error|invalid"):
            archive.read("a.csv")


def test_text_a_workbook_cannot_spell() -> None:
    assert workbook_text("a\x0cb\rc") == "a_x000C_b_x000D_c"
    assert workbook_text("_x0041_") == "_x005F_x0041_"
    assert workbook_text("\ud800 plain\n\ttext") == "\ufffd plain\n\ttext"
