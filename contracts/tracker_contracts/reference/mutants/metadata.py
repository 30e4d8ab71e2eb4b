"""Trackers that break M1, M2, M6 and M7."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from zenml.config.step_run_info import StepRunInfo
from zenml.metadata.metadata_types import MetadataType

from tracker_contracts.reference import jot
from tracker_contracts.reference.component import ReferenceTracker
from tracker_contracts.reference.mutants.changed import ChangedRecords
from tracker_contracts.reference.mutants.mutant import breaks
from tracker_contracts.reference.settings import ReferenceSettings


@breaks("M1", at="metadata=params")
class StoresMetadataAtTheEnd(jot.Run):
    """The metadata of the settings is written when the run ends."""

    metadata: dict[str, Any]

    def start(self, tags: Iterable[str] = (), **facts: Any) -> None:
        self.metadata = facts.pop("metadata", {})
        super().start(tags, **facts)

    def end(self, state: str, **error: str) -> None:
        super().start(metadata=self.metadata)
        super().end(state, **error)


@breaks("M1", at="metadata=params")
class StoresMetadataWithTheFirstMetric(jot.Run):
    """The metadata of the settings is written when something is logged, or at the end."""

    waiting: dict[str, Any] | None = None

    def start(self, tags: Iterable[str] = (), **facts: Any) -> None:
        self.waiting = {"metadata": facts.pop("metadata", {}), **facts}
        super().start(tags, **facts)

    def write(self, kind: str, **fields: Any) -> None:
        if kind in ("metrics", "end") and self.waiting:
            facts, self.waiting = self.waiting, None
            super().write("start", name=self.name, **facts)
        super().write(kind, **fields)


class _ChangedParams(ChangedRecords):
    kind = "params"


@breaks("M2", at="params=kinds")
class TurnsNoneIntoText(_ChangedParams):
    """None becomes a word."""

    def change(self, value: Any) -> Any:
        return "None" if value is None else value


@breaks("M2", at="params=kinds")
class TurnsBoolsIntoNumbers(_ChangedParams):
    """True becomes 1."""

    def change(self, value: Any) -> Any:
        return f"{value:d}" if isinstance(value, bool) else value


@breaks("M2", at="params=hostile")
class CutsParamsAt250(_ChangedParams):
    """The end of a long text is lost."""

    def change(self, value: Any) -> Any:
        return value[:250] if isinstance(value, str) else value


@breaks("M2", at="params=kinds")
class LosesEmptyMaps(jot.Run):
    """An empty map is not stored."""

    def write(self, kind: str, **fields: Any) -> None:
        if kind == "params":
            fields["values"] = {key: value for key, value in fields["values"].items() if value != {}}
        super().write(kind, **fields)


@breaks("M2", at="last=params")
class KeepsParamsUntilTheFirstMetric(jot.Run):
    """Params that come after the first metric are lost."""

    def log_params(self, params: Mapping[str, Any]) -> None:
        if not self.next_step:
            super().log_params(params)


@breaks("M2", at="first=nothing params=plain")
class KeepsParamsFromTheFirstMetricOn(jot.Run):
    """Params that come before the first metric are lost."""

    def log_params(self, params: Mapping[str, Any]) -> None:
        if self.next_step:
            super().log_params(params)


@breaks("M2", at="metadata=params")
class FlattensMetadata(ReferenceTracker):
    """Nested metadata is joined with dots, so that a key with a dot can't be told from it."""

    def facts_of(self, info: StepRunInfo, settings: ReferenceSettings) -> dict[str, Any]:
        facts = super().facts_of(info, settings)
        flat: dict[str, Any] = {}
        for key, value in facts["metadata"].items():
            flat.update({f"{key}.{inner}": item for inner, item in value.items()} if isinstance(value, dict) else {})
            flat.update({} if isinstance(value, dict) else {key: value})
        return {**facts, "metadata": flat}


@breaks("M2", at="metadata=hostile")
class StoresMetadataAsAscii(ReferenceTracker):
    """Characters beyond ASCII become question marks."""

    def facts_of(self, info: StepRunInfo, settings: ReferenceSettings) -> dict[str, Any]:
        facts = super().facts_of(info, settings)
        text = json.dumps(facts["metadata"], ensure_ascii=False).encode("ascii", "replace").decode()
        return {**facts, "metadata": json.loads(text)}


@breaks("M6", at="run-name=unicode")
class IgnoresRunName(ReferenceTracker):
    """Each run has the default name."""

    def name_of(self, info: StepRunInfo, settings: ReferenceSettings) -> str:
        return f"{info.run_name}_{info.pipeline_step_name}"


@breaks("M6")
class NamesRunsAfterTheStepAlone(ReferenceTracker):
    """The default name lacks the pipeline run."""

    def name_of(self, info: StepRunInfo, settings: ReferenceSettings) -> str:
        return settings.run_name or info.pipeline_step_name


@breaks("M6", at="attempt=third")
class MergesRunsOfOneName(ReferenceTracker):
    """Two runs of one name become one."""

    def open_run(self, info: StepRunInfo, settings: ReferenceSettings) -> jot.Run:
        same = uuid5(NAMESPACE_URL, self.name_of(info, settings)).hex
        return super().open_run(info, settings.model_copy(update={"resume": same}))


@breaks("M7")
class HasNoRunIdInMetadata(ReferenceTracker):
    """ZenML isn't told the run's id."""

    def get_step_run_metadata(self, info: StepRunInfo) -> dict[str, MetadataType]:
        found = super().get_step_run_metadata(info)
        return {key: value for key, value in found.items() if key != "reference_run_id"}


@breaks("M7")
class GivesAnIdThatFindsNothing(ReferenceTracker):
    """ZenML is told the id of the step, not that of the run."""

    def get_step_run_metadata(self, info: StepRunInfo) -> dict[str, MetadataType]:
        return {**super().get_step_run_metadata(info), "reference_run_id": uuid4().hex}
