"""A network of machines: Linux's network namespaces, each with an address on one switch.

A machine's processes see its own interfaces alone, and reach another machine by its address as long as both are linked.
What they share is the disk; who runs something on a machine gives it a home and a folder for temporary files.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

SUBNET = "10.213.77"
SWITCH = "switch"
PORT = "eth0"


def lacks() -> str | None:
    """Why there can be no such network here; None if there can be."""
    if shutil.which("ip") is None:
        return "there is no `ip` here, of Debian's iproute2"
    made = subprocess.run(["ip", "netns", "add", _namespace("probe")], capture_output=True, text=True)
    if made.returncode:
        return f"network namespaces can't be made here: {made.stderr.strip()}"
    _ip("netns", "delete", _namespace("probe"))
    return None


@dataclass
class Machine:
    """One of the network."""

    name: str
    address: str
    home: Path
    """The home of what runs on it, which is lost with it."""
    number: int
    variables: dict[str, str] = field(default_factory=dict)
    """Of its environment, in the place of those of this process."""

    def start(
        self, command: Sequence[str], log: Path, variables: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Run a command on it; what that prints is in `log`."""
        self.home.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as said:
            return subprocess.Popen(
                self.command(command),
                env={**self.environment, **(variables or {})},
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    def command(self, command: Sequence[str]) -> list[str]:
        """That runs another on it."""
        return ["ip", "netns", "exec", _namespace(self.name), *command]

    @property
    def environment(self) -> dict[str, str]:
        """Of a process that runs on it: nothing of this one's but the way to its programs."""
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return {"PATH": path, "HOME": str(self.home), "TMPDIR": str(self._temporary()), **self.variables}

    def cut(self) -> None:
        """Have it reach nobody; what it sends is lost without an answer, as by a cable that was pulled."""
        _ip("-n", _namespace(SWITCH), "link", "set", self._port, "down")

    def mend(self) -> None:
        """Have it reach all others again."""
        _ip("-n", _namespace(SWITCH), "link", "set", self._port, "up")

    def lose(self) -> None:
        """Kill all that runs on it, and delete what it had on its disk."""
        self.kill()
        shutil.rmtree(self.home)

    def kill(self) -> None:
        """Kill all that runs on it."""
        found = subprocess.run(["ip", "netns", "pids", _namespace(self.name)], capture_output=True, text=True)
        if found.stdout.split():
            subprocess.run(["kill", "-KILL", *found.stdout.split()], check=False, capture_output=True)

    @property
    def _port(self) -> str:
        """Its end of the cable at the switch."""
        return f"port{self.number}"

    def _temporary(self) -> Path:
        folder = self.home / "tmp"
        folder.mkdir(parents=True, exist_ok=True)
        return folder


@contextmanager
def network(folder: Path, names: Sequence[str]) -> Iterator[dict[str, Machine]]:
    """Machines of these names, linked with each other and with nothing else; all that runs on them ends with the block.

    Args:
        folder: Where their homes are.
        names: What they are called, in `ip netns` too.
    """
    machines = {
        name: Machine(name, f"{SUBNET}.{number}", folder / name, number) for number, name in enumerate(names, start=1)
    }
    made: list[str] = []
    try:
        _make(SWITCH, made)
        _ip("-n", _namespace(SWITCH), "link", "add", "bridge", "type", "bridge")
        _ip("-n", _namespace(SWITCH), "link", "set", "bridge", "up")
        for machine in machines.values():
            _make(machine.name, made)
            _plug_in(machine)
        yield machines
    finally:
        for machine in machines.values():
            machine.kill()
        for name in made:
            _ip("netns", "delete", _namespace(name))


def _make(name: str, made: list[str]) -> None:
    _ip("netns", "add", _namespace(name))
    made.append(name)
    _ip("-n", _namespace(name), "link", "set", "lo", "up")


def _plug_in(machine: Machine) -> None:
    own, switch = _namespace(machine.name), _namespace(SWITCH)
    _ip("-n", switch, "link", "add", machine._port, "type", "veth", "peer", "name", PORT, "netns", own)
    _ip("-n", switch, "link", "set", machine._port, "master", "bridge", "up")
    _ip("-n", own, "address", "add", f"{machine.address}/24", "dev", PORT)
    _ip("-n", own, "link", "set", PORT, "up")


def _namespace(name: str) -> str:
    return f"zenml-trackers-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-{name}"


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)
