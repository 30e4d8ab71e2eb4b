from __future__ import annotations

import pytest
from tracker_contracts.manifest import manifest_of
from tracker_contracts.profiles import QUICK

WHOLE_CONTRACTS = "test_trackio.py"
ONCE = QUICK.model_copy(update={"name": "once", "combined": dict.fromkeys(QUICK.combined, 1)})
"""Each value of a program once, whatever the machine's speed: of their pairs, `quick` tries what there is time for."""


def pytest_collectstart(collector: pytest.Collector) -> None:
    """No variable says so: it would be one of all processes that tests start, which don't know this profile."""
    if isinstance(collector, pytest.Module) and collector.path.name == WHOLE_CONTRACTS:
        manifest_of(collector.config).profile = ONCE
