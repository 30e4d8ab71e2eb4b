"""What a tracker URL says of Trackio.

`trackio:///project` is on this machine, `trackio+http://host:port/project` on a self-hosted server, and
`trackio+space://owner/space/project` on a Space. Without a project, the run's own name for it is made usable.
"""

from __future__ import annotations

from typing import Any

from zenml_trackers.backends.trackio.project import check_project, usable_project
from zenml_trackers.errors import InvalidUrl
from zenml_trackers.model.url import TrackerUrl


def place(url: TrackerUrl, project: str) -> dict[str, Any]:
    """The arguments that `Target` has of the place.

    Args:
        url: Where the runs go.
        project: What to call the project if the URL does not.

    Raises:
        InvalidUrl: It can't be a place of Trackio's.
        InvalidProject: Trackio would change the project's name.
    """
    url.need_transport(None, "http", "https", "space")
    url.need_options(())
    space_id, named = _space(url) if url.transport == "space" else (None, url.path)
    named = named.rstrip("/") or url.options.get("project", "")
    if named:
        check_project(named)
    if bool(url.host) is (url.transport is None):
        raise InvalidUrl(
            f"{url.shown}: write trackio:///project for this machine, or trackio+http://host:port/project."
        )
    server = url.server if url.transport in ("http", "https") else None
    return {"project": named or usable_project(project), "space_id": space_id, "server_url": server}


def _space(url: TrackerUrl) -> tuple[str, str]:
    space, _, project = url.path.partition("/")
    if not space:
        raise InvalidUrl(f"{url.shown} names no Space; write trackio+space://owner/space/project.")
    return f"{url.host}/{space}", project
