"""Has `zenml.integrations.trackio` served by zenml-trackers; `ZENML_TRACKERS_OVERRIDE=off` leaves it to ZenML.

Each start of Python imports this module, by a path file, and ZenML calls it, by a hook. So it imports nothing that is
not loaded anyway, and stands outside of the package, whose own import would cost more. Nothing here may raise.
"""

import sys

PACKAGE = "zenml.integrations.trackio"


class Override:
    """A finder for the modules of that package; all others are left alone."""

    @staticmethod
    def find_spec(fullname: str, path: object = None, target: object = None) -> object:
        """The module of ours that is served by that name, or None."""
        if fullname != PACKAGE and not fullname.startswith(PACKAGE + "."):
            return None
        try:
            from zenml_trackers.zenml.override import spec_of
        except Exception:  # rather ZenML's own classes, if it has any, than no ZenML
            return None
        return spec_of(fullname)


def is_installed() -> bool:
    """Whether the finder is asked."""
    return id(Override) in map(id, sys.meta_path)


def install() -> None:
    """Put the finder before all others; once."""
    if not is_installed():
        sys.meta_path.insert(0, Override)  # type: ignore[arg-type]  # whose types are in modules that nobody has loaded


install()
