"""What came of executing one step, apart from what the backend stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tracker_contracts.programs.plan import StepPlan


@dataclass
class Outcome:
    """What ZenML and the user saw of one execution."""

    plan: StepPlan
    pipeline: str
    run_name: str
    """The pipeline run's name, which is ZenML's own with a real pipeline."""
    metadata: dict[str, Any] = field(default_factory=dict)
    """What the tracker gave ZenML for the step."""
    early: dict[str, Any] | None = None
    """What it would have given when the step began, if it was asked."""
    raised: BaseException | None = None
    """What came out of the step, or of the tracker's hooks."""
    raised_by: str | None = None
    """`step`, or the hook that raised: `prepare`, `metadata` or `cleanup`."""
    warnings: list[str] = field(default_factory=list)
    """Log records of level WARNING and above, and Python's own warnings."""
    printed: str = ""
    """All that was logged and written to the standard streams."""
    seconds: float = 0.0
    """How long the three hooks took together."""
    changes: list[str] = field(default_factory=list)
    """What of the process is not as it was before prepare."""
