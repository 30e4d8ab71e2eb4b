"""`python -m tests.minutes [--markdown docs/index.md]`: how long the first minutes are, from nothing.

Each path begins with a clone of this repository and an empty virtual environment. Its commands are those of the README
and of the pages that it leads to. Packages are downloaded, or taken from pip's cache: that is told apart.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tracker_contracts.matrix.blocks import Block, blocks

from tests.support.environments import REPOSITORY, Environment, Workplace
from zenml_trackers.testing import trackio_show

BEGIN, END = "<!-- minutes: begin -->", "<!-- minutes: end -->"
HEAD = "| From nothing to | Commands | Seconds | without installing |\n|---|---|---|---|"
PIP = re.compile(r"^(?:python -m )?pip install|^python -m venv")
VENV = "python -m venv .venv"
SHOW = "trackio show --project training"
OF_A_BACKEND = """
tracker-contracts new my_tracker --backend
pip install .
tracker-contracts check my --profile quick
"""


class Command(NamedTuple):
    """Something that a newcomer types, and how long it took."""

    text: str
    seconds: float


class Newcomer:
    """Somebody with a clone and nothing else."""

    def __init__(self, folder: Path) -> None:
        self._clone = folder / "clone"
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(REPOSITORY), str(self._clone)], check=True)
        self._environment = Environment(folder / "venv")
        self._work = self._environment.workplace(folder / "reader")
        self.typed: list[Command] = []

    def begin(self) -> None:
        """Have an environment with all that the README's first command installs."""
        self._time(VENV, lambda: subprocess.run([sys.executable, "-m", "venv", self._environment.folder], check=True))
        [install] = [block.code for block in README if block.when == "clone"]
        self.type(f"cd {self._clone}\n{install}", shown=install)

    def type(self, code: str, shown: str = "") -> None:
        """Run commands."""
        self._time(shown or code, lambda: self._work.shell(code))

    def follow(self, page: Sequence[Block]) -> None:
        """Do what the page says."""
        for block in page:
            if block.language == "shell":
                for line in filter(None, block.code.splitlines()):
                    self.type(line)
            else:
                self._time("python run.py", lambda code=block.code: self._work.python(code))

    def see(self) -> None:
        """Start the dashboard, until it answers with the run."""
        port = trackio_show.free_port()
        self._time(SHOW, lambda: _see(self._work, port))

    def _time(self, text: str, act: Callable[[], object]) -> None:
        began = time.perf_counter()
        act()
        self.typed.append(Command(text.strip(), time.perf_counter() - began))


def _see(work: Workplace, port: int) -> None:
    command = [str(work.environment.folder / "bin" / "trackio"), *SHOW.split()[1:], "--host", "127.0.0.1"]
    variables = {**work._environ(), "GRADIO_SERVER_PORT": str(port), "BROWSER": "true"}
    process = subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not _shows(f"http://127.0.0.1:{port}"):
            time.sleep(0.1)
    finally:
        process.kill()
        process.wait()


def _shows(url: str) -> bool:
    try:
        return bool(trackio_show.ask(url, "get_runs_for_project", project="training"))
    except Exception:  # it is not there yet
        return False


README = blocks(REPOSITORY / "README.md")
TO_A_RUN = [block for block in README if block.when in ("always", "after")]


def paths() -> Iterator[tuple[str, Callable[[Newcomer], None]]]:
    """Where a newcomer may want to get, and how."""
    yield "a tracked run, shown in the terminal", lambda one: one.follow(TO_A_RUN)
    yield "the same in Trackio's dashboard", lambda one: (one.follow(TO_A_RUN[:-1]), one.see())[0]
    yield (
        "a contract report, of our Trackio flavor",
        lambda one: one.type("tracker-contracts check trackio --profile quick"),
    )
    yield "a backend of one's own that conforms", lambda one: one.follow([Block("", "shell", OF_A_BACKEND)])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.minutes", description=(__doc__ or "").partition("\n\n")[2])
    parser.add_argument("--markdown", type=Path, help="the page whose table is to be made anew")
    page = parser.parse_args().markdown
    rows = [HEAD]
    print(HEAD)
    for where, walk in paths():
        with tempfile.TemporaryDirectory() as folder:
            newcomer = Newcomer(Path(folder))
            newcomer.begin()
            walk(newcomer)
        rows.append(_row(where, newcomer.typed))
        print(rows[-1], flush=True)
    if page is not None:
        text = page.read_text(encoding="utf-8")
        before, after = text.partition(BEGIN)[0], text.partition(END)[2]
        page.write_text(f"{before}{BEGIN}\n" + "\n".join(rows) + f"\n{END}{after}", encoding="utf-8")


def _row(where: str, typed: Sequence[Command]) -> str:
    own = sum(command.seconds for command in typed if not PIP.match(command.text))
    return f"| {where} | {len(typed)} | {sum(command.seconds for command in typed):.0f} | {own:.0f} |"


if __name__ == "__main__":
    main()
