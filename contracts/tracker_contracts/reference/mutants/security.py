"""Trackers that break S1 to S3."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import ExitStack
from typing import Any

from pydantic import model_validator
from zenml.config.step_run_info import StepRunInfo
from zenml.metadata.metadata_types import MetadataType

from tracker_contracts.reference import jot
from tracker_contracts.reference.component import ReferenceTracker
from tracker_contracts.reference.config import ReferenceConfig, without_credentials
from tracker_contracts.reference.mutants.mutant import breaks
from tracker_contracts.reference.settings import ReferenceSettings

logger = logging.getLogger("jot")


@breaks("S1")
class LeaksTokenInUrl(jot.Run):
    """The URL opens without a login, since it carries the token."""

    @property
    def url(self) -> str | None:
        return f"{super().url}?token={''.join(self.hidden)}"


@breaks("S1")
class ShowsTheTokenInItsRepr(ReferenceConfig):
    """Whoever prints the configuration prints the token."""

    def __repr_args__(self) -> Any:
        return self.__dict__.items()


@breaks("S1")
class StoresTheTokenInTheRun(ReferenceTracker):
    """The configuration is stored with the run, the token too."""

    def facts_of(self, info: StepRunInfo, settings: ReferenceSettings) -> dict[str, Any]:
        return {**super().facts_of(info, settings), "config": self.config.model_dump()}

    @property
    def hidden(self) -> tuple[str, ...]:
        return ()


@breaks("S1")
class StoresErrorsAsTheyAre(ReferenceTracker):
    """An error that quotes the token is stored and said with it."""

    @property
    def hidden(self) -> tuple[str, ...]:
        return ()


@breaks("S1")
class PrintsTheToken(ReferenceTracker):
    """The token is in a debug message."""

    def lend_credentials(self, undo: ExitStack) -> None:
        super().lend_credentials(undo)
        sys.stdout.write(f"logging in with {self.config.token}\n")


@breaks("S2")
class LeavesTheSecretInTheEnvironment(ReferenceTracker):
    """What the secret stands for is in the environment after cleanup."""

    def lend_credentials(self, undo: ExitStack) -> None:
        if self.config.token:
            undo.callback(os.environ.__setitem__, "JOT_TOKEN", self.config.token)
        super().lend_credentials(undo)


@breaks("S2")
class TellsZenmlWhatTheSecretStandsFor(ReferenceTracker):
    """What was a reference in the configuration is the secret itself in the step's metadata."""

    def get_step_run_metadata(self, info: StepRunInfo) -> dict[str, MetadataType]:
        return {**super().get_step_run_metadata(info), "reference_token": self.config.token or ""}


@breaks("S3")
class KeepsTheTokenInTheUrl(ReferenceConfig):
    """A URL that holds a token is stored as it is."""

    @model_validator(mode="before")
    @classmethod
    def _take_url_apart(cls, given: Any) -> Any:
        return given


@breaks("S3")
class DropsTheTokenOfTheUrl(ReferenceConfig):
    """A token is taken out of the URL, and lost."""

    @model_validator(mode="before")
    @classmethod
    def _take_url_apart(cls, given: Any) -> Any:
        if given.get("base_url"):
            return {**given, "base_url": without_credentials(given["base_url"])[0]}
        return given


@breaks("S4")
class LetsOthersRead(jot.Run):
    """Everybody may read the files of the runs."""

    def end(self, state: str, **error: str) -> None:
        super().end(state, **error)
        self.folder.chmod(0o755)
        self.file.chmod(0o644)
