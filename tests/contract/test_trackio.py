"""Our Trackio flavor keeps the contract: on this machine, and on a server of one's own."""

from __future__ import annotations

from tracker_contracts.contract import ExperimentTrackerContract

from zenml_trackers.harnesses.trackio import TrackioHarness
from zenml_trackers.harnesses.trackio_server import TrackioServerHarness


class TestTrackio(ExperimentTrackerContract):
    harness = TrackioHarness


class TestTrackioServer(ExperimentTrackerContract):
    harness = TrackioServerHarness
