"""The harness of the reference tracker, and of each broken one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar
from urllib.request import urlopen

from tracker_contracts.harness import CLOSED_SERVER, Place, TrackerHarness, Value
from tracker_contracts.observed import ObservedRun
from tracker_contracts.reference import jot, port
from tracker_contracts.reference.mutants.reader import observed

VALUES: Mapping[str, Value] = {
    "tuple": Value((1, "two"), [1, "two"]),
    "nested": Value({"a": {"b": (0.5, None)}}, {"a": {"b": [0.5, None]}}),
    "truth": Value(True, True),
    "array of one": Value(SimpleNamespace(item=lambda: 0.5), 0.5, "metric"),
    "whole": Value(3, 3, "metric"),
    "tuple in a cell": Value((1, "two"), [1, "two"], "cell"),
    "bytes": Value(SimpleNamespace(shape=(2, 3, 3), tobytes=lambda: bytes((255, 0, 0)) * 6), (255, 0, 0), "image"),
}
"""What the reference documents of its values."""


class ReferenceHarness(TrackerHarness):
    """The reference tracker, with a folder for each place."""

    name = "reference"
    flavor = "tracker_contracts.reference.flavor.ReferenceFlavor"
    backend = "tracker-contracts"
    features: ClassVar[frozenset[str]] = frozenset(
        {"resume", "nested", "artifacts", "media", "values", "recovery", "reconciliation", "server", "port"}
    )
    secret_field = "token"
    url_field = "base_url"

    def config(self, place: Place) -> dict[str, Any]:
        """The place's folder."""
        return {"folder": str(_folder(place)), "project": place.name}

    def unreachable(self, place: Place) -> dict[str, Any]:
        """A port that nothing listens on."""
        return {**self.config(place), "base_url": CLOSED_SERVER}

    @contextmanager
    def outage(self, place: Place) -> Iterator[None]:
        """A file where the folder should be."""
        folder, aside = _folder(place), _folder(place).with_suffix(".aside")
        folder.rename(aside)
        folder.touch()
        try:
            yield
        finally:
            folder.unlink()
            aside.rename(folder)

    def recover(self, place: Place) -> None:
        """From the spool."""
        jot.recover(_folder(place))

    def reconcile(self, place: Place) -> None:
        """From ZenML's own steps."""
        from tracker_contracts.reference.reconcile import reconcile  # a second or two, which nothing else takes

        reconcile(_folder(place))

    def values(self) -> Mapping[str, Value]:
        """What `plain` and `number` take."""
        return VALUES

    def told(self, place: Place) -> list[ObservedRun]:
        """By the tracker's own reading."""
        return list(port.runs(_folder(place)))

    def lists(self, place: Place) -> bool:
        """By the tracker's own list."""
        return place.name in port.projects(_folder(place))

    def check(self, config: Mapping[str, Any]) -> None:
        """By the tracker's own check."""
        port.check(config)

    def copy(self, place: Place, to: Place) -> list[str]:
        """By the tracker's own copy."""
        return port.copy(_folder(place), _folder(to))

    def folder(self, place: Place) -> Path:
        """The place's own."""
        return _folder(place)

    def reset(self, place: Place) -> None:
        """No run goes on."""
        jot.forget()

    def resuming(self, run: ObservedRun) -> dict[str, Any]:
        """By the run's id."""
        return {"run_name": run.name, "resume": run.id}

    def read(self, place: Place) -> list[ObservedRun]:
        """The runs, from the lines of their files."""
        files = list(_folder(place).glob("*.jsonl"))
        told = [[json.loads(line) for line in file.read_text().splitlines()] for file in files]
        pairs = sorted(zip(told, files, strict=True), key=lambda pair: pair[0][0]["at"])
        return [observed(records, file) for records, file in pairs]

    def shown(self, url: str) -> str:
        """A file of text looks in a browser as it is."""
        with urlopen(url) as page:
            text: str = page.read().decode()
        return text

    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        """On the current run."""
        jot.current().log(metrics, step)

    def log_params(self, params: Mapping[str, Any]) -> None:
        """On the current run."""
        jot.current().log_params(params)

    def add_tags(self, tags: list[str]) -> None:
        """On the current run."""
        jot.current().add_tags(tags)

    def log_child(self, name: str, metrics: Mapping[str, Any]) -> None:
        """Within the current run."""
        child = jot.current().child(name)
        child.log(metrics)
        child.finish()

    def log_artifact(self, path: Path, name: str) -> None:
        """On the current run."""
        jot.current().log_artifact(path, name)

    def log_labelled_artifact(self, path: Path, name: str, type: str, aliases: list[str]) -> None:
        """On the current run."""
        jot.current().log_artifact(path, name)
        jot.current().label_artifact(name, [type, *aliases])

    def log_image(self, name: str, pixels: Any) -> None:
        """On the current run."""
        jot.current().log_image(name, pixels)

    def log_captioned_image(self, name: str, pixels: Any, caption: str) -> None:
        """On the current run."""
        jot.current().log_image(name, pixels, caption)

    def log_table(self, name: str, columns: list[str], rows: list[list[Any]]) -> None:
        """On the current run."""
        jot.current().log_table(name, columns, rows)

    def finish_natively(self) -> None:
        """As a framework's callback does at the end of training."""
        jot.finish()

    def start_natively(self) -> None:
        """As a framework's callback does at the beginning of training."""
        jot.init(jot.current().folder, "elsewhere", "trainer")


def _folder(place: Place) -> Path:
    return place.folder / place.name
