"""Single values of a whole run, as a map that a step sets values in and reads them from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from zenml_trackers.model.values.scalars import Scalar, scalars
from zenml_trackers.run.harmless import harmless


class RunSummary(Mapping[str, Scalar]):
    """What this process set, and what a run had before that is resumed; a name that is set again has its new value.

    What is no number, no bool and no text is named in a warning and not set.
    """

    def __init__(
        self, store: Callable[[dict[str, Scalar]], None], refuse: Callable[[Iterable[Exception]], None]
    ) -> None:
        self._store = store
        self._refuse = refuse
        self._values: dict[str, Scalar] = {}

    def begin_with(self, values: Mapping[str, Scalar]) -> None:
        """The run has these already."""
        self._values.update(values)

    @harmless
    def update(self, values: Mapping[str, Any] | Iterable[tuple[str, Any]] = (), /, **named: Any) -> None:
        """Set several values, those of nested maps under names such as `train/loss`."""
        taken, refused = scalars({**dict(values), **named})
        self._refuse(refused)
        if taken:
            self._values.update(taken)
            self._store(taken)

    @harmless
    def __setitem__(self, name: str, value: Any) -> None:
        self.update({name: value})

    def __getitem__(self, name: str) -> Scalar:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self._values))  # another thread may set one meanwhile

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return repr(self._values)
