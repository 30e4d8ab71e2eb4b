"""ZenML stores for tests: made once, then copied, which is thirty times as fast."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

MAKE = "from zenml.client import Client; Client().active_stack_model.name"


def make_template(folder: Path) -> Path:
    """A fresh store with the default stack, made by a process of its own, and once for all workers of a run."""
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _make(folder)
    return folder


def _make(folder: Path) -> None:
    variables = {
        "ZENML_CONFIG_PATH": str(folder),
        "ZENML_ANALYTICS_OPT_IN": "false",
        "ZENML_LOGGING_VERBOSITY": "ERROR",
    }
    subprocess.run([sys.executable, "-c", MAKE], check=True, env={**os.environ, **variables}, cwd=folder.parent)


def copy_of(template: Path, folder: Path) -> Path:
    """The template's copy, with every path in its configuration made its own."""
    shutil.copytree(template, folder)
    config = folder / "config.yaml"
    config.write_text(config.read_text().replace(str(template), str(folder)))
    return folder


def use(folder: Path) -> None:
    """Make this process forget the store that it knows, and use the one in `folder`."""
    from zenml.client import Client
    from zenml.config.global_config import GlobalConfiguration
    from zenml.stack import stack

    os.environ["ZENML_CONFIG_PATH"] = str(folder)
    GlobalConfiguration._reset_instance()
    Client._reset_instance()
    getattr(stack, "_STACK_CACHE", {}).clear()


class Renewed:
    """The one store of this process's tests, each of which finds it empty.

    ZenML keeps its connection, and with it the statements that it compiled: half of what a short pipeline costs.
    """

    def __init__(self, template: Path, folder: Path) -> None:
        """Nothing is copied yet."""
        self._template, self.folder = template, folder
        self._kept: Any = None

    def renew(self) -> None:
        """Use it, empty."""
        from zenml.config.global_config import GlobalConfiguration

        if self._kept is not None:
            self._kept.engine.dispose()
        shutil.rmtree(self.folder, ignore_errors=True)
        use(copy_of(self._template, self.folder))
        if self._kept is not None:
            GlobalConfiguration()._zen_store = self._kept

    def leave(self, other: Path) -> None:
        """Use another one, as if there had never been this one."""
        from zenml.config.global_config import GlobalConfiguration

        self._kept = GlobalConfiguration()._zen_store or self._kept
        use(other)
