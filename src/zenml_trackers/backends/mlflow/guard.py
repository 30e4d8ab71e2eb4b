"""A store for MLflow's own calls, which don't end and don't rename the runs of tracked steps in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from mlflow.exceptions import MlflowException
from mlflow.utils.mlflow_tags import MLFLOW_RUN_NAME

from zenml_trackers.backends.common.step_runs import Untaken
from zenml_trackers.backends.mlflow.place import Place


class Guarded(Protocol):
    """The run of a tracked step."""

    info: Any
    untaken: Untaken


class GuardedStore:
    """A place's store."""

    def __init__(self, place: Place, guarded: Callable[[str], Guarded | None]) -> None:
        """Nothing is called yet.

        Args:
            place: Has the store.
            guarded: The tracked step's run of an id; None if it is no step's.
        """
        self._store = place.native_store
        self._guarded = guarded

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def update_run_info(self, run_id: str, run_status: Any, end_time: int | None, run_name: str | None) -> Any:
        """Status, end and name of a step's run are left to the step."""
        run = self._guarded(run_id)
        if run is None:
            return self._store.update_run_info(run_id, run_status, end_time, run_name)
        self._tell_name(run, run_name)
        return run.info

    def set_tag(self, run_id: str, tag: Any) -> None:
        """A tag; that of the name is left to the step."""
        for each in self._left(run_id, [tag]):
            self._store.set_tag(run_id, each)

    def log_batch(self, run_id: str, metrics: Sequence[Any], params: Sequence[Any], tags: Sequence[Any]) -> None:
        """Metrics, params and tags; the tag of the name is left to the step, and a param has its first value."""
        left = self._left(run_id, tags)
        try:
            self._store.log_batch(run_id, metrics, params, left)
        except MlflowException:
            if not (refused := self._changed(run_id, params)):
                raise
            self._store.log_batch(run_id, metrics, [param for param in params if param not in refused], left)

    def log_param(self, run_id: str, param: Any) -> Any:
        """A param, which has its first value."""
        try:
            return self._store.log_param(run_id, param)
        except MlflowException:
            if not self._changed(run_id, [param]):
                raise
            return param

    def _changed(self, run_id: str, params: Sequence[Any]) -> list[Any]:
        """Those that a step's run has with another value, which MLflow refuses; two trainers in a step give such."""
        run = self._guarded(run_id)
        if run is None:
            return []
        stored = self._store.get_run(run_id).data.params
        changed = [param for param in params if stored.get(param.key, param.value) != param.value]
        for param in changed:
            run.untaken.tell("MLflow's own call", param=f"{param.key}={param.value}")
        return changed

    def _left(self, run_id: str, tags: Sequence[Any]) -> list[Any]:
        run = self._guarded(run_id)
        if run is None:
            return list(tags)
        for tag in tags:
            self._tell_name(run, tag.value if tag.key == MLFLOW_RUN_NAME else None)
        return [tag for tag in tags if tag.key != MLFLOW_RUN_NAME]

    @staticmethod
    def _tell_name(run: Guarded, name: str | None) -> None:
        run.untaken.tell("MLflow's own call", name=name)
