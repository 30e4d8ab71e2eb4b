"""All that differs between the ZenML releases, one function a difference, named for what it hides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packaging.version import Version
from zenml import __version__

if TYPE_CHECKING:
    from zenml.config.step_run_info import StepRunInfo

ZENML = Version(__version__)


def stores_config_as_given() -> bool:
    """Below 0.83: what is stored at registration is what was given, not what the config class made of it."""
    return ZENML < Version("0.83")


def owns_trackio_flavor() -> bool:
    """From 0.96: ZenML has a built-in flavor named `trackio`, which only the seat can replace."""
    return ZENML >= Version("0.96")


def runs_init_hooks() -> bool:
    """From 0.94.1: ZenML calls the entry points `zenml.init_hooks` when it is imported."""
    return ZENML >= Version("0.94.1")


def attempt_of(info: StepRunInfo, seen: int) -> int:
    """Which try of its step this is, from 1.

    Below 0.84 all tries share one step run and happen in one process, so that those `seen` before count. From 0.84 on
    each has a step run of its own, whose `version` counts; from 0.94 on it comes with the info.
    """
    step_run: Any = getattr(info, "step_run", None) or _stored_step_run(info)
    version = getattr(step_run, "version", None)
    return version if isinstance(version, int) else seen + 1


def _stored_step_run(info: StepRunInfo) -> Any:
    if not Version("0.84") <= ZENML < Version("0.94"):
        return None
    from zenml.client import Client

    try:
        return Client().get_run_step(info.step_run_id)
    except Exception:  # driven without a store
        return None
