"""Whether runs could be stored, found out without storing one.

Uses `trackio.utils.TRACKIO_DIR`, and that the server's `bulk_log` checks the token before it looks at the rows (Trackio
0.24 to 0.43).
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from trackio import utils

from zenml_trackers.backends.trackio.client import Client
from zenml_trackers.backends.trackio.hub import space_exists
from zenml_trackers.backends.trackio.target import Target
from zenml_trackers.errors import TrackerUnreachable


def check_folder() -> str:
    """Say which folder of this machine the runs go to.

    Raises:
        TrackerUnreachable: It can neither be written to nor made.
    """
    folder = Path(utils.TRACKIO_DIR).absolute()
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        tempfile.TemporaryFile(dir=existing).close()
    except OSError as error:
        raise TrackerUnreachable(f"Trackio's folder {folder} can't be written ({error}); set TRACKIO_DIR") from error
    return f"the folder {folder} on this machine" + ("" if existing == folder else ", which the first run makes")


def check_remote(target: Target, client: Client) -> str:
    """Say which server or Space the runs go to.

    Raises:
        TrackerError: It can't be reached, or refuses the token.
    """
    if target.space_id is not None and not space_exists(target):
        return f"the Space {target.space_id}, which the first run makes"
    client.predict(api_name="/bulk_log", logs=[], hf_token=None)
    return f"the Space {target.space_id}" if target.space_id else f"the server {target.address}"
