"""MLflow's own calls in a tracked step: they reach the step's run, join it, and don't end it.

Uses `_active_run_stack`, `_last_active_run_id` and the system monitors of `mlflow.tracking.fluent`, and of
`mlflow.tracking._tracking_service.utils` the cache of artifact repositories. While a tracked step runs, it replaces the
registry's `get_store` and the functions in `_replaced`, wherever a module has these (MLflow 2.18 to 3.17). Outside
tracked steps all of them do what they always did.
"""

from __future__ import annotations

import functools
import inspect
import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

from mlflow.entities import RunTag
from mlflow.environment_variables import MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING
from mlflow.tracking import fluent
from mlflow.tracking._tracking_service import utils
from mlflow.utils.mlflow_tags import MLFLOW_RUN_NOTE

from zenml_trackers.backends.common.process_wide import Replaced, Variables, set_variable
from zenml_trackers.backends.common.step_runs import StepRuns, Untaken
from zenml_trackers.backends.mlflow.guard import GuardedStore
from zenml_trackers.backends.mlflow.place import Place
from zenml_trackers.port.nested import is_nested

logger = logging.getLogger("zenml_trackers")

URI, RUN_ID, EXPERIMENT_ID = "MLFLOW_TRACKING_URI", "MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_ID"
UNCLEAR = (
    "MLflow was called in a thread that knows no step, while several tracked steps run: the call reaches none of them. "
    "Start the thread with contextvars.copy_context()."
)
_registry = utils._tracking_store_registry
_start_run, _end_run = fluent.start_run, fluent.end_run
_set_experiment, _original_experiment_id = fluent.set_experiment, fluent._get_experiment_id
_set_tracking_uri, _get_tracking_uri = utils.set_tracking_uri, utils.get_tracking_uri
_outer: ContextVar[tuple[tuple[Any, ...], Any]] = ContextVar("zenml_trackers_mlflow_outer", default=((), None))


class StepRun(fluent.ActiveRun):  # type: ignore[misc]  # MLflow is not looked into
    """A step's run, as `mlflow.active_run()` gives it."""

    def __init__(self, run: Any, place: Place) -> None:
        super().__init__(run)
        self.place = place
        self.artifacts = place.passed_on(run)
        has = {"name": run.info.run_name, "experiment_id": run.info.experiment_id, "address": place.uri}
        self.untaken = Untaken(**has)

    @property
    def variables(self) -> Mapping[str, str]:
        """What leads MLflow in started processes to the run."""
        return {URI: self.place.uri, RUN_ID: self.info.run_id}


def attach(native: Any) -> Callable[[], None]:
    """Make `native` the active run of this context, until the returned function is called."""
    if not isinstance(native, StepRun):
        return lambda: None
    if is_nested():
        mark = _process.hold(native)
        fluent._active_run_stack.get().append(native)  # upon what the step's code started
        return lambda: _release(mark)
    if not _runs.of_context:
        _outer.set((tuple(fluent._active_run_stack.get()), fluent._last_active_run_id.get()))
    mark = _process.hold(native)
    fluent._active_run_stack.set([native])
    return lambda: _detach(mark)


def _release(mark: tuple[StepRun]) -> None:
    _process.release(mark)
    for stack in fluent._active_run_stack.get_all_thread_values().values():  # threads may outlive the step
        stack[:] = [run for run in stack if run is not mark[0]]


def _detach(mark: tuple[StepRun]) -> None:
    _release(mark)
    remaining, (stack, last) = _runs.of_context, _outer.get()
    fluent._active_run_stack.set([*(remaining[-1:] or stack)])
    if not remaining:
        fluent._last_active_run_id.set(last)


@functools.wraps(_start_run)
def start_run(*args: Any, **kwargs: Any) -> Any:
    """`mlflow.start_run`, which in a tracked step joins the step's run, or makes a child of it."""
    step = _runs.here
    if step is None:
        _tell_unclear()
        return _start_run(*args, **kwargs)
    given = inspect.signature(_start_run).bind(*args, **kwargs).arguments
    run_id = given.get("run_id")
    if run_id == step.info.run_id or not (run_id or given.get("nested") or given.get("parent_run_id")):
        return _joined(step, given)
    return _started(step, given)


def _joined(step: StepRun, given: Mapping[str, Any]) -> StepRun:
    step.untaken.tell("mlflow.start_run()", name=given.get("run_name"), experiment_id=given.get("experiment_id"))
    tags = dict(given.get("tags") or {})
    if description := given.get("description"):
        tags[MLFLOW_RUN_NOTE] = description
    if tags:
        client = fluent.MlflowClient()
        client.log_batch(step.info.run_id, tags=[RunTag(key, str(value)) for key, value in tags.items()])
    _monitor(step.info.run_id, given.get("log_system_metrics"))
    fluent._active_run_stack.get().append(step)
    return step


def _monitor(run_id: str, wanted: bool | None) -> None:
    """Have MLflow log the load of the machine, if it was asked to; it stops with `mlflow.end_run`."""
    if not (MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING.get() if wanted is None else wanted):
        return
    try:
        from mlflow.system_metrics.system_metrics_monitor import SystemMetricsMonitor

        fluent.run_id_to_system_metrics_monitor[run_id] = monitor = SystemMetricsMonitor(run_id)
        monitor.start()
    except Exception as error:
        logger.warning("MLflow can't log the load of the machine: %s", error)


def _started(step: StepRun, given: Mapping[str, Any]) -> Any:
    """A run of MLflow's own: one that goes on, or a new child of the one that is active in this thread."""
    stack = fluent._active_run_stack.get()
    is_clear = not (given.get("run_id") or given.get("parent_run_id"))
    parent = stack[-1:] or [step]
    fluent._active_run_stack.set(list(parent) if is_clear else [])
    try:
        with _process.without_run_id(), _process.without_experiment() if given.get("run_id") else nullcontext():
            run = _start_run(**{**given, "nested": True})
    finally:
        fluent._active_run_stack.set(stack)
    stack.append(run)
    return run


@functools.wraps(_end_run)
def end_run(*args: Any, **kwargs: Any) -> Any:
    """`mlflow.end_run`, which takes a variable away that leads to the step's run."""
    try:
        return _end_run(*args, **kwargs)
    finally:
        _process.show_variables()


@functools.wraps(_set_experiment)
def set_experiment(*args: Any, **kwargs: Any) -> Any:
    """`mlflow.set_experiment`, which in a tracked step finds or makes it, and leaves the run where it is."""
    step = _runs.here
    if step is None:
        return _set_experiment(*args, **kwargs)
    with _process.without_experiment():
        experiment = _set_experiment(*args, **kwargs)
    if experiment.experiment_id != step.info.experiment_id:  # the run knows no name of its own
        step.untaken.tell("mlflow.set_experiment()", experiment=experiment.name)
    return experiment


@functools.wraps(_original_experiment_id)
def get_experiment_id() -> Any:
    """That of the step's run."""
    return _original_experiment_id() if (step := _runs.here) is None else step.info.experiment_id


@functools.wraps(_set_tracking_uri)
def set_tracking_uri(uri: Any) -> None:
    """`mlflow.set_tracking_uri`, which in a tracked step changes nothing."""
    step = _runs.here
    if step is None:
        _set_tracking_uri(uri)
    else:
        step.untaken.tell("mlflow.set_tracking_uri()", address=_without_login(str(uri or "")))


@functools.wraps(_get_tracking_uri)
def get_tracking_uri() -> Any:
    """That of the step's run."""
    return _get_tracking_uri() if (step := _runs.here) is None else step.place.uri


def _get_store(store_uri: Any = None, artifact_uri: Any = None) -> Any:
    """The store of a step, if one is at this address; its client has the step's credentials."""
    step = _runs.here
    for held in [*([step] if step is not None else []), *_runs.all]:
        if store_uri == held.place.uri or (store_uri is None and held is step):
            return GuardedStore(held.place, _run_of)
    return type(_registry).get_store(_registry, store_uri, artifact_uri)


def _run_of(run_id: str) -> StepRun | None:
    return next((run for run in _runs.all if run.info.run_id == run_id), None)


def _without_login(uri: str) -> str:
    parts = urlsplit(uri)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if parts.netloc else uri


def _tell_unclear() -> None:
    if _runs.is_unclear and not _process.told_unclear:
        _process.told_unclear = True
        logger.warning(UNCLEAR)


class _Process:
    """What there is one of in a process: our functions in the place of MLflow's, and variables."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._one_experiment = threading.RLock()
        self._variables = Variables()
        self._hidden = 0
        self.told_unclear = False

    def hold(self, run: StepRun) -> tuple[StepRun]:
        """Have `run` known to MLflow's own calls."""
        with self._lock:
            _replaced.hold()
            _registry.get_store = _get_store
            mark = _runs.enter(run)
            if run.artifacts is not None:
                utils._artifact_repos_cache[run.info.run_id] = run.artifacts
            self.show_variables()
            return mark

    def release(self, mark: tuple[StepRun]) -> None:
        """Undo `hold`."""
        with self._lock:
            _runs.leave(mark)
            utils._artifact_repos_cache.pop(mark[0].info.run_id, None)
            self.show_variables()
            _replaced.release()
            if not _runs.all:
                _registry.__dict__.pop("get_store", None)
                self.told_unclear = False

    def show_variables(self) -> None:
        """Have the variables say which run there is."""
        with self._lock:
            hidden = {RUN_ID} if self._hidden else set()
            steps = [run.variables.items() for run in _runs.of_steps]
            self._variables.show([{name: value for name, value in each if name not in hidden} for each in steps])

    @contextmanager
    def without_run_id(self) -> Iterator[None]:
        """Without the variable that MLflow would take for the run that is to be started."""
        self._hide(1)
        try:
            yield
        finally:
            self._hide(-1)

    @contextmanager
    def without_experiment(self) -> Iterator[None]:
        """Without an experiment of the process; afterwards it is the one from before, whatever was set meanwhile."""
        with self._one_experiment:
            before, variable = fluent._active_experiment_id, os.environ.get(EXPERIMENT_ID)
            fluent._active_experiment_id = None
            try:
                yield
            finally:
                fluent._active_experiment_id = before
                set_variable(EXPERIMENT_ID, variable)

    def _hide(self, more: int) -> None:
        with self._lock:
            self._hidden += more
            self.show_variables()


_runs: StepRuns[StepRun] = StepRuns("mlflow")
_process = _Process()
_replaced = Replaced(
    {
        _start_run: start_run,
        _end_run: end_run,
        _set_experiment: set_experiment,
        _original_experiment_id: get_experiment_id,
        _set_tracking_uri: set_tracking_uri,
        _get_tracking_uri: get_tracking_uri,
    }
)
