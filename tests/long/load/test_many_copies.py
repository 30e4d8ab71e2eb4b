"""Many runs survive a copy to another tracker and back."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from tests.copying.runs import contents, copied, full_run, runs, store
from tests.support.made import put
from zenml_trackers.copy.copying import Fate
from zenml_trackers.model.records import RunError, Status

MANY = 24
"""Every hostile name occurs, with each way to end and each attempt."""


@pytest.fixture
def trackio(project: str) -> str:
    return f"trackio:///{project}"


@pytest.mark.slow
def test_many_runs_go_to_another_tracker_and_back(trackio, project):
    there_and_back(trackio, f"memory://{project}")


@pytest.mark.skipif(find_spec("mlflow") is None, reason="MLflow is not installed here")
@pytest.mark.slow
def test_many_runs_go_to_mlflow_and_back(trackio, tmp_path):
    there_and_back(trackio, f"mlflow+sqlite:///{put('mlflow', tmp_path / 'mlflow.db')}?project=digits")


def there_and_back(trackio: str, other: str) -> None:
    """All runs of a project in Trackio go to another tracker and from there to a second project in Trackio."""
    for index in range(MANY):
        failed = index % 5 == 0
        error = RunError(type="RuntimeError", message=f"no {index}") if failed else None
        spec, records = full_run(index)
        store(trackio, spec, *records, status=Status.FAILED if failed else Status.FINISHED, error=error)
    back = f"{trackio}-back"
    for source, target in ((trackio, other), (other, back)):
        copying = copied(source, target)
        assert copying.summary.losses == []
        assert len(copying.summary.fates[Fate.COPIED]) == MANY
    assert contents(back) == contents(trackio)
    for source, target in ((trackio, other), (other, back), (other, trackio), (back, trackio), (trackio, back)):
        assert copied(source, target).summary.fates.keys() == {Fate.PRESENT}
    assert [len(runs(url)) for url in (trackio, other, back)] == [MANY] * 3
