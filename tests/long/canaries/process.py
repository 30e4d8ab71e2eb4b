"""The process that has all the secrets: `python -m tests.long.canaries.process FOLDER ADDRESSES`, with JSON.

It registers the tracker of each case, runs a pipeline with it, and shows all that anybody could look at: logs at DEBUG,
representations, pickles, the variables of its children, tracebacks with the values of local variables.
"""

from __future__ import annotations

import faulthandler
import json
import logging
import os
import pickle
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
from tracker_contracts.drivers.stores import leave_out_what_no_trial_needs
from zenml import pipeline, step
from zenml.client import Client
from zenml.enums import StackComponentType

from tests.long.canaries.cases import CASES, Case
from tests.support import direct, pipelines
from zenml_trackers import get_run
from zenml_trackers.cli import main as command

FOLDER = "SECRETS_FOLDER"
OF_ZENML = f"{os.sep}zenml{os.sep}"
"""In the path of a file of ZenML itself."""


@step(experiment_tracker="tracker", enable_cache=False)
def work(name: str) -> None:
    run, folder = get_run(), Path(os.environ[FOLDER])
    run.log({"m": 1})
    run.log_params({"p": 1})
    run.log_artifact(__file__, "code")
    run.flush(5)
    component: Any = Client().active_stack.experiment_tracker
    for what in (run, component, component.config, run.native):
        _show(folder, name, what)
    (folder / f"{name}.children.txt").write_text("\n".join(_children()))
    with (folder / f"{name}.crash.txt").open("w") as file:
        faulthandler.dump_traceback(file)
    raise ValueError("over")


def _show(folder: Path, name: str, what: object) -> None:
    kind = type(what).__name__
    (folder / f"{name}.{kind}.txt").write_text(f"{what!r}\n{what}")
    with suppress(Exception):  # not everything can be pickled
        (folder / f"{name}.{kind}.pickle").write_bytes(pickle.dumps(what))


def _children() -> Iterator[str]:
    """The commands and variables of all processes that were started here, and of one that is now."""
    yield subprocess.run(["env"], capture_output=True, text=True, check=True).stdout
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            yield f"{child.cmdline()} {child.environ()}"


def _pipeline(name: str) -> Any:
    @pipeline(name=name, enable_cache=False)
    def secrets() -> None:
        work(name)

    return secrets


def _try(case: Case, addresses: Mapping[str, str], folder: Path) -> None:
    name, client = case.file, Client()
    try:
        _register(case, name, addresses)
    except BaseException as error:
        (folder / f"{name}.refused.txt").write_text(f"{error!r} {error}")
        return
    with suppress(Exception):
        _pipeline(name)()
    try:
        component: Any = client.active_stack.experiment_tracker
        component.prepare_step_run(direct.info())
        component.cleanup_step_run(direct.info(), False)
    except BaseException as error:
        (folder / f"{name}.raised.txt").write_text("\n".join(_told(error)))
    with suppress(SystemExit, Exception):
        command(["doctor", "--tracker", "tracker"], standalone_mode=False)
    client.activate_stack("default")
    client.delete_stack("stack-tracker")
    client.delete_stack_component("tracker", StackComponentType.EXPERIMENT_TRACKER)


def _register(case: Case, name: str, addresses: Mapping[str, str]) -> None:
    given = case.secret
    if case.kept:
        Client().create_secret(name, {"key": case.secret})
        given = f"{{{{{name}.key}}}}"
    register = {"trackio": pipelines.stack_with, "unified": pipelines.unified_stack_with}[case.flavor]
    register(**case.config(addresses, given))


def _told(error: BaseException | None) -> Iterator[str]:
    """All that a reporter of errors sees, but for what ZenML itself holds, and what this very file does."""
    while error is not None:
        yield f"{type(error).__name__}: {error!r} {error.__dict__}"
        for frame, _ in traceback.walk_tb(error.__traceback__):
            file = frame.f_code.co_filename
            if OF_ZENML not in file and file != __file__:
                yield f"{file}:{frame.f_lineno} {frame.f_code.co_name} {_values(frame.f_locals)}"
        error = error.__cause__ or error.__context__


def _values(local: Mapping[str, Any]) -> str:
    shown = []
    for name, value in local.items():
        with suppress(Exception):  # of an object that is not finished
            shown.append(f"{name}={value!r}")
    return " ".join(shown)


def main(folder: Path, addresses: Mapping[str, str]) -> None:
    os.environ[FOLDER] = str(folder)
    leave_out_what_no_trial_needs()
    logging.getLogger().setLevel(logging.DEBUG)
    handler = logging.FileHandler(folder / "debug.log")
    handler.setLevel(logging.DEBUG)
    logging.getLogger().addHandler(handler)
    for case in CASES:
        print(f"case: {case.name}", flush=True)
        _try(case, addresses, folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
