"""A run that is as long as a block of code: one outside of ZenML, or one that is nested in another."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from zenml_trackers.delivery.receiver import Component
from zenml_trackers.model.records import RunError, RunSpec, Status
from zenml_trackers.run import Run

if TYPE_CHECKING:
    from zenml_trackers.delivery.lifecycle import Tracking


@contextmanager
def block(tracking: Tracking, spec: RunSpec, component: Component | None = None) -> Iterator[Run]:
    """Track the block: its run is finished at the end, or failed if it raises.

    Args:
        tracking: Not begun yet.
        spec: What is known of the run.
        component: ZenML's, if it is of a step.

    Raises:
        TrackerError: The run can't be made, and it is strict.
    """
    tracking.begin(spec, component)
    try:
        yield tracking.run
    except BaseException as error:
        if not sys.is_finalizing():  # of a block that was never left; no thread could end it any more
            tracking.end(Status.FAILED, RunError.of(error))
        raise
    tracking.end(Status.FINISHED, None)
