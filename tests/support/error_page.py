"""The page of the errors, made from their classes: `python -m tests.support.error_page > docs/reference/errors.md`."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import getdoc

from zenml_trackers import errors

BEGIN = """# Errors

All errors of this package are `TrackerError`, from `zenml_trackers.errors`. In a step they are warnings, unless the
tracker is `strict`: then they are raised before the step's first line, or in the call that can't be stored. `connect()`
and what it gives raise them. The commands tell them in one line. This page is generated.

| Error | Also a | What is wrong | What to do |
|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    return BEGIN + "".join(f"{row}\n" for row in _rows())


def _rows() -> Iterator[str]:
    for name, each in sorted(vars(errors).items()):
        if isinstance(each, type) and issubclass(each, errors.TrackerError) and "\n\n" in (getdoc(each) or ""):
            wrong, way_out = " ".join((getdoc(each) or "").split("\n")).split("  ", 1)
            also = ", ".join(f"`{base.__name__}`" for base in each.__bases__ if base is not errors.TrackerError)
            yield f"| `{name}` | {also} | {wrong} | {way_out} |"


if __name__ == "__main__":
    print(page(), end="")
