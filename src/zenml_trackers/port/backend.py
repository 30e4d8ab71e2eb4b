"""The port: what a tracker's library has to be wrapped into, once, in one small file.

A backend never sees a call of the user's, only records in batches. It may raise any of the named errors; whoever
calls it keeps them away from the step.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, ClassVar, Protocol

from zenml_trackers.errors import BackendMissing, BackendUnfit, RunNotFound
from zenml_trackers.interruption import let_through
from zenml_trackers.model.records import Artifact, Feature, Logged, RunError, RunSpec, Status
from zenml_trackers.model.steps import StepCounter
from zenml_trackers.model.stored import StoredRun
from zenml_trackers.model.url import TrackerUrl
from zenml_trackers.port import libraries
from zenml_trackers.port.inert import Inert

ENTRY_POINTS = "zenml_trackers.backends"


class StepLog(Protocol):
    """The run of a step, as the library's own calls know it."""

    steps: StepCounter
    """Counts the metric steps that are not given."""

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        """Store numbers at one metric step."""

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Store configuration."""


class Sink(ABC):
    """Where the records of one run go. One thread alone calls it, which nobody waits for but at the end of the run."""

    id: str = ""
    """Empty until the run is made."""
    name: str = ""
    native: Any = Inert()
    """The library's own run object, for users who want all of it; inert until the run is made."""
    ended_at: float | None = None
    """When the run ended, in seconds since 1970; known when `close` is called, and None if that is now."""

    @abstractmethod
    def write(self, records: Sequence[Logged]) -> None:
        """Store the records, or hand them to the library that will.

        The first call, without records, stores what `open` was given, so that a run is there before its step begins.

        Raises:
            TrackerUnreachable: It may work in a moment, as after any `OSError`: what is not `stored` is given again.
            Losses: Some of it can't be stored, and why.
            Exception: The first record that is not `stored` can't be.
        """

    @abstractmethod
    def close(self, status: Status, error: RunError | None) -> None:
        """Deliver all that is still on its way, then store the terminal status.

        Raises:
            TrackerUnreachable: It may work in a moment, as after any `OSError`, and is tried again then.
            TrackerError: What could not be delivered, and why.
        """

    def share(self, run: StepLog) -> None:
        """Told of the run, once it is made: the library's own calls may take part in its metric steps."""

    def give_up(self) -> None:
        """Stop trying: nobody waits for this sink any more. Must return at once."""

    def stored(self) -> int:
        """How far the store has got: the number of the last record that it has, or refused; -1 if of none.

        Whoever waits for the end goes on waiting while it grows. Must return at once.
        """
        return -1

    def others(self) -> int:
        """A number that changes as long as the store takes anything of others, for which this run may have to wait.

        Must return at once.
        """
        return 0

    @property
    def links(self) -> dict[str, str]:
        """Where the run can be seen: `url` for a browser, `show_command` for a shell; either may be missing.

        With both, something answers at the URL once the command was given.
        """
        return {}

    @property
    def whereabouts(self) -> str:
        """How people get to see the run, as a sentence; empty if no way is known."""
        links = self.links
        if "show_command" in links:
            return f"To see it: {links['show_command']}"
        return f"It is at {links['url']}" if "url" in links else ""


class Backend(ABC):
    """A tracker with its project and its credentials."""

    name: ClassVar[str]
    url: str = ""
    """Where it is, as `connect` takes it; set by whoever made it, and without credentials."""
    features: frozenset[Feature] = frozenset()
    credentials: ClassVar[frozenset[str]] = frozenset()
    """What `from_url` takes of `api_key`, `username` and `password`."""
    secrets: tuple[str, ...] = ()
    """The values that must never be stored or shown."""
    library: ClassVar[str] = ""
    """The module that has to be installed."""
    requires: ClassVar[str] = ""
    """What brings it, with the releases that the backend works with, as in `wandb>=0.31`; any release unless given."""
    project_variable: ClassVar[str] = ""
    """The library's own variable for the project, which holds where our configuration names none."""

    @classmethod
    @abstractmethod
    def from_url(cls, url: TrackerUrl, project: str, credentials: Mapping[str, str], timeout: float) -> Backend:
        """The tracker at a URL; nothing is connected, and the library need not be loaded yet.

        Args:
            url: Where it is; a project that it names comes before `project`.
            project: What to call the project otherwise.
            credentials: Values by name, some of `credentials`.
            timeout: Seconds that one request may take.

        Raises:
            InvalidUrl: The URL makes no sense for this backend; the message says what does.
        """

    @property
    def place(self) -> str:
        """Where it is, told apart from all others on this machine: its URL, with an absolute path if it has one."""
        return self.url

    def load(self) -> None:
        """Load the library, and make what is missing on this machine: what takes its time, but only once.

        Raises:
            TrackerError: Why it can't be.
        """
        if self.library:
            import_module(self.library)

    @abstractmethod
    def open(self, spec: RunSpec, old: StoredRun | None) -> Sink:
        """Make a run, or go on with one.

        Args:
            spec: What is known of it.
            old: The stored run to go on with; None for a new one.

        Raises:
            TrackerUnreachable: It may work in a moment, as after any `OSError`, and is tried again then.
            TrackerError: Why no run could be made.
        """

    @abstractmethod
    def read(self) -> Iterator[StoredRun]:
        """All runs of the project as they are stored, oldest first.

        Raises:
            TrackerError: Why they could not be read.
        """

    def overview(self) -> Iterator[StoredRun]:
        """As `read`, for a list of runs: without their metrics, where it takes longer to have them.

        Raises:
            TrackerError: Why they could not be read.
        """
        return self.read()

    def attachments(self, run_id: str, folder: Path) -> Iterator[Logged]:
        """The artifacts, pictures and tables of a stored run, as they were logged; files are fetched into `folder`.

        Of artifacts of one name, there is the last.

        Raises:
            TrackerError: Why they could not be read.
        """
        return iter(())

    def artifact(self, run_id: str, name: str, folder: Path) -> Path | None:
        """Where one artifact of a stored run is, fetched into `folder` if need be; None if it is not there.

        A backend that can get at one without all others has this of its own.

        Raises:
            TrackerError: Why it could not be read.
        """
        attached = self.attachments(run_id, folder)
        return next((each.path for each in attached if isinstance(each, Artifact) and each.name == name), None)

    def projects(self) -> list[str] | None:
        """The projects that there are where this one is, as a URL may name them; None if that can't be told.

        Raises:
            TrackerError: Why they could not be read.
        """
        return None

    @abstractmethod
    def check(self) -> str:
        """Say where the runs go, after having seen that it can be reached and written to; leaves nothing behind.

        Raises:
            TrackerError: It can't, and why.
        """

    def to_resume(self, spec: RunSpec) -> StoredRun | None:
        """The latest run of the name in `spec`, if that is to be continued.

        Raises:
            RunNotFound: It must be, and there is none.
        """
        if spec.resume == "never":
            return None
        found = [run for run in self.read() if run.name == spec.name]
        if spec.resume == "must" and not found:
            raise RunNotFound(f"there is no run named {spec.name!r} in the project {spec.project!r} to resume")
        return found[-1] if found else None

    def find(self, run_id: str) -> StoredRun | None:
        """The run of that id, if it is there.

        Raises:
            TrackerError: Why it could not be read.
        """
        return next((run for run in self.read() if run.id == run_id), None)

    @classmethod
    def attach(cls, native: Any) -> Callable[[], None]:
        """Let the library's own calls in this context reach `native`, until the returned function is called.

        `native` is a sink's, or an `Inert` if no run could be made. Neither call may block.
        """
        return lambda: None


def backend_class(name: str) -> type[Backend]:
    """The installed backend of that name, loaded now and not before.

    Raises:
        BackendMissing: Nothing that is installed provides it; the message lists what is.
        BackendUnfit: It can't be imported, or not with what is installed.
    """
    found = _installed()
    if name not in found:
        raise BackendMissing(f"There is no tracker backend {name!r}; installed are: {', '.join(sorted(found))}.")
    try:
        loaded: type[Backend] = found[name].load()
    except BackendMissing:
        raise
    except Exception as error:
        let_through(error)
        raise BackendUnfit(
            f"The tracker backend {name!r} can't be imported ({type(error).__name__}: {error}). `pip check` says which "
            "of the installed packages don't fit together."
        ) from error
    return loaded


def need_library(backend: type[Backend]) -> None:
    """See that the backend's library is installed in a release that the backend works with, without loading it.

    Raises:
        BackendMissing: It is not; the message says how to install it.
        BackendUnfit: It is, in another release; the message says how to install one that fits.
    """
    if backend.library:
        libraries.need_library(backend.name, backend.library, backend.requires or backend.library)


@cache
def _installed() -> dict[str, EntryPoint]:
    """The installed backends; looking through all distributions would take as long as all else in prepare."""
    return {point.name: point for point in entry_points(group=ENTRY_POINTS)}
