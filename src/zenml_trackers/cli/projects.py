"""What the command says where a project has no runs: it may not be the one that was meant."""

from __future__ import annotations

import click

from zenml_trackers.errors import UnknownName
from zenml_trackers.model.naming import there_are
from zenml_trackers.port.backend import Backend
from zenml_trackers.tracker import DEFAULT_PROJECT


def say_empty(url: str, backend: Backend) -> None:
    """Say on standard error that the project has no runs.

    Raises:
        UnknownName: There is no such project; the message lists those that there are.
    """
    project = getattr(backend, "project", "")
    projects = _projects(backend)
    if project and projects is not None and project not in projects:
        raise UnknownName(f"There is no project {project!r} at {url}; {there_are(project, projects)}{_hint(project)}")
    where = f" in the project {project!r}" if project else ""
    click.echo(f"{url} has no runs{where}.{_hint(project)}", err=True)


def _projects(backend: Backend) -> list[str] | None:
    try:
        return backend.projects()
    except Exception:  # it was good enough to tell that there are no runs
        return None


def _hint(project: str) -> str:
    return (
        f" Where a URL names no project, {project!r} is meant: add ?project=NAME." if project == DEFAULT_PROJECT else ""
    )
