"""The export register: what was written, whether it still lies there, and deleting it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from config.codes import CODES
from config.errors import RefusedError, SanctuaryError
from config.format import local
from config.paths import unfinished_of
from config.toml import read_toml
from db.fields import LONG
from db.models import Case, Disclosure
from db.queries import logged_by
from db.rights import EVERY_CASE
from sanctuary_tui.exports.files import ExportResult
from sanctuary_tui.exports.profiles import PROFILES, Field, class_of

if TYPE_CHECKING:
    from db.connection import Connection

_BLOCK = 1 << 20
_MOST_READ: Final = 200
"""Files of a folder that are looked at for one that was moved there."""


def disclosures_of(
    result: ExportResult,
    *,
    what: str,
    recipient: str,
    recipient_name: str,
    basis: str,
    protection: str,
    by: str,
    at: datetime,
    case_refs: Sequence[str],
    protected_fields: int = 0,
    profile: str = "",
    fields: Iterable[Field] | None = None,
) -> list[Disclosure]:
    """The register's rows for an export: one a data file, the first with its counts.

    ``recipient`` and ``protection`` are codes. Later files of the same export (agenda, actions)
    repeat the cases but count no rows and no protected values, so that sums over the register hold.
    ``profile`` is what it was made under, ``fields`` what of it was in the file where that is less:
    after a breach the register says which classes of field were in it.
    """
    held = classes_of(PROFILES[profile].fields if fields is None and profile else fields or ())
    refs = ";".join(dict.fromkeys(case_refs))
    if EVERY_CASE in case_refs or len(refs) > LONG:
        refs = EVERY_CASE
    return [
        Disclosure(
            at=at,
            what=what if number == 0 else f"{what}, part {number + 1}",
            rows=result.rows if number == 0 else 0,
            recipient=recipient,
            recipient_name=recipient_name,
            basis=basis,
            protection=protection,
            path=str(path.absolute()),
            sha256=digest,
            protected_fields=protected_fields if number == 0 else 0,
            by=by,
            case_refs=refs,
            profile=profile,
            held=held,
        )
        for number, (path, digest) in enumerate(result.files)
    ]


def held_case(row: Disclosure, case: Case, connection: Connection) -> bool:
    """Whether an export had the case in it: by its reference, or with every case there was.

    The ``connection`` is asked whether the log had the case then, since its receipt is typed.
    """
    refs = row.case_refs.split(";")
    if case.ref in refs or EVERY_CASE not in refs:
        return case.ref in refs
    if case.received is None or row.at is None or case.received <= row.at:
        return True
    return logged_by(connection, case.id, row.at)


def classes_of(fields: Iterable[Field]) -> str:
    """The classes of these fields, joined as the register keeps them, the least protected first."""
    found = {klass for table, name in fields if (klass := class_of(table, name))}
    return ";".join(klass for klass in CODES["field_class"] if klass in found)


def still_there(disclosures: Iterable[Disclosure]) -> list[Disclosure]:
    """Those whose file still lies where it was written, unchanged or never finished."""
    return [
        item
        for item in disclosures
        if item.path
        and item.deleted_on is None
        and (_digest(path := Path(item.path)) == item.sha256 or unfinished_of(path).is_file())
    ]


@dataclass(frozen=True, slots=True)
class Found:
    """What became of an exported file: its ``state``, and where it lies now if it does.

    ``there`` unchanged; ``changed`` since it was written, or never finished; ``moved`` under
    another name or to another folder; ``gone``; ``deleted`` here; ``outside`` was never written
    here.
    """

    state: Literal["there", "changed", "moved", "gone", "deleted", "outside"]
    path: Path | None = None


def look(row: Disclosure, *, also: Sequence[Path] = ()) -> Found:
    """Look for an exported file: where it was written, then beside it and in the folders ``also``.

    A file that was moved or renamed is known by its digest. Only files of its own kind are read,
    in these folders and not below them.
    """
    if not row.path:
        return Found("outside")
    if row.deleted_on is not None:
        return Found("deleted")
    path = Path(row.path)
    digest = _digest(path)
    if digest == row.sha256:
        return Found("there", path)
    if unfinished_of(path).is_file():
        return Found("changed", unfinished_of(path))
    for folder in dict.fromkeys((path.parent, *also)):
        moved = _by_digest(folder, path.suffix, row.sha256, skip=path)
        if moved is not None:
            return Found("moved", moved)
    return Found("changed", path) if digest is not None else Found("gone")


def lying_there(rows: Iterable[Disclosure]) -> list[Disclosure]:
    """Those under whose path a file lies, changed or not. Nothing is read: for every start."""
    return [
        row
        for row in rows
        if row.path
        and row.deleted_on is None
        and (Path(row.path).is_file() or unfinished_of(Path(row.path)).is_file())
    ]


def delete_by(row: Disclosure, days: int) -> date | None:
    """The day by which a file is to be deleted; None where it was not written here or is gone."""
    if not row.path or row.deleted_on is not None or row.at is None:
        return None
    return local(row.at).date() + timedelta(days=days)


def _by_digest(folder: Path, suffix: str, sha256: str, *, skip: Path) -> Path | None:
    try:
        beside = sorted(one for one in folder.iterdir() if one.suffix == suffix and one != skip)
    except OSError:
        return None
    return next((one for one in beside[:_MOST_READ] if _digest(one) == sha256), None)


def delete_export(path: Path, sha256: str, *, changed: bool = False) -> str:
    """Delete an exported file and say so in a sentence. It does not overwrite the disk's copy.

    The manifest beside it goes with the last of the files that it lists; the file's digest stays in
    the register. ``changed``: somebody has looked at a file that was changed since, and says that
    it is to go all the same.

    Raises ``RefusedError`` when the file has been changed since it was written or is not there,
    ``SanctuaryError`` when it cannot be deleted.
    """
    found = _digest(path)
    if found is None:
        raise RefusedError(
            f"{path.name} is no longer in that folder; if it was moved, delete it where it is now."
        )
    if found != sha256 and not changed:
        raise RefusedError(
            f"{path.name} has been changed since it was exported, so it was left; look at it and "
            "delete it yourself."
        )
    try:
        path.unlink()
        unfinished_of(path).unlink(missing_ok=True)  # a kill may leave the same under both names
    except OSError as error:
        raise SanctuaryError(
            f"{path.name} could not be deleted; close it in other programs, then try again."
        ) from error
    said = f"{path.name} is deleted."
    manifest = _manifest_left(path, sha256)
    if manifest is not None:
        try:
            manifest.unlink()
            said = f"{path.name} and its manifest are deleted."
        except OSError:
            said += f" {manifest.name} could not be; delete it yourself."
    return f"{said} Copies that were sent, moved or backed up are not."


def _manifest_left(path: Path, sha256: str) -> Path | None:
    """The manifest that lists a deleted file and none that is still there; None if there is none.

    It is known by what it says of the file: nothing else of that name is ever deleted.
    """
    for manifest in sorted(path.parent.glob("*.manifest")):
        if not path.name.startswith(manifest.stem) or manifest.is_symlink():
            continue
        try:
            listed = read_toml(manifest.read_text("utf-8"))["file"]
            files = {str(one["name"]): str(one["sha256"]) for one in listed}
        except (OSError, ValueError, LookupError, TypeError):
            continue
        if files.get(path.name) == sha256:
            left = any((path.parent / Path(name).name).exists() for name in files)
            return None if left else manifest
    return None


def _digest(path: Path) -> str | None:
    if path.is_symlink() or not path.is_file():
        return None
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
    except OSError:
        return None
    return digest.hexdigest()
