"""Says what a harness wants in the environment: `python -m tracker_contracts.engine.prepare HARNESS FOLDER`.

It takes a process of its own, since the harness's module may import the library that reads the environment.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tracker_contracts.engine.conversation import Conversation
from tracker_contracts.engine.messages import AnyMessage, Environment, Unfit
from tracker_contracts.engine.smoke import environment_of, made
from tracker_contracts.harness import HarnessBroken


def main() -> None:
    """Tell the variables, or what is wrong with the harness."""
    spec, folder = sys.argv[1:]
    Conversation.begin().tell(_environment(spec, Path(folder)))


def _environment(spec: str, folder: Path) -> AnyMessage:
    try:
        return Environment(variables=environment_of(made(spec), folder))
    except HarnessBroken as broken:
        return Unfit(why=str(broken))


if __name__ == "__main__":
    main()
