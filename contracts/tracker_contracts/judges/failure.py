"""F1 to F4."""

from __future__ import annotations

from collections.abc import Iterator

from tracker_contracts.judges.judge import judges
from tracker_contracts.judges.trace import Check, Pair, Trace
from tracker_contracts.observed import ObservedRun

ENDED = ("finished", "failed")


@judges("F1")
def failed(trace: Trace) -> Iterator[Check]:
    """The run of a failed step looks as if it went well.

    Use the `step_failed` that cleanup is given, and store the state where users see it.
    """
    for pair, run in _ended(trace):
        if isinstance(pair.expected.raised, Exception):
            yield pair.same("the state of a step that raised", run.state, "failed")


@judges("F2")
def error(trace: Trace) -> Iterator[Check]:
    """From the run nobody can tell why the step failed, or only half of it.

    While cleanup runs, `sys.exc_info()` is the step's exception: store the name of its class and its whole text.
    """
    for pair, run in trace.kept:
        raised = pair.expected.raised
        if raised is not None and run.state == "failed":
            yield pair.same("the exception's type", (run.error_type or "").rpartition(".")[2], type(raised).__name__)
            yield pair.same("the exception's message", run.error_message or "", str(raised))


@judges("F3")
def exits(trace: Trace) -> Iterator[Check]:
    """A step that was stopped looks as if it had finished.

    Not every exception is an `Exception`: go by `step_failed`, not by an `except` of your own.
    """
    for pair, run in _ended(trace):
        if pair.expected.raised is not None and not isinstance(pair.expected.raised, Exception):
            yield pair.same("the state of a step that was stopped", run.state, "failed")


@judges("F4")
def finished(trace: Trace) -> Iterator[Check]:
    """A step that went well is stored as failed.

    Go by the `step_failed` that this step's cleanup was given; an exception that others handle is none of this step's.
    """
    for pair, run in trace.kept:
        if pair.expected.raised is None and pair.outcome.raised is None:
            if run.state in ENDED:
                yield pair.same("the state of a step that returned", run.state, "finished")
            yield pair.same("no error of a step that returned", (run.error_type, run.error_message), (None, None))


def _ended(trace: Trace) -> Iterator[tuple[Pair, ObservedRun]]:
    """One that is in no terminal state is L2's affair alone."""
    return ((pair, run) for pair, run in trace.kept if run.state in ENDED)
