"""What people do on their own machine: register a stack, run a pipeline, and look at what is there; as JSON.

python -m tests.remote.client register '{"machines": ..., "storage": ..., "trackers": [...], "token": ...}'
python -m tests.remote.client run STEPS
python -m tests.remote.client found URL TOKEN
python -m tests.remote.client steps
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
STACK = "team"


def register(facts: dict[str, Any]) -> None:
    """The stack: all of it on other machines."""
    from zenml.client import Client
    from zenml.enums import StackComponentType as Type

    client = Client()
    keys = {"key": os.environ["AWS_ACCESS_KEY_ID"], "secret": os.environ["AWS_SECRET_ACCESS_KEY"]}
    client.create_secret("team", {"token": facts["token"]})
    client.create_flavor("tests.remote.orchestrator.TeamFlavor", Type.ORCHESTRATOR)
    storage = {"path": "s3://zenml", "client_kwargs": {"endpoint_url": facts["storage"]}, **keys}
    client.create_stack_component(STACK, "team", Type.ORCHESTRATOR, {"machines": facts["machines"]})
    client.create_stack_component(STACK, "s3", Type.ARTIFACT_STORE, storage)
    tracker = {"urls": facts["trackers"], "credentials": {"api_key": "{{team.token}}"}}
    client.create_stack_component(STACK, "unified", Type.EXPERIMENT_TRACKER, tracker)
    parts = dict.fromkeys((Type.ORCHESTRATOR, Type.ARTIFACT_STORE, Type.EXPERIMENT_TRACKER), STACK)
    client.create_stack(STACK, parts)
    client.activate_stack(STACK)


def run(steps: int) -> None:
    """The pipeline, to its end."""
    from tests.remote.pipeline import training

    training(steps)


def found(url: str, token: str) -> Iterator[dict[str, Any]]:
    """The runs that a tracker has, with their files."""
    from zenml_trackers import connect

    tracker = connect(url, credentials={"api_key": token} if token else {})
    for each in tracker.read():
        with tempfile.TemporaryDirectory() as folder:
            files = {
                one.name: one.path.read_text()  # type: ignore[attr-defined]
                for one in tracker.backend.attachments(each.id, Path(folder))
            }
        rows = [[point.step, point.value] for point in each.metrics if point.name == "loss"]
        yield {**json.loads(each.model_dump_json(exclude={"metrics"})), "rows": rows, "files": files}


def steps() -> Iterator[dict[str, Any]]:
    """The steps as ZenML has them."""
    from zenml.client import Client

    latest = Client().list_pipeline_runs(sort_by="desc:created")[0]
    for name, step in Client().get_pipeline_run(latest.id, hydrate=True).steps.items():
        metadata = {key: str(value) for key, value in step.run_metadata.items()}
        yield {"name": name, "status": step.status.value, "metadata": metadata}


if __name__ == "__main__":
    from zenml.utils import source_utils

    source_utils.set_custom_source_root(str(ROOT))
    command, *rest = sys.argv[1:]
    if command == "register":
        register(json.loads(rest[0]))
    elif command == "run":
        run(int(rest[0]))
    else:
        for line in found(*rest) if command == "found" else steps():
            print(json.dumps(line))
