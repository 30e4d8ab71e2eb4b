"""`tracker-contracts new`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("package", metavar="PACKAGE_NAME")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default=".", show_default=True)
def new(package: str, folder: Path) -> None:
    """Write a commented harness, and a test that runs the contract on it."""
    from tracker_contracts.template import write

    try:
        files = write(package, folder)
    except (ValueError, FileExistsError) as error:
        raise click.UsageError(str(error)) from error
    for file in files:
        click.echo(f"Wrote {file}")
    click.echo(f"Fill in the harness, then: tracker-contracts check {package}.harness:MyHarness")
