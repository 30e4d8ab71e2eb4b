"""Aim's repository, and its runs, which are written by Aim's own class."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aim import Image, Repo, Run, Text
from aim.ext.cleanup import AutoClean
from aim.sdk.objects.artifact import Artifact
from aim.sdk.repo import ContainerConfig
from aimrocks.errors import RocksIOError
from sqlalchemy.exc import OperationalError

from zenml_trackers.backends.aim import locks
from zenml_trackers.backends.aim.keys import fitting, fitting_key
from zenml_trackers.backends.aim.reading import ReadRun
from zenml_trackers.errors import TrackerUnreachable
from zenml_trackers.model import document
from zenml_trackers.port import folders

if TYPE_CHECKING:
    import PIL.Image

ARTIFACTS = "artifacts"
PARTS = "meta", "seqs"
"""Where Aim keeps a run: what is known of it, and what was tracked."""
QUIET = {"system_tracking_interval": None, "capture_terminal_logs": False, "log_system_params": False}
_opening = threading.Lock()
_at_work: set[int] = set()
"""The threads that are in Aim just now."""


class StepRun(Run):  # type: ignore[misc]  # Aim has no types
    """Aim's run, which goes on until its step is over, whoever closes it before."""

    def close(self) -> None:
        """Nothing."""

    def end(self) -> None:
        """Close the run."""
        super().close()

    def add(self, value: Any, name: str, step: int, context: dict[str, Any], when: float) -> None:
        """Track a value that was logged some time ago; it is stored when the call returns."""
        self._tracker._track(value, when, name, step, context=context)


class AimRepo:
    """A repository in a folder."""

    def __init__(self, folder: Path) -> None:
        """Open it, or make it if there is none."""
        self.folder = folder
        with _opening:  # Aim's own pool of repositories knows nothing of threads
            self._repo = Repo.from_path(str(folder), init=Repo.get_version(str(folder)) == (0, 0))
            _clean_up_without_a_thread()

    def begin(self, run_id: str | None, experiment: str, name: str) -> StepRun:
        """Begin a run, or go on with the one of that id; one that can't be begun leaves nothing behind.

        Raises:
            TrackerUnreachable: Somebody else is writing to it.
        """
        self._repo._all_run_hashes.cache_clear()  # else a run of the last half second is unknown
        if run_id is not None:
            locks.free(Path(self._repo.path), run_id)
        run = locks.patiently(lambda: StepRun(run_id, repo=self._repo, experiment=experiment, **QUIET))
        try:
            run.name = name
            run.set_artifacts_uri(f"file://{self._artifacts}")
        except BaseException:
            self.end(run, finished=False)
            if run_id is None:
                self._delete(run.hash)
            raise
        locks.own_runs[run.hash] = run
        self._let_go()
        return run

    def _let_go(self) -> None:
        """Give back the connection that Aim keeps for this thread after a query: there are thirty, for all runs.

        Aim commits what it writes.
        """
        self._repo.structured_db.session_cls().rollback()

    def _delete(self, run_id: str) -> None:
        for part in PARTS:
            self._repo.request_container(part, run_id, read_only=False).close()
        self._repo.delete_run(run_id)

    def end(self, run: StepRun, finished: bool) -> None:
        """End a run; one that is not reported as finished counts as failed in Aim's notifications."""
        if finished:
            run.report_successful_finish(block=True)
        run.end()
        for part in PARTS:  # as long as anybody has the run, no other process could write to it
            if container := self._repo.container_pool.get(ContainerConfig(part, run.hash, read_only=False)):
                container.close()
        # Aim's own release works in the thread alone that took the lock
        self._repo._lock_manager.release_locks(run.hash, force=True)
        locks.own_runs.pop(run.hash, None)
        self._let_go()

    @contextmanager
    def reaching(self) -> Iterator[None]:
        """Have it told apart whether a failure in the block may pass.

        Raises:
            TrackerUnreachable: It may.
        """
        _at_work.add(thread := threading.get_ident())
        try:
            yield
        except (RocksIOError, OperationalError) as error:
            raise TrackerUnreachable(f"The Aim repository {self.folder} can't be used: {error}.") from error
        finally:
            _at_work.discard(thread)

    def need(self, run_id: str) -> None:
        """See that a run's files are there: Aim goes on writing to those that were deleted, and says nothing.

        Raises:
            TrackerUnreachable: They are not.
        """
        if not all((Path(self._repo.path) / part / "chunks" / run_id).is_dir() for part in PARTS):
            raise TrackerUnreachable(f"The Aim run {run_id} is no longer in the repository {self.folder}.")

    def set_param(self, run: StepRun, key: str, value: Any) -> None:
        """Set a param of a run."""
        run[fitting_key(key)] = fitting(value)

    def forget_end(self, run: StepRun, keys: Iterable[str]) -> None:
        """Take what was said of the end away, under params, and of a failure in the description."""
        found = [key for key in keys if run.get(key) is not None]
        if document.ERROR_TYPE in found:
            run.description = ""
        for key in found:
            del run[key]
        self._let_go()

    def add_tags(self, run: StepRun, tags: Iterable[str]) -> None:
        """Add those that the run has not."""
        for tag in set(tags).difference(run.tags):
            run.add_tag(tag)
        self._let_go()

    def image(self, image: PIL.Image.Image, caption: str) -> Any:
        """An image as Aim tracks it."""
        return Image(image, caption=caption)

    def text(self, text: str) -> Any:
        """Text as Aim tracks it."""
        return Text(text)

    def keep(self, run: StepRun, name: str, path: Path) -> None:
        """Keep a file or folder. It is there once all is done: whoever is killed before keeps it again."""
        kept = self._artifacts / run.hash / name
        for file in path.rglob("*") if path.is_dir() else (path,):
            if file.is_file():
                inside = (name, *file.relative_to(path).parts)
                shown = Artifact(str(kept.parent.joinpath(*inside)), uri=run.artifacts_uri, name="/".join(inside))
                run.meta_run_tree.subtree("artifacts")[shown.name] = shown
        folders.keep(path, kept)

    def experiments(self) -> list[str]:
        """The names of all experiments."""
        names = sorted(experiment.name for experiment in self._repo.structured_db.experiments())
        self._let_go()
        return names

    def run(self, run_id: str) -> ReadRun:
        """A run to be read."""
        found = ReadRun(self._repo, run_id, self._artifacts)
        self._let_go()
        return found

    def runs(self, experiment: str) -> list[ReadRun]:
        """Those of an experiment, oldest first."""
        self._repo._all_run_hashes.cache_clear()
        runs = [self.run(run_id) for run_id in self._repo.list_all_runs()]
        return sorted((run for run in runs if run.experiment == experiment), key=attrgetter("created"))

    @property
    def _artifacts(self) -> Path:
        return Path(self._repo.path) / ARTIFACTS


def _clean_up_without_a_thread() -> None:
    """Have Aim close its runs at exit in the thread that exits.

    Aim's own thread can't be started from Python 3.12 on, and where the files of a run were taken away it dies of that,
    and the process waits for it for ever (seen in 3.29).
    """
    for cleaning in (AutoClean.cleanup, _clean_up):
        atexit.unregister(cleaning)
    atexit.register(_clean_up)


def _clean_up() -> None:
    """Close whatever can be closed: Aim gives up at the first that can't, which is not tried again.

    Nothing, if a thread is in Aim still: on a full disk RocksDB waits for room for ever, and so would whoever exits.
    """
    if _at_work:
        return
    for _ in range(len(AutoClean._finalizers) + 1):
        with suppress(Exception):
            AutoClean._cleanup()
            return
