"""What was measured before, which no change is to make much worse."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.case import Result

WORSE = 1.5
"""How many times its bound a ratio may be in most of the pairs: a busy machine alone makes a fourth of it."""


def write(file: Path, results: Sequence[Result]) -> None:
    """Keep each case's ratio, those of other cases too."""
    kept = json.loads(file.read_text()) if file.exists() else {}
    kept |= {result.case.name: round(result.ratio, 3) for result in results}
    file.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n")


def exceeded(file: Path, results: Sequence[Result]) -> Iterator[str]:
    """A line for each case that is much worse than before, or of which nothing is kept."""
    kept = json.loads(file.read_text())
    for result in results:
        bound = kept.get(result.case.name)
        if bound is None:
            yield f"{result.case.name}: there is no bound; add it with --write"
        elif result.quartiles[0] > WORSE * bound:
            yield f"{result.case.name}: {result.ratio:.2f}, where it was {bound:.2f}"
