"""MLflow's tracking store on a server, with credentials of its own and requests that end.

MLflow 3.17 takes credentials and timeouts from the environment of the process alone, which belongs to all its steps.
Hence the stores and the repository here: they put `RestStore._call_endpoint` and `HttpArtifactRepository._host_creds`
in place of MLflow's.
"""

from __future__ import annotations

import json
import logging
import posixpath
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident
from typing import Any
from urllib.parse import urlsplit

from mlflow.exceptions import MlflowException
from mlflow.protos.service_pb2 import CreateRun, ListArtifacts, LogBatch, MlflowService
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
from mlflow.store.artifact.http_artifact_repo import HttpArtifactRepository
from mlflow.store.artifact.mlflow_artifacts_repo import MlflowArtifactsRepository
from mlflow.store.tracking.rest_store import RestStore
from mlflow.utils.credentials import get_default_host_creds
from mlflow.utils.proto_json_utils import message_to_json, parse_dict
from mlflow.utils.rest_utils import extract_api_info_for_service, http_request, verify_rest_response

from zenml_trackers.backends.mlflow.place import Place
from zenml_trackers.errors import TokenRefused, TrackerUnreachable

ENDPOINTS = extract_api_info_for_service(MlflowService, "/api/2.0")
RETRIES = 2
BACKOFF = 0.5
"""Seconds before the second retry; the first is at once."""
ONCE = (CreateRun, LogBatch)
"""What is not tried again at once: a run must not be made twice, and metrics may be stored although no answer came."""
REFUSED = (401, 403)
WRONG_HOST = "Invalid Host header"
"""What a server says that is asked by an address which it does not know to be its own."""
NOBODY = "0" * 32
"""The id of no run: what is written to it leaves nothing behind."""


_asking: set[int] = set()
"""The threads that wait for an answer."""
logging.getLogger("urllib3.connectionpool").addFilter(lambda record: record.thread not in _asking)


@contextmanager
def _no_word_of_retries() -> Iterator[None]:
    """Whoever asks tells what came of it; urllib3 would warn of each try."""
    _asking.add(get_ident())
    try:
        yield
    finally:
        _asking.discard(get_ident())


class Credentials:
    """What to send along to one server, and to no other."""

    def __init__(self, server: str, given: Mapping[str, str]) -> None:
        self._server = server
        self._given = given

    def of(self, address: str) -> Any:
        """Those for an address: the given ones if it is the server's, else where MLflow finds them."""
        found = get_default_host_creds(address)
        if self._given and urlsplit(address).netloc == urlsplit(self._server).netloc:
            found.username, found.password = self._given.get("username"), self._given.get("password")
            found.token, found.auth = self._given.get("api_key"), None
        return found

    def __call__(self) -> Any:
        return self.of(self._server)


class Store(RestStore):  # type: ignore[misc]  # MLflow is not looked into
    """A server's store whose requests take a bounded time, and whose errors have names."""

    def __init__(self, server: str, credentials: Credentials, timeout: float) -> None:
        super().__init__(credentials)
        self._server = server
        self._timeout = timeout

    def _call_endpoint(self, api: Any, json_body: str | None = None, *args: Any, **kwargs: Any) -> Any:
        endpoint, method = ENDPOINTS[api]
        sent = {"params" if method == "GET" else "json": json.loads(json_body or "{}")}
        answer = self._answer(endpoint, method, 0 if api in ONCE else RETRIES, sent)
        if answer.status_code in REFUSED and WRONG_HOST in answer.text:
            raise TrackerUnreachable(
                f"MLflow at {self._server} refused this host (status {answer.status_code}); start the server with "
                f"`--allowed-hosts {urlsplit(self._server).netloc}`, which it wants from MLflow 3.5 on."
            )
        if answer.status_code in REFUSED:
            raise TokenRefused(
                f"MLflow at {self._server} refused the credentials (status {answer.status_code}); pass a username and "
                "a password that it knows, or a bearer token as api_key."
            )
        response = api.Response()
        parse_dict(verify_rest_response(answer, endpoint).json(), response)
        return response

    def _answer(self, endpoint: str, method: str, retries: int, sent: Mapping[str, Any]) -> Any:
        bounds = {"timeout": self._timeout, "max_retries": retries, "backoff_factor": BACKOFF, "backoff_jitter": 0}
        try:
            with _no_word_of_retries():
                return http_request(self.get_host_creds(), endpoint, method, raise_on_status=False, **bounds, **sent)
        except MlflowException as error:
            raise TrackerUnreachable(f"MLflow at {self._server} can't be reached: {error.message}") from None


class Artifacts(HttpArtifactRepository):  # type: ignore[misc]  # MLflow is not looked into
    """Artifacts that the tracking server passes on."""

    def __init__(self, uri: str, credentials: Credentials) -> None:
        super().__init__(uri)
        self._credentials = credentials

    @property
    def _host_creds(self) -> Any:
        return self._credentials.of(self.artifact_uri)


class Server(Place):
    """A tracking server."""

    store: Store

    def __init__(self, server: str, given: Mapping[str, str], timeout: float) -> None:
        self.uri = server
        self._credentials = Credentials(server, given)
        self.store = Store(server, self._credentials, timeout)
        self._native_store = RestStore(self._credentials)

    @property
    def native_store(self) -> RestStore:
        return self._native_store

    def artifacts(self, run: Any) -> Any:
        return self.passed_on(run) or get_artifact_repository(run.info.artifact_uri)

    def passed_on(self, run: Any) -> Any:
        uri = run.info.artifact_uri
        if urlsplit(uri).scheme != "mlflow-artifacts":
            return None
        return Artifacts(MlflowArtifactsRepository.resolve_uri(uri, self.uri), self._credentials)

    def files(self, run: Any) -> Iterator[str]:
        return self._below(run.info.run_id, "")

    def fetched(self, run: Any, path: str, folder: Path) -> Path:
        local = folder / path
        local.parent.mkdir(parents=True, exist_ok=True)
        self.artifacts(run)._download_file(path, str(local))
        return local

    def links(self, experiment_id: str, run_id: str) -> dict[str, str]:
        return {"url": f"{self.uri}/#/experiments/{experiment_id}/runs/{run_id}"}

    def check(self, project: str) -> None:
        with self.reached():
            self.store.get_experiment_by_name(project)
            try:
                self.store.log_batch(NOBODY, [], [], [])
            except MlflowException as error:
                if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                    raise

    def _below(self, run_id: str, path: str) -> Iterator[str]:
        """As the server lists them: it can do so whatever it keeps them in."""
        listing = ListArtifacts(run_id=run_id, run_uuid=run_id, path=path)
        for file in self.store._call_endpoint(ListArtifacts, message_to_json(listing)).files:
            found = posixpath.normpath(file.path)
            yield from self._below(run_id, found) if file.is_dir else [found]
