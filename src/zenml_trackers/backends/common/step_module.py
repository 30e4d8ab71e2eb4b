"""A library whose module has one current run, in a process where several steps have one each."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

from zenml_trackers.backends.common.step_runs import StepRuns

Show = Callable[[str, Any], Any]


class StepModule:
    """Has a module show each tracked step its own run, in the step's context; elsewhere it is what it always was.

    A thread that knows no step is shown the run of the only one of the process. While any tracked step of the process
    needs it, the module has a class of its own, whose properties stand before what the module holds.
    """

    def __init__(self, module: str, names: Iterable[str], show: Show) -> None:
        """Nothing is changed yet, and the module need not be loaded.

        Args:
            module: Its name.
            names: What of it is another thing in a tracked step.
            show: What that is, by one of the names and the step's run.
        """
        self._name = module
        self._runs: StepRuns[Any] = StepRuns(module)
        self._lock = threading.Lock()
        self._before: type[ModuleType] | None = None
        self._class = type("_StepAware", (ModuleType,), {name: self._shown(name, show) for name in names})

    @property
    def current(self) -> Any:
        """The run of the step that asks; None outside of one."""
        return self._runs.here

    def attach(self, run: Any) -> Callable[[], None]:
        """Make `run` the current one of this context, until the returned function is called."""
        with self._lock:
            mark = self._runs.enter(run)
            if self._before is None:
                self._before = type(sys.modules[self._name])
                sys.modules[self._name].__class__ = self._class
        return lambda: self._detach(mark)

    def _detach(self, mark: tuple[Any]) -> None:
        with self._lock:
            self._runs.leave(mark)
            if not self._runs.all and self._before is not None:
                sys.modules[self._name].__class__ = self._before
                self._before = None

    def _shown(self, name: str, show: Show) -> property:
        def get(module: ModuleType) -> Any:
            run = self.current
            return module.__dict__[name] if run is None else show(name, run)

        def put(module: ModuleType, value: Any) -> None:
            module.__dict__[name] = value

        return property(get, put)
