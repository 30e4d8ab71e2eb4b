"""What a step does while a clause is tried: data, so that it can be done in this process or in a fresh one."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Action(BaseModel):
    """The base of all that a step can do."""

    model_config = ConfigDict(frozen=True, ser_json_inf_nan="strings")


class LogMetrics(Action):
    """Log numbers, at a step or the next one."""

    do: Literal["log metrics"] = "log metrics"
    metrics: dict[str, bool | int | float]
    step: int | None = None
    odd: dict[str, str] = Field(default_factory=dict)
    """What is no number, by name; the kinds are those of `odd`."""


class LogParams(Action):
    """Log configuration."""

    do: Literal["log params"] = "log params"
    params: dict[str, Any]
    odd: dict[str, str] = Field(default_factory=dict)
    """What can't be stored, by name; the kinds are those of `odd`."""


class AddTags(Action):
    """Tag the run while the step runs."""

    do: Literal["add tags"] = "add tags"
    tags: list[str]


class LogArtifact(Action):
    """Log a file, or a folder of files."""

    do: Literal["log artifact"] = "log artifact"
    name: str
    files: dict[str, int]
    """Sizes in bytes by path; what is in them follows from both. The only path of a single file is empty."""


class Move(Action):
    """Change what a step shares with its process: its `folder`, its `home` or its `locale`."""

    do: Literal["move"] = "move"
    what: str


class FinishNatively(Action):
    """Finish the run with the library's own call, as a framework's callback does."""

    do: Literal["finish natively"] = "finish natively"


class StartNatively(Action):
    """Start a run with the library's own call, as a framework's callback does."""

    do: Literal["start natively"] = "start natively"


class Fail(Action):
    """Raise; the kinds are names of builtin exceptions, and those of `raising`."""

    do: Literal["fail"] = "fail"
    kind: str = "ValueError"
    message: str | None = "boom"
    """None: the exception has no argument."""
    chained: bool = False
    """Whether it is raised from another one."""


class Wait(Action):
    """Let time pass, in seconds."""

    do: Literal["wait"] = "wait"
    seconds: float


class Signal(Action):
    """Send the step's own process a signal, by name, such as `SIGKILL`."""

    do: Literal["signal"] = "signal"
    name: str


AnyAction = Annotated[
    LogMetrics | LogParams | AddTags | LogArtifact | Move | FinishNatively | StartNatively | Fail | Wait | Signal,
    Field(discriminator="do"),
]


class StepPlan(BaseModel):
    """One execution of one step."""

    model_config = ConfigDict(frozen=True)

    step: str = "train"
    pipeline: str = "pipe"
    run: str = "pipe-run"
    """The name of the pipeline run; with the direct driver alone, since ZenML makes its own."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """The flavor's settings for this step."""
    actions: tuple[AnyAction, ...] = ()
    thread: bool = False
    """Whether the step does all that in a thread of its own making."""
    asks_early: bool = False
    """Whether the tracker is asked for what it tells ZenML already when the step begins."""
    retry_of: str | None = None
    """A name that the attempts of one step share; None if it is tried once."""

    @property
    def fails(self) -> bool:
        """Whether the step raises."""
        return any(isinstance(action, Fail) for action in self.actions)


def performed(plan: StepPlan) -> StepPlan:
    """The plan without what comes after the step fails."""
    done: list[Any] = []
    for action in plan.actions:
        done.append(action)
        if isinstance(action, Fail):
            break
    return plan.model_copy(update={"actions": tuple(done)})
