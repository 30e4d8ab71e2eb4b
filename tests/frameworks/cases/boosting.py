from __future__ import annotations

from typing import Any

from tests.frameworks.case import case

ROUNDS = 5


def data() -> tuple[Any, Any]:
    from sklearn.datasets import make_regression

    return make_regression(60, n_features=4, random_state=0)


def boost_xgboost(callbacks: Any) -> None:
    import xgboost

    matrix = xgboost.DMatrix(*data())
    xgboost.train({"max_depth": 2}, matrix, ROUNDS, evals=[(matrix, "train")], callbacks=callbacks, verbose_eval=False)


def boost_lightgbm(callbacks: Any) -> None:
    import lightgbm

    given = {"objective": "regression", "metric": "l2", "verbose": -1, "num_threads": 1}
    train = lightgbm.Dataset(*data())
    lightgbm.train(given, train, ROUNDS, valid_sets=[train], valid_names=["train"], callbacks=callbacks)


@case("XGBoost", "ZenMLCallback", {"train-rmse": ROUNDS})
def xgboost_ours(backend: str) -> None:
    from zenml_trackers.frameworks.xgboost import ZenMLCallback

    boost_xgboost([ZenMLCallback()])


@case("XGBoost", "mlflow.autolog", {"train-rmse": ROUNDS}, on=("mlflow",))
def xgboost_autologged(backend: str) -> None:
    import mlflow

    mlflow.autolog(log_models=False)
    boost_xgboost(None)


@case("XGBoost", "W&B's callback", {"train-rmse": ROUNDS, "epoch": ROUNDS}, on=("wandb",))
def xgboost_wandb(backend: str) -> None:
    from wandb.integration.xgboost import WandbCallback

    boost_xgboost([WandbCallback()])


@case("LightGBM", "zenml_callback", {"train-l2": ROUNDS})
def lightgbm_ours(backend: str) -> None:
    from zenml_trackers.frameworks.lightgbm import zenml_callback

    boost_lightgbm([zenml_callback()])


@case("LightGBM", "mlflow.autolog", {"train-l2": ROUNDS}, on=("mlflow",))
def lightgbm_autologged(backend: str) -> None:
    import mlflow

    mlflow.autolog(log_models=False)
    boost_lightgbm(None)


@case("LightGBM", "W&B's callback", {"train_l2": ROUNDS, "iteration": ROUNDS}, on=("wandb",))
def lightgbm_wandb(backend: str) -> None:
    from wandb.integration.lightgbm import wandb_callback

    boost_lightgbm([wandb_callback()])
