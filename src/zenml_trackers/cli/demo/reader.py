"""What a fresh process finds in Trackio's store: one run a line, as JSON."""

from __future__ import annotations

import sys
from typing import Any

from zenml_trackers.port.backend import backend_class


def main(project: str) -> None:
    """Write the project's runs to standard output."""
    trackio: Any = backend_class("trackio")
    for run in trackio(project=project).read():
        sys.stdout.write(run.model_dump_json() + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
