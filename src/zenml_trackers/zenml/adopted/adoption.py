"""The run that one of ZenML's built-in flavors started for the step of this context."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, WeakSet

from zenml_trackers.delivery.active import Entry
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

logger = logging.getLogger("zenml_trackers")

_runs: WeakKeyDictionary[StepContext, list[Entry]] = WeakKeyDictionary()
"""By ZenML's context, of which each attempt of a step has its own, and which goes when the attempt is over."""
_alone: WeakSet[Run] = WeakSet()
"""The runs of this package that are known to have none of those beside them; each call of `get_run()` asks."""
_keeping = threading.Lock()


def adopted_runs(beside: Sequence[Entry]) -> list[Entry]:
    """A run over each flavor's run, the same at each call in a step; none outside of steps with such a tracker.

    Args:
        beside: The runs that this package has here. If there are any, ZenML's flavors can have others only in a step
            that names all trackers of its stack.

    Raises:
        NoActiveRun: The step's only tracker has no run open, or is one whose runs can't be adopted; the message says
            which can.
    """
    if beside and beside[0].run in _alone:
        return []
    context = step_context()
    if context is None or not _may_have(context, beside):
        return []
    if context not in _runs:
        made = _adopted(context, alone=not beside)
        with _keeping:
            return _runs.setdefault(context, made)
    return _runs[context]


def _may_have(context: StepContext, beside: Sequence[Entry]) -> bool:
    if not beside:
        return True
    of_step = beside[0].step == str(context.step_run.id)  # and no block in it
    if of_step and context.step_run.config.experiment_tracker is True:
        return True
    _alone.add(beside[0].run)
    return False


def step_context() -> StepContext | None:
    """ZenML's, of the step that is executing; None outside of steps, and in most of their threads."""
    if "zenml" not in sys.modules:  # then no step can be running, and loading it would take seconds
        return None
    from zenml import get_step_context

    try:
        return get_step_context()
    except RuntimeError:
        return None


def _adopted(context: StepContext, alone: bool) -> list[Entry]:
    components = list(_trackers(context.step_run.config.experiment_tracker))
    found: list[Entry] = []
    refusals: list[NoActiveRun] = []
    for component in components:
        if component.flavor in adopted.FLAVORS:
            try:
                run = _adopt(component, context)
            except NoActiveRun as error:
                refusals.append(error)
            else:
                found.append(Entry(str(context.step_run.id), run, None, os.getpid(), tracker=component.name))
    if alone and components and not found:
        raise refusals[0] if refusals else _not_adoptable(components[0])
    for refusal in refusals:
        logger.warning("%s The other trackers of the step get what it logs.", refusal)
    return found


def _not_adoptable(component: Any) -> NoActiveRun:
    return NoActiveRun(
        f"The step's tracker {component.name!r} is of the flavor {component.flavor!r}, and has no run here. "
        f"get_run() gives the runs of this package's own flavors, and of ZenML's {', '.join(adopted.FLAVORS)}."
    )


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
