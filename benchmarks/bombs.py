"""``python -m benchmarks.bombs``: how long each kind of hostile tracker takes to be refused."""

from __future__ import annotations

import io
import random
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

from config.errors import BadInputError
from sanctuary_tui.imports.reading import read_tracker

BAR = 0.1
ROUNDS = 5
MIB = 1024 * 1024
_SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KINDS = "http://schemas.openxmlformats.org/package/2006"
_LAUGHS = "".join(
    f'<!ENTITY l{number} "{f"&l{number - 1};" * 10 if number else "lol"}">' for number in range(10)
)
Parts = dict[str, bytes | Callable[[], Iterator[bytes]]]


def workbook(sheet: str, *, sheets: int = 1, before: str = "") -> Parts:
    """The parts of a workbook whose sheets all show one part."""
    shown = "".join(
        f'<sheet name="S{number}" sheetId="{number}" r:id="rId1"/>'
        for number in range(1, sheets + 1)
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_KINDS}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_KINDS}/relationships"/>',
        "xl/workbook.xml": f'<workbook xmlns="{_SPACE}" xmlns:r="{_LINKS}"><sheets>{shown}'
        "</sheets></workbook>",
        "xl/worksheets/sheet1.xml": f'{before}<worksheet xmlns="{_SPACE}"><sheetData>{sheet}'
        "</sheetData></worksheet>",
    }
    return {name: text.encode() for name, text in parts.items()}


def _zeros() -> Iterator[bytes]:
    yield f'<sst xmlns="{_SPACE}"><si><t>'.encode()
    for _ in range(100):
        yield b"0" * MIB
    yield b"</t></si></sst>"


def _noise(size: int) -> Callable[[], Iterator[bytes]]:
    """Letters of one string that do not pack well, so that the ratio does not give it away."""

    def chunks() -> Iterator[bytes]:
        dice = random.Random(7)
        yield f'<sst xmlns="{_SPACE}"><si><t>'.encode()
        for _ in range(size):
            yield dice.randbytes(MIB // 2).hex().encode()
        yield b"</t></si></sst>"

    return chunks


def _rows(count: int) -> str:
    return "".join(
        f'<row r="{row}"><c r="A{row}"><v>{row * 7919 % 100003}</v></c></row>'
        for row in range(1, count + 1)
    )


def _nested(levels: int) -> bytes:
    content = b"0" * (50 * MIB)
    for _ in range(levels):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/workbook.xml", content)
        content = stream.getvalue()
    return content


def _packed(path: Path, parts: Parts) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, part in parts.items():
            with archive.open(name, "w", force_zip64=False) as stream:
                for chunk in [part] if isinstance(part, bytes) else part():
                    stream.write(chunk)


def bombs(folder: Path) -> Iterator[tuple[str, Path]]:
    """Each kind, with the file of it."""
    table = "xl/sharedStrings.xml"
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    declared = f"<!DOCTYPE worksheet [{_LAUGHS}]>"
    laugh = '<row r="1"><c t="inlineStr"><is><t>&l9;</t></is></c></row>'
    kinds: dict[str, Parts] = {
        "one shared string of 100 MB, packed 1000:1": {**workbook(""), table: _zeros},
        "one shared string of 100 MB, packed 2:1": {**workbook(""), table: _noise(100)},
        "one shared string of 32 MB, packed 2:1": {**workbook(""), table: _noise(32)},
        "entities, ten to the ninth": workbook(laugh, before=declared),
        "a cell at XFD1048576": workbook(far),
        "10,000 sheets of one part": workbook("", sheets=10_000),
        "10,000 parts": {
            **workbook(""),
            **{f"xl/worksheets/sheet{number}.xml": b"<a/>" for number in range(2, 10_000)},
        },
        "a sheet 400 elements deep": workbook("<x>" * 400 + "</x>" * 400),
    }
    for number, (kind, parts) in enumerate(kinds.items()):
        path = folder / f"{number}.xlsx"
        _packed(path, parts)
        yield kind, path
    (folder / "nested.xlsx").write_bytes(_nested(3))
    yield "an archive in an archive in an archive", folder / "nested.xlsx"
    (folder / "big.csv").write_bytes(b"a" * (21 * MIB))
    yield "a CSV file of 21 MB", folder / "big.csv"
    (folder / "commas.csv").write_bytes(b"," * (19 * MIB))
    yield "a CSV file of 19 million separators", folder / "commas.csv"
    _packed(folder / "rows.xlsx", workbook(_rows(150_000)))
    yield "150,000 rows", folder / "rows.xlsx"


def main() -> int:
    """Print each kind with its time; 1 when one is not refused, or not within the bar."""
    good = True
    with tempfile.TemporaryDirectory() as kept:
        for kind, path in bombs(Path(kept)):
            times, sentence = [], ""
            for _ in range(ROUNDS):
                begun = perf_counter()
                try:
                    read_tracker(path)
                except BadInputError as error:
                    sentence = error.sentence
                times.append(perf_counter() - begun)
            middle = sorted(times)[ROUNDS // 2]
            good &= bool(sentence) and middle <= BAR
            print(f"{middle * 1000:8.1f} ms  {path.stat().st_size / MIB:6.1f} MiB  {kind}")
            print(f"{'':13}{sentence or 'NOT REFUSED'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
