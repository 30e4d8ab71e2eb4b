"""Where a run is kept is no matter of the home that a process has: it may change, or go away."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.test_places import READ, STEP, WHOLE, run_code
from tests.support.trackers import LIBRARIES, url_of


@pytest.mark.slow
@pytest.mark.parametrize("tracker", ["memory", "trackio", *LIBRARIES])
def test_a_home_that_changes_or_goes_away_is_no_matter(tracker, tmp_path: Path, project: str, monkeypatch):
    url = url_of(tracker, tmp_path, project, monkeypatch)
    home = tmp_path / "home"
    home.mkdir()
    change = "os.environ['HOME'] = '/nowhere'; os.rename(os.getcwd(), os.getcwd() + '-gone'); os.chdir('/tmp')"
    variables = {name: str(tmp_path / name) for name in ("WANDB_DIR", "WANDB_DATA_DIR", "WANDB_CONFIG_DIR")}
    variables |= {"ZENML_TRACKERS_JOURNAL": str(tmp_path / "journals"), "TRACKIO_DIR": str(tmp_path / "trackio")}
    run_code(STEP.replace("{change}", change).replace('"model.pt"', f'"{tmp_path}/model.pt"'), url, home, **variables)
    (tmp_path / "after").mkdir()
    assert run_code(READ, url, tmp_path / "after", **variables) == WHOLE
