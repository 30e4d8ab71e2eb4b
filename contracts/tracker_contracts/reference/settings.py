"""What a step may say of its run."""

from __future__ import annotations

from typing import Any

from pydantic import Field, field_validator
from zenml.config.base_settings import BaseSettings

from tracker_contracts.reference.values import label, plain, text


class ReferenceSettings(BaseSettings):
    """Settings of one run. What can't be stored is refused here, before anything runs."""

    run_name: str | None = Field(default=None, description="`<pipeline run>_<step>` unless given.")
    tags: list[str] = Field(default_factory=list, description="The names of pipeline, run and step are added.")
    metadata: dict[str, Any] = Field(default_factory=dict, description="Stored before the step's first line runs.")
    resume: str | None = Field(default=None, description="The id of a run to continue.")

    @field_validator("tags", mode="before")
    @classmethod
    def _storable_tags(cls, tags: Any) -> Any:
        for index, tag in enumerate(tags if isinstance(tags, (list, tuple)) else []):
            label(tag, f"tags[{index}] = {tag!r}")
        return tags

    @field_validator("metadata")
    @classmethod
    def _storable_metadata(cls, metadata: dict[str, Any]) -> Any:
        return plain(metadata, "metadata")

    @field_validator("run_name")
    @classmethod
    def _storable_name(cls, name: str | None) -> str | None:
        return None if name is None else text(name, "run_name")
