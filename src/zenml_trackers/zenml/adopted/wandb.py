"""The run of ZenML's `wandb` flavor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zenml_trackers.backends.wandb.names import ALIAS, TYPE
from zenml_trackers.errors import UnstorableValue
from zenml_trackers.model.records import Artifact, Definition, Image, Logged, Metrics, Table
from zenml_trackers.model.steps import StepCounter
from zenml_trackers.port.backend import StepLog
from zenml_trackers.port.sinks import Number
from zenml_trackers.zenml.adopted.sink import AdoptedSink, need

if TYPE_CHECKING:
    import PIL.Image

LONGEST_TAG = 64
"""Characters; with a longer one, W&B stores no tag of a call."""
RESERVED = frozenset({"_step", "_runtime", "_timestamp", "_wandb"})


class WandbSink(AdoptedSink):
    """Steps are W&B's own, which the library's calls count as well; they never fall."""

    def __init__(self, run: Any) -> None:
        super().__init__(run.id, run.name or run.id, run.project, run)
        self._steps = StepCounter()

    @property
    def links(self) -> dict[str, str]:
        return {"url": self.native.url} if self.native.url else {}

    def share(self, run: StepLog) -> None:
        self._steps = run.steps

    def taken_in(self, kind: type[Logged], fields: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[Exception]]:
        self._steps.reach(self.native.step)
        if kind is not Metrics and "step" in fields and fields["step"] is None:
            return {**fields, "step": max(self._steps.last, self.native.step)}, []
        return fields, []

    def log(self, values: Mapping[str, Number], step: int) -> None:
        row = {name: value for name, value in values.items() if name not in RESERVED}
        self._log(row, step)
        if len(row) < len(values):
            raise UnstorableValue(f"{', '.join(values.keys() - row)}: names that W&B has its own use for")

    def set_params(self, values: Mapping[str, Any]) -> None:
        self.native.config.update(dict(values), allow_val_change=True)

    def set_summary(self, values: Mapping[str, Number | str]) -> None:
        self.native.summary.update(dict(values))

    def define(self, definition: Definition) -> None:
        self.native.define_metric(definition.name, summary=definition.summary)

    def add_tags(self, tags: tuple[str, ...]) -> None:
        known = tuple(self.native.tags or ())
        self.native.tags = tuple(dict.fromkeys((*known, *(tag for tag in tags if len(tag) <= LONGEST_TAG))))
        if long := [tag for tag in tags if len(tag) > LONGEST_TAG]:
            raise UnstorableValue(f"tag {long[0]!r} is longer than the {LONGEST_TAG} characters that W&B takes")

    def keep_artifact(self, artifact: Artifact) -> None:
        kind, aliases = TYPE.stored(artifact.type or "artifact"), ["latest", *map(ALIAS.stored, artifact.aliases)]
        self.native.log_artifact(str(artifact.path), name=artifact.name, type=kind, aliases=aliases)

    def show_captioned(self, image: Image, picture: PIL.Image.Image) -> None:
        import wandb

        self._log({image.name: wandb.Image(picture, caption=image.caption or None)}, image.step)

    def show_table(self, table: Table, step: int) -> None:
        import wandb

        rows = [list(row) for row in table.rows]
        self._log({table.name: wandb.Table(columns=list(table.columns), data=rows, allow_mixed_types=True)}, step)

    def _log(self, row: Mapping[str, Any], step: int) -> None:
        if step < self.native.step:
            raise UnstorableValue(
                f"{', '.join(row)} at step {step}: W&B's steps never fall, and the run is at {self.native.step}"
            )
        self.native.log(dict(row), step=step)


def adopt(component: Any) -> WandbSink:
    """The process's current run."""
    import wandb

    return WandbSink(need(wandb.run, "W&B"))
