"""What nobody delivers is deleted at last, and said to be."""

import os
import time

import pytest

from tests.support.journals import folders
from zenml_trackers import connect
from zenml_trackers.delivery import budgets, place
from zenml_trackers.delivery.journal import Header, Journal
from zenml_trackers.delivery.trim import trim
from zenml_trackers.model.records import Metrics, RunSpec


@pytest.fixture
def left():
    """Makes a journal that its process left behind."""

    def make(name, days=0.0, size=0):
        journal = Journal.begin(place.root(), Header(trackers=("nowhere://",), spec=RunSpec(name=name, project="p")))
        journal.append(Metrics, {"values": {"m": 1}, "step": 0, "padding": "x" * size})
        journal.close()
        for file in journal.folder.glob("*"):
            os.utime(file, (time.time() - days * budgets.DAY,) * 2)
        return journal.folder

    return make


def test_what_is_too_old_is_deleted_and_said_to_be(left, caplog):
    left("old", days=31)
    young = left("young", days=29)
    trim()
    assert folders() == [young]
    assert "run 'old' for nowhere:// is deleted: nobody could deliver it for 31 days." in caplog.text


def test_a_try_to_deliver_it_makes_nothing_younger(left):
    old = left("old", days=31)
    (old / "sender-0.json").write_text("{}")
    trim()
    assert folders() == []


def test_of_what_is_too_much_the_oldest_goes(left, monkeypatch, caplog):
    monkeypatch.setattr(budgets, "MOST_BYTES", 5000)
    made = [left(f"r{number}", size=2000) for number in range(4)]
    trim()
    assert folders() == made[2:]
    assert "'r0'" in caplog.text


def test_a_folder_that_never_became_a_journal_is_deleted_after_a_day(left):
    unseen = [left(name, days=days).rename(place.root() / f".{name}") for name, days in (("old", 2), ("new", 0.5))]
    trim()
    assert [folder.exists() for folder in unseen] == [False, True]


def test_that_of_a_living_process_stays(left, monkeypatch):
    monkeypatch.setattr(budgets, "MOST_BYTES", 0)
    held = Journal(left("held"))
    trim()
    assert folders() == [held.folder]
    held.close()


def test_the_next_run_of_any_tracker_does_it(left, project):
    left("old", days=31)
    with connect(f"memory://{project}").start_run("new"):
        pass
    assert folders() == []
