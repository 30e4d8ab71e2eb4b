"""S1 to S4."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from hypothesis import strategies as st
from zenml.utils.secret_utils import is_secret_field

from tracker_contracts.clauses import Driver
from tracker_contracts.drivers.direct import DirectDriver
from tracker_contracts.drivers.expect import expect, expect_that
from tracker_contracts.drivers.outcome import Outcome
from tracker_contracts.drivers.pipeline import PipelineDriver
from tracker_contracts.drivers.world import Scene, World
from tracker_contracts.faults.compare import only_run
from tracker_contracts.faults.strategies import FAILURES, NATIVE
from tracker_contracts.faults.trial import trial
from tracker_contracts.programs.plan import Fail, LogMetrics, StepPlan

SECRET = "TopSecret-6b1f0f3a9c"
PLACES = ["as it is", "unreachable", "unreachable, strict"]


@trial("S1", where=st.sampled_from(PLACES), native=st.just([]) | NATIVE, end=FAILURES)
def no_secret_is_stored_or_shown(world: World, where: str, native: list[Any], end: Fail) -> None:
    """A token can be read by people who may see runs, logs or ZenML's metadata, but not secrets.

    Never put it into a URL or the environment for longer than a call; take it out of messages before they are logged,
    stored or raised; hide it in the `repr` of configuration and component.
    """
    field = world.harness.secret_field
    if field is None:
        _expect_no_secret_fields(world)
        return
    scene, secret = _secret_scene(world, field, where)
    refused = end.model_copy(update={"message": f"401 for {secret}: {end.message}"})
    plan = StepPlan(actions=(LogMetrics(metrics={"m": 1}), *native, refused))
    outcome = scene.run(plan)
    shown = {**_told(outcome), **_component(scene), "the environment": str(dict(os.environ))}
    shown["what is stored"] = "\n".join(f"{run!r} {run.everything}" for run in scene.runs())
    expect([place for place, text in shown.items() if secret in text], [], "the secret is found in these places")


def _expect_no_secret_fields(world: World) -> None:
    fields: dict[str, Any] = dict(world.flavor.config_class.model_fields)
    _expect_no_fields(world, "secret_field", [name for name, field in fields.items() if is_secret_field(field)])


def _expect_no_fields(world: World, what: str, found: list[str]) -> None:
    """A tracker without such a field has nothing to keep from others; a harness must not hide one."""
    declared = getattr(world.harness, what)
    expect_that(declared is not None or not found, f"the harness names no {what}, but the configuration has {found}")


def _secret_scene(world: World, field: str, where: str) -> tuple[Scene, str]:
    """A scene with a secret in its configuration; one that works, where the harness has one."""
    place, config = world.scene().place, dict[str, Any]()
    secret = str(world.harness.config(place).get(field) or SECRET)
    fields = world.flavor.config_class.model_fields
    if where != PLACES[0]:
        config.update(world.harness.unreachable(place) or {}, **({"deadline": 2.0} if "deadline" in fields else {}))
    if where == PLACES[2] and "strict" in fields:
        config["strict"] = True
    return Scene(world, place, {**config, field: secret}), secret


def _told(outcome: Outcome) -> dict[str, str]:
    """What ZenML and the user got to see; the step's own error is the user's."""
    raised = outcome.raised if outcome.raised_by != "step" else None
    return {
        "ZenML's metadata": str(outcome.metadata),
        "the logs and what was printed": outcome.printed,
        "the warnings": str(outcome.warnings),
        "the traceback": "".join(traceback.format_exception(raised)) if raised else "",
    }


def _component(scene: Scene) -> dict[str, str]:
    component = cast(DirectDriver, scene.executor).component
    return {
        "the component's repr": f"{component!r} {component}",
        "the configuration's repr": f"{component.config!r} {component.config}",
    }


@trial("S2", Driver.PIPELINE, value=st.just(SECRET))
def a_secret_reference_is_resolved_at_use(world: World, value: str) -> None:
    """A secret of ZenML's that the configuration refers to is read too early, stays in the environment, or is shown.

    Read the field when a connection is made, not when the component is, and keep what it says in local variables.
    """
    field = world.harness.secret_field
    if field is None:
        _expect_no_secret_fields(world)
        return
    scene = world.scene(**{field: "{{contract.key}}"})
    secret = str(world.harness.config(scene.place).get(field) or value)
    cast(PipelineDriver, scene.executor).keep_secret("contract", {"key": secret})
    outcome = scene.run(StepPlan(actions=(LogMetrics(metrics={"m": 1}, step=0),)))
    expect(only_run(scene).series("m"), [(0, 1)], "with a reference to a secret the run is not stored")
    shown = {**_told(outcome), "the environment": str(dict(os.environ)), "the runs": only_run(scene).everything}
    expect([place for place, text in shown.items() if secret in text], [], "the secret is found in these places")


@trial("S4", umask=st.just(0o022))
def what_is_stored_is_its_owners_alone(world: World, umask: int) -> None:
    """Other users of the machine can read what a step logged.

    Make folders with 0700 and files with 0600, whatever the umask is; or say in the documentation, and in the
    harness's `shared`, that the place is one for several.
    """
    scene, before = world.scene(), os.umask(umask)
    try:
        scene.run(StepPlan(actions=(LogMetrics(metrics={"m": 1}, step=0),)))
    finally:
        os.umask(before)
    folder = world.harness.folder(scene.place)
    if folder is None:
        return
    opened = [path.relative_to(folder.parent).as_posix() for path in _open_to_others(folder)]
    expect(opened, [], "others may read these")


def _open_to_others(path: Path) -> Iterator[Path]:
    """The files that another user can get at; a closed folder closes what is in it."""
    if not path.stat().st_mode & 0o055:
        return
    if path.is_file():
        yield path
    for inner in sorted(path.iterdir()) if path.is_dir() else ():
        yield from _open_to_others(inner)


@trial("S3", number=st.integers(0, 3))
def a_token_in_a_url_is_taken_apart(world: World, number: int) -> None:
    """A token that a user left in the server's address is stored in clear by ZenML, or lost without a word.

    In a validator of the configuration, move it to the secret field, or raise a ValueError that names the field to use
    and does not show the token.
    """
    harness, kind = world.harness, world.flavor.config_class
    place = world.scene().place
    if harness.url_field is None or harness.secret_field is None:
        _expect_no_fields(world, "url_field", [name for name in kind.model_fields if name.endswith(("url", "uri"))])
        return
    address = harness.token_urls[number % len(harness.token_urls)].format(token=SECRET)
    given = {**harness.config(place), harness.url_field: address}
    given.pop(harness.secret_field, None)
    try:
        made: Any = kind(**given)
    except Exception as refusal:
        _expect_way_out(refusal, harness.url_field, harness.secret_field)
        return
    fields = dict(made.__dict__)
    expect(fields.pop(harness.secret_field), SECRET, "the token is neither refused nor moved to the secret field")
    expect([name for name, value in fields.items() if SECRET in str(value)], [], "the token is still in these fields")


def _expect_way_out(refusal: Exception, *fields: str) -> None:
    text = "".join(traceback.format_exception(refusal))
    expect_that(SECRET not in text, "the refusal shows the token")
    expect_that(any(field in str(refusal) for field in fields), f"the refusal names no field to use: {refusal}")
