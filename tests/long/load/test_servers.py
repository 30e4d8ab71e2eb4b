"""A server that is killed and started again while many write to it gets all of it, once.

`RESTARTS=5 WRITERS=4 ROWS=10000` tries it as often, with so many writers, and so many rows of each.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.support.made import put
from tests.support.server import TOKEN, free_port, trackio_server
from zenml_trackers import connect
from zenml_trackers.delivery.place import VARIABLE
from zenml_trackers.testing import mlflow_serve

pytestmark = pytest.mark.slow

RESTARTS = int(os.environ.get("RESTARTS", "1"))
ROWS = int(os.environ.get("ROWS", "500"))
WRITERS = int(os.environ.get("WRITERS", "2"))
DOWN_AFTER = 6.0
"""Seconds after which a server is killed; a writer takes some to begin."""
CREDENTIALS = {"trackio": {"api_key": TOKEN}, "mlflow": {}}
WRITE = """
import sys, time
from zenml_trackers import connect
at = connect(sys.argv[1], project="busy", credentials={"api_key": sys.argv[4]} if sys.argv[4] else {})
with at.start_run(sys.argv[2], tags=["busy"], metadata={"seed": 7}) as run:
    run.log_params({"rate": 0.1})
    for number in range(int(sys.argv[3])):
        run.log({"m": number})
        time.sleep(float(sys.argv[5]))
"""


@contextmanager
def mlflow_server(folder: Path, port: int) -> Iterator[None]:
    put("mlflow", folder / "server" / mlflow_serve.FILE)
    process = mlflow_serve.start(folder / "server", port)
    try:
        yield
    finally:
        mlflow_serve.stop(process)


SERVERS: dict[str, Callable[[Path, int], AbstractContextManager[Any]]] = {
    "trackio": lambda folder, port: trackio_server(folder, port),
    "mlflow": mlflow_server,
}


@pytest.fixture(params=SERVERS)
def kind(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "journals"))
    return str(request.param)


def url_at(kind: str, port: int) -> str:
    return f"{kind}+http://127.0.0.1:{port}"


def writers(kind: str, port: int, seconds: float) -> list[subprocess.Popen[bytes]]:
    """Each writes for about so many seconds."""
    token = CREDENTIALS[kind].get("api_key", "")
    pause = str(seconds / ROWS)
    commands = [[WRITE, url_at(kind, port), f"r{number}", str(ROWS), token, pause] for number in range(WRITERS)]
    return [subprocess.Popen([sys.executable, "-c", *command]) for command in commands]


def deliver(kind: str) -> None:
    """As the command does, until nothing is left; the token is found where the library finds it."""
    token = {"TRACKIO_WRITE_TOKEN": TOKEN}
    command = [sys.executable, "-c", "from zenml_trackers.cli import main; main()", "deliver"]
    for _ in range(10):
        if subprocess.run(command, env={**os.environ, **token}).returncode == 0:
            return
    raise AssertionError("something is left")


def assert_all_there(kind: str, port: int) -> None:
    runs = list(connect(url_at(kind, port), project="busy", credentials=CREDENTIALS[kind]).read())
    assert sorted(run.name for run in runs) == [f"r{number}" for number in range(WRITERS)]
    for run in runs:
        assert [point.value for point in run.metrics] == list(range(ROWS))
        assert (run.status, run.params, run.metadata) == ("finished", {"rate": 0.1}, {"seed": 7})
        assert "busy" in run.tags


def test_one_that_is_killed_and_started_again_loses_nothing(kind: str, tmp_path: Path) -> None:
    port = free_port()
    processes: list[subprocess.Popen[bytes]] = []
    for number in range(RESTARTS + 1):
        with SERVERS[kind](tmp_path, port):
            processes = processes or writers(kind, port, seconds=DOWN_AFTER * (RESTARTS + 1))
            if number < RESTARTS:
                time.sleep(DOWN_AFTER)
                continue
            for process in processes:
                process.wait()
            deliver(kind)
            assert_all_there(kind, port)


def test_one_that_is_gone_and_back_after_the_writers_ended_loses_nothing(kind: str, tmp_path: Path) -> None:
    port = free_port()
    with SERVERS[kind](tmp_path, port):
        processes = writers(kind, port, seconds=DOWN_AFTER + 2)
        time.sleep(DOWN_AFTER)
    for process in processes:
        process.wait()
    with SERVERS[kind](tmp_path, port):
        deliver(kind)
        assert_all_there(kind, port)
    with suppress(FileNotFoundError):
        assert list((tmp_path / "journals").iterdir()) == []
