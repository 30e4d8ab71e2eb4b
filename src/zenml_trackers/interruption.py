"""What a signal's handler raises, such as a stop of ZenML's or an alarm: it is meant for the step.

Python calls the handler between any two instructions of the main thread, so that its exception may appear in the middle
of a call of this package, and look like a failure of the tracker.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from functools import partial
from traceback import walk_tb
from types import CodeType, FrameType, FunctionType
from typing import Any


def let_through(error: BaseException) -> None:
    """Raise what a signal's handler raised during the caller, if that is `error`, or what `error` was made of.

    Call it first where an exception of any kind is caught. An exception that another thread sets in this one, as some
    libraries do to end it, can't be told from a failure.
    """
    caller = sys._getframe(1)
    handlers = set(_handlers())
    for cause in _causes(error):
        frames = [frame for frame, _ in walk_tb(cause.__traceback__)]
        if any(frame.f_code in handlers for frame in frames) and any(_is_within(frame, caller) for frame in frames):
            raise cause


def _handlers() -> Iterator[CodeType]:
    """The code of each that is written in Python; the others raise `KeyboardInterrupt`, which nothing catches."""
    for number in signal.valid_signals():
        if (code := _code(signal.getsignal(number))) is not None:
            yield code


def _code(handler: Any) -> CodeType | None:
    while isinstance(handler, partial):
        handler = handler.func
    function = getattr(handler, "__func__", handler)
    if callable(handler) and not isinstance(function, FunctionType):
        function = type(handler).__call__
    code = getattr(function, "__code__", None)
    return code if isinstance(code, CodeType) else None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all that it came of: code on the way may have given it another name."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def _is_within(frame: FrameType | None, caller: FrameType) -> bool:
    """Whether it is `caller`, or was called by it: what the step caught before may be a cause too, and is over."""
    while frame is not None and frame is not caller:
        frame = frame.f_back
    return frame is caller
