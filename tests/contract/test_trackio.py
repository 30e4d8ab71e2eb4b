"""Our Trackio flavor keeps the contract: on this machine, and on a server of one's own."""

from __future__ import annotations

from typing import ClassVar

import pytest
from tracker_contracts.contract import ExperimentTrackerContract

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
