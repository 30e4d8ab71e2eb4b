"""Writers of PyTorch and tensorboardX that are given no folder: in a tracked step they write into that of its run.

Replaces `__init__` of both `SummaryWriter` classes while a tracked step runs (PyTorch 2.0 to 2.12, tensorboardX 2.6).
Neither library is loaded for that: one that is imported meanwhile is changed then.
"""

from __future__ import annotations

import functools
import inspect
import os
import sys
import threading
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from itertools import count
from types import ModuleType
from typing import Any

from zenml_trackers.backends.common.step_runs import StepRuns, Untaken

MODULES = ("torch.utils.tensorboard.writer", "tensorboardX.writer")
FOLDERS = ("log_dir", "logdir")
"""What the parameter for the folder is called."""
SUFFIX = "filename_suffix"
"""The parameter for the end of the file's name; tensorboardX gives two files of one second the same name otherwise."""
_numbers = count()


class StepFolder:
    """The folder of a step's run."""

    def __init__(self, path: str, name: str) -> None:
        self.path = path
        self.untaken = Untaken(name=name)

    def given(self, arguments: inspect.BoundArguments) -> inspect.BoundArguments:
        """What a writer is made with: this folder, if it is given none."""
        values = arguments.arguments
        if not any(values.get(name) for name in FOLDERS):
            self.untaken.tell("SummaryWriter()", comment=values.get("comment"))
            values[next(name for name in arguments.signature.parameters if name in FOLDERS)] = self.path
            values[SUFFIX] = f"{values.get(SUFFIX) or ''}.{os.getpid()}.{next(_numbers)}"
        return arguments


def attach(path: str, name: str) -> Callable[[], None]:
    """Have writers without a folder in this context write to that one, until the returned function is called."""
    mark = _writers.hold(StepFolder(path, name))
    return lambda: _writers.release(mark)


class _Writers(MetaPathFinder):
    """The classes of writers, changed as long as any tracked step of the process needs it."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._runs: StepRuns[StepFolder] = StepRuns("tensorboard")
        self._originals: dict[type[Any], Callable[..., None]] = {}

    def hold(self, run: StepFolder) -> tuple[StepFolder]:
        with self._lock:
            mark = self._runs.enter(run)
            if self not in sys.meta_path:
                sys.meta_path.insert(0, self)
                for name in MODULES:
                    self._change(sys.modules.get(name))
            return mark

    def release(self, mark: tuple[StepFolder]) -> None:
        with self._lock:
            self._runs.leave(mark)
            if not self._runs.all:
                sys.meta_path.remove(self)
                for writer, original in self._originals.items():
                    writer.__init__ = original
                self._originals.clear()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """As others find it; a module of writers is changed when it is loaded."""
        if fullname not in MODULES:
            return None
        others = [finder for finder in sys.meta_path if finder is not self]
        spec = next(filter(None, (finder.find_spec(fullname, path, target) for finder in others)), None)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module
            spec.loader.exec_module = lambda module: (load(module), self._change(module))  # type: ignore
        return spec

    def _change(self, module: ModuleType | None) -> None:
        with self._lock:
            writer = getattr(module, "SummaryWriter", None)
            if writer is not None and self._runs.all and writer not in self._originals:
                self._originals[writer] = writer.__init__
                writer.__init__ = self._made(writer.__init__)

    def _made(self, original: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(original)

        @functools.wraps(original)
        def made(writer: Any, *args: Any, **kwargs: Any) -> None:
            run = self._runs.here
            if run is not None:
                given = run.given(signature.bind(writer, *args, **kwargs))
                args, kwargs = given.args[1:], given.kwargs
            original(writer, *args, **kwargs)

        return made


_writers = _Writers()
