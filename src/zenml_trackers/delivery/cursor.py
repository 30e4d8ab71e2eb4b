"""Reading a journal: how far one sender is, and what names and metric steps the records of child processes have.

Both come from the order of the lines alone, so that whoever reads the journal again finds the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from zenml_trackers.delivery import rows
from zenml_trackers.delivery.budgets import CHUNK
from zenml_trackers.delivery.journal import Journal
from zenml_trackers.delivery.lines import KINDS
from zenml_trackers.delivery.rows import PROCESS, RANK
from zenml_trackers.delivery.totals import Totals
from zenml_trackers.model import quick
from zenml_trackers.model.records import Definition, End, Logged, Metrics
from zenml_trackers.model.stored import MetricPoint

RECORD = b'{"kind":'
"""How the line of a record begins."""
END_OF_RECORD = b"}"
OWN = ""
"""The mark of the run's own series."""


class Marks:
    """The metric steps of the run's own records, and the names and steps of those of its child processes.

    Rank 0 goes on with the run's own series. Each other mark, `rank-1/` or `process-1/`, has one that counts from 0.
    """

    def __init__(self) -> None:
        self._last = {OWN: -1}
        self._processes: dict[Any, str] = {}
        self.rows = 0
        """The rows of metrics of child processes so far."""
        self.next_step = 0
        """The metric step that follows those that rank 0 was given here."""

    def begin_at(self, last_step: int) -> None:
        """The run had metrics before, up to that step."""
        self._last[OWN] = last_step

    def see(self, fields: dict[str, Any]) -> None:
        """A row of metrics of the run's own process."""
        if fields["step"] > self._last[OWN]:
            self._last[OWN] = fields["step"]

    def put(self, kind: type[Logged], fields: dict[str, Any]) -> None:
        """Give a record of a child process its name and its metric step."""
        mark = self._mark(fields.pop(PROCESS), fields.pop(RANK, None))
        if kind is Metrics:
            fields["values"] = {mark + name: value for name, value in fields["values"].items()}
            fields["step"] = self._count(mark, fields["step"])
            self.rows += 1
        elif "step" in fields:  # of what is shown; mere files and all else belong to the run as a whole
            fields |= {key: mark + fields[key] for key in ("name", "title") if key in fields}
            fields["step"] = max(self._last.get(mark, 0), 0) if fields["step"] is None else fields["step"]

    def _mark(self, process: Any, rank: int | None) -> str:
        if rank is not None:
            return f"rank-{rank}/" if rank else OWN
        return self._processes.setdefault(process, f"process-{len(self._processes) + 1}/")

    def _count(self, mark: str, step: int | None) -> int:
        last = self._last.get(mark, -1)
        chosen = last + 1 if step is None else step
        self._last[mark] = max(last, chosen)
        if mark == OWN:
            self.next_step = self._last[mark] + 1
        return chosen


class Cursor:
    """How far one sender has read in a journal, to the end of the run at most."""

    def __init__(self, journal: Journal) -> None:
        self.marks = Marks()
        self.totals = Totals()
        self.offset = 0
        """Bytes that were read."""
        self.unreadable = 0
        """Lines that are whole, and yet of no form that anybody wrote; each costs itself alone."""
        self._journal = journal
        self._number = 0
        self._ended = False

    def begin_after(self, points: Iterable[MetricPoint], last_step: int) -> None:
        """The run had these values of metrics before, up to that step."""
        self.marks.begin_at(last_step)
        for point in points:
            self.totals.see({point.name: point.value})

    def next(self, most: int) -> list[Logged]:
        """The records that follow, as far as they are there now."""
        while not self._ended and (lines := self._lines()[:most]):
            found = list(self._records(lines))
            self.offset += sum(map(len, lines)) + len(lines)
            self._number += len(lines)
            if found:  # else these were torn, and there may be more
                return found
        return []

    def _lines(self) -> list[bytes]:
        """Whole lines, as many as one reading has; what has no end is being written, or was torn."""
        size = CHUNK
        while True:
            data = self._journal.read(size, self.offset)
            lines = data.split(b"\n")[:-1]
            if lines or len(data) < size:
                return lines
            size *= 4

    def _records(self, lines: list[bytes]) -> Iterator[Logged]:
        for number, line in enumerate(lines, self._number):
            if (fields := rows.fields(line)) is not None:
                self.totals.see(fields["values"])
                self.marks.see(fields)
                yield quick.row(number, fields["time"], fields["values"], fields["step"])
            elif (record := self._readable(number, line)) is not None:
                yield record
                if isinstance(record, End):
                    self._ended = True
                    return

    def _readable(self, number: int, line: bytes) -> Logged | None:
        fields = _fields(line)
        if fields is not None:
            with suppress(AttributeError, LookupError, TypeError, ValueError):  # pydantic's are among the last
                return self._record(number, fields)
        self.unreadable += fields is not None or line.endswith(END_OF_RECORD)  # else it was torn
        return None

    def _record(self, number: int, fields: dict[str, Any]) -> Logged:
        kind = KINDS[fields.pop("kind")]
        if issubclass(kind, Metrics):
            rows.need_row(fields)  # before anything is counted
            self.totals.see(fields["values"])  # under the names that their own process gave them
        if PROCESS in fields:
            self.marks.put(kind, fields)
        elif kind is Metrics:
            self.marks.see(fields)
        if kind is Metrics:  # there are many of them, and their values were looked at before
            return quick.row(number, fields["time"], fields["values"], fields["step"])
        record = kind(number=number, **fields)
        if isinstance(record, Definition):
            self.totals.define(record)
        return record


def _fields(line: bytes) -> dict[str, Any] | None:
    """None for a line that was torn; what another process appended to a torn one is a record all the same."""
    begin = 0
    while begin >= 0:
        try:
            fields: dict[str, Any] = json.loads(line[begin:].decode())
            if fields["kind"] in KINDS and "time" in fields:  # a param may look like a record
                return fields
        except (ValueError, KeyError, TypeError, RecursionError):
            pass
        begin = line.find(RECORD, begin + 1)
    return None
