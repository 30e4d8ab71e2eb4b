"""A project's rows behind a server.

Uses the server's `bulk_log`, `query_project`, `get_all_projects`, `get_settings` and `/file` (Trackio 0.24 to 0.43),
and `/artifact_blob` (0.30 to 0.43).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from zenml_trackers.backends.trackio.client import Client
from zenml_trackers.backends.trackio.store import Store
from zenml_trackers.backends.trackio.target import Target

LOOK = 10.0
"""Seconds after which a server is asked again whether a run is still there."""


class ServerStore(Store):
    """A self-hosted server, or a Space."""

    look_after = LOOK

    def __init__(self, target: Target, client: Client) -> None:
        super().__init__(target)
        self._client = client
        self._media_folder: str | None = None

    def add(self, entries: Sequence[dict[str, Any]]) -> None:
        self._client.predict(api_name="/bulk_log", logs=list(entries), hf_token=None)

    def projects(self) -> list[str]:
        return list(self._client.predict(api_name="/get_all_projects"))

    def query(self, sql: str) -> list[dict[str, Any]]:
        if self.target.project not in self.projects():
            return []
        answer = self._client.predict(api_name="/query_project", project=self.target.project, query=sql)
        rows: list[dict[str, Any]] = answer["rows"]
        return rows

    def picture(self, path: str, folder: Path) -> Path:
        if self._media_folder is None:
            self._media_folder = self._client.predict(api_name="/get_settings")["media_dir"]
        file = folder / f"{uuid4().hex}{Path(path).suffix}"
        self._client.fetch("/file", file, {"path": f"{self._media_folder}/{path}"})
        return file

    def fetch_blob(self, digest: str, file: Path) -> None:
        self._client.fetch(f"/artifact_blob/{self.target.project}/{digest}", file)
