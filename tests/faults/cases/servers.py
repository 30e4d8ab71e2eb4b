"""What happens to the server, or to the way to it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from tracker_contracts.faults.front import Manner

from tests.faults.fault import Act, Fault, add
from tests.faults.scene import Scene
from tests.support.server import answering_server, refusing_server

LATER = {"Retry-After": "3600"}
ELSEWHERE = {"Location": "http://127.0.0.1:9/elsewhere"}
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


def _answering(name: str, other: Callable[[], AbstractContextManager[str]]) -> Fault:
    """Another server stands in for the real one until the step is over."""
    return Fault(
        name,
        "server",
        before=lambda scene: scene.lead_to(other()),
        after=lambda scene: scene.door.lead_to(scene.server.url),
        door=True,
    )


add(
    Fault("a name that nobody knows during the step", "server", after=lambda scene: scene.name_server(), named=True),
    Fault("no TLS where the address says HTTPS", "server", secure=True, away=True),
    Fault("refused during the step", "server", before=_stop, after=_start),
    _at_the_start("silent during the step", Manner.SILENT),
    _at_the_start("a byte every half second during the step", Manner.DRIPPING),
    _at_the_start("500 during the step", Manner.FAILING),
    _answering("401 during the step", refusing_server),
    _answering("403 during the step", lambda: answering_server(403)),
    _answering("413 during the step", lambda: answering_server(413)),
    _answering("429 with Retry-After during the step", lambda: answering_server(429, headers=LATER)),
    _answering("redirected elsewhere during the step", lambda: answering_server(307, headers=ELSEWHERE)),
    Fault("killed and started again in the middle", "server", during=_restart),
    Fault("gone from the middle on, back after the step", "server", during=_stop, after=_start),
    Fault("gone from the middle on, for good", "server", during=_stop, away=True),
)
