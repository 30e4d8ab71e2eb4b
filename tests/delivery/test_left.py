"""Journals that a process left behind, and the next run for the same trackers."""

from __future__ import annotations

import time

import pytest

from tests.support.hostile import Collecting, Hostile, tracker
from tests.support.journals import folders
from tests.support.said import warnings_in
from zenml_trackers import connect
from zenml_trackers.delivery.journal import Header, Journal
from zenml_trackers.model.records import End, Metrics, RunError, RunSpec, Status

MESSY = [
    '{"version": 99, "trackers": [], "spec": {"name": "a", "project": "b"}}',
    '{"version": 99, "form": "another"}',
    "{}",
    "[",
    "",
    "\x00",
]


def left(root, url, rows, *, project="default", end=None):
    """What a process that was killed leaves."""
    journal = Journal.begin(root, Header(trackers=(url,), spec=RunSpec(name="left", project=project)))
    for number in range(rows):
        journal.append(Metrics, {"values": {"m": number}, "step": number})
    if end:
        journal.append(End, end)
    journal.close()
    return journal.folder


@pytest.mark.parametrize(
    ("end", "status", "error"),
    [
        (None, Status.FAILED, "RunNeverEnded"),
        ({"status": "finished", "error": None}, Status.FINISHED, None),
        ({"status": "failed", "error": {"type": "ValueError", "message": "no"}}, Status.FAILED, "ValueError"),
    ],
)
def test_they_are_delivered_by_the_next_run(end, status, error, project, journals, said):
    url = f"memory://{project}"
    left(journals, url, 5, end=end)
    with connect(url).start_run("now") as run:
        run.log({"m": 1})
    before, now = sorted(connect(url).read(), key=lambda stored: stored.name)
    assert ([point.value for point in before.metrics], before.status) == (list(range(5)), status)
    assert (before.error and before.error.type) == error
    assert (len(now.metrics), now.status) == (1, Status.FINISHED)
    assert folders() == []
    assert warnings_in(said) == []


def test_a_torn_last_line_costs_itself_alone(project, journals):
    url = f"memory://{project}"
    folder = left(journals, url, 5)
    with open(folder / "records.jsonl", "ab") as file:
        file.write(b'{"kind":"metrics","time":1.0,"values":{"m"')
    with connect(url).start_run("now"):
        pass
    before = next(stored for stored in connect(url).read() if stored.name == "left")
    assert len(before.metrics) == 5
    assert before.error == RunError(type="RunNeverEnded", message="The process ended before the run did.")


@pytest.mark.parametrize("header", MESSY)
def test_what_is_no_journal_or_a_later_releases_stays_and_costs_nothing(header, journals, project, said):
    folder = journals / "0"
    folder.mkdir(parents=True)
    (folder / "journal.json").write_text(header)
    (journals / "empty").mkdir()
    (journals / "file").write_text("no folder")
    with connect(f"memory://{project}").start_run("r") as run:
        run.log({"m": 1})
    assert [stored.status for stored in connect(f"memory://{project}").read()] == [Status.FINISHED]
    assert (folder / "journal.json").read_text() == header
    assert warnings_in(said) == []


def test_those_of_living_processes_and_of_other_trackers_stay(project, journals):
    held = Journal(left(journals, f"memory://{project}", 1))
    other = left(journals, f"memory://{project}-b", 1)
    with connect(f"memory://{project}").start_run("now"):
        pass
    assert [stored.name for stored in connect(f"memory://{project}").read()] == ["now"]
    assert set(folders()) == {held.folder, other}
    held.close()


def test_what_a_tracker_stood_still_for_it_gets_with_the_next_run(hang, free, said):
    stuck, later = Collecting(write=hang), Collecting("later")
    backend = Hostile(stuck)
    with tracker(backend, deadline=0.3).start_run("r") as run:
        for number in range(5):
            run.log({"m": number})
    free.set()
    backend.sink = later
    with tracker(backend).start_run("next"):
        pass
    assert [record.values["m"] for record in later.taken] == list(range(5))
    assert later.ended is Status.FINISHED
    assert folders() == []


def test_they_hold_up_no_run_for_longer_than_the_deadline(hang, journals):
    backend = Hostile(Collecting(write=hang))
    left(journals, backend.url, 5, project="p")
    began = time.monotonic()
    with tracker(backend, deadline=0.5).start_run("now"):
        pass
    assert time.monotonic() - began < 2
