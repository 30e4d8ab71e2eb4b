"""Every failure has a name here; each message says what is wrong and what to do about it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager


class TrackerError(Exception):
    """The base of all errors of this package."""


class InvalidTag(TrackerError, ValueError):
    """A tag can't be held by any backend as it was given.

    Give text that is not empty and can be encoded as UTF-8.
    """


class InvalidProject(TrackerError, ValueError):
    """The backend would change a project's name, mix it up with another, or refuse it.

    Choose a name within the limits that the message tells.
    """


class InvalidUrl(TrackerError, ValueError):
    """A tracker URL can't be read, or makes no sense for its backend.

    Write it in one of the forms that the message shows. Credentials go into their own fields.
    """


class InvalidSettings(TrackerError, ValueError):
    """Settings or the configuration of a tracker contradict themselves, or name unknown fields.

    Change the field that the message names.
    """


class UnstorableValue(TrackerError, ValueError):
    """A value can't be stored; the rest of its call is stored.

    Log the value that the message names in a form of the page on values, or as a file.
    """


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
    """There is no run of that name or id, or the beginning of an id is that of several.

    `zenml-trackers runs URL` shows the ids.
    """


class ArtifactNotFound(TrackerError, LookupError):
    """No run has the artifact that was asked for.

    The message names the artifacts that there are. Look at the project, the alias and the name.
    """


class UnsupportedFeature(TrackerError, NotImplementedError):
    """The backend does not have the feature that was asked for.

    Leave the call out with this tracker, or use another tracker, or another release of its library.
    """


class TrackerUnreachable(TrackerError, ConnectionError):
    """The backend's storage or server could not be reached, or did not answer in time.

    Start the server, or make the folder writable; `zenml-trackers doctor` tries again. What was logged is kept, and
    `zenml-trackers deliver` delivers it.
    """


class TokenRefused(TrackerError, PermissionError):
    """The backend's server answered, and refused the credentials.

    Renew the token in the ZenML secret, or give one that may write.
    """


class SecretMissing(TrackerError, LookupError):
    """The configuration refers to a ZenML secret, or to a key in one, that does not exist.

    `zenml secret create NAME --KEY=VALUE` makes it, or `zenml secret update` adds the key.
    """


class BackendMissing(TrackerError, LookupError):
    """No installed package provides the backend that was named, or its library is not installed.

    Install what the message names, such as `mlflow>=2.18`. The extra `zenml-trackers[mlflow]` brings it too.
    """


class BackendUnfit(BackendMissing):
    """The backend that was named can't be used here: its library is of another release, or can't be imported.

    Install a release that the message names.
    """


class NoActiveRun(TrackerError, RuntimeError):
    """A run was asked for where no tracked step is running.

    Name a tracker in `@step(experiment_tracker=…)`, or begin a run with `connect(URL).start_run(NAME)`.
    """


class RunEnded(TrackerError, RuntimeError):
    """Something was logged to a run that is over.

    Log before the step or the block of the run ends. A later run can `resume` it.
    """


class FlavorConflict(TrackerError, RuntimeError):
    """The name of our flavor leads ZenML to another class than ours, or to none.

    `zenml-trackers doctor` says what stands in the way, and what to do.
    """


class DemoFailed(TrackerError, RuntimeError):
    """The demo could not be run, or showed something else than it should.

    Install `zenml-trackers[demo]`. If the message names a step or a run, it is a fault of this package.
    """


class UnknownName(TrackerError, LookupError):
    """There is no project, stack or tracker of that name.

    The message says which there are.
    """


class StoreUnreachable(TrackerError, ConnectionError):
    """The active ZenML store did not answer, or refused the login.

    `zenml status` says which store that is; `zenml login` logs in again.
    """


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
