"""What runs before, after and beside a step, and its attempts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from zenml.config.step_run_info import StepRunInfo

from tracker_contracts.reference import jot
from tracker_contracts.reference.component import ReferenceTracker
from tracker_contracts.reference.mutants.mutant import breaks
from tracker_contracts.reference.mutants.runs import Dropping, Fields, Told
from tracker_contracts.reference.settings import ReferenceSettings


def without(file: Path, kind: str) -> None:
    """Take all records of a kind out of a run's file."""
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(line for line in lines if json.loads(line)["kind"] != kind))


@breaks("L5", "before=finished")
class TagsTheFirstGoodStepAlone(ReferenceTracker):
    """Once a step went well, the next runs are not tagged with the pipeline's name."""

    good = False

    def tags_of(self, info: StepRunInfo, settings: ReferenceSettings) -> list[str]:
        return [tag for tag in super().tags_of(info, settings) if not self.good or tag != info.pipeline.name]

    def end(self, run: jot.Run, step_failed: bool) -> None:
        super().end(run, step_failed)
        self.good = self.good or not step_failed


class Following(Dropping):
    """Knows the run that ended last in its folder, and how."""

    ended: ClassVar[dict[Path, tuple[jot.Run, str]]] = {}
    before: jot.Run | None = None
    how = ""

    def start(self, tags: Iterable[str] = (), **facts: Any) -> None:
        if self.folder in self.ended:
            self.before, self.how = self.ended[self.folder]
        super().start(tags, **facts)

    def end(self, state: str, **error: str) -> None:
        super().end(state, **error)
        self.ended[self.folder] = (self, state)


@breaks("L5", "before=failed")
class LosesTheFirstRowAfterAFailure(Following):
    """The first row that is logged after a step failed is lost."""

    def drops(self, kind: str, fields: Fields) -> bool:
        return kind == "metrics" and self.how == "failed" and fields["step"] == 0


@breaks("L5", "before=tagged")
class SharesTheListOfTags(ReferenceTracker):
    """The tags of a step's settings are those of all later steps too."""

    def tags_of(self, info: StepRunInfo, settings: ReferenceSettings) -> list[str]:
        tags: list[str] = self.__dict__.setdefault("all_tags", [])
        tags += settings.tags
        return super().tags_of(info, settings.model_copy(update={"tags": tags}))


@breaks("L5", "before=namesake")
class CountsOnForOneStep(ReferenceTracker):
    """A step counts its metric steps on from where one of the same name in the same pipeline stopped."""

    def open_run(self, info: StepRunInfo, settings: ReferenceSettings) -> jot.Run:
        run, name = super().open_run(info, settings), (info.pipeline.name, info.pipeline_step_name)
        known: dict[Any, jot.Run] = self.__dict__.setdefault("known", {})
        run.next_step = known[name].next_step if name in known else 0
        known[name] = run
        return run


@breaks("L5", "before=two")
class SkipsStepsInTheThirdRun(jot.Run):
    """From the third run in a folder on, the first row is stored at step 3."""

    def start(self, tags: Iterable[str] = (), **facts: Any) -> None:
        self.next_step = 3 if len(list(self.folder.glob("*.jsonl"))) >= 2 else 0
        super().start(tags, **facts)


@breaks("L5", "after=finished")
class TakesTheTagsOfTheRunBefore(Following):
    """A step that goes well takes away the tags of the run before it."""

    def end(self, state: str, **error: str) -> None:
        super().end(state, **error)
        if self.before is not None and state == "finished":
            without(self.before.file, "tags")


@breaks("L5", "after=failed")
class TakesTheMetricsOfTheRunBefore(Following):
    """A step that fails takes away the metrics of the run before it."""

    def end(self, state: str, **error: str) -> None:
        super().end(state, **error)
        if self.before is not None and state == "failed":
            without(self.before.file, "metrics")


@breaks("L5", "after=namesake")
class ReplacesTheRunOfTheStep(ReferenceTracker):
    """When a step is executed once more, the metrics of its last run are taken away."""

    def open_run(self, info: StepRunInfo, settings: ReferenceSettings) -> jot.Run:
        known: dict[Any, Path] = self.__dict__.setdefault("known", {})
        name = (info.pipeline.name, info.pipeline_step_name)
        if name in known:
            without(known[name], "metrics")
        run = super().open_run(info, settings)
        known[name] = run.file
        return run


@breaks("L7", "beside=finished")
class SharesParamsWithItsCompany(Told):
    """Params are stored in all runs that go on."""

    def log_params(self, params: Mapping[str, Any]) -> None:
        super().log_params(params)
        for other in self.company:
            jot.Run.log_params(other, params)


@breaks("L7", "beside=failed")
class TagsTheCompanyOfAFailure(Told):
    """A step that fails tags the runs that went on when it began or began while it went on."""

    def end(self, state: str, **error: str) -> None:
        super().end(state, **error)
        for other in self.met if state == "failed" else ():
            other.add_tags(["beside a failure"])


@breaks("L7", "beside=two")
class KeepsTwoRunsAtATime(Dropping):
    """While three runs go on, no metrics are stored."""

    def drops(self, kind: str, fields: Fields) -> bool:
        return kind == "metrics" and len(self.company) >= 2


@breaks("L8", "attempt=second")
class DoesNotTagRetries(ReferenceTracker):
    """An attempt after the first has no tags."""

    def facts_of(self, info: StepRunInfo, settings: ReferenceSettings) -> dict[str, Any]:
        facts = super().facts_of(info, settings)
        return {**facts, "tags": facts["tags"] if facts["attempt"] == 1 else []}


@breaks("L8", "attempt=third")
class CountsTwoAttempts(ReferenceTracker):
    """The third attempt is taken for the second."""

    def attempt_of(self, info: StepRunInfo) -> int:
        return min(2, super().attempt_of(info))
