"""The Aim backend, read by SQL and from the rows of Aim's key-value files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aim import Repo, Run
from tracker_contracts.harness import Place
from tracker_contracts.observed import ObservedRun

from zenml_trackers import get_run
from zenml_trackers.testing import aim_rows
from zenml_trackers.testing.unified import UnifiedHarness

FOLDER = "aim-repository"


class AimHarness(UnifiedHarness):
    """Our unified flavor over `aim://`; a place is an experiment in the session's one repository."""

    name = "aim"
    backend = "aim"
    shared = "`aim up` may be another user's"
    token_urls = ("aim://user:{token}@host/runs", "aim:///runs?token={token}")

    def start(self, folder: Path) -> None:
        Repo.from_path(str(folder / FOLDER), init=True)

    def url(self, place: Place) -> str:
        return f"aim:///{place.folder / FOLDER}"

    def folder(self, place: Place) -> Path:
        return place.folder / FOLDER

    def unreachable(self, place: Place) -> dict[str, Any]:
        return {"url": "aim:////dev/null/runs", "project": place.name}

    def read(self, place: Place) -> list[ObservedRun]:
        return aim_rows.read(place.folder / FOLDER / ".aim", place.name)

    def finish_natively(self) -> None:
        get_run().native.close()

    def start_natively(self) -> None:
        repo = get_run().native.repo
        Run(repo=repo, experiment="elsewhere", system_tracking_interval=None, capture_terminal_logs=False)
