"""What a harness declares of its backend's numbers is held against it, and no more is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tracker_contracts.clauses import Driver
from tracker_contracts.harness import NON_FINITE_NAMES, HarnessBroken, TrackerHarness
from tracker_contracts.mutants import metrics, not_finite
from tracker_contracts.profiles import QUICK
from tracker_contracts.runner import judge
from tracker_contracts.smoke import made
from tracker_contracts.trial import trials_of
from tracker_contracts.verdict import Verdict
from tracker_contracts.world import World

from tests.contract import harnesses


def harness_of(mutant: type, **declared: Any) -> TrackerHarness:
    """The harness that was made for a mutant, with other declarations."""
    module = {each.__name__: each for each in (metrics, not_finite)}[mutant.__module__]
    base: type[TrackerHarness] = getattr(module, f"{mutant.__name__}Harness")
    kind = type("Declares", (base,), declared)
    found: TrackerHarness = kind()
    return found


def verdicts_of_m3(harness: TrackerHarness, folder: Path) -> set[Verdict]:
    world = World(harness, Driver.DIRECT, folder)
    return {judge(trial, world, QUICK).verdict for trial in trials_of("M3")}


@pytest.mark.parametrize(
    ("mutant", "declared"),
    [
        (metrics.LosesTheSignOfZero, {"signed_zero": False}),
        (metrics.StoresSinglePrecision, {"precision": 32}),
        (not_finite.RefusesWhatItDeclaresToStore, {"non_finite": frozenset[str]()}),
    ],
)
def test_what_is_declared_is_no_break(mutant: type, declared: Mapping[str, Any], tmp_path: Path) -> None:
    assert verdicts_of_m3(harness_of(mutant), tmp_path) >= {Verdict.BROKEN}
    assert verdicts_of_m3(harness_of(mutant, **declared), tmp_path) == {Verdict.KEPT}


def test_what_is_not_named_must_not_be_stored(tmp_path: Path) -> None:
    """Else a step author could not rely on what the harness says."""

    class StoresMore(harnesses.Plain):
        non_finite = frozenset({"nan"})

    assert verdicts_of_m3(StoresMore(), tmp_path) == {Verdict.KEPT, Verdict.BROKEN}


def test_all_is_stored_unless_declared() -> None:
    assert harnesses.Plain.non_finite == NON_FINITE_NAMES == {"nan", "inf", "-inf"}
    assert harnesses.Plain.signed_zero


@pytest.mark.parametrize(
    ("harness", "told"),
    [
        (harnesses.NonFiniteIsNoSet, "`non_finite` must be a frozenset of names, but it is True"),
        (harnesses.UnknownNonFinite, "`non_finite` names infinity, but there are only -inf, inf, nan"),
    ],
)
def test_a_wrong_declaration_is_told(harness: type, told: str) -> None:
    with pytest.raises(HarnessBroken) as raised:
        made(f"{harness.__module__}:{harness.__qualname__}")
    assert told in str(raised.value)
