"""The command `zenml-trackers demo`."""

from __future__ import annotations

from pathlib import Path

import click

from zenml_trackers.cli.errors import named_errors


@click.command()
@click.option(
    "--keep",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Use this folder and keep it, instead of a temporary one.",
)
def demo(keep: Path | None) -> None:
    """Run a real pipeline, tracked by Trackio, and show what was stored.

    The ZenML store and the Trackio folder are throw-away ones; yours are not touched. Needs zenml-trackers[demo].

    \b
    Examples:
      zenml-trackers demo
      zenml-trackers demo --keep demo-runs
    """
    from zenml_trackers.cli.demo.runner import run

    with named_errors():
        run(keep)
