"""Where journals are: in the user's data folder, or where `ZENML_TRACKERS_JOURNAL` says."""

from __future__ import annotations

import getpass
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from platformdirs import user_data_path

from zenml_trackers.delivery.journal import Header, Journal
from zenml_trackers.errors import TrackerUnreachable
from zenml_trackers.interruption import let_through

VARIABLE = "ZENML_TRACKERS_JOURNAL"


def root() -> Path:
    """The folder of all journals; it may not be there."""
    given = os.environ.get(VARIABLE)
    return Path(given).absolute() if given else user_data_path("zenml-trackers", appauthor=False) / "journals"


def begin(header: Header) -> tuple[Journal, TrackerUnreachable | None]:
    """A new journal; where no other place can be written to, one in a temporary folder, and why.

    Raises:
        TrackerUnreachable: There is no place at all; the message says which folder to give.
    """
    try:
        return Journal.begin(root(), header), None
    except OSError as error:
        let_through(error)
        way = f"set {VARIABLE} to a folder that can be written to"
        why = TrackerUnreachable(f"the journal can't be kept in {root()} ({error}); {way}")
    try:
        return Journal.begin(_temporary(), header), why
    except OSError as error:
        let_through(error)
        raise why from None


def folders(there: Path | None = None) -> Iterator[Path]:
    """Those of all journals, or of all in a folder, the oldest first."""
    for each in (root(), _temporary()) if there is None else (there,):
        yield from sorted(path for path in each.glob("[!.]*") if path.is_dir()) if each.is_dir() else ()


def has_other(own: Path) -> bool:
    """Whether there is any journal but that one, as far as the folder can be read."""
    try:
        return any(folder != own for folder in folders())
    except OSError as error:
        let_through(error)
        return False


def _temporary() -> Path:
    """Where journals are if there is no other place for them; its owner's alone, in a folder of all users."""
    return Path(tempfile.gettempdir(), f"zenml-trackers-journals-{getpass.getuser()}")
