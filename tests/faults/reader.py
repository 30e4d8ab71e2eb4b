"""The runs of a project as another process finds them: `python -m tests.faults.reader URL` prints them, a line each."""

from __future__ import annotations

import sys

from tests.faults.found import Run
from tests.faults.place import PROJECT
from zenml_trackers import connect
from zenml_trackers.model.stored import StoredRun


def main(url: str) -> None:
    for run in connect(url, project=PROJECT).read():
        print(_told(run).model_dump_json())


def _told(run: StoredRun) -> Run:
    return Run(
        name=run.name,
        status=run.status.value if run.status else "none",
        error=f"{run.error.type}: {run.error.message}" if run.error else "",
        values=[point.value for point in run.metrics if point.name == "m"],
    )


if __name__ == "__main__":
    main(sys.argv[1])
