"""Copying runs between trackers: what survives, what is done once, and what is said of the rest."""

from __future__ import annotations

import math
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import PIL.Image
import pytest
from click.testing import CliRunner

from tests.support.server import trackio_server
from tests.support.trackers import OWN
from zenml_trackers import connect
from zenml_trackers.backends.memory import MemoryBackend, MemorySink
from zenml_trackers.cli import main
from zenml_trackers.copy.copying import Copying, Fate, Place
from zenml_trackers.errors import InvalidUrl, RunNotFound, UnstorableValue
from zenml_trackers.model.records import (
    Artifact,
    Feature,
    Image,
    Metrics,
    Params,
    Record,
    RunError,
    RunSpec,
    Status,
    StoredRun,
    Table,
    Tags,
)

HOSTILE = [
    "ünï→🦊",
    "a/b\\c",
    "..",
    "'; DROP TABLE metrics; --",
    "[bold]x[/]",
    " lead\ttab\nline ",
    "%20?#&=",
    "x" * 300,
]
NUMBERS = [0.1, -0.0, 5e-324, 1.7976931348623157e308, 2**63, -(2**63), True, math.nan, math.inf, -math.inf]


@pytest.fixture
def memory() -> Iterator[str]:
    """The URL of a memory that no other test uses."""
    url = f"memory://copying-{uuid4().hex[:12]}"
    yield url
    shutil.rmtree(place(url).backend.folder.parent, ignore_errors=True)


@pytest.fixture
def trackio(project: str) -> str:
    return f"trackio:///{project}"


def place(url: str) -> Place:
    return Place(url, connect(url).backend)


def store(url: str, spec: RunSpec, *records: Record, status: Status = Status.FINISHED, error: RunError | None = None):
    """Store one run, as a step's tracker would."""
    sink = place(url).backend.open(spec, None)
    sink.write([])
    sink.write(records)
    if status is not Status.RUNNING:
        sink.close(status, error)
    return sink.id


def copied(source: str, target: str) -> Copying:
    copying = Copying(place(source), place(target))
    copying.run()
    return copying


def runs(url: str) -> list[StoredRun]:
    return list(connect(url).read())


def contents(url: str) -> list[Any]:
    """All of each run but what differs between trackers; what was logged at once has no order among itself."""
    return [(_facts(run), _series(run)) for run in runs(url)]


def _facts(run: StoredRun) -> str:
    apart = {*OWN, "origin", "metrics"}
    return repr({**run.model_dump(exclude=apart), "tags": sorted(run.tags)})


def _series(run: StoredRun) -> dict[str, list[Any]]:
    series: dict[str, list[Any]] = defaultdict(list)
    for point in run.metrics:
        series[point.name].append((point.step, "nan" if math.isnan(point.value) else point.value))
    return series


def order(url: str) -> list[Any]:
    return [[(point.name, point.step) for point in run.metrics] for run in runs(url)]


def attached(url: str, run_id: str, folder: Path) -> list[str]:
    folder.mkdir()
    return sorted(repr(_content(record)) for record in connect(url).backend.attachments(run_id, folder))


def _content(record: Record) -> Any:
    match record:
        case Artifact(name=name, path=path) if path.is_dir():
            return name, sorted((str(f.relative_to(path)), f.read_bytes()) for f in path.rglob("*") if f.is_file())
        case Artifact(name=name, path=path):
            return name, path.name, path.read_bytes()
        case Image(name=name, image=image, step=step):
            pixels = PIL.Image.open(image).convert("RGBA")
            return name, step, pixels.size, pixels.tobytes()
    return record


def full_run(index: int) -> tuple[RunSpec, list[Record]]:
    """A run with something of everything that is text or number."""
    spec = RunSpec(
        name=f"run {index} {HOSTILE[index % len(HOSTILE)]}",
        project="ignored",
        tags=(*HOSTILE, f"n{index}"),
        metadata={name: {"nested": [index, None, name]} for name in HOSTILE},
        pipeline="a pipeline",
        pipeline_run=f"pipeline run {index}",
        step="a/step",
        step_run_id=str(uuid4()),
        attempt=index % 3 + 1,
    )
    params = {name: [index, 0.5, True, None, {"deep": name}] for name in (*HOSTILE, "zenml.status", "_private")}
    rows = [Metrics(values={name: NUMBERS[i % len(NUMBERS)]}, step=i - 1) for i, name in enumerate(HOSTILE)]
    more = [Metrics(values={"loss": number, "step": 1, "__x": 2}, step=20) for number in NUMBERS]
    backwards = [Metrics(values={"loss": 1 / (1 + step), "acc": step}, step=step) for step in (30, 29, 7, 7)]
    return spec, [Params(values=params), Tags(tags=("late",)), *rows, *more, *backwards]


@pytest.fixture
def files(tmp_path: Path) -> list[Record]:
    """Something of each kind that is no text and no number."""
    for name in ("one/only.txt", "deep/x/b.bin", "deep/c", "model.pkl"):
        (tmp_path / "files" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "files" / name).write_bytes(name.encode() + b"\0\xff")
    pixels = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    PIL.Image.fromarray(pixels[:, :, 0]).save(tmp_path / "files" / "grey.png")
    return [
        *(Artifact(name=name, path=tmp_path / "files" / name) for name in ("one", "deep", "model.pkl")),
        Image(name="arr/ay", image=pixels, step=3),
        Image(name="step", image=tmp_path / "files" / "grey.png", step=3),
        Image(name="step", image=PIL.Image.fromarray(pixels), step=4),
        Table(name="cells", columns=("a", "b", "a"), rows=((1, "<b>", None), (0.5, math.inf, [True])), step=5),
        Table(name="no rows", columns=("a", "ü"), rows=(), step=6),
    ]


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


@pytest.mark.slow
def test_fifty_runs_go_to_another_tracker_and_back(trackio, memory):
    there_and_back(trackio, memory)


@pytest.mark.skipif(find_spec("mlflow") is None, reason="MLflow is not installed here")
@pytest.mark.slow
def test_fifty_runs_go_to_mlflow_and_back(trackio, tmp_path):
    there_and_back(trackio, f"mlflow+sqlite:///{tmp_path}/mlflow.db?project=digits")


@pytest.mark.skipif(find_spec("mlflow") is None, reason="MLflow is not installed here")
def test_mlflow_gives_back_files_images_and_tables(memory, files, tmp_path):
    mlflow = f"mlflow+sqlite:///{tmp_path}/mlflow.db?project=digits"
    store(memory, *_with_records(full_run(0), files))
    for source, target in ((memory, mlflow), (mlflow, f"{memory}/back")):
        assert copied(source, target).summary.losses == []
    before, after = (
        attached(url, runs(url)[0].id, tmp_path / name) for name, url in (("a", memory), ("b", f"{memory}/back"))
    )
    assert after == before


def there_and_back(trackio: str, other: str) -> None:
    """Fifty runs of a project in Trackio go to another tracker and from there to a second project in Trackio."""
    for index in range(50):
        failed = index % 5 == 0
        error = RunError(type="RuntimeError", message=f"no {index}") if failed else None
        store(
            trackio, *_with_records(full_run(index)), status=Status.FAILED if failed else Status.FINISHED, error=error
        )
    back = f"{trackio}-back"
    for source, target in ((trackio, other), (other, back)):
        copying = copied(source, target)
        assert copying.summary.losses == []
        assert len(copying.summary.fates[Fate.COPIED]) == 50
    assert contents(back) == contents(trackio)
    for source, target in ((trackio, other), (other, back), (other, trackio), (back, trackio), (trackio, back)):
        assert copied(source, target).summary.fates.keys() == {Fate.PRESENT}
    assert [len(runs(url)) for url in (trackio, other, back)] == [50, 50, 50]


def test_runs_that_have_not_ended_are_left_out_until_they_have(trackio, memory):
    sink = place(memory).backend.open(RunSpec(name="long", project=""), None)
    sink.write([Metrics(values={"x": 1})])
    assert copied(memory, trackio).summary.fates == {Fate.RUNNING: ["long"]}
    assert runs(trackio) == []
    sink.close(Status.FINISHED, None)
    assert copied(memory, trackio).summary.fates == {Fate.COPIED: ["long"]}


def test_runs_of_unknown_status_are_copied_as_finished_if_that_is_wanted(trackio, project, memory):
    import trackio as library

    library.init(project=project, name="by the library", config={"lr": 0.1})
    library.log({"loss": 0.5})
    library.finish()
    assert copied(trackio, memory).summary.fates == {Fate.UNKNOWN: ["by the library"]}
    for _ in range(2):
        copying = Copying(place(trackio), place(memory), assume_finished=True)
        copying.run()
        assert copying.summary.losses == []
    [run] = runs(memory)
    assert (run.status, run.params, run.attempt) == (Status.FINISHED, {"lr": 0.1}, None)
    assert [(point.name, point.step, point.value) for point in run.metrics] == [("loss", 0, 0.5)]
    assert copied(memory, trackio).summary.fates.keys() == {Fate.PRESENT}


def test_a_copy_alerts_nobody_of_a_failure_long_ago(memory, trackio, project):
    from trackio.sqlite_storage import SQLiteStorage

    store(memory, RunSpec(name="failed", project=""), status=Status.FAILED)
    copied(memory, trackio)
    assert SQLiteStorage.get_alerts(project) == []
    store(trackio, RunSpec(name="failed", project=""), status=Status.FAILED)
    assert len(SQLiteStorage.get_alerts(project)) == 1


@pytest.mark.parametrize(
    "name", ["..", "../../../out", "/tmp/zenml-trackers-out", "a/../../b", "x" * 300, "a\\b", "a/b"]
)
def test_no_name_of_a_run_leads_its_pictures_out_of_the_folder(name, memory, trackio, tmp_path):
    from trackio.utils import MEDIA_DIR

    pixels = Image(name="i", image=np.zeros((2, 2, 3), dtype=np.uint8), step=0)
    run_id = store(memory, RunSpec(name=name, project=""), Metrics(values={"x": 1}), pixels)
    assert copied(memory, trackio).summary.losses == []
    [copy] = runs(trackio)
    [image] = connect(trackio).backend.attachments(copy.id, tmp_path)
    assert image.image.is_relative_to(MEDIA_DIR / trackio.rpartition("/")[2])
    assert attached(trackio, copy.id, tmp_path / "after") == attached(memory, run_id, tmp_path / "before")


def test_a_copied_run_that_is_resumed_keeps_its_origin(memory, trackio):
    store(memory, RunSpec(name="again", project=""), Metrics(values={"x": 1}))
    for target in (trackio, f"{memory}/other"):
        copied(memory, target)
        with connect(target, strict=True).start_run("again", resume="must") as run:
            run.log({"x": 2})
        assert copied(memory, target).summary.fates == {Fate.PRESENT: ["again"]}


class StopsInTheMiddle(MemoryBackend):
    """A source at which the user presses Ctrl-C while the first run is copied."""

    def attachments(self, run_id: str, folder: Path) -> Iterator[Record]:
        raise KeyboardInterrupt


def test_an_interrupted_copy_is_told_and_left_alone(memory, trackio):
    for name in ("first", "second"):
        store(memory, RunSpec(name=name, project=""), Metrics(values={"x": 1}))
    stopping = Copying(Place(memory, StopsInTheMiddle(memory.removeprefix("memory://"), "default")), place(trackio))
    with pytest.raises(KeyboardInterrupt):
        stopping.run()
    assert [(run.name, run.status) for run in runs(trackio)] == [("first", Status.RUNNING)]
    for _ in range(2):
        done = CliRunner().invoke(main, ["copy", memory, trackio])
        assert done.exit_code == 1
        assert f"'first (there {runs(trackio)[0].id})'" in done.output
        assert "Delete them there and copy again" in done.output
    assert [run.name for run in runs(trackio)] == ["first", "second"]


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


class TestCommand:
    def ran(self, *arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["copy", *arguments])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
        return done.exit_code, done.output

    def test_it_says_how_many_were_copied(self, memory, trackio):
        store(memory, RunSpec(name="a", project=""), Metrics(values={"x": 1}))
        store(memory, RunSpec(name="b", project=""), status=Status.RUNNING)
        status, said = self.ran(memory, trackio)
        assert status == 0
        assert said.splitlines() == [
            f"Copied 1 run to {trackio}; 0 were there already.",
            "1 run still running, and left out; copy again when they have ended: 'b'.",
        ]
        assert self.ran(memory, trackio)[1].startswith(f"Copied 0 runs to {trackio}; 1 were there already.\n")

    def test_it_says_which_project_of_the_source_has_no_runs(self, memory, trackio):
        status, said = self.ran(f"{memory}?project=digits", trackio)
        assert (status, said) == (
            1,
            f"Error: There is no project 'digits' at {memory}?project=digits; there are none.\n",
        )
        place(memory).backend.folder.mkdir(parents=True)
        status, said = self.ran(memory, trackio)
        assert status == 0
        assert (
            f"{memory} has no runs in the project 'default'. Where a URL names no project, 'default' is meant" in said
        )
        assert f"Copied 0 runs to {trackio}" in said

    def test_a_loss_is_said_once_and_gives_status_1_unless_it_is_allowed(self, memory, trackio):
        for name in "abcde":
            store(memory, RunSpec(name=name, project=""), Params(values={"x": math.nan}))
        status, said = self.ran(memory, trackio)
        assert status == 1
        assert said.splitlines()[1:] == [
            "What the target does not hold, or not as it was:",
            "  param 'x': NaN became \"NaN\" (in 'a', 'b', 'c' and 2 more)",
        ]
        assert self.ran("--allow-loss", memory, f"{trackio}-again")[0] == 0

    def test_only_the_wanted_runs_are_copied(self, memory, trackio):
        ids = [store(memory, RunSpec(name=name, project=""), Metrics(values={"x": 1})) for name in "abc"]
        assert self.ran("--run", ids[0], "--run", ids[2], memory, trackio)[0] == 0
        assert [run.name for run in runs(trackio)] == ["a", "c"]
        status, said = self.ran("--run", ids[1], "--run", "nope", memory, trackio)
        assert (status, said) == (
            1,
            f"Error: {memory} has no run with the id 'nope'; `zenml-trackers runs` lists all.\n",
        )
        assert len(runs(trackio)) == 2

    def test_how_the_id_of_a_wanted_run_begins_is_enough(self, memory, trackio):
        ids = [store(memory, RunSpec(name=name, project=""), Metrics(values={"x": 1})) for name in "abc"]
        assert self.ran("--run", ids[0][:-1], "--run", ids[0], "--run", ids[2][:-3], memory, trackio)[0] == 0
        assert [run.name for run in runs(trackio)] == ["a", "c"]
        status, said = self.ran("--run", ids[1], "--run", ids[1][:3], memory, f"{trackio}-more")
        assert status == 1
        assert said.startswith(f"Error: The id {ids[1][:3]!r} may be that of several runs at {memory}: ")
        assert [f" ({name})" in said for name in "abc"] == [True] * 3
        assert runs(f"{trackio}-more") == []

    @pytest.mark.parametrize("same", ["trackio:///p", "trackio:///p/"])
    def test_a_project_is_not_copied_to_itself(self, same):
        status, said = self.ran("trackio:///p", same)
        assert status == 1
        assert "trackio:///p is source and target" in said

    def test_an_error_says_which_url_is_meant_and_shows_no_credentials(self, memory):
        store(memory, RunSpec(name="a", project=""))
        gone = "trackio+http://127.0.0.1:9/p"
        for arguments in ((memory, gone), (gone, memory)):
            status, said = self.ran(*arguments)
            assert status == 1
            assert said.startswith(f"Error: {gone}: ")
        status, said = self.ran(memory, "trackio+http://user:secret@host/p")
        assert status == 1
        assert "secret@" not in said


def test_the_errors_have_names(memory):
    with pytest.raises(InvalidUrl, match="source and target"):
        Copying(place(memory), place(memory))
    with pytest.raises(RunNotFound, match="nope"):
        Copying(place(memory), place(f"{memory}/other")).run(["nope"])
