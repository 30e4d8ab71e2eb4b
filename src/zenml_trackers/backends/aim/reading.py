"""Aim's runs, read from their own files, which its index lags behind."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from aim import Repo
from aimrocks.errors import RocksIOError

from zenml_trackers.backends.aim.keys import given, given_key
from zenml_trackers.backends.aim.sink import NAMED
from zenml_trackers.port import folders

TRIES = 5
"""How often a run is read: Aim rewrites the files of what was just logged, also under a reader's hands."""


class Point(NamedTuple):
    """One tracked value."""

    when: float
    name: str
    context: dict[str, Any]
    step: int
    value: Any


class ReadRun:
    """A run as it is stored."""

    def __init__(self, repo: Repo, run_id: str, artifacts: Path) -> None:
        self.id = run_id
        self._repo = repo
        self._artifacts_folder = artifacts / run_id
        found = repo.structured_db.find_run(run_id)
        self.experiment = str(found.experiment) if found else None
        self.name = str(found.name) if found else run_id
        self.tags: list[str] = found.tags if found else []
        self.created: float = found.creation_time if found else 0.0

    @property
    def params(self) -> dict[str, Any]:
        """All of its params."""
        return {given_key(key): given(value) for key, value in self._tree.get("attrs", {}).items()}

    @property
    def ended(self) -> float | None:
        """When it was closed, in seconds since 1970; None if it was not."""
        ended: float | None = self._tree.get("end_time")
        return ended

    def points(self, *types: str) -> list[Point]:
        """The tracked values of some of Aim's types, in the order in which they were tracked."""
        for _ in range(TRIES - 1):
            with suppress(KeyError, RocksIOError):  # Aim rewrote its files meanwhile
                return self._points(types)
            self.__dict__.pop("_tree", None)  # which may be one of the files that are gone
        return self._points(types)

    def _points(self, types: Collection[str]) -> list[Point]:
        traces, contexts = self._tree.get("traces", {}), self._tree.get("contexts", {})
        if not traces:
            return []
        tracked = self._open("seqs")  # once for all of them: Aim opens the files anew each time
        found: list[Point] = []
        for context, sequences in traces.items():
            for name, about in sequences.items():
                if about.get("dtype") in types:
                    version, shown = about.get("version", 1), contexts.get(context, {})
                    chunks = tracked.subtree("chunks" if version == 1 else (f"v{version}", "chunks"))
                    found += _sequence(chunks.subtree((self.id, context, name)), name, shown, version)
        return sorted(found, key=attrgetter("when"))

    def artifacts(self) -> list[Path]:
        """The files and folders that were kept."""
        return folders.kept(self._artifacts_folder)

    @cached_property
    def _tree(self) -> Any:
        return self._open("meta").subtree(("chunks", self.id))

    def _open(self, part: str) -> Any:
        return self._repo.request_tree(part, self.id, read_only=True, skip_read_optimization=True).subtree(part)


def _sequence(sequence: Any, name: str, shown: dict[str, Any], version: int) -> Iterator[Point]:
    """Since Aim's second version, the keys of a sequence are hashes of its steps.

    Aim stores a value first and its step last: one that lacks that is on its way, or its process was killed.
    """
    times = dict(sequence.array("time").items())
    steps = dict(zip(times, times, strict=True)) if version == 1 else dict(sequence.array("step").items())
    for key, value in sequence.array("val").items():
        if key in steps:
            yield Point(times[key], shown.get(NAMED, name), shown, steps[key], value)
