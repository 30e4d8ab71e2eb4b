"""Where a cell's runs go: below a folder of its own, and nothing leaves the machine."""

from __future__ import annotations

from pathlib import Path

PROJECT = "frameworks"


def url(backend: str, folder: Path) -> str:
    """The tracker's URL."""
    return {
        "trackio": f"trackio:///{PROJECT}",
        "mlflow": f"mlflow+sqlite:///{folder}/mlflow.db?project={PROJECT}",
        "wandb": f"wandb+offline:///{folder}/wandb-runs?project={PROJECT}",
        "tensorboard": f"tensorboard:///{folder}/events?project={PROJECT}",
    }[backend]


def variables(folder: Path, store: Path) -> dict[str, str]:
    """What makes the libraries keep to the folder, and to themselves."""
    return {
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "HF_HOME": str(folder / "hf"),
        "TRACKIO_DIR": str(folder / "trackio"),
        "WANDB_MODE": "offline",
        "WANDB_SILENT": "true",
        "KERAS_BACKEND": "torch",
        "CUDA_VISIBLE_DEVICES": "",
        "OMP_NUM_THREADS": "1",
        "ZENML_CONFIG_PATH": str(store),
        "ZENML_ANALYTICS_OPT_IN": "false",
        "ZENML_LOGGING_VERBOSITY": "WARN",
        "ZENML_DISABLE_STEP_LOGS_STORAGE": "true",
        "ZENML_DISABLE_PIPELINE_LOGS_STORAGE": "true",
        "ZENML_TRACKERS_JOURNAL": str(folder / "journals"),
    }
