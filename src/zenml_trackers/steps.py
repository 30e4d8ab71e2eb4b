"""Counting the steps of a run, for libraries that don't."""

from __future__ import annotations

from collections.abc import Iterable

from zenml_trackers.errors import UnstorableValue

INT64 = range(-(2**63), 2**63)
"""The steps that most libraries can hold."""


def need_step(names: Iterable[str], step: int | None, known: range | None) -> None:
    """See that a step is one that a library can hold; None stands for any.

    Raises:
        UnstorableValue: It is not; the message names what belongs to it.
    """
    if step is not None and known is not None and step not in known:
        named = ", ".join(map(repr, names))
        raise UnstorableValue(f"{named} at step {step}: this tracker's steps are from {known.start} to {known[-1]}.")


class StepCounter:
    """A step that is not given is the one after the highest so far."""

    def __init__(self, last: int = -1) -> None:
        self.next = last + 1

    def at(self, step: int | None) -> int:
        """The step of what is logged now, given or not."""
        chosen = self.next if step is None else step
        self.next = max(self.next, chosen + 1)
        return chosen
