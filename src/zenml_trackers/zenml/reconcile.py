"""Ends runs as ZenML says that their steps ended: those that nobody ended, and those whose steps failed later."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from zenml_trackers.delivery import recovery
from zenml_trackers.model.records import End, RunSpec, Status
from zenml_trackers.model.stored import StoredRun
from zenml_trackers.port.backend import Backend
from zenml_trackers.zenml.step_end import GONE, end_of

OPEN = (Status.RUNNING, Status.FINISHED)
"""A run that failed stays as it is."""


class Reconciled(NamedTuple):
    """A run whose end was changed."""

    run: StoredRun
    end: End


def reconcile(backend: Backend, dry_run: bool = False, gone: bool = False) -> Iterator[Reconciled]:
    """End the runs of a project as their steps ended.

    Args:
        backend: Where they are.
        dry_run: Whether to change nothing.
        gone: Whether to end open runs too whose steps ZenML does not know. These may be steps of another ZenML server.

    Raises:
        TrackerError: They can't be read or written.
    """
    living = _held()
    for run in list(backend.overview()):
        if run.status not in OPEN or run.step_run_id is None or run.step_run_id in living:
            continue
        if run.parent is not None and run.status is Status.FINISHED:  # a part of the step that ended well
            continue
        end = end_of(run.step_run_id)
        if end is None or (end.error == GONE and not (gone and run.status is Status.RUNNING)):
            continue
        if end.status is not run.status:
            if not dry_run:
                _end(backend, backend.find(run.id) or run, end)
            yield Reconciled(run, end)


def _held() -> Collection[str | None]:
    """The steps whose runs a living process is about to end."""
    held = set()
    for left in recovery.left():
        journal = recovery.taken(left.folder)
        if journal is None:
            held.add(left.header.spec.step_run_id)
        else:
            journal.close()
    return held


def _end(backend: Backend, run: StoredRun, end: End) -> None:
    facts = run.model_dump(
        include={"name", "project", "pipeline", "pipeline_run", "step", "step_run_id", "attempt", "parent"}
    )
    sink = backend.open(RunSpec(**facts, tags=tuple(sorted(run.tags)), metadata=run.metadata), run)
    sink.write([])
    sink.ended_at = end.time
    sink.close(end.status, end.error)
