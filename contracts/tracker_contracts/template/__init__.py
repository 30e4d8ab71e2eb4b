"""The beginning of a harness, for the author of a tracker."""

from __future__ import annotations

from importlib.resources import files
from keyword import iskeyword
from pathlib import Path
from string import Template


def write(package: str, folder: Path) -> list[Path]:
    """Write a harness into a package, and a test beside it; the package is made if there is none.

    Raises:
        ValueError: Python can't import a package of that name.
        FileExistsError: One of the files is there; nothing was written.
    """
    if not package.isidentifier() or iskeyword(package):
        raise ValueError(f"{package!r} can't be the name of a package: use letters, digits and underscores.")
    made = {
        folder / package / "harness.py": _filled("harness", package),
        folder / "tests" / f"test_{package}_contract.py": _filled("test", package),
    }
    if there := [str(file) for file in made if file.exists()]:
        raise FileExistsError(f"{' and '.join(there)} would be overwritten.")
    if not (begin := folder / package / "__init__.py").exists():
        made = {begin: "", **made}
    for file, text in made.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return list(made)


def _filled(name: str, package: str) -> str:
    text = (files(__name__) / f"{name}.py.template").read_text(encoding="utf-8")
    return Template(text).substitute(package=package, tracker=package.replace("_", "-"))
