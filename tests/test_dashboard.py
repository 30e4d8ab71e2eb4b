"""U4: opened in a browser, the URL shows that very run."""

from __future__ import annotations

import pytest

from tests.support import direct, pages
from tests.support.server import TOKEN, trackio_server
from zenml_trackers import get_run

SHOWN = ("the very run", "accuracy", "train/loss", "zenml.status", "finished", "seen")


def _log(offset):
    for index in range(5):
        get_run().log({"accuracy": offset + index / 10, "train/loss": 1 / (index + 1)})


@pytest.mark.slow
def test_the_url_shows_the_runs_name_and_its_metrics(chromium, project, tmp_path):
    with trackio_server(tmp_path) as server:
        tracker = direct.tracker(project=project, base_url=server.url, api_key=TOKEN)
        direct.run_step(tracker, direct.info(run_name="the other run"), lambda: _log(5))
        found = direct.run_step(tracker, direct.info(run_name="the very run", tags=["seen"]), lambda: _log(0))
        page = pages.rendered(chromium, found["experiment_tracker_url"], SHOWN, tmp_path)
    assert [text for text in SHOWN if text not in page] == []
