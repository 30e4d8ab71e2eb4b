"""Where each tracker's own pages have a run's summary, read without this package."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from contextlib import closing

import pytest

from tests.support import reader, trackers

SUMMARY = {"best": 0.93, "loss.min": 1, "verdict": "gut"}


def _in_wandb(folder):
    """In the order of the log: W&B shows the last."""
    from zenml_trackers.backends.wandb import log

    [file] = (folder / "wandb").glob("wandb/offline-run-*/run-*.wandb")
    updates = [item for record in log.records(file) for item in record.summary.update]
    return {".".join(item.nested_key) or item.key: json.loads(item.value_json) for item in updates}


def _in_mlflow(folder):
    with closing(sqlite3.connect(folder / "runs.db")) as database:
        rows = database.execute("SELECT key, value FROM tags WHERE key LIKE 'zenml.summary.%'").fetchall()
    return {key: value if key.endswith("verdict") else float(value) for key, value in rows}


def _in_comet(folder):
    [archive] = (folder / "comet").glob("*.zip")
    with zipfile.ZipFile(archive) as files:
        told = [json.loads(line) for line in files.read("messages.json").decode().splitlines()]
    others = [each["payload"] for each in told if each["type"] == "log_other"]
    return {each["key"]: each["value"] for each in others if each["key"].startswith("zenml.summary.")}


def _in_tensorboard(folder):
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

    [file] = (folder / "boards").rglob("events.out.tfevents.0.*")
    values = [value for event in EventFileLoader(str(file)).Load() for value in event.summary.value]
    data = [HParamsPluginData.FromString(value.metadata.plugin_data.content) for value in values]
    [start] = [each.session_start_info for each in data if each.HasField("session_start_info")]
    return {key: getattr(value, value.WhichOneof("kind")) for key, value in start.hparams.items()}


def _in_aim(folder):
    from zenml_trackers.testing import aim_rows

    [run] = (folder / "aim" / ".aim" / "meta" / "chunks").iterdir()
    params = aim_rows._tree(aim_rows._rows(run), "meta", "chunks", run.name, "attrs")
    return {f"zenml.summary.{key}": value for key, value in params["zenml.summary"].items()}


READ = {"wandb": _in_wandb, "mlflow": _in_mlflow, "comet": _in_comet, "tensorboard": _in_tensorboard, "aim": _in_aim}


@pytest.mark.parametrize("backend", READ)
def test_it_is_shown(backend, tmp_path, project, monkeypatch):
    with trackers.connected(backend, tmp_path, project, monkeypatch).start_run() as run:
        run.define_metric("loss", summary="min")
        run.summary.update({"best": 0.1, "verdict": "gut"})
        run.summary["best"] = 0.93
        run.log({"loss": 1, "best": 0.5})  # of W&B's own summary, this would be the last
        run.log({"loss": 2})
    shown = READ[backend](tmp_path)
    prefix = "" if backend == "wandb" else "zenml.summary."
    assert {name: shown.get(f"{prefix}{name}") for name in SUMMARY} == SUMMARY


def test_trackio_has_it_in_the_runs_config(project):
    from zenml_trackers import connect

    with connect("trackio:///", project=project).start_run() as run:
        run.summary.update(SUMMARY)
    [stored] = reader.local(project)
    assert stored.config["zenml.summary"] == SUMMARY
