"""Where MLflow keeps runs, whichever way it is reached."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from zenml_trackers.errors import InvalidProject, TrackerError, TrackerUnreachable
from zenml_trackers.model.records import Status

REFUSALS = (
    "BAD_REQUEST",
    "ENDPOINT_NOT_FOUND",
    "INVALID_PARAMETER_VALUE",
    "INVALID_STATE",
    "MALFORMED_REQUEST",
    "PERMISSION_DENIED",
    "RESOURCE_ALREADY_EXISTS",
    "RESOURCE_DOES_NOT_EXIST",
)
"""What MLflow calls the mistakes of who asks it."""


class Place(ABC):
    """A tracking store of MLflow's with its artifacts."""

    uri: str
    """As MLflow's own calls name it."""
    store: Any
    """What this package calls; no call takes longer than it should."""

    @property
    @abstractmethod
    def native_store(self) -> Any:
        """What MLflow's own calls in a step call."""

    @property
    def others(self) -> int:
        """A number that changes as long as the store takes anything of runs that this one may have to wait for."""
        return 0

    @abstractmethod
    def artifacts(self, run: Any) -> Any:
        """MLflow's repository of a run's artifacts."""

    def passed_on(self, run: Any) -> Any:
        """The repository that MLflow's own calls are to use for a run; None if they find one that does."""
        return None

    @abstractmethod
    def files(self, run: Any) -> Iterator[str]:
        """The paths of all artifacts of a run."""

    def root(self, run: Any, folder: Path) -> Path:
        """Below which `fetched` has its files."""
        return folder

    @abstractmethod
    def fetched(self, run: Any, path: str, folder: Path) -> Path:
        """One artifact as a file on this machine; in `folder`, unless it was on this machine already."""

    def experiment(self, name: str) -> str:
        """The id of an experiment, which is made if it is not there.

        Raises:
            InvalidProject: It was deleted in MLflow.
        """
        found = self.store.get_experiment_by_name(name)
        if found is None:
            try:
                return str(self.store.create_experiment(name))
            except Exception:
                found = self.store.get_experiment_by_name(name)  # another step may have been faster
                if found is None:
                    raise
        if found.lifecycle_stage == "deleted":
            raise InvalidProject(
                f"The experiment {name!r} was deleted in MLflow; use another project, or bring it back with `mlflow "
                f"experiments restore --experiment-id {found.experiment_id}`."
            )
        return str(found.experiment_id)

    def made(self, experiment_id: str, name: str, now: int, own: Mapping[str, str]) -> Any:
        """A run that is made now, with tags of its own and those by which MLflow tells who and what made it."""
        from mlflow.entities import RunTag
        from mlflow.tracking.context.registry import resolve_tags

        tags = {**resolve_tags(), **own}
        given = [RunTag(*item) for item in tags.items()]
        return self.store.create_run(experiment_id, tags.get("mlflow.user", "unknown"), now, given, name)

    def set_status(self, run_id: str, status: Status, ended: int | None) -> None:
        """Store the status of a run, and when it ended, in milliseconds."""
        from mlflow.entities import RunStatus

        self.store.update_run_info(run_id, RunStatus.from_string(status.name), ended, None)

    def check(self, project: str) -> None:
        """See that it answers and takes what is written; leaves nothing behind.

        Raises:
            TrackerError: It doesn't, and why.
        """

    def links(self, experiment_id: str, run_id: str) -> dict[str, str]:
        """Where people see the run."""
        return {}

    @contextmanager
    def reached(self) -> Iterator[None]:
        """Have it said where it was that something failed.

        Raises:
            TrackerUnreachable: It may work another time.
            TrackerError: MLflow refused what it was asked in the block.
        """
        try:
            yield
        except TrackerError:
            raise
        except Exception as error:  # MLflow's own, and what databases and file systems raise through it
            lasts = isinstance(error, ImportError) or getattr(error, "error_code", "") in REFUSALS
            failure = (TrackerError if lasts else TrackerUnreachable)(f"MLflow at {self.uri}: {error}")
            if isinstance(failure, OSError) and isinstance(error, OSError):
                failure.errno = error.errno  # by which those are known that last
            raise failure from None
