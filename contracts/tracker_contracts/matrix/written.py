"""What is written from the list: the constraints of each release, and tox's environments. A test holds them equal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from tracker_contracts.matrix import plan
from tracker_contracts.matrix.model import Cell, age, factor
from tracker_contracts.matrix.requirements import PACKAGES, file_name, needed, of_newest, of_release
from tracker_contracts.matrix.versions import Versions

CONSTRAINTS = Path("compat") / "constraints"
NEWEST = CONSTRAINTS / "newest.txt"
TOX = Path("tox.ini")
BEGIN = "# The matrix, written by `tracker-contracts matrix --write` from compat/versions.toml: edit that."
END = "# Here the matrix ends."

K = TypeVar("K")


class NoPlace(ValueError):
    """A file lacks the lines between which the matrix is written; the message says how to mend it."""


def files(versions: Versions, tox: str) -> dict[Path, str]:
    """The text of each file that is written, by its path from the root.

    Args:
        versions: The list.
        tox: What tox.ini has now, of which only the part between two lines is written.

    Raises:
        NoPlace: It lacks those lines.
    """
    return {TOX: _between_marks(tox, tox_part(versions)), **dict(constraints_files(versions))}


def write(versions: Versions, root: Path) -> list[Path]:
    """Write all files, and take those away whose release is gone; returns what was changed.

    Raises:
        NoPlace: As `files`.
    """
    due = files(versions, (root / TOX).read_text(encoding="utf-8"))
    gone = [file for file in sorted((root / CONSTRAINTS).glob("*.txt")) if file.relative_to(root) not in due]
    for file in gone:
        file.unlink()
    changed = [root / path for path, text in due.items() if _text_of(root / path) != text]
    for file in changed:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(due[file.relative_to(root)], encoding="utf-8")
    return [*gone, *changed]


def constraints_files(versions: Versions) -> Iterator[tuple[Path, str]]:
    """The constraints of each release, and of the newest ones together."""
    for package in PACKAGES:
        for release in plan.ordered(getattr(versions, package)):
            reasons = [f"# {need.why}" for need in versions.needs_of(package, release) if need.constraints]
            lines = [*reasons, *of_release(versions, package, release)]
            yield CONSTRAINTS / file_name(package, release), _lines(lines)
    yield NEWEST, _lines(of_newest(versions))


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(["# Written from compat/versions.toml.", *lines, ""])


def tox_part(versions: Versions) -> str:
    """The end of tox's section `[tox]`, and the section of the cells."""
    return "\n".join((*_labels(versions), "", *_section(versions)))


def _labels(versions: Versions) -> Iterator[str]:
    yield "labels ="
    for name in plan.SETS:
        yield f"    {name} = {', '.join(_grouped(plan.cells(versions, name)))}"


def _section(versions: Versions) -> Iterator[str]:
    pythons, releases, tracked = (_factors(getattr(versions, field)) for field in ("python", "zenml", "trackio"))
    yield f"[testenv:py{pythons}-zenml{releases}-trackio{tracked}]"
    yield "description = a cell of the compatibility matrix; `tox -m smoke` and `tox -m full` run sets of them"
    yield "uv_seed = true"
    yield "constraints ="
    yield from (f"    {condition} {file}" for condition, file in _constraints(versions))
    yield "deps ="
    yield from (f"    {_path(folder)}" for folder in versions.packages.values())
    for package in PACKAGES:
        yield f"    {package}"
        for release in plan.ordered(getattr(versions, package)):
            yield from _deps(versions, package, release)
    yield "commands = tracker-contracts matrix --cell {env_name} {posargs}"


def _path(folder: str) -> str:
    """The folder as tox takes it for one, and for no name of a package."""
    return folder if folder == "." else f"./{folder}"


def _constraints(versions: Versions) -> Iterator[tuple[str, str]]:
    """The file that holds for a release, by the factor of its name; tox installs nothing without it."""
    for package in PACKAGES:
        for release in plan.ordered(getattr(versions, package)):
            yield f"{package}{factor(release)}:", (CONSTRAINTS / file_name(package, release)).as_posix()


def _deps(versions: Versions, package: str, release: str) -> Iterator[str]:
    condition = f"    {package}{factor(release)}:"
    yield from (f"{condition} {requirement}" for requirement in needed(versions, package, release))


def _grouped(cells: Iterable[Cell]) -> Iterator[str]:
    """Names of environments, with as many as possible written as one."""
    pythons = _collected(((cell.zenml, cell.trackio), cell.python) for cell in sorted(cells, key=age))
    tracked = _collected(((python, zenml), trackio) for (zenml, trackio), python in pythons.items())
    releases = _collected(((python, trackio), zenml) for (python, zenml), trackio in tracked.items())
    for (python, trackio), zenml in releases.items():
        yield f"py{_factors(python)}-zenml{_factors(zenml)}-trackio{_factors(trackio)}"


def _collected(pairs: Iterable[tuple[K, str]]) -> dict[K, tuple[str, ...]]:
    """All values of each key, in their order."""
    found: dict[K, tuple[str, ...]] = {}
    for key, value in pairs:
        found[key] = (*found.get(key, ()), value)
    return found


def _factors(releases: Iterable[str]) -> str:
    """`{310,313}`; or `310`, if it is one."""
    factors = [factor(release) for release in plan.ordered(releases)]
    return factors[0] if len(factors) == 1 else f"{{{','.join(factors)}}}"


def _between_marks(text: str, part: str) -> str:
    before, begin, rest = text.partition(f"{BEGIN}\n")
    _, end, after = rest.partition(f"{END}\n")
    if not (begin and end):
        raise NoPlace(f"{TOX} lacks one of the lines between which the matrix is written: {BEGIN!r} and {END!r}.")
    return f"{before}{begin}{part}\n{end}{after}"


def _text_of(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.exists() else None
