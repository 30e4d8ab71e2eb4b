"""MLflow gets each row once: what is given again, refused, in part, or of many runs at once."""

from __future__ import annotations

import logging
import math
import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.lossy import losing_answers
from tests.support.made import put
from tests.support.server import closed_port
from zenml_trackers import connect
from zenml_trackers.backends.mlflow.requests import Requests
from zenml_trackers.errors import Losses, TrackerUnreachable
from zenml_trackers.model.records import Artifact, Metrics, RunSpec, Status
from zenml_trackers.tracker import Tracker


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    return put("mlflow", tmp_path_factory.mktemp("mlflow") / "runs.db")


@pytest.fixture
def tracker(file: Path, project: str) -> Tracker:
    return connect(f"mlflow+sqlite:///{file}", project=project, strict=True, deadline=120)


def test_what_was_kept_in_part_is_not_there_until_it_is_kept_again(
    tracker: Tracker, project: str, tmp_path: Path
) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "f").write_text("whole")
    (tmp_path / "kept" / "gone").symlink_to("nowhere")
    record = Artifact(number=0, name="é" * 200, path=tmp_path / "kept")
    sink = tracker.backend.open(RunSpec(name="in part", project=project), None)
    sink.write([])
    with pytest.raises(TrackerUnreachable):
        sink.write([record])
    assert list(tracker.backend.attachments(sink.id, tmp_path)) == []
    (tmp_path / "kept" / "gone").unlink()
    again = tracker.backend.open(RunSpec(name="in part", project=project), tracker.backend.find(sink.id))
    again.write([record])
    [found] = tracker.backend.attachments(sink.id, tmp_path)
    assert isinstance(found, Artifact)
    assert (found.name, (found.path / "f").read_text()) == ("é" * 200, "whole")


def test_a_run_whose_status_alone_changes_stores_no_document_again(
    tracker: Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[list[str]] = []
    send = Requests._send

    def noted(self: Requests, items: Sequence[Any]) -> None:
        sent.append([type(item).__name__ for item in items])
        send(self, items)

    monkeypatch.setattr(Requests, "_send", noted)
    with tracker.start_run() as run:
        run.log({"m": 1.0})
    assert sent == [["Metric"]]
    [stored] = tracker.read()
    assert stored.status is Status.FINISHED


def test_rows_that_mlflow_refuses_cost_themselves(tracker: Tracker, project: str) -> None:
    spec = RunSpec(name="refused", project=project)
    rows = [Metrics(number=number, values={"m": number}, step=number) for number in range(50)]
    no_step: Any = "no step"
    bad = Metrics.model_construct(number=50, values={"m": 1, "n": 2}, step=no_step)
    sink = tracker.backend.open(spec, None)
    with pytest.raises(Losses) as losses:
        sink.write([*rows, bad, Metrics(number=51, values={"m": 51}, step=51)])
    assert (losses.value.rows, sink.stored()) == (1, 51)
    stored = tracker.backend.find(sink.id)
    assert stored is not None
    assert [point.value for point in stored.metrics] == [*range(50), 51]


@pytest.mark.slow
def test_many_runs_at_once_lose_nothing(tracker: Tracker) -> None:
    def step(number: int) -> None:
        with tracker.start_run(f"run-{number}") as run:
            for row in range(200):
                run.log({"m": row})

    threads = [threading.Thread(target=step, args=[number]) for number in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    runs = list(tracker.read())
    assert len(runs) == 32
    assert all([point.value for point in run.metrics] == list(range(200)) for run in runs)


def test_a_run_is_found_by_its_id_and_its_name(tracker: Tracker, project: str, tmp_path: Path) -> None:
    with tracker.start_run("found") as run:
        run.log({"m": 1})
    backend, spec = tracker.backend, RunSpec(name="found", project=project, resume="allow")
    assert backend.find(run.id) == backend.to_resume(spec) == next(tracker.read())
    assert backend.find("0" * 32) is None
    assert backend.find("no id of MLflow's") is None
    assert connect(tracker.backend.url, project="another").backend.find(run.id) is None
    assert backend.to_resume(RunSpec(name="other", project=project, resume="allow")) is None
    empty = connect(f"mlflow+sqlite:///{tmp_path}/none.db").backend
    assert empty.find(run.id) is empty.to_resume(spec) is None
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def port(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[int]:
    """That of a server, with the options of the fixture's parameter."""
    from zenml_trackers.testing import mlflow_serve
    from zenml_trackers.testing.trackio_show import free_port

    found = free_port()
    put("mlflow", tmp_path / "server" / mlflow_serve.FILE)
    process = mlflow_serve.start(tmp_path / "server", found, *getattr(request, "param", ()))
    yield found
    mlflow_serve.stop(process)


@pytest.mark.slow
@pytest.mark.parametrize("port", [("--allowed-hosts", "mlflow.example.com")], indirect=True)
def test_a_server_that_does_not_know_its_address_is_not_taken_for_one_that_refuses_the_credentials(port: int) -> None:
    with (
        pytest.raises(TrackerUnreachable, match=f"`--allowed-hosts 127.0.0.1:{port}`"),
        connect(f"mlflow+http://127.0.0.1:{port}/digits", strict=True).start_run(),
    ):
        pass


@pytest.mark.slow
def test_rows_whose_answers_are_lost_are_stored_once(port: int, project: str) -> None:
    with losing_answers(port, every=7) as (lossy, losing):
        tracker = connect(f"mlflow+http://127.0.0.1:{lossy}/{project}", deadline=60)
        with tracker.start_run() as run:
            losing.set()
            for row in range(1000):
                run.log({"m": row, "🦊": math.nan}, step=row if row % 2 else -row)
    [stored] = connect(f"mlflow+http://127.0.0.1:{port}/{project}", deadline=60).read()
    assert (stored.status, len(stored.metrics)) == (Status.FINISHED, 2000)
    assert [point.value for point in stored.metrics if point.name == "m"] == list(range(1000))


def test_a_server_that_is_away_is_told_of_in_one_line(project: str, caplog: pytest.LogCaptureFixture) -> None:
    """And not by a warning of urllib3 for each try."""
    with connect(f"mlflow+{closed_port()}", project=project, deadline=3).start_run("r") as run:
        run.log({"m": 1})
    [warning] = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert "can't be reached" in warning.getMessage()
    assert warning.name == "zenml_trackers"
