"""Metrics, params and tags of one run, sent in as few requests as MLflow allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from zenml_trackers.backends.mlflow.place import Place
from zenml_trackers.errors import TrackerError, TrackerUnreachable

MOST_METRICS, OTHERS_AT_ONCE = 1000, 100
"""MLflow takes 1000 things at once, of which 100 may be tags and 100 params."""
FEWEST_METRICS = 10
"""As many at least are sent at once to a server that did not answer in time."""

Refusals = list[tuple[Any, TrackerError]]
"""What MLflow refused, and why."""


class Requests:
    """Stores what it is given before it returns; it holds nothing but the tags and params that MLflow has."""

    def __init__(self, place: Place, run: Any) -> None:
        """Nothing is sent.

        Args:
            place: Where the run is.
            run: MLflow's, with the tags and params that it has.
        """
        self._place = place
        self._run_id = run.info.run_id
        self._tags, self._params = dict(run.data.tags), dict(run.data.params)
        self.at_once = MOST_METRICS
        """How many metrics are sent at once: fewer after a request that was not answered in time."""
        self.in_doubt = False
        """Whether the last metrics may be stored although that was not answered."""
        self.over = False
        """Whether nobody waits for it any more."""

    def put(self, tags: Mapping[str, str], params: Mapping[str, str]) -> Refusals:
        """Store such tags as changed, and such params as are new: MLflow keeps the first value of each.

        Raises:
            TrackerUnreachable: Some of it is not stored.
        """
        from mlflow.entities import Param, RunTag

        changed = [RunTag(*item) for item in tags.items() if self._tags.get(item[0]) != item[1]]
        new = [Param(*item) for item in params.items() if item[0] not in self._params]
        return [*self._put(self._tags, changed), *self._put(self._params, new)]

    def log(self, metrics: Sequence[Any]) -> Refusals:
        """Store metrics; those that MLflow has already, with their times, change nothing.

        Raises:
            TrackerUnreachable: Some of them are not stored.
        """
        size = self.at_once
        self.at_once, self.in_doubt = max(size // 2, FEWEST_METRICS), True
        refused = [each for some in _parts(metrics, size) for each in self._sent(some)]
        self.at_once, self.in_doubt = min(2 * size, MOST_METRICS), False
        return refused

    def latest(self) -> set[tuple[str, int, int]]:
        """Key, time and step of the value with the highest step of each metric that is stored."""
        with self._place.reached():
            run = self._place.store.get_run(self._run_id)
        return {(each.key, each.timestamp, each.step) for each in run.data._metric_objs}

    def _put(self, known: dict[str, str], items: Sequence[Any]) -> Iterator[tuple[Any, TrackerError]]:
        """What is refused is not sent again either."""
        for some in _parts(items, OTHERS_AT_ONCE):
            yield from self._sent(some)
            known.update((item.key, item.value) for item in some)

    def _sent(self, items: Sequence[Any]) -> Refusals:
        """Send all; what MLflow refuses costs itself only, unless it is the run that MLflow refuses."""
        try:
            self._send(items)
        except TrackerUnreachable:
            raise
        except TrackerError as error:
            if len(items) == 1 or self._run_is_refused():
                return [(item, error) for item in items]
            middle = len(items) // 2
            return [*self._sent(items[:middle]), *self._sent(items[middle:])]
        return []

    def _run_is_refused(self) -> bool:
        """As one that was deleted is."""
        try:
            self._send([])
        except TrackerUnreachable:
            raise
        except TrackerError:
            return True
        return False

    def _send(self, items: Sequence[Any]) -> None:
        from mlflow.entities import Metric, Param, RunTag

        if self.over:
            raise TrackerUnreachable("the time to store it was over")
        metrics, params, tags = ([item for item in items if isinstance(item, kind)] for kind in (Metric, Param, RunTag))
        with self._place.reached():
            self._place.store.log_batch(self._run_id, metrics, params, tags)


def _parts(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
