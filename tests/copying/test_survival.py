"""What of a run survives a copy, and what does not is told by name."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

from tests.copying.runs import HOSTILE, attached, contents, copied, full_run, order, place, runs, store
from tests.support.made import put
from tests.support.server import trackio_server
from zenml_trackers.backends.memory import MemoryBackend, MemorySink
from zenml_trackers.copy.copying import Copying, Fate, Place
from zenml_trackers.errors import UnstorableValue
from zenml_trackers.model.records import Feature, Metrics, Record, RunError, RunSpec, Status
from zenml_trackers.model.stored import StoredRun


@pytest.mark.parametrize("ways", [("memory", "memory2"), ("memory", "trackio", "memory2"), ("trackio", "memory")])
def test_all_that_is_known_of_a_run_survives(ways, memory, trackio, files, tmp_path):
    urls = {"memory": memory, "trackio": trackio, "memory2": f"{memory}/other"}
    source, *targets = (urls[way] for way in ways)
    first = store(source, *_with_records(full_run(0), files))
    error = RunError(type="ValueError", message="\n".join(HOSTILE))
    store(source, *_with_records(full_run(1)), status=Status.FAILED, error=error)
    for before, after in zip([source, *targets], targets, strict=False):
        copying = copied(before, after)
        assert copying.summary.losses == []
        assert len(copying.summary.fates[Fate.COPIED]) == 2
    assert contents(after) == contents(source)
    assert order(after) == order(source)
    there = runs(after)
    assert there[1].error == error
    assert [run.origin for run in there] == [f"{place(source).url}#{run.id}" for run in runs(source)]
    assert attached(after, there[0].id, tmp_path / "after") == attached(source, first, tmp_path / "before")
    assert len(attached(after, there[0].id, tmp_path / "again")) == len(files)


def _with_records(run: tuple[RunSpec, list[Record]], more: Sequence[Record] = ()) -> list[Any]:
    return [run[0], *run[1], *more]


@pytest.mark.slow
def test_a_server_gives_back_what_it_was_given(memory, project, files, tmp_path, monkeypatch):
    store(memory, *_with_records(full_run(0), files))
    (tmp_path / "server").mkdir()
    with trackio_server(tmp_path / "server") as server:
        monkeypatch.setenv("TRACKIO_WRITE_TOKEN", server.token)
        url = f"trackio+{server.url}/{project}"
        assert copied(memory, url).summary.losses == []
        assert copied(url, f"{memory}/back").summary.losses == []
        assert contents(f"{memory}/back") == contents(memory)
        assert copied(url, memory).summary.fates.keys() == {Fate.PRESENT}
    before, after = (
        attached(each, runs(each)[0].id, tmp_path / str(n)) for n, each in enumerate((memory, f"{memory}/back"))
    )
    assert after == before


@pytest.mark.skipif(find_spec("mlflow") is None, reason="MLflow is not installed here")
def test_mlflow_gives_back_files_images_and_tables(memory, files, tmp_path):
    mlflow = f"mlflow+sqlite:///{put('mlflow', tmp_path / 'mlflow.db')}?project=digits"
    store(memory, *_with_records(full_run(0), files))
    for source, target in ((memory, mlflow), (mlflow, f"{memory}/back")):
        assert copied(source, target).summary.losses == []
    before, after = (
        attached(url, runs(url)[0].id, tmp_path / name) for name, url in (("a", memory), ("b", f"{memory}/back"))
    )
    assert after == before


class FewerThings(MemoryBackend):
    """A target without artifacts and pictures, of 32 bits, that refuses what is not finite."""

    features = frozenset({Feature.RESUME})

    def open(self, spec: RunSpec, old: StoredRun | None) -> MemorySink:
        sink = super().open(spec, old)
        sink.log = _narrow(sink)  # type: ignore[method-assign]
        return sink


def _narrow(sink: MemorySink) -> Any:
    store_wide = sink.log

    def log(values: Mapping[str, Any], step: int) -> None:
        store_wide({name: float(np.float32(value)) for name, value in values.items() if math.isfinite(value)}, step)
        for name, value in values.items():
            if not math.isfinite(value):
                raise UnstorableValue(f"metric {name!r} is {value}, which can't be stored.")

    return log


def test_what_the_target_cannot_hold_is_told_by_name_and_keeps_nothing_else_back(memory, files):
    values = [
        Metrics(values={"whole": 1, "loss": 0.1}),
        Metrics(values={"loss": math.inf}),
        Metrics(values={"late": 2}),
    ]
    store(memory, RunSpec(name="rich", project=""), *values, *files)
    target = Place(f"{memory}/poor", FewerThings(memory.removeprefix("memory://"), "poor"))
    copying = Copying(place(memory), target)
    copying.run()
    told = {loss.what: loss.detail for loss in copying.summary.losses}
    assert told["metric 'loss'"].startswith("2 of 2 values, such as 0.1 at step 0, which became 0.100000001490116")
    assert told["metrics"] == "metric 'loss' is inf, which can't be stored."
    assert {
        "artifact 'deep'": "memory has no artifacts",
        "image 'arr/ay'": "memory has no media",
    }.items() <= told.items()
    assert not {"metric 'whole'", "metric 'late'"} & told.keys()
    assert [point.name for point in runs(f"{memory}/poor")[0].metrics] == ["whole", "loss", "late"]
