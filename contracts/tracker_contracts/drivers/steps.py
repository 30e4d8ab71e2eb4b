"""The one ZenML step that performs whatever a trial plans.

No `from __future__ import annotations` here: ZenML below 0.90 reads the types of a step as they stand.
"""

from zenml import step

from tracker_contracts.drivers import stage


@step
def act(harness: str, plans: str) -> None:
    """Perform the plans, one an attempt."""
    stage.play(harness, plans)
