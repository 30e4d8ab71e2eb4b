"""The one lifecycle of a tracker around a ZenML step, over any backend."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from abc import abstractmethod
from collections import Counter
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from zenml.constants import METADATA_EXPERIMENT_TRACKER_URL
from zenml.experiment_trackers.base_experiment_tracker import BaseExperimentTracker
from zenml.metadata.metadata_types import Uri

from zenml_trackers.backend import Backend
from zenml_trackers.records import RunError, RunSpec, Status
from zenml_trackers.zenml import compat
from zenml_trackers.zenml.settings import RunSettings
from zenml_trackers.zenml.tracked import TrackedStep

if TYPE_CHECKING:
    from zenml.config.step_run_info import StepRunInfo
    from zenml.metadata.metadata_types import MetadataType

NEVER_STARTED = RunError(
    type="StepNeverStarted",
    message="ZenML ended the step before its first line, probably because an input could not be loaded.",
)


class RunTracker(BaseExperimentTracker):
    """Gives each step a run, and keeps every trouble with it away from the step.

    ZenML shares one instance among all threads, so all state is kept by step run.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._tracked: dict[UUID, TrackedStep] = {}
        self._tries: Counter[tuple[UUID, str]] = Counter()
        self._process = os.getpid()
        atexit.register(self._end_leaked)

    def __repr__(self) -> str:
        """ZenML's own would show the secrets of the configuration."""
        return f"{type(self).__name__}(name={self.name!r}, {self.config!r})"

    __str__ = __repr__

    @property
    @abstractmethod
    def backend_name(self) -> str:
        """The backend that `make_backend` gives."""

    @abstractmethod
    def make_backend(self, project: str, settings: RunSettings) -> Backend:
        """The backend as it is configured; secrets are resolved here and not before."""

    @abstractmethod
    def project_of(self, info: StepRunInfo) -> str:
        """The project that the step's run belongs to."""

    def prepare_step_run(self, info: StepRunInfo) -> None:
        """Start the step's run; with `strict=True` a named error if that fails, otherwise a warning."""
        self._end_leaked(info)
        tracked = TrackedStep(self.backend_name, subject=f"{self.name}, step {info.pipeline_step_name!r}")
        settings = tracked.settings(lambda: self._settings(info), fallback=self._defaults())
        project = self.project_of(info)
        tracked.begin(lambda: self.make_backend(project, settings), self._spec(info, project, settings))
        tracked.belongs_to = (threading.get_ident(), info.run_id)
        self._tracked[info.step_run_id] = tracked

    def get_step_run_metadata(self, info: StepRunInfo) -> dict[str, MetadataType]:
        """Where the step's run is found: its id, name, project, and URL or command."""
        tracked = self._tracked.get(info.step_run_id)
        if tracked is None:
            return {}
        found: dict[str, MetadataType] = {
            f"{self.backend_name}_{key}": value for key, value in tracked.whereabouts().items() if key != "url"
        }
        if tracked.run.url:
            found[METADATA_EXPERIMENT_TRACKER_URL] = Uri(tracked.run.url)
        return found

    def cleanup_step_run(self, info: StepRunInfo, step_failed: bool) -> None:
        """End the step's run as failed or finished; never raises."""
        tracked = self._tracked.pop(info.step_run_id, None)
        if tracked is not None:
            # ZenML calls this while the step's exception is on its way out, and passes only that there is one.
            error = _describe(sys.exc_info()[1]) if step_failed else None
            tracked.end(Status.FAILED if step_failed else Status.FINISHED, error)

    def _settings(self, info: StepRunInfo) -> RunSettings:
        """The step's settings over the component's; ZenML itself mixes them from 0.82.1 on."""
        given: Any = self.get_settings(info)
        names = set(type(given).model_fields)
        of_component = self.config.model_dump(exclude_unset=True, include=names)
        return cast(RunSettings, type(given)(**{**of_component, **given.model_dump(exclude_unset=True)}))

    def _defaults(self) -> RunSettings:
        """What holds if the settings can't be read: only how to take that."""
        config, kind = cast(Any, self.config), cast(Any, self.settings_class)
        return cast(RunSettings, kind(strict=config.strict, deadline=config.deadline))

    def _spec(self, info: StepRunInfo, project: str, settings: RunSettings) -> RunSpec:
        step, pipeline = info.pipeline_step_name, info.pipeline.name
        key = (info.run_id, step)
        attempt = compat.attempt_of(info, seen=self._tries[key])
        self._tries[key] += 1
        return RunSpec(
            name=settings.run_name or f"{info.run_name}_{step}",
            project=project,
            tags=tuple(dict.fromkeys([*settings.tags, pipeline, info.run_name, step])),
            metadata=settings.metadata,
            pipeline=pipeline,
            pipeline_run=info.run_name,
            step=step,
            step_run_id=str(info.step_run_id),
            attempt=attempt,
            resume=settings.resume_policy,
        )

    def _end_leaked(self, info: StepRunInfo | None = None) -> None:
        """End runs whose step ZenML gave up without cleanup: of `info`'s pipeline run and thread, or at exit all."""
        here = (threading.get_ident(), info.run_id) if info else None
        for step_run_id, tracked in list(self._tracked.items()):
            if os.getpid() == self._process and here in (None, tracked.belongs_to):
                del self._tracked[step_run_id]
                tracked.end(Status.FAILED, NEVER_STARTED)


def _describe(error: BaseException | None) -> RunError | None:
    if error is None:
        return None
    try:
        message = str(error)
    except Exception:
        message = f"<{type(error).__name__} without a printable message>"
    readable = message.encode(errors="backslashreplace").decode()
    return RunError(type=type(error).__name__, message=readable)
