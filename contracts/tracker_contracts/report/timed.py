"""Where the time of a check went, in lines."""

from __future__ import annotations

from collections.abc import Iterator

from tracker_contracts.report.report import Report, Timing

TITLES = {
    "start": "Starting, and a silent step",
    "programs": "Programs",
    "searches": "Searches for smaller programs",
    "trials": "Trials",
}
MOST = 6
"""Parts of one kind that are told; the JSON has all."""


def lines(report: Report) -> Iterator[str]:
    """A line for each kind of work, what took longest first; none if no times were asked for."""
    for what, title in TITLES.items():
        parts = [timing for timing in report.timings if timing.what == what]
        if parts:
            total = sum(timing.seconds for timing in parts)
            count = sum(timing.count for timing in parts)
            named = [_part(timing) for timing in parts[:MOST] if timing.driver is not None]
            more = [f"{len(parts) - MOST} more"] if len(parts) > MOST else []
            yield f"{title}: {total:.1f} s for {count}" + (f": {', '.join(named + more)}" if named else "")


def _part(timing: Timing) -> str:
    driver = timing.driver.value if timing.driver else ""
    name = " ".join(part for part in (timing.clause, driver) if part)
    return f"{name} {timing.seconds:.1f} s"
