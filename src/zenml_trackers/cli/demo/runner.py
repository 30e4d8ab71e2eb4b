"""Runs the demo: the pipeline in one process, then the reading in another."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from zenml_trackers.cli import terminal
from zenml_trackers.cli.demo.folder import LOG, demo_folder, environment, trackio_folder
from zenml_trackers.cli.demo.table import how_to_see, show
from zenml_trackers.errors import DemoFailed
from zenml_trackers.model.records import Status
from zenml_trackers.model.stored import StoredRun

PROJECT = "digits"
EXPECTED = {"train": Status.FINISHED, "evaluate": Status.FINISHED, "quality_gate": Status.FAILED}
TAIL = 30
"""How many lines of the log are shown if the demo fails."""


def run(keep: Path | None = None) -> None:
    """Run the pipeline in `keep`, or in a folder that is gone afterwards, and show what was stored.

    Raises:
        DemoFailed: Something is missing, or went another way than it should.
    """
    _need_extra()
    console = terminal.console()
    with demo_folder(keep) as folder:
        console.print(f"A real pipeline, in {'' if keep else 'the throw-away folder '}{folder}:")
        with console.status("at work", spinner="line"):
            for line in _lines_of("stage", folder, PROJECT):
                console.print(f"  {line}")
            runs = [StoredRun.model_validate_json(line) for line in _lines_of("reader", folder, PROJECT)]
        console.print("\nWhat a fresh process finds in Trackio's store:")
        show(console, runs, with_urls=keep is not None)  # no dashboard has a folder that is thrown away
        _need_expected(runs)
        console.print(how_to_see(PROJECT, trackio_folder(folder), kept=keep is not None), soft_wrap=True)


def _need_extra() -> None:
    missing = [name for name in ("sklearn", "sqlmodel") if find_spec(name) is None]
    if missing:
        raise DemoFailed(f'The demo needs {", ".join(missing)}: pip install "zenml-trackers[demo]"')


def _lines_of(module: str, folder: Path, *arguments: str) -> Iterator[str]:
    """What one of the demo's modules writes, line by line, while it runs in a process of its own.

    Raises:
        DemoFailed: The process failed; the message has the end of its log.
    """
    command = [sys.executable, "-m", f"{__package__}.{module}", *arguments]
    with (
        (folder / LOG).open("a", encoding="utf-8") as log,
        subprocess.Popen(
            command, cwd=folder, env=environment(folder), stdout=subprocess.PIPE, stderr=log, encoding="utf-8"
        ) as process,
    ):
        assert process.stdout is not None
        yield from (line.rstrip("\n") for line in process.stdout)
    if process.returncode:
        raise DemoFailed(f"The demo failed. The end of its log:\n{_tail(folder / LOG)}")


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL:])


def _need_expected(runs: list[StoredRun]) -> None:
    """See that the last runs are the pipeline's, each stored with the status that its step had."""
    stored = {str(run.step): run.status for run in runs[-len(EXPECTED) :]}
    if stored != EXPECTED:
        wanted = ", ".join(f"{step} {status.value}" for step, status in EXPECTED.items())
        raise DemoFailed(f"Trackio should have stored these runs: {wanted}.")
