"""What the Hugging Face Hub says of a Space, and why it can't be asked."""

from __future__ import annotations

import os

import huggingface_hub
from huggingface_hub.errors import (
    HfHubHTTPError,
    LocalTokenNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
)

from zenml_trackers.backends.trackio.target import Target
from zenml_trackers.errors import TokenRefused, TrackerError, TrackerUnreachable

OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
"""The variables by which Hugging Face's libraries are told to ask nothing of the Hub."""
REFUSED = (401, 403)


def space_exists(target: Target) -> bool:
    """Whether the target's Space is there.

    Raises:
        TrackerUnreachable: The Hub can't be asked, or the Space has another name now.
        TokenRefused: It refuses the token, which would have to make the Space.
    """
    api = huggingface_hub.HfApi(token=target.token)
    try:
        found = _found(api, str(target.space_id))
        if found is None:
            api.whoami()  # says better than Trackio that the token is refused
    except Exception as error:
        raise _named(error, target) from None
    if found not in (None, target.space_id):  # the Hub leads on from the old name, but the Space's own address is gone
        raise TrackerUnreachable(f"the Space {target.space_id} is {found} now; set `space_id` to that")
    return found is not None


def _found(api: huggingface_hub.HfApi, space_id: str) -> str | None:
    """What the Space is called now; None if there is none."""
    try:
        name: str = api.space_info(space_id).id
    except RepositoryNotFoundError:
        return None
    return name


def offline(target: Target) -> TrackerUnreachable | None:
    """What to say of a Space that does not answer, where the Hub may not be asked; None if it may."""
    if not target.on_space or not huggingface_hub.constants.HF_HUB_OFFLINE:
        return None
    variable = next((name for name in OFFLINE if os.environ.get(name)), OFFLINE[0])
    return TrackerUnreachable(
        f"{variable} is set, so the Space {target.space_id or target.address} can't be looked up; unset it, or keep "
        "the runs on this machine"
    )


def _named(error: Exception, target: Target) -> TrackerError:
    if isinstance(error, OfflineModeIsEnabled) and (said := offline(target)):
        return said
    answer = getattr(error.response, "status_code", 0) if isinstance(error, HfHubHTTPError) else 0
    if isinstance(error, LocalTokenNotFoundError):
        return TokenRefused(f"the Space {target.space_id} needs a Hugging Face token, and there is none; set `api_key`")
    if answer in REFUSED:
        return TokenRefused(f"the Hugging Face Hub refused the token for the Space {target.space_id}; check `api_key`")
    first = str(error).strip().splitlines() or [""]
    return TrackerUnreachable(
        f"the Hugging Face Hub can't be asked for the Space {target.space_id} ({type(error).__name__}: {first[0]})"
    )
