"""MLflow through `connect(url)`, with the real library on a real file and a real server."""

from __future__ import annotations

import math
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from socket import create_server
from typing import Any

import numpy
import PIL.Image
import pytest

from tests.support.made import put
from zenml_trackers import TrackerError, connect
from zenml_trackers.errors import InvalidProject, InvalidSettings, InvalidUrl, TokenRefused, TrackerUnreachable
from zenml_trackers.model.records import Artifact, Image, Status, Table
from zenml_trackers.model.stored import StoredRun
from zenml_trackers.tracker import Tracker

HOSTILE = [
    "🦊 naïve",
    "a/b",
    "a//b",
    "../up",
    ".",
    "",
    "a%2Fb",
    "mlflow.runName",
    "zenml.step",
    "line\nbreak",
    "x" * 300,
]
ADMIN, PASSWORD = "admin", "a-password-for-tests"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    return put("mlflow", tmp_path_factory.mktemp("mlflow") / "runs.db")


@pytest.fixture
def tracker(file: Path, project: str) -> Tracker:
    return connect(f"mlflow+sqlite:///{file}", project=project, strict=True, deadline=120)


def _only(tracker: Tracker) -> StoredRun:
    [run] = tracker.read()
    return run


def _rows(file: Path, rows: str, run_id: str) -> dict[str, Any]:
    with closing(sqlite3.connect(file)) as database:
        return dict(database.execute(rows, [run_id]).fetchall())


@pytest.mark.slow
def test_hostile_names_and_values_come_back_as_given(tracker: Tracker) -> None:
    params = {
        "nested": {name: name for name in HOSTILE},
        "list": [1, [None, 1.5]],
        "_own": True,
        **dict.fromkeys(HOSTILE, 1),
    }
    with tracker.start_run("a/b 🦊" * 50, tags=filter(None, HOSTILE), metadata={"m": params}) as run:
        run.log({name: number for number, name in enumerate(HOSTILE)})
        run.log_params(params)
    stored = _only(tracker)
    assert (stored.name, stored.status, stored.error) == ("a/b 🦊" * 50, Status.FINISHED, None)
    assert stored.tags == set(filter(None, HOSTILE))
    assert (stored.params, stored.metadata) == (params, {"m": params})
    assert {point.name: point.value for point in stored.metrics} == {name: i for i, name in enumerate(HOSTILE)}


def test_values_keep_step_order_and_bits(tracker: Tracker) -> None:
    values = [math.inf, -math.inf, sys.float_info.max, -sys.float_info.max, 5e-324, 0.1, 3.0, 3.0]
    with tracker.start_run() as run:
        for value in values:
            run.log({"m": value}, step=7)
        run.log({"m": math.nan})
    *stored, last = _only(tracker).metrics
    assert [(point.step, point.value) for point in stored] == [(7, value) for value in values]
    assert (last.step, math.isnan(last.value)) == (8, True)


def test_mlflows_own_places_show_the_run(tracker: Tracker, file: Path) -> None:
    with (
        suppress(ValueError),
        tracker.start_run("shown", tags=["good", "mlflow.note"], metadata={"team": {"size": 3}}) as run,
    ):
        run.log_params({"lr": 0.1, "model": {"depth": 3}})
        while not _rows(file, "SELECT key, value FROM params WHERE run_uuid = ?", run.id):
            time.sleep(0.01)
        run.log_params({"lr": 0.2})  # MLflow keeps the first that was stored
        raise ValueError("no luck")
    tags = _rows(file, "SELECT key, value FROM tags WHERE run_uuid = ?", run.id)
    assert _rows(file, "SELECT run_uuid, status FROM runs WHERE run_uuid = ?", run.id) == {run.id: "FAILED"}
    assert _rows(file, "SELECT key, value FROM params WHERE run_uuid = ?", run.id) == {"lr": "0.1", "model.depth": "3"}
    assert (tags["good"], tags["zenml.metadata.team.size"], tags["mlflow.runName"]) == ("", "3", "shown")
    assert (tags["zenml.error_type"], tags["zenml.error_message"]) == ("ValueError", "no luck")
    assert "mlflow.note" in tags.values()
    assert _only(tracker).params == {"lr": 0.2, "model": {"depth": 3}}


def test_a_long_document_that_grows_and_shrinks(tracker: Tracker) -> None:
    with tracker.start_run() as run:
        run.log_params({"text": "ö" * 20_000, "gone": {"a": 1}})
    with tracker.start_run(run.name, resume="must") as run:
        run.log_params({"text": "short", "gone": 2})
    assert _only(tracker).params == {"text": "short", "gone": 2}


def test_what_was_kept_comes_back(tracker: Tracker, tmp_path: Path) -> None:
    pixels = numpy.arange(30, dtype=numpy.uint8).reshape(2, 5, 3)
    (tmp_path / "kept" / "in").mkdir(parents=True)
    (tmp_path / "kept" / "in" / "f").write_bytes(b"\r\n\0")
    with tracker.start_run() as run:
        run.log_artifact(tmp_path / "kept" / "in" / "f", "we/ird 🦊")
        run.log_artifact(tmp_path / "kept", "images")
        run.log_image("🦊/fox", pixels, step=3)
        run.log_table("t", ["a", "b"], [[1, 1 / 3], [None, "x"]])
    image, table, *artifacts = tracker.backend.attachments(run.id, tmp_path / "fetched")
    assert isinstance(image, Image)
    assert (image.name, image.step) == ("🦊/fox", 3)
    assert PIL.Image.open(image.image).tobytes() == pixels.tobytes()
    assert table == Table(name="t", columns=("a", "b"), rows=((1, 1 / 3), (None, "x")), step=0)
    paths = {each.name: each.path for each in artifacts if isinstance(each, Artifact)}
    assert paths.keys() == {"we/ird 🦊", "images"}
    assert paths["we/ird 🦊"].read_bytes() == (paths["images"] / "in" / "f").read_bytes() == b"\r\n\0"


def test_mlflows_own_calls_reach_the_run_and_do_not_end_it(tracker: Tracker, file: Path) -> None:
    import mlflow

    with tracker.start_run() as run:
        mlflow.log_metric("own", 1, step=5)
        mlflow.log_param("p", 1)
        mlflow.set_tags({"key": "value", "label": ""})
        mlflow.end_run("FAILED")
        assert mlflow.active_run() is None
        with mlflow.start_run(run_name="trainer") as joined:
            mlflow.log_text("hello", "own.txt")
        assert joined.info.run_id == run.id
        assert _rows(file, "SELECT run_uuid, status FROM runs WHERE run_uuid = ?", run.id) == {run.id: "RUNNING"}
    stored = _only(tracker)
    assert mlflow.active_run() is None
    assert [(point.name, point.step, point.value) for point in stored.metrics] == [("own", 5, 1)]
    assert (stored.params, stored.metadata, stored.tags) == ({"p": "1"}, {"key": "value"}, {"label"})
    assert [each.name for each in tracker.backend.attachments(run.id, file.parent) if isinstance(each, Artifact)] == [
        "own.txt"
    ]


@pytest.mark.slow
def test_a_nested_run_is_a_run_of_the_same_experiment(tracker: Tracker) -> None:
    import mlflow

    with tracker.start_run("parent"):
        with mlflow.start_run(run_name="child", nested=True):
            mlflow.log_metric("m", 1)
        mlflow.log_metric("m", 2)
    assert [(run.name, run.metrics[0].value, run.status) for run in tracker.read()] == [
        ("parent", 2, Status.FINISHED),
        ("child", 1, Status.FINISHED),
    ]


def test_threads_keep_to_their_own_run(tracker: Tracker) -> None:
    import mlflow

    barrier = threading.Barrier(2, timeout=60)

    def step(number: int) -> None:
        with tracker.start_run(f"run-{number}"):
            barrier.wait()
            mlflow.log_metric("m", number)
            barrier.wait()

    threads = [threading.Thread(target=step, args=[number]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {run.name: [point.value for point in run.metrics] for run in tracker.read()} == {"run-0": [0], "run-1": [1]}


def test_a_run_of_mlflow_alone_is_read_as_far_as_it_goes(tracker: Tracker, file: Path, project: str) -> None:
    import mlflow

    client = mlflow.MlflowClient(f"sqlite:///{file}")
    with tracker.start_run("makes the experiment"):
        pass
    experiment = client.get_experiment_by_name(project)
    made = client.create_run(experiment.experiment_id, run_name="alone", tags={"team": "nlp"})
    client.log_param(made.info.run_id, "lr", 0.1)
    client.log_metric(made.info.run_id, "m", math.inf)
    client.set_terminated(made.info.run_id, "KILLED")
    run = list(tracker.read())[-1]
    assert (run.name, run.status, run.params, run.metadata) == ("alone", Status.FAILED, {"lr": "0.1"}, {"team": "nlp"})
    assert [point.value for point in run.metrics] == [math.inf]


def test_mlflow_is_as_before_when_the_run_is_over(tracker: Tracker) -> None:
    from mlflow.tracking._tracking_service import utils

    before = utils.get_tracking_uri, utils._tracking_store_registry.get_store, dict(os.environ)
    with tracker.start_run():
        assert utils.get_tracking_uri is not before[0]
    assert (utils.get_tracking_uri, utils._tracking_store_registry.get_store, dict(os.environ)) == before


@pytest.mark.slow
def test_importing_mlflow_leaves_no_variable(file: Path) -> None:
    code = f"""
import os
from zenml_trackers import connect
tracker, before = connect("mlflow+sqlite:///{file}", strict=True, deadline=120), dict(os.environ)
with tracker.start_run():
    pass
assert dict(os.environ) == before, set(os.environ) - set(before)
"""
    left = ("MLFLOW_", "_MLFLOW_", "_RJEM_")  # by what this process imported
    variables = {name: value for name, value in os.environ.items() if not name.startswith(left)}
    subprocess.run([sys.executable, "-c", code], env=variables, check=True)


def test_check_leaves_nothing_behind(tmp_path: Path) -> None:
    url = f"mlflow+sqlite:///{tmp_path}/new/mlflow.db"
    assert str(tmp_path) in connect(url).check()
    assert list(connect(url).read()) == []
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("no database, but text that is long enough to be looked at" * 10)
    with pytest.raises(TrackerUnreachable, match=r"x\.db"):
        connect(f"mlflow+sqlite:///{tmp_path}/x.db").check()


def test_a_deleted_experiment_is_named(tracker: Tracker, file: Path, project: str) -> None:
    import mlflow

    with tracker.start_run():
        pass
    client = mlflow.MlflowClient(f"sqlite:///{file}")
    client.delete_experiment(client.get_experiment_by_name(project).experiment_id)
    with pytest.raises(InvalidProject, match="restore"), tracker.start_run():
        pass


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mlflow://host/x", "mlflow+http://host"),
        ("mlflow+ftp://host/x", "mlflow+sqlite://"),
        ("mlflow+sqlite:///", "names no file"),
        ("mlflow+sqlite://host/x.db", "names no file"),
        ("mlflow+http:///x", "names no server"),
        ("mlflow+http://host/x?verify=no", "unknown option"),
    ],
)
def test_a_wrong_url_says_what_is_right(url: str, says: str) -> None:
    with pytest.raises(InvalidUrl, match=says.replace("+", r"\+")):
        connect(url)


def test_half_of_a_login_is_refused() -> None:
    with pytest.raises(InvalidSettings, match="together"):
        connect("mlflow+http://host/x", credentials={"username": "me"})


@pytest.mark.slow
def test_the_show_command_and_the_file_of_the_url(tmp_path: Path) -> None:
    tracker = connect(f"mlflow+sqlite:///{tmp_path}/my%20runs.db", strict=True, deadline=120)
    with tracker.start_run() as run:
        assert run.show_command == f"mlflow ui --backend-store-uri 'sqlite:///{tmp_path}/my runs.db'"
    assert (tmp_path / "my runs.db").exists()


@pytest.mark.parametrize("silent", [True, False])
def test_a_server_that_is_away_is_named_in_time(silent: bool) -> None:
    with closing(create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1] if silent else 9
        tracker = connect(
            f"mlflow+http://127.0.0.1:{port}/x", strict=True, deadline=4, credentials={"api_key": "token-1"}
        )
        with pytest.raises(TrackerUnreachable), tracker.start_run():
            pass


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that asks who one is."""
    from zenml_trackers.testing import mlflow_serve
    from zenml_trackers.testing.trackio_show import free_port

    folder, port = tmp_path_factory.mktemp("guarded"), free_port()
    auth = folder / "auth.ini"
    auth.write_text(
        f"[mlflow]\ndefault_permission = NO_PERMISSIONS\ndatabase_uri = sqlite:///{folder}/auth.db\n"
        f"admin_username = {ADMIN}\nadmin_password = {PASSWORD}\n"
        "authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n"
    )
    variables = {"MLFLOW_AUTH_CONFIG_PATH": str(auth), "MLFLOW_FLASK_SERVER_SECRET_KEY": "of-these-tests"}
    put("mlflow", folder / "server" / mlflow_serve.FILE)
    process = mlflow_serve.start(folder / "server", port, "--app-name", "basic-auth", **variables)
    yield f"mlflow+http://127.0.0.1:{port}"
    mlflow_serve.stop(process)


@pytest.mark.slow
def test_credentials_reach_the_server_and_nothing_else(guarded: str, project: str, tmp_path: Path) -> None:
    import mlflow

    credentials = {"username": ADMIN, "password": PASSWORD}
    tracker = connect(f"{guarded}/{project}", strict=True, deadline=60, credentials=credentials)
    (tmp_path / "f").write_text("kept")
    before = dict(os.environ)
    with tracker.start_run(tags=["t"]) as run:
        run.log({"m": 1})
        run.log_artifact(tmp_path / "f")
        mlflow.log_metric("own", 2)
        mlflow.log_text("hello", "own.txt")
        assert PASSWORD not in str(dict(os.environ))
    assert dict(os.environ) == before
    stored = _only(tracker)
    assert {point.name: point.value for point in stored.metrics} == {"m": 1, "own": 2}
    assert stored.url == run.url
    assert stored.started is not None
    assert stored.ended is not None
    assert stored.started <= stored.ended
    assert project in tracker.backend.projects()
    kept = {
        each.name: each.path.read_text()
        for each in tracker.backend.attachments(run.id, tmp_path)
        if isinstance(each, Artifact)
    }
    assert kept == {"f": "kept", "own.txt": "hello"}
    assert project in tracker.check()


@pytest.mark.slow
@pytest.mark.parametrize(
    "credentials", [{}, {"username": ADMIN, "password": "wrong-password"}, {"api_key": "no-token"}]
)
def test_wrong_credentials_are_named_and_not_shown(guarded: str, project: str, credentials: dict[str, str]) -> None:
    tracker = connect(f"{guarded}/{project}", strict=True, deadline=60, credentials=credentials)
    with pytest.raises(TokenRefused, match="refused the credentials") as refusal, tracker.start_run():
        pass
    assert not [value for value in credentials.values() if value in str(refusal.value)]
    with pytest.raises(TrackerError):
        tracker.check()
