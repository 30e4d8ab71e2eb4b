"""What a harness declares of its backend's numbers is held against it, and no more is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tracker_contracts.clauses import Driver
from tracker_contracts.drivers.expect import Tally, tally
from tracker_contracts.drivers.world import World
from tracker_contracts.engine.execute import Stage
from tracker_contracts.engine.reader import Reader
from tracker_contracts.engine.smoke import made
from tracker_contracts.harness import NON_FINITE_NAMES, HarnessBroken, Place, TrackerHarness
from tracker_contracts.judges.judge import all_judges
from tracker_contracts.observed import ObservedRun
from tracker_contracts.programs.program import Program
from tracker_contracts.reference.mutants import metrics, not_finite
from tracker_contracts.report.verdict import Verdict

from tests.contract import harnesses


def harness_of(mutant: type, **declared: Any) -> TrackerHarness:
    """The harness that was made for a mutant, with other declarations."""
    module = {each.__name__: each for each in (metrics, not_finite)}[mutant.__module__]
    base: type[TrackerHarness] = getattr(module, f"{mutant.__name__}Harness")
    kind = type("Declares", (base,), declared)
    found: TrackerHarness = kind()
    return found


def verdicts_of_m3(harness: TrackerHarness, folder: Path) -> set[Verdict]:
    tally.set(Tally())
    with closing(Here()) as reader:
        stage = Stage(World(harness, Driver.DIRECT, folder), reader)
        traces = [stage.execute(Program.of({"numbers": numbers})) for numbers in ("not-finite", "zeros", "extremes")]
    kept = [all(check.holds for check in all_judges()["M3"](trace)) for trace in traces]
    return {Verdict.KEPT if each else Verdict.BROKEN for each in kept}


class Here(Reader):
    """Reads in this process, which alone knows a class that a test made."""

    def read(self, harness: TrackerHarness, place: Place) -> list[ObservedRun]:
        return harness.read(place)


@pytest.mark.parametrize(
    ("mutant", "declared"),
    [
        (metrics.LosesTheSignOfZero, {"signed_zero": False}),
        (metrics.StoresSinglePrecision, {"precision": 32}),
        (not_finite.RefusesWhatItDeclaresToStore, {"non_finite": frozenset[str]()}),
    ],
)
@pytest.mark.slow
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
