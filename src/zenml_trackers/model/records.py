"""What travels between a run and its backend: a specification, and batches of records."""

from __future__ import annotations

import operator
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
    """The exception as text, whole; characters that UTF-8 lacks are escaped."""

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
    """What people call the run; several may share it."""
    project: str
    """The group of runs that it belongs to, as the configuration names it; for a copy, that of its source. A backend
    stores it in its own project all the same, the one that it was made with.
    """
    tags: tuple[str, ...] = ()
    """Each once: those of the settings, and the names of pipeline, pipeline run and step."""
    metadata: dict[str, Any] = Field(default_factory=dict)
    """JSON-like values; stored before the step's first line."""
    pipeline: str | None = None
    """The pipeline's name; None outside of ZenML, as for the three that follow."""
    pipeline_run: str | None = None
    """The name of the pipeline run; backends that can group runs group by it."""
    step: str | None = None
    """The step's name in the pipeline run."""
    step_run_id: str | None = None
    """ZenML's id of this run of the step."""
    attempt: int | None = 1
    """Counts from 1; a retried step has one run an attempt. None only in a copy of a run that had none."""
    resume: Literal["never", "allow", "must"] = "never"
    """Whether to continue the latest run of this name in the project: never, if there is one, or in any case."""
    origin: str | None = None
    """Of which run this is a copy, as `<tracker URL>#<run id>`."""
    parent: str | None = None
    """The id of the run that this one is nested in."""
    started: float | None = None
    """When it began, in seconds since 1970; None is now."""


class Logged(Record):
    """What a run was given by one call, or its end."""

    number: int = -1
    """Counts the calls of a run from 0 on; -1 if it was no call."""
    time: float | None = None
    """When it was logged, in seconds since 1970; None if that is not known."""


class Metrics(Logged):
    """Numbers at one metric step of a run."""

    values: dict[str, bool | int | float]
    """At least one."""
    step: Step = 0
    """As it was given, or counted from 0."""


class SystemMetrics(Metrics):
    """Numbers of the machine, with metric steps of their own."""


class Params(Logged):
    """Configuration of a run: JSON-like values, nested as they were given."""

    values: dict[str, Any]


class Tags(Logged):
    """Tags added to those that a run has."""

    tags: tuple[str, ...]


Shows = Literal["text", "histogram", "audio", "video"]
"""What a file may hold that some trackers show."""
Level = Literal["info", "warning", "error"]
"""How urgent an alert is."""
Aggregate = Literal["min", "max", "last", "mean"]
"""What the values of a metric come to."""


class Artifact(Logged):
    """A file or folder to be kept with the run."""

    name: str
    """What it is called in the run."""
    path: Path
    """Where it is now."""
    title: str = ""
    """What `shows` is called; empty for a mere file."""
    shows: Shows | None = None
    """What is in it that the tracker may show too, if it can."""
    step: Step = 0
    """The metric step that it belongs to, if it shows something."""
    type: str = ""
    """What kind of thing it is, such as `model`; empty unless given."""
    aliases: tuple[str, ...] = ()
    """Other names by which this one is asked for, such as `best`."""


class Used(Logged):
    """An artifact that the run used."""

    name: str
    """The artifact's."""
    run: str
    """The id of the run that logged it."""
    run_name: str = ""
    """What people call that run."""
    tracker: str = ""
    """The URL of the tracker that both are in."""
    alias: str = ""
    """By which it was asked for; empty for the newest."""


class Alert(Logged):
    """Something that people are to be told of."""

    title: str
    text: str = ""
    level: Level = "warning"


class Summary(Logged):
    """Single values of the whole run; a name that is given again has its new value."""

    values: dict[str, bool | int | float | str]


class Definition(Logged):
    """Which value of a metric is to be in the summary once the run ends; whoever delivers the run sees to that."""

    name: str
    """The metric's; with `*` at its end those of all metrics that begin so."""
    summary: Aggregate


class Image(Logged):
    """A picture: a path, a PIL image, or an array of unsigned bytes shaped (height, width[, channels])."""

    name: str
    """What it is called in the run."""
    image: Any
    """What `as_pil` takes; given back by `attachments`, a path."""
    step: Step = 0
    """The metric step that it belongs to."""
    caption: str = ""
    """What is shown below it."""


class Table(Logged):
    """Rows of cells under named columns."""

    name: str
    """What it is called in the run."""
    columns: tuple[str, ...]
    """The columns' names."""
    rows: tuple[tuple[Any, ...], ...]
    """One tuple of cells a row, as many as there are columns."""
    step: Step = 0
    """The metric step that it belongs to."""


class End(Logged):
    """How the run ended; nothing follows."""

    status: Status
    error: RunError | None = None


NEEDS: dict[type[Logged], Feature] = {Artifact: Feature.ARTIFACTS, Image: Feature.MEDIA, Table: Feature.MEDIA}
"""What a tracker must have for a record, beyond the core."""
