"""Which releases run: told at the end of each run, so that nobody has to guess them."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tests.support import browser

TOLD = ("zenml", "trackio", "mlflow", "wandb", "tensorboard", "aim", "comet_ml", "hypothesis")
NONE = "none"


def told() -> str:
    """One line with the releases of Python, of what is tested and with what, and of the browser."""
    return f"ran with: {', '.join(f'{name} {release}' for name, release in _releases())}"


def _releases() -> Iterator[tuple[str, str]]:
    yield "python", platform.python_version()
    for name in TOLD:
        yield name, installed(name)
    yield "browser", browser.version(Path(browser.path())) if browser.path() else NONE


def installed(name: str) -> str:
    """The release of a distribution in this environment; `NONE`, if it is not there."""
    try:
        return version(name)
    except PackageNotFoundError:
        return NONE
