"""Where the author of a tracker begins: a harness, or a whole package with a backend behind `zenml-trackers`."""

from __future__ import annotations

from importlib.resources import files
from keyword import iskeyword
from pathlib import Path
from string import Template

TRACKER = {"{package}/harness.py": "tracker/harness.py", "tests/test_{package}_contract.py": "tracker/test.py"}
BACKEND = {
    "pyproject.toml": "backend/pyproject.toml",
    "{package}/backend.py": "backend/backend.py",
    "{package}/harness.py": "backend/harness.py",
    "tests/test_{package}_contract.py": "backend/test.py",
}
"""Which file is made from which template."""


def write(package: str, folder: Path, backend: bool = False) -> list[Path]:
    """Write a harness into a package, and a test beside it; the package is made if there is none.

    Args:
        package: The package's name; a backend is called by it too, without `_tracker` or `_backend` at its end.
        folder: Where the package is, or will be.
        backend: Whether to write a backend of JSON lines too, with which all of it conforms as it stands.

    Raises:
        ValueError: Python can't import a package of that name.
        FileExistsError: One of the files is there; nothing was written.
    """
    if not package.isidentifier() or iskeyword(package):
        raise ValueError(f"{package!r} can't be the name of a package: use letters, digits and underscores.")
    templates = BACKEND if backend else TRACKER
    made = {folder / file.format(package=package): filled(name, package) for file, name in templates.items()}
    if there := [str(file) for file in made if file.exists()]:
        raise FileExistsError(f"{' and '.join(there)} would be overwritten.")
    if not (begin := folder / package / "__init__.py").exists():
        made = {begin: "", **made}
    for file, text in made.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return list(made)


def name_of(package: str) -> str:
    """What the backend of a package is called."""
    return package.lower().removesuffix("_tracker").removesuffix("_backend").replace("_", "")


def filled(template: str, package: str) -> str:
    """A file made from a template, such as `backend/harness.py`."""
    text = (files(__name__) / f"{template}.template").read_text(encoding="utf-8")
    name = name_of(package)
    words = {"package": package, "tracker": package.replace("_", "-"), "name": name, "Kind": name.capitalize()}
    return Template(text).substitute(words)
