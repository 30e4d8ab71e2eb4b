"""The one list that the matrix is made of, `compat/versions.toml`: releases, what rules pairs out, and causes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, ValidationError, model_validator

from tracker_contracts.clauses import CLAUSES
from tracker_contracts.engine.profiles import MATRIX, PROFILES
from tracker_contracts.matrix.model import Cell, minor

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

DEFAULT = Path("compat") / "versions.toml"
RELEASED = ("zenml", "trackio", "mlflow", "wandb")
"""Packages whose releases are listed."""


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


def _profile(name: str) -> str:
    if name not in PROFILES:
        raise ValueError(f"there is no profile {name!r}, but {', '.join(PROFILES)}")
    return name


def _clause(id: str) -> str:
    if id not in CLAUSES:
        raise ValueError(f"there is no clause {id!r}; `tracker-contracts clauses` shows all")
    return id


Release = Annotated[str, AfterValidator(_release)]
Specifier = Annotated[str, AfterValidator(_specifier)]
OneRequirement = Annotated[str, AfterValidator(_requirement)]
ClauseId = Annotated[str, AfterValidator(_clause)]
ProfileName = Annotated[str, AfterValidator(_profile)]


class _Listed(BaseModel):
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True, extra="forbid")


class _Some(_Listed):
    """What holds for some cells: those within all of the specifiers; none given, for all cells."""

    python: Specifier = ""
    zenml: Specifier = ""
    trackio: Specifier = ""

    def holds_for(self, cell: Cell) -> bool:
        """Whether it is about this cell."""
        return all(_within(getattr(cell, part), getattr(self, part)) for part in ("python", "zenml", "trackio"))


class RuledOut(_Some):
    """Releases that their makers don't offer together."""

    why: str
    """What says so, from the packages' own metadata."""


class Need(_Listed):
    """What some releases need beside what they declare; where only some Pythons do, the requirement has a marker."""

    zenml: Specifier = ""
    trackio: Specifier = ""
    """One of both: the need belongs to the one package."""
    requirements: list[OneRequirement] = []
    """Installed as well."""
    constraints: list[OneRequirement] = []
    """They hold for what others require."""
    why: str

    @model_validator(mode="after")
    def _of_one_package(self) -> Need:
        if bool(self.zenml) == bool(self.trackio):
            raise ValueError("give `zenml` or `trackio`, the one whose releases need it")
        return self

    def is_of(self, package: str, release: str) -> bool:
        """Whether a release of `zenml` or `trackio` needs it."""
        specifier: str = getattr(self, package)
        return bool(specifier) and _within(release, specifier)


class Break(_Listed):
    """A release of ZenML that a tracker can tell from the one before."""

    zenml: Release
    """The first release that is different."""
    what: str


class Contract(_Some):
    """A tracker that the contract is tried on."""

    harness: str
    """An installed name, or `package.module:Class`."""
    profile: ProfileName = MATRIX.name
    """How hard the contract tries."""


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


class Versions(_Listed):
    """All of the list."""

    packages: dict[str, str]
    """The folder of each distribution under test, from the root of the repository."""
    python: Annotated[list[Release], Field(min_length=1)]
    zenml: Annotated[list[Release], Field(min_length=1)]
    """The newest patch of each release."""
    trackio: Annotated[list[Release], Field(min_length=1)]
    mlflow: list[Release] = []
    wandb: list[Release] = []
    """Of these, only the newest is tried: by the tests of the packages, beside the newest ZenML and Trackio."""
    ruled_out: list[RuledOut] = []
    needs: list[Need] = []
    breaks: list[Break] = []
    contracts: Annotated[list[Contract], Field(min_length=1)]
    pages: list[Page] = []
    causes: list[Cause] = []

    @model_validator(mode="after")
    def _one_patch_each(self) -> Versions:
        for field in ("python", *RELEASED):
            _refuse_twins(field, getattr(self, field))
        return self

    @property
    def newest(self) -> dict[str, str]:
        """The newest release of each package that is listed."""
        listed = {package: getattr(self, package) for package in RELEASED}
        return {package: max(releases, key=Version) for package, releases in listed.items() if releases}

    def reasons_against(self, cell: Cell) -> list[str]:
        """Why the cell is ruled out; nothing, if it is not."""
        return [rule.why for rule in self.ruled_out if rule.holds_for(cell)]

    def needs_of(self, package: str, release: str) -> list[Need]:
        """What a release of `zenml` or `trackio` needs beside what it declares."""
        return [need for need in self.needs if need.is_of(package, release)]

    def causes_in(self, cell: Cell, clause: str | None = None) -> list[Cause]:
        """The known causes of a broken clause, or of a cell that is red as a whole."""
        return [cause for cause in self.causes if cause.explains(cell, clause)]


def load(file: Path = DEFAULT) -> Versions:
    """The list in a file.

    Raises:
        VersionsError: There is no such file, or something in it is wrong.
    """
    try:
        return Versions.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise VersionsError(
            f"{file} can't be read ({error.strerror}); start in the root of a checkout, or give --versions FILE."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise VersionsError(f"{file} is no TOML: {error}.") from error
    except ValidationError as error:
        raise VersionsError("\n".join(f"{file}: {_told(each)}" for each in error.errors())) from error


def root_of(file: Path) -> Path:
    """The root of the repository, that all paths in the list are from: the folder above the one of the list."""
    return file.resolve().parent.parent


@cache
def _within(release: str, specifier: str) -> bool:
    return SpecifierSet(specifier).contains(Version(release), prereleases=True)


def _refuse_twins(field: str, releases: Sequence[str]) -> None:
    seen: dict[str, str] = {}
    for release in releases:
        if (twin := seen.setdefault(minor(release), release)) is not release:
            raise ValueError(f"`{field}` has both {twin} and {release}; keep the newer patch alone")


def _told(error: Any) -> str:
    """One error, at its place in the file: `needs[2].why: Field required`."""
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"]).lstrip(".")
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        message = "there is no such field"
    return f"{place}: {message}." if place else f"{message}."
