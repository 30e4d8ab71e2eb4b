"""A run that is delivered long after it ended began and ended when it did."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.support.trackers import every_tracker, url_of
from zenml_trackers import connect
from zenml_trackers.cli import main
from zenml_trackers.delivery.connection import backend_at
from zenml_trackers.delivery.journal import RECORDS, Header, Journal
from zenml_trackers.delivery.lifecycle import Limits
from zenml_trackers.delivery.receiver import receivers
from zenml_trackers.delivery.recovery import Delivery
from zenml_trackers.model.records import End, Metrics, RunSpec, Status
from zenml_trackers.model.stored import StoredRun
from zenml_trackers.model.url import TrackerUrl

HOUR = 3600.0
"""For which nobody could deliver it."""
TOOK = 600.0
"""Seconds from its beginning to its end."""


def left(folder: Path, url: str, ended: bool) -> Journal:
    """The journal of a run of an hour ago."""
    began = time.time() - HOUR - TOOK
    journal = Journal.begin(folder, Header(trackers=(url,), spec=RunSpec(name="late", project="late", started=began)))
    journal.append(Metrics, {"values": {"m": 1.0}, "step": 0})
    if ended:
        journal.append(End, {"status": Status.FINISHED, "error": None})
    journal.close()
    file = journal.folder / RECORDS
    lines = [json.loads(line) | {"time": began + TOOK} for line in file.read_text().splitlines()]
    file.write_text("".join(f"{json.dumps(line, separators=(',', ':'))}\n" for line in lines))
    os.utime(file, (began + TOOK,) * 2)
    return Journal(journal.folder)


def delivered(journal: Journal) -> None:
    [text] = journal.header.trackers
    url = TrackerUrl.parse(text)
    found = receivers([(url.backend, text, lambda project: backend_at(url, project, {}, Limits()))])
    delivery = Delivery(journal, found, lambda spec: None)
    assert delivery.wait(60), delivery.error


def times(run: StoredRun) -> tuple[float, float]:
    """How long ago it ended, and how long it took."""
    assert run.started is not None
    assert run.ended is not None
    return time.time() - run.ended.timestamp(), (run.ended - run.started).total_seconds()


@every_tracker
@pytest.mark.parametrize("ended", [True, False], ids=["ended", "killed"])
def test_it_has_its_own_times(
    backend: str, ended: bool, tmp_path: Path, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{url_of(backend, tmp_path, project, monkeypatch)}?project={project}"
    delivered(left(tmp_path / "journals", url, ended))
    [run] = connect(url).read()
    assert run.status is (Status.FINISHED if ended else Status.FAILED)
    assert times(run) == (pytest.approx(HOUR, abs=60), pytest.approx(TOOK, abs=1))
    with connect(url, strict=True, deadline=60).start_run("late", resume="must") as again:
        again.log({"m": 2.0})
    [run] = connect(url).read()
    assert len(run.metrics) == 2
    assert times(run) == (pytest.approx(0, abs=60), pytest.approx(HOUR + TOOK, abs=60))


def test_a_copy_has_the_times_of_what_it_is_a_copy_of(tmp_path: Path, project: str) -> None:
    source = f"memory://{project}?project={project}"
    delivered(left(tmp_path / "journals", source, True))
    assert CliRunner().invoke(main, ["copy", source, f"trackio:///{project}"]).exit_code == 0
    [run] = connect(f"trackio:///{project}").read()
    assert times(run) == (pytest.approx(HOUR, abs=60), pytest.approx(TOOK, abs=1))
