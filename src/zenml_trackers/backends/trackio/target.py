"""Where the runs of a project go: this machine, a self-hosted server, or a Space; and where they can be seen there."""

from __future__ import annotations

import os
import shlex
from functools import cached_property
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import huggingface_hub
from pydantic import BaseModel, ConfigDict, Field
from trackio import utils
from trackio.utils import parse_trackio_server_url


class Target(BaseModel):
    """A Trackio project and the way to it. Without a server and a Space, it is on this machine."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    project: str
    server_url: str | None = None
    """The address of a self-hosted server, or of a Space that is used by its address."""
    space_id: str | None = None
    """A Space as `owner/name`."""
    bucket_id: str | None = None
    dataset_id: str | None = None
    token: str | None = Field(default=None, repr=False)
    """The server's write token, or the Hugging Face token if it is a Space."""
    timeout: float = 5.0
    """Seconds that one request may take."""

    @property
    def local(self) -> bool:
        """Whether the runs stay on this machine."""
        return self.server_url is None and self.space_id is None

    @property
    def on_space(self) -> bool:
        """Whether a Space holds the runs, so that the token is a Hugging Face token."""
        return self.space_id is not None or (urlsplit(self.server_url or "").hostname or "").endswith(".hf.space")

    @property
    def address(self) -> str:
        """The base of the dashboard's URLs, without a slash at the end."""
        if self.space_id is not None:
            subdomain = self.space_id.replace("/", "-").replace("_", "-").replace(".", "-").lower()
            return f"https://{subdomain}.hf.space"
        return (self.server_url or _local_address()).rstrip("/")

    def links(self, run_id: str) -> dict[str, str]:
        """The dashboard's page of one run, and for a local run the command that serves it."""
        links = {"url": self._page + quote_plus(run_id)}
        return {**links, "show_command": self._show_command} if self.local else links

    @cached_property
    def _page(self) -> str:
        """What the URL of a run's page begins with, before the run's id."""
        return f"{self.address}/run?{urlencode({'project': self.project})}&selected_run_id="

    @cached_property
    def _show_command(self) -> str:
        where = f"TRACKIO_DIR={shlex.quote(str(utils.TRACKIO_DIR))} " if os.environ.get("TRACKIO_DIR") else ""
        return f"{where}trackio show --project {shlex.quote(self.project)}"


def target(
    project: str, server_url: str | None = None, space_id: str | None = None, token: str | None = None, **rest: Any
) -> Target:
    """The target as given; what is left out is taken from where Trackio itself takes it.

    These are the variables `TRACKIO_SPACE_ID`, `TRACKIO_SERVER_URL` and `TRACKIO_WRITE_TOKEN`, and the Hugging Face
    token of the environment or of a login.
    """
    if not server_url and not space_id:
        space_id = os.environ.get("TRACKIO_SPACE_ID") or None
        server_url = None if space_id else os.environ.get("TRACKIO_SERVER_URL")
    if server_url:
        server_url, token_in_url = parse_trackio_server_url(server_url)
        token = token or token_in_url
    found = Target(project=project, server_url=server_url or None, space_id=space_id, token=token, **rest)
    return found if token or found.local else found.model_copy(update={"token": _ambient_token(found)})


def _ambient_token(found: Target) -> str | None:
    return huggingface_hub.get_token() if found.on_space else os.environ.get("TRACKIO_WRITE_TOKEN")


def _local_address() -> str:
    """Where `trackio show` will answer; it reads the same variables."""
    host = os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1")
    host = "localhost" if host == "0.0.0.0" else host
    return f"http://{host}:{os.environ.get('GRADIO_SERVER_PORT', '7860')}"
