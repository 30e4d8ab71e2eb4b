"""One tracker with many of the defects at once: what the suites say of it must name each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from zenml.config.step_run_info import StepRunInfo

from tracker_contracts.reference.flavor import ReferenceFlavor
from tracker_contracts.reference.mutants.changed import ChangedRecords
from tracker_contracts.reference.mutants.harness import ReferenceHarness
from tracker_contracts.reference.mutants.runs import (
    Altering,
    ChangedLateTags,
    ChangedMetadata,
    ChangedName,
    ChangedTags,
    Ends,
    Fields,
    SpoiledArtifacts,
)
from tracker_contracts.reference.mutants.values import endings, metrics, params, settings, tags
from tracker_contracts.reference.settings import ReferenceSettings

OF_NAMES = (tags.DropsNamesThatAreAlike, tags.DropsNamesThatBeginOthers, tags.CutsNamesAt64)
DEFECTS: tuple[type, ...] = (
    *OF_NAMES,
    tags.JoinsBlanksInTags,
    tags.UncapitalisesTags,
    tags.CountsTagsThatAreGivenTwice,
    tags.KeepsFiftyTags,
    tags.ComparesTheFirst255OfTags,
    tags.TakesTagsForPairs,
    tags.EscapesLateTags,
    tags.AddsFiftyTagsAtMost,
    tags.TakesABeginningForTheTag,
    settings.TakesOwnerForItsOwn,
    settings.DropsNoneFromMetadata,
    settings.UnwrapsMapsOfOneText,
    settings.KeepsAHundredItemsOfMetadata,
    settings.UnquotesNames,
    settings.CutsNamesOfRunsAt128,
    settings.TrimsNamesOfRuns,
    settings.CountsHowOftenItIsAsked,
    metrics.TrimsNamesOfMetrics,
    metrics.TakesColonsForDashes,
    metrics.LowersNamesInCapitals,
    metrics.TakesSixteenMetricsARow,
    metrics.TakesTruthForNoNumber,
    metrics.DropsMinusZero,
    params.TakesWholeFloatsForIntegers,
    params.EscapesParams,
    params.CutsParamsAt6000,
    params.CopiesSmallFilesAsText,
    params.KeepsTwentyFiles,
    params.CutsFilesAtAMebibyte,
    endings.ForgivesWarnings,
    endings.CutsErrorsAt8000,
    endings.JoinsTheLinesOfErrors,
    endings.StoresErrorsInAscii,
    endings.SaysWhoInterrupted,
    endings.SpellsTheExitStatus,
    endings.TakesExitZeroForSuccess,
    endings.ForgivesCancellation,
)
"""Those that it has."""


def _all(base: type, hook: str) -> list[Any]:
    """What those of a kind do in one place."""
    return [vars(part)[hook] for part in DEFECTS if issubclass(part, base) and hook in vars(part)]


def _through(base: type, hook: str, self: object, value: Any) -> Any:
    """What is left of a value when all of a kind have changed it."""
    for change in _all(base, hook):
        value = change(self, value)
    return value


class WorstRun(Altering, ChangedRecords, ChangedLateTags, SpoiledArtifacts):
    """Has those of the library."""

    def altered(self, values: Fields) -> Fields:
        changed: Fields = _through(Altering, "altered", self, values)
        return changed

    def write(self, kind: str, **fields: Any) -> None:
        self.kind = "metrics" if kind == "metrics" else "params"
        super().write(kind, **fields)

    def change(self, value: Any) -> Any:
        return value if self.kind == "metrics" else _through(ChangedRecords, "change", self, value)

    def changed(self, tags: list[str]) -> list[str]:
        left: list[str] = _through(ChangedLateTags, "changed", self, tags)
        return left

    def spoil(self, kept: Path) -> None:
        for spoil in _all(SpoiledArtifacts, "spoil"):
            spoil(self, kept)


class WorstTracker(*OF_NAMES, settings.CountsHowOftenItIsAsked, Ends):  # type: ignore[misc]
    """Has those of the component."""

    run_class = WorstRun

    def tags_of(self, info: StepRunInfo, settings: ReferenceSettings) -> list[str]:
        left = _through(ChangedTags, "changed", self, settings.tags)
        found: list[str] = super().tags_of(info, settings.model_copy(update={"tags": left}))
        return found

    def facts_of(self, info: StepRunInfo, settings: ReferenceSettings) -> Fields:
        facts = super().facts_of(info, settings)
        return {**facts, "metadata": _through(ChangedMetadata, "changed", self, facts["metadata"])}

    def name_of(self, info: StepRunInfo, settings: ReferenceSettings) -> str:
        name: str = _through(ChangedName, "changed", self, super().name_of(info, settings))
        return name

    def excused(self, error: BaseException | None) -> bool:
        return any(excused(self, error) for excused in _all(Ends, "excused"))

    def told(self, error: BaseException) -> Fields:
        plain = {"error_message": str(error)}
        told = [told(self, error) for told in _all(Ends, "told")]
        return {name: value for each in told for name, value in each.items() if value != plain.get(name)}


class WorstFlavor(ReferenceFlavor):
    """The flavor of that tracker."""

    @property
    def implementation_class(self) -> type[WorstTracker]:
        return WorstTracker


class WorstHarness(ReferenceHarness):
    """Its harness."""

    name = "worst"
    flavor = "tracker_contracts.reference.mutants.worst.WorstFlavor"
