"""What is on its way to one run, in as few requests as MLflow allows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

from zenml_trackers.backends.mlflow.place import Place
from zenml_trackers.errors import TrackerError, TrackerUnreachable

METRICS_AT_ONCE = 500
OTHERS_AT_ONCE = 100
"""MLflow takes 1000 things at once, of which 100 may be tags and 100 params; fewer are there in time."""

Batch = tuple[list[Any], list[Any], list[Any]]
"""Metrics, params and tags, as `log_batch` takes them."""


class Outbox:
    """Metrics, params and tags until they are stored; a tag is sent when it changed, a param once."""

    def __init__(self, place: Place, tags: Mapping[str, str], params: Mapping[str, str]) -> None:
        """Nothing is on its way.

        Args:
            place: Where the run is.
            tags: Those that it has.
            params: Those that it has.
        """
        self._place = place
        self._stored_tags, self._stored_params = dict(tags), dict(params)
        self._tags: dict[str, str] = {}
        self._params: dict[str, str] = {}
        self._metrics: list[tuple[str, float, int, int]] = []
        self.over = False
        """Whether nobody waits for it any more."""
        self.refused = 0
        """How many rows of metrics MLflow refused."""

    @property
    def waiting(self) -> int:
        """How many rows of metrics are on their way."""
        return len({time for _, _, time, _ in list(self._metrics)})  # each row has a time of its own

    def add_metric(self, key: str, value: float, time: int, step: int) -> None:
        """Add a value; no two of a run may have one key and one time."""
        self._metrics.append((key, value, time, step))

    def put(self, tags: Mapping[str, str], params: Mapping[str, str]) -> None:
        """Set tags, and such params as are new: MLflow keeps the first value of each."""
        for key, value in tags.items():
            if self._stored_tags.get(key) == value:
                self._tags.pop(key, None)  # another value may have been on its way
            else:
                self._tags[key] = value
        self._params.update(item for item in params.items() if item[0] not in self._stored_params)

    def send(self, run_id: str) -> None:
        """Send all; what can't be sent stays, what is refused is dropped.

        Raises:
            TrackerError: What went wrong; the rest was sent, unless MLflow can't be reached.
        """
        refusal: TrackerError | None = None
        for batch in list(self._batches()):
            try:
                self._send(run_id, *batch)
            except TrackerUnreachable:
                raise
            except TrackerError as error:
                refusal = refusal or error
                self.refused += len({metric.timestamp for metric in batch[0]})
            self._forget(*batch)
        if refusal is not None:
            raise refusal

    def _send(self, run_id: str, metrics: list[Any], params: list[Any], tags: list[Any]) -> None:
        if self.over:
            raise TrackerUnreachable("the time to store it was over")
        if not run_id:
            raise TrackerUnreachable(f"MLflow at {self._place.uri} has no run to store it with")
        with self._place.reached():
            self._place.store.log_batch(run_id, metrics, params, tags)

    def _batches(self) -> Iterator[Batch]:
        """Params by themselves: another call of the step's may have set one, and then all of a batch are refused."""
        from mlflow.entities import Metric, Param, RunTag

        tags = _parts([RunTag(*item) for item in self._tags.items()], OTHERS_AT_ONCE)
        values = _parts([Metric(*item) for item in self._metrics], METRICS_AT_ONCE)
        for metrics, some in zip_longest(values, tags):
            yield metrics or [], [], some or []
        for params in _parts([Param(*item) for item in self._params.items()], OTHERS_AT_ONCE):
            yield [], params, []

    def _forget(self, metrics: list[Any], params: list[Any], tags: list[Any]) -> None:
        del self._metrics[: len(metrics)]
        for param in params:
            self._stored_params[param.key] = self._params.pop(param.key)
        for tag in tags:
            self._stored_tags[tag.key] = self._tags.pop(tag.key)


def _parts(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    every = list(items)
    for start in range(0, len(every), size):
        yield every[start : start + size]
