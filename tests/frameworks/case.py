"""What is tried: a framework that trains in a step, and what it must leave in the step's run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import NamedTuple

from tests.frameworks import cases

BACKENDS = ("trackio", "mlflow", "wandb", "tensorboard")

Body = Callable[[str], None]
"""The step: it trains, for the backend of this name."""
Rows = Mapping[str, int]
"""How many values of each metric."""


class Case(NamedTuple):
    framework: str
    what: str
    """What logs, in a few words."""
    rows: Callable[[str], Rows]
    """By the backend: the libraries have names of their own."""
    body: Body
    backends: tuple[str, ...] = BACKENDS
    """On which it makes sense: MLflow's autolog means nothing to TensorBoard."""
    runs: int = 1
    """Of the project, those of the frameworks' own making too."""
    raises: str = ""
    """What the step raises, as it is meant to."""
    is_step: bool = True
    """Whether the body is the step; else it runs a pipeline with it."""
    in_children: bool = False
    """Whether the rows are to be in runs of the frameworks' own making."""
    rules: Mapping[str, str] = {}
    """By the backend: what rule of the framework or the library keeps rows from the run, and no fault of ours."""

    @property
    def name(self) -> str:
        return f"{self.framework}: {self.what}"

    @property
    def fails(self) -> bool:
        """Whether the step is meant to."""
        return bool(self.raises)


_all: dict[str, Case] = {}


def case(
    framework: str,
    what: str,
    rows: Rows | Callable[[str], Rows],
    *,
    on: tuple[str, ...] = BACKENDS,
    runs: int = 1,
    raises: str = "",
    is_step: bool = True,
    in_children: bool = False,
    rules: Mapping[str, str] | None = None,
) -> Callable[[Body], Body]:
    """Make the function a case."""

    def register(body: Body) -> Body:
        wanted = rows if callable(rows) else lambda backend: rows
        made = Case(framework, what, wanted, body, on, runs, raises, is_step, in_children, rules or {})
        assert made.name not in _all, made.name
        _all[made.name] = made
        return body

    return register


def all_cases() -> dict[str, Case]:
    """By their names, a framework's beside each other; loads no framework."""
    for module in iter_modules(cases.__path__, f"{cases.__name__}."):
        import_module(module.name)
    return dict(_all)
