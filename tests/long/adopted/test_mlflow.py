"""The same step code with ZenML's own flavor for MLflow: what `get_run()` stores in the runs that it starts."""

import gc
import json
import os

import pytest
from tracker_contracts.harnesses import mlflow_database
from zenml.client import Client
from zenml.enums import StackComponentType

from tests.long.adopted.running import LOSS, run, series, stack, warned
from tests.long.adopted.steps import (
    ends_natively,
    fails,
    labels,
    logs_to_all,
    nests,
    refused,
    retried,
    seen,
    shows,
    summarizes,
    threaded,
    trains,
    tries,
)
from tests.support.made import put
from zenml_trackers import connect
from zenml_trackers.zenml import compat, registration
from zenml_trackers.zenml.adopted import adoption


@pytest.fixture
def mlflow_file(zenml_store, tmp_path):
    """The database of a stack with ZenML's own component."""
    before = dict(os.environ)
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    file = put("mlflow", tmp_path / "mlflow.db")
    stack("mlflow", tracking_uri=f"sqlite:///{file}", experiment_name="digits")
    yield file
    import mlflow

    mlflow.set_tracking_uri(None)  # the flavor leaves an empty one, which MLflow takes for a folder
    for name in {name for name in os.environ if "MLFLOW" in name} - set(before):  # which the flavor leaves behind
        del os.environ[name]


@pytest.mark.slow
class TestMlflow:
    def test_the_step_code_is_stored_in_the_flavors_run(self, mlflow_file, tmp_path):
        finished = run(trains, folder=str(tmp_path))
        [observed] = mlflow_database.observed(mlflow_file, "digits")
        assert observed.id == finished.steps["trains"].run_metadata["mlflow_run_id"]
        assert (observed.state, series(observed, "loss")) == ("finished", LOSS)
        assert series(observed, "accuracy") == [(1, 0.75)]
        assert observed.params == {"lr": "0.1", "model.depth": "3", "model.layers": "[1, 2]"}
        assert "'blue': ''" in observed.everything
        assert "'green': ''" in observed.everything
        assert [file.read_text() for file in tmp_path.rglob("artifacts/notes")] == ["kept"]
        whose = {"backend": "mlflow", "id": observed.id, "name": finished.name, "project": "digits", "url": None}
        assert seen == {**whose, "same": True}

    def test_the_flavor_says_how_the_run_ended(self, mlflow_file):
        run(fails)
        [observed] = mlflow_database.observed(mlflow_file, "digits")
        assert (observed.state, series(observed, "loss")) == ("failed", [(0, 0.5)])

    def test_pictures_and_tables_use_up_no_step(self, mlflow_file, tmp_path):
        run(shows)
        [observed] = mlflow_database.observed(mlflow_file, "digits")
        assert series(observed, "loss") == [(0, 1), (1, 2)]
        [table] = tmp_path.rglob("artifacts/tables/cells/0.json")
        assert json.loads(table.read_text()) == {"columns": ["n", "s"], "data": [[1, "a"], [2, "b"]]}
        assert len(list(tmp_path.rglob("artifacts/images/picture*step*0*.png"))) == 1

    def test_what_mlflow_refuses_is_named_once_and_takes_nothing_with_it(self, mlflow_file, said):
        run(refused)
        [observed] = mlflow_database.observed(mlflow_file, "digits")
        assert (observed.state, observed.params) == ("finished", {"lr": "0.1", "other": "1"})
        assert [(point.name, point.value) for point in observed.metrics] == [("good", 2), ("good", 2)]
        warnings = warned(said)
        assert [("'bad*name'" in told, "'lr'" in told) for told in warnings] == [(True, False), (False, True)]

    def test_the_summary_is_tags_and_what_mlflow_does_not_sum_up_is_named(self, mlflow_file, said):
        run(summarizes)
        [observed] = mlflow_database.observed(mlflow_file, "digits")
        assert "'summary.best': '0.93'" in observed.everything
        [told] = warned(said)
        assert "no summary of the metric 'loss'" in told

    def test_labels_that_mlflows_run_has_no_place_for_are_named(self, mlflow_file, tmp_path, said):
        (tmp_path / "notes.txt").write_text("kept")
        run(labels, folder=str(tmp_path))
        [observed] = mlflow_database.observed(mlflow_file, "digits")
        assert observed.state == "finished"
        artifact, image = warned(said)
        assert "The artifact 'notes.txt' is kept without its type and aliases." in artifact
        assert "The image 'picture' is shown without its caption." in image

    def test_a_nested_run_of_the_steps_own_is_left_alone(self, mlflow_file):
        run(nests)
        by_name = {observed.name: observed for observed in mlflow_database.observed(mlflow_file, "digits")}
        assert series(by_name.pop("child"), "loss") == []
        [outer] = by_name.values()
        assert series(outer, "loss") == [(0, 1), (1, 2)]

    def test_a_thread_with_the_steps_context_has_the_same_run_and_none_is_kept(self, mlflow_file):
        run(threaded)
        assert seen.pop("same") is True
        gc.collect()
        assert not [entry for found in adoption._runs.values() for entry in found if entry.run.id == seen["id"]]

    def test_each_attempt_has_a_run_of_its_own(self, mlflow_file):
        run(retried)
        assert len(tries) == 2
        assert tries[0] is not tries[1]

    def test_without_an_open_run_the_step_is_told_why(self, mlflow_file):
        run(ends_natively)
        assert "the step's own code may have ended it" in str(seen["said"])

    @pytest.mark.skipif(not compat.holds_several_trackers(), reason="a stack of this ZenML has one tracker")
    def test_beside_a_tracker_of_this_package_both_are_reached(self, mlflow_file, project, said):
        _beside(f"memory://{project}")
        run(logs_to_all)
        [observed] = mlflow_database.observed(mlflow_file, "digits")
        ours, fold = connect(f"memory://{project}", project="adopting").read()
        both = {"loss": [(0, 1), (2, 3)]}
        assert {"loss": series(observed, "loss")} == {"loss": series(ours, "loss")} == both
        assert (series(observed, "own"), series(ours, "own")) == ([(1, 2)], [])
        assert seen["ids"] == [ours.id, ours.id, observed.id]
        assert (fold.name, fold.parent) == ("fold", ours.id)
        assert "begin them with the library's own calls. The other trackers have it." in said.text


def _beside(url):
    """Add a tracker of this package to the stack, as its first."""
    client = Client()
    registration.register(registration.UNIFIED)
    client.create_stack_component("ours", "unified", StackComponentType.EXPERIMENT_TRACKER, {"url": url})
    client.update_stack(component_updates={StackComponentType.EXPERIMENT_TRACKER: ["ours", "tracker"]})
