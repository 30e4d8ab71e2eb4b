"""The newest releases that the registry has, listed or not."""

from __future__ import annotations

from collections.abc import Sequence

from packaging.requirements import Requirement

from tracker_contracts.matrix import plan
from tracker_contracts.matrix.environments import uv
from tracker_contracts.matrix.model import PYTHON, Cell
from tracker_contracts.matrix.versions import Versions


def newest_cell(versions: Versions, pre: bool) -> Cell:
    """The newest of each package, on the highest Python that the list allows for the newest that it has.

    Args:
        versions: The list.
        pre: Whether a release that comes before a release counts; those of other packages never do.

    Raises:
        NotBuilt: The registry can't be asked.
    """
    listed = plan.newest(versions)
    # naming one is how uv is told to take releases of that kind, of this package alone
    wanted = [f"{package}>={listed[package]}{'.dev0' if pre else ''}" for package in versions.libraries]
    answer = uv(
        "pip", "compile", "--quiet", "--no-header", "--python-version", listed[PYTHON], "-", said="\n".join(wanted)
    )
    found = _pins(answer.splitlines())
    return listed.but(**{package: found[package] for package in versions.libraries})


def _pins(lines: Sequence[str]) -> dict[str, str]:
    """Release by name, of uv's lines such as `zenml==0.98.0`."""
    pins = [Requirement(line) for line in lines if line and not line.lstrip().startswith("#")]
    return {pin.name: str(pin.specifier).removeprefix("==") for pin in pins}
