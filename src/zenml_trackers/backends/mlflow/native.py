"""MLflow's own calls in a tracked step: they reach the step's run, join it, and don't end it.

Uses `_active_run_stack` of `mlflow.tracking.fluent`, and of `mlflow.tracking._tracking_service.utils` the cache of
artifact repositories, `get_tracking_uri` and the registry's `get_store`; the latter two are replaced while a tracked
step runs (MLflow 2.18 to 3.17). Outside tracked steps, in other threads too, both do what they always did.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from mlflow.tracking import fluent
from mlflow.tracking._tracking_service import utils
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID, MLFLOW_SOURCE_TYPE

from zenml_trackers.backends.mlflow.place import Place

_held: ContextVar[tuple[StepRun, ...]] = ContextVar("zenml_trackers_mlflow_runs", default=())
_outer: ContextVar[tuple[Any, ...]] = ContextVar("zenml_trackers_mlflow_outer", default=())
_registry = utils._tracking_store_registry
_original_uri = utils.get_tracking_uri


class StepRun(fluent.ActiveRun):  # type: ignore[misc]  # MLflow is not looked into
    """A step's run, as `mlflow.active_run()` gives it."""

    def __init__(self, run: Any, place: Place) -> None:
        super().__init__(run)
        self.place = place
        self.store = StepStore(run, place.native_store)
        self.artifacts = place.passed_on(run)


class StepStore:
    """A store in which the step's run is neither ended nor replaced by MLflow's own calls."""

    def __init__(self, run: Any, store: Any) -> None:
        self._run = run
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def create_run(self, experiment_id: str, user_id: str, start_time: int, tags: list[Any], run_name: str) -> Any:
        """`mlflow.start_run()` joins the step's run; a nested run, and one that a client makes, is a run."""
        keys = {tag.key for tag in tags}
        if MLFLOW_PARENT_RUN_ID in keys:
            experiment_id = self._run.info.experiment_id
        elif MLFLOW_SOURCE_TYPE in keys:  # which a client leaves out
            return self._run
        return self._store.create_run(experiment_id, user_id, start_time, tags, run_name)

    def update_run_info(self, run_id: str, run_status: Any, end_time: int | None, run_name: str | None) -> Any:
        """`mlflow.end_run()` leaves the status of the step's run to the step's end."""
        if run_id == self._run.info.run_id:
            return self._run.info
        return self._store.update_run_info(run_id, run_status, end_time, run_name)


def attach(native: Any) -> Callable[[], None]:
    """Make `native` the active run of this context, until the returned function is called."""
    if not isinstance(native, StepRun):
        return lambda: None
    if not _held.get():
        _outer.set(tuple(fluent._active_run_stack.get()))
    _held.set((*_held.get(), native))
    _patches.hold(native)
    fluent._active_run_stack.set([native])
    return lambda: _detach(native)


def _detach(native: StepRun) -> None:
    remaining = tuple(held for held in _held.get() if held is not native)
    _held.set(remaining)
    fluent._active_run_stack.set([*(remaining[-1:] or _outer.get())])
    _patches.release(native)


def _get_tracking_uri() -> Any:
    """That of the step's run."""
    return _held.get()[-1].place.uri if _held.get() else _original_uri()


def _get_store(store_uri: Any = None, artifact_uri: Any = None) -> Any:
    """The store of the step's run; in a thread that MLflow or the step started, that of any step's at this address."""
    for held in reversed(_held.get()):
        if store_uri in (None, held.place.uri):
            return held.store
    for held in _patches.held():
        if store_uri == held.place.uri:
            return held.place.native_store
    return type(_registry).get_store(_registry, store_uri, artifact_uri)


class _Patches:
    """Our functions in the place of MLflow's, as long as any tracked step of the process needs them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs: dict[str, StepRun] = {}

    def held(self) -> list[StepRun]:
        """The runs of all steps of this process."""
        with self._lock:
            return list(self._runs.values())

    def hold(self, run: StepRun) -> None:
        with self._lock:
            self._runs[run.info.run_id] = run
            utils.get_tracking_uri, _registry.get_store = _get_tracking_uri, _get_store
            if run.artifacts is not None:
                utils._artifact_repos_cache[run.info.run_id] = run.artifacts

    def release(self, run: StepRun) -> None:
        with self._lock:
            self._runs.pop(run.info.run_id, None)
            utils._artifact_repos_cache.pop(run.info.run_id, None)
            if not self._runs:
                utils.get_tracking_uri = _original_uri
                _registry.__dict__.pop("get_store", None)


_patches = _Patches()
