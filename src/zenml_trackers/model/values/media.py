"""Text, histograms, audio and video, as the files that hold them."""

from __future__ import annotations

import io
import json
import os
import wave
from pathlib import Path
from typing import Any

from zenml_trackers.errors import UnstorableValue
from zenml_trackers.interruption import let_through
from zenml_trackers.model.values.images import as_array

AUDIO = {b"RIFF": "wav", b"OggS": "ogg", b"fLaC": "flac", b"ID3": "mp3", b"\xff\xfb": "mp3"}
"""How the files of each kind begin."""
VIDEO = {b"GIF8": "gif", b"\x1aE\xdf\xa3": "webm"}
MP4 = b"ftyp"
"""What an MP4 file has after its first four bytes."""


def histogram(name: str, values: Any, bins: int) -> bytes:
    """The file of a histogram: `counts`, and the `edges` between them, which are one more.

    Args:
        name: What it is called.
        values: An array or tensor of numbers, of which those that are not finite are left out; or counts and edges, as
            `numpy.histogram` returns them.
        bins: How many counts to make of an array.

    Raises:
        UnstorableValue: It is none of these; the message names it.
    """
    import numpy

    try:
        if isinstance(values, tuple) and len(values) == 2:
            counts, edges = map(as_array, values)
        else:
            array = as_array(values)
            counts, edges = numpy.histogram(array[numpy.isfinite(array)], bins)
        if counts.ndim != 1 or edges.shape != (len(counts) + 1,):
            raise ValueError(f"there are {counts.shape} counts and {edges.shape} edges")
    except Exception as error:
        let_through(error)
        raise UnstorableValue(f"histogram {name!r}: {error}; pass numbers, or counts and edges.") from error
    return json.dumps({"counts": counts.tolist(), "edges": edges.tolist()}).encode()


def audio(name: str, sound: Any, rate: int | None) -> tuple[bytes, str]:
    """A file of sound, and the ending of its name.

    Args:
        name: What it is called.
        sound: A path, the bytes of a file, or samples shaped (samples,) or (samples, channels): floats from -1 to 1, or
            integers of 16 bits.
        rate: Samples a second.

    Raises:
        UnstorableValue: It is none of these; the message names it.
    """
    try:
        content = _content(sound)
        if content is None:
            return _wav(sound, rate), "wav"
        return content, _ending(content, AUDIO)
    except Exception as error:
        let_through(error)
        raise UnstorableValue(
            f"audio {name!r}: {error}; pass a path, bytes of a file, or samples and sample_rate."
        ) from error


def video(name: str, film: Any) -> tuple[bytes, str]:
    """A file of video, and the ending of its name.

    Raises:
        UnstorableValue: It is neither a path nor the bytes of such a file; the message names it.
    """
    try:
        content = _content(film)
        if content is None:
            raise ValueError(f"it is of type {type(film).__name__}")
        return content, "mp4" if content[4:8] == MP4 else _ending(content, VIDEO)
    except Exception as error:
        let_through(error)
        raise UnstorableValue(f"video {name!r}: {error}; pass a path or bytes of an MP4, WebM or GIF file.") from error


def _content(given: Any) -> bytes | None:
    if isinstance(given, (str, os.PathLike)):
        return Path(given).read_bytes()
    return bytes(given) if isinstance(given, (bytes, bytearray)) else None


def _ending(content: bytes, known: dict[bytes, str]) -> str:
    for beginning, ending in known.items():
        if content.startswith(beginning):
            return ending
    raise ValueError(f"a file that begins with {content[:4]!r} is none of {', '.join(dict.fromkeys(known.values()))}")


def _wav(samples: Any, rate: int | None) -> bytes:
    import numpy

    array = as_array(samples)
    if array.ndim not in (1, 2) or not array.size or (array.ndim == 2 and array.shape[1] > array.shape[0]):
        raise ValueError(f"samples are shaped (samples,) or (samples, channels), and these {array.shape}")
    if not rate:
        raise ValueError("samples need a sample_rate")
    if array.dtype.kind == "f":
        if not float(numpy.abs(array).max()) <= 1.001:  # NaN too
            raise ValueError("floats are from -1 to 1")
        array = numpy.clip(array, -1, 1) * 32767
    file = io.BytesIO()
    with wave.open(file, "wb") as opened:
        opened.setnchannels(1 if array.ndim == 1 else array.shape[1])
        opened.setsampwidth(2)
        opened.setframerate(int(rate))
        opened.writeframes(numpy.ascontiguousarray(array.astype("<i2")).tobytes())
    return file.getvalue()
