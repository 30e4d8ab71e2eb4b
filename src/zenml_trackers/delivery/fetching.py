"""An artifact that some run of a tracker has, copied to where the code of a step can read it."""

from __future__ import annotations

import shutil
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import NamedTuple

from zenml_trackers.delivery import budgets
from zenml_trackers.errors import ArtifactNotFound
from zenml_trackers.model.naming import there_are
from zenml_trackers.model.records import Used
from zenml_trackers.model.stored import StoredRun
from zenml_trackers.port.backend import Backend
from zenml_trackers.port.bounded import bounded
from zenml_trackers.port.folders import folder_name, size
from zenml_trackers.run.artifacts import Wanted

WORK = ".fetched-"
"""How the name of a folder begins in which an artifact is on its way."""
WRITABLE = 0o700


class Found(NamedTuple):
    """An artifact in a run."""

    run: StoredRun
    name: str
    alias: str


class Search:
    """The newest run that has an artifact; it is shown all runs, from the oldest on."""

    def __init__(self, wanted: Wanted, own: StoredRun) -> None:
        """Nothing is seen yet.

        Args:
            wanted: What is looked for.
            own: The run that asks, with what it logged so far.
        """
        self._wanted = wanted
        self._own = own.id
        self._own_there: set[str] = set()
        self._found: dict[tuple[bool, int], Found] = {}
        self._there: dict[str, set[str]] = defaultdict(set)
        self._has_run = False
        may_be_own = wanted.may_be_of(own)
        self.late = {each for each in own.artifacts if may_be_own and wanted.form_of(each) is not None}
        """What the run itself logged, and the tracker does not show yet, or in another form."""

    def see(self, run: StoredRun) -> None:
        """Look at the artifacts of a run."""
        if not self._wanted.may_be_of(run):
            return
        self._has_run = True
        slim = run.model_copy(update={"metrics": (), "params": {}, "metadata": {}})
        forms = list(self._wanted.forms)
        for artifact in run.artifacts:
            self._there[artifact.name].update(artifact.aliases)
            if (form := self._wanted.form_of(artifact)) is not None:
                self._found[run.id != self._wanted.run, form] = Found(slim, artifact.name, forms[form][1])
        if run.id == self._own:
            self._own_there.update(artifact.name for artifact in run.artifacts)
            self.late.difference_update(run.artifacts)

    def found(self, where: str) -> Found:
        """The likeliest.

        Args:
            where: The project, for the message.

        Raises:
            ArtifactNotFound: There is none.
        """
        if self._found and not self._lacks_own:
            return self._found[min(self._found)]
        raise ArtifactNotFound(" ".join(self._missing(where).split()))

    @property
    def _lacks_own(self) -> bool:
        """Whether something is not there at all; a child process of the step may have logged another of its name."""
        return any(artifact.name not in self._own_there for artifact in self.late)

    def _missing(self, where: str) -> str:
        if self._lacks_own:
            return f"The artifact {self._wanted} that this run logged is not stored in {where} yet, or was refused."
        if not self._has_run and self._wanted.run:
            return f"There is no artifact {self._wanted} in {where}: there is no such run."
        for name, alias in self._wanted.forms:
            if alias and name in self._there:
                there = there_are(alias, self._there[name])
                return f"There is no artifact {name!r} with the alias {alias!r} in {where}; of its aliases, {there}"
        return f"There is no artifact {self._wanted} in {where}; {there_are(self._wanted.name, self._there)}"


class Fetching:
    """What brings an artifact of one tracker to this machine, by a backend of its own in a thread of its own."""

    def __init__(self, make: Callable[[], Backend], wanted: Wanted, into: Path, own: StoredRun) -> None:
        """Nothing is done yet.

        Args:
            make: Makes the backend.
            wanted: What is looked for.
            into: The folder that the copy is to be in.
            own: The run that asks, with what it logged so far.
        """
        self._make = make
        self._wanted = wanted
        self._into = into
        self._own = own
        self._seen = 0

    def copied(self, seconds: float) -> tuple[Path, Used]:
        """Where the copy is, and which artifact it is.

        Args:
            seconds: How long it may take without getting on.

        Raises:
            ArtifactNotFound: There is none.
            TrackerUnreachable: It got no further for so long.
            Exception: What the backend raised, or why the copy could not be written.
        """
        self._into.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=WORK, dir=self._into, ignore_cleanup_errors=True) as folder:
            work = Path(folder)
            copy = lambda: self._copy(work, seconds)  # noqa: E731
            return bounded(copy, seconds, f"fetching the artifact {self._wanted}", lambda: (self._seen, size(work)))

    def _copy(self, work: Path, seconds: float) -> tuple[Path, Used]:
        backend = self._make()
        backend.load()
        found = self._found(backend, seconds)
        fetched = _fetched(backend, found, work)
        used = Used(name=found.name, alias=found.alias, run=found.run.id, run_name=found.run.name, tracker=backend.url)
        return _placed(fetched, work, self._into / _file_name(found.name)), used

    def _found(self, backend: Backend, seconds: float) -> Found:
        """What the run itself logged is waited for: some trackers show what they took a moment later."""
        until = time.monotonic() + seconds
        while True:
            search = Search(self._wanted, self._own)
            for run in backend.overview():
                self._seen += 1
                search.see(run)
            if not search.late or time.monotonic() > until:
                return search.found(f"the project {getattr(backend, 'project', self._own.project)!r} of {backend.url}")
            time.sleep(budgets.POLL)


def _fetched(backend: Backend, found: Found, work: Path) -> Path:
    """Where the artifact is: fetched into a folder, or in the tracker's own."""
    into = work / "fetched"
    into.mkdir()
    path = backend.artifact(found.run.id, found.name, into)
    if path is None or not path.exists():  # some keep no folder without files
        raise ArtifactNotFound(
            f"The artifact {found.name!r} of the run {found.run.id} is not in {backend.url} any more."
        )
    return path


def _placed(fetched: Path, work: Path, to: Path) -> Path:
    """Put it in the place of an earlier one; only what is whole ever has its name."""
    copy = fetched
    if not fetched.is_relative_to(work):
        copy = work / "copy"
        (shutil.copytree if fetched.is_dir() else shutil.copy2)(fetched, copy)
    if copy.is_dir():
        copy.chmod(copy.stat().st_mode | WRITABLE)  # else it can't be moved
    with suppress(FileNotFoundError):
        to.rename(work / "earlier")
    return copy.rename(to)


def _file_name(name: str) -> str:
    """The last part of an artifact's name, as a file can be called."""
    return folder_name(PurePosixPath(name).name or name)
