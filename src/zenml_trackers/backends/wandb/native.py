"""W&B's own calls in a tracked step: they reach the step's run, join it, and don't end it.

Shadows `Run._finish` and `Run.log` of the runs that we make (seen in W&B 0.31).
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from weakref import WeakKeyDictionary

from zenml_trackers.backends.common.step_module import StepModule
from zenml_trackers.backends.common.step_runs import Untaken
from zenml_trackers.backends.wandb.names import STEP
from zenml_trackers.port.inert import Inert

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
OF_OURS = ("name", "project", "entity", "group", "job_type", "id")
"""What the run has of its own, whatever `wandb.init` asks for."""
ENDING = ("finish", "join", "teardown")


def keep_open(run: Any) -> None:
    """Have the library's own `finish` leave the run to the step's end, and its `log` take any step."""
    run._finish = lambda exit_code=None: None
    run.log = partial(_log, run)
    has = {kind: getattr(run, kind) for kind in OF_OURS}
    _untaken[run] = Untaken(**has)


def _log(run: Any, data: Any, step: int | None = None, *args: Any, **kwargs: Any) -> None:
    """`wandb.log`: a step that is given is a column, as ours is; W&B's own can't fall, which would cost the row."""
    stepped = data if step is None or not isinstance(data, Mapping) else {STEP: step, **data}
    type(run).log(run, stepped, None, *args, **kwargs)


def really_finish(run: Any, exit_code: int) -> None:
    """Deliver all that is queued, and end the run, under the name that it began with."""
    _untaken[run].tell("wandb.run.name", name=run.name)
    if run.name != (own := _untaken[run].has["name"]):
        run.name = own
    type(run)._finish(run, exit_code=exit_code)


def attach(native: Any) -> Callable[[], None]:
    """Make `native` the current run of this context, until the returned function is called."""
    if isinstance(native, Inert) and find_spec("wandb") is not None:
        import_module("wandb")  # of an unfit release nobody has loaded it, but the step may
    if "wandb" not in sys.modules:
        return lambda: None  # it can't be imported, and then nobody calls it
    return _module.attach(disabled() if isinstance(native, Inert) else native)


def disabled() -> Any:
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
    original = sys.modules["wandb"].__dict__["init"]
    given = inspect.signature(original).bind(*args, **kwargs).arguments
    wanted = {**_settings_in(given.get("settings")), **given}
    if wanted.get("reinit") == "create_new":
        return original(*args, **kwargs)
    if wanted.get("mode") == "disabled":
        return disabled()
    run = _module.current
    if not run.disabled:
        _take(run, wanted)
    return run


def _settings_in(settings: Any) -> Mapping[str, Any]:
    """What was given as W&B's settings, by the names that `wandb.init` has for it."""
    given = settings if isinstance(settings, Mapping) else getattr(settings, "model_fields_set", ())
    values = {name: settings[name] if isinstance(settings, Mapping) else getattr(settings, name) for name in given}
    return {name.removeprefix("run_"): value for name, value in values.items()}


def _take(run: Any, given: Mapping[str, Any]) -> None:
    """Keep the config, the tags and the notes; all else is the run's already."""
    config = given.get("config")
    if config and not isinstance(config, str):
        run.config.update(config, allow_val_change=True)
    known = tuple(run.tags or ())
    if tags := tuple(tag for tag in given.get("tags") or () if tag not in known):
        run.tags = (*known, *tags)
    if given.get("notes"):
        run.notes = given["notes"]
    _untaken[run].tell("wandb.init()", **{kind: given.get(kind) for kind in OF_OURS})


_untaken: WeakKeyDictionary[Any, Untaken] = WeakKeyDictionary()
"""By the run, which takes no attributes but its own."""
_module = StepModule("wandb", ("run", "init", *ENDING, *OF_THE_RUN), _shown)
