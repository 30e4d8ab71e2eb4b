"""What a call of a run must not do to the step: fail it by what it was given."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from zenml_trackers.errors import TrackerError, UnstorableValue
from zenml_trackers.interruption import let_through
from zenml_trackers.model.values.text import shown


class Refusing(Protocol):
    """Whose calls these are."""

    def _refuse(self, refused: Iterable[Exception]) -> None:
        """Warn of what can't be stored, or raise it."""


Arguments = ParamSpec("Arguments")
Of = TypeVar("Of", bound=Refusing)


def harmless(call: Callable[Concatenate[Of, Arguments], None]) -> Callable[Concatenate[Of, Arguments], None]:
    """Have what a call was given cost that call alone: an object that can't be read, a folder that can't be written.

    An error of this package's is raised: a feature that is not there, or any loss of a strict tracker. So is a call
    with arguments that it does not have.
    """

    @wraps(call)
    def guarded(run: Of, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            call(run, *args, **kwargs)
        except UnstorableValue as error:
            run._refuse([error])
        except TrackerError:
            raise
        except Exception as error:
            let_through(error)
            if error.__traceback__ is None or error.__traceback__.tb_next is None:
                raise  # Python did not even begin the call
            run._refuse([UnstorableValue(f"{call.__name__}() can't take what it was given: {shown(error)}.")])

    return guarded
