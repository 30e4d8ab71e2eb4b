"""Real servers that are started and killed, and a door in front of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tracker_contracts.faults.front import Front, Manner

from tests.support.made import put
from tests.support.server import free_port, trackio_server
from zenml_trackers.testing import mlflow_serve


@contextmanager
def _mlflow(folder: Path, port: int) -> Iterator[None]:
    put("mlflow", folder / mlflow_serve.FILE)
    process = mlflow_serve.start(folder, port, "--allowed-hosts", "*")  # under whatever name
    try:
        yield
    finally:
        mlflow_serve.stop(process)


_STARTED: dict[str, Callable[[Path, int], AbstractContextManager[Any]]] = {"trackio": trackio_server, "mlflow": _mlflow}


class Server:
    """One that keeps its address and its runs over its lives."""

    def __init__(self, library: str, folder: Path) -> None:
        self._library, self._folder, self._port = library, folder, free_port()
        self._life: ExitStack | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it; nothing if it is there."""
        if self._life is None:
            self._folder.mkdir(exist_ok=True)
            life = ExitStack()
            life.enter_context(_STARTED[self._library](self._folder, self._port))
            self._life = life

    def stop(self) -> None:
        """Kill it; nothing if it is gone."""
        if self._life is not None:
            self._life.close()
            self._life = None


class Door(Front):
    """A server in front of others, for which its address stands."""

    def lead_to(self, url: str) -> None:
        """Pass on to another server from now on."""
        self._behind = urlsplit(url)

    def be(self, manner: Manner) -> None:
        """Behave so from now on."""
        self.manner = manner
