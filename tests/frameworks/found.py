"""What a cell's process tells the one that started it."""

from __future__ import annotations

from pydantic import BaseModel


class Found(BaseModel):
    """What a cell left."""

    step: str
    """The status that ZenML has of the step."""
    statuses: list[str]
    """Of the stored runs, that of the step first."""
    name: str
    """Of the step's run."""
    rows: dict[str, int]
    """How many values each metric has in the run of the step, or in its children, if the case has them there."""
    warnings: list[str]
    """What this package said."""
    error: str
    """What the run of the step has as its error."""
