"""What is stored of a run beside numbers and files: one document, its params at the top level.

All our keys begin with `zenml.`, and those that people group runs by are scalars: the status, the pipeline, the step. A
user's param whose key begins with that, or with `_`, which some trackers reserve, is kept under `zenml.params` instead.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from zenml_trackers.model.records import Alert, RunError, RunSpec, Status, Used
from zenml_trackers.model.stored import StoredArtifact, StoredRun
from zenml_trackers.model.times import utc_in, utc_text

PREFIX = "zenml."
STATUS = "zenml.status"
PIPELINE = "zenml.pipeline"
PIPELINE_RUN = "zenml.pipeline_run"
STEP = "zenml.step"
STEP_RUN_ID = "zenml.step_run_id"
ATTEMPT = "zenml.attempt"
TAGS = "zenml.tags"
METADATA = "zenml.metadata"
STARTED = "zenml.started"
ENDED = "zenml.ended"
"""Such times as the tracker does not have itself: a run that could not be delivered in time is stored long after."""
ERROR_TYPE = "zenml.error_type"
ERROR_MESSAGE = "zenml.error_message"
OF_THE_END = (ERROR_TYPE, ERROR_MESSAGE, ENDED)
"""What is no longer so once the run goes on."""
PARAMS = "zenml.params"
ORIGIN = "zenml.origin"
PARENT = "zenml.parent"
ALERTS = "zenml.alerts"
SUMMARY = "zenml.summary"
NOT_FINITE = "zenml.not_finite"
"""Which values of the summary are numbers that JSON lacks: they are stored as text, on every tracker."""
ARTIFACTS = "zenml.artifacts"
USED = "zenml.used"
LATE = 60.0
"""Seconds after which that is another time."""


def opening(spec: RunSpec) -> dict[str, Any]:
    """The config of a run that begins."""
    facts = {
        STATUS: Status.RUNNING.value,
        PIPELINE: spec.pipeline,
        PIPELINE_RUN: spec.pipeline_run,
        STEP: spec.step,
        STEP_RUN_ID: spec.step_run_id,
        ATTEMPT: spec.attempt,
        TAGS: list(spec.tags),
        METADATA: spec.metadata,
        ORIGIN: spec.origin,
        PARENT: spec.parent,
        STARTED: _if_late(spec.started),
    }
    return {key: value for key, value in facts.items() if value is not None}


def continued(old: Mapping[str, Any], spec: RunSpec) -> dict[str, Any]:
    """The config of a run that is resumed: all it had, its tags and metadata joined by the new ones."""
    new = opening(spec)
    new.pop(STARTED, None)  # it goes on with what began before
    new[TAGS] = list(dict.fromkeys([*old.get(TAGS, []), *spec.tags]))
    new[METADATA] = {**old.get(METADATA, {}), **spec.metadata}
    kept = {key: value for key, value in old.items() if not key.startswith("_")}
    for gone in OF_THE_END:
        kept.pop(gone, None)
    return {**kept, **new}


def reopened(run: StoredRun, spec: RunSpec) -> dict[str, Any]:
    """The config of a stored run that is resumed."""
    old: dict[str, Any] = {TAGS: sorted(run.tags), METADATA: run.metadata}
    if run.origin is not None:
        old[ORIGIN] = run.origin
    if run.started is not None and (late := _if_late(run.started.timestamp())) is not None:
        old[STARTED] = late
    for alert in run.alerts:
        add_alert(old, alert)
    if run.summary:
        add_summary(old, run.summary)
    for artifact in run.artifacts:
        add_artifact(old, artifact)
    for used in run.used:
        add_used(old, used)
    add_params(old, run.params)
    return continued(old, spec)


def add_tags(config: dict[str, Any], tags: tuple[str, ...]) -> None:
    """Join `tags` to those in `config`."""
    config[TAGS] = list(dict.fromkeys([*config.get(TAGS, []), *tags]))


def add_params(config: dict[str, Any], params: Mapping[str, Any]) -> None:
    """Set `params` in `config`, each where its key allows."""
    for key, value in params.items():
        if key.startswith((PREFIX, "_")):
            config[PARAMS] = {**config.get(PARAMS, {}), key: value}
        else:
            config[key] = value


def add_alert(config: dict[str, Any], alert: Alert) -> None:
    """Put `alert` behind those in `config`."""
    own = alert.model_dump(include={"title", "text", "level"})
    config[ALERTS] = [*config.get(ALERTS, ()), own]


def add_summary(config: dict[str, Any], values: Mapping[str, bool | int | float | str]) -> None:
    """Set `values` in the summary of `config`."""
    joined = {**summary_in(config), **values}
    odd = [name for name, value in joined.items() if isinstance(value, float) and not math.isfinite(value)]
    config[SUMMARY] = {name: str(value) if name in odd else value for name, value in joined.items()}
    if odd or NOT_FINITE in config:
        config[NOT_FINITE] = odd


def summary_in(config: Mapping[str, Any]) -> dict[str, bool | int | float | str]:
    """The summary that is stored in `config`."""
    odd = config.get(NOT_FINITE, ())
    return {name: float(value) if name in odd else value for name, value in config.get(SUMMARY, {}).items()}


def add_artifact(config: dict[str, Any], artifact: StoredArtifact) -> None:
    """Put `artifact` behind those in `config`, and in the place of one of the same name."""
    others = [each for each in config.get(ARTIFACTS, ()) if each["name"] != artifact.name]
    config[ARTIFACTS] = [*others, artifact.model_dump(mode="json", exclude_defaults=True)]


def add_used(config: dict[str, Any], used: Used) -> None:
    """Put `used` behind those in `config`, once."""
    own = used.model_dump(mode="json", exclude={"number", "time"}, exclude_defaults=True)
    config[USED] = [*(each for each in config.get(USED, ()) if each != own), own]


def end(config: dict[str, Any], status: Status, error: RunError | None, ended: float | None = None) -> None:
    """Set the terminal status in `config`, and why; and when, in seconds since 1970, if that is long ago."""
    config[STATUS] = status.value
    if (late := _if_late(ended)) is not None:
        config[ENDED] = late
    if error is not None:
        config[ERROR_TYPE] = error.type
        config[ERROR_MESSAGE] = error.message


def stored_run(
    config: Mapping[str, Any], started: datetime | None = None, ended: datetime | None = None, **known: Any
) -> StoredRun:
    """What `config` says of a run, with what else is known of it; a run that goes on has not `ended`, whatever is said.

    Args:
        config: The run's document.
        started: When the first of the run was stored.
        ended: When the last of the run was stored.
        **known: Other fields of the run.
    """
    params = {key: value for key, value in config.items() if not key.startswith((PREFIX, "_"))}
    failed = ERROR_TYPE in config
    return StoredRun(
        status=config.get(STATUS),
        error=RunError(type=config[ERROR_TYPE], message=config.get(ERROR_MESSAGE, "")) if failed else None,
        tags=frozenset(config.get(TAGS, ())),
        metadata=config.get(METADATA, {}),
        params={**params, **config.get(PARAMS, {})},
        pipeline=config.get(PIPELINE),
        pipeline_run=config.get(PIPELINE_RUN),
        step=config.get(STEP),
        step_run_id=config.get(STEP_RUN_ID),
        attempt=config.get(ATTEMPT),
        origin=config.get(ORIGIN),
        parent=config.get(PARENT),
        alerts=tuple(Alert(**alert) for alert in config.get(ALERTS, ())),
        summary=summary_in(config),
        artifacts=tuple(StoredArtifact(**artifact) for artifact in config.get(ARTIFACTS, ())),
        used=tuple(Used(**used) for used in config.get(USED, ())),
        started=utc_in(config.get(STARTED)) or started,
        ended=None if config.get(STATUS) == Status.RUNNING else utc_in(config.get(ENDED)) or ended,
        **known,
    )


def _if_late(seconds: float | None) -> str | None:
    """The time so many seconds after 1970 began, if that was not just now."""
    return utc_text(seconds) if seconds is not None and abs(time.time() - seconds) > LATE else None
