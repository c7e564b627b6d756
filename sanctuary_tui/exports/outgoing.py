"""What leaves the program: the register knows of a file before the file has its name.

The files are made whole without a name, the register's rows and the log are committed, and only
then do the files get their names. Killed in between, there is a row of a file that is not there,
which the register shows, and never a file of which the register knows nothing: where a file system
has no files without a name, one is not written before, and a kill leaves it under a name that the
register knows to look for (``config.paths.unfinished_of``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from config.errors import SanctuaryError
from db.connection import DATABASE_ERRORS
from sanctuary_tui.exports.files import ExportResult, UnnamedSet

if TYPE_CHECKING:
    from db.store import Store

_NOT_KEPT: Final[tuple[type[BaseException], ...]] = (SanctuaryError, *DATABASE_ERRORS)


@dataclass(slots=True)
class Outgoing:
    """The files of one act of sending, held back until it is in the register."""

    _held: list[UnnamedSet] = field(default_factory=list)

    def hold(self, written: ExportResult) -> ExportResult:
        """Keep what an exporter has written until the register has it; the same again."""
        self._held.append(written.unnamed)
        return written

    def _give_names(self) -> None:
        for one in self._held:
            one.give_names()

    def _drop(self) -> None:
        for one in self._held:
            one.drop()


@contextmanager
def sending(store: Store, why: str) -> Iterator[Outgoing]:
    """Make files, register and log them inside this, as one act; they are named at its end.

    Where they cannot be named what was kept is taken back, the log says that nothing was written,
    and nothing is left.

    Raises:
        RefusedError, BadInputError, SanctuaryError: whatever is raised inside; a file cannot be
            named. Nothing is then kept and no file is left.
    """
    outgoing = Outgoing()
    try:
        with store.outermost_batch(why) as batch:
            yield outgoing
    except BaseException:
        outgoing._drop()
        raise
    try:
        outgoing._give_names()
    except BaseException as error:
        outgoing._drop()
        try:
            store.take_back(batch, "exported_files", f"never written: {why}")
        except _NOT_KEPT:
            # There is no room to take it back: the row stays, of a file that is not there.
            sentence = error.sentence if isinstance(error, SanctuaryError) else "It was stopped."
            raise SanctuaryError(
                f"{sentence} The register still has its row, and shows that it is not there."
            ) from error
        raise
