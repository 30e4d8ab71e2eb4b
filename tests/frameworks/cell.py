"""One case on one backend, in a process of its own: `python -m tests.frameworks.cell CASE BACKEND FOLDER`.

Leaves what it found as `result.json` in the folder.
"""

from __future__ import annotations

import logging
import re
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path

from tracker_contracts.drivers.stores import leave_out_what_no_trial_needs
from zenml import pipeline, step
from zenml.client import Client

from tests.frameworks import place
from tests.frameworks.case import Case, all_cases
from tests.frameworks.found import Found
from tests.support import pipelines
from zenml_trackers import connect
from zenml_trackers.model.stored import StoredRun

MARK = re.compile(r"^process-\d+/")
"""What the names of a process's metrics begin with that the step started and that has no rank."""


class Warnings(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


@step(experiment_tracker="tracker", enable_cache=False)
def train(case: str, backend: str) -> None:
    all_cases()[case].body(backend)


@pipeline(enable_cache=False)
def frameworks(case: str, backend: str) -> None:
    train(case, backend)


def main(case: str, backend: str, folder: Path) -> None:
    leave_out_what_no_trial_needs()
    tried, url = all_cases()[case], place.url(backend, folder)
    pipelines.unified_stack_with(url=url)
    warnings = Warnings()
    logging.getLogger("zenml_trackers").addHandler(warnings)
    with suppress(Exception, SystemExit):
        _run(tried, backend)
    found = _found(tried, list(connect(url, project=place.PROJECT).read()), warnings.said)
    (folder / "result.json").write_text(found.model_dump_json())


def _run(case: Case, backend: str) -> None:
    if case.is_step:
        frameworks(case.name, backend)
    else:
        case.body(backend)


def _found(case: Case, stored: list[StoredRun], warnings: list[str]) -> Found:
    (run,) = Client().list_pipeline_runs().items
    of_the_step = [each for each in stored if each.step == "train" and each.parent is None]
    stored.sort(key=lambda each: each not in of_the_step)
    holding = [each for each in stored if each not in of_the_step] if case.in_children else of_the_step
    return Found(
        step=str(run.steps["train"].status.value),
        statuses=[each.status.value if each.status else "unknown" for each in stored],
        name=of_the_step[0].name if of_the_step else "",
        rows=Counter(MARK.sub("", point.name) for each in holding for point in each.metrics),
        warnings=warnings,
        error=_error(of_the_step),
    )


def _error(runs: list[StoredRun]) -> str:
    return ", ".join(f"{run.error.type}: {run.error.message}" for run in runs if run.error)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
