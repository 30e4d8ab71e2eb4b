"""Every failure has a name here; each message says what is wrong and what to do about it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager


class TrackerError(Exception):
    """The base of all errors of this package."""


class InvalidTag(TrackerError, ValueError):
    """A tag that no backend can hold as given."""


class InvalidProject(TrackerError, ValueError):
    """A project name that the backend would change, mix up or refuse."""


class InvalidUrl(TrackerError, ValueError):
    """A tracker URL that is none, or that makes no sense for its backend."""


class InvalidSettings(TrackerError, ValueError):
    """Settings or configuration of a tracker that contradict themselves or name unknown fields."""


class UnstorableValue(TrackerError, ValueError):
    """A value in a payload that cannot be stored; the rest of the payload is."""


class Losses(TrackerError):
    """Several things that can't be stored; each is told by itself."""

    def __init__(self, errors: Sequence[Exception], rows: int = 0) -> None:
        """What was lost.

        Args:
            errors: One for each thing.
            rows: How many rows of metrics were lost as a whole.
        """
        super().__init__("; ".join(map(str, errors)))
        self.errors = tuple(errors)
        self.rows = rows


class RunNotFound(TrackerError, LookupError):
    """There is no run of that name or id, or the beginning of an id is that of several."""


class ArtifactNotFound(TrackerError, LookupError):
    """No run has the artifact that was asked for."""


class UnsupportedFeature(TrackerError, NotImplementedError):
    """The backend does not have the feature that was asked for."""


class TrackerUnreachable(TrackerError, ConnectionError):
    """The backend's storage or server could not be reached, or did not answer in time."""


class TokenRefused(TrackerError, PermissionError):
    """The backend's server answered, and refused the credentials."""


class SecretMissing(TrackerError, LookupError):
    """The configuration refers to a ZenML secret, or a key in one, that does not exist."""


class BackendMissing(TrackerError, LookupError):
    """No installed package provides the backend that was named, or its library is not installed."""


class BackendUnfit(BackendMissing):
    """The backend that was named can't be used here: its library is of another release, or can't be imported."""


class NoActiveRun(TrackerError, RuntimeError):
    """A run was asked for where no tracked step is running."""


class RunEnded(TrackerError, RuntimeError):
    """Something was logged to a run that is over."""


class FlavorConflict(TrackerError, RuntimeError):
    """The name of our flavor leads ZenML to another class than ours, or to none."""


class DemoFailed(TrackerError, RuntimeError):
    """The demo could not be run, or showed something else than it should."""


class UnknownName(TrackerError, LookupError):
    """There is no project, stack or tracker of that name; the message says which there are."""


class StoreUnreachable(TrackerError, ConnectionError):
    """The active ZenML store did not answer, or refused the login."""


@contextmanager
def named(doing: str) -> Iterator[None]:
    """Have whatever else a backend raises come as a `TrackerError`, which commands tell in one line.

    Args:
        doing: What can't be done then, as in "mine:///runs can't be read".
    """
    try:
        yield
    except TrackerError:
        raise
    except Exception as error:
        raise TrackerError(f"{doing}: {type(error).__name__}: {error}") from error
