"""Runs that are nested in another, on every tracker and in steps."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.support import direct, reader, trackers
from zenml_trackers import connect, get_run
from zenml_trackers.delivery import active
from zenml_trackers.model.records import Status


def _folds(run):
    run.log({"before": 1})
    for fold in range(2):
        try:
            with run.child(f"fold-{fold}", tags=["cv"], metadata={"fold": fold}) as child:
                child.log({"inner": fold})
                if fold:
                    raise ValueError("diverged")
        except ValueError:
            pass
    run.log({"after": 1})


@trackers.every_tracker
def test_a_child_has_its_parent_its_own_steps_and_its_own_end(backend, tmp_path, project, monkeypatch):
    tracker = trackers.connected(backend, tmp_path, project, monkeypatch)
    with tracker.start_run("parent") as run:
        _folds(run)
    runs = {run.name: run for run in tracker.read()}
    parent, first, second = (runs[name] for name in ("parent", "fold-0", "fold-1"))
    assert [point.name for point in parent.metrics] == ["before", "after"]
    assert (parent.parent, first.parent, second.parent) == (None, parent.id, parent.id)
    assert [(point.name, point.step) for point in second.metrics] == [("inner", 0)]
    assert (first.status, second.status) == (Status.FINISHED, Status.FAILED)
    assert (second.error.type, second.error.message) == ("ValueError", "diverged")
    assert (first.tags, first.metadata) == ({"cv"}, {"fold": 0})


def test_a_child_of_a_step_has_the_names_of_the_step(project):
    def body():
        with get_run().child("trial") as child:
            assert get_run() is child
            child.log({"loss": 1})
        get_run().log({"best": 1})

    direct.run_step(direct.tracker(project=project), direct.info(), body)
    parent, child = sorted(reader.local(project), key=lambda run: run.name == "trial")
    assert set(child.tags) == set(parent.tags)
    assert (parent.config.get("zenml.parent"), child.config["zenml.parent"]) == (None, parent.id)


def test_children_in_threads_have_their_own_each(project):
    """As of a search with several jobs, whose threads ask for the step's run while others' children go on."""

    def trial(number):
        with get_run().child(f"trial-{number}") as child:
            assert get_run() is child
            child.log({"number": number})

    with connect(f"memory://{project}").start_run("search") as run:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(trial, range(12)))
        assert get_run() is run
    runs = list(connect(f"memory://{project}").read())
    [search] = [run for run in runs if run.name == "search"]
    children = [run for run in runs if run.parent == search.id]
    assert sorted(run.metrics[0].value for run in children) == list(range(12))
    assert {run.name for run in children} == {f"trial-{number}" for number in range(12)}
    assert active.entries() == []


def test_each_of_several_trackers_has_its_own_parent(project):
    both = connect([f"memory://{project}-1", f"memory://{project}-2"])
    with both.start_run("parent") as run, run.child("child"):
        pass
    for url in (f"memory://{project}-1", f"memory://{project}-2"):
        parent, child = sorted(connect(url).read(), key=lambda run: run.name == "child")
        assert child.parent == parent.id


def test_what_a_child_is_given_that_is_odd_is_named_and_the_child_is_there(project, said):
    with connect(f"memory://{project}").start_run() as run, run.child("odd", tags=[7], metadata={"x": NotImplemented}):
        pass
    assert "tags[0] is 7" in said.text
    assert "'x' is of type" in said.text
    assert {run.name for run in connect(f"memory://{project}").read()} >= {"odd"}


def test_in_another_thread_the_steps_run_stands_for_its_children(project):
    with connect(f"memory://{project}").start_run("outer") as run, run.child("inner"):
        assert [entry.run for entry in active.only("get_run")] == [run]
