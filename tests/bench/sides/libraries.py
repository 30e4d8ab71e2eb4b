"""The libraries themselves, without ZenML and without us, as their documentation says."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.bench.sides import Body

PROJECT = "bench"
Log = Callable[[dict[str, float], int], Any]


@contextmanager
def bare(folder: Path, library: str, rows: int, all_in: bool) -> Iterator[Body]:
    """So many log calls to a library; with `all_in` a run from its start to its end, else the calls alone."""
    begin = LIBRARIES[library](folder)
    if all_in:

        def whole() -> None:
            log, end = begin()
            _log(log, rows)
            end()

        yield whole
    else:
        log, end = begin()
        yield lambda: _log(log, rows)
        end()


def _log(log: Log, rows: int) -> None:
    for row in range(rows):
        log({"loss": 0.5 * row, "accuracy": 0.25 * row}, row)


Begin = Callable[[], tuple[Log, Callable[[], Any]]]


def _trackio(folder: Path) -> Begin:
    os.environ["TRACKIO_DIR"] = str(folder / "trackio")
    import trackio

    def begin() -> tuple[Log, Callable[[], Any]]:
        trackio.init(project=PROJECT, name=uuid4().hex, auto_log_gpu=False)
        return lambda values, step: trackio.log(values), trackio.finish

    return begin


def _mlflow(folder: Path) -> Begin:
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{folder}/bare.db")
    mlflow.set_experiment(PROJECT)

    def begin() -> tuple[Log, Callable[[], Any]]:
        mlflow.start_run()
        return mlflow.log_metrics, mlflow.end_run

    return begin


def _wandb(folder: Path) -> Begin:
    os.environ.update(WANDB_ERROR_REPORTING="false", WANDB_SILENT="true", WANDB_CONFIG_DIR=str(folder / "config"))
    import wandb

    def begin() -> tuple[Log, Callable[[], Any]]:
        run = wandb.init(project=PROJECT, mode="offline", dir=folder)
        return lambda values, step: run.log(values), run.finish

    return begin


def _tensorboard(folder: Path) -> Begin:
    from tensorboardX import SummaryWriter

    def begin() -> tuple[Log, Callable[[], Any]]:
        writer = SummaryWriter(str(folder / uuid4().hex))

        def log(values: dict[str, float], step: int) -> None:
            for name, value in values.items():
                writer.add_scalar(name, value, step)

        return log, writer.close

    return begin


def _aim(folder: Path) -> Begin:
    import aim

    def begin() -> tuple[Log, Callable[[], Any]]:
        run = aim.Run(repo=str(folder), system_tracking_interval=None, capture_terminal_logs=False)

        def log(values: dict[str, float], step: int) -> None:
            for name, value in values.items():
                run.track(value, name=name, step=step)

        return log, run.close

    return begin


LIBRARIES = {"trackio": _trackio, "mlflow": _mlflow, "wandb": _wandb, "tensorboard": _tensorboard, "aim": _aim}
