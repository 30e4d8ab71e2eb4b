"""What the author of a tracker writes to have it tried, in about 40 lines."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from tracker_contracts.observed import ObservedRun

CLOSED_SERVER = "http://127.0.0.1:9"
"""An address at which nothing listens."""
NON_FINITE_NAMES = frozenset({"nan", "inf", "-inf"})
"""What is a float and no finite number, as `float()` takes it and `repr` tells it."""


@dataclass(frozen=True)
class Place:
    """Where one example stores its runs; no two examples share one."""

    folder: Path
    """An existing folder, shared by the examples of a session."""
    name: str
    """Letters, digits and hyphens; good as the name of a project."""


class Gap(BaseModel):
    """A clause that a tracker is known to break. If it is core, the tracker does not conform."""

    model_config = ConfigDict(frozen=True)

    reason: str
    link: str


@dataclass(frozen=True)
class Value:
    """One documented form of a value."""

    logged: Any
    """What a step logs."""
    stored: Any
    """What is read back of it."""
    kind: Literal["param", "metric", "cell", "image"] = "param"
    """What it is logged as; of an image, which has one color, `stored` is a pixel: red, green, blue."""


class HarnessBroken(Exception):
    """The harness, not the tracker, is at fault: what it says of itself does not hold."""


class TrackerHarness(ABC):
    """How the contract reaches one tracker. Override what is abstract, and what differs."""

    name: ClassVar[str]
    """What the report calls the tracker."""
    flavor: ClassVar[str]
    """The flavor class, as `package.module.Class`."""
    backend: ClassVar[str]
    """The distribution whose version the report names, such as `mlflow`."""
    features: ClassVar[frozenset[str]] = frozenset()
    """Extended features that are declared.

    They are resume, nested, artifacts, media, values, server, recovery, reconciliation and port.
    """
    known_gaps: ClassVar[Mapping[str, Gap]] = {}
    """Clauses by id that are known to be broken; one that holds after all fails the run."""
    precision: ClassVar[int] = 64
    """Bits of a stored float."""
    signed_zero: ClassVar[bool] = True
    """Whether a stored `-0.0` keeps its sign."""
    non_finite: ClassVar[frozenset[str]] = NON_FINITE_NAMES
    """Which of `nan`, `inf` and `-inf` are stored; what isn't named must be refused with a warning that names it."""
    shared: ClassVar[str] = ""
    """Who else may read the stored files, if the backend documents a place for several; else only their owner may."""
    secret_field: ClassVar[str | None] = None
    """The configuration field that takes the credentials."""
    url_field: ClassVar[str | None] = None
    """The configuration field that takes a server's address, in which a user might leave a token."""
    token_urls: ClassVar[tuple[str, ...]] = ("https://user:{token}@tracker.example",)
    """Addresses that would carry a token in clear."""

    @abstractmethod
    def config(self, place: Place) -> dict[str, Any]:
        """The component's configuration for a place."""

    @abstractmethod
    def read(self, place: Place) -> list[ObservedRun]:
        """The runs of a place, oldest first, from the backend's own storage.

        It must not use the tracker under test, and should take another way than the tracker wrote by.
        """

    def read_at_once(self, place: Place) -> list[ObservedRun]:
        """As `read`, but without any patience, if `read` has some."""
        return self.read(place)

    @abstractmethod
    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        """Log as a user of this tracker does in a step."""

    @abstractmethod
    def log_params(self, params: Mapping[str, Any]) -> None:
        """Log configuration as a user of this tracker does in a step."""

    @abstractmethod
    def add_tags(self, tags: list[str]) -> None:
        """Tag the step's run as a user of this tracker does in a step."""

    def settings(self, given: dict[str, Any]) -> dict[str, Any]:
        """A step's settings as this flavor spells them: the contract has `tags`, a list, `metadata` and `run_name`."""
        return given

    def as_stored(self, values: dict[str, Any]) -> dict[str, Any]:
        """Params or metadata as they are read back: as given, unless the backend documents a flattened form."""
        return values

    def resuming(self, run: ObservedRun) -> dict[str, Any]:
        """The settings with which a step continues a run, if the feature `resume` is declared."""
        return {"run_name": run.name, "resume": "allow"}

    def finish_natively(self) -> None:
        """Finish the current run with the library's own call; nothing if it has none."""

    def start_natively(self) -> None:
        """Start a run with the library's own call; nothing if it has none."""

    @property
    def native_calls(self) -> list[str]:
        """Which of the library's own calls there are for the contract to make: those that are overridden."""
        calls = {"native finish": "finish_natively", "native start": "start_natively"}
        return [name for name, call in calls.items() if getattr(type(self), call) is not getattr(TrackerHarness, call)]

    def log_child(self, name: str, metrics: Mapping[str, Any]) -> None:
        """Log in a step to a child run of that name, and end the child."""
        raise NotImplementedError

    def log_artifact(self, path: Path, name: str) -> None:
        """Log a file or folder in a step."""
        raise NotImplementedError

    def log_labelled_artifact(self, path: Path, name: str, type: str, aliases: list[str]) -> None:
        """Log a file in a step, with a type and aliases; without this, M8 does not ask for them."""
        raise NotImplementedError

    @property
    def labels_artifacts(self) -> bool:
        """Whether artifacts can have a type and aliases: whether the call for them is overridden."""
        return type(self).log_labelled_artifact is not TrackerHarness.log_labelled_artifact

    def log_image(self, name: str, pixels: Any) -> None:
        """Log an image in a step: an array of unsigned bytes, shaped (height, width, 3)."""
        raise NotImplementedError

    def log_captioned_image(self, name: str, pixels: Any, caption: str) -> None:
        """Log an image in a step, with a text below it; without this, M9 does not ask for captions."""
        raise NotImplementedError

    @property
    def captions_images(self) -> bool:
        """Whether images can have captions: whether the call for them is overridden."""
        return type(self).log_captioned_image is not TrackerHarness.log_captioned_image

    def log_table(self, name: str, columns: list[str], rows: list[list[Any]]) -> None:
        """Log a table in a step."""
        raise NotImplementedError

    def shown(self, url: str) -> str | None:
        """What a browser shows at a run's URL, as text or HTML; None if there is no browser to ask.

        A tracker that declares the feature `server` gets no verdict on its pages without one.
        """
        return None

    def environment(self, folder: Path) -> dict[str, str]:
        """Variables that must be set before the backend's library is imported.

        Python and ZenML are started before that. What they read then is taken from the environment of the check.
        """
        return {}

    def folder(self, place: Place) -> Path | None:
        """The folder that holds a place's runs and nothing else, if they are files; the kit takes it away at times."""
        return None

    def unreachable(self, place: Place) -> dict[str, Any] | None:
        """A configuration whose backend can't be reached.

        None leaves it to the kit, which puts a closed port in the place of the backend's address in `config(place)`, or
        a file in the place of `folder(place)`. Where an address is `CLOSED_SERVER`, some trials put a server that never
        answers.
        """
        return None

    def outage(self, place: Place) -> AbstractContextManager[Any] | None:
        """While it is entered, a place that has runs can't be written to.

        None leaves it to the kit, which puts a file in the place of `folder(place)`, or a server of its own in front of
        the backend's address, which stops to answer.
        """
        return None

    def recover(self, place: Place) -> None:
        """Deliver what an outage held up, by the documented command, if the feature `recovery` is declared."""
        raise NotImplementedError

    def reconcile(self, place: Place) -> None:
        """Mark the runs of killed and of failed steps as failed, by the documented command.

        For the feature `reconciliation`; ZenML's client knows the steps.
        """
        raise NotImplementedError

    def values(self) -> Mapping[str, Value]:
        """The forms of values that the tracker documents, by what they are called; for the feature `values`."""
        raise NotImplementedError

    def told(self, place: Place) -> list[ObservedRun]:
        """The runs of a place as the tracker itself gives them back; for the feature `port`, as the next two.

        With `artifacts` or `media` declared too, they have what these are about.
        """
        raise NotImplementedError

    def lists(self, place: Place) -> bool | None:
        """Whether the tracker's own list of its projects has that of a place; None if it has no such list."""
        return None

    def check(self, config: Mapping[str, Any]) -> None:
        """Have the tracker itself test a configuration, such as `config(place)`.

        Raises:
            Exception: No run can be stored there; the tracker's own error.
        """
        raise NotImplementedError

    def copy(self, place: Place, to: Place) -> list[str]:
        """Copy the runs of a place to another tracker, which holds them in memory, and from there to `to`.

        Returns:
            What can't be held there, a line each, with the run's name.
        """
        raise NotImplementedError

    def reset(self, place: Place) -> None:
        """Bring the library back to what a new process finds, before a place is used.

        What a step of another example left behind, such as a current run, would be blamed on the next one.
        """

    def start(self, folder: Path) -> None:
        """Start what the backend needs, such as a server; called once, before all examples."""

    def stop(self) -> None:
        """Stop what was started."""


def load(spec: str) -> type[TrackerHarness]:
    """The harness of an installed name, or of `package.module:Class`.

    Raises:
        LookupError: There is none; the message names the nearest one, and lists the installed ones.
        ImportError: The module can't be imported.
    """
    from tracker_contracts.registry import did_you_mean, installed

    known = installed()
    if ":" not in spec and spec not in known:
        near = did_you_mean(spec, known)
        raise LookupError(f"There is no harness {spec!r}. Installed are: {', '.join(sorted(known))}.{near}")
    path, _, name = (known[spec] if ":" not in spec else spec).partition(":")
    module = import_module(path)
    if not hasattr(module, name):
        raise LookupError(f"{path} has no {name!r}.{did_you_mean(name, _harnesses_in(module))}")
    found: type[TrackerHarness] = getattr(module, name)
    return found


def _harnesses_in(module: ModuleType) -> list[str]:
    return [name for name, each in vars(module).items() if isinstance(each, type) and issubclass(each, TrackerHarness)]


def apply_environment(harness: TrackerHarness, folder: Path) -> None:
    """Set what the harness's libraries read when they are imported."""
    os.environ.update(harness.environment(folder))
