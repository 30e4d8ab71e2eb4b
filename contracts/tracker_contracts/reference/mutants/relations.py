"""Trackers that break L8, L11 and L12: runs that have to do with each other."""

from __future__ import annotations

import json
from uuid import uuid5

from zenml.config.step_run_info import StepRunInfo

from tracker_contracts.reference import jot
from tracker_contracts.reference.component import ReferenceTracker
from tracker_contracts.reference.mutants.mutant import breaks
from tracker_contracts.reference.settings import ReferenceSettings


@breaks("L8", at="attempt=third")
class RetriesOverwriteTheRun(ReferenceTracker):
    """All attempts of a step write to one run."""

    def open_run(self, info: StepRunInfo, settings: ReferenceSettings) -> jot.Run:
        shared = uuid5(info.run_id, info.pipeline_step_name).hex
        return super().open_run(info, settings.model_copy(update={"resume": shared}))


@breaks("L8", at="attempt=third")
class CallsEveryAttemptTheFirst(ReferenceTracker):
    """The number of the attempt is always 1."""

    def attempt_of(self, info: StepRunInfo) -> int:
        return 1


@breaks("L11")
class OffByOneStepAfterResume(jot.Run):
    """A run that is continued leaves out a step."""

    def load(self) -> None:
        super().load()
        self.next_step += 1


@breaks("L11")
class RepeatsTheLastStepAfterResume(jot.Run):
    """A run that is continued writes to its last step again."""

    def load(self) -> None:
        super().load()
        self.next_step -= 1


@breaks("L11")
class StartsAfreshOnResume(jot.Run):
    """A run that is continued loses what it had."""

    def load(self) -> None:
        self.file.unlink()


@breaks("L11")
class ForgetsTagsOnResume(jot.Run):
    """A run that is continued has the tags of the last step alone."""

    def load(self) -> None:
        super().load()
        records = [json.loads(line) for line in self.file.read_text().splitlines()]
        self.file.write_text("".join(json.dumps(record) + "\n" for record in records if record["kind"] != "tags"))


@breaks("L12")
class OrphansChildren(jot.Run):
    """A child run does not say whose it is."""

    def child(self, name: str) -> jot.Run:
        made = jot.Run(self.folder, self.project, name, hidden=self.hidden)
        made.start()
        return made
