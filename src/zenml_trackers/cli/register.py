"""The command `zenml-trackers register`."""

from __future__ import annotations

import click

from zenml_trackers.cli.errors import named_errors


@click.command()
def register() -> None:
    """Make the flavors "trackio" and "unified" usable with the active ZenML store.

    This registers custom flavors, once for a store. From 0.96 on, ZenML has a flavor "trackio" of its own, and this
    package serves its own in that place: then there is nothing to register, and this command checks that.
    """
    from zenml_trackers.zenml import registration

    with named_errors():
        for own in registration.FLAVORS:
            click.echo(registration.register(own))
