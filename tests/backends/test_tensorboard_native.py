"""Writers of PyTorch and tensorboardX in tracked runs, on a real folder."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from zenml_trackers import connect
from zenml_trackers.model.records import Status
from zenml_trackers.tracker import Tracker

WRITERS = ("torch.utils.tensorboard", "tensorboardX")


@pytest.fixture(params=WRITERS)
def library(request: pytest.FixtureRequest) -> str:
    name = str(request.param)
    if find_spec(name.partition(".")[0]) is None:
        pytest.skip(f"{name} is not installed here")
    return name


@pytest.fixture
def writer(library: str) -> Iterator[Any]:
    """The class of the library's writers, which is afterwards as it was before."""
    found = import_module(library).SummaryWriter
    before = found.__init__
    yield found
    finders = [type(finder).__module__ for finder in sys.meta_path]
    assert (found.__init__, "zenml_trackers.backends.tensorboard.native" in finders) == (before, False)


@pytest.fixture
def tracker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tracker:
    monkeypatch.chdir(tmp_path)
    return connect(f"tensorboard:///{tmp_path}/boards", project="digits", strict=True)


def _log(writer: Any, name: str, **given: Any) -> None:
    with writer(**given) as writes:
        writes.add_scalar(name, 0.5, 7)


def test_a_writer_without_a_folder_writes_into_the_run(
    tracker: Tracker, writer: Any, said: pytest.LogCaptureFixture
) -> None:
    with tracker.start_run("ours") as ours:
        ours.log({"mine": 1})
        _log(writer, "native")
        _log(writer, "commented", comment="-bs16")
        with ThreadPoolExecutor(1) as pool:
            pool.submit(_log, writer, "thread").result()
    [stored] = tracker.read()
    assert (stored.name, stored.status) == ("ours", Status.FINISHED)
    assert {(point.name, point.step) for point in stored.metrics} == {
        ("mine", 0),
        ("native", 7),
        ("commented", 7),
        ("thread", 7),
    }
    assert not Path("runs").exists()
    assert said.text.count("not taken: the comment '-bs16'") == 1


def test_a_folder_that_is_given_is_kept(tracker: Tracker, library: str, writer: Any, tmp_path: Path) -> None:
    folder = {"log_dir": f"{tmp_path}/elsewhere"}
    with tracker.start_run("ours"):
        _log(writer, "native", **folder)
    _log(writer, "after", comment="-after")
    [stored] = tracker.read()
    assert stored.metrics == ()
    assert list((tmp_path / "elsewhere").iterdir())
    assert len(list((tmp_path / "runs").glob("*-after"))) == 1


def test_runs_at_the_same_time_have_one_folder_each(tracker: Tracker, writer: Any) -> None:
    def work(name: str) -> None:
        with tracker.start_run(name):
            _log(writer, name)

    with tracker.start_run("outer"), ThreadPoolExecutor(2) as pool:
        list(pool.map(work, ("one", "two")))
        _log(writer, "outer")
    assert {run.name: [point.name for point in run.metrics] for run in tracker.read()} == {
        "outer": ["outer"],
        "one": ["one"],
        "two": ["two"],
    }


@pytest.mark.slow
def test_a_library_that_the_step_imports_is_changed_too(library: str, tmp_path: Path) -> None:
    code = f"""
import sys
from zenml_trackers import connect
with connect("tensorboard:///{tmp_path}/boards", project="digits", strict=True, deadline=120).start_run("ours"):
    assert "{library}.writer" not in sys.modules
    from {library} import SummaryWriter
    with SummaryWriter() as writer:
        writer.add_scalar("native", 0.5, 7)
assert SummaryWriter.__init__.__qualname__ == "SummaryWriter.__init__"
assert not hasattr(SummaryWriter.__init__, "__wrapped__")
"""
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    [stored] = connect(f"tensorboard:///{tmp_path}/boards", project="digits").read()
    assert [(point.name, point.step) for point in stored.metrics] == [("native", 7)]
