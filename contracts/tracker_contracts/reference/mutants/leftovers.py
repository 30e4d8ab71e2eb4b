"""Trackers that break L3."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from contextlib import ExitStack
from typing import ClassVar, TextIO

from tracker_contracts.reference import jot
from tracker_contracts.reference.component import ReferenceTracker
from tracker_contracts.reference.mutants.mutant import breaks


@breaks("L3")
class LeavesTheRunActive(ReferenceTracker):
    """After cleanup the run is still the current one."""

    def enter(self, run: jot.Run, undo: ExitStack) -> None:
        jot.enter(run)


@breaks("L3")
class RestoresEnvironmentOnlyOnSuccess(ReferenceTracker):
    """What prepare set in the environment stays there if the step fails."""

    def enter(self, run: jot.Run, undo: ExitStack) -> None:
        super().enter(run, undo)
        os.environ["JOT_RUN"] = run.id

    def end(self, run: jot.Run, step_failed: bool) -> None:
        super().end(run, step_failed)
        if not step_failed:
            os.environ.pop("JOT_RUN", None)


@breaks("L3")
class SavesAndRestoresAroundOtherSteps(ReferenceTracker):
    """The environment is put back as prepare found it, whatever another tracker did meanwhile."""

    def enter(self, run: jot.Run, undo: ExitStack) -> None:
        super().enter(run, undo)
        before = os.environ.get("JOT_RUN", "")
        undo.callback(os.environ.__setitem__, "JOT_RUN", before)
        os.environ["JOT_RUN"] = run.id


@breaks("L3")
class ChangesTheWorkingDirectory(ReferenceTracker):
    """The step and all that follows work in the tracker's folder."""

    def enter(self, run: jot.Run, undo: ExitStack) -> None:
        super().enter(run, undo)
        os.chdir(run.folder)


@breaks("L3")
class LeavesALoggingHandler(ReferenceTracker):
    """Each step adds a handler to the root logger."""

    def enter(self, run: jot.Run, undo: ExitStack) -> None:
        super().enter(run, undo)
        logging.getLogger().addHandler(logging.NullHandler())


@breaks("L3")
class ReplacesTheExcepthook(ReferenceTracker):
    """A hook that would mark crashes outlives the step."""

    def enter(self, run: jot.Run, undo: ExitStack) -> None:
        super().enter(run, undo)
        before = sys.excepthook
        sys.excepthook = lambda *error: before(*error)


@breaks("L3")
class LeavesASignalHandler(ReferenceTracker):
    """A handler of Ctrl-C outlives the step."""

    def enter(self, run: jot.Run, undo: ExitStack) -> None:
        super().enter(run, undo)
        signal.signal(signal.SIGINT, lambda number, frame: sys.exit(1))


@breaks("L3")
class LeavesAnotherSignalHandler(ReferenceTracker):
    """A handler of SIGUSR1 outlives the step."""

    def enter(self, run: jot.Run, undo: ExitStack) -> None:
        super().enter(run, undo)
        signal.signal(signal.SIGUSR1, lambda number, frame: None)


@breaks("L3")
class LeavesAHandlerOfANamedLogger(ReferenceTracker):
    """Each step adds a handler to a logger that has a name."""

    def enter(self, run: jot.Run, undo: ExitStack) -> None:
        super().enter(run, undo)
        logging.getLogger("zenml").addHandler(logging.StreamHandler())


@breaks("L3")
class LeavesAFileOpen(ReferenceTracker):
    """Each step leaves a file open."""

    files: ClassVar[list[TextIO]] = []

    def enter(self, run: jot.Run, undo: ExitStack) -> None:
        super().enter(run, undo)
        self.files.append(open(os.devnull))  # noqa: SIM115


@breaks("L3")
class LeavesAThread(ReferenceTracker):
    """Each step leaves a thread behind that waits."""

    def enter(self, run: jot.Run, undo: ExitStack) -> None:
        super().enter(run, undo)
        threading.Thread(target=threading.Event().wait, args=(300,), daemon=True).start()
