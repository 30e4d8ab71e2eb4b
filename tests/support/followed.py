"""A page of the documentation, followed from top to bottom in one empty folder."""

from __future__ import annotations

from pathlib import Path

from tracker_contracts.matrix.blocks import Block, blocks

from tests.support.environments import REPOSITORY, Workplace

DOCS = REPOSITORY / "docs"
STATUS = "status-"


def follow(page: Path, workplace: Workplace) -> list[str]:
    """What each block of the page printed.

    A block's mark says what to do with it: `status-N` is a command that ends with N, `always` a command or a program
    that ends well, `after` a command for what is there then, and a name a file that is written.
    """
    return [_done(block, workplace) for block in blocks(page)]


def _done(block: Block, workplace: Workplace) -> str:
    if block.when.startswith(STATUS):
        return workplace.shell(block.code, int(block.when.removeprefix(STATUS)))
    if block.when in ("always", "after"):
        return workplace.shell(block.code) if block.language == "shell" else workplace.python(block.code)
    workplace.write(block.when, block.code)
    return ""
