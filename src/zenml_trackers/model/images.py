"""Pictures, whatever they came as."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from zenml_trackers.errors import UnstorableValue

if TYPE_CHECKING:
    from PIL.Image import Image


def as_pil(name: str, image: Any) -> Image:
    """The picture as Pillow's: of a path, a Pillow image, or an array shaped (height, width[, channels]).

    Raises:
        UnstorableValue: It is nothing of these; the message names it.
    """
    import PIL.Image

    if isinstance(image, PIL.Image.Image):
        return image
    try:
        return PIL.Image.open(image) if isinstance(image, (str, os.PathLike)) else PIL.Image.fromarray(image)
    except (OSError, TypeError, ValueError, AttributeError) as error:
        raise UnstorableValue(
            f"image {name!r} can't be read ({error}); pass a path, a Pillow image, or an array of unsigned bytes "
            "shaped (height, width) or (height, width, channels)."
        ) from error
