"""What is written from the list: the constraints of each release, and tox's environments. A test holds them equal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tracker_contracts.matrix import plan
from tracker_contracts.matrix.environments import OWN
from tracker_contracts.matrix.model import PYTHON, age, collapsed, factor, in_order, short
from tracker_contracts.matrix.requirements import file_name, needed, of_newest, of_release
from tracker_contracts.matrix.versions import Versions, root_of

CONSTRAINTS = "constraints"
"""The folder beside the list."""
TOX = Path("tox.ini")
END = "# Here the matrix ends."


class NoPlace(ValueError):
    """A file lacks the lines between which the matrix is written; the message says how to mend it."""


def begin(file: Path) -> str:
    """The line after which the matrix is written."""
    return f"# The matrix, written by `tracker-contracts matrix --write` from {file.as_posix()}: edit that."


def files(versions: Versions, file: Path, tox: str) -> dict[Path, str]:
    """The text of each file that is written, by its path from the root.

    Args:
        versions: The list.
        file: Its path from the root.
        tox: What tox.ini has now, of which only the part between two lines is written.

    Raises:
        NoPlace: It lacks those lines.
    """
    part = "\n".join((*_labels(versions), "", *_section(versions, file.parent / CONSTRAINTS)))
    return {TOX: _between_marks(tox, begin(file), part), **dict(_constraints_files(versions, file))}


def write(versions: Versions, file: Path) -> list[Path]:
    """Write all files, and take those away whose release is gone; returns what was changed.

    Raises:
        NoPlace: As `files`; or there is no tox.ini.
    """
    root = root_of(versions, file)
    if not (root / TOX).is_file():
        raise NoPlace(f"{root} has no {TOX}; --write is for those who run cells by tox, --run needs nothing written.")
    due = files(versions, file.resolve().relative_to(root), (root / TOX).read_text(encoding="utf-8"))
    stored = sorted((file.resolve().parent / CONSTRAINTS).glob("*.txt"))
    gone = [each for each in stored if each.relative_to(root) not in due]
    for each in gone:
        each.unlink()
    changed = [root / path for path, text in due.items() if _text_of(root / path) != text]
    for each in changed:
        each.parent.mkdir(parents=True, exist_ok=True)
        each.write_text(due[each.relative_to(root)], encoding="utf-8")
    return [*gone, *changed]


def _constraints_files(versions: Versions, file: Path) -> Iterator[tuple[Path, str]]:
    """The constraints of each release, and of the newest ones together."""
    folder, head = file.parent / CONSTRAINTS, f"# Written from {file.as_posix()}."
    for package in versions.libraries:
        for release in plan.ordered(versions.axes[package]):
            reasons = [f"# {need.why}" for need in versions.needs_of(package, release) if need.constraints]
            lines = [head, *reasons, *of_release(versions, package, release), ""]
            yield folder / file_name(package, release), "\n".join(lines)
    yield folder / "newest.txt", "\n".join([head, *of_newest(versions), ""])


def _labels(versions: Versions) -> Iterator[str]:
    yield "labels ="
    for name in plan.SETS:
        blocks = collapsed(sorted(plan.cells(versions, name), key=age))
        yield f"    {name} = {', '.join(map(_environments, blocks))}"


def _section(versions: Versions, constraints: Path) -> Iterator[str]:
    yield f"[testenv:{_environments(versions.axes)}]"
    yield "description = a cell of the compatibility matrix; `tox -m smoke` and `tox -m full` run sets of them"
    yield "uv_seed = true"
    yield "constraints ="
    yield from (f"    {condition} {(constraints / file).as_posix()}" for condition, file in _constraints(versions))
    yield "deps ="
    yield from (f"    {_path(folder)}" for folder in versions.packages.values())
    if OWN not in versions.packages:
        yield f"    {OWN}"
    for package in versions.libraries:
        yield f"    {package}"
        for release in plan.ordered(versions.axes[package]):
            yield from _deps(versions, package, release)
    yield "commands = tracker-contracts matrix --cell {env_name} {posargs}"


def _path(folder: str) -> str:
    """The folder as tox takes it for one, and for no name of a package."""
    return folder if folder == "." else f"./{folder}"


def _constraints(versions: Versions) -> Iterator[tuple[str, str]]:
    """The file that holds for a release, by the factor of its name; tox installs nothing without it."""
    for package in versions.libraries:
        for release in plan.ordered(versions.axes[package]):
            yield f"{short(package)}{factor(release)}:", file_name(package, release)


def _deps(versions: Versions, package: str, release: str) -> Iterator[str]:
    condition = f"    {short(package)}{factor(release)}:"
    yield from (f"{condition} {requirement}" for requirement in needed(versions, package, release))


def _environments(block: Mapping[str, Iterable[str]]) -> str:
    """Names of environments, written as one."""
    return "-".join(f"{short(axis)}{_factors(block[axis])}" for axis in (PYTHON, *in_order(block)))


def _factors(releases: Iterable[str]) -> str:
    """`{310,313}`; or `310`, if it is one."""
    factors = [factor(release) for release in plan.ordered(releases)]
    return factors[0] if len(factors) == 1 else f"{{{','.join(factors)}}}"


def _between_marks(text: str, first: str, part: str) -> str:
    before, begins, rest = text.partition(f"{first}\n")
    _, end, after = rest.partition(f"{END}\n")
    if not (begins and end):
        raise NoPlace(f"{TOX} lacks one of the lines between which the matrix is written: {first!r} and {END!r}.")
    return f"{before}{begins}{part}\n{end}{after}"


def _text_of(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.exists() else None
