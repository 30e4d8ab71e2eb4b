"""The one lifecycle of a tracker around a ZenML step, over any backend."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from abc import abstractmethod
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from uuid import UUID

from zenml.constants import METADATA_EXPERIMENT_TRACKER_URL
from zenml.experiment_trackers.base_experiment_tracker import BaseExperimentTracker
from zenml.metadata.metadata_types import Uri

from zenml_trackers.delivery import active, git
from zenml_trackers.delivery.lifecycle import Limits, Tracking
from zenml_trackers.delivery.receiver import Component, Receiver
from zenml_trackers.interruption import let_through
from zenml_trackers.model.records import End, RunError, RunSpec, Status
from zenml_trackers.run import Run
from zenml_trackers.zenml import compat, step_end
from zenml_trackers.zenml.given_up import Watch
from zenml_trackers.zenml.settings import RunSettings

if TYPE_CHECKING:
    from zenml.config.step_run_info import StepRunInfo
    from zenml.metadata.metadata_types import MetadataType

NEVER_STARTED = RunError(
    type="StepNeverStarted",
    message="ZenML ended the step before its first line, probably because an input could not be loaded.",
)


class TrackedStep(NamedTuple):
    """The run of a step."""

    tracking: Tracking
    belongs_to: tuple[int, UUID]
    """The thread and the pipeline run that the step executes in."""
    spec: RunSpec


class RunTracker(BaseExperimentTracker):
    """Gives each step a run, and keeps every trouble with it away from the step.

    ZenML shares one instance among all threads, so all state is kept by step run.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._tracked: dict[UUID, TrackedStep] = {}
        self._watches: dict[UUID, Watch] = {}
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
        """What a run calls its tracker, or its trackers together."""

    @abstractmethod
    def receivers(self, settings: RunSettings) -> list[Receiver]:
        """The trackers as they are configured; secrets are resolved when one is made, and not before."""

    @property
    @abstractmethod
    def own_project(self) -> str | None:
        """The project that is configured, if one is."""

    def project_for(self, pipeline: str) -> str:
        """The project of a pipeline's runs: the configured one, or one named after the pipeline."""
        return self.own_project or pipeline

    def prepare_step_run(self, info: StepRunInfo) -> None:
        """Start the step's run; with `strict=True` a named error if that fails, otherwise a warning."""
        self._end_leaked(info)
        settings, unreadable = self._settings_of(info)
        subject = f"{self.name}, step {info.pipeline_step_name!r}"
        project = self.project_for(info.pipeline.name)
        limits = Limits(settings.strict, settings.deadline)
        tracking = Tracking(self.backend_name, self.receivers(settings), subject, limits, step_end.ended)
        tracking.sampled_every = settings.log_system
        if unreadable is not None:
            tracking.reporter.trouble(unreadable, "The step is tracked without its settings.", "settings")
        spec = self._spec(info, project, settings)
        self._tracked[info.step_run_id] = TrackedStep(tracking, _here(info), spec)  # from now on somebody ends it
        try:
            tracking.begin(spec, Component(str(self.id), self.name))
        except BaseException:
            del self._tracked[info.step_run_id]
            raise

    def get_step_run_metadata(self, info: StepRunInfo) -> dict[str, MetadataType]:
        """Where the step's run is found: its id, name, project, and URL or command."""
        step = self._tracked.get(info.step_run_id)
        if step is None:
            return {}
        if info.step_run_id not in self._watches:
            self._watches[info.step_run_id] = Watch(step.spec, partial(self._give_up, info.step_run_id))
        found = _whereabouts(step.tracking.run)
        return {key: Uri(value) if key.endswith("_url") else value for key, value in found.items()}

    def cleanup_step_run(self, info: StepRunInfo, step_failed: bool) -> None:
        """End the step's run as failed or finished; never raises, unless a signal's handler does."""
        if watch := self._watches.pop(info.step_run_id, None):
            watch.stop()
        step = self._tracked.get(info.step_run_id)
        if step is not None:
            # ZenML calls this while the step's exception is on its way out, and passes only that there is one.
            raised = sys.exc_info()[1] if step_failed else None
            status = Status.FAILED if step_failed else Status.FINISHED
            step.tracking.end(status, RunError.of(raised) if raised else None)
            self._tracked.pop(info.step_run_id, None)

    def _settings_of(self, info: StepRunInfo) -> tuple[RunSettings, Exception | None]:
        """The step's settings; if they can't be read those of the component, and why."""
        try:
            return self._settings(info), None
        except Exception as error:
            let_through(error)
            return self._defaults(), error

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
            metadata={**(git.metadata(settings.deadline) if settings.log_git else {}), **settings.metadata},
            pipeline=pipeline,
            pipeline_run=info.run_name,
            step=step,
            step_run_id=str(info.step_run_id),
            attempt=attempt,
            resume=settings.resume_policy,
        )

    def _end_leaked(self, info: StepRunInfo | None = None) -> None:
        """End runs whose step ZenML gave up without cleanup: of `info`'s pipeline run and thread, or at exit all."""
        here = _here(info) if info else None
        for step_run_id, step in self._tracked.copy().items():
            if os.getpid() == self._process and here in (None, step.belongs_to):
                watch = self._watches.get(step_run_id)
                if watch is None:
                    self._give_up(step_run_id, End(status=Status.FAILED, error=NEVER_STARTED))
                else:
                    self._give_up(step_run_id, watch.told() if info else watch.seen)

    def _give_up(self, step_run_id: UUID, end: End) -> None:
        """End the run of a step that ZenML calls no more hooks of."""
        step = self._tracked.pop(step_run_id, None)
        if watch := self._watches.pop(step_run_id, None):
            watch.stop()
        if step is not None:
            active.disown(step.tracking.run)
            step.tracking.end(end.status, end.error)


def _here(info: StepRunInfo) -> tuple[int, UUID]:
    return threading.get_ident(), info.run_id


def _whereabouts(run: Run) -> dict[str, str]:
    """What finds the run in its tracker, or in each of several; nothing if there is none."""
    if not run.id:
        return {}
    links = dict(run.links)
    own = {
        "run_id": run.id,
        "run_name": run.name,
        "project": run.project,
        "show_command": links.pop("show_command", ""),
    }
    found = {**{f"{run.backend}_{key}": value for key, value in own.items()}, **links}
    found[METADATA_EXPERIMENT_TRACKER_URL] = found.pop("url", "")
    return {key: value for key, value in found.items() if value}
