"""U1 to U3."""

from __future__ import annotations

import os
import shlex
from urllib.parse import parse_qs, urlsplit

import pytest
from zenml.metadata.metadata_types import Uri

from tests.support import direct, reader
from zenml_trackers import get_run


def _split(url):
    parts = urlsplit(url)
    return parts, {key: value for key, [value] in parse_qs(parts.query).items()}


def test_a_local_run_has_the_link_that_trackio_show_answers_on(project, monkeypatch):
    monkeypatch.setenv("GRADIO_SERVER_PORT", "7999")
    urls = []
    found = direct.run_step(direct.tracker(project=project), direct.info(), lambda: urls.append(get_run().url))
    parts, query = _split(found["experiment_tracker_url"])
    assert isinstance(found["experiment_tracker_url"], Uri)
    assert (parts.scheme, parts.netloc, parts.path) == ("http", "127.0.0.1:7999", "/run")
    assert query == {"project": project, "selected_run_id": reader.local(project)[0].id}
    assert urls == [found["experiment_tracker_url"]]
    command = shlex.split(found["trackio_show_command"])
    assert command == [f"TRACKIO_DIR={os.environ['TRACKIO_DIR']}", "trackio", "show", "--project", project]


def test_two_runs_have_two_urls_even_with_one_name(project):
    tracker = direct.tracker(project=project)
    urls = {
        str(direct.run_step(tracker, direct.info(run_name=name))["experiment_tracker_url"])
        for name in ("same", "same", "sa/me", "sa me")
    }
    assert len(urls) == 4


@pytest.mark.parametrize("pipeline", ["my pipeline", "a/b", 'q"uote', "my_configs", "registry-x", "...", "ünï"])
def test_any_pipeline_name_gives_a_project_that_trackio_keeps_as_it_is(pipeline):
    found = direct.run_step(direct.tracker(), direct.info(pipeline=pipeline))
    _, query = _split(found["experiment_tracker_url"])
    assert query["project"] == found["trackio_project"]
    runs = reader.local(found["trackio_project"])
    assert runs[-1].id == query["selected_run_id"] == found["trackio_run_id"]


@pytest.mark.parametrize(
    ("config", "start"),
    [
        ({"workspace": "acme"}, "https://acme-trackio.hf.space/run?"),
        ({"space_id": "acme/My_Board.v2"}, "https://acme-my-board-v2.hf.space/run?"),
        ({"base_url": "https://huggingface.co/spaces/acme/board"}, "https://acme-board.hf.space/run?"),
    ],
)
def test_the_url_on_a_space(config, start, project):
    backend = direct.backend_of(direct.tracker(project=project, **config), project)
    assert backend.target.links("abc")["url"] == f"{start}project={project}&selected_run_id=abc"
