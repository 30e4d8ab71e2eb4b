"""Drives a tracker as ZenML's step runner does, without a ZenML store."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timezone
from inspect import signature
from typing import Any
from uuid import UUID, uuid4

from zenml.config.pipeline_configurations import PipelineConfiguration
from zenml.config.step_configurations import StepConfiguration
from zenml.config.step_run_info import StepRunInfo
from zenml.enums import StackComponentType
from zenml.stack import StackComponent

from zenml_trackers.zenml.trackio.component import TrackioExperimentTracker
from zenml_trackers.zenml.trackio.flavor import TrackioExperimentTrackerConfig


def tracker(**config: Any) -> TrackioExperimentTracker:
    now = datetime.now(timezone.utc)
    # ZenML 0.75 asks for a workspace, later releases know none
    workspace = {"workspace": uuid4()} if "workspace" in signature(StackComponent.__init__).parameters else {}
    return TrackioExperimentTracker(
        name="tracker",
        id=uuid4(),
        config=TrackioExperimentTrackerConfig(**{"log_cpu_metrics": False, **config}),
        flavor="trackio",
        type=StackComponentType.EXPERIMENT_TRACKER,
        user=None,
        created=now,
        updated=now,
        **workspace,
    )


def info(
    step: str = "train",
    pipeline: str = "pipe",
    run: str = "pipe-run",
    run_id: UUID | None = None,
    step_run_id: UUID | None = None,
    **settings: Any,
) -> StepRunInfo:
    fields = {
        "step_run_id": step_run_id or uuid4(),
        "run_id": run_id or uuid4(),
        "run_name": run,
        "pipeline_step_name": step,
        "config": StepConfiguration(name=step, settings={"experiment_tracker.trackio": settings}),
        "pipeline": PipelineConfiguration(name=pipeline),
    }
    return StepRunInfo.model_construct(
        **{key: value for key, value in fields.items() if key in StepRunInfo.model_fields}
    )


def run_step(component: Any, step: StepRunInfo, body: Callable[[], Any] = lambda: None) -> dict[str, Any]:
    """The hooks in ZenML's order around `body`; the metadata; whatever `body` raises comes through."""
    metadata: dict[str, Any] = {}
    failed = False
    component.prepare_step_run(step)
    try:
        body()
    except BaseException:
        failed = True
        raise
    finally:
        metadata.update(component.get_step_run_metadata(step))
        component.cleanup_step_run(step, failed)
    return metadata


def failing_step(component: Any, step: StepRunInfo, error: BaseException) -> None:
    def body() -> None:
        raise error

    with suppress(type(error)):
        run_step(component, step, body)


def backend_of(component: TrackioExperimentTracker, project: str) -> Any:
    """The backend as the component configures it."""
    [receiver] = component.receivers(component.settings_class())
    return receiver.make(project)
