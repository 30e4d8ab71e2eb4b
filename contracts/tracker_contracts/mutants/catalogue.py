"""All broken trackers."""

from __future__ import annotations

from importlib import import_module

from tracker_contracts.clauses import CLAUSES
from tracker_contracts.mutants.mutant import Mutant, declared

CHAPTERS = ("lifecycle", "tagging", "metadata", "failure", "url", "security")


def _all() -> tuple[Mutant, ...]:
    for chapter in CHAPTERS:
        import_module(f"tracker_contracts.mutants.{chapter}")
    order = list(CLAUSES)
    return tuple(sorted(declared, key=lambda mutant: order.index(mutant.clause)))


MUTANTS = _all()
"""In the order of the contract."""
