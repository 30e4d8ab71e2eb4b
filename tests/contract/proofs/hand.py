"""Drives a tracker's hooks by hand, and tells all that came of it."""

from __future__ import annotations

import io
import logging
import os
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from tracker_contracts.drivers.direct import component_of, info_of
from tracker_contracts.drivers.world import flavor_of
from tracker_contracts.harness import Place, TrackerHarness
from tracker_contracts.reference import jot

TOKEN = "t0ken"


@dataclass
class Stored:
    """A run, as it is stored."""

    name: str
    state: str | None
    error: list[str | None]
    """Type and message."""
    tags: list[str]
    metadata: dict[str, Any]
    params: dict[str, Any]
    metrics: list[tuple[str, int, Any]]
    """Name, step and value."""
    artifacts: dict[str, bytes]
    step: str | None
    attempt: int | None


@dataclass
class Seen:
    """All that came of some steps."""

    runs: list[Stored]
    """In the order of their starts."""
    told: list[dict[str, str]]
    """What ZenML was told of each step, with the run's number in place of its id."""
    warnings: list[str]
    printed: str
    left: dict[str, str]
    """What is new in the environment."""

    @property
    def run(self) -> Stored:
        """The first."""
        return self.runs[0]


Proof = Generator[None, Seen, None]


class Hand:
    """A tracker in a folder of its own."""

    def __init__(self, harness: type[TrackerHarness], folder: Path) -> None:
        self._harness, self._flavor = harness(), flavor_of(harness())
        self._place = Place(folder, "place")
        self._warnings: list[str] = []
        self._told: list[dict[str, Any]] = []
        self._attempts: dict[str, int] = {}
        self._component: Any = None
        self._environment = dict(os.environ)
        self._printed = io.StringIO()

    def log_in(self) -> None:
        """Give the tracker credentials."""
        self._component = self._made(token=TOKEN)

    @contextmanager
    def step(
        self,
        step: str = "train",
        pipeline: str = "pipe",
        run: str = "pipe-run",
        retry: str | None = None,
        asks: bool = False,
        **settings: Any,
    ) -> Iterator[jot.Run]:
        """A step, and in it the run that it logs to; what is raised in it ends here.

        Args:
            step: Its name.
            pipeline: Its pipeline's name.
            run: Its pipeline run's name.
            retry: What attempts of one step have in common; None: it is tried once.
            asks: Whether the tracker is asked for what it tells ZenML when the step begins, too.
            settings: The step's settings.
        """
        self._component = self._component or self._made()
        info = self._info(step, pipeline, run, retry, settings)
        self._component.prepare_step_run(info)
        if asks:
            self._component.get_step_run_metadata(info)
        try:
            yield jot.current()
        except BaseException:
            self._end(info, failed=True)
        else:
            self._end(info, failed=False)

    def idle(self, **given: Any) -> None:
        """A step that logs nothing."""
        with self.step(**given):
            pass

    def logs(self, *values: Any, **given: Any) -> None:
        """A step that logs values of `loss`."""
        with self.step(**given) as run:
            for value in values:
                run.log({"loss": value})

    def fails(self, error: BaseException, **given: Any) -> None:
        """A step that raises."""
        with self.step(**given):
            raise error

    def file(self, content: bytes, name: str = "given") -> Path:
        """A file, anew."""
        file = self._place.folder / "files" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        return file

    def folder(self, files: dict[str, bytes]) -> Path:
        """A folder of files, anew."""
        folder = self._place.folder / f"folder-{uuid4().hex}"
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        return folder

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Listen to what is said, and keep the environment and the working directory."""
        listener, where = _Listener(self._warnings), os.getcwd()
        logging.getLogger("jot").addHandler(listener)
        try:
            with redirect_stdout(self._printed):
                yield
        finally:
            logging.getLogger("jot").removeHandler(listener)
            os.chdir(where)
            os.environ.clear()
            os.environ.update(self._environment)
            jot.forget()

    def seen(self) -> Seen:
        """All that came of the steps."""
        runs = self._harness.read(self._place)
        numbers = {run.id: f"run {number}" for number, run in enumerate(runs)}
        return Seen(
            runs=[
                Stored(
                    name=run.name,
                    state=run.state,
                    error=[run.error_type, run.error_message],
                    tags=sorted(run.tags),
                    metadata=run.metadata,
                    params=run.params,
                    metrics=[(each.name, each.step, each.value) for each in run.metrics],
                    artifacts=run.artifacts,
                    step=run.step,
                    attempt=run.attempt,
                )
                for run in runs
            ],
            told=[{name: _numbered(str(value), numbers) for name, value in told.items()} for told in self._told],
            warnings=self._warnings,
            printed=self._printed.getvalue(),
            left={name: value for name, value in os.environ.items() if self._environment.get(name) != value},
        )

    def _made(self, **more: Any) -> Any:
        return component_of(self._flavor, {**self._harness.config(self._place), **more})

    def _info(self, step: str, pipeline: str, run: str, retry: str | None, settings: dict[str, Any]) -> Any:
        plan: Any = SimpleNamespace(step=step, pipeline=pipeline, run=run, retry_of=retry, settings=settings)
        key = retry or uuid4().hex
        self._attempts[key] = self._attempts.get(key, 0) + 1
        return info_of(self._flavor, plan, self._attempts[key])

    def _end(self, info: Any, failed: bool) -> None:
        self._told.append(dict(self._component.get_step_run_metadata(info)))
        self._component.cleanup_step_run(info, failed)


class _Listener(logging.Handler):
    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        self._said.append(record.getMessage())


def _numbered(text: str, numbers: dict[str, str]) -> str:
    if text.startswith("file:"):
        text = text.rpartition("/")[2]
    for id, number in numbers.items():
        text = text.replace(id, number)
    return re.sub("[0-9a-f]{32}", "no run", text)
