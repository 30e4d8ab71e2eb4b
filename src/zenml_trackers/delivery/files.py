"""Files and pictures that are logged, as a journal keeps them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from zenml_trackers.delivery.journal import Folder
from zenml_trackers.errors import UnstorableValue
from zenml_trackers.model.values.images import as_pil


def kept(journal: Folder, name: str, path: Path) -> Path:
    """A copy of a file or folder, as it is now.

    Raises:
        UnstorableValue: It can't be read, or kept; the message names it.
    """
    try:
        return journal.take_in(path)
    except FileNotFoundError as error:
        raise UnstorableValue(f"The artifact {name!r} can't be kept: there is nothing at {path}.") from error
    except OSError as error:
        raise UnstorableValue(f"The artifact {name!r} can't be kept: {error}.") from error


def drawn(journal: Folder, name: str, image: Any) -> Path:
    """A file with the picture.

    Raises:
        UnstorableValue: It is none, or can't be kept; the message names it.
    """
    picture = as_pil(name, image)
    try:
        file = journal.new_file("image.png")
        picture.save(file, "PNG")
    except (OSError, ValueError) as error:
        raise UnstorableValue(f"image {name!r} can't be kept: {error}.") from error
    return file
