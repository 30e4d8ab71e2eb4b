"""The calls of MLflow that training libraries make, in tracked runs and in steps of ZenML.

No `from __future__ import annotations` here: ZenML below 0.90 reads the types of a step as they stand.
"""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from zenml import pipeline, step

from tests.support.made import put
from tests.support.pipelines import run, unified_stack_with
from zenml_trackers import connect, get_run
from zenml_trackers.model.records import Status
from zenml_trackers.model.stored import StoredRun


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A file of MLflow's; what would reach no run shows up in the working directory."""
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    monkeypatch.chdir(tmp_path)
    return f"mlflow+sqlite:///{put('mlflow', tmp_path / 'runs.db')}"


def accelerate(name: str = "their name") -> Any:
    """Find or make an experiment, start a run in it, and log params and metrics."""
    import mlflow

    found = mlflow.search_experiments(filter_string="name = 'their experiment'")
    experiment = found[0].experiment_id if found else mlflow.create_experiment("their experiment")
    begun = mlflow.start_run(
        run_id=os.environ.get("MLFLOW_RUN_ID"), experiment_id=experiment, run_name=name, nested=False, tags={"k": "v"}
    )
    mlflow.log_params({"lr": 0.1})
    mlflow.log_metrics({"loss": 0.5}, step=3)
    mlflow.end_run()
    return begun


def lightning(run_id: str | None = None) -> str:
    """Log through a client alone, at the address of the variable, and end the run."""
    import mlflow
    from mlflow.entities import Metric
    from mlflow.tracking.context.registry import resolve_tags

    address = os.environ["MLFLOW_TRACKING_URI"]
    client = mlflow.MlflowClient(address)
    mlflow.set_tracking_uri(address)
    if run_id is None:
        experiment = client.create_experiment("lightning_logs")
        run_id = client.create_run(experiment, tags=resolve_tags({})).info.run_id
    client.log_batch(run_id, metrics=[Metric("loss", 0.25, int(time.time() * 1000), 7)])
    client.set_terminated(run_id, "FINISHED")
    return run_id


def transformers(loss: float) -> None:
    """Begin a run unless there is one, and log many params, which are others for each trainer."""
    import mlflow

    starts = mlflow.active_run() is None or "MLFLOW_RUN_ID" in os.environ
    if starts:
        mlflow.set_experiment("their experiment")
        mlflow.start_run(run_name="their name", nested=False)
    mlflow.log_params({"epochs": loss, "lr": 0.1})
    mlflow.log_metrics({"loss": loss}, step=1)
    if starts:
        mlflow.end_run()


def sklearn() -> None:
    """Have MLflow log what is fitted by itself."""
    import mlflow
    from sklearn.linear_model import LogisticRegression

    mlflow.sklearn.autolog(log_models=False, log_datasets=False, silent=True)
    try:
        LogisticRegression(C=0.5).fit([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])
    finally:
        mlflow.sklearn.autolog(disable=True)


@step(experiment_tracker="tracker", enable_cache=False)
def scripts() -> None:
    import mlflow

    get_run().log({"ours": 1})
    with mlflow.start_run(run_name="a script's"):
        mlflow.log_metric("script", 1)
    accelerate()
    transformers(0.5)
    sklearn()


@step(experiment_tracker="tracker", enable_cache=False)
def failing() -> None:
    import mlflow

    with mlflow.start_run(run_name="a script's"):
        mlflow.log_metric("script", 1)
        raise ValueError("no luck")


def _stored(url: str, project: str) -> list[StoredRun]:
    return list(connect(url, project=project).read())


@pytest.mark.slow
@pytest.mark.usefixtures("zenml_store")
def test_scripts_run_unchanged_in_steps(url: str, project: str) -> None:
    unified_stack_with(url=url, project=project, deadline=120)
    before = {name: value for name, value in os.environ.items() if name.startswith("MLFLOW_")}

    @pipeline(name="native")
    def steps() -> None:
        scripts(id="scripts")
        failing(id="failing")

    done = run(steps)
    assert {name: str(each.status) for name, each in done.steps.items()} == {
        "scripts": "completed",
        "failing": "failed",
    }
    good, bad = sorted(_stored(url, project), key=lambda stored: stored.status is Status.FAILED)
    assert {"ours", "script", "loss", "training_score"} <= {point.name for point in good.metrics}
    assert (good.params["lr"], good.params["C"], good.status) == ("0.1", "0.5", Status.FINISHED)
    assert ([point.name for point in bad.metrics], bad.error and bad.error.type) == (["script"], "ValueError")
    assert {name: value for name, value in os.environ.items() if name.startswith("MLFLOW_")} == before


def test_accelerate_joins_the_run(url: str, project: str, said: pytest.LogCaptureFixture) -> None:
    with connect(url, project=project, strict=True, deadline=120).start_run("ours") as ours:
        assert accelerate().info.run_id == ours.id
    [stored] = _stored(url, project)
    assert (stored.name, stored.params, stored.metadata) == ("ours", {"lr": "0.1"}, {"k": "v"})
    assert [(point.name, point.step, point.value) for point in stored.metrics] == [("loss", 3, 0.5)]
    assert "the name 'their name'" in said.text


@pytest.mark.parametrize("joins", [True, False])
def test_lightning_writes_to_the_same_store(url: str, project: str, joins: bool) -> None:
    import mlflow

    with connect(url, project=project, strict=True, deadline=120).start_run("ours") as ours:
        run_id = lightning(ours.id if joins else None)
        assert mlflow.get_run(run_id).info.status == ("RUNNING" if joins else "FINISHED")
    [stored] = _stored(url, project)
    [own] = [stored] if joins else _stored(url, "lightning_logs")
    assert ([(point.step, point.value) for point in own.metrics], own.id) == ([(7, 0.25)], run_id)
    assert (stored.name, stored.status) == ("ours", Status.FINISHED)


@pytest.mark.slow
def test_a_second_trainer_with_other_params_does_not_fail(
    url: str, project: str, said: pytest.LogCaptureFixture
) -> None:
    import mlflow

    with connect(url, project=project, strict=True, deadline=120).start_run("ours"):
        transformers(1.0)
        transformers(2.0)
        mlflow.log_param("lr", 0.2)
    [stored] = _stored(url, project)
    assert [point.value for point in stored.metrics] == [1.0, 2.0]
    assert stored.params == {"epochs": "1.0", "lr": "0.1"}
    assert "the param 'epochs=2.0'" in said.text
    assert "the param 'lr=0.2'" in said.text
