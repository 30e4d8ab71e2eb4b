"""TensorBoard through `connect`, on real event files, and what a real TensorBoard shows of them."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from urllib.request import Request, urlopen

import numpy
import pytest

from tests.support.server import free_port
from tests.support.trackers import store
from zenml_trackers import connect
from zenml_trackers.errors import InvalidUrl, TrackerUnreachable
from zenml_trackers.model.records import Metrics, RunSpec, Status

HOSTILE = ["a/b", "..", " x ", "🦊 naïve", 'say "hi"', "line\nbreak", "x" * 300, "0", "{{s.k}}", "Case", "case"]
NUMBERS = [0.1, 1e-7, 5e-324, 1.7976931348623157e308, -0.0, math.inf, -math.inf, True, 7, 2**64 - 1, -(2**63)]


def tracker(folder: Path, project: str = "digits"):
    return connect(f"tensorboard:///{folder}/runs", project=project, strict=True)


def exact(points):
    return [(point.name, point.step, type(point.value), repr(point.value)) for point in points]


def ask(address: str, path: str, body: bytes | None = None) -> str:
    headers = {"Content-Type": "application/json"} if body else {}
    with closing(urlopen(Request(f"{address}/data/plugin/{path}", data=body, headers=headers), timeout=10)) as answer:
        return answer.read().decode()


class TestReadBack:
    def test_numbers_keep_all_bits_their_type_and_their_order(self, tmp_path):
        with tracker(tmp_path).start_run("r") as run:
            for value in NUMBERS:
                run.log(dict.fromkeys(HOSTILE, value), step=3)
            run.log({"m": math.nan})
        (stored,) = tracker(tmp_path).read()
        promised = [(name, 3, type(value), repr(value)) for value in NUMBERS for name in HOSTILE]
        assert exact(stored.metrics) == [*promised, ("m", 4, float, "nan")]

    def test_a_run_is_readable_while_it_is_written(self, tmp_path):
        at, over = tracker(tmp_path), threading.Event()

        def write():
            with at.start_run("r", metadata={"there": 1}) as run:
                for number in range(300):
                    run.log_params({"number": number})
            over.set()

        thread = threading.Thread(target=write)
        thread.start()
        while not over.is_set():
            assert all(run.metadata == {"there": 1} for run in at.read() if run.status)
        thread.join()


class TestWhatAKilledProcessLeaves:
    @pytest.mark.parametrize("cut", [1, 10, 60])
    def test_a_torn_event_is_no_event_and_the_run_goes_on(self, tmp_path, cut):
        backend = tracker(tmp_path).backend
        spec = RunSpec(name="r", project="digits", resume="allow")
        store(backend, spec, *rows(0, 3), status=Status.RUNNING)
        [file] = event_files(tmp_path)
        file.write_bytes(file.read_bytes()[:-cut])
        assert [point.value for point in backend.find("r").metrics] == [0, 1]
        store(backend, spec, *rows(2, 4), status=Status.FAILED)
        (stored,) = backend.read()
        assert (stored.status, [point.value for point in stored.metrics]) == (Status.FAILED, [0, 1, 2, 3])

    def test_what_is_no_event_ends_a_file(self, tmp_path):
        with tracker(tmp_path).start_run("r") as run:
            run.log({"m": 1})
        [file] = event_files(tmp_path)
        file.write_bytes(file.read_bytes() + b"\0" * 40)
        (stored,) = tracker(tmp_path).read()
        assert [point.value for point in stored.metrics] == [1]

    def test_an_artifact_that_is_not_whole_is_none(self, tmp_path):
        (tmp_path / "file").write_text("whole")
        with tracker(tmp_path).start_run("r") as run:
            kept = Path(run.native.get_logdir(), "artifacts")
            kept.mkdir()
            (kept / ".unfinished-1").write_text("who")
            (kept / "folder").mkdir()
            run.log_artifact(tmp_path / "file", "folder")
        [artifact] = tracker(tmp_path).backend.attachments(run.id, tmp_path)
        assert (artifact.name, artifact.path.read_text()) == ("folder", "whole")
        assert list(kept.iterdir()) == [artifact.path]


def rows(first: int, end: int) -> list[Metrics]:
    return [Metrics(number=n, time=1e9 + n, values={"m": n}, step=0) for n in range(first, end)]


def event_files(folder: Path) -> list[Path]:
    return list(folder.glob("runs/digits/r/events.out.tfevents.[!0]*"))


class TestClocks:
    def test_the_order_outlives_one_that_is_set_back(self, tmp_path):
        backend = tracker(tmp_path).backend
        records = [row.model_copy(update={"time": 1e9 - row.number}) for row in rows(0, 3)]
        for _ in range(2):
            store(backend, RunSpec(name="r", project="digits", resume="allow"), *records)
        (stored,) = backend.read()
        assert [point.value for point in stored.metrics] == [0, 1, 2] * 2

    def test_the_last_document_counts_whatever_they_say(self, tmp_path):
        later = 2 * 10**18
        with tracker(tmp_path).start_run("r") as run:
            [document] = Path(run.native.get_logdir()).glob("events.out.tfevents.0.*")
            document.rename(document.with_name(f"events.out.tfevents.0.{later}"))
        (stored,) = tracker(tmp_path).read()
        assert stored.status is Status.FINISHED


def test_a_batch_that_can_t_be_written_is_written_once_it_can(tmp_path):
    backend = tracker(tmp_path).backend
    sink = backend.open(RunSpec(name="r", project="digits"), None)
    sink.write(rows(0, 2))
    folder, aside = tmp_path / "runs" / "digits" / "r", tmp_path / "aside"
    folder.rename(aside)
    with pytest.raises(TrackerUnreachable):
        sink.write(rows(2, 4))
    assert sink.stored() == 1
    aside.rename(folder)
    sink.write(rows(2, 4))
    assert sink.stored() == 3
    assert [point.value for point in backend.find("r").metrics] == [0, 1, 2, 3]


@pytest.mark.parametrize("length", [1, 2, 999, 1000, 1001, 5000])
def test_events_of_all_lengths_have_tensorboard_s_own_checksums(tmp_path, length):
    from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader

    with tracker(tmp_path).start_run("r") as run:
        for name in ("x" * length, "y", "z" * 30):
            run.log({name: 1})
    [file] = event_files(tmp_path)
    seen = [value.tag for event in LegacyEventFileLoader(str(file)).Load() for value in event.summary.value]
    assert seen == ["x" * length, "y", "z" * 30]


class TestTheLibrary:
    def test_its_own_writer_reaches_the_run_and_does_not_end_it(self, tmp_path):
        with tracker(tmp_path).start_run("r") as run:
            run.native.add_scalar("own", 0.5, 7)
            run.native.close()
            run.native.add_scalar("own", 0.25, 8)
            run.log({"m": 1})
        (stored,) = tracker(tmp_path).read()
        found = {(point.name, point.step, point.value) for point in stored.metrics}
        assert found == {("own", 7, 0.5), ("own", 8, 0.25), ("m", 0, 1)}

    def test_other_writers_in_the_run_s_folder_are_read_in_the_order_of_time(self, tmp_path):
        from tensorboard.summary import Writer

        with tracker(tmp_path).start_run("r") as run:
            other = Writer(run.native.get_logdir())
            other.add_scalar("theirs", 1, 0)
            time.sleep(0.05)
            run.native.add_scalar("ours", 2, 0)
            time.sleep(0.05)
            other.add_scalar("theirs", 3, 1)
            other.close()
        (stored,) = tracker(tmp_path).read()
        assert [point.value for point in stored.metrics] == [1, 2, 3]

    def test_runs_of_other_programs_are_read_as_far_as_they_go(self, tmp_path):
        from tensorboard.summary import Writer

        writer = Writer(str(tmp_path / "runs" / "digits" / "deep" / "theirs"))
        writer.add_scalar("loss", 0.5, 1)
        writer.close()
        (stored,) = tracker(tmp_path).read()
        assert (stored.id, stored.status, stored.metrics[0].value) == ("deep/theirs", None, 0.5)

    def test_it_is_not_imported_with_the_backend(self):
        code = "import sys, zenml_trackers.backends.tensorboard as b; sys.exit('tensorboard' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", code]).returncode == 0


class TestTensorBoard:
    @pytest.mark.parametrize("fast", ["true", "false"])
    @pytest.mark.slow
    def test_it_shows_the_run(self, tmp_path, fast):
        with tracker(tmp_path).start_run("first", tags=["baseline"]) as run:
            run.log_params({"rate": 0.5})
            run.log({"loss": 0.25})
            run.log_image("picture", numpy.zeros((2, 2, 3), dtype="uint8"))
            run.log_table("rows", ["a"], [["cell"]])
        port = free_port()
        command = ["tensorboard.main", "--logdir", f"{tmp_path}/runs/digits", "--port", str(port), "--load_fast", fast]
        with subprocess.Popen([sys.executable, "-m", *command], stderr=subprocess.DEVNULL) as server:
            try:
                seen = self._seen(f"http://127.0.0.1:{port}")
            finally:
                server.terminate()
        assert seen["scalars"]["runTagInfo"] == {"first": ["loss"]}
        assert "picture" in seen["images"]["tagRunSampledInfo"]
        assert "&quot;baseline&quot;" in seen["text"] or "baseline" in seen["text"]
        assert "<table>" in seen["rows"]
        assert "STATUS_SUCCESS" in seen["sessions"]
        assert '"rate": 0.5' in seen["sessions"]

    def _seen(self, address):
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                tags = json.loads(ask(address, "timeseries/tags"))
            except OSError:
                tags = {}
            if tags.get("scalars", {}).get("runTagInfo") and tags["images"]["tagRunSampledInfo"]:
                break
            time.sleep(0.3)
        wanted = json.dumps({"allowedStatuses": ["STATUS_SUCCESS"], "sliceSize": 9}).encode()
        return {
            **tags,
            "text": ask(address, "text/text?run=first&tag=zenml"),
            "rows": ask(address, "text/text?run=first&tag=rows"),
            "sessions": ask(address, "hparams/session_groups", wanted),
        }


class TestUrl:
    @pytest.mark.parametrize("url", ["tensorboard://", "tensorboard://host/runs", "tensorboard+http://h/x"])
    def test_a_url_without_a_folder_is_refused(self, url):
        with pytest.raises(InvalidUrl, match="tensorboard://"):
            connect(url)

    def test_a_folder_that_can_t_be_made_is_named(self, tmp_path):
        (tmp_path / "runs").touch()
        with pytest.raises(TrackerUnreachable, match="runs"), tracker(tmp_path).start_run("r"):
            pass
        with pytest.raises(TrackerUnreachable, match="runs"):
            tracker(tmp_path).check()

    def test_check_leaves_nothing_behind(self, tmp_path):
        assert str(tmp_path) in tracker(tmp_path).check()
        assert list(tmp_path.iterdir()) == []

    def test_a_relative_folder_stays_where_it_was(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        at = connect("tensorboard:///runs", strict=True)
        monkeypatch.chdir("/")
        with at.start_run("r") as run:
            assert run.show_command == f"tensorboard --logdir {tmp_path}/runs/default"
        assert (tmp_path / "runs" / "default" / "r").is_dir()
