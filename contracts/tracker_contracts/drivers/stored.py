"""What ZenML stored of a step, with the types that its client does not tell."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from sqlalchemy import text
from zenml.client import Client
from zenml.enums import StackComponentType
from zenml.metadata.metadata_types import Uri

STORED = text(
    "SELECT s.id, m.key, m.value, m.type FROM step_run s "
    "LEFT JOIN run_metadata_resource r ON r.resource_id = s.id "
    "LEFT JOIN run_metadata m ON m.id = r.run_metadata_id AND m.stack_component_id = :tracker "
    "WHERE s.pipeline_run_id = :run AND s.name = :step ORDER BY s.created, m.created"
)


def metadata_of_attempts(run: UUID, step: str, tracker: str) -> list[dict[str, Any]]:
    """What a tracker gave ZenML for each attempt of a step.

    Args:
        run: The pipeline run.
        step: The step's name in it.
        tracker: The tracker's name.
    """
    client: Any = Client()
    component = client.get_stack_component(StackComponentType.EXPERIMENT_TRACKER, tracker)
    names = {"run": run.hex, "step": step, "tracker": component.id.hex}
    with client.zen_store.engine.connect() as connection:
        return _by_attempt(connection.execute(STORED, names).all())


def _by_attempt(rows: Any) -> list[dict[str, Any]]:
    """Below 0.84 all attempts are one step to ZenML; each gives every key once."""
    attempts: list[dict[str, Any]] = []
    last = None
    for step_run, key, value, kind in rows:
        if step_run != last or key in attempts[-1]:
            attempts.append({})
        last = step_run
        if key is not None:
            attempts[-1][key] = Uri(json.loads(value)) if kind == "Uri" else json.loads(value)
    return attempts
