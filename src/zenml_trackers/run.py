"""The run that a step holds: one concrete class, whatever the tracker."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from zenml_trackers.backend import Sink
from zenml_trackers.errors import RunEnded, TrackerError, TrackerUnreachable, UnstorableValue, UnsupportedFeature
from zenml_trackers.interruption import let_through
from zenml_trackers.records import (
    Artifact,
    Feature,
    Image,
    Metrics,
    Params,
    Record,
    RunError,
    RunSpec,
    Status,
    Table,
    Tags,
)
from zenml_trackers.report import Reporter
from zenml_trackers.turns import Turns
from zenml_trackers.values import checked_rows, number, plain, split, tag_set


class Run:
    """A run of a step in an experiment tracker.

    No method fails the step, unless the tracker is configured with `strict=True`: what can't be stored or delivered
    is warned of, once, by name. Asking for a feature that the tracker does not have is a mistake in the step's code,
    and always raises `UnsupportedFeature`.
    """

    def __init__(self, backend: str, sink: Sink, spec: RunSpec, features: frozenset[Feature], reporter: Reporter):
        self.backend = backend
        """The name of the backend, such as `trackio`."""
        self.project = spec.project
        self.status = Status.RUNNING
        self._sink = sink
        self._turns = Turns()
        self._features = features
        self._reporter = reporter
        self._process = os.getpid()

    @property
    def id(self) -> str:
        """The backend's own id of the run; empty if no run could be made."""
        return self._sink.id

    @property
    def name(self) -> str:
        """The name that the tracker shows; runs may share one."""
        return self._sink.name

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
        return self._sink.links

    @property
    def native(self) -> Any:
        """The run object of the tracker's own library."""
        return self._sink.native

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        """Store numbers under their names at one step.

        Args:
            metrics: Numbers, or arrays and tensors of one number each.
            step: The step that they belong to; without it, the one after the last.
        """
        values, refused = split(metrics, number)
        self._refuse(refused)
        if values:
            self._send(Metrics, values=values, step=step)

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Store configuration, such as hyperparameters; a name given again has its new value.

        Args:
            params: JSON-like values, nested as you like.
        """
        values, refused = split(params, plain)
        self._refuse(refused)
        if values:
            self._send(Params, values=values)

    def add_tags(self, *tags: str | Iterable[str]) -> None:
        """Add tags to those that the run has; `add_tags("a", "b")` and `add_tags(["a", "b"])` do the same."""
        try:
            flat = tag_set([tag for group in tags for tag in ([group] if isinstance(group, str) else group)])
        except (TrackerError, TypeError) as error:
            self._reporter.trouble(error, "No tag of this call was added.", str(error))
            return
        if flat:
            self._send(Tags, tags=flat)

    def log_artifact(self, path: str | os.PathLike[str], name: str | None = None) -> None:
        """Keep a file or a folder with the run, under `name` or the path's last part.

        Raises:
            UnsupportedFeature: The tracker keeps no artifacts.
        """
        self._need(Feature.ARTIFACTS)
        try:
            kept = Path(path)
        except TypeError as error:
            self._refuse([UnstorableValue(f"log_artifact() takes a path: {error}.")])
            return
        self._send(Artifact, name=name or kept.name, path=kept)

    def log_image(self, name: str, image: Any, step: int | None = None) -> None:
        """Show an image: a path, a PIL image, or an array of unsigned bytes shaped (height, width[, channels]).

        Raises:
            UnsupportedFeature: The tracker shows no images.
        """
        self._need(Feature.MEDIA)
        self._send(Image, name=name, image=image, step=step)

    def log_table(
        self, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], step: int | None = None
    ) -> None:
        """Show rows of cells under named columns.

        Raises:
            UnsupportedFeature: The tracker shows no tables.
        """
        self._need(Feature.MEDIA)
        try:
            cells = checked_rows(name, columns, rows)
        except Exception as error:
            let_through(error)
            self._refuse([error])
            return
        self._send(Table, name=name, columns=columns, rows=cells, step=step)

    def finish(self, status: Status, error: RunError | None = None) -> None:
        """End the run; whoever started it calls this, not the step.

        Raises:
            TrackerError: What could not be delivered.
        """
        self.status = status
        self._take_turn(lambda: self._sink.close(status, error))

    def _send(self, kind: type[Record], **fields: Any) -> None:
        if os.getpid() != self._process:  # whose locks may be held for good, by threads that are not in this one
            foreign = TrackerUnreachable("the run belongs to the process that this one was forked from; log there")
            self._reporter.trouble(foreign, "What this process logs is lost.", "fork")
            return
        if self.status is not Status.RUNNING:
            self._reporter.trouble(RunEnded("the run is over"), "What is logged now is lost.", "ended")
            return
        try:
            record = kind(**fields)
            self._take_turn(lambda: self._sink.write([record]))
        except Exception as error:
            let_through(error)
            self._count(kind)
            self._tell_loss(error, kind)
        else:
            self._count(kind)

    def _count(self, kind: type[Record]) -> None:
        if kind is Metrics:
            self._reporter.rows.count()

    def _tell_loss(self, error: Exception, kind: type[Record]) -> None:
        name = kind.__name__.lower()
        if isinstance(error, UnstorableValue):  # of one value, which this backend can't hold
            self._reporter.trouble(error, "The rest is stored.", str(error))
        else:
            given = "1 row of metrics is" if kind is Metrics else f"What this call gave as {name} is"
            self._reporter.trouble(error, f"{given} lost.", name)

    def _take_turn(self, call: Callable[[], None]) -> None:
        """Call the sink: the step may pass the run to threads of its own."""
        if self._sink.concurrent:
            call()
        else:
            self._turns.take(call)

    def _refuse(self, refused: Sequence[Exception]) -> None:
        for error in refused:
            self._reporter.trouble(error, "The rest is stored.", str(error))

    def _need(self, feature: Feature) -> None:
        if feature not in self._features:
            raise UnsupportedFeature(f"The tracker {self.backend!r} has no {feature.value}.")
