"""`tracker-contracts list`, `clauses`, `programs` and `schema`: what there is."""

from __future__ import annotations

import json

import click

from tracker_contracts.clauses import CHAPTERS
from tracker_contracts.registry import installed

AS_JSON = click.option("--json", "as_json", is_flag=True, help="As JSON.")


@click.command("list")
@AS_JSON
def list_(as_json: bool) -> None:
    """Show the installed harnesses."""
    known = installed()
    if as_json:
        click.echo(json.dumps(known, indent=2, sort_keys=True))
        return
    for name, spec in sorted(known.items()):
        click.echo(f"{name:{max(map(len, known))}}  {spec}")


@click.command()
@click.option("--markdown", is_flag=True, help="As the page of the documentation.")
@AS_JSON
def clauses(markdown: bool, as_json: bool) -> None:
    """Show the contract."""
    if as_json:
        every = [clause.model_dump(mode="json") for chapter in CHAPTERS for clause in chapter.clauses]
        click.echo(json.dumps(every, indent=2))
        return
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
