"""The documentation, run as it stands: by a reader who has just installed the package beside a ZenML."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import pytest
from tracker_contracts.matrix.blocks import Block, blocks, filled

from tests.support import reader, stores
from tests.support.environments import REPOSITORY, Environment, Workplace, build_wheel, make_environment
from tests.support.server import TOKEN, TrackioServer, closed_port, trackio_server

pytestmark = pytest.mark.slow

README = blocks(REPOSITORY / "README.md")
TRACKIO_PAGE = blocks(REPOSITORY / "docs" / "how-to" / "trackio.md")
PROJECT = "page-demo"
DEADLINE = 10.0
OF_THE_STEP_ITSELF = 3.0
"""Seconds that ZenML may take for a step beside its tracking, on a slow machine."""

RELEASES = {
    "from-0.96": ["zenml[local]"],
    "below-0.96": ["zenml[local]==0.85.0", "setuptools<82"],
}
"""What a reader has installed, by the mark of the blocks that are for such readers only."""

TELL_STEPS = """
import json
import subprocess
from zenml.client import Client

for run in Client().list_pipeline_runs().items:
    for name, step in run.steps.items():
        metadata = {key: str(value) for key, value in step.run_metadata.items()}
        seconds = (step.end_time - step.start_time).total_seconds()
        print("STEP " + json.dumps([name, step.status.value, seconds, metadata]))
"""


@dataclass(frozen=True)
class Step:
    """A step as ZenML recorded it."""

    status: str
    seconds: float
    metadata: dict[str, str]


@dataclass(frozen=True)
class PageReader:
    """Someone with a fresh environment, who follows a page from top to bottom."""

    environment: Environment
    release: str

    @cached_property
    def prepared(self) -> Workplace:
        """With a ZenML store, and all done that the Trackio page has each reader of the release do first."""
        made = self.environment.workplace(self.environment.folder.with_name("prepared"))
        self._shell(TRACKIO_PAGE, made, self.release)
        if not (made.folder / "zenml").exists():
            made.python(stores.MAKE)
        return made

    def follow(
        self, page: list[Block], workplace: Workplace, place: str = "", at_the_end: str = "", **placeholders: str
    ) -> str:
        """Run the shell blocks for all and for this place of the runs, then the Python ones, then what comes after.

        Returns:
            What the Python ones printed.
        """
        self._shell(page, workplace, "always", place, **placeholders)
        code = [block.code for block in page if block.language == "python"]
        printed = workplace.python("\n".join([*code, at_the_end]))
        self._shell(page, workplace, "after", **placeholders)
        return printed

    def _shell(self, page: list[Block], workplace: Workplace, *marks: str, **placeholders: str) -> None:
        for block in page:
            if block.language == "shell" and block.when in marks:
                workplace.shell(filled(block.code, **placeholders))


def steps_in(printed: str) -> dict[str, Step]:
    lines = [line for line in printed.splitlines() if line.startswith("STEP ")]
    return {name: Step(*rest) for name, *rest in (json.loads(line.removeprefix("STEP ")) for line in lines)}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="class")
def page_reader(request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> PageReader:
    release = request.cls.release
    folder = tmp_path_factory.mktemp("environment") / "venv"
    return PageReader(make_environment(folder, *RELEASES[release], str(wheel)), release)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[TrackioServer]:
    folder = tmp_path / "server"
    folder.mkdir()
    with trackio_server(folder) as running:
        yield running


def check_runs(observed: list[reader.Observed]) -> None:
    """The runs of the page's three steps, with all that the page gave them."""
    evaluation, nightly, training = observed
    assert [run.status for run in observed] == ["finished"] * 3
    assert evaluation.series("accuracy") == [(0, 0.93)]
    assert evaluation.params == {"learning_rate": 0.01, "layers": [64, 32]}
    assert {"evaluation_pipeline", "evaluate_model"} < set(evaluation.tags)
    assert nightly.name == "nightly-eval"
    assert nightly.series("accuracy") == [(0, 0.94)]
    assert {"nightly", "evaluation", "nightly_pipeline", "nightly_evaluation"} < set(nightly.tags)
    assert nightly.metadata == {"dataset": "imagenet", "split": "validation"}
    assert training.series("loss") == [(0, 1), (1, 1 / 2), (2, 1 / 3)]
    assert training.params == {"epochs": 3}


def test_the_readme_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From its own install line on, in a clone, with pip and nothing else."""
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(REPOSITORY), str(clone)], check=True)
    environment = make_environment(tmp_path / "venv")
    [install] = [block.code for block in README if block.when == "clone"]
    environment.workplace(tmp_path / "installing").shell(f"cd {clone} && {install}")
    workplace = environment.workplace(tmp_path / "reader")
    PageReader(environment, "from-0.96").follow(README, workplace)
    monkeypatch.setenv("TRACKIO_DIR", str(workplace.trackio))
    [run] = reader.local("training")
    assert run.status == "finished"
    assert [value for _, value in run.series("loss")] == [1, 1 / 2, 1 / 3]
    [after] = [block.code for block in README if block.when == "after"]
    assert "finished  training  train" in workplace.shell(after)


class OfARelease:
    """What holds for a reader of any release."""

    release: ClassVar[str]

    def test_runs_go_to_a_server_of_ones_own(
        self, page_reader: PageReader, server: TrackioServer, tmp_path: Path
    ) -> None:
        workplace = page_reader.prepared.copy(tmp_path / "reader")
        names = {"TRACKIO_API_KEY": TOKEN, "server_url": server.url, "project_slug": PROJECT}
        printed = page_reader.follow(TRACKIO_PAGE, workplace, "server", **names)
        observed = reader.remote(server, PROJECT)
        check_runs(observed)
        assert f"{server.url}/run?project={PROJECT}&selected_run_id={observed[0].id}" in printed
        assert TOKEN not in printed

    def test_runs_stay_on_the_machine(
        self, page_reader: PageReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        workplace = page_reader.prepared.copy(tmp_path / "reader")
        page_reader.follow(TRACKIO_PAGE, workplace, "local", project_slug=PROJECT)
        monkeypatch.setenv("TRACKIO_DIR", str(workplace.trackio))
        check_runs(reader.local(PROJECT))

    def test_steps_complete_in_time_without_their_space(self, page_reader: PageReader, tmp_path: Path) -> None:
        workplace = page_reader.prepared.copy(tmp_path / "reader", HF_ENDPOINT=closed_port())
        names = {"TRACKIO_API_KEY": TOKEN, "workspace_slug": "no-such-team", "project_slug": PROJECT}
        printed = page_reader.follow(TRACKIO_PAGE, workplace, "space", TELL_STEPS, **names)
        steps = steps_in(printed)
        assert {step.status for step in steps.values()} == {"completed"}
        assert max(step.seconds for step in steps.values()) < DEADLINE + OF_THE_STEP_ITSELF
        urls = {step.metadata["experiment_tracker_url"] for step in steps.values()}
        assert all(url.startswith(f"https://no-such-team-trackio.hf.space/run?project={PROJECT}&") for url in urls)
        assert len(urls) == len(steps) == 3
        assert TOKEN not in printed


class TestFrom096(OfARelease):
    release = "from-0.96"


class TestBelow096(OfARelease):
    release = "below-0.96"
