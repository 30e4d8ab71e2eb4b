"""A library's class that makes runs, which in a tracked step gives the step's run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def joining(kind: type[Any], join: Callable[..., Any]) -> type[Any]:
    """A class to stand in the place of `kind`: what is one of `kind` is one of it too.

    Args:
        kind: The library's class.
        join: Gives the step's run for the arguments that `kind` would get; None has `kind` make one.
    """

    class Joining(type(kind)):  # type: ignore[misc]  # known when it runs
        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            if cls is not stands_in:  # a class that was derived from it
                return super().__call__(*args, **kwargs)
            run = join(*args, **kwargs)
            return kind(*args, **kwargs) if run is None else run

        def __instancecheck__(cls, instance: Any) -> bool:
            return isinstance(instance, kind) if cls is stands_in else super().__instancecheck__(instance)

        def __subclasscheck__(cls, subclass: type) -> bool:
            return issubclass(subclass, kind) if cls is stands_in else super().__subclasscheck__(subclass)

    named = {"__module__": kind.__module__, "__qualname__": kind.__qualname__, "__doc__": kind.__doc__}
    stands_in: type[Any] = Joining(kind.__name__, (kind,), named)
    return stands_in
