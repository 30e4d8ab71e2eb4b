"""A real `mlflow server` on a free port of this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
from tracker_contracts.harness import HarnessBroken

STARTS_WITHIN = 120.0
LIGHT = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
"""Leaves out what a tracking server can do without."""
FILE, ARTIFACTS = "mlflow.db", "artifacts"
"""What the server keeps in its folder."""


def start(folder: Path, port: int, *options: str, **variables: str) -> subprocess.Popen[bytes]:
    """A server that keeps its runs in the folder; it answers when this returns.

    Args:
        folder: Is made, unless a server was there before.
        port: Where it listens.
        options: More of the command line.
        variables: More of the environment.

    Raises:
        HarnessBroken: It did not start; the message is the end of what it said.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = ["--backend-store-uri", f"sqlite:///{folder / FILE}", "--artifacts-destination", str(folder / ARTIFACTS)]
    listening = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command = [sys.executable, "-m", "mlflow", "server", *listening, *kept, *options]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            env={**os.environ, **LIGHT, **variables},
            cwd=folder,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and process.poll() is None:
        if _answers(f"http://127.0.0.1:{port}"):
            return process
        time.sleep(0.2)
    stop(process)
    raise HarnessBroken(f"`mlflow server` did not start:\n{(folder / 'server.log').read_text()[-2000:]}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop a server and the workers that it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _answers(url: str) -> bool:
    try:
        # Certificates, which take long to load, are no matter here.
        return httpx.get(f"{url}/health", timeout=5, verify=False).is_success
    except httpx.HTTPError:
        return False
