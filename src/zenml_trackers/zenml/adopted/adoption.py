"""The run that one of ZenML's built-in flavors started for the step of this context."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from zenml_trackers.delivery.recording import Recording
from zenml_trackers.errors import NoActiveRun
from zenml_trackers.interruption import let_through
from zenml_trackers.losses import Redactor, Reporter
from zenml_trackers.model.records import RunSpec
from zenml_trackers.run import Run
from zenml_trackers.zenml import adopted
from zenml_trackers.zenml.adopted.sink import no_child

if TYPE_CHECKING:
    from zenml.steps.step_context import StepContext

_runs: WeakKeyDictionary[StepContext, Run] = WeakKeyDictionary()
"""By ZenML's context, of which each attempt of a step has its own, and which goes when the attempt is over."""
_keeping = threading.Lock()


def adopted_run() -> Run | None:
    """The one `Run` over the flavor's run, the same at each call in a step; None outside of steps with a tracker.

    Raises:
        NoActiveRun: The step's tracker has no run open, or is one whose runs can't be adopted; the message says which
            can.
    """
    context = step_context()
    if context is None:
        return None
    if context not in _runs and (component := _tracker(context)) is not None:
        made = _adopt(component, context)
        with _keeping:
            return _runs.setdefault(context, made)
    return _runs.get(context)


def step_context() -> StepContext | None:
    """ZenML's, of the step that is executing; None outside of steps, and in most of their threads."""
    if "zenml" not in sys.modules:  # then no step can be running, and loading it would take seconds
        return None
    from zenml import get_step_context

    try:
        return get_step_context()
    except RuntimeError:
        return None


def _tracker(context: StepContext) -> Any:
    """The component of the step; with several, the first whose run can be adopted. None if it has none."""
    found = list(_trackers(context.step_run.config.experiment_tracker))
    for component in found:
        if component.flavor in adopted.FLAVORS:
            return component
    if found:
        raise NoActiveRun(
            f"The step's tracker {found[0].name!r} is of the flavor {found[0].flavor!r}, and has no run here. "
            f"get_run() gives the runs of this package's own flavors, and of ZenML's {', '.join(adopted.FLAVORS)}."
        )
    return None


def _trackers(wanted: str | bool | None) -> Iterator[Any]:
    """The active stack's trackers that a step names; `True` names them all."""
    from zenml.client import Client

    from zenml_trackers.zenml import compat

    stack: Any = Client().active_stack
    several = compat.holds_several_trackers()
    for component in stack.experiment_trackers.values() if several else [stack.experiment_tracker]:
        if component is not None and (wanted is True or component.name == wanted):
            yield component


def _adopt(component: Any, context: StepContext) -> Run:
    step = context.step_run.name
    reporter = Reporter(f"{component.name}, step {step!r}", Redactor(_secrets(component.config)), strict=False)
    try:
        sink = adopted.adopt(component)
    except NoActiveRun:
        raise
    except Exception as error:
        let_through(error)
        reporter.warn(error, "The step goes on; what it logs does not reach the tracker.", "delivery")
        return Run(component.flavor, "", Recording(RunSpec(name=step, project=""), None, (), no_child), reporter)
    run = Run(component.flavor, sink.project, sink, reporter)
    run.features = sink.features
    sink.share(run)
    return run


def _secrets(config: Any) -> list[str]:
    """The values that must not be shown."""
    from zenml.utils.secret_utils import is_secret_field

    names = [name for name, field in type(config).model_fields.items() if is_secret_field(field)]
    return [value for value in (getattr(config, name) for name in names) if isinstance(value, str)]
