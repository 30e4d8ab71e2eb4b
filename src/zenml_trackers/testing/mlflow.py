"""MLflow in a SQLite file, read by SQL."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from tracker_contracts.harness import CLOSED_SERVER, Place
from tracker_contracts.observed import ObservedRun

from zenml_trackers import connect
from zenml_trackers.testing import mlflow_rows
from zenml_trackers.testing.unified import UnifiedHarness

FILE = "mlflow.db"


class MlflowHarness(UnifiedHarness):
    """Our unified flavor over `mlflow+sqlite://`: one file a session, since MLflow takes seconds to make one."""

    name = "mlflow"
    backend = "mlflow"
    shared = "a tracking store is a team's"
    signed_zero = False  # as SQLite keeps it
    token_urls = ("mlflow+https://user:{token}@tracker.example/x", "mlflow+https://tracker.example/x?token={token}")

    def environment(self, folder: Path) -> dict[str, str]:
        stray = f"sqlite:///{folder / 'stray.db'}"  # for MLflow's own calls while no run is there
        own = {"MLFLOW_DISABLE_TELEMETRY": "true", "GIT_PYTHON_REFRESH": "quiet", "MLFLOW_TRACKING_URI": stray}
        return {**super().environment(folder), **own}

    def start(self, folder: Path) -> None:
        with connect(f"mlflow+sqlite:///{folder / FILE}", strict=True).start_run("first"):
            pass

    def url(self, place: Place) -> str:
        return f"mlflow+sqlite:///{self.file(place)}"

    def file(self, place: Place) -> Path:
        """The database of a place."""
        return place.folder / FILE

    def unreachable(self, place: Place) -> dict[str, Any]:
        return {"url": f"mlflow+{CLOSED_SERVER}", "api_key": "a-token-for-nobody"}

    def outage(self, place: Place) -> AbstractContextManager[None] | None:
        return mlflow_rows.locked(self.file(place))

    def read(self, place: Place) -> list[ObservedRun]:
        return mlflow_rows.observed(self.file(place), place.name)

    def finish_natively(self) -> None:
        import mlflow

        mlflow.end_run()

    def start_natively(self) -> None:
        import mlflow

        if mlflow.active_run() is None:  # MLflow refuses a second run in a thread, so callbacks join the first
            mlflow.start_run(run_name="trainer")
