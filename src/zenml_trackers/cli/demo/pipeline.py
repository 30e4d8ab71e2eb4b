"""The demo's pipeline, written as any user would: two steps that succeed and one that fails, as it should."""

import logging
from typing import Any

from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from zenml import pipeline, step

from zenml_trackers import get_run, get_trackio_run

TRACKER = "demo_tracker"

logger = logging.getLogger(__name__)


@step(
    experiment_tracker=TRACKER,
    enable_cache=False,
    settings={"experiment_tracker": {"tags": ["baseline"], "metadata": {"data": "scikit-learn's digits"}}},
)
def train(epochs: int = 15, alpha: float = 1e-4) -> SGDClassifier:
    """Fit a linear classifier to pictures of handwritten digits, one pass over them an epoch."""
    run = get_run()
    run.log_params({"model": "SGDClassifier", "epochs": epochs, "alpha": alpha})
    pictures, _, digits, _ = _split()
    model = SGDClassifier(loss="log_loss", alpha=alpha, random_state=0)
    for epoch in range(epochs):
        model.partial_fit(pictures, digits, classes=range(10))
        loss, accuracy = log_loss(digits, model.predict_proba(pictures)), model.score(pictures, digits)
        run.log({"loss": loss, "accuracy": accuracy}, step=epoch)
    logger.info("train: %d epochs, loss %.3f, accuracy %.3f", epochs, loss, accuracy)
    return model


@step(experiment_tracker=TRACKER, enable_cache=False)
def evaluate(model: SGDClassifier) -> float:
    """Measure the accuracy on pictures that the training did not see."""
    _, pictures, _, digits = _split()
    accuracy = float(model.score(pictures, digits))
    get_trackio_run().log({"test_accuracy": accuracy})
    logger.info("evaluate: accuracy %.3f on %d other pictures", accuracy, len(digits))
    return accuracy


@step(experiment_tracker=TRACKER, enable_cache=False)
def quality_gate(accuracy: float, wanted: float = 1.0) -> None:
    """Fail unless the accuracy is what nobody can reach."""
    get_run().log_params({"wanted": wanted})
    if accuracy < wanted:
        logger.info("quality_gate: fails, as it should")
        raise ValueError(f"accuracy {accuracy:.3f} is below the {wanted:.3f} that is wanted")


@pipeline
def digits_demo() -> None:
    """Train, evaluate, and refuse the result."""
    quality_gate(evaluate(train()))


def _split() -> Any:
    pictures, digits = load_digits(return_X_y=True)
    return train_test_split(pictures / 16, digits, test_size=0.2, random_state=0)
