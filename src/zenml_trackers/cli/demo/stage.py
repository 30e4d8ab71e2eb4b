"""What runs in the demo's folder, in a process of its own: sets up ZenML there and runs the pipeline.

Its standard output has one line for each thing done; all that ZenML says goes to standard error.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING, TextIO

from zenml.client import Client
from zenml.enums import StackComponentType

from zenml_trackers.cli.demo import pipeline
from zenml_trackers.errors import DemoFailed
from zenml_trackers.zenml import registration
from zenml_trackers.zenml.trackio.flavor import FLAVOR

if TYPE_CHECKING:
    from zenml.models import Page, PipelineRunResponse

STACK = "demo_stack"
EXPECTED = {"train": "completed", "evaluate": "completed", "quality_gate": "failed"}


def main(project: str) -> None:
    """Set the stage, run the pipeline, and see that its steps ended as they should.

    Raises:
        DemoFailed: They did not.
    """
    _show_lines(_own_output())
    _set_up(project)
    try:
        pipeline.digits_demo.with_options(run_name=f"demo-{_runs().total + 1}")()
    except Exception as error:  # of the step that fails on purpose, or else the states tell
        logging.getLogger("zenml").info("The pipeline ended with %r.", error)
    states = _states()
    if states != EXPECTED:
        raise DemoFailed(f"The steps ended as {states}; they should have ended as {EXPECTED}.")


def _own_output() -> TextIO:
    """Standard output for ourselves; whoever else writes to it writes to standard error from now on."""
    ours = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return ours


def _show_lines(output: TextIO) -> None:
    """Let what the pipeline logs be a line each."""
    handler = logging.StreamHandler(output)
    handler.setFormatter(logging.Formatter("%(message)s"))
    pipeline.logger.addHandler(handler)
    pipeline.logger.setLevel(logging.INFO)
    pipeline.logger.propagate = False


def _set_up(project: str) -> None:
    client = Client()
    registration.register(registration.TRACKIO)
    if STACK not in {stack.name for stack in client.list_stacks(name=STACK).items}:
        kind = StackComponentType.EXPERIMENT_TRACKER
        client.create_stack_component(pipeline.TRACKER, FLAVOR, kind, {"project": project})
        defaults = dict.fromkeys((StackComponentType.ORCHESTRATOR, StackComponentType.ARTIFACT_STORE), "default")
        client.create_stack(STACK, {**defaults, kind: pipeline.TRACKER})
    client.activate_stack(STACK)
    pipeline.logger.info("A ZenML store, with a stack whose experiment tracker has the flavor %r", FLAVOR)


def _states() -> dict[str, str]:
    """How each step of the latest pipeline run ended."""
    return {name: step.status.value for run in _runs().items for name, step in run.steps.items()}


def _runs() -> Page[PipelineRunResponse]:
    return Client().list_pipeline_runs(sort_by="desc:created", size=1)


if __name__ == "__main__":
    main(sys.argv[1])
