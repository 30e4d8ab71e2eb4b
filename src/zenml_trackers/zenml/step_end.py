"""How a step ended, as ZenML knows it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID

from zenml.client import Client

from zenml_trackers.interruption import let_through
from zenml_trackers.model.records import End, RunError, RunSpec, Status

SUCCEEDED = frozenset({"completed", "cached", "skipped"})
FAILED = frozenset({"failed", "retried", "retrying", "stopped", "cancelled"})
GONE = RunError(type="StepGone", message="ZenML does not know the step.")
KILLED = RunError(type="StepKilled", message="The step's process ended before the step did.")
LONGEST_SILENCE = timedelta(minutes=30)
"""After which a step that sent heartbeats counts as dead, where ZenML has no limit of its own."""


def ended(spec: RunSpec) -> End | None:
    """The end of a run's step; None if it goes on, was never one of ZenML's, or if ZenML can't be asked."""
    try:
        return end_of(spec.step_run_id) if spec.step_run_id else None
    except Exception as error:
        let_through(error)
        return None


def end_of(step_run_id: str) -> End | None:
    """The end of a step; None if it goes on.

    Raises:
        Exception: ZenML could not be asked.
    """
    client = Client()
    try:
        step: Any = client.get_run_step(UUID(step_run_id))
    except KeyError:
        return End(status=Status.FAILED, error=GONE)
    status = str(step.status.value)
    if status in SUCCEEDED:
        return End(status=Status.FINISHED, time=_seconds(step.end_time))
    if status in FAILED:
        return End(status=Status.FAILED, error=_reason(step, status), time=_seconds(step.end_time))
    # ZenML never hears of a process that was killed: such a step stays as it was
    if client.get_pipeline_run(step.pipeline_run_id).status.is_finished or _is_silent(step):
        return End(status=Status.FAILED, error=KILLED)
    return None


def _seconds(moment: datetime | None) -> float | None:
    return moment.replace(tzinfo=moment.tzinfo or timezone.utc).timestamp() if moment is not None else None


def _reason(step: Any, status: str) -> RunError:
    told = getattr(step, "exception_info", None)  # from ZenML 0.82
    if told is None:
        return RunError(type=f"Step{status.capitalize()}", message=f"ZenML says that the step {_how(status)}.")
    last = str(told.traceback).strip().splitlines()[-1:]
    kind, _, message = "".join(last).partition(": ")
    return RunError(type=kind.rpartition(".")[2] or "StepFailed", message=getattr(told, "message", None) or message)


def _how(status: str) -> str:
    return {"stopped": "was stopped", "cancelled": "was cancelled"}.get(status, "failed")


def _is_silent(step: Any) -> bool:
    """Whether it sent heartbeats, and sends none any more."""
    last = getattr(step, "latest_heartbeat", None)  # from ZenML 0.91
    if last is None:
        return False
    minutes = getattr(step, "heartbeat_threshold", None)
    allowed = timedelta(minutes=minutes) if minutes else LONGEST_SILENCE
    return bool(datetime.now(timezone.utc) - last.replace(tzinfo=last.tzinfo or timezone.utc) > allowed)
