"""U1 to U4."""

from __future__ import annotations

from hypothesis import strategies as st
from zenml.constants import METADATA_EXPERIMENT_TRACKER_URL

from tracker_contracts.drivers.expect import expect, expect_that
from tracker_contracts.drivers.world import World
from tracker_contracts.faults.compare import offered, run_with, series
from tracker_contracts.faults.trial import trial
from tracker_contracts.programs.plan import StepPlan


@trial("U4", length=st.just(3))
def the_url_shows_that_very_run(world: World, length: int) -> None:
    """Who follows the link from ZenML's dashboard sees another run, a list of runs, or a run without its metrics.

    Link to the page of one run, and name there the run and each of its metrics.
    """
    scene, names, metrics = world.scene(), ("first try", "second try"), ("apples", "pears")
    plans = [
        offered(world, StepPlan(run=f"{metric}-run", actions=series(metric, range(length))), run_name=name)
        for name, metric in zip(names, metrics, strict=True)
    ]
    outcomes = [scene.run(plan) for plan in plans]
    pages = [world.harness.shown(str(each.metadata.get(METADATA_EXPERIMENT_TRACKER_URL))) for each in outcomes]
    if None in pages:
        return  # without a browser there is no verdict
    for own, other, page in zip(metrics, reversed(metrics), pages, strict=True):
        expect_that(run_with(scene, own, 0).name in (page or ""), f"the page of {own!r} does not name the run: {page}")
        expect([name for name in (own, other) if name in (page or "")], [own], "the page shows other metrics")
