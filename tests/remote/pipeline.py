"""A pipeline of as many steps as there are machines for them."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

from zenml import pipeline, step
from zenml.enums import ExecutionMode

from zenml_trackers import get_run

TRACKER = "team"
END = "end"
"""The file in a step's home that lets it end."""
LOGGED = "logged"
"""The file in which it says how many rows it has logged."""
FAILS, LOST, KEPT = "fails", "lost", "kept"
"""The steps that fail: by an error of its own; with its machine; and so, but its journals are on a volume."""
PAUSE = 0.1
"""Seconds between two rows."""


def names(steps: int) -> list[str]:
    """The steps, in the order of the machines."""
    return [*(f"train_{number}" for number in range(steps - 3)), FAILS, LOST, KEPT]


@step(experiment_tracker=TRACKER, enable_cache=False, enable_step_logs=False)
def train(name: str) -> int:
    """Log until the end comes."""
    run = get_run()
    run.log_params({"of": name})
    for count in itertools.count(1):
        run.log({"loss": float(count - 1)})
        if (Path.home() / END).exists():
            break
        time.sleep(PAUSE)
    notes = Path.home() / "notes.txt"
    notes.write_text(f"all of {name}")
    run.log_artifact(notes, name="notes")
    run.add_tags("at-the-end")
    (Path.home() / LOGGED).write_text(str(count))
    if name == FAILS:
        raise ValueError("the data are bad")
    return count


@pipeline(enable_cache=False, execution_mode=ExecutionMode.CONTINUE_ON_FAILURE)
def training(steps: int) -> None:
    """All beside each other."""
    for name in names(steps):
        train.with_options(settings={"experiment_tracker": {"tags": [f"of-{name}"]}})(name, id=name)
