"""A documentation page in a cell: its blocks are run, and then the runs are looked for that they must have left."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path

from tracker_contracts.engine.smoke import environment_of, made
from tracker_contracts.harness import Place, TrackerHarness
from tracker_contracts.matrix.blocks import blocks, for_reader
from tracker_contracts.matrix.model import BlockReport, Works
from tracker_contracts.matrix.versions import Page
from tracker_contracts.matrix.walkthrough import Walk, with_scripts_first

PROJECT = "page-demo"
A_READERS = (
    "PATH",
    "LANG",
    "LC_",
    "TMPDIR",
    "TERM",
    "SSL_",
    "REQUESTS_CA",
    "NODE_EXTRA_CA",
    "http",
    "HTTP",
    "no_proxy",
)
"""What variables begin with that a reader has too; any other may let this process's own set-up into the reader's."""


def follow(page: Page, root: Path, folder: Path) -> list[BlockReport]:
    """Run what a reader with this environment's releases runs, and look at what it left.

    It sets variables of this process, so it must be the last that the process does with this harness.

    Args:
        page: The page.
        root: What the page's path is from.
        folder: An empty one.

    Raises:
        HarnessBroken: The harness that reads the runs is.
    """
    harness = made(page.harness)
    variables = environment_of(harness, folder)
    walk = Walk(
        page=page.file,
        blocks=list(for_reader(blocks(root / page.file), version("zenml"), page.place)),
        folder=_empty(folder / "work"),
        environment=_of_a_reader(folder) | variables,
        placeholders={page.project: PROJECT},
    )
    followed = list(walk.follow())
    os.environ.update(variables)
    return _with_what_is_missing(followed, _missing(harness, Place(folder, PROJECT), page.runs))


def _of_a_reader(folder: Path) -> dict[str, str]:
    """The variables of someone with an empty home: no ZenML store, and no login."""
    neutral = {name: value for name, value in os.environ.items() if name.startswith(A_READERS)}
    own = {"HOME": str(folder), "ZENML_CONFIG_PATH": str(folder / "zenml"), "ZENML_ANALYTICS_OPT_IN": "false"}
    return with_scripts_first(neutral | own)


def _missing(harness: TrackerHarness, place: Place, promised: int) -> str:
    """What the page's runs lack; empty if nothing."""
    try:
        states = [str(run.state) for run in harness.read(place)]
    except Exception as error:
        return f"the runs can't be read: {type(error).__name__}: {error}"
    return "" if states == ["finished"] * promised else f"{promised} finished runs were to be stored, but: {states}"


def _with_what_is_missing(followed: list[BlockReport], missing: str) -> list[BlockReport]:
    """A page that ran to its end, but left too little behind, fails in its last block."""
    if missing and followed and followed[-1].verdict is Works.YES:
        return [*followed[:-1], followed[-1].model_copy(update={"verdict": Works.NO, "story": missing})]
    return followed


def _empty(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder
