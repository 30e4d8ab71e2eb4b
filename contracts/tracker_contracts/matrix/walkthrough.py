"""Follows a documentation page from top to bottom, as a reader does who has one environment and an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tracker_contracts.matrix.blocks import Block, filled
from tracker_contracts.matrix.model import BlockReport, Works

PATIENCE = 300.0
"""Seconds after which a block counts as hung."""
SHOWN = 1500
"""Characters of what a failing block printed last."""


@dataclass(frozen=True)
class Walk:
    """A page, and the reader who follows it."""

    page: str
    """The page's file, as the report names it."""
    blocks: Sequence[Block]
    folder: Path
    """An empty one, that the reader works in."""
    environment: Mapping[str, str]
    placeholders: Mapping[str, str]

    def follow(self) -> Iterator[BlockReport]:
        """Run each shell block by itself and the Python blocks as one file, until the first that fails."""
        stopped = False
        for block in self._of("shell"):
            story = None if stopped else self._run(["bash", "-e", "-c", filled(block.code, **self.placeholders)])
            yield self._report(block, story)
            stopped = stopped or bool(story)
        yield from self._python(stopped)

    def _python(self, stopped: bool) -> Iterator[BlockReport]:
        """The file notes after each block that it came so far."""
        notes, script = self.folder / "blocks-that-ran", self.folder / "page.py"
        notes.touch()
        note = f"with open({str(notes)!r}, 'a') as _notes:\n    _notes.write('.')\n"
        script.write_text("\n".join(block.code + note for block in self._of("python")), encoding="utf-8")
        story = None if stopped else self._run([sys.executable, str(script)])
        reached = len(notes.read_text())
        for index, block in enumerate(self._of("python")):
            yield self._report(block, "" if index < reached else story if index == reached else None)

    def _of(self, language: str) -> list[Block]:
        return [block for block in self.blocks if block.language == language]

    def _report(self, block: Block, story: str | None) -> BlockReport:
        """The block's report; its story is empty if it worked, and None if it was not run."""
        verdict = Works.NOT_REACHED if story is None else Works.NO if story else Works.YES
        language = "shell" if block.language == "shell" else "python"
        return BlockReport(page=self.page, line=block.line, language=language, verdict=verdict, story=story or "")

    def _run(self, command: list[str]) -> str:
        """Why the command failed, with the end of what it printed; empty if it did not."""
        try:
            done = subprocess.run(
                command,
                cwd=self.folder,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            return f"it did not end within {PATIENCE:.0f} s\n{_end(str(late.output or ''))}"
        return f"it ended with status {done.returncode}\n{_end(done.stdout)}" if done.returncode else ""


def with_scripts_first(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables, with the commands of this environment before all others of the same name."""
    return {**variables, "PATH": os.pathsep.join((str(Path(sys.executable).parent), variables.get("PATH", os.defpath)))}


def _end(printed: str) -> str:
    return printed.strip()[-SHOWN:]
