"""The calls that are made of others, on every tracker."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.support import trackers
from tests.support.said import warnings_in
from zenml_trackers import connect
from zenml_trackers.errors import UnstorableValue

GIF = b"GIF89a\x02\0\x01\0\0\0\0;"
"""As short as one can be."""


def _log_all(run):
    run.log_metric("loss", 0.5, step=3)
    run.log_param("optimizer", {"lr": 0.1})
    run.set_tag("phase", "prod")
    run.set_tag("nightly")
    run.log_text("notes", "hällo")
    run.log_text("card.md", "# Card", step=2)
    run.log_histogram("conv1.weight", np.array([0.0, 1.0, 1.0]), bins=2)
    run.log_audio("beep", np.zeros(10), 8000)
    run.log_video("film", GIF)
    run.log_figure("red", np.full((2, 3, 3), (255, 0, 0), "uint8"))
    run.alert("careful", "the loss is nan", "error")


@trackers.every_tracker
def test_each_call_is_stored(backend, tmp_path, project, monkeypatch, said):
    tracker = trackers.connected(backend, tmp_path, project, monkeypatch)
    with tracker.start_run() as run:
        _log_all(run)
    stored = trackers.only_run(tracker)
    assert [(point.name, point.step, point.value) for point in stored.metrics] == [("loss", 3, 0.5)]
    assert (stored.params, stored.tags) == ({"optimizer": {"lr": 0.1}}, {"phase:prod", "nightly"})
    assert [(alert.title, alert.text, alert.level) for alert in stored.alerts] == [
        ("careful", "the loss is nan", "error")
    ]
    (tmp_path / "fetched").mkdir()
    attached = {each.name: each for each in tracker.backend.attachments(stored.id, tmp_path / "fetched")}
    assert attached.keys() == {"notes.txt", "card/2.md", "conv1.weight.json", "beep.wav", "film.gif", "red"}
    assert attached["notes.txt"].path.read_text("utf-8") == "hällo"
    assert json.loads(attached["conv1.weight.json"].path.read_bytes()) == {"counts": [1, 2], "edges": [0.0, 0.5, 1.0]}
    assert attached["film.gif"].path.read_bytes() == GIF
    assert warnings_in(said) == []


def test_what_is_no_media_is_named_and_strict_raises(project, said):
    with connect(f"memory://{project}").start_run() as run:
        run.log_audio("beep", b"xxxx")
        run.alert("careful", level="loud")
    assert [text for text in ("audio 'beep'", "alert 'careful': level is 'loud'") if text not in said.text] == []
    strict = connect(f"memory://{project}", strict=True)
    with pytest.raises(UnstorableValue, match="video 'film'"), strict.start_run() as run:
        run.log_video("film", 7)
