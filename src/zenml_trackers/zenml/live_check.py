"""A run that is made on a tracker and read back: what no look at its address can tell."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from zenml.stack import StackComponent

from zenml_trackers.delivery.block import block
from zenml_trackers.delivery.lifecycle import Limits, Tracking
from zenml_trackers.delivery.receiver import Receiver
from zenml_trackers.model.records import RunSpec, Status
from zenml_trackers.port.bounded import bounded
from zenml_trackers.run import Run
from zenml_trackers.zenml.check import Check, State
from zenml_trackers.zenml.component import RunTracker

if TYPE_CHECKING:
    from zenml.models import ComponentResponse

PROJECT = "doctor"
"""Where the run is, if each pipeline has a project of its own."""
SECONDS = 30.0
"""How long the run may take to be read."""
TAG, METRIC, VALUE = "doctor", "answer", 42.0


def live_check(model: ComponentResponse) -> Check:
    """Make a run by a component, and read it back; it stays there.

    Raises:
        TrackerError: It could not be made, or read.
    """
    component = cast(RunTracker, StackComponent.from_model(model))
    receivers, project = component.receivers(cast(Any, component.config)), component.project_for(PROJECT)
    spec = RunSpec(name=f"doctor-{datetime.now():%Y%m%d-%H%M%S-%f}", project=project, tags=(TAG,), resume="allow")
    began = time.monotonic()
    tracking = Tracking(component.backend_name, receivers, f"run {spec.name!r}", Limits(strict=True))
    run, name = _made(tracking, spec), f"run on {model.name}"
    try:
        faults = bounded(lambda: list(_faults(receivers, spec)), SECONDS, "reading the run")
    except Exception as error:
        raise tracking.reporter.named(error) from None  # which knows the secrets
    if faults:
        return Check(name, State.FAIL, "; ".join(faults), "The warnings above say why, if there are any.")
    where = run.show_command or run.url or f"the project {project}"
    return Check(name, State.OK, f"stored and read back in {time.monotonic() - began:.1f} s, and left there: {where}")


def _made(tracking: Tracking, spec: RunSpec) -> Run:
    with block(tracking, spec) as run:
        run.log({METRIC: VALUE})
    return run


def _faults(receivers: Sequence[Receiver], spec: RunSpec) -> Iterator[str]:
    """What differs from what was given, on each of the trackers."""
    for receiver in receivers:
        backend = receiver.make(spec.project)
        backend.load()
        stored = backend.to_resume(spec)
        if stored is None:
            yield f"{receiver.name} has no run {spec.name!r}"
            continue
        found = {
            "status": stored.status,
            "tags": stored.tags,
            "metrics": [(point.name, point.value) for point in stored.metrics],
        }
        wanted = {"status": Status.FINISHED, "tags": frozenset(spec.tags), "metrics": [(METRIC, VALUE)]}
        yield from (f"{receiver.name} has {found[key]!r} as its {key}" for key in found if found[key] != wanted[key])
