"""W&B's own calls in a tracked step: they reach the step's run, join it, and don't end it.

Shadows `Run._finish` of the runs that we make (seen in W&B 0.31).
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from zenml_trackers.backends.common.step_module import StepModule
from zenml_trackers.port.backend import Inert

OF_THE_RUN = (
    "config",
    "summary",
    "log",
    "save",
    "watch",
    "unwatch",
    "use_artifact",
    "log_artifact",
    "log_model",
    "use_model",
    "link_model",
    "define_metric",
    "mark_preempting",
    "alert",
)
"""What of the module is the current run's."""
ENDING = ("finish", "join", "teardown")


def keep_open(run: Any) -> None:
    """Have the library's own `finish` leave the run to the step's end."""
    run._finish = lambda exit_code=None: None


def really_finish(run: Any, exit_code: int) -> None:
    """Deliver all that is queued, and end the run."""
    type(run)._finish(run, exit_code=exit_code)


def attach(native: Any) -> Callable[[], None]:
    """Make `native` the current run of this context, until the returned function is called."""
    if isinstance(native, Inert) and find_spec("wandb") is not None:
        import_module("wandb")  # of an unfit release nobody has loaded it, but the step may
    if "wandb" not in sys.modules:
        return lambda: None  # it can't be imported, and then nobody calls it
    return _module.attach(_disabled() if isinstance(native, Inert) else native)


def _disabled() -> Any:
    """A run of W&B's that takes all calls and stores nothing."""
    import wandb

    try:
        from wandb.sdk.lib.noop_run import NoopRun
    except ImportError:  # before 0.25
        return Inert()
    return NoopRun(wandb.Settings(mode="disabled", run_id="untracked", silent=True), {})


def _shown(name: str, run: Any) -> Any:
    if name in ENDING:
        return lambda *args, **kwargs: None
    own = {"run": run, "init": _join}
    return own[name] if name in own else getattr(run, name)


def _join(*args: Any, **kwargs: Any) -> Any:
    """`wandb.init`, which in a tracked step joins the step's run, as it joins any run that is open."""
    import wandb

    original = wandb.__dict__["init"]
    given = inspect.signature(original).bind(*args, **kwargs).arguments
    if given.get("reinit") == "create_new":
        return original(*args, **kwargs)
    run, config = _module.current, given.get("config")
    if config and not isinstance(config, str):
        run.config.update(config, allow_val_change=True)
    return run


_module = StepModule("wandb", ("run", "init", *ENDING, *OF_THE_RUN), _shown)
