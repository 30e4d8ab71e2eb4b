"""Trackers that break M1 to M9."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from zenml.config.step_run_info import StepRunInfo
from zenml.metadata.metadata_types import MetadataType

from tracker_contracts.mutants.mutant import breaks
from tracker_contracts.mutants.reference import jot
from tracker_contracts.mutants.reference.component import ReferenceTracker
from tracker_contracts.mutants.reference.settings import ReferenceSettings
from tracker_contracts.mutants.reference.values import Unstorable


def _changed(change: Callable[[Any], Any], value: Any) -> Any:
    """The value, with `change` made to each leaf."""
    if isinstance(value, dict):
        return {key: _changed(change, item) for key, item in value.items()}
    if isinstance(value, list):
        return [_changed(change, item) for item in value]
    return change(value)


class _ChangedRecords(jot.Run):
    """Records of one kind are changed on their way to the file."""

    kind: str
    changed = True

    def change(self, value: Any) -> Any:
        """What becomes of one value."""
        return value

    def write(self, kind: str, **fields: Any) -> None:
        if kind == self.kind and "values" in fields:
            fields["values"] = _changed(self.change, fields["values"])
        super().write(kind, **fields)


@breaks("M1")
class StoresMetadataAtTheEnd(jot.Run):
    """The metadata of the settings is written when the run ends."""

    metadata: dict[str, Any]

    def start(self, tags: Iterable[str] = (), **facts: Any) -> None:
        self.metadata = facts.pop("metadata", {})
        super().start(tags, **facts)

    def end(self, state: str, **error: str) -> None:
        super().start(metadata=self.metadata)
        super().end(state, **error)


@breaks("M1")
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


class _ChangedParams(_ChangedRecords):
    kind = "params"


@breaks("M2")
class TurnsNoneIntoText(_ChangedParams):
    """None becomes a word."""

    def change(self, value: Any) -> Any:
        return "None" if value is None else value


@breaks("M2")
class TurnsBoolsIntoNumbers(_ChangedParams):
    """True becomes 1."""

    def change(self, value: Any) -> Any:
        return f"{value:d}" if isinstance(value, bool) else value


@breaks("M2")
class CutsParamsAt250(_ChangedParams):
    """The end of a long text is lost."""

    def change(self, value: Any) -> Any:
        return value[:250] if isinstance(value, str) else value


@breaks("M2")
class LosesEmptyMaps(jot.Run):
    """An empty map is not stored."""

    def write(self, kind: str, **fields: Any) -> None:
        if kind == "params":
            fields["values"] = {key: value for key, value in fields["values"].items() if value != {}}
        super().write(kind, **fields)


@breaks("M2")
class FlattensMetadata(ReferenceTracker):
    """Nested metadata is joined with dots, so that a key with a dot can't be told from it."""

    def facts_of(self, info: StepRunInfo, settings: ReferenceSettings) -> dict[str, Any]:
        facts = super().facts_of(info, settings)
        flat: dict[str, Any] = {}
        for key, value in facts["metadata"].items():
            flat.update({f"{key}.{inner}": item for inner, item in value.items()} if isinstance(value, dict) else {})
            flat.update({} if isinstance(value, dict) else {key: value})
        return {**facts, "metadata": flat}


@breaks("M2")
class StoresMetadataAsAscii(ReferenceTracker):
    """Characters beyond ASCII become question marks."""

    def facts_of(self, info: StepRunInfo, settings: ReferenceSettings) -> dict[str, Any]:
        facts = super().facts_of(info, settings)
        text = json.dumps(facts["metadata"], ensure_ascii=False).encode("ascii", "replace").decode()
        return {**facts, "metadata": json.loads(text)}


class _ChangedMetrics(_ChangedRecords):
    kind = "metrics"


@breaks("M3")
class RoundsToSevenPlaces(_ChangedMetrics):
    """Values are rounded at 1e-7."""

    def change(self, value: Any) -> Any:
        return round(value, 7) if isinstance(value, float) and value - value == 0 else value


@breaks("M3")
class StoresSinglePrecision(_ChangedMetrics):
    """Values are stored as 32 bits, but 64 are declared."""

    def change(self, value: Any) -> Any:
        try:
            return struct.unpack("f", struct.pack("f", value))[0] if isinstance(value, float) else value
        except OverflowError:
            return value


@breaks("M3")
class PrintsFifteenDigits(_ChangedMetrics):
    """Values lose the last of their seventeen digits."""

    def change(self, value: Any) -> Any:
        return float(f"{value:.15g}") if isinstance(value, float) else value


@breaks("M3")
class LosesTheSignOfZero(_ChangedMetrics):
    """Minus zero becomes zero."""

    def change(self, value: Any) -> Any:
        return 0.0 if value == 0.0 and isinstance(value, float) else value


@breaks("M3")
class TakesNanForZero(_ChangedMetrics):
    """NaN is stored as 0."""

    def change(self, value: Any) -> Any:
        return 0.0 if value != value else value


@breaks("M3")
class CutsInfinity(_ChangedMetrics):
    """The infinities are stored as the largest float."""

    def change(self, value: Any) -> Any:
        return max(min(value, 1.7976931348623157e308), -1.7976931348623157e308) if isinstance(value, float) else value


@breaks("M3")
class KeepsOneValueForAStep(jot.Run):
    """A second value of a metric at the same step is dropped."""

    def write(self, kind: str, **fields: Any) -> None:
        if kind == "metrics":
            seen = self.__dict__.setdefault("seen", set())
            new = {name: value for name, value in fields["values"].items() if (name, fields["step"]) not in seen}
            seen.update((name, fields["step"]) for name in new)
            fields["values"] = new
        super().write(kind, **fields)


@breaks("M3")
class SortsMetricsBySteps(jot.Run):
    """Values come back by step, not in the order in which they were logged."""

    def end(self, state: str, **error: str) -> None:
        super().end(state, **error)
        lines = self.file.read_text().splitlines()
        rows = sorted((line for line in lines if '"step": ' in line and '"values"' in line), key=_step_of)
        others = [line for line in lines if line not in rows]
        self.file.write_text("\n".join([*others[:-1], *rows, others[-1], ""]))


def _step_of(line: str) -> int:
    step: int = json.loads(line)["step"]
    return step


@breaks("M3")
class TakesSlashesForGroups(jot.Run):
    """A slash in a metric's name becomes a dot."""

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        super().log({name.replace("/", "."): value for name, value in metrics.items()}, step)


@breaks("M4")
class CountsCallsInsteadOfSteps(jot.Run):
    """A step that isn't given is the number of calls before, whatever steps they were given."""

    calls = 0

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        super().log(metrics, self.calls if step is None else step)
        self.calls += 1


@breaks("M4")
class StaysAtAGivenStep(jot.Run):
    """A step that isn't given is the one that was given last, not the next."""

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        super().log(metrics, step)
        self.next_step -= step is not None


@breaks("M4")
class ForgetsGivenSteps(jot.Run):
    """A step that is given doesn't move the count."""

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        before = self.next_step
        super().log(metrics, step)
        self.next_step = before if step is not None else self.next_step


@breaks("M4")
class TakesStepZeroForNoStep(jot.Run):
    """Step 0, when it is given, is taken for none."""

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        super().log(metrics, step or None)


@breaks("M5")
class OneBadValueDropsTheRow(jot.Run):
    """Nothing of a payload is stored if one value can't be."""

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        if all(isinstance(value, (int, float)) for value in metrics.values()):
            super().log(metrics, step)
        else:
            self.warn(f"one of {list(metrics)} is no number")


@breaks("M5")
class DropsBadValuesInSilence(jot.Run):
    """Nobody is told what could not be stored."""

    def refuse(self, errors: Sequence[Unstorable]) -> None:
        pass


@breaks("M5")
class DoesNotNameTheBadKey(jot.Run):
    """The warning says that something is lost, but not what."""

    def refuse(self, errors: Sequence[Unstorable]) -> None:
        if errors:
            self.warn("something could not be stored")


@breaks("M5")
class BadValueFailsTheStep(jot.Run):
    """A value that can't be stored is an error, in a tracker that isn't strict."""

    def refuse(self, errors: Sequence[Unstorable]) -> None:
        for error in errors:
            raise error


@breaks("M6")
class IgnoresRunName(ReferenceTracker):
    """Each run has the default name."""

    def name_of(self, info: StepRunInfo, settings: ReferenceSettings) -> str:
        return f"{info.run_name}_{info.pipeline_step_name}"


@breaks("M6")
class NamesRunsAfterTheStepAlone(ReferenceTracker):
    """The default name lacks the pipeline run."""

    def name_of(self, info: StepRunInfo, settings: ReferenceSettings) -> str:
        return settings.run_name or info.pipeline_step_name


@breaks("M6")
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


@breaks("M8")
class NormalisesLineEndings(jot.Run):
    """Artifacts are copied as text."""

    def attach(self, kind: str, name: str, save: Callable[[Path], Any]) -> None:
        def normalised(target: Path) -> None:
            save(target)
            _normalise(target)

        super().attach(kind, name, normalised if kind == "artifact" else save)


def _normalise(kept: Path) -> None:
    for file in [kept, *kept.rglob("*")]:
        if file.is_file():
            file.write_bytes(file.read_bytes().replace(b"\r\n", b"\n"))


@breaks("M8")
class RemembersWhereArtifactsWere(jot.Run):
    """An artifact isn't copied, so that it is lost with its origin."""

    def log_artifact(self, path: Path, name: str) -> None:
        self.attach("artifact", name, lambda target: os.symlink(path, target))


@breaks("M8")
class LosesEmptyFiles(jot.Run):
    """Files without content are not kept."""

    def log_artifact(self, path: Path, name: str) -> None:
        super().log_artifact(path, name)
        for kept in self.folder.glob(f"{self.id}-*"):
            for file in [kept, *kept.rglob("*")]:
                if file.is_file() and not file.stat().st_size:
                    file.unlink()


@breaks("M9")
class SwapsRedAndBlue(jot.Run):
    """An image's channels are stored the other way round."""

    def log_image(self, name: str, pixels: Any) -> None:
        super().log_image(name, pixels[:, :, ::-1])


@breaks("M9")
class CompressesImages(jot.Run):
    """Pixels lose their lowest bits."""

    def log_image(self, name: str, pixels: Any) -> None:
        super().log_image(name, pixels & 0xFC)


@breaks("M9")
class TurnsCellsIntoText(jot.Run):
    """Numbers in a table come back as text."""

    def log_table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        super().log_table(name, columns, [[str(cell) for cell in row] for row in rows])


@breaks("M9")
class LosesTheLastRow(jot.Run):
    """The last row of a table isn't stored."""

    def log_table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        super().log_table(name, columns, rows[:-1])
