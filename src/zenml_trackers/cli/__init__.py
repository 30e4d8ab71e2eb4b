"""The command `zenml-trackers`: a file a command."""

from __future__ import annotations

import os

import click

import zenml_trackers
from zenml_trackers.cli.copy import copy
from zenml_trackers.cli.deliver import deliver, journal
from zenml_trackers.cli.demo.command import demo
from zenml_trackers.cli.doctor import doctor
from zenml_trackers.cli.reconcile import reconcile
from zenml_trackers.cli.register import register
from zenml_trackers.cli.runs import runs


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(zenml_trackers.__version__, prog_name="zenml-trackers")
def main() -> None:
    """Experiment trackers in ZenML steps: one run API, Trackio first."""
    os.environ.setdefault("ZENML_LOGGING_VERBOSITY", "ERROR")  # what is said here is ours to say


for command in (register, doctor, demo, runs, copy, journal, deliver, reconcile):
    main.add_command(command)
