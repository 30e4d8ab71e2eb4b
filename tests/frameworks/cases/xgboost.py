from __future__ import annotations

from typing import Any

from tests.frameworks.case import case

ROUNDS = 5


def data() -> tuple[Any, Any]:
    from sklearn.datasets import make_regression

    return make_regression(60, n_features=4, random_state=0)


def train(callbacks: Any) -> None:
    import xgboost

    matrix = xgboost.DMatrix(*data())
    xgboost.train({"max_depth": 2}, matrix, ROUNDS, evals=[(matrix, "train")], callbacks=callbacks, verbose_eval=False)


@case("XGBoost", "ZenMLCallback", {"train-rmse": ROUNDS})
def ours(backend: str) -> None:
    from zenml_trackers.frameworks.xgboost import ZenMLCallback

    train([ZenMLCallback()])


@case("XGBoost", "mlflow.autolog", {"train-rmse": ROUNDS}, on=("mlflow",))
def autologged(backend: str) -> None:
    import mlflow

    mlflow.autolog(log_models=False)
    train(None)


@case("XGBoost", "W&B's callback", {"train-rmse": ROUNDS, "epoch": ROUNDS}, on=("wandb",))
def by_wandb(backend: str) -> None:
    from wandb.integration.xgboost import WandbCallback

    train([WandbCallback()])
