"""Trackers that break F9, M10 and R1 to R3: what they offer beside a step, or what they make of values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tracker_contracts.harness import Place, Value
from tracker_contracts.observed import ObservedRun
from tracker_contracts.reference import jot, port
from tracker_contracts.reference.component import ReferenceTracker
from tracker_contracts.reference.mutants.harness import VALUES, ReferenceHarness
from tracker_contracts.reference.mutants.mutant import breaks
from tracker_contracts.reference.values import Unstorable, plain


def _changed(**fields: Any) -> Any:
    """The tracker's own reading, with some fields of each run as they are here."""

    def told(self: ReferenceHarness, place: Place) -> list[ObservedRun]:
        return [run.model_copy(update=fields) for run in ReferenceHarness.told(self, place)]

    return told


def _params_as_text(self: ReferenceHarness, place: Place) -> list[ObservedRun]:
    runs = ReferenceHarness.told(self, place)
    for run in runs:
        run.params = {name: str(value) for name, value in run.params.items()}
    return runs


def _without_the_last(self: ReferenceHarness, place: Place) -> list[ObservedRun]:
    return ReferenceHarness.told(self, place)[:-1]


@breaks("R1", told=_changed(state="finished"))
class ReadsEachRunAsFinished(ReferenceTracker):
    """Its own reading knows no failed run."""


@breaks("R1", told=_changed(tags=[]))
class ReadsNoTags(ReferenceTracker):
    """Its own reading has no tags."""


@breaks("R1", told=_params_as_text)
class ReadsParamsAsText(ReferenceTracker):
    """Its own reading gives each param as text."""


def _without_types(self: ReferenceHarness, place: Place) -> list[ObservedRun]:
    runs = ReferenceHarness.told(self, place)
    for run in runs:
        run.artifact_labels = {name: ["", *aliases] for name, (_, *aliases) in run.artifact_labels.items()}
    return runs


@breaks("R1", told=_without_types)
class ReadsArtifactsWithoutTypes(ReferenceTracker):
    """Its own reading has the aliases of an artifact, and not its type."""


@breaks("R1", told=_changed(images={}))
class ReadsNoImages(ReferenceTracker):
    """Its own reading has no images."""


@breaks("R1", told=_changed(captions={}))
class ReadsImagesWithoutCaptions(ReferenceTracker):
    """Its own reading has the pixels of an image, and not its caption."""


@breaks("R1", lists=lambda self, place: False)
class ListsNoProject(ReferenceTracker):
    """Its own list of projects is always empty."""


@breaks("R1", told=_changed(tables={"cells": [["n", "text"]]}))
class ReadsTablesWithoutRows(ReferenceTracker):
    """Its own reading has the columns of a table alone."""


@breaks("R1", told=_without_the_last)
class ReadsOneRunLess(ReferenceTracker):
    """Its own reading leaves out a run."""


def _probing(self: ReferenceHarness, config: Mapping[str, Any]) -> None:
    port.check(config)
    folder = Path(config["folder"])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "probe").touch()


def _passing(self: ReferenceHarness, config: Mapping[str, Any]) -> None:
    """All is well."""


def _mute(self: ReferenceHarness, config: Mapping[str, Any]) -> None:
    try:
        port.check(config)
    except OSError:
        raise Exception from None


def _wanting_the_folder(self: ReferenceHarness, config: Mapping[str, Any]) -> None:
    port.check(config)
    if not Path(config["folder"]).exists():
        raise port.Unfit("there is no such folder")


@breaks("R2", check=_probing)
class LeavesAProbeBehind(ReferenceTracker):
    """Its check leaves the file that it tried to write."""


@breaks("R2", check=_passing)
class PassesEachConfiguration(ReferenceTracker):
    """Its check looks at nothing."""


@breaks("R2", check=_mute)
class FailsWithoutAWord(ReferenceTracker):
    """Its check says that something is wrong, and not what."""


@breaks("R2", check=_wanting_the_folder)
class WantsAFolderThatIsThere(ReferenceTracker):
    """Its check fails where the first run would make the folder."""


def _without(kind: str) -> Any:
    def copy(self: ReferenceHarness, place: Place, to: Place) -> list[str]:
        ReferenceHarness.copy(self, place, to)
        for file in Path(self.config(to)["folder"]).glob("*.jsonl"):
            kept = [line for line in file.read_text().splitlines() if f'"kind": "{kind}"' not in line]
            file.write_text("".join(f"{line}\n" for line in kept))
        return []

    return copy


@breaks("R3", copy=_without("params"))
class CopiesWithoutParams(ReferenceTracker):
    """A copy has no params, and nobody is told."""


@breaks("R3", copy=_without("artifact"))
class CopiesWithoutArtifacts(ReferenceTracker):
    """A copy has no artifacts, and nobody is told."""


@breaks("R3", copy=_without("labels"))
class CopiesWithoutTypes(ReferenceTracker):
    """A copy of an artifact has no type and no aliases, and nobody is told."""


@breaks("R3", copy=_without("table"))
class CopiesWithoutTables(ReferenceTracker):
    """A copy has no tables, and nobody is told."""


def _without_captions(self: ReferenceHarness, place: Place, to: Place) -> list[str]:
    ReferenceHarness.copy(self, place, to)
    for file in Path(self.config(to)["folder"]).glob("*.jsonl"):
        file.write_text(re.sub(r'"caption": "[^"]*"', '"caption": ""', file.read_text()))
    return []


@breaks("R3", copy=_without_captions)
class CopiesWithoutCaptions(ReferenceTracker):
    """A copy of an image has no caption, and nobody is told."""


@breaks("R3", copy=_without("end"))
class CopiesWithoutTheEnd(ReferenceTracker):
    """A copy goes on for ever, and nobody is told."""


def _with_one_line(self: ReferenceHarness, place: Place, to: Place) -> list[str]:
    _without("params")(self, place, to)
    return [f"{run.name} differs" for run in self.read(place)]


@breaks("R3", copy=_with_one_line)
class ListsALossWithoutItsName(ReferenceTracker):
    """Of a copy without params it says that the run differs, and not in what."""


def _nothing(self: ReferenceHarness, place: Place, to: Place) -> list[str]:
    return []


@breaks("R3", copy=_nothing)
class CopiesNothing(ReferenceTracker):
    """A copy is announced, and not made."""


@breaks("M10", values=lambda self: {**VALUES, "path": Value(Path("a/b"), "a/b")})
class DocumentsMoreThanItStores(ReferenceTracker):
    """A form that the documentation has is refused."""


@breaks("M10", values=lambda self: {**VALUES, "path in a cell": Value(Path("a/b"), "a/b", "cell")})
class DocumentsMoreCellsThanItStores(jot.Run):
    """A cell of a form that the documentation has takes its table along."""

    def log_table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        try:
            super().log_table(name, columns, rows)
        except Unstorable as error:
            self.refuse([error])


@breaks("M10")
class DropsTheCallOfAnOddValue(jot.Run):
    """A param that can't be stored takes the others of its call along."""

    def log_params(self, params: Mapping[str, Any]) -> None:
        try:
            plain(dict(params), "params")
        except Unstorable as error:
            self.refuse([error])
        else:
            super().log_params(params)


def _open_ones_alone(self: ReferenceHarness, place: Place) -> None:
    from tracker_contracts.reference import reconcile

    reconcile.reconcile(Path(self.config(place)["folder"]), finished_too=False)


@breaks("F9", reconcile=_open_ones_alone)
class LeavesFinishedRunsAlone(ReferenceTracker):
    """The command looks at open runs only, and not at those that ended before their step failed."""
