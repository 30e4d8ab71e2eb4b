"""What came of a step's attempts, from what the step, ZenML and the pipeline's caller know."""

from __future__ import annotations

from tracker_contracts.drivers.outcome import Outcome
from tracker_contracts.drivers.pipelines import PipelineRun
from tracker_contracts.drivers.stage import Plans, Stage
from tracker_contracts.programs.plan import StepPlan


def outcomes(run: PipelineRun, plans: Plans, stage: Stage) -> list[Outcome]:
    """What came of each attempt that was made."""
    made = plans[: max(1, stage.begun)]
    return [_outcome(run, plan, stage, index) for index, plan in enumerate(made)]


def _outcome(run: PipelineRun, plan: StepPlan, stage: Stage, index: int) -> Outcome:
    outcome = Outcome(plan=plan, pipeline=plan.pipeline, run_name=run.name)
    outcome.metadata = run.metadata[index] if index < len(run.metadata) else {}
    own = stage.ended[index] if index < len(stage.ended) else None
    if own is not None:
        outcome.raised, outcome.raised_by = own, "step"
    elif run.told is not None and index >= stage.begun - 1:
        outcome.raised, outcome.raised_by = run.told, _culprit(run, stage)
    return outcome


def _culprit(run: PipelineRun, stage: Stage) -> str | None:
    """What raised, if the step itself has not; None if ZenML refused the pipeline as it was built."""
    if not run.exists:
        return None
    if stage.begun == 0:
        return "prepare"
    return "cleanup" if len(stage.ended) == stage.begun else "step"
