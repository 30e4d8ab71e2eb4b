"""The same runs outside ZenML."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from numbers import Real
from typing import Any, Literal, get_args

from zenml_trackers.delivery import git
from zenml_trackers.delivery.block import block
from zenml_trackers.delivery.connection import backend_at, backends_at, project_by_variable
from zenml_trackers.delivery.lifecycle import SEVERAL, Limits, Tracking
from zenml_trackers.delivery.receiver import Make, Receiver, receivers
from zenml_trackers.delivery.sampler import interval
from zenml_trackers.errors import InvalidSettings, InvalidUrl, named
from zenml_trackers.model.records import RunSpec
from zenml_trackers.model.stored import StoredRun
from zenml_trackers.model.url import EXAMPLES, TrackerUrl
from zenml_trackers.model.values.params import plain_map
from zenml_trackers.model.values.tags import tag_set
from zenml_trackers.port.backend import Backend
from zenml_trackers.run import Run

DEFAULT_PROJECT = "default"
Resume = Literal["never", "allow", "must"]


class Tracker:
    """One or several trackers, connected to by their URLs."""

    def __init__(
        self, backends: Sequence[Backend], project: str, limits: Limits, makers: Sequence[Make] | None = None
    ) -> None:
        """Nothing is connected yet.

        Args:
            backends: The trackers.
            project: What to call the project where a URL does not.
            limits: What tracking may cost.
            makers: What makes each for another project.
        """
        self.backends = tuple(backends)
        self.project = project
        self._limits = limits
        self._makers = makers or [partial(_given, each) for each in backends]

    @property
    def backend(self) -> Backend:
        """The first tracker."""
        return self.backends[0]

    @contextmanager
    def start_run(
        self,
        name: str | None = None,
        *,
        tags: Iterable[str] = (),
        metadata: Mapping[str, Any] | None = None,
        resume: Resume = "never",
        log_system: bool | float = False,
        log_git: bool = False,
    ) -> Iterator[Run]:
        """A run that is finished at the end of the block, or failed if the block raises.

        Args:
            name: What the tracker shows; the time unless given. Runs may share a name.
            tags: Tags of the run.
            metadata: JSON-like values, stored before the block begins.
            resume: Whether to continue the latest run of that name: never, if there is one, or in any case.
            log_system: Whether to log the load of the machine, or the seconds between two samples of it.
            log_git: Whether `git` in the metadata says which state the working directory's code is in.

        Raises:
            InvalidSettings: `resume` is none of these words, or `log_system` no time.
            InvalidTag: A tag that no tracker can hold.
            UnstorableValue: Metadata that can't be stored.
            TrackerError: The run can't be made, and the tracker is strict.
        """
        if resume not in get_args(Resume):
            raise InvalidSettings(f"resume is {resume!r}; write one of {', '.join(map(repr, get_args(Resume)))}.")
        name = name or f"run-{datetime.now():%Y%m%d-%H%M%S}"
        tracking = Tracking(self._name, self._receivers(), f"run {name!r}", self._limits)
        tracking.sampled_every = interval(log_system)
        code = git.metadata(self._limits.deadline) if log_git else {}
        given = {**code, **plain_map(metadata or {}, "metadata")}
        own = {"tags": tag_set(tags), "metadata": given, "resume": resume}
        with block(tracking, RunSpec(name=name, project=self.project, **own)) as run:
            yield run

    def read(self) -> Iterator[StoredRun]:
        """All runs of the project as they are stored, oldest first; with several trackers, those of the first.

        Raises:
            TrackerError: Why they could not be read.
        """
        with named(f"{self.backend.url} can't be read"):
            yield from self.backend.read()

    def check(self) -> str:
        """Say where the runs go, after having seen that it can be written to.

        Raises:
            TrackerError: It can't, and why.
        """
        found = []
        for backend in self.backends:
            with named(f"{backend.url} can't be used"):
                found.append(backend.check())
        return "; ".join(found)

    @property
    def _name(self) -> str:
        return self.backend.name if len(self.backends) == 1 else SEVERAL

    def _receivers(self) -> list[Receiver]:
        makers = zip(self.backends, self._makers, strict=True)
        return receivers((backend.name, backend.url, make) for backend, make in makers)


def _given(backend: Backend, project: str) -> Backend:
    return backend


def connect(
    url: str | Sequence[str],
    *,
    project: str | None = None,
    credentials: Mapping[str, str] | None = None,
    strict: bool = False,
    deadline: float = Limits().deadline,
) -> Tracker:
    """The tracker at a URL, or several at once; nothing is contacted before the first run.

    Args:
        url: A tracker URL such as `trackio:///digits`, or several.
        project: What to call the project where a URL does not; `default` unless given, or what the library's own
            variable says of the only tracker.
        credentials: `api_key`, `username`, `password`, or for one backend alone as `mlflow.password`. What is left out
            is taken from where the backend's own library takes it.
        strict: Whether a run that can't be made is an error; else a warning.
        deadline: Seconds that tracking may add to a run, its beginning and end together.

    Raises:
        InvalidUrl: There is no URL, or one is none, or makes no sense for its backend.
        InvalidSettings: The deadline is no positive number, or the project or a credential makes no sense.
        BackendMissing: A URL names a backend that is not installed, or whose library is not.
        BackendUnfit: The library of a backend is installed in a release that the backend does not work with.
    """
    _need_sense(url, project, credentials or {}, deadline)
    urls = [TrackerUrl.parse(each) for each in ([url] if isinstance(url, str) else url)]
    limits = Limits(strict, deadline)
    named = project or project_by_variable(urls) or DEFAULT_PROJECT
    backends = backends_at(urls, named, credentials or {}, limits)

    def make(backend: Backend, url: TrackerUrl, wanted: str) -> Backend:
        return backend if wanted == named else backend_at(url, wanted, credentials or {}, limits)

    makers = [partial(make, backend, url) for backend, url in zip(backends, urls, strict=True)]
    return Tracker(backends, named, limits, makers)


def _need_sense(url: str | Sequence[str], project: str | None, credentials: Mapping[str, str], deadline: float) -> None:
    if not url or not all(isinstance(each, str) for each in url):
        raise InvalidUrl(f"There is no tracker URL; pass one such as {EXAMPLES}, or several.")
    if project is not None and not isinstance(project, str):
        raise InvalidSettings(f"project is of the type {type(project).__name__}; pass text, or leave it out.")
    if not isinstance(deadline, Real) or not 0 < deadline < math.inf:
        given = repr(deadline) if isinstance(deadline, (Real, str)) else f"of the type {type(deadline).__name__}"
        raise InvalidSettings(f"deadline is {given}; pass a number of seconds above 0.")
    for name, value in credentials.items():
        if not isinstance(value, str):
            raise InvalidSettings(f"credentials[{name!r}] is no text.")
        if value.startswith("{{"):
            raise InvalidSettings(
                f"credentials[{name!r}] refers to a ZenML secret, which nothing looks up outside ZenML; pass the "
                "value, or leave it out and set the variable that the tracker's own library takes it from."
            )
