"""Keras: `model.fit(..., callbacks=[ZenMLCallback()])`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keras.callbacks import Callback

from zenml_trackers.context import get_run
from zenml_trackers.run import Run


class ZenMLCallback(Callback):  # type: ignore[misc]  # Keras is not looked into
    """Logs the parameters of `fit`, and the metrics of each epoch."""

    def __init__(self, run: Run | None = None) -> None:
        """Log to `run`, or else to the run of the step."""
        super().__init__()
        self.run = run or get_run()

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        """Log how many epochs and steps there will be."""
        self.run.log_params(self.params)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Log the metrics, those of validation with `val_` before their names."""
        self.run.log(logs or {}, step=epoch)
