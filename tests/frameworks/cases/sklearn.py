from __future__ import annotations

from typing import Any

from tests.frameworks.case import case

ROUNDS = 5


def data() -> tuple[Any, Any]:
    from sklearn.datasets import make_classification

    return make_classification(60, n_features=4, random_state=0)


@case("scikit-learn", "get_run()", {"accuracy": ROUNDS, "loss": ROUNDS})
def ours(backend: str) -> None:
    from sklearn.linear_model import SGDClassifier
    from sklearn.metrics import log_loss

    from zenml_trackers import get_run

    x, y = data()
    model, run = SGDClassifier(loss="log_loss", random_state=0), get_run()
    run.log_params(model.get_params())
    for _ in range(ROUNDS):
        model.partial_fit(x, y, classes=[0, 1])
        run.log({"accuracy": model.score(x, y), "loss": log_loss(y, model.predict_proba(x))})


@case("scikit-learn", "get_run() in joblib's processes", {"accuracy": 4})
def in_processes(backend: str) -> None:
    from joblib import Parallel, delayed

    Parallel(n_jobs=2)(delayed(fold)(seed) for seed in range(4))


def fold(seed: int) -> None:
    from sklearn.linear_model import SGDClassifier

    from zenml_trackers import get_run

    x, y = data()
    get_run().log({"accuracy": SGDClassifier(random_state=seed).fit(x, y).score(x, y)}, step=seed)


@case("scikit-learn", "mlflow.autolog", {"training_accuracy_score": 1, "training_f1_score": 1}, on=("mlflow",))
def autologged(backend: str) -> None:
    import mlflow
    from sklearn.linear_model import LogisticRegression

    mlflow.autolog(log_models=False)
    LogisticRegression().fit(*data())
