"""Trackers that break L5 and L7: what a step stores depends on others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from zenml.config.step_run_info import StepRunInfo

from tracker_contracts.reference import jot
from tracker_contracts.reference.component import ReferenceTracker
from tracker_contracts.reference.mutants.mutant import breaks
from tracker_contracts.reference.settings import ReferenceSettings


@breaks("L5", at="last=params")
class CarriesParamsToTheNextStep(jot.Run):
    """Params of earlier steps are written to later ones."""

    carried: ClassVar[dict[str, Any]] = {}

    def log_params(self, params: Mapping[str, Any]) -> None:
        self.carried.update(params)
        super().log_params(dict(self.carried))


@breaks("L5")
class CarriesTheStepCounterOn(jot.Run):
    """A run begins to count where the last one of the process stopped."""

    last: ClassVar[int] = 0

    def start(self, tags: Iterable[str] = (), **facts: Any) -> None:
        super().start(tags, **facts)
        self.next_step = self.last

    def end(self, state: str, **error: str) -> None:
        super().end(state, **error)
        type(self).last = self.next_step


@breaks("L5")
class TracksNothingAfterAFailure(ReferenceTracker):
    """Once a step failed, the next one of the process has no run."""

    failed = False

    def open_run(self, info: StepRunInfo, settings: ReferenceSettings) -> jot.Run:
        if not self.failed:
            return super().open_run(info, settings)
        self.failed = False
        return jot.Unkept(Path(self.config.folder), self.config.project, info.run_name, held=True)

    def end(self, run: jot.Run, step_failed: bool) -> None:
        super().end(run, step_failed)
        self.failed = step_failed


@breaks("L7", at="beside=finished")
class KeepsOneRunOnTheComponent(ReferenceTracker):
    """The component remembers one run, whichever thread prepared last."""

    def key_of(self, info: StepRunInfo) -> Any:
        return "the run"


@breaks("L7", at="beside=finished")
class SharesRunBetweenThreads(jot.Run):
    """What is logged goes to the run that started last."""

    latest: ClassVar[jot.Run]

    def start(self, tags: Iterable[str] = (), **facts: Any) -> None:
        super().start(tags, **facts)
        type(self).latest = self

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        jot.Run.log(self.latest, metrics, step)
