"""MLflow behind a real server on this machine, read by SQL from the server's own file."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any, ClassVar

from tracker_contracts.harness import Place
from tracker_contracts.observed import ObservedRun

from zenml_trackers.testing import mlflow_rows, mlflow_serve, trackio_show
from zenml_trackers.testing.mlflow import MlflowHarness

URL, FOLDER = "MLFLOW_CONTRACT_SERVER_URL", "MLFLOW_CONTRACT_SERVER_DIR"
"""Where fresh processes find the server and its files."""


class MlflowServerHarness(MlflowHarness):
    """Our unified flavor over `mlflow+http://`; the server asks nobody who it is."""

    name = "mlflow-server"
    features: ClassVar[frozenset[str]] = MlflowHarness.features | {"server"}
    _process: subprocess.Popen[bytes] | None = None

    def start(self, folder: Path) -> None:
        port = trackio_show.free_port()
        self._process = mlflow_serve.start(folder / "mlflow-server", port)
        os.environ.update({URL: f"mlflow+http://127.0.0.1:{port}", FOLDER: str(folder / "mlflow-server")})

    def stop(self) -> None:
        if self._process is not None:
            mlflow_serve.stop(self._process)

    def url(self, place: Place) -> str:
        return os.environ[URL]

    def config(self, place: Place) -> dict[str, Any]:
        return {**super().config(place), "api_key": "bearer-token-of-the-contract"}

    def outage(self, place: Place) -> None:
        return None  # of the kit's own: a server in front of this one

    def shown(self, url: str) -> str | None:
        return trackio_show.page(url)

    def read(self, place: Place) -> list[ObservedRun]:
        folder = Path(os.environ[FOLDER])
        return mlflow_rows.observed(folder / mlflow_serve.FILE, place.name, folder / mlflow_serve.ARTIFACTS)
