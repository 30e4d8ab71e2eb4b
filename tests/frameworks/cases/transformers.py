from __future__ import annotations

import os
from typing import Any

from tests.frameworks.case import case

STEPS = 6
NAMES = ("loss", "grad_norm", "learning_rate", "epoch")
OWN_FOLDER = {
    "tensorboard": "Transformers gives TensorBoard's writer a folder below `output_dir`, unless "
    "`TENSORBOARD_LOGGING_DIR` names one."
}


def rows(backend: str, steps: int = STEPS, times: int = 1) -> dict[str, int]:
    """What a trainer logs every step; MLflow's callback alone adds no prefix."""
    prefix = "" if backend == "mlflow" else "train/"
    return {f"{prefix}{name}": steps * times for name in NAMES}


def data(examples: int = 12) -> list[dict[str, Any]]:
    import torch

    ids = [torch.tensor([1, 2, 3, index % 8]) for index in range(examples)]
    return [{"input_ids": each, "labels": each} for each in ids]


def model() -> Any:
    """A GPT of two thousand weights, made here."""
    from transformers import AutoModelForCausalLM, GPT2Config

    return AutoModelForCausalLM.from_config(GPT2Config(vocab_size=16, n_positions=8, n_embd=8, n_layer=1, n_head=2))


SMALL: dict[str, Any] = {
    "output_dir": "out",
    "per_device_train_batch_size": 2,
    "num_train_epochs": 1,
    "logging_steps": 1,
    "save_strategy": "no",
    "disable_tqdm": True,
    "use_cpu": True,
}
"""Arguments of a training that is over at once."""


def trainer(report_to: Any, callbacks: Any = None, **arguments: Any) -> Any:
    from transformers import Trainer, TrainingArguments

    given = TrainingArguments(
        **SMALL,
        report_to=report_to,
        **arguments,
    )
    return Trainer(model=model(), args=given, train_dataset=data(), callbacks=callbacks)


@case("Transformers Trainer", "ZenMLCallback", lambda backend: rows(""))
def ours(backend: str) -> None:
    from zenml_trackers.frameworks.transformers import ZenMLCallback

    trainer("none", [ZenMLCallback()]).train()


@case("Transformers Trainer", "ZenMLCallback, evaluation", {"eval/loss": 2, "train/loss": STEPS})
def evaluation(backend: str) -> None:
    from zenml_trackers.frameworks.transformers import ZenMLCallback

    trained = trainer("none", [ZenMLCallback()])
    for _ in range(2):
        trained.evaluate(data())
    trained.train()


@case("Transformers Trainer", "report_to the tracker", rows, rules=OWN_FOLDER)
def reported(backend: str) -> None:
    trainer(backend).train()


@case("Transformers Trainer", "report_to two", rows, rules=OWN_FOLDER)
def reported_to_two(backend: str) -> None:
    trainer([backend, "mlflow" if backend == "tensorboard" else "tensorboard"]).train()


@case("Transformers Trainer", "report_to all", rows, rules=OWN_FOLDER)
def reported_to_all(backend: str) -> None:
    trainer("all").train()


@case("Transformers Trainer", "report_to the tracker, in the folder of the run", rows, on=("tensorboard",))
def in_the_folder(backend: str) -> None:
    from zenml_trackers import get_run

    os.environ["TENSORBOARD_LOGGING_DIR"] = get_run().native.get_logdir()
    trainer(backend).train()


@case("Transformers Trainer", "run_name given", rows, rules=OWN_FOLDER)
def named(backend: str) -> None:
    trainer(backend, run_name="a name of the user's").train()


@case("Transformers Trainer", "two in one step", lambda backend: rows(backend, times=2), rules=OWN_FOLDER)
def two(backend: str) -> None:
    trainer(backend).train()
    trainer(backend).train()


@case(
    "Transformers Trainer",
    "one that raises",
    lambda backend: rows(backend, steps=3),
    raises="ValueError: step 4",
    rules=OWN_FOLDER,
)
def raising(backend: str) -> None:
    from transformers import TrainerCallback

    class Raise(TrainerCallback):
        def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            if state.global_step == 3:
                raise ValueError("step 4")

    trainer(backend, [Raise()]).train()
