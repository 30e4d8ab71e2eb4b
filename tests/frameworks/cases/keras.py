from __future__ import annotations

from typing import Any

from tests.frameworks.case import case

EPOCHS = 3
ROWS = {"loss": EPOCHS, "mae": EPOCHS, "val_loss": EPOCHS, "val_mae": EPOCHS}


def fit(callbacks: Any) -> None:
    import keras
    import numpy

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    x, y = numpy.random.rand(12, 4), numpy.random.rand(12, 1)
    model.fit(x, y, epochs=EPOCHS, batch_size=4, validation_data=(x, y), callbacks=callbacks, verbose=0)


@case("Keras, on PyTorch", "ZenMLCallback", ROWS)
def ours(backend: str) -> None:
    from zenml_trackers.frameworks.keras import ZenMLCallback

    fit([ZenMLCallback()])


@case("Keras, on PyTorch", "mlflow.autolog", ROWS, on=("mlflow",))
def autologged(backend: str) -> None:
    import mlflow

    mlflow.autolog(log_models=False)
    fit([])


@case("Keras, on PyTorch", "MLflow's callback", ROWS, on=("mlflow",))
def mlflow_callback(backend: str) -> None:
    import mlflow

    fit([mlflow.keras.MlflowCallback()])
