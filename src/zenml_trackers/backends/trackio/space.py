"""Making a Space for a project that has none yet, as `trackio.init` would, and publishing a finished one.

Trackio reads the Hugging Face token from the environment alone, and asks for another one at the terminal if that is
refused. So what needs it is done in a process of its own, which has the token, no terminal, and an end.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from zenml_trackers.backends.trackio.hub import space_exists
from zenml_trackers.backends.trackio.target import Target
from zenml_trackers.errors import TokenRefused, TrackerUnreachable

CALL = "import json, sys, trackio.deploy; getattr(trackio.deploy, sys.argv[1])(**json.loads(sys.argv[2]))"
NEEDS_MORE = "Need 'write' access token"
"""What Trackio prints if the Hub refuses the token."""
LONGEST = 300.0
"""Seconds after which such a process is ended; whoever waits for it has a deadline of their own."""


def ensure_space(target: Target, private: bool | None) -> None:
    """See that the target's Space exists; does nothing for other targets.

    Raises:
        TrackerUnreachable: The Hub can't be reached.
        TokenRefused: It refuses the token.
    """
    if target.space_id is None or space_exists(target):
        return
    wanted = {"space_id": target.space_id, "bucket_id": target.bucket_id, "dataset_id": target.dataset_id}
    _call("create_space_if_not_exists", target, **wanted, private=private)


def publish(target: Target, sync: bool, freeze: bool) -> None:
    """Sync a local project to the Space that Trackio knows for it; freeze the Space that holds the project.

    A project on a Space is not synced: its runs went there as they were logged.

    Raises:
        TrackerUnreachable: The Hub can't be reached.
        TokenRefused: It refuses the token.
    """
    if sync and target.local:
        _call("sync", target, project=target.project)
    if freeze and target.space_id is not None:
        _call("freeze", target, space_id=target.space_id, project=target.project)


def _call(function: str, target: Target, **arguments: Any) -> None:
    token = {"HF_TOKEN": target.token} if target.token else {}
    command = [sys.executable, "-c", CALL, function, json.dumps(arguments)]
    try:
        subprocess.run(
            command,
            env={**os.environ, **token},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        if NEEDS_MORE in error.stdout:
            what = f"the Hugging Face Hub refused the token, which may not write to {target.space_id}; check `api_key`"
            raise TokenRefused(what) from None
        said = (error.stderr or error.stdout).strip().splitlines()[-1:]
        raise TrackerUnreachable(f"Trackio could not {function.replace('_', ' ')}: {''.join(said)}") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise TrackerUnreachable(f"Trackio could not {function.replace('_', ' ')}: {type(error).__name__}") from None
