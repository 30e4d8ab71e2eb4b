"""The runs on W&B's servers, read by W&B's public API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from zenml_trackers.backends.wandb.stored import WandbRun
from zenml_trackers.model.records import Status
from zenml_trackers.model.times import utc_in

STATES = {"finished": Status.FINISHED, "failed": Status.FAILED, "crashed": Status.FAILED, "killed": Status.FAILED}


def projects(api: Any, entity: str | None) -> list[str]:
    """The names of an entity's projects."""
    return sorted(project.name for project in api.projects(entity))


def runs(api: Any, path: str) -> Iterator[WandbRun]:
    """The runs of a project, oldest first; none if there is no such project."""
    for run in _listed(api.runs(path, order="+created_at", lazy=False)):
        yield WandbRun(
            id=run.id,
            name=run.name,
            status=STATES.get(run.state, Status.RUNNING),
            tags=list(run.tags),
            config=dict(run.config),
            history=list(run.scan_history()),
            artifacts=list(_artifacts(run)),
            fetch=partial(_fetch, run),
            links={"url": run.url},
            started=utc_in(run.created_at),
            ended=utc_in(getattr(run, "heartbeat_at", None)),
        )


def _listed(found: Any) -> Iterator[Any]:
    """W&B's runs; it raises a mere ValueError if there is no such project (seen in W&B 0.31)."""
    try:
        yield from found
    except ValueError as error:
        if "Could not find project" not in str(error):
            raise


def _fetch(run: Any, path: str, folder: Path) -> Path:
    with run.file(path).download(root=str(folder / run.id), replace=True) as file:
        return Path(file.name)


def _artifacts(run: Any) -> Iterator[tuple[dict[str, Any], Callable[[Path], Path]]]:
    for artifact in run.logged_artifacts():
        about = dict(artifact.metadata)
        yield about, partial(_download, artifact, bool(about.get("folder")))


def _download(artifact: Any, is_folder: bool, folder: Path) -> Path:
    root = Path(artifact.download(root=str(folder / artifact.name.replace(":", "-"))))
    return root if is_folder else next(path for path in root.rglob("*") if path.is_file())
