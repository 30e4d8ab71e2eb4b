"""What every tracker of this package can be told, by its configuration and by a step."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, ClassVar, Dict, List, Literal, Optional

from pydantic import ConfigDict, Field, field_validator, model_validator
from zenml.config.base_settings import BaseSettings

from zenml_trackers.delivery.sampler import interval
from zenml_trackers.errors import InvalidSettings
from zenml_trackers.model.naming import did_you_mean
from zenml_trackers.model.values.params import plain_map
from zenml_trackers.model.values.tags import tag_set
from zenml_trackers.model.values.text import checked_text

logger = logging.getLogger("zenml_trackers")

_mixed = ContextVar("mixed", default=False)


@contextmanager
def mixed() -> Iterator[None]:
    """ZenML mixes the component's own fields into the settings that it reads in this block."""
    token = _mixed.set(True)
    try:
        yield
    finally:
        _mixed.reset(token)


class RunSettings(BaseSettings):
    """Settings of one run, for `@step(settings={"experiment_tracker": …})`, a pipeline, or a YAML file."""

    model_config = ConfigDict(hide_input_in_errors=True)

    run_name: Optional[str] = Field(
        default=None,
        description="Name of the run; `<pipeline run>_<step>` unless given. Runs may share a name.",
        examples=["nightly"],
    )
    tags: List[str] = Field(
        default_factory=list,
        description="Tags of the run. The names of pipeline, pipeline run and step are always added.",
        examples=[["nightly", "baseline"]],
    )
    metadata: Dict[str, Any] = Field(
        default_factory=dict,
        description="JSON-like values, stored with the run before the step's first line.",
        examples=[{"dataset": "digits"}],
    )
    strict: bool = Field(
        default=False, description="Let the step fail, before it starts, if its run can't be stored; else warn."
    )
    deadline: float = Field(
        default=10.0,
        gt=0,
        allow_inf_nan=False,
        description="Seconds that tracking may add to a step, its start and end together.",
    )

    log_system: float = Field(
        default=0.0,
        description="Log the load of processor, memory, disk, network and GPU: true, or seconds between samples.",
    )
    log_git: bool = Field(
        default=False,
        description="Say in the metadata which commit and branch of git the code is, and whether it was changed.",
    )

    known_elsewhere: ClassVar[frozenset[str]] = frozenset()
    """Fields of the component's configuration, which ZenML mixes into the settings when it reads them for a run."""

    @property
    def resume_policy(self) -> Literal["never", "allow", "must"]:
        """Whether a run of the same name is to be continued."""
        return "never"

    @model_validator(mode="before")
    @classmethod
    def _only_known_fields(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        for name in data.keys() - cls.model_fields.keys() - cls.known_elsewhere:
            raise InvalidSettings(_unknown(name, cls.model_fields))
        for name in sorted(data.keys() - cls.model_fields.keys() if not _mixed.get() else ()):
            _warn_of_component_field(name)
        return {name: value for name, value in data.items() if name in cls.model_fields}

    @field_validator("run_name")
    @classmethod
    def _readable_name(cls, name: Optional[str]) -> Optional[str]:
        if name == "":
            raise InvalidSettings("run_name is empty; leave it out for the default name")
        return None if name is None else checked_text(name, "run_name")

    @field_validator("tags", mode="before")
    @classmethod
    def _unique_tags(cls, tags: Any) -> Any:
        return list(tag_set(tags)) if isinstance(tags, (str, bytes, list, tuple, set, frozenset)) else tags

    @field_validator("log_system", mode="before")
    @classmethod
    def _seconds(cls, wanted: Any) -> float:
        return interval(wanted)

    @field_validator("metadata", mode="before")
    @classmethod
    def _storable_metadata(cls, metadata: Any) -> Any:
        return plain_map(metadata, "metadata") if isinstance(metadata, dict) else metadata


@cache  # ZenML reads the settings of a step several times
def _warn_of_component_field(name: str) -> None:
    logger.warning(
        f"{name!r} is a field of the component, not of a step, and means nothing in a step's settings; set it with "
        f"`zenml experiment-tracker update NAME --{name}=…`."
    )


def _unknown(name: str, fields: Any) -> str:
    hint = did_you_mean(name, fields) or f"There are: {', '.join(sorted(fields))}."
    return f"{name!r} is no setting of this tracker. {hint}"
