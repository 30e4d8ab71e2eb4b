"""A copy of a file or folder as it is now, whatever is in it."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import NamedTuple

OF_THE_COPY = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE})
"""What is no fault of a file that is copied."""
MOST_NAMED = 10

Known = tuple[int, int]
"""A folder's device and number, which stay the same whatever leads to it."""


class LeftOut(NamedTuple):
    """Something in a folder that can't be kept."""

    name: str
    """Its path in the folder."""
    why: str


def copy(path: Path, to: Path, own: Path) -> list[LeftOut]:
    """Copy a file or folder, with what links in it lead to as content; what of a folder had to be left out.

    Args:
        path: What to copy.
        to: The copy, which is not there yet.
        own: Where copies are: that is part of none.

    Raises:
        OSError: It can't be read, or the copy not be written.
    """
    if not path.is_dir():
        shutil.copy2(path, to)
        return []
    left_out: list[LeftOut] = []
    _copy_folder(path, to, Path(), (_known(own), _known(path)), left_out)
    return left_out


def told(left_out: list[LeftOut]) -> str:
    """What was left out and why, in one sentence."""
    named = ", ".join(f"{name} ({why})" for name, why in left_out[:MOST_NAMED])
    more = len(left_out) - MOST_NAMED
    return f"{named} and {more} more" if more > 0 else named


def _copy_folder(folder: Path, to: Path, inside: Path, above: tuple[Known, ...], left_out: list[LeftOut]) -> None:
    """Copy what is in a folder; `above` are those that it is in, itself too."""
    to.mkdir()
    for path in sorted(folder.iterdir()):
        name = inside / path.name
        try:
            if not path.is_dir():
                _copy_file(path, to / path.name)
            elif (known := _known(path)) in above:
                left_out.append(LeftOut(str(name), "it leads back to a folder that it is in"))
            else:
                _copy_folder(path, to / path.name, name, (*above, known), left_out)
        except OSError as error:
            if error.errno in OF_THE_COPY:
                raise
            left_out.append(LeftOut(str(name), _why(error)))


def _copy_file(path: Path, to: Path) -> None:
    if path.exists() and not path.is_file():
        raise OSError("it is no file and no folder")
    shutil.copy2(path, to)


def _known(folder: Path) -> Known:
    found = folder.stat()
    return found.st_dev, found.st_ino


def _why(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "it leads nowhere"
    if error.errno == errno.ELOOP:
        return "it leads back to itself"
    return os.strerror(error.errno) if error.errno else str(error)
