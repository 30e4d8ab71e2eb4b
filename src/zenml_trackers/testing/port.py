"""What each of our trackers offers beside a step: runs read back, a configuration checked, runs copied."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from tracker_contracts.harness import Place, TrackerHarness
from tracker_contracts.observed import ObservedMetric, ObservedRun

from zenml_trackers.backends.memory import MemoryBackend
from zenml_trackers.cli import left
from zenml_trackers.copy import copying
from zenml_trackers.model.records import Artifact, Feature, Image, Logged, Table
from zenml_trackers.model.stored import StoredRun
from zenml_trackers.model.values.images import as_pil
from zenml_trackers.port import Backend
from zenml_trackers.tracker import connect

AT_WORK = 30.0
"""Seconds that a library may take to get over an outage."""
DELIVER = [sys.executable, "-c", "from zenml_trackers.cli import main; main()", "deliver"]
"""`zenml-trackers deliver`, with this process's packages."""


class PortHarness(TrackerHarness):
    """By `connect()`, as users do it outside of ZenML."""

    @abstractmethod
    def project(self, config: Mapping[str, Any]) -> copying.Place:
        """The project of a tracker that a component's configuration names."""

    def told(self, place: Place) -> list[ObservedRun]:
        project = self.project(self.config(place))
        with tempfile.TemporaryDirectory() as made:
            return [_observed(run, _kept(project.backend, run, Path(made))) for run in project.read()]

    def lists(self, place: Place) -> bool | None:
        projects = self.project(self.config(place)).backend.projects()
        return None if projects is None else place.name in projects

    def check(self, config: Mapping[str, Any]) -> None:
        self.project(config).backend.check()

    def copy(self, place: Place, to: Place) -> list[str]:
        name = f"copies-of-{place.name}"
        memory = MemoryBackend(name, place.name)
        there, back = self.project(self.config(place)), self.project(self.config(to))
        way = [there, copying.Place(f"memory://{name}", memory), back]
        try:
            return [line for source, target in pairwise(way) for line in _copied(source, target)]
        finally:
            shutil.rmtree(memory.folder.parent, ignore_errors=True)

    def recover(self, place: Place) -> None:
        """By what `zenml-trackers deliver` calls; by itself, where the library is still at work in this process."""
        config, until = self.config(place), time.monotonic() + AT_WORK
        project = getattr(self.project(config).backend, "project", None)
        for kept in left.journals(None):
            if kept.header.spec.project == project:
                while (came := left.delivered(kept, _credentials(config))) == left.GOES_ON and time.monotonic() < until:
                    time.sleep(0.1)
                if came != left.DELIVERED:
                    subprocess.run(DELIVER, capture_output=True)

    def reconcile(self, place: Place) -> None:
        """By what `zenml-trackers reconcile` calls."""
        from zenml_trackers.zenml.reconcile import reconcile  # ZenML takes a second, which nothing else needs here

        self.recover(place)
        list(reconcile(self.project(self.config(place)).backend))


def at(url: str, config: Mapping[str, Any]) -> copying.Place:
    """The tracker at a URL, with the project and the credentials of a configuration."""
    project = config.get("project", "default")
    backend = connect(url, project=project, credentials=_credentials(config)).backend
    return copying.Place(f"{url}?project={project}", backend)


def _credentials(config: Mapping[str, Any]) -> dict[str, str]:
    return {"api_key": config["api_key"]} if config.get("api_key") else {}


def _copied(source: copying.Place, target: copying.Place) -> list[str]:
    copy = copying.Copying(source, target)
    copy.run()
    return [f"{loss.run}: {loss.what} {loss.detail}" for loss in copy.summary.losses]


def _kept(backend: Backend, run: StoredRun, folder: Path) -> list[Logged]:
    """What a run keeps beside numbers, as far as the tracker has any of it."""
    if not backend.features & {Feature.ARTIFACTS, Feature.MEDIA}:
        return []
    own = folder / run.id.encode().hex()[:100]
    own.mkdir()
    return list(backend.attachments(run.id, own))


def _observed(run: StoredRun, kept: list[Logged]) -> ObservedRun:
    artifacts = [each for each in kept if isinstance(each, Artifact)]
    images = [each for each in kept if isinstance(each, Image)]
    tables = [each for each in kept if isinstance(each, Table)]
    labels = {each.name: [each.type, *each.aliases] for each in run.artifacts}
    return ObservedRun(
        id=run.id,
        name=run.name,
        state=run.status and run.status.value,
        error_type=run.error and run.error.type,
        error_message=run.error and run.error.message,
        tags=list(run.tags),
        metadata=run.metadata,
        params=run.params,
        metrics=[ObservedMetric(name=each.name, step=each.step, value=each.value) for each in run.metrics],
        step=run.step,
        attempt=run.attempt,
        parent=run.parent,
        artifacts=dict(content for each in artifacts for content in _contents(each)),
        artifact_labels=labels,
        images={each.name: as_pil(each.name, each.image).convert("RGB").tobytes() for each in images},
        captions={each.name: each.caption for each in images if each.caption},
        tables={each.name: [list(each.columns), *map(list, each.rows)] for each in tables},
    )


def _contents(artifact: Artifact) -> Iterator[tuple[str, bytes]]:
    if artifact.path.is_file():
        yield artifact.name, artifact.path.read_bytes()
    for file in filter(Path.is_file, artifact.path.rglob("*")):
        yield f"{artifact.name}/{file.relative_to(artifact.path).as_posix()}", file.read_bytes()
