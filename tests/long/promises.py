"""What a step leaves behind with whichever flavor `trackio` this process has; the README's table says the same.

Run as `python promises.py SERVER_URL TOKEN`, in a place with a ZenML store and a Trackio folder of its own. Prints one
JSON map of promises to whether they hold. The steps know nothing of the flavor: they log by Trackio's own calls.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import trackio
from zenml import pipeline, step
from zenml.client import Client
from zenml.config.retry_config import StepRetryConfig
from zenml.enums import StackComponentType as Type

PROJECT = "promises"
SETTINGS = {"experiment_tracker": {"tags": ["nightly"], "metadata": {"data": "digits"}}}

attempts: list[int] = []


@step(experiment_tracker="tracker", settings=SETTINGS)
def good() -> None:
    trackio.log({"loss": 1.0})


@step(experiment_tracker="tracker")
def bad() -> None:
    trackio.log({"loss": 1.0})
    raise ValueError("boom")


@step(experiment_tracker="tracker", retry=StepRetryConfig(max_retries=1, delay=0, backoff=1))
def retried() -> None:
    attempts.append(1)
    trackio.log({"attempt": len(attempts)})
    if len(attempts) == 1:
        raise ValueError("once more")


@step(experiment_tracker="tracker")
def framework() -> None:
    trackio.init(project="huggingface", config={"epochs": 1})
    trackio.log({"from_callback": 1.0})
    trackio.finish()


@step(experiment_tracker="tracker_on_server")
def served() -> None:
    trackio.log({"loss": 1.0})


def main(server: str, token: str) -> None:
    """Run each step in a pipeline of its own, and tell what is left of it."""
    _stack("tracker", {"project_name": PROJECT})
    ended = {each.name: _ran(each) for each in (good, bad, retried, framework)}
    _stack("tracker_on_server", {"project_name": PROJECT, "server_url": f"{server}?write_token={token}"})
    stored = {run["name"]: run for run in _runs()}
    good_run = next(run for name, run in stored.items() if name.endswith("good"))
    bad_run = next(run for name, run in stored.items() if name.endswith("bad"))
    told = ended["good"].run_metadata
    held = {
        "failed": "failed" in bad_run["config"] and "boom" in bad_run["config"],
        "tags": "nightly" in good_run["config"] and good_run["metrics"] == [{"loss": 1.0}],
        "metadata": "digits" in good_run["config"],
        "whereabouts": any(key.endswith(("_url", "_command")) for key in told),
        "retries": sum("retried" in run["name"] for run in _runs()) == 2,
        "framework": ended["framework"].status.value == "completed"
        and any(metrics == {"from_callback": 1.0} for run in stored.values() for metrics in run["metrics"]),
        "secret": token not in json.dumps({key: str(value) for key, value in _ran(served).run_metadata.items()}),
    }
    sys.stdout.write(f"HELD {json.dumps(held)}\n")


def _stack(tracker: str, config: dict[str, Any]) -> None:
    client = Client()
    client.create_stack_component(tracker, "trackio", Type.EXPERIMENT_TRACKER, config)
    parts = {Type.ORCHESTRATOR: "default", Type.ARTIFACT_STORE: "default", Type.EXPERIMENT_TRACKER: tracker}
    client.create_stack(tracker, parts)
    client.activate_stack(tracker)


def _ran(alone: Any) -> Any:
    @pipeline(name=alone.name, enable_cache=False)
    def only() -> None:
        alone()

    with suppress(Exception):
        only()
    return Client().list_pipeline_runs(size=1, sort_by="desc:created").items[0].steps[alone.name]


def _runs() -> list[dict[str, Any]]:
    """Name, config as text, and metrics of each run of the project that is stored on this machine."""
    with sqlite3.connect(Path(os.environ["TRACKIO_DIR"]) / f"{PROJECT}.db") as database:
        rows = database.execute("SELECT run_id, run_name, CAST(metrics AS TEXT) FROM metrics ORDER BY id").fetchall()
        configs = dict(database.execute("SELECT run_id, CAST(config AS TEXT) FROM configs").fetchall())
    runs: dict[str, dict[str, Any]] = {}
    for run_id, name, metrics in rows:
        run = runs.setdefault(run_id, {"name": name, "config": configs.get(run_id, ""), "metrics": []})
        run["metrics"] += [json.loads(metrics)] if metrics != "{}" else []
    return list(runs.values())


if __name__ == "__main__":
    main(*sys.argv[1:])
