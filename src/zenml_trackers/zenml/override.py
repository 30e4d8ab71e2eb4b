"""Serves our classes as `zenml.integrations.trackio`, where ZenML or anybody imports that.

`zenml_trackers_override`, which Python and ZenML import when they start, asks here for modules of that package alone.
"""

from __future__ import annotations

import os
import sys
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

from zenml_trackers_override import PACKAGE, is_installed

SWITCH = "ZENML_TRACKERS_OVERRIDE"


def is_on() -> bool:
    """Whether this process gets our classes under ZenML's name."""
    return not is_switched_off() and is_installed()


def is_switched_off() -> bool:
    """Whether the user wants ZenML's own classes."""
    return os.environ.get(SWITCH, "").lower() == "off"


def spec_of(fullname: str) -> ModuleSpec | None:
    """How the module is made that we serve by that name; None if it is ZenML's own to serve."""
    if is_switched_off():
        return None
    try:
        from zenml_trackers.zenml import integration
    except Exception:  # rather ZenML's own classes, if it has any, than no ZenML
        return None
    if fullname not in integration.MODULES:
        return None
    return ModuleSpec(fullname, _Served(), is_package=integration.MODULES[fullname])


class _Served(Loader):
    """Fills the modules."""

    def exec_module(self, module: ModuleType) -> None:
        """Put our names into the module."""
        from zenml_trackers.zenml import integration

        integration.fill(module, replaced=_built_in())


def _built_in() -> bool:
    """Whether this ZenML has an integration of that name itself."""
    parent = sys.modules.get("zenml.integrations")
    return parent is not None and PathFinder.find_spec(PACKAGE, list(parent.__path__)) is not None
