"""Whether the run that a library's own calls are to reach is nested in another one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_nested: ContextVar[bool] = ContextVar("zenml_trackers_nested", default=False)


@contextmanager
def attaching(nested: bool) -> Iterator[None]:
    """Tell `Backend.attach` in the block of what kind the run is."""
    token = _nested.set(nested)
    try:
        yield
    finally:
        _nested.reset(token)


def is_nested() -> bool:
    """Whether the run that is attached now is nested in another one, which stands for it in other threads."""
    return _nested.get()
