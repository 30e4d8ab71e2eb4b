"""Where a step meets the driver that has it executed: the driver leaves a stage, and the step plays on it."""

from __future__ import annotations

import builtins
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter

from tracker_contracts.drivers.perform import perform
from tracker_contracts.harness import load
from tracker_contracts.programs.plan import Fail, StepPlan
from tracker_contracts.programs.raising import NOT_BUILTIN, exception

ACCOUNT = "TRACKER_CONTRACTS_ACCOUNT"
"""The variable that tells a step in a process of its own where to leave its account."""

Body = Callable[[], Any]
Plans = tuple[StepPlan, ...]
"""The plan of each attempt of one step."""

PLANS = TypeAdapter(Plans, config=ConfigDict(ser_json_inf_nan="strings"))


@dataclass
class Stage:
    """One step with all its attempts, as the step itself sees them."""

    body: Body | None = None
    """What the step does instead of what its plan says."""
    begun: int = 0
    ended: list[BaseException | None] = field(default_factory=list)
    """What each attempt raised; one that was begun and did not end is not here."""

    def play(self, harness: str, plans: Plans) -> None:
        """Do in the first attempt what the first plan says, and so on."""
        plan = plans[min(self.begun, len(plans) - 1)]
        self.begun += 1
        self._note()
        try:
            self._perform(plan, harness)
        except BaseException as error:
            self.ended.append(error)
            self._note()
            raise
        self.ended.append(None)
        self._note()

    def _perform(self, plan: StepPlan, harness: str) -> None:
        if self.body is not None:
            self.body()
        else:
            perform(plan, load(harness)())

    def _note(self) -> None:
        """Only a step in a process of its own has to write down what it does."""


class RemoteStage(Stage):
    """A stage in the step's own process, whose account is a file."""

    def _note(self) -> None:
        ended = [error and [type(error).__name__, [str(part) for part in error.args]] for error in self.ended]
        Path(os.environ[ACCOUNT]).write_text(json.dumps({"begun": self.begun, "ended": ended}), encoding="utf-8")


stages: dict[str, Stage] = {}
"""The stages of the steps that are executing in this process, by step name."""


def play(harness: str, plans: str) -> None:
    """What each step of a trial does.

    Args:
        harness: The harness, as `package.module:Class`.
        plans: The plan of each attempt, as JSON.
    """
    attempts = PLANS.validate_json(plans)
    stages.setdefault(attempts[0].step, RemoteStage()).play(harness, attempts)


def read_account(file: Path) -> Stage:
    """What a step in another process left; an empty stage if it was never begun."""
    if not file.exists():
        return Stage()
    told = json.loads(file.read_text(encoding="utf-8"))
    return Stage(begun=told["begun"], ended=[error and _error(*error) for error in told["ended"]])


def _error(kind: str, parts: list[str]) -> BaseException:
    """What a step raised; of a group the members are those that steps of the contract raise."""
    if kind == "ExceptionGroup":
        return exception(Fail(kind=kind, message=parts[0]))
    found: Any = NOT_BUILTIN.get(kind) or getattr(builtins, kind, None)
    if isinstance(found, type) and issubclass(found, BaseException):
        with suppress(TypeError):  # one that takes other arguments than texts
            made: BaseException = found(*parts)
            return made
    unknown: type[Exception] = type(kind, (Exception,), {})
    return unknown(*parts)
