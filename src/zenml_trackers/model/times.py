"""Times, as trackers store them, in UTC."""

from __future__ import annotations

import math
import time
from datetime import datetime, timezone


def utc(seconds: float | None) -> datetime | None:
    """The time so many seconds after 1970 began; None for None, for 0, and for what no calendar has."""
    if not seconds:
        return None
    try:
        return datetime.fromtimestamp(seconds, timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None


def utc_in(text: str | None) -> datetime | None:
    """The time in a text such as `2026-11-26T08:00:00+00:00`, taken for UTC if it says no zone; None if it is none."""
    try:
        found = datetime.fromisoformat((text or "").replace("Z", "+00:00"))
    except ValueError:
        return None
    return found.astimezone(timezone.utc) if found.tzinfo else found.replace(tzinfo=timezone.utc)


def utc_text(seconds: float) -> str:
    """The time so many seconds after 1970 began, as in `2026-11-26T08:00:00+00:00`."""
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat()


def following(last: float, seconds: float | None) -> float:
    """A time of which None is now, or the next after `last` if it is no later: clocks are set back, or don't tick."""
    return max(time.time() if seconds is None else seconds, math.nextafter(last, math.inf))
