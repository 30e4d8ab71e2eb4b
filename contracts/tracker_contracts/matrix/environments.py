"""Environments of cells, built by uv: the cell's releases, and wheels of the packages under test, built once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from packaging.utils import canonicalize_name, parse_wheel_filename

from tracker_contracts.matrix.model import PYTHON, Cell
from tracker_contracts.matrix.requirements import constraints, requirements
from tracker_contracts.matrix.versions import Versions

OWN = "tracker-contracts"
"""In each cell too, since it tries the cell there."""
SHOWN = 2000
"""Characters of what uv said last."""
OF_THIS_ENVIRONMENT = ("PYTHON", "VIRTUAL_ENV", "TRACKER_CONTRACTS_")
"""What variables begin with that would let this environment into another."""


class NotBuilt(Exception):
    """Something can't be built or installed; the message is what uv says."""


def build_wheels(versions: Versions, root: Path, folder: Path) -> list[Path]:
    """The packages under test, as a release would have them; and this one, if it was installed from a folder.

    Raises:
        NotBuilt: One can't be built, or is another than the list says.
    """
    sources = {name: root / package for name, package in versions.packages.items()}
    if isinstance(own := own_source(versions), Path):
        sources[OWN] = own
    for name, source in sources.items():
        uv("build", "--quiet", "--wheel", "--out-dir", str(folder), str(source))
        built = {parse_wheel_filename(wheel.name)[0] for wheel in folder.glob("*.whl")}
        if canonicalize_name(name) not in built:
            raise NotBuilt(f"packages.{name}: {source} makes no {name}; name the package as its pyproject.toml does.")
    return sorted(folder.glob("*.whl"))


def own_source(versions: Versions) -> Path | str | None:
    """The folder that this package was installed from, or what installs it in a cell; none, if it is under test."""
    if OWN in versions.packages:
        return None
    own = distribution(OWN)
    told = json.loads(own.read_text("direct_url.json") or "{}")
    if "dir_info" in told:
        return Path(url2pathname(urlsplit(told["url"]).path))
    within = f"#subdirectory={told['subdirectory']}" if "subdirectory" in told else ""
    if "vcs_info" in told:
        return f"{OWN} @ {told['vcs_info']['vcs']}+{told['url']}@{told['vcs_info']['commit_id']}{within}"
    return f"{OWN} @ {told['url']}" if told else f"{OWN}=={own.version}"


def need_python(release: str) -> None:
    """Make sure that there is such a Python, so that a machine without it is not taken for a release that fails.

    Raises:
        NotBuilt: There is none, and uv can't fetch it.
    """
    try:
        uv("python", "find", release)
    except NotBuilt:
        try:
            uv("python", "install", "--quiet", release)
        except NotBuilt as error:
            way_out = "Install it; if pyenv has it, name it in PYENV_VERSION."
            raise NotBuilt(
                f"Python {release} is not on this machine, and uv can't fetch it. {way_out}\n{error}"
            ) from error


@dataclass(frozen=True)
class Builder:
    """What an environment is made of."""

    versions: Versions
    wheels: Sequence[Path]

    def build(self, cell: Cell, folder: Path) -> Path:
        """Make an environment, with pip in it; returns the folder of its commands.

        Raises:
            NotBuilt: The releases can't be had together.
        """
        environment, pins = folder / "venv", folder / "constraints.txt"
        folder.mkdir(parents=True)
        pins.write_text("\n".join(constraints(self.versions, cell)) + "\n", encoding="utf-8")
        needed = [*requirements(self.versions, cell), *map(str, self.wheels)]
        if isinstance(own := own_source(self.versions), str):
            needed.append(own)
        uv("venv", "--quiet", "--seed", "--python", cell[PYTHON], str(environment))
        uv("pip", "install", "--quiet", "--python", str(environment), "--constraint", str(pins), *needed)
        return environment / "bin"


def uv(*arguments: str, said: str = "") -> str:
    """What uv prints.

    Args:
        arguments: Of uv.
        said: What it reads from standard input.

    Raises:
        NotBuilt: It fails; or there is no uv.
    """
    command = [*_uv(), *arguments]
    done = subprocess.run(command, input=said, capture_output=True, encoding="utf-8", env=neutral(), check=False)
    if done.returncode != 0:
        raise NotBuilt(done.stderr.strip()[-SHOWN:])
    return done.stdout


def neutral() -> Mapping[str, str]:
    """This process's variables, without those that would let its own environment into another."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OF_THIS_ENVIRONMENT)}


@cache
def _uv() -> list[str]:
    own = Path(sys.executable).with_name("uv")
    if (found := str(own) if own.exists() else shutil.which("uv")) is None:
        raise NotBuilt("The matrix needs uv, which is not installed: pip install uv")
    return [found]
