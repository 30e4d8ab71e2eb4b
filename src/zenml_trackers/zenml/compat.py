"""All that differs between the ZenML releases, each difference with the release that it begins or ends with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packaging.version import Version
from zenml import __version__

from zenml_trackers.interruption import let_through

if TYPE_CHECKING:
    from zenml.config.step_run_info import StepRunInfo

ZENML = Version(__version__)


@dataclass(frozen=True)
class Difference:
    """Something that only some releases of ZenML do; called, it says whether the installed one does."""

    what: str
    since: str = "0"
    """The first release that does it."""
    until: str | None = None
    """The first release that does it no more."""

    def __call__(self) -> bool:
        """Whether the installed ZenML does it."""
        return Version(self.since) <= ZENML and (self.until is None or ZENML < Version(self.until))


stores_config_as_given = Difference(
    "What is stored at registration is what was given, not what the config class made of it.", until="0.83"
)
shares_step_run_among_attempts = Difference(
    "All attempts of a step have one step run, and happen in one process.", until="0.84"
)
hands_step_run_to_hooks = Difference("The hooks of a step are given its step run.", since="0.94")
runs_init_hooks = Difference("The entry points `zenml.init_hooks` are called when it is imported.", since="0.94.1")
holds_several_trackers = Difference("A stack may hold several experiment trackers.", since="0.94.3")
owns_trackio_flavor = Difference("There is a built-in flavor `trackio`; only the override replaces it.", since="0.96")


def attempt_of(info: StepRunInfo, seen: int) -> int:
    """Which try of its step this is, from 1.

    A step run's own `version` counts; where all tries share one, those that this process has `seen` before count.
    """
    step_run = None if shares_step_run_among_attempts() else _step_run(info)
    version = getattr(step_run, "version", None)
    return version if isinstance(version, int) else seen + 1


def _step_run(info: StepRunInfo) -> Any:
    if hands_step_run_to_hooks():
        return getattr(info, "step_run", None)
    from zenml.client import Client

    try:
        return Client().get_run_step(info.step_run_id)
    except Exception as error:  # driven without a store
        let_through(error)
        return None
