from __future__ import annotations

from typing import Any

from tests.frameworks.case import case

ROUNDS = 5


def data() -> tuple[Any, Any]:
    from sklearn.datasets import make_regression

    return make_regression(60, n_features=4, random_state=0)


def train(callbacks: Any) -> None:
    import lightgbm

    given = {"objective": "regression", "metric": "l2", "verbose": -1, "num_threads": 1}
    rows = lightgbm.Dataset(*data())
    lightgbm.train(given, rows, ROUNDS, valid_sets=[rows], valid_names=["train"], callbacks=callbacks)


@case("LightGBM", "zenml_callback", {"train-l2": ROUNDS})
def ours(backend: str) -> None:
    from zenml_trackers.frameworks.lightgbm import zenml_callback

    train([zenml_callback()])


@case("LightGBM", "mlflow.autolog", {"train-l2": ROUNDS}, on=("mlflow",))
def autologged(backend: str) -> None:
    import mlflow

    mlflow.autolog(log_models=False)
    train(None)


@case("LightGBM", "W&B's callback", {"train_l2": ROUNDS, "iteration": ROUNDS}, on=("wandb",))
def by_wandb(backend: str) -> None:
    from wandb.integration.lightgbm import wandb_callback

    train([wandb_callback()])
