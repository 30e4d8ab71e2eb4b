"""`python -m tests.faults [--quick] [--fault WORDS] [--tracker NAME] [--results FILE] [--markdown FILE] [--jobs N]`."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

from tests.faults import results, table, trial, verdict
from tests.faults.fault import NONE, Fault, all_faults
from tests.faults.tracker import TRACKERS, Tracker
from tests.faults.verdict import Verdict
from tests.support import made, stores

QUICK = (
    ("killed", "trackio"),
    ("killed", "tensorboard"),
    ("an exception", "zenml-trackio"),
    ("SIGTERM", "mlflow"),
    ("folder emptied in the middle", "trackio"),
    ("database locked for 5 s", "mlflow"),
    ("database corrupt, then taken away", "trackio"),
    ("disk full", "trackio"),
    ("disk full", "aim"),
    ("killed and started again in the middle", "trackio-server"),
    ("gone from the middle on, back after the step", "mlflow-server"),
)
"""What is tried in minutes: each kind of fault, on the trackers that most depends on."""

Cell = tuple[Fault, Tracker]


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="zenml-trackers-faults-") as folder:
        place = Path(folder)
        os.environ.setdefault(made.VARIABLE, str(place / "made"))
        template = stores.make_template(place / "template")
        options.results = options.results or place / "results.jsonl"
        with ThreadPoolExecutor(options.jobs) as pool:
            tried = list(pool.map(lambda cell: _tried(cell, template, options), _wanted(options)))
        verdicts = results.judged(results.load(options.results))
    print(table.text(verdicts))
    if options.markdown:
        table.write(options.markdown, verdicts)
    return int(not all(tried) or any(each.trouble for each in verdicts.values()))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Faults that steps meet.")
    parser.add_argument("--quick", action="store_true", help="a handful of cells, in minutes")
    parser.add_argument("--fault", action="append", help="only faults with these words in their names; may be repeated")
    parser.add_argument("--tracker", action="append", choices=TRACKERS, help="may be repeated")
    parser.add_argument(
        "--results", type=Path, help="what is found is added to this file; the table has all that is in it"
    )
    parser.add_argument("--markdown", type=Path, help="the page whose table is to be made anew")
    parser.add_argument("--kills", type=int, default=1, help="how often what comes at any moment is tried")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--missing", action="store_true", help="only cells that the file of results lacks")
    parser.add_argument("--keep", type=Path, help="keep the folders of the cells below this one")
    return parser.parse_args()


def _wanted(options: argparse.Namespace) -> list[Cell]:
    """The cells, after the steps without a fault that they are measured by."""
    cells = [cell for cell in _possible() if _is_wanted(cell, options)]
    if not cells:
        sys.exit(f"There is no such cell; the faults are: {', '.join(all_faults())}.")
    usual = [(NONE, tracker) for tracker in dict.fromkeys(tracker for _, tracker in cells)]
    known = results.load(options.results) if options.missing and options.results else {}
    wanted = [*usual, *(cell for cell in cells if cell[0] is not NONE)]
    return [cell for cell in wanted if (cell[0].name, cell[1].name) not in known]


def _possible() -> list[Cell]:
    """What needs a file system of its own is told of where none can be mounted."""
    cells = [(fault, tracker) for fault in all_faults().values() for tracker in fault.trackers()]
    if os.geteuid() == 0 and shutil.which("mount"):
        return cells
    print("Not tried, since only root can mount:", ", ".join(dict.fromkeys(f.name for f, _ in cells if f.mounted)))
    return [cell for cell in cells if not cell[0].mounted]


def _is_wanted(cell: Cell, options: argparse.Namespace) -> bool:
    fault, tracker = (each.name for each in cell)
    if options.quick and (fault, tracker) not in QUICK:
        return False
    named = any(words.lower() in fault.lower() for words in options.fault or [""])
    return named and tracker in (options.tracker or TRACKERS)


_telling = Lock()


def _tried(cell: Cell, template: Path, options: argparse.Namespace) -> bool:
    """Whether the cell could be tried, whatever came of it."""
    try:
        for _ in range(options.kills if cell[0].anywhere else 1):
            if _try(cell, template, options).trouble:
                break
    except Exception:  # a server did not start, say
        print(f"{cell[0].name} on {cell[1].name} could not be tried:\n{traceback.format_exc()}", flush=True)
        return False
    return True


def _try(cell: Cell, template: Path, options: argparse.Namespace) -> Verdict:
    fault, tracker = cell
    folder = Path(tempfile.mkdtemp(dir=options.keep or template.parent))
    found = trial.run(fault, tracker, folder, template)
    with _telling:
        results.add(options.results, fault.name, tracker.name, found)
        usual = results.load(options.results).get((NONE.name, tracker.name), found)
        judged = verdict.of(fault, tracker, found, usual)
        where = f" ({folder})" if options.keep else ""
        print("\n  ".join([f"{fault.name} on {tracker.name}: {judged}{where}", *judged.trouble]), flush=True)
    if not options.keep:
        shutil.rmtree(folder, ignore_errors=True)
    return judged


if __name__ == "__main__":
    sys.exit(main())
