"""What is in files that are kept, as Trackio shows it: text, histograms, sound and video.

Uses `Markdown`, `Histogram`, `Audio` and `Video` of Trackio, as far as the installed release has them (seen in 0.43).
"""

from __future__ import annotations

from typing import Any

import trackio

from zenml_trackers.model.records import Artifact
from zenml_trackers.port.shown import histogram_in, markdown_in


def value_of(artifact: Artifact) -> Any:
    """What shows it; None for what the installed release has nothing for."""
    match artifact.shows:
        case "text" if hasattr(trackio, "Markdown"):
            return trackio.Markdown(markdown_in(artifact))
        case "histogram" if hasattr(trackio, "Histogram"):
            return trackio.Histogram(np_histogram=histogram_in(artifact))
        case "audio" if hasattr(trackio, "Audio"):
            return trackio.Audio(str(artifact.path))
        case "video" if hasattr(trackio, "Video"):
            return trackio.Video(str(artifact.path))
    return None
