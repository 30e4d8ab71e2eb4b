"""What a step logs: by every call, under every name."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from tests.long.inputs import MANY
from tests.long.inputs.strange import texts, values
from zenml_trackers import Run, connect
from zenml_trackers.model.records import Status

CALLS = {
    "log": st.dictionaries(texts, values, max_size=3).map(lambda given: (given,)),
    "log_metric": st.tuples(texts, values, st.none() | values),
    "log_params": values.map(lambda given: (given,)),
    "log_param": st.tuples(texts, values),
    "add_tags": st.lists(values, max_size=3).map(tuple),
    "set_tag": st.tuples(texts, values),
    "log_text": st.tuples(texts, texts | values),
    "log_table": st.tuples(texts, values, values) | st.tuples(texts, values),
    "log_image": st.tuples(texts, values),
    "log_histogram": st.tuples(texts, values),
    "log_figure": st.tuples(texts, values),
    "log_audio": st.tuples(texts, values, values),
    "log_video": st.tuples(texts, values),
    "log_artifact": st.tuples(values) | st.tuples(values, texts),
    "alert": st.tuples(texts, texts, values),
    "define_metric": st.tuples(texts, values),
}
calls = st.sampled_from(sorted(CALLS)).flatmap(lambda name: st.tuples(st.just(name), CALLS[name]))


class _Said(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


@contextmanager
def _said() -> Iterator[list[str]]:
    handler = _Said()
    logger = logging.getLogger("zenml_trackers")
    logger.addHandler(handler)
    try:
        yield handler.texts
    finally:
        logger.removeHandler(handler)


def _call(run: Run, name: str, given: tuple[Any, ...]) -> None:
    getattr(run, name)(*given)


@MANY
@given(made=st.lists(calls, min_size=1, max_size=4))
def test_no_call_raises_and_the_run_is_read_back(made: list[tuple[str, tuple[Any, ...]]]) -> None:
    tracker = connect(f"memory://inputs-{uuid4().hex}", project="inputs", deadline=60)
    with TemporaryDirectory() as folder, _said() as said:
        with tracker.start_run("r") as run:
            for name, arguments in made:
                _call(run, name, arguments)
            run.log({"after": 1.0})
        [stored] = tracker.read()
        kept = list(tracker.backend.attachments(stored.id, Path(folder)))
    assert stored.status is Status.FINISHED
    assert [point.value for point in stored.metrics if point.name == "after"] == [1.0]
    assert all("\n" not in text for text in said)
    assert len(kept) <= len(made)


@MANY
@given(metrics=st.dictionaries(texts, st.integers() | st.floats() | st.booleans() | texts | st.none(), max_size=4))
def test_each_metric_is_stored_or_named_in_a_warning(metrics: dict[str, Any]) -> None:
    tracker = connect(f"memory://inputs-{uuid4().hex}", project="inputs", deadline=60)
    with _said() as said, tracker.start_run("r") as run:
        run.log(metrics)
    [stored] = tracker.read()
    missing = set(metrics) - {point.name for point in stored.metrics}
    assert [name for name in missing if not any(repr(name) in text for text in said)] == []
