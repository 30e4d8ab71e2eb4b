"""A library whose module has one current run, in a process where several steps have one each."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from types import ModuleType
from typing import Any

Show = Callable[[str, Any], Any]


class StepModule:
    """Has a module show each tracked step its own run, in the step's own context; elsewhere it is what it always was.

    While any tracked step of the process needs it, the module has a class of its own, whose properties stand before
    what the module holds.
    """

    def __init__(self, module: str, names: Iterable[str], show: Show) -> None:
        """Nothing is changed yet, and the module need not be loaded.

        Args:
            module: Its name.
            names: What of it is another thing in a tracked step.
            show: What that is, by one of the names and the step's run.
        """
        self._name = module
        self._held: ContextVar[tuple[tuple[Any], ...]] = ContextVar(f"zenml_trackers_{module}", default=())
        self._lock = threading.Lock()
        self._holders = 0
        self._before: type[ModuleType] = ModuleType
        self._class = type("_StepAware", (ModuleType,), {name: self._shown(name, show) for name in names})

    @property
    def current(self) -> Any:
        """The run of this context's step; None outside of one."""
        held = self._held.get()
        return held[-1][0] if held else None

    def attach(self, run: Any) -> Callable[[], None]:
        """Make `run` the current one of this context, until the returned function is called."""
        mark = (run,)
        self._held.set((*self._held.get(), mark))
        with self._lock:
            if self._holders == 0:
                self._before = type(sys.modules[self._name])
                sys.modules[self._name].__class__ = self._class
            self._holders += 1
        return lambda: self._detach(mark)

    def _detach(self, mark: tuple[Any]) -> None:
        self._held.set(tuple(held for held in self._held.get() if held is not mark))
        with self._lock:
            self._holders -= 1
            if self._holders == 0:
                sys.modules[self._name].__class__ = self._before

    def _shown(self, name: str, show: Show) -> property:
        def get(module: ModuleType) -> Any:
            return show(name, self.current) if self._held.get() else module.__dict__[name]

        def put(module: ModuleType, value: Any) -> None:
            module.__dict__[name] = value

        return property(get, put)
