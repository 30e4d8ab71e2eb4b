"""Running one step as a ZenML pipeline, and finding what ZenML stored of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from zenml import pipeline
from zenml.client import Client
from zenml.config.retry_config import StepRetryConfig
from zenml.orchestrators.base_orchestrator import BaseOrchestratorConfig

from tracker_contracts.drivers.stage import PLANS, Plans, Stage
from tracker_contracts.drivers.steps import act
from tracker_contracts.drivers.stored import metadata_of_attempts


@dataclass
class PipelineRun:
    """What is known of one pipeline run after it ended."""

    name: str
    told: BaseException | None = None
    """What the pipeline's caller saw."""
    exists: bool = False
    """Whether ZenML began it at all."""
    metadata: list[dict[str, Any]] = field(default_factory=list)
    """What the tracker gave ZenML for each attempt."""
    printed: str = ""
    """What was said in a process of the step's own."""


def run_pipeline(
    harness: str, plans: Plans, tracker: str, stage: Stage, cached: bool = False, step: Any = act
) -> PipelineRun:
    """Run a pipeline with one step on the active stack; what it raises is kept in the result.

    Args:
        harness: The harness, as `package.module:Class`.
        plans: The plan of each attempt.
        tracker: The tracker's name.
        stage: Where the step plays.
        cached: Whether ZenML may take the result of an earlier run of the same step.
        step: The step that plays there.

    Raises:
        KeyboardInterrupt: The user interrupts, not the step.
    """
    run = PipelineRun(f"{plans[0].pipeline}-{uuid4().hex[:12]}")
    try:
        _pipeline(harness, plans, tracker, cached, step).with_options(run_name=run.name)()
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt) and not any(
            isinstance(each, KeyboardInterrupt) for each in stage.ended
        ):
            raise
        run.told = error
    found: Any = Client().list_pipeline_runs(name=run.name).items
    if found:
        run.exists, run.metadata = True, metadata_of_attempts(found[0].id, plans[0].step, tracker)
    return run


def _pipeline(harness: str, plans: Plans, tracker: str, cached: bool, step: Any) -> Any:
    plan = plans[0]
    chosen = step.with_options(
        experiment_tracker=tracker,
        enable_cache=cached,
        settings={"experiment_tracker": plan.settings} if plan.settings else None,
    )
    if len(plans) > 1:
        chosen.configure(retry=StepRetryConfig(max_retries=_retries(len(plans)), delay=0))

    def body() -> None:
        chosen(harness=harness, plans=PLANS.dump_json(plans).decode(), id=plan.step)

    return pipeline(name=plan.pipeline)(body)


def _retries(attempts: int) -> int:
    """Until 0.80 the number in the configuration is that of all attempts, the first included."""
    return attempts - 1 if "handles_step_retries" in dir(BaseOrchestratorConfig) else attempts
