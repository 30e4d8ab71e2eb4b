"""Ends runs as ZenML says that their steps ended: those that killed processes left open, and those of failed steps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from zenml.client import Client

from tracker_contracts.reference import jot


def reconcile(folder: Path, finished_too: bool = True) -> None:
    """Mark each run as failed that goes on although its step does not, and each that finished whose step failed.

    Args:
        folder: Where the runs are.
        finished_too: Whether to look at finished runs, whose steps may have failed afterwards.
    """
    for file in folder.glob("*.jsonl"):
        first, *_, last = map(json.loads, file.read_text().splitlines())
        if not first["step_run"]:
            continue
        if last["kind"] != "end" and _is_over(first["step_run"]):
            _fail(file, last, "Killed", "ended without cleanup; marked by reconcile()")
        elif finished_too and last.get("state") == "finished" and _failed(first["step_run"]):
            _fail(file, last, "StepFailed", "failed after cleanup; marked by reconcile()")


def _fail(file: Path, last: dict[str, Any], kind: str, message: str) -> None:
    end = {"kind": "end", "state": "failed", "number": last["number"] + 1}
    jot.put(file, json.dumps({**end, "error_type": kind, "error_message": message}))


def _failed(step_run: str) -> bool:
    status: Any = Client().get_run_step(UUID(step_run)).status
    return bool(status.is_failed)


def _is_over(step_run: str) -> bool:
    """A killed step stays `running` in ZenML, but its pipeline run is over."""
    client = Client()
    step: Any = client.get_run_step(UUID(step_run))
    return bool(step.status.is_finished or client.get_pipeline_run(step.pipeline_run_id).status.is_finished)
