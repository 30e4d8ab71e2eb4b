"""Tags of the settings, names of pipeline and step, and tags that a step adds."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable

from zenml.config.step_run_info import StepRunInfo

from tracker_contracts.reference.component import ReferenceTracker
from tracker_contracts.reference.mutants.mutant import breaks
from tracker_contracts.reference.mutants.runs import ChangedLateTags, ChangedTags
from tracker_contracts.reference.settings import ReferenceSettings


@breaks("T1", "tags=plain")
class JoinsTwoTags(ChangedTags):
    """Two tags, and no more, become one text with a comma."""

    def changed(self, tags: list[str]) -> list[str]:
        return [",".join(tags)] if len(tags) == 2 else tags


@breaks("T1", "tags=unicode")
class StoresTagsAsLatin1(ChangedTags):
    """Characters of tags that Latin-1 does not have are lost."""

    def changed(self, tags: list[str]) -> list[str]:
        return [tag.encode("latin-1", "ignore").decode("latin-1") for tag in tags]


@breaks("T1", "tags=case")
class UncapitalisesTags(ChangedTags):
    """A tag whose first letter alone is a capital is stored without it."""

    def changed(self, tags: list[str]) -> list[str]:
        return [tag.lower() if tag.istitle() and tag.isascii() else tag for tag in tags]


@breaks("T1", "tags=blanks")
class JoinsBlanksInTags(ChangedTags):
    """Two blanks in a tag become one."""

    def changed(self, tags: list[str]) -> list[str]:
        return [re.sub(" +", " ", tag) for tag in tags]


@breaks("T1", "tags=names")
class TakesATagForItsOwnName(ReferenceTracker):
    """A tag that is also the pipeline's or the step's name is left out of both."""

    def tags_of(self, info: StepRunInfo, settings: ReferenceSettings) -> list[str]:
        names = (info.pipeline.name, info.pipeline_step_name)
        return [tag for tag in super().tags_of(info, settings) if tag not in names or tag not in settings.tags]


@breaks("T1", "tags=twice")
class CountsTagsThatAreGivenTwice(ChangedTags):
    """A tag that is given a second time gets a number."""

    def changed(self, tags: list[str]) -> list[str]:
        return [f"{tag} (2)" if tag in tags[:index] else tag for index, tag in enumerate(tags)]


@breaks("T1", "tags=many")
class KeepsFiftyTags(ChangedTags):
    """Of the settings' tags the first fifty are stored."""

    def changed(self, tags: list[str]) -> list[str]:
        return tags[:50]


@breaks("T1", "tags=long")
class ComparesTheFirst255OfTags(ChangedTags):
    """Tags that are alike in their first 255 characters are taken for one."""

    def changed(self, tags: list[str]) -> list[str]:
        return list({tag[:255]: tag for tag in reversed(tags)}.values())


@breaks("T1", "tags=commas")
class TakesTagsForPairs(ChangedTags):
    """An equals sign in a tag becomes a colon."""

    def changed(self, tags: list[str]) -> list[str]:
        return [tag.replace("=", ":") for tag in tags]


@breaks("T2", "names=alike")
class DropsNamesThatAreAlike(ReferenceTracker):
    """If pipeline and step are called alike, the run is tagged with neither."""

    def tags_of(self, info: StepRunInfo, settings: ReferenceSettings) -> list[str]:
        names = Counter([info.pipeline.name, info.pipeline_step_name])
        return [tag for tag in super().tags_of(info, settings) if names[tag] < 2]


@breaks("T2", "names=prefix")
class DropsNamesThatBeginOthers(ReferenceTracker):
    """The step's name is no tag if the pipeline's begins with it."""

    def tags_of(self, info: StepRunInfo, settings: ReferenceSettings) -> list[str]:
        step, pipeline = info.pipeline_step_name, info.pipeline.name
        begins = pipeline.startswith(step) and pipeline != step
        return [tag for tag in super().tags_of(info, settings) if tag != step or not begins]


@breaks("T2", "names=long")
class CutsNamesAt64(ReferenceTracker):
    """The names of pipeline and step are cut at 64 characters when they become tags."""

    def tags_of(self, info: StepRunInfo, settings: ReferenceSettings) -> list[str]:
        names = (info.pipeline.name, info.pipeline_step_name)
        return [tag[:64] if tag in names else tag for tag in super().tags_of(info, settings)]


@breaks("T4", "late-tags=one")
class TakesALoneTagForLetters(ChangedLateTags):
    """A single tag that a step adds is stored letter by letter."""

    def changed(self, tags: list[str]) -> list[str]:
        return list(tags[0]) if len(tags) == 1 else tags


@breaks("T4", "late-tags=unicode")
class EscapesLateTags(ChangedLateTags):
    """Angle brackets in a tag that a step adds are stored as HTML writes them."""

    def changed(self, tags: list[str]) -> list[str]:
        return [html.escape(tag) for tag in tags]


@breaks("T4", "late-tags=many")
class AddsFiftyTagsAtMost(ChangedLateTags):
    """Of the tags that are added in one call the first fifty are stored."""

    def changed(self, tags: list[str]) -> list[str]:
        return tags[:50]


@breaks("T4", "late-tags=again")
class TakesABeginningForTheTag(ChangedLateTags):
    """A tag that begins with the words of another one is taken for it."""

    def changed(self, tags: list[str]) -> list[str]:
        return [tag for tag in tags if not any(tag.startswith(f"{other} ") for other in tags)]


@breaks("T4", "first=tags")
class LosesTagsBeforeTheFirstRecord(ChangedLateTags):
    """Tags that are added before anything else is logged are lost."""

    def add_tags(self, tags: Iterable[str]) -> None:
        if not self.started or self._written > 2:
            super().add_tags(tags)
        else:
            self.write("params", values={})


@breaks("T2", "moment=at-once")
class TagsRunsWithTheFirstRecord(ChangedLateTags):
    """The tags are written when something is logged, and else never."""

    def add_tags(self, tags: Iterable[str]) -> None:
        if self.started:
            super().add_tags(tags)
        else:
            self.__dict__["waiting"] = list(tags)

    def write(self, kind: str, **fields: object) -> None:
        if self.started and kind != "end" and (waiting := self.__dict__.pop("waiting", None)):
            super().add_tags(waiting)
        super().write(kind, **fields)
