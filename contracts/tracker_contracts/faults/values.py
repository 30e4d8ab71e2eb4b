"""M10: the documented forms of values."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tracker_contracts.drivers.expect import expect, expect_that
from tracker_contracts.drivers.world import World
from tracker_contracts.faults.compare import bits, exact, only_run
from tracker_contracts.faults.trial import trial
from tracker_contracts.harness import HarnessBroken, TrackerHarness, Value
from tracker_contracts.programs.plan import StepPlan

ODD = "odd_one"
"""The name of what is in no table."""
CELLS = "cells of all forms"


@trial("M10", beside=st.booleans())
def each_documented_form_is_stored_as_documented(world: World, beside: bool) -> None:
    """A value of a documented form is stored otherwise, or not at all; or one that can't be stored takes others along.

    Turn each value by itself into what is stored, when it is logged; a failure belongs to its own name.
    """
    harness, scene = world.harness, world.scene()
    metrics, params = _of("metric", harness), _of("param", harness)
    if not harness.values():
        raise HarnessBroken("The feature 'values' is declared, and values() documents none.")
    odd = {ODD: object()} if beside else {}

    def body() -> None:
        harness.log_params({**_logged(params), **odd})
        harness.log_metrics({**_logged(metrics), **odd}, 0)

    outcome = scene.run(StepPlan(), body)
    run = only_run(scene)
    stored = {name: value for name, value in run.params.items() if name != ODD}
    expect(exact(stored), exact(harness.as_stored(_stored(params))), "params of documented forms are stored otherwise")
    wanted = {name: [(0, bits(each.stored, harness))] for name, each in metrics.items()}
    found = {name: [(step, bits(value, harness)) for step, value in run.series(name)] for name in metrics}
    expect(found, wanted, "metrics of documented forms are stored otherwise")
    if beside:
        told = any(ODD in warning for warning in outcome.warnings)
        expect_that(told or ODD in run.params, f"nobody is told that {ODD!r} can't be stored")


@trial("M10")
def each_documented_cell_and_image_is_stored_as_documented(world: World) -> None:
    """A cell or an image of a documented form is stored otherwise, or takes others along.

    Turn each cell by itself into what is stored, and each image into pixels, when it is logged.
    """
    harness, scene = world.harness, world.scene()
    cells, images = _of("cell", harness), _of("image", harness)

    def body() -> None:
        for name, each in images.items():
            harness.log_image(name, each.logged)
        if cells:
            harness.log_table(CELLS, list(cells), [list(_logged(cells).values())])

    scene.run(StepPlan(), body)
    run = only_run(scene)
    expect(
        {name: _pixel(run.images.get(name)) for name in images}, _stored(images), "images of documented forms differ"
    )
    wanted = {CELLS: [list(cells), list(_stored(cells).values())]} if cells else {}
    expect(exact(run.tables), exact(wanted), "cells of documented forms are stored otherwise")


def _of(kind: str, harness: TrackerHarness) -> dict[str, Value]:
    return {name: each for name, each in harness.values().items() if each.kind == kind}


def _logged(values: dict[str, Value]) -> dict[str, Any]:
    return {name: each.logged for name, each in values.items()}


def _stored(values: dict[str, Value]) -> dict[str, Any]:
    return {name: each.stored for name, each in values.items()}


def _pixel(image: bytes | None) -> tuple[int, ...] | None:
    """The first one of an image that has one color."""
    return None if image is None else tuple(image[:3]) if image == image[:3] * (len(image) // 3) else ()
