"""The part between ZenML's step and the tracker's library: what every tracker has to get right.

ZenML shares one component among all threads, so that what belongs to a step is kept by the id of its step run. None of
the hooks may raise: a `prepare` that does takes the step with it, a `cleanup` that does hides the step's own error.
"""

from __future__ import annotations

import logging
import sys
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast
from uuid import UUID

from zenml.constants import METADATA_EXPERIMENT_TRACKER_URL
from zenml.experiment_trackers.base_experiment_tracker import BaseExperimentTracker
from zenml.metadata.metadata_types import Uri

from tracker_contracts.reference import jot
from tracker_contracts.reference.config import ReferenceConfig
from tracker_contracts.reference.settings import ReferenceSettings
from tracker_contracts.reference.surroundings import Loans, answers, termination_raises
from tracker_contracts.reference.values import redacted

if TYPE_CHECKING:
    from zenml.config.step_run_info import StepRunInfo
    from zenml.metadata.metadata_types import MetadataType

logger = logging.getLogger("jot")

SHARE_OF_DEADLINE = 0.5
"""How much of the deadline may be spent before the step begins."""


class TrackerUnreachable(ConnectionError):
    """Nothing answers where the runs should go, and the tracker is strict."""


@dataclass
class TrackedStep:
    """A step between prepare and cleanup."""

    run: jot.Run
    undo: ExitStack
    """Gives back all that prepare borrowed from the process."""


class ReferenceTracker(BaseExperimentTracker):
    """Gives each step a run of its own."""

    run_class: ClassVar[type[jot.Run]] = jot.Run
    credentials: ClassVar[Loans] = Loans("JOT_TOKEN")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tracked: dict[Any, TrackedStep] = {}
        self.tries: Counter[tuple[UUID, str]] = Counter()

    @property
    def config(self) -> ReferenceConfig:
        """Where the runs go."""
        return cast(ReferenceConfig, self._config)

    @property
    def settings_class(self) -> type[ReferenceSettings]:
        """What a step may say of its run."""
        return ReferenceSettings

    def __repr__(self) -> str:
        """ZenML's own shows the secrets of the configuration."""
        return f"{type(self).__name__}({self.config!r})"

    __str__ = __repr__

    def prepare_step_run(self, info: StepRunInfo) -> None:
        """Start the step's run and make it the current one.

        Raises:
            TrackerUnreachable: The tracker is strict, and its server does not answer.
        """
        with ExitStack() as undo:
            run = self.begin(info, undo)
            self.enter(run, undo)
            self.tracked[self.key_of(info)] = TrackedStep(run, undo.pop_all())

    def get_step_run_metadata(self, info: StepRunInfo) -> dict[str, MetadataType]:
        """What finds the step's run."""
        tracked = self.tracked.get(self.key_of(info))
        if tracked is None or tracked.run.url is None:
            return {}
        return {
            "reference_run_id": tracked.run.id,
            "reference_run_name": tracked.run.name,
            METADATA_EXPERIMENT_TRACKER_URL: Uri(tracked.run.url),
        }

    def cleanup_step_run(self, info: StepRunInfo, step_failed: bool) -> None:
        """Write how the step ended, and give back what prepare borrowed."""
        tracked = self.tracked.pop(self.key_of(info), None)
        if tracked is not None:
            with tracked.undo:
                self.end(tracked.run, step_failed)

    def key_of(self, info: StepRunInfo) -> Any:
        """What tells a step from all others that this component serves."""
        return info.step_run_id

    def begin(self, info: StepRunInfo, undo: ExitStack) -> jot.Run:
        """The step's run; if there can be none, one that goes nowhere, or an error if strict."""
        try:
            self.lend_credentials(undo)
            self.reach()
            return self.open_run(info, self.settings_of(info))
        except Exception as error:
            if self.config.strict:
                raise
            self.warn(info, f"nothing is tracked ({error})")
            return jot.Unkept(Path(self.config.folder), self.config.project, info.run_name, held=True)

    def lend_credentials(self, undo: ExitStack) -> None:
        """Show the token to whatever the step calls, until cleanup; a reference to a secret is resolved here."""
        if self.config.token:
            undo.callback(self.credentials.give_back, self.credentials.lend(self.config.token))

    def reach(self) -> None:
        """Make sure that the server answers, if there is one."""
        url = self.config.base_url
        if url is not None and not answers(url, self.config.deadline * SHARE_OF_DEADLINE):
            raise TrackerUnreachable(f"no server answers at {url}; start it, or leave base_url out")

    def settings_of(self, info: StepRunInfo) -> ReferenceSettings:
        """The step's settings; none, if what it says makes no sense and the tracker is not strict."""
        try:
            return cast(ReferenceSettings, self.get_settings(info))
        except Exception as error:
            if self.config.strict:
                raise
            self.warn(info, f"the settings are ignored ({error})")
            return ReferenceSettings()

    def open_run(self, info: StepRunInfo, settings: ReferenceSettings) -> jot.Run:
        """A run, with all that is known of it already written."""
        run = self.run_class(
            Path(self.config.folder),
            self.config.project,
            self.name_of(info, settings),
            id=settings.resume,
            hidden=self.hidden,
            strict=self.config.strict,
            server=self.config.base_url,
            held=True,
        )
        run.start(**self.facts_of(info, settings))
        return run

    def enter(self, run: jot.Run, undo: ExitStack) -> None:
        """Make the run the current one, until cleanup."""
        jot.enter(run)
        undo.callback(jot.leave, run)
        undo.enter_context(termination_raises())

    def name_of(self, info: StepRunInfo, settings: ReferenceSettings) -> str:
        """What the run is called."""
        return settings.run_name or f"{info.run_name}_{info.pipeline_step_name}"

    def facts_of(self, info: StepRunInfo, settings: ReferenceSettings) -> dict[str, Any]:
        """What is known of the run before the step begins."""
        return {
            "tags": self.tags_of(info, settings),
            "metadata": settings.metadata,
            "step": info.pipeline_step_name,
            "step_run": str(info.step_run_id),
            "attempt": self.attempt_of(info),
        }

    def tags_of(self, info: StepRunInfo, settings: ReferenceSettings) -> list[str]:
        """The step's own tags, and those that every run has."""
        always = [info.pipeline.name, info.run_name, info.pipeline_step_name]
        return list(dict.fromkeys([*settings.tags, *always]))

    def attempt_of(self, info: StepRunInfo) -> int:
        """Which try of its step this is: by ZenML's own count where it tells, else by those seen here."""
        step = (info.run_id, info.pipeline_step_name)
        self.tries[step] += 1
        told: int | None = getattr(getattr(info, "step_run", None), "version", None)
        return told or self.tries[step]

    def end(self, run: jot.Run, step_failed: bool) -> None:
        """Write how the run ended; the exception, of which ZenML tells nothing, is still on its way out."""
        error = sys.exc_info()[1] if step_failed else None
        run.end(self.state_of(step_failed), **self.describe(error))

    def state_of(self, step_failed: bool) -> str:
        """How the run ended."""
        return "failed" if step_failed else "finished"

    def describe(self, error: BaseException | None) -> dict[str, str]:
        """The exception's type and message, as text that every reader can decode."""
        if error is None:
            return {}
        try:
            message = str(error).encode(errors="backslashreplace").decode()
        except Exception:
            message = "<an exception without a printable message>"
        return {"error_type": type(error).__name__, "error_message": message}

    @property
    def hidden(self) -> tuple[str, ...]:
        """What must never be written or said."""
        try:
            return (self.config.token,) if self.config.token else ()
        except KeyError:  # it refers to a secret that does not exist
            return ()

    def warn(self, info: StepRunInfo, text: str) -> None:
        """Say what is lost, and of which step."""
        logger.warning("%s, step %s: %s.", self.name, info.pipeline_step_name, redacted(text, self.hidden))
