"""One cell: a fault that a step meets on a tracker, the next step, and a fresh look at what is stored."""

from __future__ import annotations

import json
import random
from pathlib import Path

from pydantic import ValidationError

from tests.faults import place
from tests.faults.fault import ROWS, Fault
from tests.faults.found import Found, Run
from tests.faults.scene import Scene
from tests.faults.tracker import Tracker
from tests.support import stores


def run(fault: Fault, tracker: Tracker, folder: Path, template: Path) -> Found:
    """Try it, in a folder of its own, with a copy of the ZenML store."""
    stores.copy_of(template, folder / place.ZENML)
    with Scene(tracker, folder, fault) as scene:
        in_time, ended = _work(fault, scene)
        fault.after(scene)
        scene.start("next", fault.name)
        in_time = scene.wait() and in_time
        if tracker.server:
            scene.server.start()
        return _found(scene, in_time, ended)


def _work(fault: Fault, scene: Scene) -> tuple[bool, float]:
    """Whether the step's process ended by itself, and when."""
    moment = ROWS // 2
    fault.before(scene)
    scene.start("work", fault.name, **{place.ROWS: str(ROWS), place.MOMENT: str(-1 if fault.anywhere else moment)})
    scene.wait_for_rows(random.randrange(1, moment) if fault.anywhere else moment)
    fault.during(scene)
    scene.go_on()
    return scene.wait(), scene.ended


def _found(scene: Scene, in_time: bool, ended: float) -> Found:
    rows, said = scene.rows, scene.read()
    try:
        runs = [Run.model_validate_json(line) for line in said.splitlines() if line.startswith("{")]
    except ValidationError:
        runs = []
    began = float(_text(scene.folder / "began.txt") or ended)
    return Found(
        step=_text(scene.folder / "status.txt") or "none",
        logged=len(rows),
        runs=[run for run in runs if run.name.startswith("faults-")],
        unreadable=said[-500:] if not runs else "",
        warnings=[json.loads(line) for line in _text(scene.folder / "warnings.txt").splitlines()],
        in_time=in_time,
        seconds=ended - began,
        seconds_after=ended - (rows[-1][1] if rows else began),
        journals=_journals(scene.home),
    )


def _journals(home: Path) -> int:
    return sum(each.is_dir() for each in home.glob("**/zenml-trackers/journals/*"))


def _text(file: Path) -> str:
    return file.read_text(errors="replace") if file.exists() else ""
