"""`workspace` and `api_key`: a real Trackio server as the Space, behind a stand-in of the Hub.

What the tests of a self-hosted server can't show: who makes the Space, what its tokens may do, and what a step sees
while it is built.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.long.space.hub import OWNER, READS, REFUSED, WRITES, Hub, Space, serving
from tests.long.space.way import Way
from tests.support import reader
from tests.support.environments import REPOSITORY
from tests.support.server import TrackioServer, free_port, trackio_server

pytestmark = pytest.mark.slow

ID = f"{OWNER}/trackio"
ROWS = 50


@dataclass
class Scene:
    """A Hub, a server that is the Space, and the way to both."""

    hub: Hub
    server: TrackioServer
    way: Way
    folder: Path

    def start(self, project: str, seconds: float = 0.1, **config: Any) -> subprocess.Popen[str]:
        """Begin a step."""
        config = {"workspace": OWNER, "api_key": WRITES, "deadline": 10.0, **config}
        arguments = [project, json.dumps(config), str(ROWS), str(seconds)]
        variables = {
            "HOME": str(self.folder),
            "ZENML_LOGGING_COLORS_DISABLED": "true",
            "ZENML_TRACKERS_JOURNAL": str(self.folder / "journals"),
            "PYTHONPATH": os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")])),
        }
        return subprocess.Popen(
            [sys.executable, "-m", "tests.long.space.process", *arguments],
            env={**os.environ, **self.way.variables, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, project: str, **config: Any) -> tuple[dict[str, str], str]:
        """Have a step run: what ZenML is told, and what was said."""
        return self.end(self.start(project, **config))

    def end(self, process: subprocess.Popen[str]) -> tuple[dict[str, str], str]:
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said
        assert self.hub.unknown == []
        return json.loads(said.splitlines()[-1]), said

    def stored(self, project: str) -> list[reader.Observed]:
        return reader.remote(self.server, project)


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hub, TrackioServer, Way]]:
    folder, hub = tmp_path_factory.mktemp("space"), Hub()
    with serving(hub):
        about = {"SYSTEM": "spaces", "SPACE_ID": ID, "SPACE_AUTHOR_NAME": OWNER, "SPACE_REPO_NAME": "trackio"}
        variables = {**about, "HF_ENDPOINT": hub.url, "HF_HUB_OFFLINE": "0"}
        with (
            trackio_server(folder, free_port(), variables) as server,
            Way(hub, server.url, folder).open() as way,
        ):
            yield hub, server, way


@pytest.fixture
def scene(behind: tuple[Hub, TrackioServer, Way], tmp_path: Path) -> Scene:
    """With a Space that runs."""
    hub, server, way = behind
    hub.spaces, hub.renamed, hub.unknown = {ID: Space()}, {}, []
    return Scene(hub, server, way, tmp_path)


def _need_whole(run: reader.Observed) -> None:
    assert run.series("m") == [(number, number) for number in range(ROWS)]
    assert (run.name, run.status, run.metadata) == ("the very run", "finished", {"a": 1})
    assert "seen" in run.tags


@pytest.mark.parametrize("private", [False, True])
def test_a_space_that_is_there_gets_all(scene: Scene, project: str, private: bool) -> None:
    scene.hub.spaces[ID].private = private
    found, said = scene.run(project)
    [run] = scene.stored(project)
    _need_whole(run)
    page = f"https://acme-trackio.hf.space/run?project={project}&selected_run_id={run.id}"
    assert found["experiment_tracker_url"] == page
    assert WRITES not in f"{found}{said}"
    assert "WARNING" not in said.upper()


def test_one_that_is_missing_is_made_and_waited_for(scene: Scene, project: str) -> None:
    scene.hub.spaces.clear()
    process = scene.start(project, seconds=12)
    _soon(lambda: ID in scene.hub.spaces and len(scene.hub.spaces[ID].files) >= 3)
    time.sleep(2)
    scene.hub.spaces[ID].running = True
    scene.end(process)
    [run] = scene.stored(project)
    _need_whole(run)
    assert {"README.md", "requirements.txt", "app.py"} <= scene.hub.spaces[ID].files
    assert scene.hub.spaces[ID].secrets == {"HF_TOKEN": WRITES}


def test_what_is_logged_to_one_that_never_starts_is_delivered_by_a_later_run(scene: Scene, project: str) -> None:
    scene.hub.spaces[ID].running = False
    _, said = scene.run(project, deadline=3.0)
    assert "answered 503 Service Unavailable" in said
    assert "may be delivered later" in said
    scene.hub.spaces[ID].running = True
    scene.run(project)
    runs = scene.stored(project)
    assert len(runs) == 2
    for run in runs:
        _need_whole(run)


def test_one_that_is_built_anew_meanwhile_loses_nothing(scene: Scene, project: str) -> None:
    process = scene.start(project, seconds=6)
    _soon(lambda: scene.stored(project))
    scene.hub.spaces[ID].running = False
    time.sleep(3)
    scene.hub.spaces[ID].running = True
    scene.end(process)
    [run] = scene.stored(project)
    _need_whole(run)


@pytest.mark.parametrize("token", [REFUSED, READS])
@pytest.mark.parametrize("there", [True, False])
def test_a_token_that_may_not_write_is_called_that(scene: Scene, project: str, token: str, there: bool) -> None:
    if not there:
        scene.hub.spaces.clear()
    _, said = scene.run(project, api_key=token, deadline=60.0)
    warnings = [line for line in said.splitlines() if "refused the token" in line]
    assert len(warnings) == 1, said
    assert "check `api_key`" in warnings[0]
    assert token not in said
    assert scene.stored(project) == []


def test_one_that_was_renamed_is_named_anew(scene: Scene, project: str) -> None:
    scene.hub.spaces[f"{OWNER}/moved"] = scene.hub.spaces.pop(ID)
    scene.hub.renamed[ID] = f"{OWNER}/moved"
    _, said = scene.run(project, deadline=12.0)
    assert f"the Space {ID} is {OWNER}/moved now; set `space_id` to that" in said
    scene.run(project, workspace=None, space_id=f"{OWNER}/moved")
    [run] = scene.stored(project)  # the other is kept, and belongs to another place
    _need_whole(run)


def _soon(happens: Any) -> None:
    until = time.monotonic() + 60
    while not happens():
        assert time.monotonic() < until
        time.sleep(0.1)
