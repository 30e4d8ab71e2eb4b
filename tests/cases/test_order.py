"""What is shown between metrics takes none of their steps, and everything is stored as it was when it was logged."""

from __future__ import annotations

import numpy
import PIL.Image

from tests.cases.conftest import Case
from tests.support.said import warnings_in


def test_pictures_tables_and_files_between_metrics_take_no_steps(case: Case, said):
    image = PIL.Image.new("RGB", (2, 2))
    with case.run() as run:
        run.log_table("first", ["a"], [[0]])
        run.log({"loss": 0.0})
        run.log_image("image", image)
        run.log_image("image", image)
        run.log({"loss": 1.0})
        run.log_table("table", ["a"], [[1]])
        run.log_artifact(case.file("file"))
        run.log({"loss": 2.0})
        run.log_params({"a": 1})
        run.add_tags("t")
        run.log_table("table", ["a"], [[2]])
        run.log({"loss": 3.0})
    assert warnings_in(said) == []
    assert [(point.step, point.value) for point in case.stored().metrics] == [(n, float(n)) for n in range(4)]
    assert sorted((table.name, table.step) for table in case.tables()) == [("first", 0), ("table", 1), ("table", 2)]
    assert [each.step for each in case.images()] == [0, 0]


def test_a_shown_step_far_ahead_is_none_of_the_metrics(case: Case):
    with case.run() as run:
        run.log({"loss": 0.0})
        run.log_table("table", ["a"], [[1]], step=50)
        run.log({"loss": 1.0})
    assert [(point.step, point.value) for point in case.stored().metrics] == [(0, 0.0), (1, 1.0)]
    assert [table.step for table in case.tables()] == [50]


def test_what_is_changed_after_the_call_is_stored_as_it_was(case: Case):
    cells, rows, params, tags = [1, 2], [[[1, 2], {"a": 1}]], {"list": [1], "map": {"a": 1}}, ["t"]
    metrics = {"loss": 1.0}
    image = numpy.zeros((2, 2, 3), numpy.uint8)
    file = case.file("model.pt", "before")
    rows[0][0] = cells
    with case.run() as run:
        run.log(metrics)
        run.log_params(params)
        run.add_tags(tags)
        run.log_table("t", ["a", "b"], rows)
        run.log_image("i", image)
        run.log_artifact(file)
        metrics["loss"] = 9.0
        params["list"].append(9)
        params["map"]["a"] = 9
        tags.append("late")
        cells.append(9)
        rows.append([9, 9])
        image[:] = 9
        file.write_text("after")
    stored = case.stored()
    assert [point.value for point in stored.metrics] == [1.0]
    assert stored.params == {"list": [1], "map": {"a": 1}}
    assert stored.tags == {"t"}
    assert [[list(row) for row in table.rows] for table in case.tables()] == [[[[1, 2], {"a": 1}]]]
    [shown] = case.images()
    assert PIL.Image.open(shown.image).convert("RGB").tobytes() == bytes(12)
    assert case.artifacts()["model.pt"].read_text() == "before"
