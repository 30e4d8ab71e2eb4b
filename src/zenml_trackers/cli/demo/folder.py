"""The demo's folder, with a ZenML store and a Trackio folder of its own, and an environment that leads nowhere else."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import zenml_trackers
from zenml_trackers.errors import DemoFailed

LOG = "zenml-trackers-demo.log"
"""What ZenML says, and the mark of a folder that is a demo's."""


@contextmanager
def demo_folder(keep: Path | None) -> Iterator[Path]:
    """The folder `keep`, or one that is gone afterwards.

    Raises:
        DemoFailed: `keep` holds something else than an earlier demo.
    """
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="zenml-trackers-demo-", ignore_cleanup_errors=True) as temporary:
            yield Path(temporary).resolve()
        return
    if keep.exists() and any(keep.iterdir()) and not (keep / LOG).exists():
        raise DemoFailed(f"{keep} is neither empty nor an earlier demo's folder; name another one.")
    keep.mkdir(parents=True, exist_ok=True)
    yield keep.resolve()


def trackio_folder(folder: Path) -> Path:
    """Where Trackio stores the demo's runs."""
    return folder / "trackio-runs"


def environment(folder: Path) -> dict[str, str]:
    """The variables for a process that must know nothing of the user's own ZenML and Trackio."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(("ZENML_", "TRACKIO_"))}
    return {
        **others,
        "TRACKIO_DIR": str(trackio_folder(folder)),
        "ZENML_CONFIG_PATH": str(folder / "zenml-store"),
        "ZENML_REPOSITORY_PATH": str(folder),  # no repository: ZenML then looks for none in the folders above
        "ZENML_CUSTOM_SOURCE_ROOT": str(Path(zenml_trackers.__file__).parents[1]),  # steps are named from here
        "ZENML_ANALYTICS_OPT_IN": "false",
        "ZENML_LOGGING_COLORS_DISABLED": "true",
        "ZENML_ENABLE_RICH_TRACEBACK": "false",
        "HF_HUB_OFFLINE": "1",
        "PYTHONIOENCODING": "utf-8",
    }
