"""What is compared with what, and which ratio is wanted."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.case import Case, Side

BUILT_IN = "ZenML's built-in flavor"
GROWTH = {20: 0.5, 1_000: 0.5, 10_000: 0.15, 50_000: 0.03}
"""The target by the runs that a local Trackio project has."""
READ = 10_000
"""Runs of a project that is read."""


def cases() -> list[Case]:
    """All of them."""
    return [*_hooks(), *_logs(), *_whole_runs(), *_reading(), *_starting()]


def _hooks() -> Iterator[Case]:
    for runs, target in GROWTH.items():
        yield _of_hooks(
            f"Hooks and a log, local Trackio, {runs:,} runs", "trackio", target, before=runs, quick=runs == min(GROWTH)
        )
    yield _of_hooks("Hooks and a log, MLflow on SQLite", "mlflow", 0.8, quick=True)
    yield _of_hooks("Hooks and five logs, MLflow on SQLite", "mlflow", 0.5, logs=5)
    yield _of_hooks("Hooks and a log, W&B offline", "wandb", 0.4, quick=True)


def _of_hooks(name: str, tracker: str, target: float, quick: bool = False, **given: int) -> Case:
    given = {"logs": 1, **given}  # without any, some of the built-in ones store nothing
    sides = [Side("hooks", {"tracker": each, **given}) for each in (tracker, f"zenml-{tracker}")]
    return Case(name, *sides, BUILT_IN, target, quick=quick)


def _logs() -> Iterator[Case]:
    for tracker, rows, target in (("trackio", 2000, 1.0), ("wandb", 2000, 0.3)):
        given = {"rows": rows}
        ours = Side("log", {"tracker": tracker, **given})
        rival = Side("bare", {"library": tracker, **given, "all_in": False})
        yield Case(f"{rows:,} log calls, {tracker}", ours, rival, f"bare {tracker}", target, quick=tracker == "trackio")


def _whole_runs() -> Iterator[Case]:
    wanted = {
        "trackio": (5000, 0.8),
        "wandb": (5000, 1.0),
        "tensorboard": (5000, 2.0),
        "aim": (1000, 1.0),
        "mlflow": (200, 1 / 40),
    }
    for tracker, (rows, target) in wanted.items():
        ours = Side("hooks", {"tracker": tracker, "logs": rows})
        rival = Side("bare", {"library": tracker, "rows": rows, "all_in": True})
        name = f"A run of {rows:,} rows from its start to its end, all stored, {tracker}"
        yield Case(name, ours, rival, f"bare {tracker}", target, times=3, pairs=5, quick=tracker == "trackio")


def _reading() -> Iterator[Case]:
    rival = Side("select", {"runs": READ})
    for name, does, options, target in (
        ("read()", "read", None, 3.0),
        ("zenml-trackers runs", "runs", [], 1.5),
        ("zenml-trackers runs --run ID", "runs", ["--run", "run"], 0.5),
    ):
        given = {"runs": READ} if options is None else {"runs": READ, "options": options}
        ours, called = Side(does, given), f"{name}, {READ:,} runs of 20 rows"
        yield Case(called, ours, rival, "one SELECT of all rows", target, times=3, pairs=3)


def _starting() -> Iterator[Case]:
    importing = Side("python", {"does": "import zenml"})
    without = Side("python", {"does": "import zenml", "override": False})
    yield Case("import zenml, with the built-in flavor replaced", importing, without, "ZenML alone", 1.01)
    both = Side("python", {"does": "import zenml, zenml_trackers"})
    yield Case("import zenml, zenml_trackers", both, without, "ZenML alone", 1.03)
