"""`tracker-contracts new`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("package", metavar="PACKAGE_NAME")
@click.option(
    "--backend", is_flag=True, help="Write a package with a backend for zenml-trackers, which conforms at once."
)
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default=".", show_default=True)
def new(package: str, backend: bool, folder: Path) -> None:
    """Write a commented harness, and a test that runs the contract on it.

    \b
    Examples:
      tracker-contracts new my_package
      tracker-contracts new my_tracker --backend
    """
    from tracker_contracts.template import write

    try:
        files = write(package, folder, backend)
    except (ValueError, FileExistsError) as error:
        raise click.UsageError(str(error)) from error
    for file in files:
        click.echo(f"Wrote {file}")
    click.echo(_next(package, backend))


def _next(package: str, backend: bool) -> str:
    from tracker_contracts.template import name_of

    if backend:
        return f"Install it with `pip install -e .`, then: tracker-contracts check {name_of(package)} --profile quick"
    return f"Fill in the harness, then: tracker-contracts check {package}.harness:MyHarness"
