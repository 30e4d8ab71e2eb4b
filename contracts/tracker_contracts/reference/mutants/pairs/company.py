"""What runs before, after and beside a step, and its attempts, where something else meets them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from tracker_contracts.reference import jot
from tracker_contracts.reference.component import ReferenceTracker
from tracker_contracts.reference.mutants.mutant import breaks
from tracker_contracts.reference.mutants.runs import Dropping, Fields, Told
from tracker_contracts.reference.mutants.values.company import Following, without


@breaks("L5", "before=failed", "ending=lines")
class TellsTheFirstErrorAgain(ReferenceTracker):
    """A step that fails after another one is stored with that one's exception."""

    first: dict[str, str] | None = None

    def describe(self, error: BaseException | None) -> dict[str, str]:
        described = super().describe(error)
        self.first = self.first or described
        return self.first if described else described


class _Known(Told):
    """Knows the file of the run that the step had before, by its name."""

    files: ClassVar[dict[tuple[Path, str, type], Path]] = {}

    def start(self, tags: Iterable[str] = (), **facts: Any) -> None:
        name = (self.folder, str(facts.get("step")), type(self))
        self.earlier = self.files.get(name) if facts.get("attempt") == 1 else None
        self.files[name] = self.file
        super().start(tags, **facts)


@breaks("L5", "before=namesake", "params=plain")
class TakesParamsFromTheFirstRunOfAStep(_Known):
    """The params of a step are not stored again when a step of its name was there before."""

    def log_params(self, params: Mapping[str, Any]) -> None:
        super().log_params({} if self.earlier else params)


@breaks("L5", "after=namesake", "artifact=file")
class ReplacesTheArtifactsOfTheStep(_Known):
    """When a step is executed once more, the artifacts of its last run are taken away."""

    def start(self, tags: Iterable[str] = (), **facts: Any) -> None:
        super().start(tags, **facts)
        if self.earlier is not None:
            without(self.earlier, "artifact")


@breaks("L5", "after=failed", "params=plain")
class TakesTheParamsOfTheRunBefore(Following):
    """A step that fails takes away the params of the run before it."""

    def end(self, state: str, **error: str) -> None:
        super().end(state, **error)
        if self.before is not None and state == "failed":
            without(self.before.file, "params")


@breaks("L5", "before=two", "late-tags=one")
class KeepsTheTagsOfTwoRuns(Dropping):
    """From the third run in a folder on, tags that a step adds are lost."""

    def drops(self, kind: str, fields: Fields) -> bool:
        return kind == "tags" and self.started and len(list(self.folder.glob("*.jsonl"))) > 2


@breaks("L8", "attempt=second", "ending=error")
class DescribesTheFirstErrorOfAStep(Told):
    """The exception of a retry is not stored."""

    def end(self, state: str, **error: str) -> None:
        super().end(state, **(error if self.attempt == 1 else {}))


@breaks("L8", "attempt=second", "params=plain")
class KeepsParamsOfTheFirstAttempt(Dropping):
    """The params of a retry are not stored."""

    def drops(self, kind: str, fields: Fields) -> bool:
        return kind == "params" and self.attempt > 1


@breaks("L8", "attempt=third", "late-tags=one")
class KeepsTagsOfTwoAttempts(Dropping):
    """Tags that are added in the third attempt of a step are lost."""

    def drops(self, kind: str, fields: Fields) -> bool:
        return kind == "tags" and self.started and self.attempt > 2


@breaks("L7", "attempt=second", "beside=finished")
class LosesRetriesBesideOthers(Dropping):
    """The metrics of a retry are lost while another run goes on."""

    def drops(self, kind: str, fields: Fields) -> bool:
        return kind == "metrics" and self.attempt > 1 and bool(self.company)


@breaks("L7", "beside=finished", "artifact=file")
class LosesArtifactsBesideOthers(Dropping):
    """Artifacts of a run that met another one are lost."""

    def drops(self, kind: str, fields: Fields) -> bool:
        return kind == "artifact" and bool(self.met)


@breaks("L7", "beside=finished", "last=params")
class LosesLateParamsBesideOthers(Dropping):
    """Params that come after a second row are lost if the run met another one."""

    def drops(self, kind: str, fields: Fields) -> bool:
        return kind == "params" and self.next_step > 1 and bool(self.met)


@breaks("L7", "native=start", "beside=finished")
class LosesMetricsAfterANativeStartBesideOthers(Told):
    """After a native start in a run that met another one, metrics are lost."""

    joined = False

    def join(self) -> None:
        self.joined = bool(self.met)

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        if not self.joined:
            jot.Run.log(self, metrics, step)
