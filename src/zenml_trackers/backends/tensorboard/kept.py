"""What is in files that are kept, as TensorBoard shows it: text, histograms, sound, and animated pictures."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.audio import metadata as audio
from tensorboard.plugins.histogram import metadata as histograms
from tensorboard.plugins.image import metadata as images
from tensorboard.util import tensor_util

from zenml_trackers.backends.tensorboard.shown import text
from zenml_trackers.model.records import Artifact
from zenml_trackers.port.shown import histogram_in, markdown_in

FILM = "A video."
"""The description that an animated picture has; one that was logged as a picture is PNG, whatever its caption."""
SIZE = struct.Struct("<6xHH")
"""Of a GIF, behind the name of its form."""


def value_of(artifact: Artifact) -> Any:
    """What shows it; None for a form that TensorBoard has nothing for, such as MP3 and MP4."""
    match artifact.shows, artifact.path.suffix:
        case "text", _:
            return text(artifact.title, markdown_in(artifact))
        case "histogram", _:
            return _histogram(artifact.title, *histogram_in(artifact))
        case "audio", ".wav":
            return _sound(artifact.title, artifact.path)
        case "video", ".gif":
            return _film(artifact.title, artifact.path)
    return None


def is_film(value: Any) -> bool:
    """Whether a picture is an artifact's."""
    content = value.tensor.string_val[2:3]
    return bool(value.metadata.summary_description == FILM and content and content[0].startswith(b"GIF"))


def _histogram(tag: str, counts: list[float], edges: list[float]) -> Any:
    buckets = numpy.array([*zip(edges[:-1], edges[1:], counts, strict=True)], "float64").reshape(-1, 3)
    metadata = histograms.create_summary_metadata(display_name=None, description=None)
    return Summary.Value(tag=tag, metadata=metadata, tensor=tensor_util.make_tensor_proto(buckets))


def _sound(tag: str, file: Path) -> Any:
    encoding = audio.Encoding.Value("WAV")
    metadata = audio.create_summary_metadata(display_name=None, description=None, encoding=encoding)
    pair = numpy.array([[file.read_bytes(), b""]], object)
    return Summary.Value(tag=tag, metadata=metadata, tensor=tensor_util.make_tensor_proto(pair))


def _film(tag: str, file: Path) -> Any:
    content = file.read_bytes()
    width, height = SIZE.unpack_from(content)
    fields = numpy.array([str(width).encode(), str(height).encode(), content], object)
    metadata = images.create_summary_metadata(display_name=None, description=FILM)
    return Summary.Value(tag=tag, metadata=metadata, tensor=tensor_util.make_tensor_proto(fields))
