"""Each broken tracker that shows at one value or two does what its sentence says, by hand and without the suites."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import FunctionType

import pytest
from tracker_contracts.harness import TrackerHarness
from tracker_contracts.reference.mutants.catalogue import MUTANTS
from tracker_contracts.reference.mutants.harness import ReferenceHarness
from tracker_contracts.reference.mutants.mutant import Mutant

from tests.contract import proofs
from tests.contract.proofs.hand import Hand, Seen

HELPERS = {"hand", "library"}


def _proofs() -> dict[str, FunctionType]:
    names = {each.name for each in iter_modules(proofs.__path__)} - HELPERS
    modules = [import_module(f"{proofs.__name__}.{name}") for name in sorted(names)]
    return {name: each for module in modules for name, each in vars(module).items() if _is_proof(each, module.__name__)}


def _is_proof(each: object, module: str) -> bool:
    return isinstance(each, FunctionType) and each.__module__ == module and not each.__name__.startswith("_")


PROOFS = _proofs()
PROVEN = [mutant for mutant in MUTANTS if mutant.shows]


def test_each_has_its_proof() -> None:
    assert {mutant.name for mutant in PROVEN} == PROOFS.keys()


@pytest.mark.parametrize("mutant", PROVEN, ids=lambda mutant: mutant.name)
def test_it_differs_from_the_reference_as_its_sentence_says(mutant: Mutant, tmp_path: Path) -> None:
    proof = PROOFS[mutant.name]
    as_it_should_be = _driven(proof, ReferenceHarness, tmp_path / "reference", changed=False)
    expected = _driven(proof, ReferenceHarness, tmp_path / "changed", changed=True)
    broken = _driven(proof, mutant.harness, tmp_path / "broken", changed=False)
    assert broken == expected
    assert broken != as_it_should_be


def _driven(proof: FunctionType, harness: type[TrackerHarness], folder: Path, changed: bool) -> list[str]:
    """What came of it, as text, in which `1`, `1.0` and `True` differ, and one NaN is like another."""
    hand = Hand(harness, folder)
    with hand.watched():
        steps = proof(hand)
        next(steps)
        seen = hand.seen()
        if changed:
            with pytest.raises(StopIteration):
                steps.send(seen)
    return _told(seen)


def _told(seen: Seen) -> list[str]:
    for run in seen.runs:
        run.tags.sort()
    return [*map(repr, seen.runs), *map(repr, seen.told), repr(seen.warnings), seen.printed, repr(seen.left)]
