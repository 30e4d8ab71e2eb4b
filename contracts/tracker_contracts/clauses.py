"""The contract, as data: what every experiment tracker in a ZenML step must keep.

An id never changes its meaning. The page of the documentation is generated from this file.
"""

from __future__ import annotations

from enum import Enum

from pydantic import BaseModel, ConfigDict


class Level(str, Enum):
    """How binding a clause is."""

    CORE = "core"
    """Every tracker; one that breaks it does not conform."""
    EXTENDED = "extended"
    """Trackers that declare the clause's feature; the others must refuse it by name."""
    PROVISIONAL = "provisional"
    """Reported, never failed, for the reason that the clause gives."""


class Driver(str, Enum):
    """How a step is executed while a clause is tried."""

    DIRECT = "direct"
    """The hooks are called on the component, in ZenML's order; no store is needed."""
    PIPELINE = "pipeline"
    """A real pipeline on ZenML's local orchestrator, in a store of its own."""
    PROCESS = "process"
    """The step's own ZenML entrypoint in a fresh process, as remote orchestrators run it."""


class Clause(BaseModel):
    """One promise that a test can prove or refute from what a backend stored."""

    model_config = ConfigDict(frozen=True)

    id: str
    level: Level
    sentence: str
    feature: str | None = None
    """What a tracker has to declare for an extended clause to hold it."""
    setting: str | None = None
    """The field of the flavor's settings that the clause is about; a flavor without it promises nothing there."""
    provisional: str = ""
    """Why it is not binding yet."""
    unless: str | None = None
    """An attribute of the harness that tells why a tracker does not promise it."""
    drivers: tuple[Driver, ...] = (Driver.DIRECT,)


class Chapter(BaseModel):
    """Clauses about one matter."""

    model_config = ConfigDict(frozen=True)

    title: str
    clauses: tuple[Clause, ...]


_D, _P, _X = Driver.DIRECT, Driver.PIPELINE, Driver.PROCESS


def _core(id: str, sentence: str, *drivers: Driver, **more: str) -> Clause:
    return Clause(id=id, level=Level.CORE, sentence=sentence, drivers=drivers or (_D,), **more)


def _extended(id: str, feature: str, sentence: str, *drivers: Driver) -> Clause:
    return Clause(id=id, level=Level.EXTENDED, feature=feature, sentence=sentence, drivers=drivers or (_D,))


def _provisional(id: str, why: str, sentence: str, *drivers: Driver, **more: str) -> Clause:
    return Clause(id=id, level=Level.PROVISIONAL, provisional=why, sentence=sentence, drivers=drivers or (_D,), **more)


LIFECYCLE = Chapter(
    title="Lifecycle",
    clauses=(
        _core(
            "L1",
            "Each executed step has exactly one run in the backend, also when the step logs nothing. "
            "A cached step has none.",
            _D,
            _P,
        ),
        _core("L2", "When cleanup returns, the run is in a terminal state.", _D, _P),
        _core(
            "L3",
            "Cleanup leaves the process as prepare found it: no active run, and environment, working directory, "
            "logging handlers, excepthook and signal handlers as before; no step leaves a file or a thread open.",
        ),
        _core(
            "L4",
            "All that was logged between prepare and cleanup is there for a reader in a fresh process as soon as "
            "cleanup returns.",
            _D,
            _X,
        ),
        _core(
            "L5",
            "Any sequence of steps in one process (good, failed, empty, retried, tagged) leaves the same set of runs "
            "as a model that runs each alone.",
        ),
        _core(
            "L6",
            "If the step itself finished or replaced the native run, as a framework's callback does, cleanup still "
            "succeeds, the step's result stands, and the run's final state is right.",
        ),
        _core("L7", "Steps that overlap in threads of one process never see or write each other's run."),
        _core(
            "L8",
            "Each retry attempt is a run of its own, linked by step and attempt number; no attempt overwrites another.",
            _D,
            _P,
        ),
        _core(
            "L9",
            "A tracker or backend that fails in prepare, log, metadata or cleanup never fails the step or hides the "
            "step's own exception; one warning names what was lost. If the flavor can be strict, it fails in prepare "
            "with a named error instead.",
        ),
        _core(
            "L10",
            "With an unreachable backend, prepare, metadata and cleanup together end within the configured deadline "
            "(10 s unless configured).",
        ),
        _extended("L11", "resume", "Resuming a run continues its steps and keeps its metrics, params and tags."),
        _extended("L12", "nested", "A child run is readable as a child of its parent."),
        _core(
            "L13",
            "A forked or spawned child of the step that logs neither hangs nor loses in silence: what it logs is "
            "stored, or refused by one warning.",
        ),
        _core(
            "L14",
            "The working directory, HOME, the locale and the time zone may change during the step; nothing is lost by "
            "it.",
        ),
    ),
)

TAGGING = Chapter(
    title="Tagging",
    clauses=(
        _core(
            "T1",
            "The tags of the settings are stored as a set, equal to what was given: unicode kept, order irrelevant, "
            "duplicates collapsed.",
            setting="tags",
        ),
        _core("T2", "Pipeline name, pipeline run name and step name are always among the tags.", _D, _P),
        _core("T3", "Tagging writes no metric and uses up no step.", setting="tags"),
        _core("T4", "Tags added while the step runs are stored too."),
        _core(
            "T5",
            "A tag that the backend cannot hold (empty, too long, wrong type) is refused by name when the settings are "
            "built, or stored in a documented reversible form; never silently dropped or cut.",
            setting="tags",
        ),
    ),
)

METADATA = Chapter(
    title="Metadata",
    clauses=(
        _core(
            "M1",
            "The settings' `metadata` is stored before the step's first line runs, so that it is there even if the "
            "step dies at once.",
            _D,
            _X,
            setting="metadata",
        ),
        _core(
            "M2",
            "Parameters and metadata round-trip: nested maps, lists, None, bool, int, float, str, any unicode; equal "
            "after reading, or in the documented flattened form.",
        ),
        _core(
            "M3",
            "Every metric value is read back under its name and step, in order, bit for bit at the precision that the "
            "backend declares (float64, unless it declares float32; with the sign of zero, unless it declares that it "
            "keeps none). Of NaN, inf and -inf those that it declares are stored; the others are refused by a warning "
            "that names the metric, and the rest of the payload is stored.",
        ),
        _core("M4", "A step not given counts up from the last; given steps are kept; both may mix."),
        _core(
            "M5",
            "In a payload with a value that can't be stored, the rest is stored and one warning names the key.",
        ),
        _core(
            "M6",
            "`run_name` overrides the default `<pipeline run>_<step>`; two runs of one name stay two runs.",
            setting="run_name",
        ),
        _core(
            "M7",
            "Step metadata in ZenML carries the backend's run id and run name, and they find the run in the backend.",
            _D,
            _P,
        ),
        _extended(
            "M8",
            "artifacts",
            "A logged file or folder reads back byte for byte under its name, with its type and aliases if it has any.",
        ),
        _extended(
            "M9", "media", "Images and tables logged in the step read back with the same pixels, captions and cells."
        ),
        _extended(
            "M10",
            "values",
            "Every form of the documented table of values is stored in its documented form, and a value that is not in "
            "it costs no other.",
        ),
    ),
)

FAILURE = Chapter(
    title="Failure",
    clauses=(
        _core("F1", "A step that raises has its run stored as failed.", _D, _P, _X),
        _core("F2", "The exception's type and message are stored with the run.", _D, _P),
        _core("F3", "`SystemExit`, `KeyboardInterrupt` and other `BaseException`s count as failures."),
        _core(
            "F4",
            "A step that returns has its run stored as finished, never failed, whatever other steps did before, after "
            "or beside it.",
        ),
        _provisional(
            "F5",
            "Until 0.84, ZenML ends the process at SIGTERM and calls no hook of the tracker.",
            "After SIGTERM, in the main thread or in a worker's, the run is failed and nothing logged is lost.",
            _X,
        ),
        _core(
            "F6",
            "After SIGKILL, all that a returned call logged is there after recovery; with a tracker that has none, all "
            "that was logged over one second before is.",
            _X,
        ),
        _extended(
            "F7",
            "recovery",
            "What could not be delivered by cleanup (disk full, backend gone) is kept, and delivered exactly once "
            "later.",
        ),
        _extended(
            "F8",
            "reconciliation",
            "A run that a killed process left open is marked failed, from ZenML's own step status, by one documented "
            "command.",
            _X,
        ),
        _extended(
            "F9",
            "reconciliation",
            "A step that ZenML fails after cleanup, since its output can't be stored, has a failed run after the same "
            "command.",
            _P,
        ),
    ),
)

URL = Chapter(
    title="URL",
    clauses=(
        _core(
            "U1",
            "`experiment_tracker_url` is in the step's ZenML metadata, a `Uri`, whenever the backend has a page for "
            "the run; else it is absent, and a command that shows the run is there instead.",
            _D,
            _P,
        ),
        _core("U2", "Two runs have two URLs, and one run has the same URL each time."),
        _core(
            "U3",
            "The URL is absolute, parses, and survives the characters that run and project names may hold.",
        ),
        _extended("U4", "server", "Opened in a browser, the URL shows that very run: its name and its metrics."),
    ),
)

SECURITY = Chapter(
    title="Security",
    clauses=(
        _core(
            "S1",
            "No secret value is found in ZenML metadata, the backend's store, URLs, logs, warnings, reprs, tracebacks "
            "or what the process prints.",
        ),
        _core(
            "S2",
            "Secrets given as `{{secret.key}}` are resolved at use only and are out of the environment after cleanup.",
            _P,
        ),
        _core(
            "S3",
            "A config value that would send credentials in clear (token in a URL) is taken apart at registration: the "
            "token moves to the secret field, or registration is refused with the way to do it.",
        ),
        _core(
            "S4",
            "Stored files, journals and folders made by the tracker are readable by their owner alone, unless the "
            "backend documents a shared place.",
            unless="shared",
        ),
    ),
)

PORT = Chapter(
    title="Port",
    clauses=(
        _extended(
            "R1",
            "port",
            "What the tracker's own reading gives back equals what an independent reader sees in the store.",
        ),
        _extended(
            "R2",
            "port",
            "The tracker's own check succeeds where runs can be stored, fails with a named error where not, and leaves "
            "nothing behind.",
        ),
        _extended("R3", "port", "A copy into another tracker and back is equal; what can't be held there is listed."),
    ),
)

CHAPTERS = (LIFECYCLE, TAGGING, METADATA, FAILURE, URL, SECURITY, PORT)
CLAUSES = {clause.id: clause for chapter in CHAPTERS for clause in chapter.clauses}
"""All clauses by id, in the order of the contract."""

VERSION = "2"
