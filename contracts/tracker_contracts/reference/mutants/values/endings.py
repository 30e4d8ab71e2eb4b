"""How a step ends."""

from __future__ import annotations

import builtins
from asyncio import CancelledError

from tracker_contracts.reference.mutants.mutant import breaks
from tracker_contracts.reference.mutants.runs import Ends, Fields


@breaks("F1", "ending=error")
class ForgivesValueErrors(Ends):
    """A step that ends with a ValueError is taken for a good one."""

    def excused(self, error: BaseException | None) -> bool:
        return isinstance(error, ValueError)


@breaks("F2", "ending=bare")
class ShowsErrorsWithoutAMessage(Ends):
    """An exception without arguments is stored with a message that Python makes of it."""

    def told(self, error: BaseException) -> Fields:
        return {} if error.args else {"error_message": repr(error)}


@breaks("F2", "ending=chained")
class StoresTheCauseOfTheError(Ends):
    """Of an exception that another one caused, that one is stored."""

    def told(self, error: BaseException) -> Fields:
        return self.describe(error.__cause__)


@breaks("F2", "ending=grouped")
class StoresTheFirstOfAGroup(Ends):
    """Of a group of exceptions the first is stored."""

    def told(self, error: BaseException) -> Fields:
        return self.describe(next(iter(getattr(error, "exceptions", ())), None))


@breaks("F1", "ending=warning")
class ForgivesWarnings(Ends):
    """A step that ends with a warning is taken for a good one."""

    def excused(self, error: BaseException | None) -> bool:
        return isinstance(error, Warning)


@breaks("F2", "ending=own")
class KnowsBuiltinErrorsOnly(Ends):
    """An exception of the user's own is stored as an Exception."""

    def told(self, error: BaseException) -> Fields:
        return {} if hasattr(builtins, type(error).__name__) else {"error_type": "Exception"}


@breaks("F2", "ending=long")
class CutsErrorsAt8000(Ends):
    """The end of a message of more than 8000 characters is lost."""

    def told(self, error: BaseException) -> Fields:
        return {"error_message": str(error)[:8000]}


@breaks("F2", "ending=lines")
class JoinsTheLinesOfErrors(Ends):
    """The lines of a message become one."""

    def told(self, error: BaseException) -> Fields:
        return {"error_message": str(error).replace("\n", " ")}


@breaks("F2", "ending=unicode")
class StoresErrorsInAscii(Ends):
    """Characters of a message beyond ASCII become question marks."""

    def told(self, error: BaseException) -> Fields:
        return {"error_message": str(error).encode("ascii", "replace").decode()}


@breaks("F2", "ending=base")
class DescribesExceptionsOnly(Ends):
    """What is a BaseException and nothing more has no message."""

    def told(self, error: BaseException) -> Fields:
        return {"error_message": ""} if type(error) is BaseException else {}


@breaks("F2", "ending=interrupt")
class SaysWhoInterrupted(Ends):
    """An interruption is stored with a message that it does not have."""

    def told(self, error: BaseException) -> Fields:
        return {"error_message": "interrupted by the user"} if isinstance(error, KeyboardInterrupt) else {}


@breaks("F2", "ending=exit-3")
class SpellsTheExitStatus(Ends):
    """A status that is not zero is stored with words around it."""

    def told(self, error: BaseException) -> Fields:
        status = isinstance(error, SystemExit) and str(error) not in ("", "0")
        return {"error_message": f"exit status {error}"} if status else {}


@breaks("F3", "ending=exit-0")
class TakesExitZeroForSuccess(Ends):
    """A step that exits with the status 0 is taken for a good one."""

    def excused(self, error: BaseException | None) -> bool:
        return isinstance(error, SystemExit) and str(error) in ("", "0", "None")


@breaks("F3", "ending=cancelled")
class ForgivesCancellation(Ends):
    """A step that was cancelled is taken for a good one."""

    def excused(self, error: BaseException | None) -> bool:
        return isinstance(error, CancelledError)
