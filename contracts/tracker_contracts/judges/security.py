"""S1."""

from __future__ import annotations

from collections.abc import Iterator

from tracker_contracts.judges.judge import judges
from tracker_contracts.judges.trace import Check, Trace


@judges("S1")
def no_secret(trace: Trace) -> Iterator[Check]:
    """A secret is shown to people who must not see it.

    Keep it out of messages, URLs, reprs and stored configuration, in whatever form a library puts it there.
    """
    if trace.secret is not None:
        found = [where for where, text in trace.shown.items() if trace.secret in text]
        yield Check("no secret is shown", not found, f"the secret is found in: {', '.join(found)}")
