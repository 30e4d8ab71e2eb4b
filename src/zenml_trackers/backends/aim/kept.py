"""What is in files that are kept, as Aim shows it: text, histograms and sound."""

from __future__ import annotations

from typing import Any

import numpy
from aim import Audio, Distribution, Text

from zenml_trackers.model.records import Artifact
from zenml_trackers.port.shown import histogram_in, text_in


def value_of(artifact: Artifact) -> Any:
    """What shows it; None for what Aim has nothing for.

    Raises:
        ValueError: Aim can't show this one.
    """
    match artifact.shows:
        case "text":
            return Text(text_in(artifact))
        case "histogram":
            return _distribution(*histogram_in(artifact))
        case "audio":
            return Audio(str(artifact.path), format=artifact.path.suffix.removeprefix("."))
    return None


def _distribution(counts: list[float], edges: list[float]) -> Any:
    """Of its bins Aim keeps the first and the last edge."""
    if not numpy.allclose(edges, numpy.linspace(edges[0], edges[-1], len(edges))):
        raise ValueError("Aim shows bins of one width alone")
    return Distribution(hist=numpy.array(counts), bin_range=(edges[0], edges[-1]))
