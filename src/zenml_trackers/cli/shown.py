"""Values as the command shows them: short, on one line, and without what would steer a terminal."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from rich.cells import cell_len, set_cell_size

from zenml_trackers.model.stored import StoredRun

MARK = "…"
MOST_DIGITS = 10
"""Of an integer that is shown as it is."""


def safe(text: str) -> str:
    """The text with its control characters written out, line ends aside."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() or each == "\n" else _escaped(each) for each in text)


def one_line(text: str) -> str:
    """The text on one line."""
    return safe(" ".join(re.split(r"[ \t\r\n]+", text)).strip())


def cut(text: str, width: int) -> str:
    """The beginning of the text, if not all of it fits."""
    return text if cell_len(text) <= width else set_cell_size(text, width - 1).rstrip() + MARK


def cut_in_the_middle(text: str, width: int) -> str:
    """The beginning and the end of the text, if not all of it fits: names of runs often differ at the end alone."""
    if cell_len(text) <= width:
        return text
    front = set_cell_size(text, width // 2)
    return front + MARK + _end_of(text, width - cell_len(front) - 1)


def status(run: StoredRun) -> str:
    """How the run is."""
    return run.status.value if run.status else "unknown"


def error(run: StoredRun) -> str:
    """Why the run failed, whole; empty if it did not."""
    return safe(f"{run.error.type}: {run.error.message}".removesuffix(": ")) if run.error else ""


def moment(time: datetime | None, exact: bool) -> str:
    """The time where the user is, or in UTC if `exact`; empty if it is not known."""
    if time is None:
        return ""
    return f"{time:%Y-%m-%dT%H:%M:%SZ}" if exact else f"{time.astimezone():%Y-%m-%d %H:%M:%S}"


def short_moment(time: datetime | None) -> str:
    """The time where the user is, to the minute, and without the year if it is this one."""
    if time is None:
        return ""
    there = time.astimezone()
    return f"{there:%b %d %H:%M}" if there.year == datetime.now().year else f"{there:%Y-%m-%d %H:%M}"


def duration(run: StoredRun) -> str:
    """How long the run took, as far as that is known."""
    if run.started is None or run.ended is None:
        return ""
    seconds = max(0.0, (run.ended - run.started).total_seconds())
    if seconds < 10:
        return f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days}d {hours:02}h"
    if hours:
        return f"{hours}h {minutes:02}m"
    return f"{minutes}m {rest:02}s" if minutes else f"{rest}s"


def number(value: bool | int | float, exact: bool = False) -> str:
    """The number; to five digits unless `exact`."""
    if exact or isinstance(value, bool):
        return str(value)
    if isinstance(value, int) and len(str(value)) <= MOST_DIGITS:
        return str(value)
    try:
        return f"{value:.5g}"
    except OverflowError:  # an integer that no float holds
        return cut(str(value), MOST_DIGITS)


def plain(value: Any) -> str:
    """A param or a value of metadata: text as it is, all else as JSON."""
    return safe(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()


def _end_of(text: str, width: int) -> str:
    end = text[-width:] if width > 0 else ""
    while cell_len(end) > width:
        end = end[1:]
    return end
