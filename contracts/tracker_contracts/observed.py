"""What a harness's reader sees in a backend's own storage."""

from __future__ import annotations

from base64 import b64decode, b64encode
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, TypeAdapter

State = Literal["running", "finished", "failed"]


def _decoded(content: Any) -> Any:
    return b64decode(content) if isinstance(content, str) else content


# written by hand, since pydantic reads base64 from 2.9 on, and older releases of ZenML take 2.8 at most
Content = Annotated[
    bytes, BeforeValidator(_decoded), PlainSerializer(lambda content: b64encode(content).decode(), when_used="json")
]
"""Bytes, as base64 in JSON."""


class ObservedMetric(BaseModel):
    """One stored value; `nan` and the infinities as floats."""

    model_config = ConfigDict(frozen=True, ser_json_inf_nan="strings")

    name: str
    """As it was logged, also where the backend stores another."""
    step: int
    """The metric step."""
    value: bool | int | float
    """With its type: `1`, `1.0` and `True` differ."""


class ObservedRun(BaseModel):
    """One run, as stored; what the backend has no place for is left empty."""

    model_config = ConfigDict(ser_json_inf_nan="strings")

    id: str
    """What the backend calls it by; no two runs of a place share it."""
    name: str
    """What people call it."""
    state: State | None = None
    """None: the backend does not tell whether the run goes on, ended well or failed."""
    error_type: str | None = None
    """Of the exception, such as `ValueError`."""
    error_message: str | None = None
    """The exception as text."""
    tags: list[str] = Field(default_factory=list)
    """As stored: what is stored twice is here twice."""
    metadata: dict[str, Any] = Field(default_factory=dict)
    """That of the step's settings."""
    params: dict[str, Any] = Field(default_factory=dict)
    """Nested, as they were logged."""
    metrics: list[ObservedMetric] = Field(default_factory=list)
    """Those of one name in the order in which they were stored; it is no matter how the names are mixed."""
    step: str | None = None
    """The ZenML step that the run belongs to, if the backend tells."""
    attempt: int | None = None
    """Which try of the step it belongs to, from 1 on, if the backend tells."""
    parent: str | None = None
    """The id of the run that this one is nested in."""
    artifacts: dict[str, Content] = Field(default_factory=dict)
    """File contents by `<artifact name>` or, in a folder, `<artifact name>/<path>`."""
    artifact_labels: dict[str, list[str]] = Field(default_factory=dict)
    """Type and aliases of each artifact that has some, the type first; only if the harness can log any."""
    images: dict[str, Content] = Field(default_factory=dict)
    """Decoded pixels by the image's name: red, green, blue, a byte each, row by row, as `Image.tobytes()` gives."""
    captions: dict[str, str] = Field(default_factory=dict)
    """What stands below each image that has a caption, by the image's name; only if the harness can log any."""
    tables: dict[str, list[list[Any]]] = Field(default_factory=dict)
    """Rows of cells by name; the first row is the columns."""
    everything: str = Field(default="", repr=False)
    """All that is stored of the run, as text: where a secret must not be found."""

    def series(self, name: str) -> list[tuple[int, bool | int | float]]:
        """Step and value of each value of one metric, in the order of storing."""
        return self._series.get(name, [])

    @cached_property
    def _series(self) -> dict[str, list[tuple[int, bool | int | float]]]:
        found: dict[str, list[tuple[int, bool | int | float]]] = {}
        for metric in self.metrics:
            found.setdefault(metric.name, []).append((metric.step, metric.value))
        return found


RUNS = TypeAdapter(list[ObservedRun], config=ConfigDict(ser_json_inf_nan="constants"))
"""Turns runs into JSON and back."""
