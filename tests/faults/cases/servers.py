"""What happens to the server, or to the way to it."""

from __future__ import annotations

import time

from tracker_contracts.faults.front import Manner

from tests.faults.fault import Act, Fault, add
from tests.faults.scene import Scene

DOWN = 2.0
"""Seconds for which a server is away that is started again; its start comes on top."""


def _being(manner: Manner) -> Act:
    def be(scene: Scene) -> None:
        scene.door.be(manner)

    return be


def _start(scene: Scene) -> None:
    scene.server.start()


def _stop(scene: Scene) -> None:
    scene.server.stop()


def _restart(scene: Scene) -> None:
    scene.server.stop()
    scene.go_on()
    time.sleep(DOWN)
    scene.server.start()


def _at_the_start(name: str, manner: Manner) -> Fault:
    return Fault(name, "server", before=_being(manner), after=_being(Manner.GOOD), door=True)


add(
    Fault("refused during the step", "server", before=_stop, after=_start),
    _at_the_start("silent during the step", Manner.SILENT),
    _at_the_start("a byte every half second during the step", Manner.DRIPPING),
    _at_the_start("500 during the step", Manner.FAILING),
    Fault(
        "401 during the step",
        "server",
        before=lambda scene: scene.refuse_logins(),
        after=lambda scene: scene.door.lead_to(scene.server.url),
        door=True,
    ),
    Fault("killed and started again in the middle", "server", during=_restart),
    Fault("gone from the middle on, back after the step", "server", during=_stop, after=_start),
    Fault("gone from the middle on, for good", "server", during=_stop, away=True),
)
