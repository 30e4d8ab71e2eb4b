"""Steps that log by `get_run()`, whatever the flavor of their tracker.

No `from __future__ import annotations` here: ZenML below 0.90 reads the types of a step as they stand.
"""

import contextvars
import threading
from pathlib import Path

from zenml import step
from zenml.config.retry_config import StepRetryConfig

from zenml_trackers import NoActiveRun, get_run
from zenml_trackers.delivery import active

seen: dict[str, object] = {}


@step(experiment_tracker="tracker", enable_cache=False)
def trains(folder: str) -> None:
    get_run().log_params({"lr": 0.1, "model": {"depth": 3, "layers": [1, 2]}})
    get_run().add_tags("blue", ["green"])
    get_run().log({"loss": 0.5})
    get_run().log({"loss": 0.25, "accuracy": 0.75})
    get_run().log({"loss": 0.125}, step=7)
    get_run().log({"loss": 0.0625})
    get_run().log_artifact(Path(folder) / "notes.txt", name="notes")
    own = get_run()
    seen.update(backend=own.backend, id=own.id, name=own.name, project=own.project, url=own.url, same=own is get_run())


@step(experiment_tracker="tracker", enable_cache=False)
def fails() -> None:
    get_run().log({"loss": 0.5})
    raise ValueError("boom")


@step(experiment_tracker="tracker", enable_cache=False)
def shows() -> None:
    import PIL.Image

    get_run().log({"loss": 1})
    get_run().log_image("picture", PIL.Image.new("RGB", (2, 2), "red"))
    get_run().log_table("cells", ["n", "s"], [[1, "a"], [2, "b"]])
    get_run().log({"loss": 2})


@step(experiment_tracker="tracker", enable_cache=False)
def labels(folder: str) -> None:
    import PIL.Image

    get_run().log_artifact(Path(folder) / "notes.txt", type="note", aliases=["best"])
    get_run().log_image("picture", PIL.Image.new("RGB", (2, 2), "red"), caption="all red")


tries: list[object] = []


@step(experiment_tracker="tracker", enable_cache=False, retry=StepRetryConfig(max_retries=2, delay=0))
def retried() -> None:
    tries.append(get_run())
    get_run().log({"loss": len(tries)})
    if len(tries) < 2:
        raise ValueError("first")


@step(experiment_tracker="tracker", enable_cache=False)
def threaded() -> None:
    held = []
    context = contextvars.copy_context()
    own = get_run()
    thread = threading.Thread(target=context.run, args=[lambda: held.append(get_run())])
    thread.start()
    thread.join()
    held[0].log({"loss": 1})
    seen.update(same=held == [own], id=own.id)


@step(experiment_tracker="tracker", enable_cache=False)
def refused() -> None:
    get_run().log_params({"lr": 0.1})
    get_run().log({"good": 2, "bad*name": 1})
    get_run().log({"bad*name": 1, "good": 2})
    get_run().log_params({"lr": 0.2, "other": 1})


@step(experiment_tracker="tracker", enable_cache=False)
def nests() -> None:
    import mlflow

    with mlflow.start_run(run_name="child", nested=True):
        get_run().log({"loss": 1})
    get_run().log({"loss": 2})


@step(experiment_tracker="tracker", enable_cache=False)
def ends_natively() -> None:
    import mlflow

    mlflow.end_run()
    try:
        get_run()
    except NoActiveRun as error:
        seen["said"] = str(error)


@step(experiment_tracker="tracker", enable_cache=False)
def mixes() -> None:
    import wandb

    get_run().add_tags("blue", "x" * 65)
    wandb.log({"own": 1})
    wandb.log({"own": 2})
    get_run().log({"loss": 3})
    get_run().log({"lost": 4}, step=0)


@step(experiment_tracker="tracker", enable_cache=False)
def loses_its_own() -> None:
    active.leave(get_run())
    try:
        get_run()
    except NoActiveRun as error:
        seen["said"] = str(error)


@step(enable_cache=False)
def untracked() -> None:
    try:
        get_run()
    except NoActiveRun as error:
        seen["said"] = str(error)


@step(experiment_tracker="tracker", enable_cache=False)
def summarizes() -> None:
    get_run().define_metric("loss", summary="min")
    get_run().summary["best"] = 0.93
    get_run().log({"loss": 1})
    get_run().log({"loss": 2})


@step(experiment_tracker=True, enable_cache=False)
def logs_to_all() -> None:
    get_run().log({"loss": 1})
    get_run("tracker").log({"own": 2})
    get_run().log({"loss": 3})
    with get_run().child("fold"):
        pass
    seen["ids"] = [get_run().id, get_run("ours").id, get_run("tracker").id]
