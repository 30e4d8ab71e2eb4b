"""The command `zenml-trackers reconcile`."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import click

from zenml_trackers.cli.errors import named_errors
from zenml_trackers.cli.quiet import quiet

if TYPE_CHECKING:
    from zenml_trackers.zenml.reconcile import Reconciled


@click.command()
@click.option("--tracker", metavar="NAME", help="Look at the runs of this experiment tracker alone.")
@click.option("--watch", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="Do it again and again.")
@click.option(
    "--gone",
    is_flag=True,
    help="End open runs too whose steps ZenML does not know: they are deleted, or of another ZenML server.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be changed.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one run a line.")
def reconcile(tracker: str | None, watch: float | None, gone: bool, dry_run: bool, as_json: bool) -> None:
    """End runs as ZenML says that their steps ended.

    A run may say that it is running, or finished, while its step failed or was stopped: its process was killed, or
    ZenML failed the step after the tracker had ended the run. Such a run is ended as the step was, with the reason.
    Runs of steps that go on are left alone, and so are those whose steps ZenML does not know.

    \b
    Examples:
      zenml-trackers reconcile --dry-run
      zenml-trackers reconcile --tracker my_tracker --watch 60
    """
    from zenml_trackers.zenml import reconcile as work
    from zenml_trackers.zenml import store, trackers

    while True:
        with named_errors():
            store.reached()
            with quiet():
                found = [
                    each for backend in trackers.backends(tracker) for each in work.reconcile(backend, dry_run, gone)
                ]
        changed = {each.run.id: each for each in found}  # two components may lead to one place
        for each in changed.values():
            click.echo(_json(each) if as_json else _told(each, dry_run))
        if watch is None:
            break
        time.sleep(watch)
    if not changed and not as_json:
        click.echo("All runs are as ZenML knows their steps.")


def _json(each: Reconciled) -> str:
    end = {"status": each.end.status.value, "error": each.end.error and each.end.error.model_dump()}
    known = {"run": each.run.name, "id": each.run.id, "project": each.run.project}
    return json.dumps({**known, "step_run_id": each.run.step_run_id, **end}, ensure_ascii=False)


def _told(each: Reconciled, dry_run: bool) -> str:
    was = each.run.status.value if each.run.status else "unknown"
    why = f" ({each.end.error.type}: {each.end.error.message})" if each.end.error else ""
    becomes = f"{'would become' if dry_run else 'is now'} {each.end.status.value}{why}"
    return f"run {each.run.name!r} ({each.run.id}) of {each.run.project!r} was {was}, {becomes}"
