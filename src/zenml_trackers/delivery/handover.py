"""Records on their way into a sink: all of them, each once, and each loss told by its name."""

from __future__ import annotations

import errno
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from operator import attrgetter

from zenml_trackers.delivery.already import Already
from zenml_trackers.delivery.totals import Totals
from zenml_trackers.errors import Losses, TrackerError, UnstorableValue, UnsupportedFeature
from zenml_trackers.losses import Reporter
from zenml_trackers.model.records import NEEDS, Definition, End, Logged, Metrics, Summary, SystemMetrics
from zenml_trackers.port.backend import Backend, Sink
from zenml_trackers.port.sinks import named_loss

LASTING = frozenset({errno.EINVAL, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG})
"""What a file system says of a name, whenever it is asked."""


def may_pass(error: BaseException) -> bool:
    """Whether it may be over in a moment, so that it is worth trying again."""
    return isinstance(error, OSError) and error.errno not in LASTING


def as_error(error: BaseException) -> Exception:
    """The error itself, or one that stands for it: what is no `Exception` would end the thread that raises it."""
    return error if isinstance(error, Exception) else TrackerError(f"{type(error).__name__}: {error}")


class Handover:
    """Gives a sink what it is to store. What may pass is raised; all else is told, and the record is lost."""

    def __init__(
        self, backend: Backend, sink: Sink, already: Already | None, reporter: Reporter, totals: Totals
    ) -> None:
        """Nothing is given yet.

        Args:
            backend: Has the sink.
            sink: The run was made in it.
            already: What a process that is no more has stored of the run; None for a new one.
            reporter: Told of what is lost.
            totals: What metrics come to, once all is given.
        """
        self.rows = 0
        """The rows of metrics that the sink took."""
        self.records = 0
        """The records that it took."""
        self._backend = backend
        self._sink = sink
        self._already = already
        self._reporter = reporter
        self._totals = totals
        self._waiting: list[Logged] = []
        self._last = -1
        self._summed_up = False

    def add(self, batch: Sequence[Logged]) -> None:
        """Records that are to be given; those that are stored already count as taken."""
        self._last = batch[-1].number
        left = list(batch)
        if self._already is not None:
            left = list(self._already.without(batch))
            numbers = {record.number for record in left}
            self._count([record for record in batch if record.number not in numbers])
        self._waiting += left

    @property
    def waits(self) -> bool:
        """Whether there is something to give."""
        return bool(self._waiting)

    def give(self) -> None:
        """Give what waits: at once if the sink tells how far it is, else one record.

        Otherwise nobody would know which of several failed.

        Raises:
            OSError: It may work in a moment; what the sink has not taken goes on waiting.
        """
        tells = type(self._sink).stored is not Sink.stored
        batch = self._waiting if tells else self._waiting[:1]
        records = [record for record in batch if self._takes(record)]
        try:
            if records or not batch:  # a write without records would be taken for the beginning
                self._sink.write(records)
        except BaseException as error:
            self._advance(self._sink.stored())
            if may_pass(error):
                raise
            if batch and self._waiting[:1] == batch[:1]:
                self._refused(batch[0], error)
                self._tell(named_loss(batch[0], as_error(error)))
            elif isinstance(error, Losses) or not batch:  # else what failed is given again, as the first
                self._tell(as_error(error))
        else:
            self._advance(batch[-1].number if batch else -1)

    def close(self, end: End) -> Exception | None:
        """Give what metrics come to, and close the sink; why its end may not be stored, if that failed.

        Raises:
            OSError: It may work in a moment.
        """
        self._sum_up()
        self._sink.ended_at = end.time
        try:
            self._sink.close(end.status, end.error)
        except BaseException as error:
            if may_pass(error):
                raise
            self._tell(as_error(error))
            return as_error(error)
        return None

    def _sum_up(self) -> None:
        """Once, however often it is tried; the journal does not hold it."""
        values = self._totals.summary()
        if values and not self._summed_up:
            self.add([Summary(number=self._last + 1, values=values)])
        self._summed_up = True
        while self.waits:
            self.give()

    def _takes(self, record: Logged) -> bool:
        """Whether the tracker has the feature that it needs; a warning names one that it hasn't."""
        if type(record) is Metrics:  # there are many of them
            return True
        feature = NEEDS.get(type(record))
        if feature is None or feature in self._backend.features:
            return not isinstance(record, (Definition, End))
        lacking = UnsupportedFeature(f"The tracker {self._backend.name!r} has no {feature.value}.")
        self._reporter.warn(lacking, "The other trackers get it.", feature.value)
        return False

    def _advance(self, number: int) -> None:
        """All up to the record of that number is stored."""
        count = bisect_right(self._waiting, number, key=attrgetter("number"))
        stored, self._waiting = self._waiting[:count], self._waiting[count:]
        self._count(stored)

    def _refused(self, record: Logged, error: BaseException) -> None:
        """It is not given again; a row is lost, unless the error says what of it is."""
        self._advance(record.number)
        self.rows -= isinstance(record, Metrics) and not isinstance(error, (Losses, UnstorableValue))

    def _count(self, stored: Sequence[Logged]) -> None:
        kinds = Counter(map(type, stored))
        self.records += len(stored) - kinds[End]
        self.rows += kinds[Metrics] + kinds[SystemMetrics]

    def _tell(self, error: Exception) -> None:
        """Say once of each thing that the tracker did not take that it did not."""
        self.rows -= error.rows if isinstance(error, Losses) else 0
        for each in error.errors if isinstance(error, Losses) else (error,):
            if isinstance(each, UnstorableValue):
                self._reporter.warn(each, "The rest is stored.", str(each))
            else:
                self._reporter.warn(each, "Some of what was logged is lost.", "delivery")
