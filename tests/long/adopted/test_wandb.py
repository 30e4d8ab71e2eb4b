"""The same step code with ZenML's own flavor for W&B: what `get_run()` stores in the runs that it starts."""

import sys
from pathlib import Path

import pytest
from tracker_contracts.harnesses import wandb_file

from tests.long.adopted.running import API_KEY, LOSS, run, series, stack, warned
from tests.long.adopted.steps import fails, mixes, seen, shows, summarizes, trains


def _artifacts(folder: Path) -> list[str]:
    """The names of the artifacts in the logs of offline runs."""
    [log] = folder.glob("wandb/offline-run-*/run-*.wandb")
    requests = [record.request for record in wandb_file.records(log) if record.HasField("request")]
    logged = [record.artifact for record in wandb_file.records(log) if record.HasField("artifact")]
    return [
        artifact.name for artifact in (*logged, *(each.log_artifact.artifact for each in requests)) if artifact.name
    ]


@pytest.fixture
def wandb_folder(zenml_store, tmp_path, monkeypatch):
    """The folder of offline runs of a stack with ZenML's own component."""
    import wandb

    for name, value in (("WANDB_MODE", "offline"), ("WANDB_ERROR_REPORTING", "false")):
        monkeypatch.setenv(name, value)
    settings = {"root_dir": str(tmp_path), "x_disable_stats": True}
    stack("wandb", api_key=API_KEY, project_name="digits", settings=settings)
    hook = sys.excepthook
    wandb.teardown()  # it reads the environment once, when it starts
    yield tmp_path
    wandb.teardown()
    sys.excepthook = hook  # W&B puts its own there, and leaves it


class TestWandb:
    @pytest.mark.slow
    def test_the_step_code_is_stored_in_the_flavors_run(self, wandb_folder):
        finished = run(trains, folder=str(wandb_folder))
        [observed] = wandb_file.settled(wandb_folder)
        assert (observed.state, series(observed, "loss")) == ("finished", LOSS)
        assert series(observed, "accuracy") == [(1, 0.75)]
        assert observed.params["lr"] == 0.1
        assert observed.params["model"] == {"depth": 3, "layers": [1, 2]}
        assert {"blue", "green", "adopting"} <= set(observed.tags)
        whose = {"backend": "wandb", "id": observed.id, "project": "digits", "url": None, "same": True}
        assert seen == {**whose, "name": f"{finished.name}_trains"}
        assert _artifacts(wandb_folder) == ["notes"]

    @pytest.mark.slow
    def test_the_flavor_says_how_the_run_ended(self, wandb_folder):
        run(fails)
        [observed] = wandb_file.settled(wandb_folder)
        assert (observed.state, series(observed, "loss")) == ("failed", [(0, 0.5)])

    def test_pictures_and_tables_use_up_no_step(self, wandb_folder):
        run(shows)
        [observed] = wandb_file.settled(wandb_folder)
        assert series(observed, "loss") == [(0, 1), (1, 2)]
        assert len(list(wandb_folder.rglob("media/images/picture*.png"))) == 1
        assert len(list(wandb_folder.rglob("media/table/cells*.json"))) == 1

    def test_the_summary_is_wandbs(self, wandb_folder, said):
        run(summarizes)
        wandb_file.settled(wandb_folder)
        [log] = wandb_folder.glob("wandb/offline-run-*/run-*.wandb")
        records = list(wandb_file.records(log))
        items = [item for record in records for item in record.summary.update]
        found = {item.key or ".".join(item.nested_key): item.value_json for item in items}
        assert (found["best"], found["loss"]) == ("0.93", '{"min":1}')
        [defined] = [record.metric for record in records if record.metric.name == "loss"]
        assert defined.summary.min
        assert warned(said) == []

    def test_its_own_calls_share_the_steps_and_a_lower_one_is_refused_by_name(self, wandb_folder, said):
        run(mixes)
        [observed] = wandb_file.settled(wandb_folder)
        assert series(observed, "own") == [(0, 1), (1, 2)]
        assert series(observed, "loss") == [(2, 3)]
        assert "blue" in observed.tags
        long_tag, low_step = warned(said)
        assert "tag 'xx" in long_tag
        assert "lost at step 0" in low_step
