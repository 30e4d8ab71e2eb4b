"""The command `tracker-contracts`, called in this process or as one of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner
from tracker_contracts.cli import main

from tests.support.environments import REPOSITORY

PLAIN = "tests.contract.harnesses:Plain"
NAIVE = "tests.contract.naive:NaiveHarness"
DIES = "tests.contract.harnesses:Dies"
HANGS = "tests.contract.harnesses:HangsAndTells"


def ran(*arguments: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done.exit_code, done.output


def soon(holds: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.1)
    return holds()


def alive(pid: int) -> bool:
    """Whether it runs; one that is dead and was never asked for its status does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def started_by(pid: int) -> list[str]:
    """The children of a process, whichever thread started them."""
    return [child for each in Path(f"/proc/{pid}/task").glob("*/children") for child in each.read_text().split()]


def running_in(folder: Path) -> list[int]:
    """The processes that have this folder in their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder).encode() in (process / "environ").read_bytes() and alive(int(process.name)):
                found.append(int(process.name))
        except OSError:
            continue
    return found


def heed_interrupts() -> None:
    """What runs in the background of a shell ignores them, and so would all that it starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def ran_alone(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sysconfig.get_path("scripts")) / "tracker-contracts"), *arguments]
    environment = {**os.environ, **variables}
    return subprocess.run(command, env=environment, cwd=REPOSITORY, capture_output=True, encoding="utf-8", timeout=300)
