"""The command `zenml-trackers register`."""

from __future__ import annotations

import re

import click

from zenml_trackers.cli.errors import named_errors
from zenml_trackers.cli.warnings import shown_warnings

FIELD = re.compile(r"(?:--)?([A-Za-z_][\w-]*)=(.*)", re.DOTALL)


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, metavar="[NAME [FIELD=VALUE]...]", type=click.UNPROCESSED)
@click.option("--flavor", "-f", type=click.Choice(["trackio", "unified"]), help="The flavor of the tracker NAME.")
def register(words: tuple[str, ...], flavor: str | None) -> None:
    """Make the flavors "trackio" and "unified" usable, or register the experiment tracker NAME.

    Without NAME, this registers the flavors with the active ZenML store, once for a store. From 0.96 on, ZenML has a
    flavor "trackio" of its own, and this package serves its own in that place: then there is nothing to register, and
    this command checks that.

    With NAME, it registers an experiment tracker there as `zenml experiment-tracker register` does, and says how to put
    it in a stack. A FIELD=VALUE may also be written as --FIELD=VALUE; lists and maps are JSON.

    \b
    Examples:
      zenml-trackers register
      zenml-trackers register my_tracker --flavor=trackio project=digits
      zenml-trackers register boards --flavor=unified url=tensorboard:////data/runs tags='["nightly"]'
    """
    if not words and flavor is None:
        _register_flavors()
        return
    name, fields = _name_and_fields(words)
    if flavor is None:
        raise click.ClickException(f"The tracker {name!r} has no flavor; add --flavor=trackio or --flavor=unified.")
    _register_tracker(name, flavor, fields)


def _name_and_fields(words: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    """The words in any order; what is wrong with them is told without showing one, which may be a secret."""
    fields = [given for given in map(FIELD.fullmatch, words) if given]
    names = [word for word in words if not FIELD.fullmatch(word)]
    if len(names) > 1 or any(name.startswith("-") for name in names):
        raise click.ClickException(
            "There is a word that is neither the tracker's name nor a field; write FIELD=VALUE, without blanks."
        )
    if not names:
        raise click.ClickException("The tracker has no name; write NAME before its fields.")
    return names[0], {given[1].replace("-", "_"): given[2] for given in fields}


def _register_flavors() -> None:
    from zenml_trackers.zenml import registration

    with named_errors():
        for own in registration.FLAVORS:
            click.echo(registration.register(own))


def _register_tracker(name: str, flavor: str, fields: dict[str, str]) -> None:
    from zenml_trackers.zenml import new_tracker, registration

    [own] = [each for each in registration.FLAVORS if each.name == flavor]
    with named_errors(), shown_warnings():
        for line in new_tracker.register(name, own, fields):
            click.echo(line)
