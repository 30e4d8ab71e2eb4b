"""The journal of a run, as the run has it: where it is, what is in it, who may read it, and when it can't be kept."""

from __future__ import annotations

import resource
import tempfile
from contextlib import contextmanager

import numpy
import PIL.Image
import pytest

from tests.support.hostile import Collecting, doing, tracker
from tests.support.said import warnings_in
from zenml_trackers import connect
from zenml_trackers.delivery import place
from zenml_trackers.errors import TrackerUnreachable
from zenml_trackers.model.records import Feature, Status


@pytest.fixture
def keeper(monkeypatch):
    monkeypatch.setattr("tests.support.hostile.Hostile.features", frozenset(Feature))


def test_nothing_is_left_of_a_run_that_was_delivered(journals):
    with tracker(Collecting()).start_run("r") as run:
        run.log({"m": 1})
        assert len(list(journals.iterdir())) == 1
    assert list(journals.iterdir()) == []


def test_nobody_else_reads_it(journals, keeper, hang, free, tmp_path):
    with tracker(doing("write", hang), deadline=0.3).start_run("r") as run:
        run.log_artifact(__file__)
        run.log_image("i", numpy.zeros((4, 4), dtype=numpy.uint8))
    [folder] = journals.iterdir()
    assert [each.stat().st_mode & 0o777 for each in (journals, folder)] == [0o700] * 2
    modes = {each.name: each.stat().st_mode & 0o777 for each in folder.iterdir() if each.is_file()}
    assert modes == {"journal.json": 0o600, "records.jsonl": 0o600, "sender-0.json": 0o600, "over": 0o600}


class TestFiles:
    def test_a_file_that_changes_later_is_stored_as_it_was(self, keeper, project, tmp_path):
        at, file, part = connect(f"memory://{project}"), tmp_path / "model.bin", tmp_path / "model" / "part"
        file.write_bytes(b"then")
        part.parent.mkdir()
        part.write_bytes(b"then")
        with at.start_run("r") as run:
            run.log_artifact(file)
            run.log_artifact(part.parent)
            file.write_bytes(b"now")
            part.unlink()
        kept = {each.name: each.path for each in at.backend.attachments(run.id, _new(tmp_path))}
        assert kept["model.bin"].read_bytes() == b"then"
        assert (kept["model"] / "part").read_bytes() == b"then"

    @pytest.mark.parametrize("given", ["array", "path", "picture"])
    def test_a_picture_that_changes_later_is_stored_as_it_was(self, given, project, tmp_path):
        at, pixels, file = connect(f"memory://{project}"), numpy.full((4, 4, 3), 7, numpy.uint8), tmp_path / "i.png"
        picture = PIL.Image.fromarray(pixels)
        picture.save(file)
        with at.start_run("r") as run:
            run.log_image("i", {"array": pixels, "path": file, "picture": picture}[given])
            pixels[:] = 0
            picture.paste((0, 0, 0), (0, 0, 4, 4))
            file.unlink()
        [shown] = at.backend.attachments(run.id, _new(tmp_path))
        assert numpy.array(PIL.Image.open(shown.image)).tolist() == [[[7, 7, 7]] * 4] * 4

    def test_a_picture_in_another_form_is_shown_too(self, project, tmp_path):
        at = connect(f"memory://{project}")
        with at.start_run("r") as run:
            run.log_image("i", PIL.Image.new("CMYK", (4, 4)))
        [shown] = at.backend.attachments(run.id, _new(tmp_path))
        assert PIL.Image.open(shown.image).mode == "RGB"

    def test_what_is_not_there_is_named_at_once(self, project, tmp_path, said):
        with connect(f"memory://{project}").start_run("r") as run:
            run.log_artifact(tmp_path / "nowhere.bin")
            run.log_image("i", tmp_path / "nowhere.png")
        artifact, image = warnings_in(said)
        assert f"The artifact 'nowhere.bin' can't be kept: there is nothing at {tmp_path / 'nowhere.bin'}." in artifact
        assert "image 'i' can't be read" in image


def _new(folder):
    (made := folder / "fetched").mkdir()
    return made


class TestNoPlace:
    @pytest.fixture
    def nowhere(self, tmp_path, monkeypatch):
        (tmp_path / "file").write_text("no folder")
        monkeypatch.setenv(place.VARIABLE, str(tmp_path / "file" / "journals"))
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        return tmp_path

    def test_a_temporary_one_is_used_and_all_arrives(self, nowhere, said):
        sink = Collecting()
        with tracker(sink).start_run("r") as run:
            run.log({"m": 1})
        assert (sink.values, sink.ended) == ([{"m": 1}], Status.FINISHED)
        [warning] = warnings_in(said)
        assert f"the journal can't be kept in {nowhere / 'file' / 'journals'}" in warning
        assert "set ZENML_TRACKERS_JOURNAL to a folder that can be written to. It is in a temporary folder" in warning

    def test_without_any_the_step_goes_on(self, nowhere, said, monkeypatch):
        monkeypatch.setattr(tempfile, "tempdir", str(nowhere / "file"))
        sink, body = Collecting(), []
        with tracker(sink).start_run("r") as run:
            for number in range(3):
                run.log({"m": number})
            run.log_params({"p": 1})
            run.log_artifact(__file__)
            run.log_image("i", numpy.zeros((4, 4), dtype=numpy.uint8))
            body.append((run.id, run.url, run.flush(1)))
        assert len(body) == 1
        assert warnings_in(said)[0].count("nothing of it is stored") == 1
        assert "finished, but that may not be stored" in said.text

    def test_without_any_a_strict_run_is_refused(self, nowhere, monkeypatch):
        monkeypatch.setattr(tempfile, "tempdir", str(nowhere / "file"))
        with (
            pytest.raises(TrackerUnreachable, match="ZENML_TRACKERS_JOURNAL"),
            tracker(Collecting(), strict=True).start_run("r"),
        ):
            pytest.fail("the block must not begin")


@contextmanager
def no_file_longer_than(size):
    """As on a full disk: Python ignores the signal, so that the write fails, or is a short one."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class TestFullDisk:
    @pytest.mark.parametrize("room", [0, 10])
    def test_it_costs_what_is_logged_then_and_not_the_end(self, room, journals, said):
        sink = Collecting()
        with tracker(sink).start_run("r") as run:
            run.log({"m": 0})
            [folder] = journals.iterdir()
            with no_file_longer_than((folder / "records.jsonl").stat().st_size + room):
                run.log({"m": 1})
                run.log({"m": 2})
            run.log({"m": 3})
        assert ([record.values["m"] for record in sink.taken], sink.ended) == ([0, 3], Status.FINISHED)
        [warning] = warnings_in(said)
        assert "the journal can't be written to" in warning
        assert "1 row of metrics is lost." in warning
        assert "The run 'r' finished. 2 of the 4 rows of metrics are not stored." in said.text

    def test_the_end_of_a_run_arrives_whatever_the_disk(self, journals, said):
        sink = Collecting()
        with no_file_longer_than(2000), tracker(sink).start_run("r") as run:
            for number in range(100):
                run.log({"m": number})
        assert sink.ended is Status.FINISHED
        assert 0 < len(sink.taken) < 100
        assert [record.values["m"] for record in sink.taken] == list(range(len(sink.taken)))
        assert len(warnings_in(said)) == 1

    def test_a_strict_run_is_told_of_it_by_its_call(self, journals):
        with (
            pytest.raises(TrackerUnreachable, match="the journal can't be written to"),
            no_file_longer_than(1000),
            tracker(Collecting(), strict=True).start_run("r") as run,
        ):
            for number in range(100):
                run.log({"m": number})
