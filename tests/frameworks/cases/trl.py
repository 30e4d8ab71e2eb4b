from __future__ import annotations

from typing import Any

from tests.frameworks.case import case
from tests.frameworks.cases.transformers import NAMES, OWN_FOLDER, SMALL, STEPS, model, rows

WORDS = ("<pad>", "<eos>", "<unk>", "a", "b", "c", "d")


def tokenizer() -> Any:
    """One of seven words, made here."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    return PreTrainedTokenizerFast(tokenizer_object=made, pad_token="<pad>", eos_token="<eos>", unk_token="<unk>")


def train(report_to: str, callbacks: Any = None) -> None:
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    given = SFTConfig(
        **SMALL,
        bf16=False,
        max_length=8,
        report_to=report_to,
    )
    data = Dataset.from_dict({"text": ["a b c d"] * 2 * STEPS})
    SFTTrainer(model(), given, train_dataset=data, processing_class=tokenizer(), callbacks=callbacks).train()


@case("TRL SFTTrainer", "ZenMLCallback", {f"train/{name}": STEPS for name in (*NAMES, "entropy")})
def ours(backend: str) -> None:
    from zenml_trackers.frameworks.transformers import ZenMLCallback

    train("none", [ZenMLCallback()])


@case("TRL SFTTrainer", "report_to the tracker", rows, rules=OWN_FOLDER)
def reported(backend: str) -> None:
    train(backend)
