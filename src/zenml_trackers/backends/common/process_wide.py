"""What a whole process has one of, while its tracked steps have one each."""

from __future__ import annotations

import os
import sys
import sysconfig
import threading
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any, ClassVar

INSTALLED = tuple({f"{sysconfig.get_path(kind)}{os.sep}" for kind in ("stdlib", "platstdlib", "purelib", "platlib")})
"""The folders of modules that nobody edits while they are used."""


class Replaced:
    """Functions and classes of a library with ours in their place, also where a module has imported them by name."""

    def __init__(self, ours: Mapping[Callable[..., Any], Callable[..., Any]]) -> None:
        """Nothing is replaced yet.

        Args:
            ours: What is to stand in the place of each; both have its name.
        """
        self._ours = dict(ours)
        self._holders = 0
        self._without: set[str] = set()
        """Modules that have none of the functions: a process has thousands, and to look at all takes a step 10 ms."""
        self._lock = threading.Lock()

    def hold(self) -> None:
        """Put ours in the place of the library's, unless they are there."""
        with self._lock:
            self._holders += 1
            if self._holders == 1:
                self._exchange([(old.__name__, old, new) for old, new in self._ours.items()])

    def release(self) -> None:
        """Put the library's back, if nobody else holds ours."""
        with self._lock:
            self._holders -= 1
            if self._holders == 0:
                self._exchange([(new.__name__, new, old) for old, new in self._ours.items()])

    def _exchange(self, functions: Sequence[tuple[str, Callable[..., Any], Callable[..., Any]]]) -> None:
        modules = sys.modules.copy()  # others import meanwhile
        for name in modules.keys() - self._without:
            module = modules[name]
            held = getattr(module, "__dict__", {})
            has_any = False
            for function, old, new in functions:
                if (found := held.get(function)) is old:
                    held[function] = new
                has_any |= found is old or found is new
            if not has_any and _imports_nothing_more(module):
                self._without.add(name)


def _imports_nothing_more(module: ModuleType | None) -> bool:
    """Whether it is an installed module, all of which is loaded; one of the user's may be edited and loaded anew."""
    spec = module.__spec__ if type(module) is ModuleType else None
    if spec is None or getattr(spec, "_initializing", False):
        return False
    origin = spec.origin or ""
    return origin in ("built-in", "frozen") or origin.startswith(INSTALLED)


class Variables:
    """Environment variables that lead started processes to the step's run, where there is no doubt which that is.

    Each has the value that all tracked steps of the process agree on; if they don't, the one that it had before.
    """

    _before: ClassVar[dict[str, str | None]] = {}

    def __init__(self) -> None:
        self._names: set[str] = set()

    @classmethod
    def outside(cls, name: str) -> str | None:
        """What a variable is without regard to tracked steps."""
        return cls._before[name] if name in cls._before else os.environ.get(name)

    def show(self, steps: Sequence[Mapping[str, str]]) -> None:
        """Set them for these steps, all that there are; without any they are as they were before the first."""
        self._names |= {name for values in steps for name in values}
        for name in self._names:
            before = self._before.setdefault(name, os.environ.get(name))
            values = {values.get(name) for values in steps}
            set_variable(name, values.pop() if len(values) == 1 else before)
        if not steps:
            for name in self._names:
                self._before.pop(name)
            self._names.clear()


def set_variable(name: str, value: str | None) -> None:
    """Set an environment variable, or take it away."""
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value
