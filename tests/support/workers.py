"""What child processes of a step do in tests; spawned ones import it."""

from __future__ import annotations

import os
from typing import Any

from zenml_trackers import Run, UnsupportedFeature, get_run


def log_number(number: int) -> int:
    """One row; the process that logged it."""
    get_run().log({"number": number})
    return os.getpid()


def log_to(given: tuple[Run, int]) -> int:
    """As `log_number`, into a run that was passed."""
    run, number = given
    run.log({"number": number})
    return os.getpid()


def log_rows(given: tuple[str, int]) -> None:
    """So many rows in a row, without a metric step."""
    name, rows = given
    run = get_run()
    for number in range(rows):
        run.log({name: number})


def log_of_all_kinds(folder: Any) -> None:
    """One of each, and what is known of the run in this process."""
    import numpy

    run = get_run()
    run.log({"m": 1}, step=5)
    run.log({"m": 2})
    run.log_params({"worker": {"n": 1}})
    run.add_tags("worker")
    run.log_artifact(folder / "file.txt")
    run.log_image("picture", numpy.zeros((4, 4, 3), dtype=numpy.uint8))
    run.log_table("cells", ["a"], [[1]])
    run.alert("hot")


def use_artifacts(file: Any) -> str:
    """Why it can't use one, though it logs one."""
    run = get_run()
    run.log_artifact(file, type="model", aliases=["of a child"])
    try:
        run.use_artifact("a")
    except UnsupportedFeature as error:
        return str(error)
    return ""
