"""Talking to a Trackio server or a Space: with the right token, bounded, and with failures that say what is wrong."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
from trackio.remote_client import RemoteClient

from zenml_trackers.backends.trackio.hub import offline
from zenml_trackers.backends.trackio.target import Target
from zenml_trackers.errors import TokenRefused, TrackerError, TrackerUnreachable

TOKENS = ("write_token", "hf_token")
"""What a server's own refusal names, as one of its own or as a Space."""
REFUSED = (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN)


@cache
def _certificates() -> ssl.SSLContext:
    """One for all requests: to read the certificates takes longer than a request."""
    return httpx.create_ssl_context()


class Client:
    """What a Trackio run sends its batches through; connects at the first call.

    It stands in for `trackio.remote_client.RemoteClient` (Trackio 0.24 to 0.43), which would take the token from
    the environment, and wait for each answer for a minute.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self._remote: RemoteClient | None = None

    def predict(self, *args: Any, api_name: str, **kwargs: Any) -> Any:
        """The server's answer to one call of its API.

        Raises:
            TrackerError: No answer, a refused token, or the server's own error.
        """
        if "hf_token" in kwargs:
            kwargs["hf_token"] = self._hf_token
        try:
            return self._connected().predict(*args, api_name=api_name, **kwargs)
        except TrackerError:
            raise
        except Exception as error:
            raise self._named(error) from None

    def fetch(self, path: str, file: Path, query: Mapping[str, str] = MappingProxyType({})) -> None:
        """Store what the server has at a path in `file`.

        Raises:
            TrackerError: It has nothing there, or can't be reached.
        """
        try:
            with (
                httpx.stream(
                    "GET",
                    self._target.address + path,
                    params=dict(query),
                    timeout=self._target.timeout,
                    headers=self._space_headers(),
                    verify=_certificates(),
                ) as answer,
                file.open("wb") as kept,
            ):
                self._need_found(answer, query.get("path", path))
                kept.writelines(answer.iter_bytes())
        except httpx.HTTPError as error:
            raise self._named(error) from None

    def probe(self) -> None:
        """Ask whether a Trackio server is there.

        Raises:
            TrackerUnreachable: It is not, or something else is.
        """
        try:
            answer = httpx.get(
                f"{self._target.address}/version",
                timeout=self._target.timeout,
                headers=self._space_headers(),
                verify=_certificates(),
            )
            answer.raise_for_status()
            answer.json()["api_version"]
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._named(error) from None
        except (ValueError, KeyError, TypeError) as error:
            raise TrackerUnreachable(f"what answers at {self._target.address} is no Trackio server") from error

    def _connected(self) -> RemoteClient:
        if self._remote is None:
            self.probe()
            self._remote = RemoteClient(
                self._target.space_id or self._target.address,
                hf_token=self._hf_token,
                write_token=None if self._target.on_space else self._target.token,
                httpx_kwargs={"timeout": self._target.timeout, "verify": _certificates()},
            )
        return self._remote

    def _need_found(self, answer: httpx.Response, path: str) -> None:
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise TrackerError(f"the Trackio server at {self._target.address} no longer has the file {path}")
        if answer.is_error:
            answer.read()
        answer.raise_for_status()

    @property
    def _hf_token(self) -> str | None:
        return self._target.token if self._target.on_space else None

    def _space_headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._hf_token}"} if self._hf_token else {}

    def _named(self, error: Exception) -> TrackerError:
        where = f"the Trackio server at {self._target.address}"
        answer: httpx.Response | None = getattr(error, "response", None)  # of httpx, or of the Hub's own client
        said = answer.text[:300] if answer is not None else str(error)
        if any(token in said for token in TOKENS) or (answer is not None and answer.status_code in REFUSED):
            return TokenRefused(f"{where} refused the token; check `api_key`")
        if isinstance(error, httpx.TimeoutException):
            return TrackerUnreachable(f"{where} did not answer in {self._target.timeout:.1f} s")
        if said_offline := offline(self._target):
            return said_offline
        if answer is not None:
            status = f"{answer.status_code} {answer.reason_phrase}".rstrip()
            return TrackerUnreachable(f"{where} answered {status}{said and f' ({said})'}")
        return TrackerUnreachable(f"{where} can't be used ({type(error).__name__}: {said})")
