"""Where a cell's process keeps everything: below a folder of its own, and nothing leaves the machine."""

from __future__ import annotations

from pathlib import Path

from tests.faults.tracker import Tracker
from tests.support.server import TOKEN

PROJECT = "faults"
HOME, STORE, ZENML, SERVER = "home", "store", "zenml", "server"
"""Folders: the user's own with the journals in it, the tracker's, ZenML's, and the server's."""
ADDRESS, ROWS, MOMENT = "FAULTS_ADDRESS", "FAULTS_ROWS", "FAULTS_MOMENT"
"""Variables that tell the step's process of its server, how many rows to log, and after how many to wait."""


def variables(folder: Path, base: str, tracker: Tracker) -> dict[str, str]:
    """What makes the libraries keep to the folder, and to themselves.

    Args:
        folder: The cell's.
        base: The folder of the tracker's store, as the tracker is told of it; may be relative.
        tracker: Whether it is ZenML's own decides whose class the name `trackio` stands for.
    """
    return {
        "HOME": str(folder / HOME),
        "HF_HUB_OFFLINE": "1",
        "TRACKIO_DIR": f"{base}/trackio",
        "WANDB_MODE": "offline",
        "WANDB_SILENT": "true",
        "WANDB_ERROR_REPORTING": "false",
        "COMET_ERROR_TRACKING_ENABLE": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "GIT_PYTHON_REFRESH": "quiet",
        "ZENML_CONFIG_PATH": str(folder / ZENML),
        "ZENML_ANALYTICS_OPT_IN": "false",
        "ZENML_LOGGING_VERBOSITY": "WARN",
        "ZENML_DISABLE_STEP_LOGS_STORAGE": "true",
        "ZENML_DISABLE_PIPELINE_LOGS_STORAGE": "true",
        **(_for_zenmls_own(folder, base) if not tracker.ours else {}),
    }


def _for_zenmls_own(folder: Path, base: str) -> dict[str, str]:
    """Our flavors are told of folders and tokens by their URLs and fields; these have none for them."""
    own = {"ZENML_TRACKERS_OVERRIDE": "off", "TRACKIO_WRITE_TOKEN": TOKEN, "WANDB_DIR": f"{base}/wandb"}
    return {**own, "MLFLOW_TRACKING_URI": f"sqlite:///{folder}/elsewhere.db"}
