"""Files and pictures that are logged, as a journal keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zenml_trackers.delivery.copied import told
from zenml_trackers.delivery.journal import Folder
from zenml_trackers.errors import UnstorableValue
from zenml_trackers.model.records import Artifact, Image, Logged
from zenml_trackers.model.values.images import as_pil


def taken_in(
    journal: Folder, kind: type[Logged], fields: Mapping[str, Any]
) -> tuple[Mapping[str, Any], list[Exception]]:
    """A record's fields, with files and pictures as the journal keeps them from now on; and what they lost.

    Raises:
        UnstorableValue: What was given can't be read, or kept; the message names it.
    """
    if kind is Artifact:
        kept, losses = _kept(journal, fields["name"], fields["path"])
        return {**fields, "path": str(kept)}, losses
    if kind is Image:
        return {**fields, "image": str(_drawn(journal, fields["name"], fields["image"]))}, []
    return fields, []


def _kept(journal: Folder, name: str, path: Path) -> tuple[Path, list[Exception]]:
    try:
        kept, left_out = journal.take_in(path)
    except FileNotFoundError as error:
        raise UnstorableValue(f"The artifact {name!r} can't be kept: there is nothing at {path}.") from error
    except OSError as error:
        raise UnstorableValue(f"The artifact {name!r} can't be kept: {error}.") from error
    lost = UnstorableValue(f"The artifact {name!r} lacks {told(left_out)}.")
    return kept, [lost] if left_out else []


def _drawn(journal: Folder, name: str, image: Any) -> Path:
    picture = as_pil(name, image)
    try:
        file = journal.new_file("image.png")
        picture.save(file, "PNG")
    except (OSError, ValueError) as error:
        raise UnstorableValue(f"image {name!r} can't be kept: {error}.") from error
    return file
