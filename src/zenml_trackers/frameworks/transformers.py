"""Transformers: `Trainer(..., callbacks=[ZenMLCallback()])`, for TRL's trainers too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from zenml_trackers.context import get_run
from zenml_trackers.run import Run

KINDS = ("eval", "test")
"""What the trainer begins the names of metrics with that it does not take from training."""


class ZenMLCallback(TrainerCallback):  # type: ignore[misc]  # Transformers is not looked into
    """Logs a trainer's arguments, the configuration of its model, and its metrics, under the names that W&B shows."""

    def __init__(self, run: Run | None = None) -> None:
        """Log to `run`, or else to the run of the step."""
        self.run = run or get_run()

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, model: Any = None, **kwargs: Any
    ) -> None:
        """Log the arguments and the configuration of the model."""
        if not state.is_world_process_zero:
            return
        self.run.log_params(args.to_dict())
        if getattr(model, "config", None) is not None:
            self.run.log_params({"model_config": model.config.to_dict()})

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        """Log the metrics at the trainer's step."""
        if state.is_world_process_zero and logs:
            self.run.log({_named(name): value for name, value in logs.items()}, step=state.global_step)


def _named(name: str) -> str:
    """`eval_loss` as `eval/loss`, and `loss` as `train/loss`."""
    kind, _, rest = name.partition("_")
    return f"{kind}/{rest}" if kind in KINDS else f"train/{name}"
