"""One run in MLflow."""

from __future__ import annotations

import math
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zenml_trackers.backends.mlflow import layout
from zenml_trackers.backends.mlflow.media import Shelf, Shown
from zenml_trackers.backends.mlflow.place import Place
from zenml_trackers.backends.mlflow.requests import Refusals, Requests
from zenml_trackers.errors import Losses, UnstorableValue
from zenml_trackers.model.naming import Names
from zenml_trackers.model.records import Image, Logged, Metrics, RunError, Status, Table
from zenml_trackers.port.sinks import DocumentSink, Number

if TYPE_CHECKING:
    import PIL.Image

Row = tuple[int, Metrics]
"""With the time that MLflow gets for it."""


class MlflowSink(DocumentSink):
    """One run; what it is given is in MLflow's store when `write` returns.

    What helps to read a thing back is stored before the thing itself: a process that is killed in between leaves
    nothing that seems to be another.
    """

    _requests: Requests
    _shelf: Shelf

    def __init__(
        self,
        place: Place,
        experiment_id: str,
        config: dict[str, Any],
        started: float | None,
        run: Any = None,
        last_time: int = 0,
    ) -> None:
        """A run that is not there yet, or goes on.

        Args:
            place: Where it is to be.
            experiment_id: MLflow's id of the project.
            config: Its document.
            started: When it began, in seconds since 1970; None is now.
            run: MLflow's run, if it goes on.
            last_time: The latest time of its metrics, in milliseconds.
        """
        super().__init__(config)
        self.name = config[layout.NAME]
        self._place = place
        self._experiment_id = experiment_id
        self._run = run
        self._keys = Names(layout.KEY, layout.LONGEST_KEY, config.get(layout.NAMES))
        self._params = layout.as_params(config)
        self._opened, self._time = _milliseconds(started), last_time
        self._shown = Shown(0, -1)

    @property
    def links(self) -> dict[str, str]:
        return self._place.links(self._experiment_id, self.id) if self.id else {}

    def begin(self) -> None:
        from zenml_trackers.backends.mlflow.native import StepRun

        with self._place.reached():
            if self._run is None:
                tags = layout.as_tags(self.config)
                self._run = self._place.made(self._experiment_id, layout.run_name(self.name), self._opened, tags)
            else:
                self._place.set_status(self._run.info.run_id, Status.RUNNING, None)
            self.native = StepRun(self._run, self._place)
        self._shelf = Shelf(self._place, self._run, self.config.get(layout.NAMES, {}))
        self._requests = Requests(self._place, self._run)
        self.id = self._run.info.run_id

    def give_up(self) -> None:
        if self.id:
            self._requests.over = True

    def others(self) -> int:
        return self._place.others

    def take(self, records: Iterable[Logged]) -> None:
        """Rows of metrics that follow each other are sent together."""
        for are_rows, some in groupby(records, lambda record: isinstance(record, Metrics)):
            if not are_rows:
                super().take(some)
                continue
            rows = self._left(list(self._timed(some)))
            while rows:
                self._store(_part(rows, self._requests.at_once))

    def log(self, values: Mapping[str, Number], step: int) -> None:
        self.take([Metrics(values=values, step=step)])

    def put(self, config: Mapping[str, Any]) -> None:
        params = layout.as_params(config)
        if former := {*config.get(layout.FORMER, ()), *self._params} - params.keys():
            self.config[layout.FORMER] = sorted(former)
        self._params = params
        self._note_refusals(self._requests.put(layout.as_tags(config), params))

    def end(self, status: Status, error: RunError | None) -> None:
        with self._place.reached():
            self._place.set_status(self.id, status, _milliseconds(self.ended_at))
        losses, self.losses = self.losses, []
        if losses:
            raise Losses(losses)

    def keep(self, name: str, path: Path) -> None:
        stored = self._shelf.path_of(name, path)
        with self._keeping(stored):
            self._shelf.keep(stored, path)
        self._note(layout.KEPT, {**self.config.get(layout.KEPT, {}), stored: name})

    def show_captioned(self, image: Image, picture: PIL.Image.Image) -> None:
        stored = self._shelf.image_path(image.name, image.step, self._shown)
        with self._keeping(stored):
            self._shelf.show_image(picture, image.caption, stored)

    def show_table(self, table: Table, step: int) -> None:
        stored = self._shelf.table_path(table.name, step, self._shown)
        with self._keeping(stored):
            self._shelf.show_table(table, stored)

    def take_one(self, record: Logged) -> None:
        self._shown = Shown(self._when(record), record.number)
        super().take_one(record)

    def _timed(self, rows: Iterable[Logged]) -> Iterator[Row]:
        """Rows with their times, which tell values apart and are their order; given again they get the same."""
        moment = self._time
        for row in rows:
            assert isinstance(row, Metrics)
            moment = max(self._when(row), moment + 1)
            yield moment, row

    def _left(self, rows: list[Row]) -> deque[Row]:
        """What is not stored, as far as a look tells, if the last request was not answered: MLflow itself would need
        many times as long to find that out of what it is sent again."""
        if not self._requests.in_doubt:
            return deque(rows)
        latest = self._requests.latest()
        known = [
            index
            for index, (moment, row) in enumerate(rows)
            if any((self._keys.stored(name), moment, row.step) in latest for name in row.values)
        ]
        return deque(rows[max(known, default=0) :])  # they are stored in their order; this one maybe in part

    def _store(self, rows: Sequence[Row]) -> None:
        """Send rows, after the names and marks that they need."""
        metrics = [metric for moment, row in rows for metric in self._metrics(row, moment)]
        self._note(layout.NAMES, {**self.config.get(layout.NAMES, {}), **self._keys.receipt})
        self.settle()
        refused = self._requests.log(metrics)
        self._note_refusals(refused)
        self.lost_rows += len({metric.timestamp for metric, _ in refused})
        self._time, self.taken = rows[-1][0], rows[-1][1].number

    def _metrics(self, row: Metrics, moment: int) -> Iterator[Any]:
        from mlflow.entities import Metric

        for name, value in row.values.items():
            if isinstance(value, int) and int(float(value)) != value:
                refused = f"{name!r} holds an integer that no float equals, which MLflow can't store."
                self.losses.append(UnstorableValue(refused))
                continue
            key, number = self._keys.stored(name), float(value)
            if math.isinf(number):
                number = math.copysign(sys.float_info.max, number)  # as MLflow has it, and its pages know
            elif abs(number) == sys.float_info.max:
                known = self.config.get(layout.LARGEST, [])
                self._note(layout.LARGEST, known if [key, moment] in known else [*known, [key, moment]])
            yield Metric(key, number, moment, row.step)

    def _when(self, record: Logged) -> int:
        """When it was logged, in milliseconds; the same each time that it is given."""
        return self._opened if record.time is None else int(record.time * 1000)

    @contextmanager
    def _keeping(self, stored: str) -> Iterator[None]:
        """Have it known meanwhile that what is at this path may be there in part."""
        self._note(layout.NAMES, {**self.config.get(layout.NAMES, {}), **self._shelf.keys.receipt})
        self._note(layout.KEEPING, [stored])
        self.settle()
        yield
        self._note_refusals(self._requests.put(self._shelf.tags, {}))
        del self.config[layout.KEEPING]
        self.changed = True

    def _note(self, key: str, value: Any) -> None:
        """Set something of our own in the document, which is put with the next records at the latest."""
        if value and self.config.get(key) != value:
            self.config[key] = value
            self.changed = True

    def _note_refusals(self, refusals: Refusals) -> None:
        """Each reason once: all that a run is refused for one reason has the same error."""
        self.losses += {id(error): error for _, error in refusals}.values()


def _part(rows: deque[Row], most: int) -> list[Row]:
    """Take rows of at most so many values, or one that has more."""
    part = [rows.popleft()]
    size = len(part[0][1].values)
    while rows and (size := size + len(rows[0][1].values)) <= most:
        part.append(rows.popleft())
    return part


def _milliseconds(seconds: float | None) -> int:
    """As MLflow has times; None is now."""
    return int((time.time() if seconds is None else seconds) * 1000)
