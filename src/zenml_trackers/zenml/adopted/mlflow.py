"""The run of ZenML's `mlflow` flavor."""

from __future__ import annotations

import json
import shlex
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from zenml_trackers.errors import UnstorableValue
from zenml_trackers.model.records import Table
from zenml_trackers.model.values.params import leaves
from zenml_trackers.port.sinks import Number
from zenml_trackers.zenml.adopted.sink import AdoptedSink, each, need

if TYPE_CHECKING:
    import PIL.Image

FLAVORS_TAG = "zenml"
"""The tag that the flavor gives its runs, and no other."""
REFUSED = "INVALID_PARAMETER_VALUE"
"""What MLflow says of names and values; all else concerns the store."""


class MlflowSink(AdoptedSink):
    """By a client and the run's id, so that other threads and runs nested in this one change nothing."""

    def __init__(self, run: Any, client: Any) -> None:
        project = client.get_experiment(run.info.experiment_id).name
        super().__init__(run.info.run_id, run.info.run_name, project, run)
        self._client = client

    @property
    def links(self) -> dict[str, str]:
        uri, info = self._client.tracking_uri.rstrip("/"), self.native.info
        if uri.startswith("http") and "@" not in uri:
            return {"url": f"{uri}/#/experiments/{info.experiment_id}/runs/{info.run_id}"}
        return {"show_command": f"mlflow ui --backend-store-uri {shlex.quote(uri)}"} if uri.startswith("sqlite") else {}

    def log(self, values: Mapping[str, Number], step: int) -> None:
        from mlflow.entities import Metric

        now = time.time_ns() // 1_000_000
        self._send("metrics", [Metric(name, float(value), now, step) for name, value in values.items()])

    def set_params(self, values: Mapping[str, Any]) -> None:
        from mlflow.entities import Param

        self._send("params", [Param(key, _text(value)) for key, value in leaves(values)])

    def add_tags(self, tags: tuple[str, ...]) -> None:
        from mlflow.entities import RunTag

        self._send("tags", [RunTag(tag, "") for tag in tags])

    def set_summary(self, values: Mapping[str, Number | str]) -> None:
        from mlflow.entities import RunTag

        self._send("tags", [RunTag(f"summary.{name}", str(value)) for name, value in values.items()])

    def keep(self, name: str, path: Path) -> None:
        if path.is_dir():
            self._client.log_artifacts(self.id, str(path), name)
            return
        target = PurePosixPath(name)
        with tempfile.TemporaryDirectory() as folder:  # MLflow would keep the file's own name
            link = Path(folder, target.name)
            link.symlink_to(path.absolute())
            self._client.log_artifact(self.id, str(link), str(target.parent) if target.parent.name else None)

    def show_image(self, name: str, image: PIL.Image.Image, step: int) -> None:
        self._client.log_image(self.id, image, key=name, step=step)

    def show_table(self, table: Table, step: int) -> None:
        rows = table.rows
        data = {column: [row[index] for row in rows] for index, column in enumerate(table.columns)}
        self._client.log_table(self.id, data, f"tables/{table.name}/{step}.json")

    def _send(self, kind: str, entities: Sequence[Any]) -> None:
        """All at once; if MLflow refuses that, one by one, since it stores nothing of a batch with one that is bad."""
        from mlflow.exceptions import MlflowException

        try:
            self._client.log_batch(self.id, **{kind: entities})
        except MlflowException as error:
            if error.error_code != REFUSED:
                raise
            if len(entities) == 1:
                raise UnstorableValue(f"MLflow refuses {entities[0].key!r}: {error.message}") from error
            each(entities, lambda entity: self._send(kind, [entity]))


def adopt(component: Any) -> MlflowSink:
    """The run that is active in this thread, or the flavor's run that it is nested in."""
    import mlflow

    run, client = need(mlflow.active_run(), "MLflow"), mlflow.MlflowClient(mlflow.get_tracking_uri())
    while run is not None and FLAVORS_TAG not in run.data.tags:
        run = client.get_parent_run(run.info.run_id)
    return MlflowSink(need(run, "MLflow"), client)


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, (list, dict)) else str(value)
