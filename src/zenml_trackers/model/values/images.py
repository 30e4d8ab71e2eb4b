"""Pictures, whatever they came as."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Any

from zenml_trackers.errors import UnstorableValue
from zenml_trackers.interruption import let_through

if TYPE_CHECKING:
    import numpy
    from PIL.Image import Image

STORED_MODES = frozenset({"1", "L", "LA", "I;16", "P", "RGB", "RGBA"})
"""Those of Pillow's that a PNG file holds as they are."""
CHANNELS = frozenset({1, 2, 3, 4})
"""How many an array may have, if they are last."""
FIRST_CHANNELS = frozenset({1, 3, 4})
"""And if they are first."""
TOLERANCE = 1e-3
"""How far a number may be outside of [0, 1] by the way it was computed."""
FORMS = (
    "pass a path, bytes of a file, a Pillow image, a figure, or an array shaped (height, width), (height, width, "
    "channels) or (channels, height, width) of numbers from 0 to 255, or of floats from 0 to 1"
)


def as_pil(name: str, image: Any) -> Image:
    """The picture as Pillow's, in a mode that a PNG file holds.

    Args:
        name: What it is called.
        image: A path, the bytes of a file, a Pillow image, a figure of Matplotlib or Plotly, or an array or tensor:
            (height, width), (height, width, channels) or (channels, height, width), of integers from 0 to 255, of
            floats from 0 to 1 or to 255, or of bools.

    Raises:
        UnstorableValue: It is nothing of these; the message names it.
    """
    try:
        return _storable(_opened(image))
    except Exception as error:  # Pillow and others raise much that is documented nowhere
        let_through(error)
        raise UnstorableValue(f"image {name!r} can't be read ({_reason(error)}); {FORMS}.") from error


def _opened(image: Any) -> Image:
    import PIL.Image

    if isinstance(image, PIL.Image.Image):
        return image
    if isinstance(image, (str, os.PathLike)):
        return PIL.Image.open(image)
    if isinstance(image, (bytes, bytearray)):
        return PIL.Image.open(io.BytesIO(image))
    if hasattr(type(image), "savefig"):  # Matplotlib
        drawn = io.BytesIO()
        image.savefig(drawn, format="png")
        return PIL.Image.open(drawn)
    if hasattr(type(image), "to_image"):  # Plotly
        return PIL.Image.open(io.BytesIO(image.to_image("png")))
    return PIL.Image.fromarray(_as_bytes(_channels_last(as_array(image))))


def _storable(picture: Image) -> Image:
    import PIL.Image

    if picture.mode in STORED_MODES:
        return picture
    if picture.mode in ("F", "I"):
        return PIL.Image.fromarray(_as_bytes(_channels_last(as_array(picture))))
    if picture.mode == "LAB":
        from PIL import ImageCms

        lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(picture, lab, srgb, outputMode="RGB")
        assert converted is not None  # it is None for what is changed in place
        return converted
    return picture.convert("RGBA" if picture.mode.endswith(("A", "a")) else "RGB")


def as_array(values: Any) -> numpy.ndarray[Any, Any]:
    """The numbers of an array, a tensor, or nested lists.

    Raises:
        ValueError: They are no numbers.
    """
    import numpy

    for step in ("detach", "cpu"):  # a tensor's
        values = getattr(values, step)() if hasattr(type(values), step) else values
    if str(getattr(values, "dtype", "")) == "torch.bfloat16":  # which NumPy lacks
        values = values.float()
    array: numpy.ndarray[Any, Any] = numpy.asarray(values)
    if array.dtype.kind not in "biuf":
        raise ValueError(f"it is an array of {array.dtype} shaped {array.shape}")
    return array


def _channels_last(array: numpy.ndarray[Any, Any]) -> numpy.ndarray[Any, Any]:
    if array.ndim not in (2, 3) or not array.size:
        raise ValueError(f"it is an array of {array.dtype} shaped {array.shape}")
    if array.ndim == 3 and array.shape[2] not in CHANNELS and array.shape[0] in FIRST_CHANNELS:
        array = array.transpose(1, 2, 0)
    if array.ndim == 3 and array.shape[2] not in CHANNELS:
        raise ValueError(f"it is shaped {array.shape}")
    return array[:, :, 0] if array.ndim == 3 and array.shape[2] == 1 else array


def _as_bytes(array: numpy.ndarray[Any, Any]) -> numpy.ndarray[Any, Any]:
    """Numbers from 0 to 255; sixteen bits in one channel stay."""
    import numpy

    if array.dtype == numpy.uint8 or (array.dtype == numpy.uint16 and array.ndim == 2):
        return numpy.ascontiguousarray(array)
    lowest, highest = float(array.min()), float(array.max())
    unit = array.dtype.kind == "b" or (array.dtype.kind == "f" and highest <= 1 + TOLERANCE)
    if not (lowest >= -TOLERANCE and highest <= 255 + TOLERANCE):  # NaN too
        raise ValueError(f"its numbers are from {lowest:g} to {highest:g}")
    whole: numpy.ndarray[Any, Any] = numpy.rint(numpy.clip(array, 0, 1 if unit else 255) * (255.0 if unit else 1.0))
    return whole.astype(numpy.uint8)


def _reason(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__
