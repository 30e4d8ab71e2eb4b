"""A sink of somebody's own, made from the port's classes."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.support.said import warnings_in
from zenml_trackers.delivery.lifecycle import Limits
from zenml_trackers.port import (
    Backend,
    DocumentSink,
    Number,
    RunError,
    RunSpec,
    Status,
    StoredRun,
    TrackerUrl,
    document,
)
from zenml_trackers.tracker import Tracker

SECRET = "hunter2-of-the-backend"


class Own(DocumentSink):
    """Uses, for its own ends, the names that an author would think of."""

    id = name = "own"

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._begun = self._losses = self._lost_rows = self._unshown = self._changed = "mine"
        self.logged: list[tuple[dict[str, Number], int]] = []

    def log(self, values: Mapping[str, Number], step: int) -> None:
        if "bad" in values:
            raise self._take(KeyError(SECRET))
        self.logged.append((dict(values), self._stored(step)))

    def put(self, config: Mapping[str, Any]) -> None:
        self._try = dict(config)

    def end(self, status: Status, error: RunError | None) -> None:
        assert self._begun == self._losses == self._lost_rows == self._unshown == self._changed == "mine"

    def _stored(self, step: int) -> int:
        return step

    def _take(self, error: Exception) -> Exception:
        return error


class OwnBackend(Backend):
    name = "own"
    url = "own://"
    secrets = (SECRET,)

    @classmethod
    def from_url(cls, url: TrackerUrl, project: str, credentials: Mapping[str, str], timeout: float) -> OwnBackend:
        raise NotImplementedError

    def open(self, spec: RunSpec, old: StoredRun | None) -> Own:
        self.sink = Own(document.opening(spec))
        return self.sink

    def read(self) -> Iterator[StoredRun]:
        return iter(())

    def check(self) -> str:
        return ""


def run(backend: OwnBackend) -> None:
    with Tracker([backend], "p", Limits(False, 5.0)).start_run("r") as run:
        run.log({"good": 1})
        run.log({"bad": 1})
        run.log_params({"depth": 3})
        run.log({"good": 2})


def test_private_names_are_free_for_its_author(said: pytest.LogCaptureFixture) -> None:
    run(backend := OwnBackend())
    assert backend.sink.logged == [({"good": 1}, 0), ({"good": 2}, 2)]
    assert (backend.sink._try["depth"], backend.sink._try["zenml.status"]) == (3, "finished")
    assert len(warnings_in(said)) == 1


@pytest.mark.parametrize("level", [logging.INFO, logging.DEBUG])
def test_where_an_error_was_raised_is_told_at_debug_without_secrets(said: pytest.LogCaptureFixture, level: int) -> None:
    said.set_level(level, "zenml_trackers")
    run(OwnBackend())
    told = [record.getMessage() for record in said.records if "Traceback" in record.getMessage()]
    assert len(told) == (level == logging.DEBUG)
    assert all("test_own_sink.py" in text and "in log" in text and "KeyError" in text for text in told)
    assert SECRET not in said.text
