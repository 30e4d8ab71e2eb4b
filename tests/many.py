"""`python -m tests.many [--processes N] [--rows N] [--tracker NAME]`: processes that all log into one project at once.

Each logs to a run of its own, with default settings, into a store that is there already. What is found then is read
back row by row; the command fails if a run is not whole, or anything is left in a journal.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from zenml_trackers import connect
from zenml_trackers.model.records import Status

URLS = {
    "memory": "memory://{0.name}",
    "trackio": "trackio:///many",
    "tensorboard": "tensorboard:///{0}/boards",
    "comet": "comet+offline:///{0}/comet",
    "aim": "aim:///{0}/aim",
    "mlflow": "mlflow+sqlite:///{0}/runs.db",
    "wandb": "wandb+offline:///{0}/wandb",
}
VARIABLES = {
    "TRACKIO_DIR": "{0}/trackio",
    "ZENML_TRACKERS_JOURNAL": "{0}/journals",
    "WANDB_DIR": "{0}/wandb-own",
    "WANDB_DATA_DIR": "{0}/wandb-data",
    "WANDB_CONFIG_DIR": "{0}/wandb-config",
    "WANDB_ERROR_REPORTING": "false",
    "COMET_ERROR_TRACKING_ENABLE": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "HF_HUB_OFFLINE": "1",
}
WORK = """
import sys
from zenml_trackers import connect
with connect(sys.argv[1]).start_run(sys.argv[2]) as run:
    for number in range(int(sys.argv[3])):
        run.log({"m": number})
"""
FIRST = "first"
HEAD = """| Tracker | Seconds | Runs | Rows | All, once, in order | Left in journals |
|---|---|---|---|---|---|"""


def main() -> int:
    options = _options()
    print(HEAD)
    whole = [_is_whole(tracker, options.processes, options.rows) for tracker in options.tracker or URLS]
    return int(not all(whole))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.many", description=(__doc__ or "").partition("\n\n")[2])
    parser.add_argument("--processes", type=int, default=16, metavar="N")
    parser.add_argument("--rows", type=int, default=10_000, metavar="N", help="that each of them logs")
    parser.add_argument("--tracker", action="append", choices=list(URLS), help="may be repeated")
    return parser.parse_args()


def _is_whole(tracker: str, processes: int, rows: int) -> bool:
    """Have them log, and print a row of the table."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
        folder = Path(made)
        os.environ.update({name: value.format(folder) for name, value in VARIABLES.items()})
        url = URLS[tracker].format(folder)
        _started(url, FIRST, 1, folder).wait()
        began = time.monotonic()
        started = [_started(url, f"run-{number}", rows, folder) for number in range(processes)]
        ended = [process.wait() for process in started]
        seconds = time.monotonic() - began
        runs = [run for run in connect(url).read() if run.name != FIRST]
        found = sum(len(run.metrics) for run in runs)
        exact = all([point.value for point in run.metrics] == [*range(rows)] for run in runs)
        good = exact and not any(ended) and [run.status for run in runs] == [Status.FINISHED] * processes
        left = len(list((folder / "journals").glob("*-*")))
    cells = (tracker, f"{seconds:.0f}", len(runs), f"{found:,}", "yes" if good else "**no**", left)
    print(f"| {' | '.join(map(str, cells))} |", flush=True)
    return good and not left


def _started(url: str, name: str, rows: int, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WORK, url, name, str(rows)]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
