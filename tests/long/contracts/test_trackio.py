"""Our Trackio flavor keeps the contract: on this machine, and on a server of one's own."""

from __future__ import annotations

from typing import ClassVar

import pytest
from tracker_contracts.contract import ExperimentTrackerContract

from tests.contract.command import ran
from tests.support import browser
from zenml_trackers.testing.trackio import TrackioHarness
from zenml_trackers.testing.trackio_server import TrackioServerHarness

pytestmark = pytest.mark.slow


class TestTrackio(ExperimentTrackerContract):
    harness = TrackioHarness


class Unseen(TrackioServerHarness):
    """For a machine without a browser, where nobody can tell what the pages show (U4)."""

    features: ClassVar[frozenset[str]] = TrackioServerHarness.features - {"server"}


class TestTrackioServer(ExperimentTrackerContract):
    harness = TrackioServerHarness if browser.path() else Unseen


def test_what_takes_a_process_of_its_own_is_kept() -> None:
    """Which the profile of the others leaves out."""
    status, said = ran("check", "trackio", "--profile", "matrix", "--driver", "process")
    assert status == 0, said
    kept = " ".join(said.split()).partition("Kept: ")[2].partition(" Not ")[0]
    assert {"L4", "M1", "F1", "F5", "F6", "F8"} <= set(kept.replace(",", "").split())
