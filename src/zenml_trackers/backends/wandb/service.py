"""W&B's own process, which does all the work, and its session with a server."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from zenml_trackers.errors import TokenRefused, TrackerUnreachable

SERVICE = "WANDB_SERVICE"
REFUSED = (401, 403)
SIGNED_IN = ("base_url", "api_key", "identity_token_file", "credentials_file")
"""What signing in leaves in the settings of the whole process."""

_starting = threading.Lock()
_signing_in = threading.Lock()


def start() -> None:
    """Start W&B's own process, if it does not run yet; it would change this one's environment and hooks."""
    import wandb

    with _starting, _unchanged():
        wandb.setup().ensure_service()


@contextmanager
def session(key: str | None) -> Iterator[None]:
    """W&B's process runs in the block, and its session forgets the block's API key and server afterwards."""
    from wandb.sdk.lib import wbauth

    start()
    with _signing_in if key else nullcontext(), _settings_kept():
        before = wbauth.unauthenticate_session() if key else None
        try:
            yield
        finally:
            if key:
                wbauth.unauthenticate_session()
            if before:
                wbauth.use_explicit_auth(before, source="wandb.init()")


@contextmanager
def _settings_kept() -> Iterator[None]:
    """Runs that the step's own code starts go where they would go without us."""
    import wandb

    settings = wandb.setup().settings
    before = {name: getattr(settings, name) for name in SIGNED_IN}
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)


@contextmanager
def _unchanged() -> Iterator[None]:
    service, hook, leave = os.environ.get(SERVICE), sys.excepthook, sys.exit
    try:
        yield
    finally:
        sys.excepthook, sys.exit = hook, leave
        if service is None:
            os.environ.pop(SERVICE, None)


NO_REASON = "<no message>"
"""All that W&B tells of a server that answers 401 or 403 (seen in 0.31)."""


@contextmanager
def reaching_wandb() -> Iterator[None]:
    """Give W&B's errors our names."""
    from wandb.errors import AuthenticationError, Error
    from wandb.sdk.lib.service.service_connection import WandbApiFailedError

    try:
        yield
    except (Error, WandbApiFailedError) as error:
        cause = error.__cause__
        answer = getattr(getattr(cause or error, "response", None), "http_status", 0)
        unknown = answer in REFUSED or (isinstance(error, AuthenticationError) and cause is None)
        said = f"status {answer}" if answer else _first_line(str(error))
        if unknown or "API key" in str(error):
            raise TokenRefused(f"W&B refused the API key, or has none: {said}") from error
        raise TrackerUnreachable(f"W&B could not be reached: {said}") from error


def _first_line(text: str) -> str:
    line = text.partition("\n")[0].rstrip(" :")
    return "it gave no reason, and may refuse the API key" if line in ("", NO_REASON) else line
