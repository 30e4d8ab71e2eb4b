"""Trackers that break T1 to T5."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from pydantic import field_validator
from zenml.config.step_run_info import StepRunInfo

from tracker_contracts.reference import jot
from tracker_contracts.reference.component import ReferenceTracker
from tracker_contracts.reference.mutants.mutant import breaks
from tracker_contracts.reference.settings import ReferenceSettings


@breaks("T1", at="tags=unicode")
class LowercasesTags(ReferenceTracker):
    """Tags are folded to lower case."""

    def tags_of(self, info: StepRunInfo, settings: ReferenceSettings) -> list[str]:
        return [tag.lower() for tag in super().tags_of(info, settings)]


@breaks("T1", at="tags=case")
class LosesTheLastOfTwoTagsThatDifferInCase(ReferenceTracker):
    """Of two tags that differ in case alone, the second is taken for a duplicate."""

    def tags_of(self, info: StepRunInfo, settings: ReferenceSettings) -> list[str]:
        kept: dict[str, str] = {}
        for tag in super().tags_of(info, settings):
            kept.setdefault(tag.casefold(), tag)
        return list(kept.values())


@breaks("T1", at="tags=twice")
class LosesTagsThatAreGivenTwice(ReferenceTracker):
    """Duplicates are not collapsed: all of them are dropped."""

    def tags_of(self, info: StepRunInfo, settings: ReferenceSettings) -> list[str]:
        return [tag for tag in super().tags_of(info, settings) if settings.tags.count(tag) < 2]


@breaks("T1", at="tags=long")
class StoresEqualTagsTwice(jot.Run):
    """A tag that is there is stored once more."""

    def start(self, tags: Iterable[str] = (), **facts: Any) -> None:
        super().start((), **facts)
        self.write("tags", tags=[*tags, *tags][: len(list(tags)) + 1])


@breaks("T1", at="tags=commas")
class SplitsTagsAtCommas(ReferenceTracker):
    """A tag with a comma becomes two."""

    def tags_of(self, info: StepRunInfo, settings: ReferenceSettings) -> list[str]:
        return [part for tag in super().tags_of(info, settings) for part in tag.split(",")]


@breaks("T1", at="tags=blanks")
class TrimsTags(ReferenceTracker):
    """White space around a tag is lost."""

    def tags_of(self, info: StepRunInfo, settings: ReferenceSettings) -> list[str]:
        return [tag.strip() for tag in super().tags_of(info, settings)]


@breaks("T1", at="tags=unicode")
class ComposesUnicodeInTags(ReferenceTracker):
    """Characters that look alike are made the same."""

    def tags_of(self, info: StepRunInfo, settings: ReferenceSettings) -> list[str]:
        return [unicodedata.normalize("NFC", tag) for tag in super().tags_of(info, settings)]


@breaks("T1", at="tags=unicode")
class KeepsFourTags(ReferenceTracker):
    """The fifth tag of a step is lost."""

    def tags_of(self, info: StepRunInfo, settings: ReferenceSettings) -> list[str]:
        return super().tags_of(info, settings.model_copy(update={"tags": settings.tags[:4]}))


@breaks("T2")
class OmitsThePipelinesName(ReferenceTracker):
    """The pipeline's name is not among the tags."""

    def tags_of(self, info: StepRunInfo, settings: ReferenceSettings) -> list[str]:
        return [*settings.tags, info.run_name, info.pipeline_step_name]


@breaks("T2", at="tags=long")
class TagsOfTheStepReplaceItsNames(ReferenceTracker):
    """A step with tags of its own isn't tagged with the names."""

    def tags_of(self, info: StepRunInfo, settings: ReferenceSettings) -> list[str]:
        return settings.tags or super().tags_of(info, settings)


@breaks("T3")
class TagsAsMetric(jot.Run):
    """The number of tags is logged."""

    def add_tags(self, tags: Iterable[str]) -> None:
        super().add_tags(tags)
        self.log({"tags": len(self.tags)}, 0)


@breaks("T3", at="late-tags=many")
class TaggingUsesUpAStep(jot.Run):
    """What is logged after tagging is one step late."""

    def add_tags(self, tags: Iterable[str]) -> None:
        super().add_tags(tags)
        self.next_step += 1


@breaks("T4", at="late-tags=one")
class DropsLateTags(jot.Run):
    """Tags count only when the run starts."""

    started = False

    def add_tags(self, tags: Iterable[str]) -> None:
        if not self.started:
            super().add_tags(tags)
        self.started = True


@breaks("T4", at="late-tags=many")
class KeepsOnlyTheLastOfLateTags(jot.Run):
    """Of several tags that are added at once, one is stored."""

    started = False

    def add_tags(self, tags: Iterable[str]) -> None:
        super().add_tags(list(tags)[-1:] if self.started else tags)
        self.started = True


@breaks("T5")
class DropsEmptyTags(ReferenceSettings):
    """An empty tag disappears without a word."""

    @field_validator("tags", mode="before")
    @classmethod
    def _storable_tags(cls, tags: Any) -> Any:
        return [tag for tag in tags if tag != ""]


@breaks("T5")
class TurnsEverythingIntoTags(ReferenceSettings):
    """A number given as a tag is stored as text."""

    @field_validator("tags", mode="before")
    @classmethod
    def _storable_tags(cls, tags: Any) -> Any:
        return [str(tag) for tag in tags]


@breaks("T5")
class CutsTagsAt100(ReferenceTracker):
    """The end of a long tag is lost."""

    def tags_of(self, info: StepRunInfo, settings: ReferenceSettings) -> list[str]:
        return [tag[:100] for tag in super().tags_of(info, settings)]
