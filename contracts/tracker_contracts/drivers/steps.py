"""The one ZenML step that performs whatever a trial plans.

No `from __future__ import annotations` here: ZenML below 0.90 reads the types of a step as they stand.
"""

from typing import Any

from zenml import step
from zenml.enums import ArtifactType
from zenml.materializers.base_materializer import BaseMaterializer

from tracker_contracts.drivers import stage


class Unstorable:
    """An output that ZenML can't store."""


class Refusing(BaseMaterializer):
    """Fails to store what it is given."""

    ASSOCIATED_TYPES = (Unstorable,)
    ASSOCIATED_ARTIFACT_TYPE = ArtifactType.DATA

    def save(self, data: Any) -> None:
        """Not at all.

        Raises:
            OSError: Always.
        """
        raise OSError("the output can't be stored")


@step
def act(harness: str, plans: str) -> None:
    """Perform the plans, one an attempt."""
    stage.play(harness, plans)


@step
def act_in_vain(harness: str, plans: str) -> Unstorable:
    """Perform the plans; the step then fails, since its output can't be stored."""
    stage.play(harness, plans)
    return Unstorable()
