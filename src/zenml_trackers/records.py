"""What travels between a run and its backend: a specification, batches of records, and stored runs."""

from __future__ import annotations

import operator
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Step = Annotated[int, BeforeValidator(operator.index)]
"""Any integer, those of NumPy too."""


class Feature(str, Enum):
    """What a backend may have beyond the core that every backend has."""

    ARTIFACTS = "artifacts"
    MEDIA = "media"
    RESUME = "resume"


class Status(str, Enum):
    """The state of a run. `RUNNING` is the only one that is not terminal."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class Record(BaseModel):
    """The base of all that travels; immutable."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)


class RunError(Record):
    """Why a run failed."""

    type: str
    """The exception's class name, such as `ValueError`."""
    message: str

    @classmethod
    def of(cls, error: BaseException) -> RunError:
        """What is to be stored of an exception."""
        try:
            message = str(error)
        except Exception:
            message = f"<{type(error).__name__} without a printable message>"
        return cls(type=type(error).__name__, message=message.encode(errors="backslashreplace").decode())


class RunSpec(Record):
    """All that is known of a run before its first line of user code."""

    name: str
    project: str
    tags: tuple[str, ...] = ()
    metadata: dict[str, Any] = Field(default_factory=dict)
    pipeline: str | None = None
    pipeline_run: str | None = None
    """The name of the pipeline run; backends that can group runs group by it."""
    step: str | None = None
    step_run_id: str | None = None
    attempt: int | None = 1
    """Counts from 1; a retried step has one run an attempt. None only in a copy of a run that had none."""
    resume: Literal["never", "allow", "must"] = "never"
    """Whether to continue the latest run of this name in the project: never, if there is one, or in any case."""
    origin: str | None = None
    """Of which run this is a copy, as `<tracker URL>#<run id>`."""


class Metrics(Record):
    """Numbers at one step of a run; without a step, the one after the last."""

    values: dict[str, bool | int | float]
    step: Step | None = None


class Params(Record):
    """Configuration of a run: JSON-like values, nested as they were given."""

    values: dict[str, Any]


class Tags(Record):
    """Tags added to those that a run has."""

    tags: tuple[str, ...]


class Artifact(Record):
    """A file or folder to be kept with the run."""

    name: str
    path: Path


class Image(Record):
    """A picture: a path, a PIL image, or an array of unsigned bytes shaped (height, width[, channels])."""

    name: str
    image: Any
    step: Step | None = None


class Table(Record):
    """Rows of cells under named columns."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    step: Step | None = None


class MetricPoint(Record):
    """One stored value of one metric."""

    name: str
    step: int
    value: bool | int | float


class StoredRun(Record):
    """A run as a backend stored it."""

    id: str
    name: str
    project: str
    status: Status | None = None
    """None if the run was not made by this package and the backend knows no status."""
    error: RunError | None = None
    tags: frozenset[str] = frozenset()
    metadata: dict[str, Any] = Field(default_factory=dict)
    params: dict[str, Any] = Field(default_factory=dict)
    metrics: tuple[MetricPoint, ...] = ()
    """In the order in which they were logged."""
    pipeline: str | None = None
    pipeline_run: str | None = None
    step: str | None = None
    step_run_id: str | None = None
    attempt: int | None = None
    url: str | None = None
    origin: str | None = None
    """Of which run this is a copy, as `<tracker URL>#<run id>`; that of the first, if it is the copy of a copy."""
    show_command: str | None = None
    """The command that shows it, where a tracker has no page that is always there."""
    started: datetime | None = None
    """In UTC; a copy has its own times."""
    ended: datetime | None = None
    """In UTC; None while the run goes on. Of a run without a status, when the last of it was logged."""

    @property
    def last_step(self) -> int:
        """The highest step of any metric; -1 without metrics."""
        return max((point.step for point in self.metrics), default=-1)
