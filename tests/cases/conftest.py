from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.trackers import ALL, url_of
from zenml_trackers import Run, connect
from zenml_trackers.delivery import place
from zenml_trackers.model.records import Artifact, Image, Logged, Table
from zenml_trackers.model.stored import StoredRun
from zenml_trackers.tracker import Tracker


class Case:
    """A tracker with a place of its own, and what is stored there."""

    def __init__(self, tracker: str, url: str, project: str, folder: Path) -> None:
        self.tracker, self.url, self.project = tracker, url, project
        self.folder = folder
        """For the test's own files."""
        self._fetched = 0

    def connect(self, strict: bool = False, deadline: float = 60.0) -> Tracker:
        return connect(self.url, project=self.project, strict=strict, deadline=deadline)

    @contextmanager
    def run(self, name: str = "r", **settings: bool) -> Iterator[Run]:
        with self.connect(**settings).start_run(name) as run:
            yield run

    def stored(self) -> StoredRun:
        """The one run that is stored."""
        [run] = self.connect().read()
        return run

    def attachments(self) -> list[Logged]:
        """What the one run keeps beside numbers."""
        self._fetched += 1
        folder = self.folder / f"fetched-{self._fetched}"
        folder.mkdir()
        return list(self.connect().backend.attachments(self.stored().id, folder))

    def artifacts(self) -> dict[str, Path]:
        return {each.name: each.path for each in self.attachments() if isinstance(each, Artifact)}

    def images(self) -> list[Image]:
        return [each for each in self.attachments() if isinstance(each, Image)]

    def tables(self) -> list[Table]:
        return [each for each in self.attachments() if isinstance(each, Table)]

    def file(self, name: str, text: str = "content") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path


@pytest.fixture
def make_case(tmp_path: Path, project: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(place.VARIABLE, str(tmp_path / "journals"))

    def make(tracker: str) -> Case:
        folder = tmp_path / "own"
        folder.mkdir()
        return Case(tracker, url_of(tracker, tmp_path, project, monkeypatch), project, folder)

    return make


@pytest.fixture(params=ALL)
def case(request: pytest.FixtureRequest, make_case) -> Case:
    """Each tracker in its turn."""
    return make_case(request.param)
