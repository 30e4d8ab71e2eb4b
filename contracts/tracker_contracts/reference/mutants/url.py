"""Trackers that break U1 to U4."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit
from uuid import uuid4

from zenml.config.step_run_info import StepRunInfo
from zenml.constants import METADATA_EXPERIMENT_TRACKER_URL
from zenml.metadata.metadata_types import MetadataType

from tracker_contracts.reference import jot
from tracker_contracts.reference.component import ReferenceTracker
from tracker_contracts.reference.mutants.mutant import breaks

BASE = "https://tracker.example"


@breaks("U1")
class HasNoUrl(ReferenceTracker):
    """ZenML isn't told where the run is shown."""

    def get_step_run_metadata(self, info: StepRunInfo) -> dict[str, MetadataType]:
        found = super().get_step_run_metadata(info)
        return {key: value for key, value in found.items() if key != METADATA_EXPERIMENT_TRACKER_URL}


@breaks("U1")
class GivesTheUrlAsText(ReferenceTracker):
    """The URL is no `Uri`, so that the dashboard doesn't make it a link."""

    def get_step_run_metadata(self, info: StepRunInfo) -> dict[str, MetadataType]:
        found = super().get_step_run_metadata(info)
        return {key: str(value) if key == METADATA_EXPERIMENT_TRACKER_URL else value for key, value in found.items()}


@breaks("U2", at="attempt=third")
class GivesTheUrlOfTheProject(jot.Run):
    """All runs of a project have one URL."""

    @property
    def url(self) -> str | None:
        return self.folder.absolute().as_uri()


@breaks("U2", at="attempt=third")
class GivesOneUrlToNamesThatDifferInASlash(jot.Run):
    """The URL is made of the run's name, with a dash for each character that isn't plain."""

    @property
    def url(self) -> str | None:
        return (self.folder.absolute() / re.sub(r"\W", "-", self.name)).as_uri()


@breaks("U2", at="asked=twice")
class ChangesTheUrlEachTime(jot.Run):
    """Whoever asks again gets another URL."""

    @property
    def url(self) -> str | None:
        return f"{super().url}?visit={uuid4().hex}"


@breaks("U3")
class GivesARelativeUrl(jot.Run):
    """The URL has neither scheme nor host."""

    @property
    def url(self) -> str | None:
        return urlsplit(super().url or "").path


@breaks("U3", at="run-name=unicode")
class DoesNotQuoteNames(jot.Run):
    """Names are in the URL as they are."""

    @property
    def url(self) -> str | None:
        return f"{BASE}/{self.project}/{self.name}?id={self.id}"


@breaks("U3", at="run-name=unicode")
class QuotesNothingInAPath(jot.Run):
    """A folder's name is in the URL as it is."""

    @property
    def url(self) -> str | None:
        return f"file://{Path(self.folder).absolute()}/{self.name}#{self.id}"


@breaks("U4")
class LinksToTheRunBefore(jot.Run):
    """The URL is that of the run which started before, except for the first."""

    before: ClassVar[jot.Run | None] = None

    def start(self, tags: Iterable[str] = (), **facts: Any) -> None:
        super().start(tags, **facts)
        self.linked, type(self).before = self.before or self, self

    @property
    def url(self) -> str | None:
        return self.linked.file.absolute().as_uri()


@breaks("U4")
class LinksToAPageWithoutMetrics(jot.Run):
    """The page behind the URL tells the run's name and nothing else."""

    @property
    def url(self) -> str | None:
        page = self.file.with_suffix(".txt")
        page.write_text(self.name)
        return page.absolute().as_uri()
