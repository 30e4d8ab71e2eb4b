"""The same step code with ZenML's own flavors: what `get_run()` stores in the runs that they start.

No `from __future__ import annotations` here: ZenML below 0.90 reads the types of a step as they stand.
"""

import contextvars
import gc
import json
import logging
import os
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest
from tracker_contracts.harnesses import mlflow_database, wandb_file
from zenml import pipeline, step
from zenml.client import Client
from zenml.config.retry_config import StepRetryConfig
from zenml.enums import StackComponentType

from tests.support.pipelines import run, stack_with
from zenml_trackers import NoActiveRun, get_run
from zenml_trackers.delivery import active
from zenml_trackers.zenml.adopted import adoption

API_KEY = "0123456789abcdef" * 2 + "01234567"
"""Shaped like a key; nobody's."""

seen: dict[str, object] = {}


@step(experiment_tracker="tracker", enable_cache=False)
def trains(folder: str) -> None:
    get_run().log_params({"lr": 0.1, "model": {"depth": 3, "layers": [1, 2]}})
    get_run().add_tags("blue", ["green"])
    get_run().log({"loss": 0.5})
    get_run().log({"loss": 0.25, "accuracy": 0.75})
    get_run().log({"loss": 0.125}, step=7)
    get_run().log({"loss": 0.0625})
    get_run().log_artifact(Path(folder) / "notes.txt", name="notes")
    own = get_run()
    seen.update(backend=own.backend, id=own.id, name=own.name, project=own.project, url=own.url, same=own is get_run())


@step(experiment_tracker="tracker", enable_cache=False)
def fails() -> None:
    get_run().log({"loss": 0.5})
    raise ValueError("boom")


@step(experiment_tracker="tracker", enable_cache=False)
def shows() -> None:
    import PIL.Image

    get_run().log({"loss": 1})
    get_run().log_image("picture", PIL.Image.new("RGB", (2, 2), "red"))
    get_run().log_table("cells", ["n", "s"], [[1, "a"], [2, "b"]])
    get_run().log({"loss": 2})


tries: list[object] = []


@step(experiment_tracker="tracker", enable_cache=False, retry=StepRetryConfig(max_retries=2, delay=0))
def retried() -> None:
    tries.append(get_run())
    get_run().log({"loss": len(tries)})
    if len(tries) < 2:
        raise ValueError("first")


@step(experiment_tracker="tracker", enable_cache=False)
def threaded() -> None:
    held = []
    context = contextvars.copy_context()
    own = get_run()
    thread = threading.Thread(target=context.run, args=[lambda: held.append(get_run())])
    thread.start()
    thread.join()
    held[0].log({"loss": 1})
    seen.update(same=held == [own], id=own.id)


@step(experiment_tracker="tracker", enable_cache=False)
def refused() -> None:
    get_run().log_params({"lr": 0.1})
    get_run().log({"good": 2, "bad*name": 1})
    get_run().log({"bad*name": 1, "good": 2})
    get_run().log_params({"lr": 0.2, "other": 1})


@step(experiment_tracker="tracker", enable_cache=False)
def nests() -> None:
    import mlflow

    with mlflow.start_run(run_name="child", nested=True):
        get_run().log({"loss": 1})
    get_run().log({"loss": 2})


@step(experiment_tracker="tracker", enable_cache=False)
def ends_natively() -> None:
    import mlflow

    mlflow.end_run()
    try:
        get_run()
    except NoActiveRun as error:
        seen["said"] = str(error)


@step(experiment_tracker="tracker", enable_cache=False)
def mixes() -> None:
    import wandb

    get_run().add_tags("blue", "x" * 65)
    wandb.log({"own": 1})
    wandb.log({"own": 2})
    get_run().log({"loss": 3})
    get_run().log({"lost": 4}, step=0)


@step(experiment_tracker="tracker", enable_cache=False)
def loses_its_own() -> None:
    active.leave(get_run())
    try:
        get_run()
    except NoActiveRun as error:
        seen["said"] = str(error)


@step(enable_cache=False)
def untracked() -> None:
    try:
        get_run()
    except NoActiveRun as error:
        seen["said"] = str(error)


def _warnings(said: pytest.LogCaptureFixture) -> list[str]:
    """What this package warned of."""
    ours = [record for record in said.records if record.name == "zenml_trackers"]
    return [record.getMessage() for record in ours if record.levelno == logging.WARNING]


def _artifacts(folder: Path) -> list[str]:
    """The names of the artifacts in the logs of offline runs."""
    [log] = folder.glob("wandb/offline-run-*/run-*.wandb")
    requests = [record.request for record in wandb_file.records(log) if record.HasField("request")]
    logged = [record.artifact for record in wandb_file.records(log) if record.HasField("artifact")]
    return [
        artifact.name for artifact in (*logged, *(each.log_artifact.artifact for each in requests)) if artifact.name
    ]


def _comet_messages(archive: Path) -> dict[str, list[dict]]:
    """What an offline experiment logged, by kind."""
    told: dict[str, list[dict]] = {}
    with zipfile.ZipFile(archive) as files:
        for line in files.read("messages.json").decode().splitlines():
            message = json.loads(line)
            told.setdefault(message["type"], []).append(message["payload"])
    return told


def _stack(flavor: str, **config: object) -> None:
    client = Client()
    client.create_stack_component("tracker", flavor, StackComponentType.EXPERIMENT_TRACKER, config)
    parts = {
        StackComponentType.ORCHESTRATOR: "default",
        StackComponentType.ARTIFACT_STORE: "default",
        StackComponentType.EXPERIMENT_TRACKER: "tracker",
    }
    client.create_stack("adopting", parts)
    client.activate_stack("adopting")


def _run(called, **arguments):
    @pipeline(name="adopting")
    def one():
        called(**arguments)

    return run(one)


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("kept")
    seen.clear()
    tries.clear()


@pytest.fixture
def mlflow_file(zenml_store, tmp_path):
    """The database of a stack with ZenML's own component."""
    before = dict(os.environ)
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    file = tmp_path / "mlflow.db"
    _stack("mlflow", tracking_uri=f"sqlite:///{file}", experiment_name="digits")
    yield file
    for name in {name for name in os.environ if "MLFLOW" in name} - set(before):  # which the flavor leaves behind
        del os.environ[name]


@pytest.fixture
def wandb_folder(zenml_store, tmp_path, monkeypatch):
    """The folder of offline runs of a stack with ZenML's own component."""
    import wandb

    for name, value in (("WANDB_MODE", "offline"), ("WANDB_ERROR_REPORTING", "false")):
        monkeypatch.setenv(name, value)
    settings = {"root_dir": str(tmp_path), "x_disable_stats": True}
    _stack("wandb", api_key=API_KEY, project_name="digits", settings=settings)
    hook = sys.excepthook
    wandb.teardown()  # it reads the environment once, when it starts
    yield tmp_path
    wandb.teardown()
    sys.excepthook = hook  # W&B puts its own there, and leaves it


def _series(observed, name):
    return [(point.step, point.value) for point in observed.metrics if point.name == name]


LOSS = [(0, 0.5), (1, 0.25), (7, 0.125), (8, 0.0625)]


@pytest.mark.slow
class TestMlflow:
    def test_the_step_code_is_stored_in_the_flavors_run(self, mlflow_file, tmp_path):
        finished = _run(trains, folder=str(tmp_path))
        [observed] = mlflow_database.observed(mlflow_file, "digits")
        assert observed.id == finished.steps["trains"].run_metadata["mlflow_run_id"]
        assert (observed.state, _series(observed, "loss")) == ("finished", LOSS)
        assert _series(observed, "accuracy") == [(1, 0.75)]
        assert observed.params == {"lr": "0.1", "model.depth": "3", "model.layers": "[1, 2]"}
        assert "'blue': ''" in observed.everything
        assert "'green': ''" in observed.everything
        assert [file.read_text() for file in tmp_path.rglob("artifacts/notes")] == ["kept"]
        whose = {"backend": "mlflow", "id": observed.id, "name": finished.name, "project": "digits", "url": None}
        assert seen == {**whose, "same": True}

    def test_the_flavor_says_how_the_run_ended(self, mlflow_file):
        _run(fails)
        [observed] = mlflow_database.observed(mlflow_file, "digits")
        assert (observed.state, _series(observed, "loss")) == ("failed", [(0, 0.5)])

    def test_pictures_and_tables_use_up_no_step(self, mlflow_file, tmp_path):
        _run(shows)
        [observed] = mlflow_database.observed(mlflow_file, "digits")
        assert _series(observed, "loss") == [(0, 1), (1, 2)]
        [table] = tmp_path.rglob("artifacts/tables/cells/0.json")
        assert json.loads(table.read_text()) == {"columns": ["n", "s"], "data": [[1, "a"], [2, "b"]]}
        assert len(list(tmp_path.rglob("artifacts/images/picture*step*0*.png"))) == 1

    def test_what_mlflow_refuses_is_named_once_and_takes_nothing_with_it(self, mlflow_file, said):
        _run(refused)
        [observed] = mlflow_database.observed(mlflow_file, "digits")
        assert (observed.state, observed.params) == ("finished", {"lr": "0.1", "other": "1"})
        assert [(point.name, point.value) for point in observed.metrics] == [("good", 2), ("good", 2)]
        warnings = _warnings(said)
        assert [("'bad*name'" in told, "'lr'" in told) for told in warnings] == [(True, False), (False, True)]

    def test_a_nested_run_of_the_steps_own_is_left_alone(self, mlflow_file):
        _run(nests)
        by_name = {observed.name: observed for observed in mlflow_database.observed(mlflow_file, "digits")}
        assert _series(by_name.pop("child"), "loss") == []
        [outer] = by_name.values()
        assert _series(outer, "loss") == [(0, 1), (1, 2)]

    def test_a_thread_with_the_steps_context_has_the_same_run_and_none_is_kept(self, mlflow_file):
        _run(threaded)
        assert seen.pop("same") is True
        gc.collect()
        assert not [run for run in adoption._runs.values() if run.id == seen["id"]]

    def test_each_attempt_has_a_run_of_its_own(self, mlflow_file):
        _run(retried)
        assert len(tries) == 2
        assert tries[0] is not tries[1]

    def test_without_an_open_run_the_step_is_told_why(self, mlflow_file):
        _run(ends_natively)
        assert "the step's own code may have ended it" in str(seen["said"])


class TestWandb:
    @pytest.mark.slow
    def test_the_step_code_is_stored_in_the_flavors_run(self, wandb_folder):
        finished = _run(trains, folder=str(wandb_folder))
        [observed] = wandb_file.settled(wandb_folder)
        assert (observed.state, _series(observed, "loss")) == ("finished", LOSS)
        assert _series(observed, "accuracy") == [(1, 0.75)]
        assert observed.params["lr"] == 0.1
        assert observed.params["model"] == {"depth": 3, "layers": [1, 2]}
        assert {"blue", "green", "adopting"} <= set(observed.tags)
        whose = {"backend": "wandb", "id": observed.id, "project": "digits", "url": None, "same": True}
        assert seen == {**whose, "name": f"{finished.name}_trains"}
        assert _artifacts(wandb_folder) == ["notes"]

    def test_the_flavor_says_how_the_run_ended(self, wandb_folder):
        _run(fails)
        [observed] = wandb_file.settled(wandb_folder)
        assert (observed.state, _series(observed, "loss")) == ("failed", [(0, 0.5)])

    def test_pictures_and_tables_use_up_no_step(self, wandb_folder):
        _run(shows)
        [observed] = wandb_file.settled(wandb_folder)
        assert _series(observed, "loss") == [(0, 1), (1, 2)]
        assert len(list(wandb_folder.rglob("media/images/picture*.png"))) == 1
        assert len(list(wandb_folder.rglob("media/table/cells*.json"))) == 1

    def test_its_own_calls_share_the_steps_and_a_lower_one_is_refused_by_name(self, wandb_folder, said):
        _run(mixes)
        [observed] = wandb_file.settled(wandb_folder)
        assert _series(observed, "own") == [(0, 1), (1, 2)]
        assert _series(observed, "loss") == [(2, 3)]
        assert "blue" in observed.tags
        long_tag, low_step = _warnings(said)
        assert "tag 'xx" in long_tag
        assert "lost at step 0" in low_step


class TestComet:
    """ZenML's class makes an online experiment, for which Comet wants its server: here it makes an offline one."""

    @pytest.mark.slow
    def test_the_step_code_is_stored_in_the_flavors_run(self, zenml_store, tmp_path, monkeypatch):
        import comet_ml
        from zenml.integrations.comet.experiment_trackers import comet_experiment_tracker

        monkeypatch.setenv("COMET_ERROR_TRACKING_ENABLE", "false")
        monkeypatch.setattr(comet_experiment_tracker, "Experiment", comet_ml.OfflineExperiment)
        quiet = {"log_code": False, "log_env_details": False, "log_git_metadata": False, "log_git_patch": False}
        settings = {**quiet, "offline_directory": str(tmp_path / "comet")}
        _stack("comet", api_key=API_KEY, workspace="w", project_name="digits", settings=settings)
        finished = _run(trains, folder=str(tmp_path))
        [archive] = (tmp_path / "comet").glob("*.zip")
        told = _comet_messages(archive)
        logged = [message["metric"] for message in told["metric_msg"]]
        loss = [(each["step"], each["metricValue"]) for each in logged if each["metricName"] == "loss"]
        assert loss == LOSS
        given = [message.get("param") or message["params"] for message in told["parameter_msg"]]
        params = {each["paramName"]: each["paramValue"] for each in given}
        assert params["lr"] == 0.1
        assert params["model|depth"] == 3
        assert [each["additional_params"]["fileName"] for each in told["file_upload"]].count("notes") == 1
        with zipfile.ZipFile(archive) as files:
            assert {"blue", "green"} <= set(json.loads(files.read("experiment.json"))["tags"])
        whose = {"backend": "comet", "id": archive.stem, "project": "digits", "url": None, "same": True}
        assert seen == {**whose, "name": f"{finished.name}_trains"}


class TestNeptune:
    """Its service is closed, and ZenML's class knows no offline mode: the library alone is tried."""

    @pytest.mark.slow
    def test_the_same_calls_are_stored_in_an_offline_run(self, tmp_path):
        neptune = pytest.importorskip("neptune")
        from zenml_trackers.losses import Redactor, Reporter
        from zenml_trackers.run import Run
        from zenml_trackers.zenml.adopted.neptune import NeptuneSink

        native = neptune.init_run(mode="offline", project="a/b", capture_hardware_metrics=False, git_ref=False)
        sink = NeptuneSink(native, "one", "a/b")
        reporter = Reporter("test", Redactor(), strict=True)
        own = Run("neptune", "a/b", sink, reporter)
        own.log({"loss": 0.5})
        own.log({"loss": 0.25})
        own.log_params({"model": {"depth": 3, "layers": [1, 2]}})
        own.add_tags("blue")
        own.log_artifact(tmp_path / "notes.txt", name="notes")
        own.log_table("cells", ["n"], [[1]])
        native.stop()
        stored = "".join(file.read_text() for file in tmp_path.rglob("data-1.log"))
        for part in ('"loss"', "0.25", '"depth"', '"blue"', '"notes"', '"cells"'):
            assert part in stored
        assert own.url is None


class TestWhereThereIsNothingToAdopt:
    def test_another_tracker_is_named_with_those_that_can_be(self, zenml_store):
        stack_with()
        _run(loses_its_own)
        said = str(seen["said"])
        assert "'tracker' is of the flavor 'trackio'" in said
        assert "comet, mlflow, neptune, vertex, wandb" in said

    def test_a_step_without_a_tracker_gets_the_advice(self, zenml_store):
        _run(untracked)
        assert "names its tracker" in str(seen["said"])

    def test_outside_of_zenml_it_is_not_even_loaded(self):
        script = """
import sys, zenml_trackers
try:
    zenml_trackers.get_run()
except zenml_trackers.NoActiveRun:
    print(sorted({"zenml", "mlflow", "wandb", "comet_ml"} & sys.modules.keys()))
"""
        variables = {**os.environ, "ZENML_TRACKERS_OVERRIDE": "off"}
        done = subprocess.run([sys.executable, "-c", script], env=variables, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "[]"
