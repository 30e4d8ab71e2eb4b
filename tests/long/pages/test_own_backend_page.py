"""The page on writing a backend: its package is installed as it stands, with no edit in this one, and conforms."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from tracker_contracts.engine.isolation import isolated
from tracker_contracts.matrix.blocks import Block, blocks
from tracker_contracts.template import write

from tests.support.environments import REPOSITORY

PAGE = REPOSITORY / "docs" / "how-to" / "write-a-backend.md"


@pytest.mark.slow
def test_the_backend_of_the_page_is_found_and_conforms(tmp_path: Path) -> None:
    write("jsonl_tracker", tmp_path / "package", backend=True)
    _install(tmp_path / "package", tmp_path / "installed")
    checked, listed = (_followed(block, tmp_path) for block in blocks(PAGE) if block.language == "shell")
    assert "jsonl conforms (profile quick)" in checked
    assert "baseline" in listed
    assert "finished" in listed


def test_the_page_shows_what_the_command_writes(tmp_path: Path) -> None:
    written = {str(file.relative_to(tmp_path)) for file in write("jsonl_tracker", tmp_path, backend=True)}
    shown = {block.when: block.code for block in blocks(PAGE) if block.language != "shell" and block.when != "names"}
    assert shown.keys() < written
    assert shown == {name: (tmp_path / name).read_text(encoding="utf-8") for name in shown}


def test_the_example_of_names_is_true() -> None:
    [code] = [block.code for block in blocks(PAGE) if block.when == "names"]
    exec(code, {})


def _install(package: Path, folder: Path) -> None:
    command = ["uv", "pip", "install", "--python", sys.executable, "--no-deps", "--target", str(folder), str(package)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def _followed(block: Block, folder: Path) -> str:
    """What the block printed; it has to end with the status that its mark tells."""
    environment = isolated(folder) | {"PYTHONPATH": str(folder / "installed"), "COLUMNS": "200"}
    environment["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), environment["PATH"]])
    command = ["bash", "-e", "-c", block.code]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    assert f"status-{done.returncode}" == block.when, done.stdout + done.stderr
    return done.stdout
