"""What this package said while a test ran."""

from __future__ import annotations

import logging

import pytest


def warnings_in(said: pytest.LogCaptureFixture) -> list[str]:
    """All that it warned of."""
    return [text for level, text in lines_in(said) if level >= logging.WARNING]


def lines_in(said: pytest.LogCaptureFixture) -> list[tuple[int, str]]:
    """All that it said, each with its level."""
    ours = [record for record in said.records if record.name == "zenml_trackers"]
    return [(record.levelno, record.getMessage()) for record in ours]
