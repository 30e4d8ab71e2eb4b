from __future__ import annotations

from typing import Any

from tests.frameworks.case import case

TRIALS = 6
ROWS = {"value": TRIALS, "params/x": TRIALS}


def objective(trial: Any) -> float:
    kind = trial.suggest_categorical("kind", ["a", "b"])
    return float((trial.suggest_float("x", -1, 1) - 0.5) ** 2 + (kind == "a"))


def optimize(callback: Any, n_jobs: int = 1, objective: Any = objective) -> None:
    import optuna

    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    study.optimize(objective, n_trials=TRIALS, n_jobs=n_jobs, callbacks=[callback] if callback else None)


@case("Optuna", "ZenMLCallback", ROWS)
def ours(backend: str) -> None:
    from zenml_trackers.frameworks.optuna import ZenMLCallback

    optimize(ZenMLCallback())


@case("Optuna", "ZenMLCallback, n_jobs=2", ROWS)
def parallel(backend: str) -> None:
    from zenml_trackers.frameworks.optuna import ZenMLCallback

    optimize(ZenMLCallback(), n_jobs=2)


@case("Optuna", "get_run() in the objective, n_jobs=2", {"loss": TRIALS})
def in_objective(backend: str) -> None:
    from zenml_trackers import get_run

    def logging(trial: Any) -> float:
        value = objective(trial)
        get_run().log({"loss": value}, step=trial.number)
        return value

    optimize(None, n_jobs=2, objective=logging)


@case("Optuna", "a child a trial, n_jobs=2", {"loss": TRIALS}, runs=1 + TRIALS, in_children=True)
def children(backend: str) -> None:
    from zenml_trackers import get_run

    run = get_run()

    def logging(trial: Any) -> float:
        with run.child(f"trial {trial.number}") as child:
            value = objective(trial)
            child.log_params(trial.params)
            child.log({"loss": value})
            return value

    optimize(None, n_jobs=2, objective=logging)


@case("Optuna", "MLflow's nested runs, n_jobs=2", {"value": TRIALS}, on=("mlflow",), runs=1 + TRIALS, in_children=True)
def nested(backend: str) -> None:
    from optuna_integration import MLflowCallback

    optimize(MLflowCallback(create_experiment=False, mlflow_kwargs={"nested": True}), n_jobs=2)
