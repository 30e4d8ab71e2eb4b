"""What stands for a library's run that could not be made."""

from __future__ import annotations

from typing import Any


class Inert:
    """Takes every call that a library's run takes, and does nothing: what a step holds when no run could be made.

    So does all that it has, such as the `config` of a run.
    """

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Inert()

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing."""

    def __setitem__(self, key: str, value: Any) -> None:
        pass
