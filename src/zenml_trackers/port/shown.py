"""What is in a file that some trackers show, beside keeping it."""

from __future__ import annotations

import json
from textwrap import indent

from zenml_trackers.model.records import Artifact


def text_in(artifact: Artifact) -> str:
    """That of `log_text`."""
    return artifact.path.read_text("utf-8")


def markdown_in(artifact: Artifact) -> str:
    """That of `log_text`, for who shows Markdown: a block of code, unless the name says that it is Markdown."""
    text = text_in(artifact)
    return text if artifact.name.endswith(".md") else indent(text, " " * 4, lambda line: True)


def histogram_in(artifact: Artifact) -> tuple[list[float], list[float]]:
    """The counts and edges of `log_histogram`."""
    found = json.loads(artifact.path.read_bytes())
    return found["counts"], found["edges"]
