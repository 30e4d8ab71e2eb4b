"""What the faults are tried on: our flavors, and beside each what ZenML brings itself for the same library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.support.server import TOKEN

WANDB_KEY = "0123456789abcdef" * 2 + "01234567"
"""Shaped like a key; nobody's."""
Config = Callable[[str, str], dict[str, Any]]
"""Of the stack component: from the folder of the store and the address of the server."""
Url = Callable[[str, str], str]
"""What the runs are read by, from the same two."""


class Tracker(NamedTuple):
    name: str
    library: str
    flavor: str
    config: Config
    url: Url
    sqlite: str = ""
    """The database, below the folder of the store; empty if there is none."""
    server: bool = False
    ours: bool = True

    @property
    def kind(self) -> str:
        """Where its runs are."""
        return "server" if self.server else "store"


def _trackio(base: str, address: str) -> str:
    return "trackio:///"


def _trackio_server(base: str, address: str) -> str:
    return f"trackio+{address}"


def _mlflow(base: str, address: str) -> str:
    return f"mlflow+sqlite:///{base}/runs.db"


def _mlflow_server(base: str, address: str) -> str:
    return f"mlflow+{address}"


def _wandb(base: str, address: str) -> str:
    return f"wandb+offline:///{base}/wandb"


def _in_folder(backend: str) -> Url:
    return lambda base, address: f"{backend}:///{base}/{backend.partition('+')[0]}"


def _unified(name: str, url: Url, sqlite: str = "", server: bool = False) -> Tracker:
    def config(base: str, address: str) -> dict[str, Any]:
        return {"url": f"{url(base, address)}?project=faults"}

    return Tracker(name, name.partition("-")[0], "unified", config, url, sqlite, server)


def _own(name: str, config: Config, url: Url, sqlite: str = "", server: bool = False) -> Tracker:
    library = name.split("-")[1]
    return Tracker(name, library, library, config, url, sqlite, server, ours=False)


TRACKERS = {
    each.name: each
    for each in (
        Tracker("trackio", "trackio", "trackio", lambda *_: {"project": "faults"}, _trackio, "trackio/faults.db"),
        _own("zenml-trackio", lambda *_: {"project_name": "faults"}, _trackio, "trackio/faults.db"),
        _unified("mlflow", _mlflow, "runs.db"),
        _own(
            "zenml-mlflow",
            lambda base, _: {"tracking_uri": f"sqlite:///{base}/runs.db", "experiment_name": "faults"},
            _mlflow,
            "runs.db",
        ),
        _unified("wandb", _wandb),
        _own(
            "zenml-wandb",
            lambda *_: {"api_key": WANDB_KEY, "project_name": "faults", "enable_zenml_dashboard_links": False},
            _wandb,
        ),
        _unified("tensorboard", _in_folder("tensorboard")),
        _unified("aim", _in_folder("aim")),
        _unified("comet", _in_folder("comet+offline")),
        Tracker(
            "trackio-server",
            "trackio",
            "trackio",
            lambda _, address: {"project": "faults", "base_url": address, "api_key": TOKEN},
            _trackio_server,
            server=True,
        ),
        _own(
            "zenml-trackio-server",
            lambda _, address: {"project_name": "faults", "server_url": address},
            _trackio_server,
            server=True,
        ),
        _unified("mlflow-server", _mlflow_server, server=True),
        _own(
            "zenml-mlflow-server",
            # a token that nobody asks for: the flavor takes no remote address without one
            lambda _, address: {"tracking_uri": address, "tracking_token": "any", "experiment_name": "faults"},
            _mlflow_server,
            server=True,
        ),
    )
}
