"""The page on the Trackio flavor, run as it stands: by readers who have just installed the package beside a ZenML."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.environments import REPOSITORY, Environment, build_wheel, make_environment
from tests.support.pages import blocks
from tests.support.server import TrackioServer, trackio_server

pytestmark = pytest.mark.slow

BLOCKS = blocks(REPOSITORY / "docs" / "how-to" / "trackio.md")
DEADLINE = 10.0
PROJECT = "page-demo"

RELEASES = {
    "newest": (["zenml[local]"], "zenml>=0.96"),
    "before-0.96": (["zenml[local]==0.85.0", "setuptools<82"], "zenml<0.96"),
}
"""What a reader has installed, and which of the page's two ways to the flavor is theirs."""

STEPS = """
import json
from zenml.client import Client

for run in Client().list_pipeline_runs(sort_by="asc:created").items:
    for name, step in run.hydrate().steps.items() if hasattr(run, "hydrate") else run.steps.items():
        found = {key: str(value) for key, value in step.run_metadata.items()}
        seconds = (step.end_time - step.start_time).total_seconds()
        print("STEP", json.dumps([name, {"status": str(step.status.value), "seconds": seconds, "metadata": found}]))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module", params=RELEASES)
def release(
    request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Environment, str]:
    requirements, way = RELEASES[request.param]
    folder = tmp_path_factory.mktemp(request.param) / "venv"
    return make_environment(folder, *requirements, str(wheel)), way


@pytest.fixture
def server(tmp_path: Path) -> Iterator[TrackioServer]:
    folder = tmp_path / "server"
    folder.mkdir()
    with trackio_server(folder) as running:
        yield running
