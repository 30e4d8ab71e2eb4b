"""The runs of the tracked steps and blocks of this process: those of a context, and those of all threads."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from zenml_trackers.errors import NoActiveRun
from zenml_trackers.run import Run

VARIABLE = "ZENML_TRACKERS_RUN"
"""Names the journals of the one step or block that is tracked in a process, for the processes that it starts."""
REMEMBERED = 100
"""Steps whose end is remembered, at most."""


class Entry(NamedTuple):
    """A run that goes on."""

    step: str
    """ZenML's id of the step's run, or one of the block's own."""
    run: Run
    journal: Path | None
    process: int
    """That entered it; a forked process has those of its parent, too."""
    nested: bool = False
    """Whether it is in another one, which stands for it in other threads and processes."""
    tracker: str = ""
    """What the run's tracker is called: its component's name, or that of its backend."""


_entered: ContextVar[tuple[Entry, ...]] = ContextVar("zenml_trackers_runs", default=())
_all: dict[int, Entry] = {}
"""Those of all threads, in their order; single operations on it need no lock."""
_beside: ContextVar[str | None] = ContextVar("zenml_trackers_beside", default=None)
"""What blocks have for a step that begin beside each other."""
_over: OrderedDict[str, str] = OrderedDict()
"""How to go on with the runs of steps that are over, by the ids of the steps."""


@contextmanager
def beside() -> Iterator[None]:
    """Blocks that begin in this one are those of one step."""
    token = _beside.set(f"runs {uuid4()}")
    try:
        yield
    finally:
        _beside.reset(token)


def enter(
    run: Run, step_run_id: str | None, journal: Path | None = None, nested: bool = False, tracker: str = ""
) -> None:
    """Make `run` one of this context's; runs of one step are beside each other, all others one within the other."""
    step = step_run_id or _beside.get() or f"run {id(run)}"
    entry = Entry(step, run, journal, os.getpid(), nested, tracker or run.backend)
    _entered.set((*_entered.get(), entry))
    _all[id(run)] = entry
    _over.pop(entry.step, None)  # of a former attempt
    _variable.tell()


def leave(run: Run, again: str = "") -> None:
    """Undo `enter`, whatever the order in which others came and went.

    Args:
        run: Which.
        again: The code that goes on with it.
    """
    _entered.set(tuple(entry for entry in _entered.get() if entry.run is not run))
    entry = _all.pop(id(run), None)
    _variable.tell()
    if entry is not None and again:
        _over[entry.step] = again
        while len(_over) > REMEMBERED:
            _over.popitem(last=False)


def disown(run: Run) -> None:
    """Have a run be that of no context any more: whoever ends it is not in the one that it was entered in."""
    _all.pop(id(run), None)
    _variable.tell()


def entries() -> list[Entry]:
    """All that go on in this process; in a forked one those of its parent, unless it has its own."""
    found = list(_all.values())
    return [entry for entry in found if entry.process == os.getpid()] or found


def innermost() -> list[Entry]:
    """The runs of this context's step, not of one around it, nor of one that ZenML gave up before it began."""
    entered = [entry for entry in _entered.get() if id(entry.run) in _all]
    return [entry for entry in entered if entry.step == entered[-1].step]


def of_step(step_run_id: str) -> list[Entry]:
    """The runs of a step of ZenML's, from whatever thread; none if it is not tracked, or over."""
    return [entry for entry in entries() if entry.step == step_run_id]


def only(function: str) -> list[Entry]:
    """The runs of the one step or block that is tracked in this process; none if there is none.

    Raises:
        NoActiveRun: There are several; the message says what to do.
    """
    found = [entry for entry in entries() if not entry.nested]
    if len({entry.step for entry in found}) > 1:
        raise NoActiveRun(
            f"Several tracked steps run in this process, and {function}() can't tell which of them this thread works "
            "for. Pass it the run, or start it with contextvars.copy_context().run."
        )
    return found


def need_going_on(step_run_id: str) -> None:
    """See that the run of a step of ZenML's is not over.

    Raises:
        NoActiveRun: It is; the message says how to go on with it.
    """
    if (again := _over.get(step_run_id)) is not None:
        raise NoActiveRun(
            "The run of this step is over: ZenML calls hooks on success after that. To log from one, go on with the "
            f"run: `with {again} as run: ...`"
        )


def advice(function: str) -> str:
    """What to do where there is no run for a function to give."""
    return (
        f"{function}() works in a step that names its tracker, as in @step(experiment_tracker='my_tracker'), while "
        "that step runs, in its threads and in the processes that it starts."
    )


class _Variable:
    """The variable, which is as it was before once no step is tracked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_ours = False
        self._before: str | None = None

    def tell(self) -> None:
        """Have it name the journals of the one step, and none of several."""
        with self._lock:
            own = [entry for entry in list(_all.values()) if entry.process == os.getpid() and not entry.nested]
            if own and not self._is_ours:
                self._before = os.environ.get(VARIABLE)
            if own or self._is_ours:
                self._is_ours = bool(own)
                _put(_journals_of(own) if own else self._before)


def _journals_of(found: list[Entry]) -> str | None:
    alone = len({entry.step for entry in found}) == 1
    journals = [str(entry.journal) for entry in found if entry.journal is not None]
    return os.pathsep.join(journals) if alone and journals else None


def _put(value: str | None) -> None:
    if value is None:
        os.environ.pop(VARIABLE, None)
    else:
        os.environ[VARIABLE] = value


_variable = _Variable()


def _anew() -> None:
    """In a forked process: the lock may be held for good, and what the variable names now is what was before."""
    global _variable
    _variable = _Variable()


os.register_at_fork(after_in_child=_anew)
