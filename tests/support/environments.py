"""Clean Python environments, as a user would make them: a ZenML release, this package's wheel, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import stores

REPOSITORY = Path(__file__).parents[2]

OF_THIS_PROCESS = ("ZENML_", "TRACKIO_", "HF_", "HUGGING", "GRADIO_", "PYTHON", "VIRTUAL_ENV")
"""What variables begin with that would let this process's own set-up into the environment."""


@dataclass(frozen=True)
class Environment:
    """A virtual environment of its own."""

    folder: Path

    def workplace(self, folder: Path, **variables: str) -> Workplace:
        """An empty folder to work in with this environment, where ZenML has never been used."""
        folder.mkdir()
        (folder / "work").mkdir()
        return Workplace(self, folder, variables)


@dataclass(frozen=True)
class Workplace:
    """Where a user of an environment works: an empty folder, an empty ZenML store, no runs, no login."""

    environment: Environment
    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def copy(self, folder: Path, **variables: str) -> Workplace:
        """Another workplace, whose ZenML store has all that this one's has."""
        made = self.environment.workplace(folder, **variables)
        stores.copy_of(self.folder / "zenml", folder / "zenml")
        return made

    @property
    def trackio(self) -> Path:
        """Where the runs go that stay on this machine."""
        return self.folder / "trackio"

    def shell(self, script: str, status: int = 0) -> str:
        """What the script printed, run by a shell that stops at the first error, and has to end with that status."""
        return self._run(["bash", "-e", "-c", script], status)

    def python(self, script: str) -> str:
        """What the script printed, run as a file."""
        file = self.folder / "work" / "script.py"
        file.write_text(script, encoding="utf-8")
        return self._run([str(self.environment.folder / "bin" / "python"), str(file)])

    def write(self, name: str, content: str) -> None:
        """Put a file into the folder."""
        (self.folder / "work" / name).write_text(content, encoding="utf-8")

    def _run(self, command: list[str], status: int = 0) -> str:
        done = subprocess.run(
            command,
            cwd=self.folder / "work",
            env=self._environ(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=300,
        )
        assert done.returncode == status, f"{command} ended with {done.returncode}:\n{done.stdout}"
        return done.stdout

    def _environ(self) -> dict[str, str]:
        ours = {
            "PATH": f"{self.environment.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "ZENML_CONFIG_PATH": str(self.folder / "zenml"),
            "ZENML_ANALYTICS_OPT_IN": "false",
            "TRACKIO_DIR": str(self.trackio),
            "ZENML_TRACKERS_JOURNAL": str(self.folder / "journals"),
            "HF_HOME": str(self.folder / "huggingface"),
        }
        return {**_neutral(), **ours, **self.variables}


def build_wheel(folder: Path) -> Path:
    """The wheel of this package, built as a release would be."""
    _uv("build", "--wheel", "--out-dir", str(folder), str(REPOSITORY))
    [wheel] = folder.glob("*.whl")
    return wheel


def make_environment(folder: Path, *requirements: str) -> Environment:
    """An environment with pip and the requirements, if there are any."""
    _uv("venv", "--seed", "--python", sys.executable, str(folder))
    if requirements:
        _uv("pip", "install", "--python", str(folder / "bin" / "python"), *requirements)
    return Environment(folder)


def _uv(*arguments: str) -> None:
    done = subprocess.run(["uv", *arguments], env=_neutral(), capture_output=True, text=True)
    assert done.returncode == 0, f"uv {' '.join(arguments)} failed:\n{done.stderr}"


def _neutral() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(OF_THIS_PROCESS)}
