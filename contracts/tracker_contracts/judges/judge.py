"""The judges, by clause."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module

from tracker_contracts.clauses import CLAUSES
from tracker_contracts.judges.trace import Check, Trace

Judge = Callable[[Trace], Iterator[Check]]

CHAPTERS = ("lifecycle", "tagging", "metadata", "failure", "url", "security")
_judges: dict[str, Judge] = {}


def judges(clause: str) -> Callable[[Judge], Judge]:
    """Declare a function as the judge of a clause; its docstring tells an author what a failure means.

    Args:
        clause: The clause's id.
    """

    def declare(judge: Judge) -> Judge:
        _judges[CLAUSES[clause].id] = judge
        return judge

    return declare


@cache
def all_judges() -> dict[str, Judge]:
    """Each clause's, in the order of the contract."""
    for chapter in CHAPTERS:
        import_module(f"tracker_contracts.judges.{chapter}")
    return {clause: _judges[clause] for clause in CLAUSES if clause in _judges}


def judged(trace: Trace) -> Iterator[tuple[str, Check]]:
    """What every clause's judge compares."""
    return ((clause, check) for clause, judge in all_judges().items() for check in judge(trace))
