"""Making a Space for a project that has none yet, as `trackio.init` would, but never asking at a terminal."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import huggingface_hub
import trackio
from trackio import deploy

from zenml_trackers.backends.trackio.target import Target
from zenml_trackers.errors import TrackerUnreachable

_environment = threading.Lock()


def ensure_space(target: Target, private: bool | None) -> None:
    """See that the target's Space exists; does nothing for other targets.

    Raises:
        TrackerUnreachable: The Hub can't be reached, or refuses the token.
    """
    if target.space_id is None:
        return
    api = huggingface_hub.HfApi(token=target.token)
    try:
        if api.repo_exists(target.space_id, repo_type="space"):
            return
        api.whoami()  # a refused token must end here: Trackio would ask for another one at the terminal
        with _token_in_environment(target.token):
            deploy.create_space_if_not_exists(
                target.space_id, dataset_id=target.dataset_id, bucket_id=target.bucket_id, private=private
            )
    except Exception as error:
        raise TrackerUnreachable(
            f"the Space {target.space_id} can't be used ({type(error).__name__}: {error}); check `api_key`"
        ) from None


def publish(target: Target, sync: bool, freeze: bool) -> None:
    """Sync the project to its Space, then freeze that, as asked.

    Raises:
        TrackerUnreachable: The Hub can't be reached, or refuses the token.
    """
    if not (sync or freeze):
        return
    try:
        huggingface_hub.HfApi(token=target.token).whoami()
        with _token_in_environment(target.token):
            if sync:
                trackio.sync(project=target.project, space_id=target.space_id)
            if freeze and target.space_id:
                trackio.freeze(space_id=target.space_id, project=target.project)
    except Exception as error:
        raise TrackerUnreachable(f"the project could not be published ({type(error).__name__}: {error})") from None


@contextmanager
def _token_in_environment(token: str | None) -> Iterator[None]:
    """`HF_TOKEN` set for the one call of Trackio's that reads it from nowhere else."""
    with _environment:
        before = os.environ.get("HF_TOKEN")
        try:
            if token:
                os.environ["HF_TOKEN"] = token
            yield
        finally:
            os.environ.pop("HF_TOKEN", None)
            if before is not None:
                os.environ["HF_TOKEN"] = before
