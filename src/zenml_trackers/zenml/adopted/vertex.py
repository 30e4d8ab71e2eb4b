"""The run of ZenML's `vertex` flavor."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from zenml_trackers.model.records import Feature
from zenml_trackers.model.values.params import leaves
from zenml_trackers.port.sinks import Number
from zenml_trackers.zenml.adopted.sink import AdoptedSink, need

TAGS = "tags"
"""The param that holds the tags, separated by commas: Vertex has none."""


class VertexSink(AdoptedSink):
    """Each metric's last value, and with a TensorBoard behind the experiment its series."""

    features: ClassVar[frozenset[Feature]] = frozenset()

    def __init__(self, run: Any, project: str) -> None:
        super().__init__(run.resource_id, run.name, project, run)
        self._tags: tuple[str, ...] = ()
        self._has_series = True

    def log(self, values: Mapping[str, Number], step: int) -> None:
        self.native.log_metrics(dict(values))
        if self._has_series:
            try:
                self.native.log_time_series_metrics({name: float(value) for name, value in values.items()}, step=step)
            except RuntimeError:  # there is no TensorBoard, as Vertex documents
                self._has_series = False

    def set_params(self, values: Mapping[str, Any]) -> None:
        known = {key: value if isinstance(value, (int, float)) else _text(value) for key, value in leaves(values)}
        self.native.log_params(known)

    def add_tags(self, tags: tuple[str, ...]) -> None:
        self._tags = tuple(dict.fromkeys((*self._tags, *tags)))
        self.native.log_params({TAGS: ", ".join(self._tags)})


def adopt(component: Any) -> VertexSink:
    """The run that the component named when the step began."""
    from google.cloud import aiplatform

    name = need(getattr(component, "run_name", None), "Vertex")
    return VertexSink(aiplatform.ExperimentRun(name, experiment=component.experiment_name), component.experiment_name)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
