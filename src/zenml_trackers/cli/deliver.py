"""The commands `zenml-trackers deliver` and `zenml-trackers journal`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from zenml_trackers.cli.errors import named_errors
from zenml_trackers.cli.quiet import quiet


@click.command()
@click.option("--journal", type=click.Path(path_type=Path), metavar="DIR", help="Where the journals are.")
@click.option("--dry-run", is_flag=True, help="Only say what would be delivered.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one run a line.")
def deliver(journal: Path | None, dry_run: bool, as_json: bool) -> None:
    """Deliver what runs could not: their process was killed, or the tracker was away.

    Each run that a process left behind is brought to its tracker, once, with the status that ZenML knows. Runs that go
    on are left alone. Ends with status 1 if something is still left.

    \b
    Examples:
      zenml-trackers deliver --dry-run
      zenml-trackers deliver
    """
    from zenml_trackers.cli.left import GOES_ON, delivered, journals, told

    results = []
    with named_errors():
        for each in journals(journal):
            with quiet():
                each.result = (GOES_ON if each.held else "would be delivered") if dry_run else delivered(each)
            results.append(each.result)
            click.echo(json.dumps(each.facts, ensure_ascii=False) if as_json else told(each))
    if not results and not as_json:
        click.echo("Nothing is left to deliver.")
    raise SystemExit(any(result.startswith("not delivered") for result in results))


@click.command()
@click.option("--journal", type=click.Path(path_type=Path), metavar="DIR", help="Where the journals are.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one run a line.")
def journal(journal: Path | None, as_json: bool) -> None:
    """Show what is kept for trackers that could not take it: of which run, how old, how large, and where.

    \b
    Examples:
      zenml-trackers journal
      zenml-trackers journal --journal /data/journals --json
    """
    from zenml_trackers.cli.left import GOES_ON, journals, root_of, told

    found = list(journals(journal))
    for each in found:
        each.result = GOES_ON if each.held else "`zenml-trackers deliver` delivers it"
        click.echo(json.dumps(each.facts, ensure_ascii=False) if as_json else told(each))
    if not found and not as_json:
        click.echo(f"Nothing is kept in {root_of(journal)}.")
