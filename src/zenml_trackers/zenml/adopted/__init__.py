"""Runs that ZenML's built-in flavors started, taken as they are: one small module a flavor.

The flavor begins the run, ends it and says how it ended; a sink here only writes to it, through the library's public
API. A module has the name of its flavor and a function `adopt`, and loads the library when that is called.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from zenml_trackers.zenml.adopted.sink import AdoptedSink

FLAVORS = ("comet", "mlflow", "neptune", "vertex", "wandb")
"""The flavors whose runs can be adopted."""


def adopt(component: Any) -> AdoptedSink:
    """The run that a component of one of `FLAVORS` has open in this context.

    Raises:
        NoActiveRun: It has none; the message says what may have ended it.
    """
    sink: AdoptedSink = import_module(f"{__name__}.{component.flavor}").adopt(component)
    return sink
