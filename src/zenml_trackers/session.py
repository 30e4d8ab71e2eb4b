"""The same runs outside ZenML."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal

from zenml_trackers.backend import Backend, Sink
from zenml_trackers.connection import backend_at
from zenml_trackers.delivery import Limits
from zenml_trackers.fanout import FanoutSink
from zenml_trackers.fanout import attach as attach_all
from zenml_trackers.records import RunError, RunSpec, Status, StoredRun
from zenml_trackers.run import Run
from zenml_trackers.tracked import TrackedRun
from zenml_trackers.url import TrackerUrl
from zenml_trackers.values import plain_map, tag_set

DEFAULT_PROJECT = "default"


class Tracker:
    """One or several trackers, connected to by their URLs."""

    def __init__(self, backend: Backend, project: str, limits: Limits) -> None:
        self.backend = backend
        self.project = project
        self._limits = limits

    @contextmanager
    def start_run(
        self,
        name: str | None = None,
        *,
        tags: Iterable[str] = (),
        metadata: Mapping[str, Any] | None = None,
        resume: Literal["never", "allow", "must"] = "never",
    ) -> Iterator[Run]:
        """A run that is finished at the end of the block, or failed if the block raises.

        Args:
            name: What the tracker shows; the time unless given. Runs may share a name.
            tags: Tags of the run.
            metadata: JSON-like values, stored before the block begins.
            resume: Whether to continue the latest run of that name: never, if there is one, or in any case.

        Raises:
            InvalidTag: A tag that no tracker can hold.
            UnstorableValue: Metadata that can't be stored.
            TrackerError: The run can't be made, and the tracker is strict.
        """
        name = name or f"run-{datetime.now():%Y%m%d-%H%M%S}"
        own = {"tags": tag_set(tags), "metadata": plain_map(metadata or {}, "metadata"), "resume": resume}
        tracked = TrackedRun(self.backend.name, self._attach, f"run {name!r}", self._limits)
        tracked.begin(lambda: self.backend, RunSpec(name=name, project=self.project, **own))
        try:
            yield tracked.run
        except BaseException as error:
            if not sys.is_finalizing():  # of a block that was never left; no thread could end it any more
                tracked.end(Status.FAILED, RunError.of(error))
            raise
        tracked.end(Status.FINISHED, None)

    def read(self) -> Iterator[StoredRun]:
        """All runs of the project as they are stored, oldest first; with several trackers, those of the first.

        Raises:
            TrackerError: Why they could not be read.
        """
        return self.backend.read()

    def check(self) -> str:
        """Say where the runs go, after having seen that it can be written to.

        Raises:
            TrackerError: It can't, and why.
        """
        return self.backend.check()

    def _attach(self, sink: Sink) -> Callable[[], None]:
        return attach_all(sink) if isinstance(sink, FanoutSink) else self.backend.attach(sink.native)


def connect(
    url: str | Sequence[str],
    *,
    project: str = DEFAULT_PROJECT,
    credentials: Mapping[str, str] | None = None,
    strict: bool = False,
    deadline: float = Limits().deadline,
) -> Tracker:
    """The tracker at a URL, or several at once; nothing is contacted before the first run.

    Args:
        url: A tracker URL such as `trackio:///digits`, or several.
        project: What to call the project where a URL does not.
        credentials: `api_key`, `username`, `password`, or for one backend alone as `mlflow.password`. What is left out
            is taken from where the backend's own library takes it.
        strict: Whether a run that can't be made is an error; else a warning.
        deadline: Seconds that tracking may add to a run, its beginning and end together.

    Raises:
        InvalidUrl: A URL is none, or makes no sense for its backend.
        BackendMissing: A URL names a backend that is not installed.
    """
    urls = [TrackerUrl.parse(each) for each in ([url] if isinstance(url, str) else url)]
    limits = Limits(strict, deadline)
    return Tracker(backend_at(urls, project, credentials or {}, limits), project, limits)
