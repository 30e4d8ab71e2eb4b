"""Counting the steps of a run, for libraries that don't."""

from __future__ import annotations


class StepCounter:
    """A step that is not given is the one after the highest so far."""

    def __init__(self, last: int = -1) -> None:
        self.next = last + 1

    def at(self, step: int | None) -> int:
        """The step of what is logged now, given or not."""
        chosen = self.next if step is None else step
        self.next = max(self.next, chosen + 1)
        return chosen
