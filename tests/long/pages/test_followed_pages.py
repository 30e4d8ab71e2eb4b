"""Pages whose blocks are done one after the other: the tutorial by a new user, the others with all libraries there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tracker_contracts.matrix.blocks import blocks

from tests.support.environments import Environment, build_wheel, make_environment
from tests.support.followed import DOCS, follow

pytestmark = pytest.mark.slow

TUTORIAL = "tutorials/first-run.md"
PRINTED = {
    "how-to/any-tracker.md": ["baseline finished {'model': {'depth': 3}} name='loss' step=2", "baseline"],
    "how-to/record-more.md": ["There is no artifact 'modle.bin' in the project 'digits'"],
    "how-to/move-from-built-in-trackio.md": ["before", "Copied 1 run to memory://moved"],
    "how-to/move-from-mlflow.md": ["finished  training  train"],
    "how-to/move-from-wandb.md": ["finished  training  train"],
    "how-to/upgrade.md": ["Nothing failed."],
    "how-to/deliver-and-reconcile.md": [],
    "values.md": [],
    "index.md": ["finished"],
}
"""What the pages' readers see, among other things."""
ELSEWHERE = {
    TUTORIAL,
    "how-to/trackio.md",  # test_documented_page.py, and the cells of the matrix
    "how-to/check-your-own-tracker.md",
    "how-to/test-on-many-releases.md",
    "how-to/threads-and-processes.md",
    "how-to/write-a-backend.md",
}
"""Pages with tests of their own."""


def test_the_tutorial_takes_a_new_user_to_the_failed_run(tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path)
    environment = make_environment(tmp_path / "venv", "zenml[local]", "scikit-learn", str(wheel))
    printed = follow(DOCS / TUTORIAL, environment.workplace(tmp_path / "reader"))
    seen = "\n".join(printed)
    assert "_train' finished. To see it: " in seen
    assert "trackio show --project digits" in seen
    [failed] = [each for each in printed if "is below 0.9" in each and "failed" in each and "Traceback" not in each]
    assert "train" not in failed
    assert "memory_stack" in printed[-1]
    assert "finished  digits    check" in printed[-1], "the run of the other tracker"


@pytest.mark.parametrize("page", PRINTED)
def test_a_page_works_as_it_stands(page: str, tmp_path: Path) -> None:
    workplace = Environment(Path(sys.prefix)).workplace(tmp_path / "reader")
    seen = "\n".join(follow(DOCS / page, workplace))
    assert [text for text in PRINTED[page] if text not in seen] == []


def test_each_page_with_something_to_run_is_followed() -> None:
    pages = {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md") if blocks(page)}
    assert pages == PRINTED.keys() | ELSEWHERE
