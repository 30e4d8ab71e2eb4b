"""Takes the place of `zenml.integrations.trackio`, wherever Python or ZenML looks for it.

This module is imported whenever ZenML is (and, through a path file, whenever Python starts), so it imports nothing
but the standard library, and nothing that it does may raise.
"""

from __future__ import annotations

import os
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

PACKAGE = "zenml.integrations.trackio"
SWITCH = "ZENML_TRACKERS_SEAT"


def take() -> None:
    """Serve the package from here on, unless `ZENML_TRACKERS_SEAT=off`; does nothing if it is served already."""
    if os.environ.get(SWITCH, "").lower() != "off" and not is_taken():
        sys.meta_path.insert(0, Seat())


def is_taken() -> bool:
    """Whether this process gets our classes under ZenML's name."""
    return any(isinstance(finder, Seat) for finder in sys.meta_path)


class Seat(MetaPathFinder, Loader):
    """Finds and fills the modules of `zenml.integrations.trackio`; leaves all others alone."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Ours for the modules that we serve, None for all others."""
        if fullname != PACKAGE and not fullname.startswith(PACKAGE + "."):
            return None
        try:
            from zenml_trackers.zenml import integration

            if fullname not in integration.MODULES:
                return None
        except Exception:  # rather ZenML's own classes, if it has any, than no ZenML
            return None
        return ModuleSpec(fullname, self, is_package=integration.MODULES[fullname])

    def exec_module(self, module: ModuleType) -> None:
        """Put our names into the module."""
        from zenml_trackers.zenml import integration

        integration.fill(module, replaced=_built_in())


def _built_in() -> bool:
    """Whether this ZenML has an integration of that name itself."""
    parent = sys.modules.get("zenml.integrations")
    return parent is not None and PathFinder.find_spec(PACKAGE, list(parent.__path__)) is not None
