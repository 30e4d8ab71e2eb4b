"""Any text is a name: of an artifact, a metric, a param, a tag, a run; and it is read back as it was given."""

from __future__ import annotations

import PIL.Image
import pytest
from tracker_contracts.programs.vocabulary import HOSTILE

from tests.cases.conftest import Case
from tests.support.said import warnings_in

CHECKPOINTS = [
    "epoch=3-step=100.ckpt",
    "model final.pt",
    "best_model (1).pt",
    "models/best.pt",
    "résumé.txt",
    "runs:latest",
    "..",
    ".",
    "a\\b",
    "/absolute",
    "../up.pt",
    "CON",
    "x" * 300,
    "🦊" * 100,
    "-",
    "latest",
    "v0",
]
"""What people call the files that they keep, and what some file system or service takes for something else."""


def test_an_artifact_of_any_name_is_kept_and_read_back_under_it(case: Case, said):
    names = list(dict.fromkeys([*CHECKPOINTS, *HOSTILE]))
    with case.run() as run:
        for number, name in enumerate(names):
            run.log_artifact(case.file(f"file-{number}", f"content of {number}"), name)
    assert warnings_in(said) == []
    kept = case.artifacts()
    assert sorted(kept) == sorted(names)
    assert {name: path.read_text() for name, path in kept.items()} == {
        name: f"content of {number}" for number, name in enumerate(names)
    }


def test_a_folder_of_any_name_is_kept_whole(case: Case, said):
    folder = case.file("folder/inside/model final (1).bin").parents[1]
    case.file("folder/epoch=3-step=100.ckpt", "other")
    with case.run() as run:
        for name in ("runs:latest", "models/best é", ".."):
            run.log_artifact(folder, name)
    assert warnings_in(said) == []
    kept = case.artifacts()
    assert sorted(kept) == ["..", "models/best é", "runs:latest"]
    for path in kept.values():
        assert (path / "inside" / "model final (1).bin").read_text() == "content"
        assert (path / "epoch=3-step=100.ckpt").read_text() == "other"


def test_an_artifact_without_a_name_has_that_of_its_file(case: Case):
    with case.run() as run:
        run.log_artifact(case.file("model final.pt"), "")
        run.log_artifact(case.file("epoch=3.ckpt"))
    assert sorted(case.artifacts()) == ["epoch=3.ckpt", "model final.pt"]


def test_an_artifact_that_is_logged_again_is_read_with_its_last_content(case: Case):
    with case.run() as run:
        run.log_artifact(case.file("best.pt", "old"), "best model.pt")
        run.log_artifact(case.file("best.pt", "new"), "best model.pt")
    assert case.artifacts()["best model.pt"].read_text() == "new"


def test_a_metric_of_any_name_is_read_back_under_it(case: Case, said):
    names = list(dict.fromkeys(["", *CHECKPOINTS, *HOSTILE, "x" * 5000, "__", "_", "*", "a*", "zenml.status"]))
    with case.run() as run:
        run.log({name: number for number, name in enumerate(names)})
    assert warnings_in(said) == []
    assert {point.name: point.value for point in case.stored().metrics} == {
        name: number for number, name in enumerate(names)
    }


def test_a_nameless_metric_hides_no_other_run(case: Case):
    with case.run("first") as run:
        run.log({"": 1.0, "loss": 2.0})
    with case.run("second") as run:
        run.log({"loss": 3.0})
    found = {run.name: {point.name: point.value for point in run.metrics} for run in case.connect().read()}
    assert found == {"first": {"": 1.0, "loss": 2.0}, "second": {"loss": 3.0}}


def test_params_of_any_name_at_any_depth_are_read_back(case: Case, said):
    params = {
        name: {name: [number, {name: name}]} for number, name in enumerate(dict.fromkeys([*CHECKPOINTS, *HOSTILE]))
    }
    params[""] = {"": ["", {"": {"": 1}}]}
    params |= {"zenml.int": {"zenml.int": "5"}, "zenml.nameless": {"zenml.nameless": 1, "zenml.nameless'": {"": 2}}}
    with case.run() as run:
        run.log_params(params)
    assert warnings_in(said) == []
    assert case.stored().params == params


def test_tags_of_any_text_are_read_back(case: Case, said):
    tags = [*CHECKPOINTS, *HOSTILE, "y" * 10_000]
    with case.run() as run:
        run.add_tags(*tags)
    assert warnings_in(said) == []
    assert case.stored().tags == frozenset(tags)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(0, len(CHECKPOINTS) + len(HOSTILE), 11))
def test_runs_of_any_name_are_read_back_with_their_pictures_and_tables(case: Case, said, number):
    for name in list(dict.fromkeys([*CHECKPOINTS, *HOSTILE]))[number : number + 11]:
        with case.run(name) as run:
            run.log({"loss": 1.0})
            run.log_table(name, ["a"], [[1]])
            run.log_image(name, PIL.Image.new("L", (2, 2)))
    assert warnings_in(said) == []
    names = list(dict.fromkeys([*CHECKPOINTS, *HOSTILE]))[number : number + 11]
    backend = case.connect().backend
    runs = list(backend.read())
    assert [run.name for run in runs] == names
    for run in runs:
        folder = case.folder / run.id.replace("/", "_")
        folder.mkdir()
        assert [each.name for each in backend.attachments(run.id, folder)] == [run.name] * 2
