"""`tracker-contracts self-test`."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker_contracts.cli.options import BROKEN
from tracker_contracts.engine.ending import ending_well
from tracker_contracts.engine.isolation import isolated

if TYPE_CHECKING:
    from tracker_contracts.reference.mutants.kills import SelfTest


@click.command("self-test")
@click.option("--markdown", is_flag=True, help="Show the matrix as Markdown.")
@click.option(
    "--seeds",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Try with so many choices of programs, one after the other; each broken tracker must be found with each.",
)
def self_test(markdown: bool, seeds: int) -> None:
    """Try the contract itself: it must pass a good tracker and find each broken one.

    \b
    Examples:
      tracker-contracts self-test
      tracker-contracts self-test --seeds 10
    """
    with ending_well(), tempfile.TemporaryDirectory(prefix="tracker-contracts-") as folder:
        os.environ.update(isolated(Path(folder)))  # before ZenML is imported, which reads it once
        from tracker_contracts.reference.mutants import self_test as mutants

        result = mutants.run(_told_aloud)
        others = {seed: mutants.run(_told_aloud, seed=seed) for seed in range(1, seeds)}
    if markdown:
        click.echo(result.markdown(), nl=False)
    else:
        _show_matrix(result)
    for seed, other in others.items():
        for trouble in other.troubles:
            click.echo(f"With seed {seed}: {trouble}")
        click.echo(f"With seed {seed}: {other.summary}")
    raise SystemExit(0 if all(each.ok for each in (result, *others.values())) else BROKEN)


def _told_aloud(text: str) -> None:
    click.echo(text, err=True)


def _show_matrix(result: SelfTest) -> None:
    from tracker_contracts.report.console import console

    console().print(result.table())
    for trouble in result.troubles:
        click.echo(trouble)
    click.echo(result.summary)
