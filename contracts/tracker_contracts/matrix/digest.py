"""What a cell's report is a report of, in 16 characters: the packages under test, and what the cell does with them."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution
from pathlib import Path
from zipfile import ZipFile

from tracker_contracts.matrix.blocks import blocks
from tracker_contracts.matrix.model import Cell
from tracker_contracts.matrix.requirements import constraints, requirements
from tracker_contracts.matrix.versions import Versions
from tracker_contracts.profiles import PROFILES

LENGTH = 16
NOT_CODE = (".dist-info/", ".pyc", "../")
"""Parts of a path that tell how a package was installed, not what it does."""


def digest(versions: Versions, root: Path, cell: Cell, code: Iterable[str]) -> str:
    """The same for the same code and plan, wherever the cell is run.

    Args:
        versions: The list.
        root: What the pages' paths are from.
        cell: The cell.
        code: The files of the packages, from `of_wheel` or `of_installed`.
    """
    plan = {
        "install": requirements(versions, cell) + constraints(versions, cell),
        "contracts": [
            [each.harness, PROFILES[each.profile].model_dump(), *filter(None, [each.budget])]
            for each in versions.contracts
            if each.holds_for(cell)
        ],
        "pages": [[page.model_dump(), _blocks(root / page.file)] for page in versions.pages if page.holds_for(cell)],
        "code": sorted(code),
    }
    return hashlib.sha256(json.dumps(plan, sort_keys=True).encode()).hexdigest()[:LENGTH]


def of_wheel(wheel: Path) -> Iterator[str]:
    """Path and hash of each file that a wheel brings."""
    with ZipFile(wheel) as files:
        [record] = [name for name in files.namelist() if name.endswith(".dist-info/RECORD")]
        rows = csv.reader(files.read(record).decode().splitlines())
        yield from (f"{path} {hashed}" for path, hashed, _ in rows if _is_code(path))


def of_installed(name: str) -> Iterator[str]:
    """Path and hash of each file that an installed distribution brought.

    Raises:
        importlib.metadata.PackageNotFoundError: It is not installed.
    """
    for file in distribution(name).files or []:
        if _is_code(str(file)):
            yield f"{file} {file.hash.mode}={file.hash.value}" if file.hash else f"{file} "


def _is_code(path: str) -> bool:
    return not any(part in path for part in NOT_CODE)


def _blocks(page: Path) -> list[list[str]]:
    return [[block.when, block.code] for block in blocks(page)]
