"""Reads a place in a process of its own: `python -m tracker_contracts.engine.fresh HARNESS FOLDER PLACE`."""

from __future__ import annotations

import sys
from pathlib import Path

from tracker_contracts.harness import Place, load
from tracker_contracts.observed import RUNS


def main() -> None:
    """Print the runs of a place."""
    spec, folder, name = sys.argv[1:]
    runs = load(spec)().read(Place(Path(folder), name))
    sys.stdout.write("\n" + RUNS.dump_json(runs).decode() + "\n")


if __name__ == "__main__":
    main()
