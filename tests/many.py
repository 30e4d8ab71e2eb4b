"""`python -m tests.many [--processes N] [--threads N] [--rows N] [--tracker NAME]`: runs in one project, all at once.

Each thread of each process logs to a run of its own, with default settings, into a store that is there already. What is
found then is read back row by row; the command fails if a run is not whole, or anything is left in a journal.
"""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.faults.server import Server
from tests.support.made import VARIABLE as MADE
from tests.support.server import TOKEN
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
    "trackio-server": "trackio+{1}/many",
    "mlflow-server": "mlflow+{1}/many",
}
"""By the folder and the address of a server."""
SERVER = "-server"
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
    "TRACKIO_WRITE_TOKEN": TOKEN,
}
WORK = """
import sys
from threading import Thread
from zenml_trackers import connect

url, rows, *names = sys.argv[1:]

def work(name):
    with connect(url).start_run(name) as run:
        for number in range(int(rows)):
            run.log({"m": number})

threads = [Thread(target=work, args=[name]) for name in names]
for each in threads:
    each.start()
for each in threads:
    each.join()
"""
FIRST = "first"
HEAD = """| Tracker | Seconds | Runs | Rows | All, once, in order | Left in journals |
|---|---|---|---|---|---|"""


def main() -> int:
    options = _options()
    print(HEAD)
    names = [[f"run-{process}-{thread}" for thread in range(options.threads)] for process in range(options.processes)]
    whole = [_is_whole(tracker, names, options.rows) for tracker in options.tracker or URLS]
    return int(not all(whole))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.many", description=(__doc__ or "").partition("\n\n")[2])
    parser.add_argument("--processes", type=int, default=16, metavar="N")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="of each process")
    parser.add_argument("--rows", type=int, default=10_000, metavar="N", help="that each of them logs")
    parser.add_argument("--tracker", action="append", choices=list(URLS), help="may be repeated")
    return parser.parse_args()


def _is_whole(tracker: str, names: Sequence[Sequence[str]], rows: int) -> bool:
    """Have a process log to the runs of each list, and print a row of the table."""
    wanted = sorted(itertools.chain(*names))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made, ExitStack() as serving:
        folder = Path(made)
        os.environ.update({name: value.format(folder) for name, value in VARIABLES.items()})
        os.environ[MADE] = str(folder / "made")
        url = URLS[tracker].format(folder, _served(tracker, folder, serving))
        _started(url, [FIRST], 1, folder).wait()
        began = time.monotonic()
        ended = [process.wait() for process in [_started(url, each, rows, folder) for each in names]]
        seconds = time.monotonic() - began
        runs = [run for run in connect(url).read() if run.name != FIRST]
        found = sum(len(run.metrics) for run in runs)
        exact = all([point.value for point in run.metrics] == [*range(rows)] for run in runs)
        ends = sorted(run.name for run in runs if run.status is Status.FINISHED)
        good = exact and not any(ended) and ends == wanted
        left = len(list((folder / "journals").glob("*-*")))
    cells = (tracker, f"{seconds:.0f}", len(runs), f"{found:,}", "yes" if good else "**no**", left)
    print(f"| {' | '.join(map(str, cells))} |", flush=True)
    return good and not left


def _served(tracker: str, folder: Path, serving: ExitStack) -> str:
    """The address of a server that is started, if the tracker is one."""
    if not tracker.endswith(SERVER):
        return ""
    server = Server(tracker.removesuffix(SERVER), folder / "server")
    server.start()
    serving.callback(server.stop)
    return server.url


def _started(url: str, names: Sequence[str], rows: int, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WORK, url, str(rows), *names]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
