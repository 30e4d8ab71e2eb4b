"""The runs of the step that this code belongs to, whichever thread it is in."""

from __future__ import annotations

from zenml_trackers.delivery import active
from zenml_trackers.delivery.joined import runs_of_parent
from zenml_trackers.zenml.adopted import adoption


def runs_here(function: str) -> list[active.Entry]:
    """The runs of this context; else those of ZenML's step, or of the only one in this process or around it.

    Raises:
        NoActiveRun: The run of the step is over, or there are several that it could be; the message says what to do.
    """
    if found := active.innermost():
        return found
    context = adoption.step_context()
    if context is None:
        return active.only(function) or runs_of_parent()
    step_run_id = str(context.step_run.id)
    if not (found := active.of_step(step_run_id)):
        active.need_going_on(step_run_id)
    return found
