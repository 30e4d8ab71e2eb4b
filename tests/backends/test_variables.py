"""The trackers' own variables mean what they mean there, where a URL says nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from zenml import pipeline, step

from tests.support import pipelines
from tests.support.made import put
from zenml_trackers import connect, get_run
from zenml_trackers.backends.mlflow.backend import MlflowBackend
from zenml_trackers.errors import InvalidUrl
from zenml_trackers.model.stored import StoredRun
from zenml_trackers.tracker import Tracker


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    monkeypatch.setenv("WANDB_ERROR_REPORTING", "false")
    monkeypatch.setenv("COMET_ERROR_TRACKING_ENABLE", "false")
    for name in ("WANDB_DATA_DIR", "WANDB_CONFIG_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))


def _at(url: str) -> Tracker:
    return connect(url, project="digits", strict=True, deadline=120)


def _logged(tracker: Tracker) -> StoredRun:
    with tracker.start_run("ours") as ours:
        ours.log({"m": 1})
    [stored] = tracker.read()
    return stored


def test_mlflow_goes_where_its_variable_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("by variable.db", "by url.db"):
        put("mlflow", tmp_path / name)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/by variable.db")
    assert _logged(_at("mlflow:///digits")).metrics[0].value == 1
    assert _at("mlflow://").backend.place == f"mlflow+sqlite:///{tmp_path}/by variable.db"
    assert _logged(_at(f"mlflow+sqlite:///{tmp_path}/by url.db")).name == "ours"
    with _at(f"mlflow+sqlite:///{tmp_path}/by url.db").start_run("beside"):
        assert _at("mlflow://").backend.place == f"mlflow+sqlite:///{tmp_path}/by variable.db"


@pytest.mark.parametrize(
    ("uri", "place"),
    [
        (None, "mlflow+sqlite:///{cwd}/mlflow.db"),
        ("http://localhost:5000/", "mlflow+http://localhost:5000"),
        ("https://me:p%40ss@host/prefix", "mlflow+https://host/prefix"),
    ],
)
def test_mlflows_variable_names_files_and_servers(
    uri: str | None, place: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    if uri is not None:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    backend = _at("mlflow:///digits").backend
    assert isinstance(backend, MlflowBackend)
    assert (backend.place, backend.project) == (place.format(cwd=tmp_path), "digits")
    assert ("p@ss" in backend.secrets) == ("me:" in (uri or ""))


def test_a_kind_of_place_that_is_not_taken_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "databricks://me:secret@x")
    with pytest.raises(InvalidUrl, match="'databricks'") as refusal:
        _at("mlflow:///digits")
    assert "secret" not in str(refusal.value)


def test_wandb_that_is_offline_stores_where_wandb_would(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_DIR", str(tmp_path / "kept"))
    assert _logged(_at("wandb://me/digits")).metrics[0].value == 1
    assert len(list((tmp_path / "kept" / "wandb").glob("offline-run-*"))) == 1


def test_wandb_that_is_disabled_stores_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import wandb

    monkeypatch.setenv("WANDB_MODE", "disabled")
    monkeypatch.setenv("WANDB_DIR", str(tmp_path / "kept"))
    tracker = _at("wandb://me/digits")
    with tracker.start_run("ours") as ours:
        ours.log({"m": 1})
        ours.log_artifact(__file__)
        wandb.init(config={"lr": 0.1}).log({"m": 2})
        assert ours.flush()
    assert (list(tracker.read()), wandb.run, (tmp_path / "kept").exists()) == ([], None, False)
    assert "WANDB_MODE" in tracker.check()


def test_comet_that_is_offline_stores_where_its_variable_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidUrl, match="COMET_OFFLINE_DIRECTORY"):
        _at("comet+offline://")
    monkeypatch.setenv("COMET_OFFLINE_DIRECTORY", str(tmp_path / "kept"))
    assert _logged(_at("comet+offline://")).metrics[0].value == 1
    assert len(list((tmp_path / "kept").glob("*.zip"))) == 1


PROJECTS = {
    "WANDB_PROJECT": "wandb+offline:///{folder}/wandb",
    "MLFLOW_EXPERIMENT_NAME": "mlflow+sqlite:///{folder}/runs.db",
    "COMET_PROJECT_NAME": "comet+offline:///{folder}/comet",
}


@pytest.mark.parametrize("variable", PROJECTS)
def test_a_project_is_that_of_the_variable_where_nothing_else_names_one(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = PROJECTS[variable].format(folder=tmp_path)
    assert connect(url).project == "default"
    monkeypatch.setenv(variable, "by the variable")
    tracker = connect(url, strict=True, deadline=120)
    assert _logged(tracker).project == tracker.project == "by the variable"
    assert connect(url, project="given").project == "given"
    assert [run.name for run in connect(url, project="by the variable").read()] == ["ours"]
    assert connect([url, "memory://beside"]).project == "default"
    if not variable.startswith("MLFLOW"):
        assert connect(f"{url}?project=in the url").backend.project == "in the url"  # type: ignore[attr-defined]
    monkeypatch.setenv(variable, "")
    assert connect(url).project == "default"


@step(experiment_tracker="tracker", enable_cache=False)
def logs() -> None:
    get_run().log({"m": 1})


@pipeline(enable_cache=False)
def named_otherwise() -> None:
    logs()


@pytest.mark.slow
@pytest.mark.parametrize("configured", [None, "configured"])
def test_in_a_step_too_before_the_pipelines_name_and_after_the_components_project(
    configured: str | None, zenml_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "by the variable")
    url = f"mlflow+sqlite:///{tmp_path}/runs.db"
    pipelines.unified_stack_with(url=url, **({"project": configured} if configured else {}))
    pipelines.run(named_otherwise)
    [stored] = connect(url, project=configured or "by the variable").read()
    assert (stored.pipeline, stored.metrics[0].value) == ("named_otherwise", 1)
