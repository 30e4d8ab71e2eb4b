"""Metadata and names of the settings, and credentials."""

from __future__ import annotations

import os
import re
from contextlib import ExitStack
from typing import Any
from urllib.parse import unquote

from zenml.config.step_run_info import StepRunInfo
from zenml.metadata.metadata_types import Uri

from tracker_contracts.reference.component import ReferenceTracker
from tracker_contracts.reference.mutants.mutant import breaks
from tracker_contracts.reference.mutants.runs import ChangedMetadata, ChangedName
from tracker_contracts.reference.settings import ReferenceSettings


@breaks("M2", "metadata=plain")
class TakesOwnerForItsOwn(ChangedMetadata):
    """An entry called `owner` is taken for the run's own field, and lost."""

    def changed(self, metadata: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in metadata.items() if name != "owner"}


@breaks("M2", "metadata=kinds")
class DropsNoneFromMetadata(ChangedMetadata):
    """An entry that is None is not stored."""

    def changed(self, metadata: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in metadata.items() if value is not None}


@breaks("M2", "metadata=hostile")
class TakesSlashesInMetadataForFolders(ChangedMetadata):
    """Of a name with a slash, the part behind it is stored."""

    def changed(self, metadata: dict[str, Any]) -> dict[str, Any]:
        return {re.sub(r"^\w+/(\w+)$", r"\1", name): value for name, value in metadata.items()}


@breaks("M2", "metadata=params")
class UnwrapsMapsOfOneText(ChangedMetadata):
    """A map that holds nothing but one text is stored as that text."""

    def changed(self, metadata: dict[str, Any]) -> dict[str, Any]:
        return {name: _unwrapped(value) for name, value in metadata.items()}


def _unwrapped(value: Any) -> Any:
    alone = list(value.values()) if isinstance(value, dict) else []
    return alone[0] if len(alone) == 1 and isinstance(alone[0], str) else value


@breaks("M2", "metadata=empty")
class NotesThatThereAreNoMetadata(ReferenceTracker):
    """Where the settings give an empty map, an entry without a value is stored."""

    def facts_of(self, info: StepRunInfo, settings: ReferenceSettings) -> dict[str, Any]:
        empty = "metadata" in settings.model_fields_set and not settings.metadata
        return {**super().facts_of(info, settings), **({"metadata": {"": None}} if empty else {})}


@breaks("M2", "metadata=large")
class KeepsAHundredItemsOfMetadata(ChangedMetadata):
    """Of a list in the metadata the first hundred items are stored."""

    def changed(self, metadata: dict[str, Any]) -> dict[str, Any]:
        return {name: value[:100] if isinstance(value, list) else value for name, value in metadata.items()}


@breaks("M6", "run-name=plain")
class AddsTheStepToAGivenName(ReferenceTracker):
    """The step's name is put behind a name that is given, as behind the default one."""

    def name_of(self, info: StepRunInfo, settings: ReferenceSettings) -> str:
        return f"{settings.run_name or info.run_name}_{info.pipeline_step_name}"


@breaks("M6", "run-name=unicode")
class NamesRunsInAscii(ChangedName):
    """Characters beyond ASCII are left out of a run's name."""

    def changed(self, name: str) -> str:
        return name.encode("ascii", "ignore").decode()


@breaks("M6", "run-name=quoting")
class UnquotesNames(ChangedName):
    """A name is unquoted, as if it came from a URL."""

    def changed(self, name: str) -> str:
        return unquote(name)


@breaks("M6", "run-name=long")
class CutsNamesOfRunsAt128(ChangedName):
    """The end of a long name is lost."""

    def changed(self, name: str) -> str:
        return name[:128]


@breaks("M6", "run-name=blanks")
class TrimsNamesOfRuns(ChangedName):
    """Blanks around a name are lost."""

    def changed(self, name: str) -> str:
        return name.strip()


@breaks("L3", "secret=given")
class KeepsTheTokenForLater(ReferenceTracker):
    """The credentials stay in the environment for the sake of other processes, under another name."""

    def lend_credentials(self, undo: ExitStack) -> None:
        super().lend_credentials(undo)
        if self.config.token:
            os.environ["JOT_LAST"] = str(len(self.config.token))


@breaks("U2", "asked=twice")
class CountsHowOftenItIsAsked(ReferenceTracker):
    """The URL that ZenML is told says how often it was asked for."""

    def get_step_run_metadata(self, info: StepRunInfo) -> dict[str, Any]:
        found = super().get_step_run_metadata(info)
        asked = self.__dict__.setdefault("asked", {})
        asked[info.step_run_id] = count = asked.get(info.step_run_id, 0) + 1
        return {name: Uri(f"{value}?{count}") if isinstance(value, Uri) else value for name, value in found.items()}
