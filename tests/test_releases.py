"""What runs here is what the tests are said to run on."""

from __future__ import annotations

from importlib.metadata import requires

import pytest
from packaging.requirements import Requirement
from tracker_contracts.matrix.versions import load

from tests.support.environments import REPOSITORY
from tests.support.releases import NONE, installed

LIST = "compat/versions.toml"
NEWEST = load(REPOSITORY / LIST).newest


@pytest.mark.parametrize("package", ["zenml", "trackio", "mlflow", "wandb"])
def test_the_newest_listed_release_runs(package: str) -> None:
    assert installed(package) == NEWEST[package], f"{LIST} lists {package} {NEWEST[package]} as the newest"


def test_zenml_has_its_local_store() -> None:
    needed = [Requirement(line) for line in requires("zenml") or [] if "extra ==" in line]
    wanted = [each for each in needed if each.marker and each.marker.evaluate({"extra": "local"})]
    assert wanted
    assert [each.name for each in wanted if installed(each.name) == NONE] == [], "zenml[local] is not installed"
