"""Which cells are in which set, and why others are in none."""

from __future__ import annotations

from itertools import product

import pytest
from packaging.version import Version
from tracker_contracts.matrix import plan
from tracker_contracts.matrix.model import Cell
from tracker_contracts.matrix.versions import Versions, load

from tests.support.environments import REPOSITORY

LIST = REPOSITORY / "compat" / "versions.toml"
VERSIONS = load(LIST)
SMALL = Versions.model_validate(
    {
        "packages": {"one": "."},
        "axes": {
            "zenml": ["0.98.0", "0.90.0", "0.97.0", "0.96.4"],  # in no order
            "python": ["3.10", "3.12", "3.9"],
            "trackio": ["0.30.4", "0.43.0"],
        },
        "ruled_out": [
            {"zenml": ">=0.97", "python": "<3.10", "why": "ZenML left Python 3.9 behind."},
            {"trackio": "<0.40", "zenml": "<0.91", "why": "They disagree."},
        ],
        "breaks": [{"zenml": "0.96.1", "what": "Something is new."}],
        "contracts": [{"harness": "trackio"}],
    }
)


OTHERS = Versions.model_validate(
    {
        "packages": {"one": "."},
        "axes": {
            "scikit-learn": ["1.5.2", "1.6.1", "1.7.2"],
            "python": ["3.11", "3.12"],
            "mlflow": ["2.22.1", "3.17.2"],
        },
        "ruled_out": [{"mlflow": ">=3", "scikit-learn": "<1.6", "why": "They disagree."}],
        "breaks": [{"scikit-learn": "1.6", "what": "Something is new."}],
        "contracts": [{"harness": "mine"}],
    }
)


def names(chosen: str) -> list[str]:
    return [cell.name for cell in plan.cells(SMALL, chosen)]


def test_smoke_is_at_breaks_with_low_and_high_pythons_in_turn() -> None:
    assert names("smoke") == [
        "py312-zenml090-trackio043",  # the oldest, and the last before the break as well
        "py39-zenml096-trackio043",
        "py312-zenml098-trackio043",
    ]


def test_full_has_the_ends_of_the_pythons_and_all_of_the_newest() -> None:
    assert names("full") == [
        "py39-zenml090-trackio043",
        "py312-zenml090-trackio043",
        "py39-zenml096-trackio043",
        "py312-zenml096-trackio043",
        "py310-zenml097-trackio043",
        "py312-zenml097-trackio043",
        "py310-zenml098-trackio043",
        "py312-zenml098-trackio030",
        "py312-zenml098-trackio043",
    ]


def test_any_packages_are_axes_and_the_first_of_the_alphabet_leads() -> None:
    assert OTHERS.libraries == ["mlflow", "scikit-learn"]
    assert [cell.name for cell in plan.cells(OTHERS, "smoke")] == [
        "py311-mlflow222-scikitlearn15",  # before the break, with the newest that goes with it
        "py311-mlflow222-scikitlearn17",
        "py312-mlflow317-scikitlearn16",
        "py312-mlflow317-scikitlearn17",
    ]
    assert [cell.name for cell in plan.cells(OTHERS, "full")] == [
        "py311-mlflow222-scikitlearn17",
        "py312-mlflow222-scikitlearn17",
        "py311-mlflow317-scikitlearn17",
        "py312-mlflow317-scikitlearn16",
        "py312-mlflow317-scikitlearn17",
    ]


def test_exhaustive_is_all_that_is_not_ruled_out() -> None:
    everything = set(product(*(SMALL.axes[axis] for axis in ("zenml", "python", "trackio"))))
    left_out = plan.ruled_out(SMALL)
    listed = {(cell["zenml"], cell["python"], cell["trackio"]) for cell in plan.cells(SMALL, "exhaustive")}
    assert listed == everything - {(cell["zenml"], cell["python"], cell["trackio"]) for cell in left_out}
    assert left_out[Cell(python="3.9", zenml="0.97.0", trackio="0.30.4")] == ["ZenML left Python 3.9 behind."]
    assert left_out[Cell(python="3.12", zenml="0.90.0", trackio="0.30.4")] == ["They disagree."]


@pytest.mark.parametrize("versions", [SMALL, VERSIONS], ids=["small", "the list"])
def test_each_set_is_part_of_the_next(versions: Versions) -> None:
    smoke, full, exhaustive = (set(plan.cells(versions, name)) for name in plan.SETS)
    assert smoke < full < exhaustive
    for cell in smoke:
        assert plan.sets_of(versions, cell) == ["smoke", "full", "exhaustive"]


def test_smoke_is_small_and_has_what_matters() -> None:
    cells = plan.cells(VERSIONS, "smoke")
    assert len(cells) <= 8
    assert cells[0]["zenml"] == plan.ordered(VERSIONS.axes["zenml"])[0]
    assert cells[-1] == plan.newest(VERSIONS)
    assert {"3.10", "3.12", "3.13"} <= {cell["python"] for cell in cells}
    releases = plan.ordered(VERSIONS.axes["zenml"])
    for each in VERSIONS.breaks:
        first = next(release for release in releases if Version(release) >= Version(each.within["zenml"]))
        assert first in {cell["zenml"] for cell in cells}


def test_ruled_out_cells_have_a_reason_and_are_in_no_set() -> None:
    left_out = plan.ruled_out(VERSIONS)
    assert {(cell["zenml"], cell["python"]) for cell in left_out} == {
        (release, "3.13") for release in VERSIONS.axes["zenml"] if Version(release) < Version("0.91")
    }
    assert all("Requires-Python" in why for reasons in left_out.values() for why in reasons)
    assert not set(left_out) & set(plan.cells(VERSIONS, "exhaustive"))


def test_the_order_in_the_list_does_not_matter() -> None:
    turned = VERSIONS.model_copy(update={"axes": {axis: VERSIONS.axes[axis][::-1] for axis in reversed(VERSIONS.axes)}})
    for name in plan.SETS:
        assert plan.cells(turned, name) == plan.cells(VERSIONS, name)
