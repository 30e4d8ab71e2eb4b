"""The runs that one step has in the trackers of several components, as one run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

from zenml_trackers.delivery import active
from zenml_trackers.delivery.active import Entry
from zenml_trackers.errors import ArtifactNotFound, TrackerError, UnsupportedFeature
from zenml_trackers.interruption import let_through
from zenml_trackers.losses import Redactor, Reporter
from zenml_trackers.model.records import NEEDS, Feature, Logged, Metrics, Status, Used
from zenml_trackers.model.steps import at_all
from zenml_trackers.model.values.numbers import metric_step
from zenml_trackers.model.values.scalars import Scalar
from zenml_trackers.run import Run
from zenml_trackers.run.artifacts import Wanted
from zenml_trackers.run.summary import RunSummary


def together(entries: Sequence[Entry]) -> Run:
    """The run itself if it is one; else one that passes on to each what it is given, the same at each call."""
    if len(entries) == 1:
        return entries[0].run
    first = entries[0].run
    known: Together | None = first.together
    if known is None or not known.is_of(entries):
        first.together = known = Together(entries)
    return known


class Together(Run):
    """Several runs, whose metric steps are counted together: what it is given reaches each of them.

    Values are converted once. All else, from the journal to the warnings, each of the runs has of its own.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._runs = [entry.run for entry in entries]
        recorder = _Recorder(entries)
        super().__init__("unified", self._runs[0].project, recorder, _reporter(entries))
        self.features = frozenset[Feature]().union(*(run.features for run in self._runs))
        self.summary = RunSummary(self._summarize, self._refuse)
        self.summary.begin_with(self._runs[0].summary)

    def is_of(self, entries: Sequence[Entry]) -> bool:
        """Whether these are its runs."""
        return [id(run) for run in self._runs] == [id(entry.run) for entry in entries]

    @property
    def status(self) -> Status:  # type: ignore[override]  # it has no end of its own
        """That of the first."""
        return self._runs[0].status

    def _need_open(self) -> None:
        self._runs[0]._need_open()

    def _summarize(self, values: dict[str, Scalar]) -> None:
        self._to_each(lambda run: run.summary.update(values))

    def _add(self, kind: type[Logged], **fields: Any) -> None:
        if "step" in fields:
            fields["step"] = metric_step(fields["step"], fields.get("values") or [fields["name"]])
        with ExitStack() as held:
            if kind is Metrics:  # all journals have them in the order of their steps
                for run in self._runs:
                    held.enter_context(run._in_order)
                self.rows += 1
            self._give({**fields, **self._counted(kind, fields)}, kind)

    def _counted(self, kind: type[Logged], fields: Mapping[str, Any]) -> dict[str, int]:
        """The metric step, where it is counted in this process and not given."""
        if "step" not in fields or not all(run._gives_steps for run in self._runs):
            return {}
        if kind is Metrics:
            return {"step": at_all([run.steps for run in self._runs], fields["step"])}
        return {"step": max(run.steps.last for run in self._runs)} if fields["step"] is None else {}

    def _give(self, fields: Mapping[str, Any], kind: type[Logged]) -> None:
        feature = NEEDS.get(kind)

        def give(run: Run) -> None:
            if feature is None or feature in run.features:
                run._add(kind, **fields)
            else:
                _tell_lacking(run, feature)

        self._to_each(give)

    def _to_each(self, call: Callable[[Run], None]) -> None:
        """Of runs that are strict, the first error is raised when all were called."""
        failure: TrackerError | None = None
        for run in self._runs:
            try:
                call(run)
            except TrackerError as error:
                let_through(error)
                failure = failure or error
        if failure is not None:
            raise failure


class _Recorder:
    """What is known of the runs: of the first, where one has to be chosen."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._first = entries[0].run._recorder

    @property
    def id(self) -> str:
        """The first tracker's own."""
        return self._first.id

    @property
    def name(self) -> str:
        """As the first tracker has it."""
        return self._first.name

    @property
    def native(self) -> Any:
        """The first library's own run."""
        return self._first.native

    @property
    def links(self) -> dict[str, str]:
        """Those of the first, and each one's under its tracker's name."""
        links = dict(self._first.links)
        for entry in self._entries:
            own = {"run_id": entry.run.id, "run_name": entry.run.name, **entry.run.links}
            links |= {f"{entry.tracker}_{key}": value for key, value in own.items() if value}
        return links

    def taken_in(self, kind: type[Logged], fields: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[Exception]]:
        """The fields as they are: each run takes in what it is given."""
        return fields, []

    def add(self, kind: type[Logged], fields: Mapping[str, Any]) -> None:
        """Put a record into each of the runs."""
        for entry in self._entries:
            entry.run._recorder.add(kind, fields)

    def flush(self, seconds: float) -> bool:
        """Wait until all trackers have what was logged so far, for so long together."""
        until = time.monotonic() + seconds
        have = [entry.run.flush(max(0.0, until - time.monotonic())) for entry in self._entries]
        return all(have)

    def fetched(self, wanted: Wanted, to: Path | None) -> tuple[Path, Used]:
        """Where a local copy of an artifact is, out of the first tracker that has it.

        Raises:
            TrackerError: No tracker has it, or why it could not be read.
        """
        errors: list[TrackerError] = []
        for entry in self._entries:
            try:
                return entry.run._recorder.fetched(wanted, to)
            except TrackerError as error:
                let_through(error)
                errors.append(error)
        unread = [error for error in errors if not isinstance(error, (ArtifactNotFound, UnsupportedFeature))]
        raise [*unread, *errors][0]

    @contextmanager
    def child(self, own: Mapping[str, Any], /) -> Iterator[Run]:
        """A run that is nested in each of them.

        Raises:
            UnsupportedFeature: There can be none in any of them.
        """
        with ExitStack() as blocks:
            with active.beside():
                for block in self._blocks(own):
                    blocks.enter_context(block)
            yield together(active.innermost())

    def _blocks(self, own: Mapping[str, Any]) -> list[AbstractContextManager[Run]]:
        blocks: list[AbstractContextManager[Run]] = []
        lacking: list[tuple[Run, UnsupportedFeature]] = []
        for entry in self._entries:
            try:
                blocks.append(entry.run._recorder.child(own))
            except UnsupportedFeature as error:
                lacking.append((entry.run, error))
        if not blocks:
            raise lacking[0][1]
        for run, lack in lacking:
            run._reporter.warn(lack, "The other trackers have it.", "child")
        return blocks

    def passed_on(self) -> tuple[Callable[[str], Run], tuple[str]]:
        """What gives the runs in a process that they are sent to.

        Raises:
            TypeError: One of them can't be.
        """
        each = [entry.run._recorder.passed_on() for entry in self._entries]
        return each[0][0], (os.pathsep.join(journal for _, (journal,) in each),)


def _reporter(entries: Sequence[Entry]) -> Reporter:
    """Tells of what no tracker can hold."""
    each = [entry.run._reporter for entry in entries]
    subject = f"{', '.join(entry.tracker for entry in entries)}, run {entries[0].run.name!r}"
    return Reporter(subject, Redactor.of(one.redact for one in each), any(one.strict for one in each))


def _tell_lacking(run: Run, feature: Feature) -> None:
    error = UnsupportedFeature(f"The tracker {run.backend!r} has no {feature.value}.")
    run._reporter.warn(error, "The other trackers get it.", feature.value)
