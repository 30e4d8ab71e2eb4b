"""What a cell is tried in: its folder, the process of its step, the tracker's store or server."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack, suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.faults import place
from tests.faults.server import Door, Server
from tests.faults.tracker import Tracker
from tests.support.made import put

if TYPE_CHECKING:
    from tests.faults.fault import Fault

LONGEST = 120.0
"""Seconds that a process may take."""
LOOK = 0.01
"""Seconds after which what a process wrote is looked at again."""
SIZE = "size=24m"
"""Of a store that has a file system of its own."""
NAME = "tracker.faults.test"
"""What a server is called by a step that knows it by a name."""
ACTED = "acted"
"""A file that tells the step to go on."""
INHERITED = ("XDG_", "WANDB_", "MLFLOW_", "TRACKIO_", "COMET_", "ZENML_TRACKERS_JOURNAL")
"""What variables begin with that would lead a cell out of its folder."""


class Scene:
    """A context, in which there are a store and a server."""

    def __init__(self, tracker: Tracker, folder: Path, fault: Fault) -> None:
        self.tracker, self.folder = tracker, folder
        self.home, self.store = folder / place.HOME, folder / place.STORE
        self.server = Server(tracker.library, folder / place.SERVER)
        self.door = Door(self.server.url)
        self._base = place.STORE if fault.relative else str(self.store)
        self._fault = fault
        self._open = ExitStack()
        self.ended = 0.0
        """When the last process did."""
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Scene:
        for each in (self.home, self.store):
            each.mkdir()
        if self._fault.mounted:
            self._mount()
        (self.store / "trackio").mkdir()
        (self.store / "wandb").mkdir()
        if self.tracker.server:
            self._serve()
        else:
            put(self.tracker.library, self.store / {"mlflow": "runs.db"}.get(self.tracker.library, "aim"))
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    @property
    def database(self) -> Path:
        return self.store / self.tracker.sqlite

    @property
    def filler(self) -> Path:
        """A file that takes up what there is of the disk."""
        return self.store / "filler"

    @property
    def rows(self) -> list[tuple[int, float]]:
        """Which rows the step has logged so far, and when each call returned."""
        file = self.folder / "rows.txt"
        whole = file.read_text().rpartition("\n")[0].splitlines() if file.exists() else []
        return [(int(line.split()[0]), float(line.split()[1])) for line in whole]

    @property
    def url(self) -> str:
        """What the runs are read by."""
        return self.tracker.url(self._base, self.server.url)

    def start(self, part: str, fault: str, **variables: str) -> None:
        """Begin a process of the cell."""
        arguments = [self.tracker.name, fault, str(self.folder), part, self._base]
        self._process = self._begun([sys.executable, "-m", "tests.faults.cell", *arguments], part, variables)
        self._end = Thread(target=self._note_end, args=(self._process,), daemon=True)
        self._end.start()

    def _note_end(self, process: subprocess.Popen[bytes]) -> None:
        # whoever started it may be busy with a server meanwhile
        process.wait()
        self.ended = time.time()

    def wait(self) -> bool:
        """Wait for the process; whether it ended by itself, in time."""
        self._end.join(LONGEST)
        if not self._end.is_alive():
            return True
        self.signal(signal.SIGKILL)
        self._end.join()
        return False

    def wait_for_rows(self, count: int) -> None:
        """Wait until so many are logged, or the process has ended, or all the time that it has is over."""
        assert self._process is not None
        until = time.monotonic() + LONGEST
        while len(self.rows) < count and self._process.poll() is None and time.monotonic() < until:
            time.sleep(LOOK)

    def go_on(self) -> None:
        """Have the step go on that waits in its middle."""
        (self.folder / ACTED).touch()

    def signal(self, number: signal.Signals) -> None:
        """Send it to the process of the step, and to nothing that it started."""
        assert self._process is not None
        self._process.send_signal(number)

    def read(self) -> str:
        """All runs of the project as JSON, from a process that knows nothing of the step; else what it said."""
        process = self._begun([sys.executable, "-m", "tests.faults.reader", self.url], "read", {})
        process.wait(LONGEST)
        return (self.folder / "read.txt").read_text(errors="replace")

    def name_server(self) -> None:
        """Have the name be known that the step knows the server by."""
        with self._hosts.open("a") as hosts:
            hosts.write(f"127.0.0.1 {NAME}\n")

    def remount(self, how: str) -> None:
        """Make the store's file system read-only (`ro`) or not (`rw`)."""
        subprocess.run(["mount", "-o", f"remount,{how}", str(self.store)], check=True)

    def lead_to(self, other: AbstractContextManager[str]) -> None:
        """Have the door lead to another server for the rest of the step."""
        self.door.lead_to(self._open.enter_context(other))

    def _mount(self) -> None:
        subprocess.run(["mount", "-t", "tmpfs", "-o", SIZE, "none", str(self.store)], check=True)
        self._open.callback(subprocess.run, ["umount", "--lazy", str(self.store)], check=True)

    def _serve(self) -> None:
        self._open.callback(self.server.stop)
        self.server.start()
        self._open.enter_context(self.door)

    def _begun(self, command: list[str], name: str, variables: Mapping[str, str]) -> subprocess.Popen[bytes]:
        path = os.pathsep.join(filter(None, [str(Path.cwd()), os.environ.get("PYTHONPATH")]))
        kept = {name: value for name, value in os.environ.items() if not name.startswith(INHERITED)}
        own = place.variables(self.folder, self._base, self.tracker)
        more = {"PYTHONPATH": path, "ZENML_CUSTOM_SOURCE_ROOT": str(Path.cwd()), place.ADDRESS: self._address}
        with (self.folder / f"{name}.txt").open("wb") as output:
            process = subprocess.Popen(
                [*self._with_hosts, *command] if self._fault.named else command,
                cwd=self.folder,
                env={**kept, **own, **more, **variables},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._open.callback(_kill_what_it_started, process)
        return process

    @property
    def _hosts(self) -> Path:
        """The names that a process of the cell knows, in the place of the machine's."""
        file = self.folder / "hosts"
        if not file.exists():
            shutil.copy("/etc/hosts", file)
        return file

    @property
    def _with_hosts(self) -> list[str]:
        script = 'mount --bind "$0" /etc/hosts && exec "$@"'
        return ["unshare", "--mount", "sh", "-c", script, str(self._hosts)]

    @property
    def _address(self) -> str:
        """What the step's tracker is told of the server; nothing if it has none."""
        if not self.tracker.server:
            return ""
        url = urlsplit(self.door.url if self._fault.door else self.server.url)
        host = f"{NAME}:{url.port}" if self._fault.named else url.netloc
        return f"{'https' if self._fault.secure else url.scheme}://{host}"


def _kill_what_it_started(process: subprocess.Popen[bytes]) -> None:
    """Libraries have processes of their own, which outlive one that is killed."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
