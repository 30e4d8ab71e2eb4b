"""The command `tracker-contracts`: a module for each of its commands, which imports what it needs when it is called."""

from __future__ import annotations

import click

import tracker_contracts
from tracker_contracts.cli.check import check
from tracker_contracts.cli.diff import diff
from tracker_contracts.cli.new import new
from tracker_contracts.cli.self_test import self_test
from tracker_contracts.cli.shown import clauses, list_, programs, schema
from tracker_contracts.matrix.cli import matrix


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(tracker_contracts.__version__, prog_name="tracker-contracts")
def main() -> None:
    """Does an experiment tracker keep what a ZenML step needs?"""


for _command in (check, list_, diff, new, clauses, programs, schema, self_test, matrix):
    main.add_command(_command)
