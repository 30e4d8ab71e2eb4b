"""One run in MLflow."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from zenml_trackers.backend import Inert
from zenml_trackers.backends.mlflow import layout
from zenml_trackers.backends.mlflow.media import Shelf
from zenml_trackers.backends.mlflow.outbox import Outbox
from zenml_trackers.backends.mlflow.place import Place
from zenml_trackers.errors import TrackerUnreachable
from zenml_trackers.naming import Names
from zenml_trackers.records import Record, RunError, Status, Table
from zenml_trackers.sinks import DocumentSink, Number
from zenml_trackers.steps import INT64

if TYPE_CHECKING:
    import PIL.Image


class MlflowSink(DocumentSink):
    """One run; what is logged at once goes out at once."""

    steps: ClassVar[range | None] = INT64

    def __init__(self, place: Place, experiment_id: str, config: dict[str, Any]) -> None:
        """A run that is not there yet.

        Args:
            place: Where it is to be.
            experiment_id: MLflow's id of the project.
            config: Its document.
        """
        super().__init__(config)
        self.id = ""
        self.name = config[layout.NAME]
        self.native = Inert()
        self._place = place
        self._experiment_id = experiment_id
        self._old: Any = None
        self._outbox = Outbox(place, {}, {})
        self._keys = Names(layout.KEY, layout.LONGEST_KEY, config.get(layout.NAMES))
        self._params = layout.as_params(config)
        self._opened_shelf: Shelf | None = None
        self._time = 0
        self._noted = False

    def resume(self, run: Any, last_step: int, last_time: int) -> None:
        """Go on with a stored run.

        Args:
            run: MLflow's.
            last_step: The highest step of its metrics.
            last_time: The latest time of its metrics, in milliseconds.
        """
        self._old = run
        self._steps.next, self._time = last_step + 1, last_time
        self._outbox = Outbox(self._place, run.data.tags, run.data.params)

    @property
    def links(self) -> dict[str, str]:
        return self._place.links(self._experiment_id, self.id) if self.id else {}

    def begin(self) -> None:
        from zenml_trackers.backends.mlflow.native import StepRun

        with self._place.reached():
            run = self._old or self._place.made(self._experiment_id, layout.run_name(self.name), _now())
            if self._old:
                self._place.set_status(run.info.run_id, Status.RUNNING, None)
            self.native = StepRun(run, self._place)
            self._opened_shelf = Shelf(self._place, run, self.config.get(layout.NAMES, {}))
        self.id = run.info.run_id

    def write(self, records: Sequence[Record]) -> None:
        try:
            super().write(records)
        finally:
            if self._noted:
                self.put(self.config)
            self._outbox.send(self.id)

    def give_up(self) -> None:
        self._outbox.over = True

    def stored(self) -> int:
        return super().stored() - self._outbox.waiting - self._outbox.refused

    def others(self) -> int:
        return self._place.others

    def log(self, values: Mapping[str, Number], step: int) -> None:
        moment = self._moment()
        for name, value in values.items():
            key, number = self._keys.stored(name), float(value)
            if math.isinf(number):
                number = math.copysign(sys.float_info.max, number)  # as MLflow has it, and its pages know
            elif abs(number) == sys.float_info.max:
                self._note(layout.LARGEST, [*self.config.get(layout.LARGEST, []), [key, moment]])
            self._outbox.add_metric(key, number, moment, step)
        self._note(layout.NAMES, {**self.config.get(layout.NAMES, {}), **self._keys.receipt})

    def put(self, config: Mapping[str, Any]) -> None:
        self._noted = False
        params = layout.as_params(config)
        if former := {*config.get(layout.FORMER, ()), *self._params} - params.keys():
            self.config[layout.FORMER] = sorted(former)
        self._params = params
        self._outbox.put(layout.as_tags(config), params)

    def end(self, status: Status, error: RunError | None) -> None:
        try:
            self._outbox.send(self.id)
        finally:
            if self.id:
                with self._place.reached():
                    self._place.set_status(self.id, status, _now())

    def keep(self, name: str, path: Path) -> None:
        self._note(layout.KEPT, {**self.config.get(layout.KEPT, {}), self._shelf.keep(name, path): name})

    def show_image(self, name: str, image: PIL.Image.Image, step: int) -> None:
        self._shelf.show_image(name, image, step, self._moment())
        self._note_shown()

    def show_table(self, table: Table, step: int) -> None:
        self._shelf.show_table(table, step, self._moment())
        self._note_shown()

    @property
    def _shelf(self) -> Shelf:
        if self._opened_shelf is None:
            raise TrackerUnreachable(f"MLflow at {self._place.uri} has no run to keep it with")
        return self._opened_shelf

    def _moment(self) -> int:
        """Now, but later than all before: by it values are told apart, and put in order when they are read."""
        self._time = max(_now(), self._time + 1)
        return self._time

    def _note_shown(self) -> None:
        self._outbox.put(self._shelf.tags, {})
        self._note(layout.NAMES, {**self.config.get(layout.NAMES, {}), **self._shelf.keys.receipt})

    def _note(self, key: str, value: Any) -> None:
        """Set something of our own in the document, which is put when the records are through."""
        if value and self.config.get(key) != value:
            self.config[key] = value
            self._noted = True


def _now() -> int:
    return time.time_ns() // 1_000_000
