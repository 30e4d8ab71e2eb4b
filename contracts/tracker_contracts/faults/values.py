"""M10: the documented forms of values."""

from __future__ import annotations

from hypothesis import strategies as st

from tracker_contracts.drivers.expect import expect, expect_that
from tracker_contracts.drivers.world import World
from tracker_contracts.faults.compare import exact, only_run
from tracker_contracts.faults.trial import trial
from tracker_contracts.harness import HarnessBroken
from tracker_contracts.programs.plan import StepPlan

ODD = "odd_one"
"""The name of what is in no table."""


@trial("M10", beside=st.booleans())
def each_documented_form_is_stored_as_documented(world: World, beside: bool) -> None:
    """A value of a documented form is stored otherwise, or not at all; or one that can't be stored takes others along.

    Turn each value by itself into what is stored, when it is logged; a failure belongs to its own name.
    """
    harness, scene, values = world.harness, world.scene(), world.harness.values()
    if not values:
        raise HarnessBroken("The feature 'values' is declared, and values() documents none.")
    odd = {ODD: object()} if beside else {}

    def body() -> None:
        harness.log_params({**{name: each.logged for name, each in values.items() if not each.metric}, **odd})
        harness.log_metrics({**{name: each.logged for name, each in values.items() if each.metric}, **odd}, 0)

    outcome = scene.run(StepPlan(), body)
    run = only_run(scene)
    params = {name: each.stored for name, each in values.items() if not each.metric}
    metrics = {name: [(0, repr(each.stored))] for name, each in values.items() if each.metric}
    stored = {name: value for name, value in run.params.items() if name != ODD}
    expect(exact(stored), exact(harness.as_stored(params)), "params of documented forms are stored otherwise")
    found = {name: [(step, repr(value)) for step, value in run.series(name)] for name in metrics}
    expect(found, metrics, "metrics of documented forms are stored otherwise")
    if beside:
        told = any(ODD in warning for warning in outcome.warnings)
        expect_that(told or ODD in run.params, f"nobody is told that {ODD!r} can't be stored")
