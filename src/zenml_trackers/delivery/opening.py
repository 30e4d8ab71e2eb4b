"""The beginning of a run in one tracker: made anew, resumed, or found again as a process left it that is no more."""

from __future__ import annotations

from typing import Any

from zenml_trackers.delivery.already import Already
from zenml_trackers.delivery.before import Before
from zenml_trackers.delivery.cursor import Cursor
from zenml_trackers.delivery.handover import Handover
from zenml_trackers.delivery.journal import Journal
from zenml_trackers.delivery.receiver import Receiver
from zenml_trackers.errors import RunNotFound, TrackerError
from zenml_trackers.losses import Redactor, Reporter
from zenml_trackers.model.records import RunSpec
from zenml_trackers.model.stored import StoredRun
from zenml_trackers.port.backend import Backend, Sink


class Opening:
    """Loads a tracker's library and has the run made, once, however often it is tried to reach the tracker."""

    def __init__(self, receiver: Receiver, journal: Journal, number: int, reporter: Reporter) -> None:
        """Nothing is begun.

        Args:
            receiver: The tracker.
            journal: The run's.
            number: Which of the journal's trackers it is.
            reporter: Told of a run that is not there.
        """
        self.backend: Backend | None = None
        """Once its library is loaded."""
        self.sink: Sink | None = None
        """Once the backend gave one."""
        self.before = Before()
        """What the run had before, if it is resumed."""
        self._receiver = receiver
        self._journal = journal
        self._number = number
        self._reporter = reporter

    @property
    def is_done(self) -> bool:
        """Whether the run is stored, by a process that did not live to see the other trackers done."""
        return bool(self._journal.noted(self._number).get("done"))

    def load(self) -> None:
        """Load the library.

        Raises:
            OSError: It may work in a moment.
            TrackerError: The run belongs to another place.
        """
        backend = self._receiver.make(self._journal.header.spec.project)
        self._reporter.redact = Redactor(backend.secrets)
        backend.load()
        place = self._journal.noted(self._number).get("place", backend.place)
        if place != backend.place:  # another working directory or variable may give a URL another meaning
            raise TrackerError(f"the run belongs to {place}, and not to {backend.place}")
        self.backend = backend

    def make(self, cursor: Cursor) -> Handover:
        """Have the run made, and the cursor begin after what it had before.

        Raises:
            OSError: It may work in a moment.
        """
        assert self.backend is not None
        backend, spec = self.backend, self._journal.header.spec_for(self._number)
        noted = self._journal.noted(self._number)
        begun = backend.find(noted["run_id"]) if "run_id" in noted else None  # by a process that is no more
        old = begun or self._to_resume(backend, spec)
        self.before = Before(noted["points"], noted.get("last_step", -1)) if begun else Before.of(old)
        cursor.begin_after(old.metrics[: self.before.points] if old else (), self.before.last_step)
        self.sink = backend.open(spec, old)
        if begun is None:
            self.note(points=self.before.points, last_step=self.before.last_step)
        already = Already(backend, begun, self.before.points, self.sink) if begun is not None else None
        return Handover(backend, self.sink, already, self._reporter, cursor.totals)

    def note(self, **facts: Any) -> None:
        """Keep which run it is, for whoever goes on with it; some trackers tell that only when it is there."""
        assert self.backend is not None
        assert self.sink is not None
        noted = self._journal.noted(self._number)
        if noted.get("run_id", "") == self.sink.id and not facts:
            return
        shown = {"name": self.sink.name, "links": self.sink.links, "features": sorted(self.backend.features)}
        known = {"run_id": self.sink.id, "place": self.backend.place, **shown}
        self._journal.note(self._number, {"points": 0, **noted, **facts, **known})

    def _to_resume(self, backend: Backend, spec: RunSpec) -> StoredRun | None:
        try:
            return backend.to_resume(spec)
        except RunNotFound as error:
            if self._reporter.strict:
                raise
            self._reporter.warn(error, "The step goes on with a new run.", "resume")
            return None
