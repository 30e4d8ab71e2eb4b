"""The one list that the matrix is made of, `versions.toml`: releases, what rules pairs out, and causes."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import product
from pathlib import Path
from typing import Annotated, Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, ValidationError, model_validator

from tracker_contracts.clauses import CLAUSES
from tracker_contracts.matrix.model import PYTHON, Cell, factor, in_order
from tracker_contracts.profiles import MATRIX, PROFILES

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PLACES = (Path("versions.toml"), Path("compat") / "versions.toml")
"""Where the list is looked for, from the folder of the package."""
LABELS = {PYTHON: "Python", "zenml": "ZenML"}

WAYS_OUT = {
    "missing": "it is missing; add it",
    "extra_forbidden": "there is no such field; releases stand under [axes], and beside that there are {fields}",
    "dict_type": "write a table, such as [axes]",
    "model_type": "write a table of its own, such as [[contracts]]",
    "list_type": 'write a list, such as ["0.98.0"]',
    "string_type": "write a text in quotes",
    "too_short": "name one at least",
}
"""What is said of an error, by pydantic's name of it, where that says less itself."""


class VersionsError(ValueError):
    """The list can't be used; the message names the file, the field and the way out."""


def _release(text: str) -> str:
    try:
        return str(Version(text))
    except InvalidVersion:
        raise ValueError(f"{text!r} is no release; write one such as 0.84.3") from None


def _specifier(text: str) -> str:
    try:
        return str(SpecifierSet(text)) and text
    except InvalidSpecifier:
        raise ValueError(f"{text!r} names no releases; write such as '<0.91', '>=0.84,<0.85' or '==0.96.*'") from None


def _requirement(text: str) -> str:
    try:
        return str(Requirement(text)) and text
    except InvalidRequirement:
        raise ValueError(f"{text!r} is no requirement; write such as 'setuptools<82'") from None


def _axis(name: str) -> str:
    if (known := canonicalize_name(name)) != name:
        raise ValueError(f"write the package's name as {known!r}")
    return name


def _profile(name: str) -> str:
    if name not in PROFILES:
        raise ValueError(f"there is no profile {name!r}, but {', '.join(PROFILES)}")
    return name


def _clause(id: str) -> str:
    if id not in CLAUSES:
        raise ValueError(f"there is no clause {id!r}; `tracker-contracts clauses` shows all")
    return id


Axis = Annotated[str, AfterValidator(_axis)]
Release = Annotated[str, AfterValidator(_release)]
Releases = Annotated[list[Release], Field(min_length=1)]
OneRequirement = Annotated[str, AfterValidator(_requirement)]
ClauseId = Annotated[str, AfterValidator(_clause)]
ProfileName = Annotated[str, AfterValidator(_profile)]


class _Listed(BaseModel):
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True, extra="forbid")


class _Some(_Listed):
    """What holds for some cells: those within all of the specifiers, one a field named as its axis; none, for all."""

    model_config = ConfigDict(extra="allow")

    @property
    def within(self) -> dict[str, str]:
        """The specifier by axis."""
        return self.__pydantic_extra__ or {}

    def holds_for(self, cell: Cell) -> bool:
        """Whether it is about this cell."""
        return all(_within(cell[axis], specifier) for axis, specifier in self.within.items())


class RuledOut(_Some):
    """Releases that their makers don't offer together."""

    why: str
    """What says so, from the packages' own metadata."""


class Need(_Some):
    """What some releases of one package need beside what they declare; if only some Pythons do, with a marker."""

    requirements: list[OneRequirement] = []
    """Installed as well."""
    constraints: list[OneRequirement] = []
    """They hold for what others require."""
    why: str

    def is_of(self, package: str, release: str) -> bool:
        """Whether a release of a package needs it."""
        return package in self.within and _within(release, self.within[package])


class Break(_Some):
    """The first release of a package that a tracker can tell from the one before."""

    what: str
    """What is different from it on."""


class Contract(_Some):
    """A tracker that the contract is tried on."""

    harness: str
    """An installed name, or `package.module:Class`."""
    profile: ProfileName = MATRIX.name
    """How hard the contract tries."""
    budget: Annotated[float, Field(gt=0)] | None = None
    """Seconds after which no further program begins; none: as the profile says."""


class Page(_Some):
    """A documentation page whose blocks are run."""

    file: str
    harness: str
    """Whose reader then looks for the runs."""
    place: str
    """The mark of the blocks for the place where that reader looks, such as `local`."""
    project: str
    """The placeholder of the project's name on the page."""
    runs: Annotated[int, Field(ge=1)]
    """That the page leaves behind, all of them finished."""


class Cause(_Some):
    """Why something is red that this project can't mend."""

    clauses: list[ClauseId] = []
    """The clauses that it breaks; none: the cell can't be installed or tried at all, or the page fails."""
    cause: str
    link: HttpUrl
    """The issue or the line of source."""

    def explains(self, cell: Cell, clause: str | None = None) -> bool:
        """Whether it is the cause of a broken clause in a cell; or of the cell's being red, if no clause is given."""
        return self.holds_for(cell) and (clause in self.clauses if clause else not self.clauses)


RULES: dict[str, type[_Some]] = {
    "ruled_out": RuledOut,
    "needs": Need,
    "breaks": Break,
    "contracts": Contract,
    "pages": Page,
    "causes": Cause,
}
"""By the table of the list that has them."""


class Versions(_Listed):
    """All of the list."""

    root: str = "."
    """The folder that all paths are from, seen from the folder of the list."""
    packages: Annotated[dict[str, str], Field(min_length=1)]
    """The folder of each distribution under test."""
    axes: dict[Axis, Releases]
    """The releases of `python`, and of each package that the matrix has more than one of: one patch of each."""
    labels: dict[Axis, str] = {}
    """What an axis is called for people, if that is not its name."""
    beside: dict[str, Release] = {}
    """No axis: of these the tests take the newest, beside the newest of the axes."""
    ruled_out: list[RuledOut] = []
    needs: list[Need] = []
    breaks: list[Break] = []
    contracts: Annotated[list[Contract], Field(min_length=1)]
    pages: list[Page] = []
    causes: list[Cause] = []

    @model_validator(mode="after")
    def _makes_sense(self) -> Versions:
        if PYTHON not in self.axes or len(self.axes) < 2:
            raise ValueError('axes: name `python` and one package at least, such as zenml = ["0.98.0"]')
        for axis, releases in self.axes.items():
            _refuse_twins(axis, releases)
            _refuse_fields(axis)
        for place, each in self._rules():
            _check_axes(place, each, self.axes)
        if all(map(self.reasons_against, self.combinations)):
            raise ValueError("ruled_out: no cell is left; rule out less")
        return self

    def _rules(self) -> Iterator[tuple[str, _Some]]:
        for field in RULES:
            yield from ((f"{field}[{index}]", each) for index, each in enumerate(getattr(self, field)))

    @property
    def libraries(self) -> list[str]:
        """The axes that are packages, ZenML before all others."""
        return in_order(self.axes)

    @property
    def first(self) -> str:
        """The package that the matrix is mostly about: ZenML, if it is an axis."""
        return self.libraries[0]

    @property
    def as_read(self) -> list[str]:
        """The axes in the order in which people read them: Python comes second."""
        return [self.first, PYTHON, *self.libraries[1:]]

    @property
    def combinations(self) -> list[Cell]:
        """All of them, ruled out or not."""
        releases = [sorted(self.axes[axis], key=Version) for axis in self.as_read]
        return [Cell(dict(zip(self.as_read, chosen, strict=True))) for chosen in product(*releases)]

    @property
    def newest(self) -> dict[str, str]:
        """The newest release of each package that is listed."""
        return {package: max(self.axes[package], key=Version) for package in self.libraries} | self.beside

    def label(self, axis: str) -> str:
        """What people call the axis."""
        return self.labels.get(axis) or LABELS.get(axis, axis)

    def told(self, cell: Cell) -> str:
        """The cell for people, such as `ZenML 0.84.3, Python 3.11`."""
        return ", ".join(f"{self.label(axis)} {cell[axis]}" for axis in self.as_read)

    def reasons_against(self, cell: Cell) -> list[str]:
        """Why the cell is ruled out; nothing, if it is not."""
        return [rule.why for rule in self.ruled_out if rule.holds_for(cell)]

    def needs_of(self, package: str, release: str) -> list[Need]:
        """What a release of a package needs beside what it declares."""
        return [need for need in self.needs if need.is_of(package, release)]

    def causes_in(self, cell: Cell, clause: str | None = None) -> list[Cause]:
        """The known causes of a broken clause, or of a cell that is red as a whole."""
        return [cause for cause in self.causes if cause.explains(cell, clause)]


def load(file: Path) -> Versions:
    """The list in a file.

    Raises:
        VersionsError: There is no such file, or something in it is wrong.
    """
    try:
        versions = Versions.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise VersionsError(
            f"{file} can't be read ({error.strerror}); start in the folder that has it, or give --versions FILE."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise VersionsError(f"{file} is no TOML: {error}.") from error
    except ValidationError as error:
        raise VersionsError("\n".join(f"{file}: {_told(each)}" for each in error.errors())) from error
    named = {f"packages.{name}": f"{folder}/pyproject.toml" for name, folder in versions.packages.items()}
    named |= {f"pages[{index}].file": page.file for index, page in enumerate(versions.pages)}
    for field, path in named.items():
        if not (there := root_of(versions, file) / path).is_file():
            raise VersionsError(f"{file}: {field}: there is no {there}; paths are from `root`, {versions.root!r}.")
    return versions


def default_file() -> Path:
    """Where the list is, seen from this folder."""
    return next((place for place in PLACES if place.is_file()), PLACES[0])


def root_of(versions: Versions, file: Path) -> Path:
    """The folder that all paths in the list are from."""
    return (file.parent / versions.root).resolve()


@cache
def _within(release: str, specifier: str) -> bool:
    return SpecifierSet(specifier).contains(Version(release), prereleases=True)


def _refuse_fields(axis: str) -> None:
    """Else what is meant for some releases of a package would be read as something else."""
    for table, rule in RULES.items():
        if axis in rule.model_fields:
            raise ValueError(f"axes.{axis}: a package of that name can be no axis, since [[{table}]] has such a field")


def _refuse_twins(axis: str, releases: Sequence[str]) -> None:
    seen: dict[str, str] = {}
    for release in releases:
        if axis == PYTHON and len(Version(release).release) != 2:
            raise ValueError(f"axes.{axis}: {release!r} is no such release as '3.12', without a patch")
        if (twin := seen.setdefault(factor(release), release)) is not release:
            raise ValueError(f"axes.{axis}: {twin} and {release} are the same cell; keep the newer one alone")


def _check_axes(place: str, rule: _Some, axes: Collection[str]) -> None:
    """Fields beside a rule's own are names of axes."""
    for name, text in rule.within.items():
        if name not in axes:
            own = ", ".join(type(rule).model_fields)
            raise ValueError(f"{place}.{name}: there is no such field or axis, but {own}; {', '.join(axes)}")
        if not isinstance(text, str):
            raise ValueError(f"{place}.{name}: {WAYS_OUT['string_type']}")
        try:
            (_release if isinstance(rule, Break) else _specifier)(text)
        except ValueError as error:
            raise ValueError(f"{place}.{name}: {error}") from error
    if isinstance(rule, Need | Break) and (len(rule.within) != 1 or PYTHON in rule.within):
        libraries = " or ".join(f"`{axis}`" for axis in in_order(axes))
        raise ValueError(f"{place}: give {libraries}, the one whose releases it is about")


def _told(error: Any) -> str:
    """One error, at its place in the file: `needs[2].why: it is missing; add it.`"""
    parts = [part for part in error["loc"] if part != "[key]"]
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).lstrip(".")
    told = WAYS_OUT.get(error["type"], error["msg"].removeprefix("Value error, "))
    message = told.replace("{fields}", ", ".join(Versions.model_fields))
    return f"{place}: {message}." if place else f"{message}."
