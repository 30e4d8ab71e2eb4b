"""Whether a backend's library is installed in a release that the backend works with; found out without loading it."""

from __future__ import annotations

import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from importlib.util import find_spec

from packaging.requirements import Requirement
from packaging.version import InvalidVersion, Version

from zenml_trackers.errors import BackendMissing, BackendUnfit


@cache  # each step asks; a refusal is not kept, since the library may be installed meanwhile
def need_library(backend: str, module: str, requires: str) -> None:
    """See that a library is installed, in a release that its backend works with.

    If nothing tells the release, as in a checkout without metadata, the library is taken as it is.

    Args:
        backend: Whose library it is, for messages.
        module: What it is imported as.
        requires: The library and its releases, as in `wandb>=0.31`.

    Raises:
        BackendMissing: It is not installed; the message says how to install it.
        BackendUnfit: It is, in another release; the message says how to install one that fits.
    """
    needs = f"The tracker backend {backend!r} needs {requires}"
    if not _can_be_found(module):
        raise BackendMissing(f"{needs}, which is not installed. Install it: `pip install '{requires}'`.")
    wanted = Requirement(requires)
    found = releases(module, wanted.name)
    if found and not any(_fits(release, wanted) for release in found.values()):
        name, release = next(iter(found.items()))
        raise BackendUnfit(
            f"{needs}, but {name} {release} is installed. Install one that fits: `pip install '{requires}'`."
        )


def releases(module: str, distribution: str) -> dict[str, str]:
    """The release of a library by the name of its distribution, or of those that bring its module in its place.

    The module `tensorboard`, for example, may come from `tb-nightly`, and `mlflow` from `mlflow-skinny`.
    """
    release = _release(distribution)
    if release:
        return {distribution: release}
    return {name: release for name in _bringing(module) if (release := _release(name))}


def _can_be_found(module: str) -> bool:
    return module in sys.modules or find_spec(module) is not None


def _release(distribution: str) -> str | None:
    try:
        return version(distribution) or None  # None for metadata that name no version
    except (PackageNotFoundError, KeyError):
        return None


@cache  # all that is installed has to be looked through
def _bringing(module: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(packages_distributions().get(module.partition(".")[0], ())))


def _fits(release: str, wanted: Requirement) -> bool:
    try:
        return wanted.specifier.contains(Version(release), prereleases=True)
    except InvalidVersion:  # of a build of one's own, perhaps; nothing says that it does not fit
        return True
