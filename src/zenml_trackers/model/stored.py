"""What is read back: runs as a backend stored them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from zenml_trackers.model import system_names
from zenml_trackers.model.records import Alert, Record, RunError, Status, Used


class MetricPoint(Record):
    """One stored value of one metric."""

    name: str
    """The metric's, as it was logged."""
    step: int
    """The metric step: as it was logged, or counted from 0."""
    value: bool | int | float
    """Bit for bit; NaN and the infinities too."""


class StoredArtifact(Record):
    """What is known of an artifact beside its content."""

    name: str
    """As it was logged; one that was logged again stands here once, as the last time."""
    type: str = ""
    """As it was logged."""
    aliases: tuple[str, ...] = ()
    """As they were logged."""
    size: int = 0
    """In bytes; of a folder, that of all its files."""


class StoredRun(Record):
    """A run as a backend stored it."""

    id: str
    """What finds the run again; no two of a project share it."""
    name: str
    """What people call it."""
    project: str
    """The project that the backend was opened for."""
    status: Status | None = None
    """None if the run was not made by this package and the backend knows no status."""
    error: RunError | None = None
    """Why it failed; None unless it did."""
    tags: frozenset[str] = frozenset()
    """All of them, those that the step added too."""
    metadata: dict[str, Any] = Field(default_factory=dict)
    """As it was given."""
    params: dict[str, Any] = Field(default_factory=dict)
    """As they were given, nested."""
    alerts: tuple[Alert, ...] = ()
    """In the order in which they were raised."""
    summary: dict[str, bool | int | float | str] = Field(default_factory=dict)
    """Single values of the whole run; of a defined metric, such as `loss.min`."""
    artifacts: tuple[StoredArtifact, ...] = ()
    """Those that this package logged, in the order in which they were kept."""
    used: tuple[Used, ...] = ()
    """The artifacts of other runs, or of its own, that it used."""
    metrics: tuple[MetricPoint, ...] = ()
    """In the order in which they were logged."""
    pipeline: str | None = None
    """Of the spec, as the four that follow."""
    pipeline_run: str | None = None
    """Its name."""
    step: str | None = None
    """Its name in the pipeline run."""
    step_run_id: str | None = None
    """ZenML's id of it."""
    attempt: int | None = None
    """From 1 on."""
    parent: str | None = None
    """The id of the run that this one is nested in; a copy has none."""
    url: str | None = None
    """Where a browser finds it."""
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
        """The highest step of any metric but those of the machine; -1 without metrics."""
        return max((point.step for point in self.metrics if not system_names.METRIC.match(point.name)), default=-1)

    @property
    def last_system_step(self) -> int:
        """The highest step of the machine's metrics; -1 without any."""
        return max((point.step for point in self.metrics if system_names.METRIC.match(point.name)), default=-1)
