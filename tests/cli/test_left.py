"""The commands `journal`, `deliver` and `reconcile`, on real journals and a real ZenML store.

No `from __future__ import annotations` here: ZenML below 0.90 reads the types of a step as they stand.
"""

import json
import threading

import pytest
from click.testing import CliRunner
from zenml import pipeline, step

from tests.support.pipelines import run, stack_with, unified_stack_with
from tests.support.trackers import store
from zenml_trackers import connect, get_run
from zenml_trackers.cli import main
from zenml_trackers.delivery.journal import Header, Journal
from zenml_trackers.delivery.place import VARIABLE
from zenml_trackers.model.records import Metrics, RunSpec, Status


@pytest.fixture(autouse=True)
def journals(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "journals"))
    return tmp_path / "journals"


def left(journals, *urls, project="p"):
    journal = Journal.begin(journals, Header(trackers=urls, spec=RunSpec(name="left", project=project)))
    journal.append(Metrics, {"values": {"m": 1}, "step": 0})
    journal.close()


def ran(*arguments):
    done = CliRunner().invoke(main, arguments)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done.exit_code, done.output


class TestDeliver:
    def test_what_is_left_is_shown_and_delivered_once(self, journals, project):
        left(journals, f"memory://{project}")
        assert "`zenml-trackers deliver` delivers it" in ran("journal")[1]
        assert "would be delivered" in ran("deliver", "--dry-run")[1]
        assert list(connect(f"memory://{project}", project="p").read()) == []
        status, said = ran("deliver", "--json")
        assert (status, json.loads(said)["result"]) == (0, "delivered")
        assert ran("deliver") == (0, "Nothing is left to deliver.\n")
        assert ran("journal") == (0, f"Nothing is kept in {journals}.\n")
        [stored] = connect(f"memory://{project}", project="p").read()
        assert (stored.status, len(stored.metrics)) == (Status.FAILED, 1)

    def test_what_cannot_be_delivered_is_named_and_stays(self, journals):
        left(journals, "tensorboard:////dev/null/runs")
        status, said = ran("deliver")
        assert status == 1
        assert "not delivered: The folder /dev/null/runs" in said
        assert len(list(journals.iterdir())) == 1

    def test_that_of_a_living_process_is_left_alone(self, journals, project):
        with connect(f"memory://{project}").start_run("goes on"):
            assert "its process goes on" in ran("deliver", "--dry-run")[1]
            assert ran("deliver")[0] == 0
        assert [stored.status for stored in connect(f"memory://{project}").read()] == [Status.FINISHED]

    def test_another_folder_may_be_given(self, journals, tmp_path, project):
        left(tmp_path / "volume", f"memory://{project}")
        assert ran("deliver")[1] == "Nothing is left to deliver.\n"
        assert "delivered" in ran("deliver", "--journal", str(tmp_path / "volume"))[1]

    def test_one_of_two_trackers_that_was_done_is_not_begun_again(self, journals, project):
        left(journals, f"memory://{project}", "tensorboard:////dev/null/runs")
        assert ran("deliver")[0] == 1
        assert ran("deliver")[0] == 1
        backend = connect(f"memory://{project}", project="p").backend
        [stored] = backend.read()
        assert len(stored.metrics) == 1
        assert (backend.folder / stored.id / "run.jsonl").read_text().count('"ended"') == 1


class Unstorable:
    def __init__(self):
        self.lock = threading.Lock()


@step(experiment_tracker="tracker", enable_cache=False)
def fails_afterwards() -> Unstorable:
    get_run().log({"m": 1})
    return Unstorable()


@step(experiment_tracker="tracker", enable_cache=False)
def goes_well() -> int:
    get_run().log({"m": 1})
    return 1


@pipeline
def reconciled() -> None:
    goes_well()
    fails_afterwards()


class TestReconcile:
    @pytest.mark.slow
    @pytest.mark.parametrize("kind", ["memory", "trackio"])
    def test_a_step_that_zenml_failed_after_cleanup_has_a_failed_run(self, kind, zenml_store, project):
        url = f"memory://{project}" if kind == "memory" else f"trackio:///{project}"
        stack_with(project=project) if kind == "trackio" else unified_stack_with(url=url, project=project)
        assert run(reconciled).status == "failed"
        before = {stored.step: stored.status for stored in connect(url, project=project).read()}
        assert before == {"goes_well": Status.FINISHED, "fails_afterwards": Status.FINISHED}
        assert "would become failed" in ran("reconcile", "--dry-run")[1]
        status, said = ran("reconcile", "--json")
        assert (status, json.loads(said)["status"]) == (0, "failed")
        after = {stored.step: stored for stored in connect(url, project=project).read()}
        assert after["goes_well"].status is Status.FINISHED
        assert after["fails_afterwards"].status is Status.FAILED
        assert len(after["fails_afterwards"].metrics) == 1
        assert ran("reconcile", "--tracker", "tracker") == (0, "All runs are as ZenML knows their steps.\n")

    @pytest.mark.slow
    def test_a_run_whose_step_zenml_does_not_know_is_left_alone_unless_it_is_open_and_that_is_asked_for(
        self, zenml_store, project
    ):
        """The pipeline run was deleted, or another ZenML server shares the tracker."""
        unified_stack_with(url=f"memory://{project}", project=project)
        backend = connect(f"memory://{project}", project=project).backend
        unknown = "00000000-0000-4000-8000-00000000000{}".format
        for number, status in enumerate((Status.RUNNING, Status.FINISHED)):
            spec = RunSpec(name=status.value, project=project, step_run_id=unknown(number))
            store(backend, spec, status=status)
        assert ran("reconcile") == (0, "All runs are as ZenML knows their steps.\n")
        assert [stored.status for stored in backend.read()] == [Status.RUNNING, Status.FINISHED]
        assert "is now failed (StepGone: ZenML does not know the step.)" in ran("reconcile", "--gone")[1]
        assert [stored.status for stored in backend.read()] == [Status.FAILED, Status.FINISHED]

    def test_a_mistyped_tracker_is_named(self, zenml_store, project):
        unified_stack_with(url=f"memory://{project}", project=project)
        status, said = ran("reconcile", "--tracker", "trakcer")
        assert status == 1
        assert "There is no experiment tracker 'trakcer'" in said
