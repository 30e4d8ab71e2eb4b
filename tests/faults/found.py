"""What a cell left."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel


class Run(BaseModel):
    """A stored run, as a fresh process reads it."""

    name: str
    status: str
    """`none` if the tracker has none."""
    error: str
    values: list[float]
    """Of the rows, in their order."""


class Found(BaseModel):
    """All that is judged."""

    step: str
    """The status that ZenML has of the step."""
    logged: int
    """For how many rows the call returned."""
    runs: list[Run]
    """Those of the step."""
    unreadable: str = ""
    """What the reader said instead of runs."""
    warnings: Sequence[str] = ()
    """Of the step's process."""
    in_time: bool = True
    """Whether each process ended by itself."""
    seconds: float = 0.0
    """From the pipeline's call to the end of its process."""
    seconds_after: float = 0.0
    """From the last row to the end of the process."""
    journals: int = 0
    """How many are still there after the next step."""
