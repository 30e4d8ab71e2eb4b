"""`tracker-contracts list`, `clauses`, `programs` and `schema`: what there is."""

from __future__ import annotations

import json

import click

from tracker_contracts.clauses import CHAPTERS
from tracker_contracts.registry import installed


@click.command("list")
def list_() -> None:
    """Show the installed harnesses."""
    known = installed()
    for name, spec in sorted(known.items()):
        click.echo(f"{name:{max(map(len, known))}}  {spec}")


@click.command()
@click.option("--markdown", is_flag=True, help="As the page of the documentation.")
def clauses(markdown: bool) -> None:
    """Show the contract."""
    if markdown:
        from tracker_contracts.report.pages import contract_page

        click.echo(contract_page(), nl=False)
        return
    for chapter in CHAPTERS:
        click.echo(f"{chapter.title}\n")
        for clause in chapter.clauses:
            feature = f" {clause.feature}" if clause.feature else ""
            click.echo(f"  {clause.id:4} {clause.level.value}{feature}\n       {clause.sentence}\n")


@click.command()
def programs() -> None:
    """Show what programs are made of, as the page of the documentation."""
    from tracker_contracts.report.pages import programs_page

    click.echo(programs_page(), nl=False)


@click.command()
def schema() -> None:
    """Show the JSON Schema of the JSON report."""
    from tracker_contracts.report.report import json_schema

    click.echo(json.dumps(json_schema(), indent=2))
