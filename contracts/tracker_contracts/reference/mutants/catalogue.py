"""All broken trackers."""

from __future__ import annotations

from importlib import import_module

from tracker_contracts.clauses import CLAUSES
from tracker_contracts.reference.mutants.mutant import Mutant, declared

FILES = (
    "lifecycle",
    "leftovers",
    "neighbours",
    "relations",
    "moved",
    "children",
    "outage",
    "tagging",
    "metadata",
    "metrics",
    "not_finite",
    "media",
    "failure",
    "url",
    "security",
    "port",
    "values.tags",
    "values.settings",
    "values.rows",
    "values.metrics",
    "values.steps",
    "values.odd",
    "values.params",
    "values.native",
    "values.last",
    "values.endings",
    "values.company",
    "pairs.settings",
    "pairs.library",
    "pairs.logged",
    "pairs.company",
)


def _all() -> tuple[Mutant, ...]:
    for file in FILES:
        import_module(f"tracker_contracts.reference.mutants.{file}")
    order = list(CLAUSES)
    return tuple(sorted(declared, key=lambda mutant: order.index(mutant.clause)))


MUTANTS = _all()
"""In the order of the contract."""
