"""Several trackers of one run: what one does costs the others nothing."""

from __future__ import annotations

import time

import pytest

from tests.support.hostile import Collecting, Hostile, doing, raising, tracker
from tests.support.journals import folders
from tests.support.said import warnings_in
from zenml_trackers import connect
from zenml_trackers.backends.memory import MemoryBackend
from zenml_trackers.errors import TrackerError, TrackerUnreachable, UnsupportedFeature
from zenml_trackers.model.records import Feature, Status
from zenml_trackers.model.url import TrackerUrl


def memory(name):
    backend = MemoryBackend.from_url(TrackerUrl.parse(f"memory://{name}"), "p", {}, 1.0)
    backend.url = f"memory://{name}"
    return backend


def see_one_row(project):
    [stored] = memory(project).read()
    assert (stored.status, [point.value for point in stored.metrics]) == (Status.FINISHED, [1])


@pytest.mark.parametrize("where", ["load", "open", "begin", "write", "close"])
@pytest.mark.parametrize("first", [True, False])
def test_one_that_hangs_costs_the_deadline_and_the_other_nothing(where, first, project, hang, said, monkeypatch):
    monkeypatch.setattr("zenml_trackers.delivery.budgets.LOADING", 0.3)
    both = [memory(project), Hostile(doing(where, hang))]
    began = time.monotonic()
    with tracker(*both[:: 1 if first else -1], deadline=0.5).start_run("r") as run:
        run.log({"m": 1})
    assert time.monotonic() - began < 1.5
    see_one_row(project)
    [warning] = warnings_in(said)
    assert warning.startswith("hostile, run 'r': ")
    assert f"kept in {folders()[0]}" in said.text


@pytest.mark.parametrize("where", ["load", "open", "begin", "write", "close"])
@pytest.mark.parametrize("error", [RuntimeError("no"), OSError("no")])
def test_one_that_fails_costs_the_other_nothing(where, error, project, said):
    with tracker(memory(project), doing(where, raising(error)), deadline=1.0).start_run("r") as run:
        run.log({"m": 1})
    see_one_row(project)
    assert len(warnings_in(said)) == 1
    assert warnings_in(said)[0].startswith("hostile, run 'r': ")
    assert "  memory: 1 call stored. To see it: " in said.text
    assert ("  hostile: not reached." in said.text) is (where in ("load", "open", "begin"))


@pytest.mark.parametrize("where", ["load", "open", "begin"])
@pytest.mark.parametrize("first", [True, False])
def test_the_run_is_called_as_the_first_that_has_it_does(where, first, project):
    """Even if one that it can't be made in knows what it would be called there."""
    both = [memory(project), Hostile(doing(where, raising(RuntimeError("no"))))]
    with tracker(*both[:: 1 if first else -1]).start_run("r") as run:
        [stored] = memory(project).read()
        assert (run.id, run.show_command) == (stored.id, stored.show_command)


def test_nothing_follows_the_commands_that_show_the_run(project, said):
    with tracker(Hostile(doing("close", raising(RuntimeError("no")))), memory(project)).start_run("r") as run:
        pass
    assert said.text.rstrip().endswith(f"To see it: {run.links['memory_show_command']}")


def test_a_slow_library_and_a_hang_cost_the_others_nothing(project, hang, said):
    slow = Collecting(load=lambda: time.sleep(0.5), open=hang)
    with tracker(memory(project), slow, deadline=1.0).start_run("r") as run:
        run.log({"m": 1})
    see_one_row(project)
    assert "hostile, run 'r': connecting took longer" in said.text


def test_a_feature_that_one_lacks_is_warned_of_once_and_the_other_has_it(project, said, tmp_path):
    (tmp_path / "file").write_text("kept")
    naive = Collecting()
    with tracker(memory(project), naive).start_run("r") as run:
        run.log_artifact(tmp_path / "file")
        run.log_artifact(tmp_path / "file", "again")
    (tmp_path / "fetched").mkdir()
    assert {kept.name for kept in memory(project).attachments(run.id, tmp_path / "fetched")} == {"file", "again"}
    assert (naive.taken, naive.ended) == ([], Status.FINISHED)
    [warning] = warnings_in(said)
    assert "The tracker 'hostile' has no artifacts. The other trackers get it." in warning
    assert folders() == []


def test_a_feature_that_all_lack_is_a_mistake_of_the_steps():
    with pytest.raises(UnsupportedFeature, match=f"no {Feature.MEDIA.value}"), tracker(Collecting()).start_run() as run:
        run.log_image("i", "file.png")


class TestStrict:
    @pytest.mark.parametrize("where", ["load", "open", "begin"])
    @pytest.mark.parametrize("error", [TrackerUnreachable("no"), RuntimeError("no"), SystemExit("no")])
    def test_one_that_cannot_be_reached_is_an_error_and_no_other_run_stays_open(self, where, error, project):
        both = tracker(memory(project), doing(where, raising(error)), strict=True)
        with pytest.raises(TrackerError, match="no"), both.start_run("r"):
            pytest.fail("the block must not begin")
        assert [stored.status for stored in memory(project).read()] == [Status.FAILED]

    def test_one_that_hangs_is_an_error_within_the_deadline(self, project, hang):
        both, began = tracker(memory(project), doing("open", hang), strict=True, deadline=1.0), time.monotonic()
        with pytest.raises(TrackerUnreachable, match="connecting took longer"), both.start_run("r"):
            pytest.fail("the block must not begin")
        assert time.monotonic() - began < 2
        assert [stored.status for stored in memory(project).read()] == [Status.FAILED]

    def test_a_value_that_cannot_be_stored_is_an_error_of_its_call(self):
        with (
            pytest.raises(TrackerError, match="'bad' is of type object"),
            tracker(Collecting(), strict=True).start_run("r") as run,
        ):
            run.log({"bad": object()})

    @pytest.mark.parametrize("where", ["write", "close"])
    def test_what_is_lost_later_is_warned_of(self, where, said):
        with tracker(doing(where, raising(RuntimeError("full"))), strict=True).start_run("r") as run:
            run.log({"m": 1})
        [warning] = warnings_in(said)
        assert "RuntimeError: full" in warning


def test_two_of_one_kind_are_told_apart(project):
    with connect([f"memory://{project}", f"memory://{project}-b"]).start_run("r") as run:
        links = run.links
    assert links["memory_run_id"] != links["memory_2_run_id"]
