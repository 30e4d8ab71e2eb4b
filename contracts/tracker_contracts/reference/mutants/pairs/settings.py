"""Tags, metadata, names and credentials of the settings, where something else meets them."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from zenml.config.step_run_info import StepRunInfo

from tracker_contracts.reference import jot
from tracker_contracts.reference.component import ReferenceTracker
from tracker_contracts.reference.mutants.mutant import breaks
from tracker_contracts.reference.mutants.runs import Told
from tracker_contracts.reference.settings import ReferenceSettings


@breaks("T1", "tags=plain", "late-tags=again")
class StoresATagThatIsAddedAgain(Told):
    """A tag of the settings that the step adds too is stored twice."""

    def add_tags(self, tags: Iterable[str]) -> None:
        added = list(tags)
        if self.started:
            self.write("tags", tags=[tag for tag in added if tag in self.tags])
        super().add_tags(added)


@breaks("T4", "tags=many", "late-tags=many")
class KeepsAHundredTags(Told):
    """A run has a hundred tags; what the step adds to them is lost."""

    def add_tags(self, tags: Iterable[str]) -> None:
        super().add_tags(list(tags)[: 100 - len(self.tags)])


@breaks("T1", "tags=names", "names=alike")
class DropsTagsThatAreThereThreeTimes(ReferenceTracker):
    """A tag that settings and names give three times together is taken for a mistake, and left out."""

    def tags_of(self, info: StepRunInfo, settings: ReferenceSettings) -> list[str]:
        given = Counter([*settings.tags, info.pipeline.name, info.pipeline_step_name])
        return [tag for tag in super().tags_of(info, settings) if given[tag] < 3]


@breaks("L5", "tags=plain", "before=tagged")
class StoresTagsOnce(ReferenceTracker):
    """A tag of the settings that a run of another name had before is not stored again."""

    def tags_of(self, info: StepRunInfo, settings: ReferenceSettings) -> list[str]:
        known, name = self.__dict__.setdefault("known", {}), self.name_of(info, settings)
        new = [tag for tag in settings.tags if known.get(tag, name) == name]
        return super().tags_of(info, settings.model_copy(update={"tags": new}))

    def end(self, run: jot.Run, step_failed: bool) -> None:
        super().end(run, step_failed)
        self.__dict__["known"].update(dict.fromkeys(run.tags, run.name))


@breaks("L8", "tags=plain", "attempt=second")
class TagsTheFirstAttemptAlone(ReferenceTracker):
    """The tags of the settings are not those of a retry."""

    def tags_of(self, info: StepRunInfo, settings: ReferenceSettings) -> list[str]:
        first = not self.tries[(info.run_id, info.pipeline_step_name)]
        return super().tags_of(info, settings if first else settings.model_copy(update={"tags": []}))


@breaks("L7", "tags=plain", "beside=finished")
class LendsATagToOneRun(ReferenceTracker):
    """A tag of the settings that a run that goes on has is not stored for another."""

    def tags_of(self, info: StepRunInfo, settings: ReferenceSettings) -> list[str]:
        taken = {tag for tracked in self.tracked.values() for tag in tracked.run.tags}
        free = [tag for tag in settings.tags if tag not in taken]
        return super().tags_of(info, settings.model_copy(update={"tags": free}))


@breaks("M2", "metadata=plain", "ending=error")
class NotesTheFailureInTheMetadata(Told):
    """If the step fails, an entry is put to its metadata, where it has some."""

    def end(self, state: str, **error: str) -> None:
        if state == "failed" and self.facts["metadata"]:
            self.write("start", name=self.name, **{**self.facts, "metadata": {"failed": True}})
        super().end(state, **error)


@breaks("M2", "metadata=params", "params=plain")
class PrefersMetadataToParams(Told):
    """A param that is called like an entry of the metadata is lost."""

    def log_params(self, params: Mapping[str, Any]) -> None:
        super().log_params({name: value for name, value in params.items() if name not in self.facts["metadata"]})


@breaks("L5", "metadata=params", "before=tagged")
class SharesTheMapOfMetadata(ReferenceTracker):
    """Where a step has metadata, it has those of the steps before it too."""

    def facts_of(self, info: StepRunInfo, settings: ReferenceSettings) -> dict[str, Any]:
        shared: dict[str, Any] = self.__dict__.setdefault("shared", {})
        shared.update(settings.metadata)
        return {**super().facts_of(info, settings), **({"metadata": dict(shared)} if settings.metadata else {})}


@breaks("L8", "metadata=plain", "attempt=second")
class KeepsMetadataOfTheFirstAttempt(ReferenceTracker):
    """The metadata of the settings are not stored for a retry."""

    def facts_of(self, info: StepRunInfo, settings: ReferenceSettings) -> dict[str, Any]:
        facts = super().facts_of(info, settings)
        return {**facts, "metadata": facts["metadata"] if facts["attempt"] == 1 else {}}


@breaks("L7", "beside=finished")
class LosesMetadataBesideOthers(ReferenceTracker):
    """A run that starts while another one goes on has no metadata."""

    def facts_of(self, info: StepRunInfo, settings: ReferenceSettings) -> dict[str, Any]:
        return {**super().facts_of(info, settings), **({"metadata": {}} if self.tracked else {})}


@breaks("M6", "run-name=plain", "attempt=second")
class NumbersNamesOfRetries(ReferenceTracker):
    """A retry's number is put behind a name that is given."""

    def name_of(self, info: StepRunInfo, settings: ReferenceSettings) -> str:
        tried = self.tries[(info.run_id, info.pipeline_step_name)]
        return super().name_of(info, settings) + (f"-{tried + 1}" if settings.run_name and tried else "")


@breaks("M6", "run-name=taken", "before=tagged")
class NumbersNamesThatAreTaken(ReferenceTracker):
    """A given name that an earlier run has gets a number."""

    def name_of(self, info: StepRunInfo, settings: ReferenceSettings) -> str:
        taken: Counter[str] = self.__dict__.setdefault("taken", Counter())
        name = super().name_of(info, settings)
        taken[name] += 1
        return f"{name}-{taken[name]}" if settings.run_name and taken[name] > 1 else name


@breaks("M6", "run-name=taken", "beside=finished")
class LendsANameToOneRun(ReferenceTracker):
    """A given name that a run that goes on has is not given to another, which has the default one."""

    def name_of(self, info: StepRunInfo, settings: ReferenceSettings) -> str:
        lent: set[str | None] = self.__dict__.setdefault("lent", set())
        name = None if settings.run_name in lent else settings.run_name
        lent.add(name)
        return super().name_of(info, settings.model_copy(update={"run_name": name}))

    def end(self, run: jot.Run, step_failed: bool) -> None:
        super().end(run, step_failed)
        self.__dict__["lent"].discard(run.name)


@breaks("M6", "run-name=plain", "before=failed")
class ForgetsTheNameAfterAFailure(ReferenceTracker):
    """After a step that failed, a name that is given is not used."""

    failed = False

    def name_of(self, info: StepRunInfo, settings: ReferenceSettings) -> str:
        return super().name_of(info, settings.model_copy(update={"run_name": None}) if self.failed else settings)

    def end(self, run: jot.Run, step_failed: bool) -> None:
        super().end(run, step_failed)
        self.failed = step_failed


@breaks("L2", "run-name=plain", "ending=error")
class LeavesFailedRunsWithANameOpen(ReferenceTracker):
    """A run whose name was given is not ended if its step fails."""

    def name_of(self, info: StepRunInfo, settings: ReferenceSettings) -> str:
        self.__dict__.setdefault("named", set()).add(settings.run_name)
        return super().name_of(info, settings)

    def end(self, run: jot.Run, step_failed: bool) -> None:
        if not step_failed or run.name not in self.__dict__["named"]:
            super().end(run, step_failed)


@breaks("M7", "run-name=plain", "asked=twice")
class TellsTheDefaultNameTheSecondTime(ReferenceTracker):
    """From the second time on that it is asked for, a name that was given is not told to ZenML."""

    def get_step_run_metadata(self, info: StepRunInfo) -> dict[str, Any]:
        found, asked = super().get_step_run_metadata(info), self.__dict__.setdefault("asked", Counter())
        asked[info.step_run_id] += 1
        default = f"{info.run_name}_{info.pipeline_step_name}"
        return {**found, "reference_run_name": default} if found and asked[info.step_run_id] > 1 else found


@breaks("S1", "secret=given", "ending=error")
class PrintsTheTokenOfAFailedStep(ReferenceTracker):
    """If the step fails, the configuration is printed with the token."""

    def end(self, run: jot.Run, step_failed: bool) -> None:
        if step_failed:
            sys.stdout.write(f"logged in with {self.config.token}\n")
        super().end(run, step_failed)


@breaks("S1", "secret=given", "asked=twice")
class TellsTheTokenTheSecondTime(ReferenceTracker):
    """From the second time on that it is asked, ZenML is told the token."""

    def get_step_run_metadata(self, info: StepRunInfo) -> dict[str, Any]:
        found, asked = super().get_step_run_metadata(info), self.__dict__.setdefault("asked", Counter())
        asked[info.step_run_id] += 1
        more = {"reference_token": self.config.token or ""} if asked[info.step_run_id] > 1 else {}
        return {**found, **more}


@breaks("L3", "secret=given", "attempt=second")
class LeavesTheTokenAfterARetry(ReferenceTracker):
    """After an attempt that is not the first, the environment has the credentials' length in it."""

    def open_run(self, info: StepRunInfo, settings: ReferenceSettings) -> jot.Run:
        run = super().open_run(info, settings)
        if self.config.token and self.tries[(info.run_id, info.pipeline_step_name)] > 1:
            os.environ["JOT_LAST"] = str(len(self.config.token))
        return run
