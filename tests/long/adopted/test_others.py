"""The same step code with flavors whose service can't be had here, and where there is no run to adopt."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.long.adopted.running import API_KEY, LOSS, run, stack
from tests.long.adopted.steps import loses_its_own, seen, trains, untracked
from tests.support.environments import build_wheel, make_environment
from tests.support.pipelines import stack_with


def _comet_messages(archive: Path) -> dict[str, list[dict]]:
    """What an offline experiment logged, by kind."""
    told: dict[str, list[dict]] = {}
    with zipfile.ZipFile(archive) as files:
        for line in files.read("messages.json").decode().splitlines():
            message = json.loads(line)
            told.setdefault(message["type"], []).append(message["payload"])
    return told


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
        stack("comet", api_key=API_KEY, workspace="w", project_name="digits", settings=settings)
        finished = run(trains, folder=str(tmp_path))
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


NEPTUNE = """
from pathlib import Path
import neptune
from zenml_trackers.losses import Redactor, Reporter
from zenml_trackers.run import Run
from zenml_trackers.zenml.adopted.neptune import NeptuneSink

Path("notes.txt").write_text("x")
native = neptune.init_run(mode="offline", project="a/b", capture_hardware_metrics=False, git_ref=False)
own = Run("neptune", "a/b", NeptuneSink(native, "one", "a/b"), Reporter("test", Redactor(), strict=True))
own.log({"loss": 0.5})
own.log({"loss": 0.25})
own.log_params({"model": {"depth": 3, "layers": [1, 2]}})
own.add_tags("blue")
own.log_artifact("notes.txt", name="notes")
own.log_table("cells", ["n"], [[1]])
native.stop()
"""


class TestNeptune:
    """Its service is closed, and ZenML's class knows no offline mode: the library alone is tried.

    It brings packages that slow down whatever else is in its environment, so that it has one of its own.
    """

    @pytest.mark.slow
    def test_the_same_calls_are_stored_in_an_offline_run(self, tmp_path):
        wheel = build_wheel(tmp_path / "wheel")
        place = make_environment(tmp_path / "environment", str(wheel), "neptune>=1.14").workplace(tmp_path / "place")
        place.python(NEPTUNE)
        stored = "".join(file.read_text() for file in place.folder.rglob("data-1.log"))
        for part in ('"loss"', "0.25", '"depth"', '"blue"', '"notes"', '"cells"'):
            assert part in stored


class TestWhereThereIsNothingToAdopt:
    @pytest.mark.slow
    def test_another_tracker_is_named_with_those_that_can_be(self, zenml_store):
        stack_with()
        run(loses_its_own)
        said = str(seen["said"])
        assert "'tracker' is of the flavor 'trackio'" in said
        assert "comet, mlflow, neptune, vertex, wandb" in said

    def test_a_step_without_a_tracker_gets_the_advice(self, zenml_store):
        run(untracked)
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
