"""Tries a clause on a tracker: the one place where a trial is executed and judged, whoever asks."""

from __future__ import annotations

import time
from contextvars import copy_context
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis.errors import Flaky

from tracker_contracts.clauses import Driver
from tracker_contracts.drivers.bounds import Bounds, Enough, bounded
from tracker_contracts.drivers.expect import BrokenPromise, Tally, tally
from tracker_contracts.drivers.world import World
from tracker_contracts.engine.gaps import with_gap
from tracker_contracts.engine.replay import replay
from tracker_contracts.faults.refusal import why_not_refused
from tracker_contracts.faults.trial import Trial
from tracker_contracts.harness import HarnessBroken as HarnessBroken
from tracker_contracts.judges.judge import all_judges
from tracker_contracts.profiles import Profile
from tracker_contracts.registry import spec_of
from tracker_contracts.report.verdict import Finding, Verdict


def judge(trial: Trial, world: World, profile: Profile, seed: int | None = None) -> Finding:
    """Try one clause in one way, and say what it showed.

    Args:
        trial: The trial.
        world: The tracker and the driver.
        profile: How hard to try.
        seed: Where the search for counterexamples starts; without one, the same examples are tried each time.
    """
    blank = Finding(
        clause=trial.clause.id, level=trial.clause.level, driver=world.driver, trial=trial.name, verdict=Verdict.KEPT
    )
    excused = _excuse(trial, world, profile)
    if excused is Verdict.UNDECLARED:
        return _undeclared(blank, trial, world)
    if excused is not None:
        return blank.model_copy(update={"verdict": excused})
    return with_gap(_tried(blank, trial, world, profile, seed), world.harness.known_gaps)


def _undeclared(blank: Finding, trial: Trial, world: World) -> Finding:
    why = copy_context().run(why_not_refused, world, str(trial.clause.feature))
    verdict = Verdict.UNDECLARED if why is None else Verdict.BROKEN
    return blank.model_copy(update={"verdict": verdict, "story": why or ""})


def _excuse(trial: Trial, world: World, profile: Profile) -> Verdict | None:
    clause, harness = trial.clause, world.harness
    if clause.feature is not None and clause.feature not in harness.features:
        return Verdict.UNDECLARED
    if clause.setting is not None and clause.setting not in world.settings:
        return Verdict.NOT_OFFERED
    if clause.unless is not None and getattr(harness, clause.unless):
        return Verdict.NOT_OFFERED
    return Verdict.NOT_TRIED if _left_out(trial, world.driver, profile) else None


def _left_out(trial: Trial, driver: Driver, profile: Profile) -> bool:
    shown = driver is not Driver.DIRECT and trial.clause.id in all_judges()
    return profile.examples(driver) == 0 or (shown and not profile.slow)


def _tried(blank: Finding, trial: Trial, world: World, profile: Profile, seed: int | None) -> Finding:
    examples, started = profile.examples(world.driver), time.monotonic()
    count = Tally(wanted=examples, shrink=profile.shrink, bounds=Bounds(examples))
    broken = copy_context().run(_first_counterexample, count, trial, world, profile, seed)
    facts: dict[str, Any] = {
        "examples": count.examples,
        "comparisons": count.comparisons,
        "seconds": round(time.monotonic() - started, 3),
        "verdict": Verdict.KEPT if count.comparisons else Verdict.MISSING,
        "story": count.bounds.why_fewer if isinstance(broken, Enough) else count.uncompared,
    }
    if isinstance(broken, Enough):
        broken = count.bounds.failure
    if broken is not None:
        story = _story(broken, count.bounds)
        facts.update(verdict=Verdict.BROKEN, story=story, replay=_replay(trial, world, profile, seed))
        facts.update(advice=trial.meaning)
    return blank.model_copy(update=facts)


def _first_counterexample(
    count: Tally, trial: Trial, world: World, profile: Profile, seed: int | None
) -> BaseException | None:
    tally.set(count)
    shrink = profile.shrink and world.driver is not Driver.PROCESS  # where each example takes seconds
    body = _prepared(trial, count, seed, shrink)
    try:
        body(world)
    except HarnessBroken:
        raise
    except (Exception, Enough) as error:
        if isinstance(count.bounds.failure, HarnessBroken):
            raise count.bounds.failure from None
        return error
    return None


def _prepared(trial: Trial, count: Tally, seed: int | None, shrink: bool) -> Any:
    """The trial's function, told how many examples to try; one that draws nothing is called as it is."""
    if not trial.strategies:
        return trial.body
    settings = hypothesis.settings(
        max_examples=count.wanted,
        derandomize=seed is None,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate, *([Phase.shrink] if shrink else [])],
        report_multiple_bugs=False,
    )
    drawn = hypothesis.given(**trial.strategies)(bounded(trial.body, count.bounds))
    return settings(drawn if seed is None else hypothesis.seed(seed)(drawn))


def _story(error: BaseException, bounds: Bounds) -> str:
    if isinstance(error, Flaky):  # it depends on earlier examples, so that it did not come twice
        error = getattr(error, "exceptions", [error])[0]
    notes = "\n".join(getattr(error, "__notes__", bounds.story))
    what = str(error) if isinstance(error, BrokenPromise) else f"{type(error).__name__}: {error}"
    return f"{what}\n{notes}".strip().encode(errors="backslashreplace").decode()


def _replay(trial: Trial, world: World, profile: Profile, seed: int | None) -> str:
    return replay(spec_of(type(world.harness)), trial.clause.id, profile, seed)
