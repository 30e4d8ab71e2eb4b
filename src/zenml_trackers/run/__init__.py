"""The run that a step holds: one concrete class, whatever the tracker."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from zenml_trackers.errors import RunEnded, TrackerError, TrackerUnreachable, UnstorableValue, UnsupportedFeature
from zenml_trackers.interruption import let_through
from zenml_trackers.losses import Reporter
from zenml_trackers.model.records import (
    Artifact,
    End,
    Feature,
    Image,
    Logged,
    Metrics,
    Params,
    Shows,
    Status,
    Summary,
    SystemMetrics,
    Table,
    Tags,
)
from zenml_trackers.model.steps import StepCounter
from zenml_trackers.model.values.numbers import metric_step
from zenml_trackers.model.values.numbers import metrics as numbers
from zenml_trackers.model.values.params import params as plain_params
from zenml_trackers.model.values.tables import as_table
from zenml_trackers.model.values.tags import tag_set
from zenml_trackers.model.values.text import as_text
from zenml_trackers.run.artifacts import Artifacts
from zenml_trackers.run.harmless import harmless
from zenml_trackers.run.recorder import Recorder, called
from zenml_trackers.run.shorthand import Shorthand
from zenml_trackers.run.summary import RunSummary


class Run(Artifacts, Shorthand):
    """A run of a step in an experiment tracker.

    No method fails the step, unless the tracker is configured with `strict=True`: what can't be stored or delivered
    is warned of, once, by name. Asking for a feature that the tracker does not have is a mistake in the step's code,
    and always raises `UnsupportedFeature`.
    """

    status = Status.RUNNING
    together: Any = None  # stands for this run and those in other trackers of the step

    def __init__(self, backend: str, project: str, recorder: Recorder, reporter: Reporter) -> None:
        self.backend = backend
        """The name of the backend, such as `trackio`."""
        self.project = project
        self.features = frozenset(Feature)
        """What the tracker can store beside metrics, params and tags."""
        self.rows = 0
        """How many rows of metrics were taken."""
        self.steps = StepCounter()
        """Counts the metric steps that are not given."""
        self.summary = RunSummary(lambda values: self._add(Summary, values=values), self._refuse)
        """Single values of the whole run: `run.summary["best_accuracy"] = 0.93`."""
        self._recorder = recorder
        self._reporter = reporter
        self._in_order = threading.RLock()
        self._process = os.getpid()
        self._gives_steps = True

    def __reduce__(self) -> tuple[Callable[[str], Run], tuple[str]]:
        """In another process it is the same run."""
        return self._recorder.passed_on()

    @property
    def id(self) -> str:
        """The backend's own id of the run; empty if no run could be made."""
        return self._recorder.id

    @property
    def name(self) -> str:
        """The name that the tracker shows; runs may share one."""
        return self._recorder.name

    @property
    def url(self) -> str | None:
        """Where a browser shows this very run, if the tracker has such a page."""
        return self.links.get("url")

    @property
    def show_command(self) -> str | None:
        """A shell command that shows the run, if the tracker needs one."""
        return self.links.get("show_command")

    @property
    def links(self) -> dict[str, str]:
        """Where the run is found: `url`, `show_command`, and with several trackers the same of each under its name."""
        return self._recorder.links

    @property
    def native(self) -> Any:
        """The run object of the tracker's own library."""
        return self._recorder.native

    @harmless
    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        """Store numbers under their names at one step.

        Args:
            metrics: Numbers of any library, arrays and tensors of one number each, and maps of these: the number in
                `{"train": {"loss": 1}}` is called `train/loss`.
            step: The step that they belong to; without it, the one after the last.
        """
        values, refused = numbers(metrics)
        self._refuse(refused)
        if values:
            self._add(Metrics, values=values, step=step)

    @harmless
    def log_params(self, params: Any) -> None:
        """Store configuration, such as hyperparameters; a name given again has its new value.

        Args:
            params: A map, or an object with fields, such as a dataclass, a pydantic model or a Namespace; nested as
                you like. What JSON has no form of is stored as text.
        """
        values, odd = plain_params(params)
        self._refuse(odd)
        if values:
            self._add(Params, values=values)

    @harmless
    def add_tags(self, *tags: str | Iterable[str]) -> None:
        """Add tags to those that the run has; `add_tags("a", "b")` and `add_tags(["a", "b"])` do the same."""
        if flat := self._valid(tag for group in tags for tag in ([group] if isinstance(group, str) else group)):
            self._add(Tags, tags=flat)

    @harmless
    def log_image(self, name: str, image: Any, step: int | None = None, caption: str = "") -> None:
        """Show an image.

        Args:
            name: What it is called.
            image: A path, the bytes of a file, a Pillow image, a figure of Matplotlib or Plotly, or an array or tensor:
                (height, width), (height, width, channels) or (channels, height, width), of integers from 0 to 255, of
                floats from 0 to 1 or to 255, or of bools.
            step: The metric step that it belongs to; without it, that of the last metrics.
            caption: What is shown below it.

        Raises:
            UnsupportedFeature: The tracker shows no images.
        """
        self._need(Feature.MEDIA)
        self._add(Image, name=name, image=image, step=step, caption=as_text(caption))

    @harmless
    def log_table(
        self, name: str, table: Any, rows: Iterable[Sequence[Any]] | None = None, step: int | None = None
    ) -> None:
        """Show a table.

        Args:
            name: What it is called.
            table: A frame of pandas, polars or Arrow, a map of columns, or a list of maps; the names of the columns
                if `rows` are given.
            rows: One sequence of cells a row.
            step: The metric step that it belongs to; without it, that of the last metrics.

        Raises:
            UnsupportedFeature: The tracker shows no tables.
        """
        self._need(Feature.MEDIA)
        columns, cells, odd = as_table(name, table, rows)
        self._refuse(odd)
        self._add(Table, name=name, columns=columns, rows=cells, step=step)

    def child(
        self, name: str, *, tags: Iterable[str] = (), metadata: Mapping[str, Any] | None = None
    ) -> AbstractContextManager[Run]:
        """A run nested in this one, such as a trial or a fold: finished at the end of its block, or failed by it.

        In the block, `get_run()` gives the child, and in a thread that runs the block too. A stored run has the id of
        the run that it is nested in as `parent`.

        Args:
            name: What the tracker shows.
            tags: Tags of the child, beside the names of pipeline, run and step.
            metadata: JSON-like values, stored before the block begins.

        Raises:
            UnsupportedFeature: In a child process of the step, or in a step of a flavor of ZenML's own.
        """
        values, odd = plain_params(metadata or {})
        self._refuse(odd)
        return self._recorder.child({"name": as_text(name), "tags": self._valid(tags), "metadata": values})

    def flush(self, seconds: float = 10.0) -> bool:
        """Wait until the tracker has all that was logged so far, for so long at most; whether it has.

        It is not needed for anything to be stored. It is for code that looks at the tracker while the run goes on. In a
        child process of the step it says at once that it does not know.
        """
        return self._recorder.flush(seconds)

    def close(self, end: End) -> None:
        """Take nothing more; whoever started the run calls this, not the step.

        Raises:
            TrackerUnreachable: The end can't be kept in the journal.
        """
        with self._in_order:
            self.status = end.status
            self._recorder.add(End, end.model_dump(mode="json", include={"status", "error"}))

    def _keep_shown(self, name: str, path: Path, title: str, shows: Shows, step: int | None) -> None:
        self._need(Feature.ARTIFACTS)
        self._add(Artifact, name=name, path=path, title=title, shows=shows, step=step)

    def go_on_in_process(self, recorder: Recorder) -> None:
        """Be a run of another process, with locks of this one; whoever reads the journal gives the metric steps.

        Args:
            recorder: Takes what this process logs.
        """
        self.rows, self.steps, self._gives_steps = 0, StepCounter(), False
        self._recorder, self._reporter = recorder, self._reporter.of_process()
        self._in_order, self._process = threading.RLock(), os.getpid()

    def _add(self, kind: type[Logged], **fields: Any) -> None:
        try:
            self._need_open()  # before files are copied
            if "step" in fields:
                fields["step"] = metric_step(fields["step"], fields.get("values") or [fields["name"]])
            taken, lost = self._recorder.taken_in(kind, fields)
            self._refuse(lost)
            with self._in_order:
                self._need_open()
                self._recorder.add(kind, self._with_step(kind, taken))
                self.rows += issubclass(kind, Metrics)
        except RunEnded as error:
            if kind is not SystemMetrics:  # of a thread that is about to end
                self._reporter.trouble(error, f"What is logged now is lost, {called(fields)} first.", str(error))
        except Exception as error:
            let_through(error)
            self._tell_loss(kind, fields.get("name"), error)

    def _need_open(self) -> None:
        if os.getpid() != self._process:  # whose locks may be held for good, by threads that are not in this one
            raise RunEnded("the run belongs to the process that this one was forked from; log there")
        if self.status is not Status.RUNNING:
            raise RunEnded("the run is over")

    def _tell_loss(self, kind: type[Logged], called: str | None, error: Exception) -> None:
        if isinstance(error, UnstorableValue):
            self._refuse([error])
            return
        self.rows += issubclass(kind, Metrics)
        name = kind.__name__.lower()
        if called is not None and not isinstance(error, TrackerUnreachable):  # else it is all that is logged
            name = f"{name} {called!r}"
        given = "1 row of metrics is" if issubclass(kind, Metrics) else f"What this call gave as {name} is"
        self._reporter.trouble(error, f"{given} lost.", name)

    def _with_step(self, kind: type[Logged], fields: Mapping[str, Any]) -> Mapping[str, Any]:
        """The fields with the metric step, counted in the order of the records unless it is given."""
        if not self._gives_steps:
            return fields
        if kind is Metrics:
            return {**fields, "step": self.steps.at(fields["step"])}
        if "step" in fields and fields["step"] is None:
            return {**fields, "step": self.steps.last}
        return fields

    def _valid(self, tags: Iterable[str]) -> tuple[str, ...]:
        try:
            return tag_set(tags if isinstance(tags, str) else list(tags))
        except (TrackerError, TypeError) as error:
            self._reporter.trouble(error, "No tag of this call was added.", str(error))
            return ()

    def _refuse(self, refused: Iterable[Exception]) -> None:
        for error in refused:
            self._reporter.trouble(error, "The rest is stored.", str(error))

    def _need(self, feature: Feature) -> None:
        if feature not in self.features:
            raise UnsupportedFeature(f"The tracker {self.backend!r} has no {feature.value}.")
