"""Runs that know more than they need to, and use it to leave something out or to change it."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from zenml.config.step_run_info import StepRunInfo

from tracker_contracts.reference import jot
from tracker_contracts.reference.component import ReferenceTracker
from tracker_contracts.reference.settings import ReferenceSettings

Fields = dict[str, Any]


class Told(jot.Run):
    """Keeps what it was told when it started, and knows which runs go on beside it."""

    going_on: ClassVar[list[Told]] = []
    started = False
    facts: Fields
    """What was known of the step before it began."""
    met: list[Told]
    """The runs that went on when it began, or began while it went on."""

    def start(self, tags: Iterable[str] = (), **facts: Any) -> None:
        self.facts = {"attempt": 1, "metadata": {}, **facts}
        self.met = self.company
        for other in self.met:
            other.met.append(self)
        self.going_on.append(self)
        super().start(tags, **facts)
        self.started = True

    def end(self, state: str, **error: str) -> None:
        super().end(state, **error)
        if self in self.going_on:
            self.going_on.remove(self)

    @property
    def company(self) -> list[Told]:
        """The other runs of this tracker that go on."""
        return [run for run in self.going_on if run is not self and run.folder == self.folder]

    @property
    def attempt(self) -> int:
        """Which attempt of its step this is."""
        return self.facts["attempt"] or 1


class Dropping(Told):
    """Leaves some records out."""

    def drops(self, kind: str, fields: Fields) -> bool:
        """Whether a record is left out."""
        return False

    def write(self, kind: str, **fields: Any) -> None:
        if not self.drops(kind, fields):
            super().write(kind, **fields)


class Altering(Told):
    """Changes the values of metrics or params before they are written."""

    kind = "metrics"

    def altered(self, values: Fields) -> Fields:
        """What becomes of the values of one record."""
        return values

    def write(self, kind: str, **fields: Any) -> None:
        if kind == self.kind:
            fields["values"] = self.altered(fields["values"])
        super().write(kind, **fields)


class Holding(jot.Run):
    """Holds all rows of metrics until the run ends, and looks at them once more."""

    def write(self, kind: str, **fields: Any) -> None:
        held = self.__dict__.setdefault("rows", [])
        if kind == "metrics":
            held.append(fields)
            return
        if kind == "end":
            for row in self.sent(held):
                super().write("metrics", **row)
        super().write(kind, **fields)

    def sent(self, rows: list[Fields]) -> list[Fields]:
        """The rows that are stored."""
        return rows


class Repeated(Holding):
    """Treats metrics otherwise that have a certain number of values."""

    count: int

    def sent(self, rows: list[Fields]) -> list[Fields]:
        counted = Counter(name for row in rows for name in row["values"])
        of = next((name for name, count in counted.items() if count == self.count), None)
        mine = [row for row in rows if of in row["values"]]
        lost = {id(row) for row in mine} - {id(row) for row in self.left(mine)} if mine else ()
        return [row for row in rows if id(row) not in lost]

    def left(self, rows: list[Fields]) -> list[Fields]:
        """Those of the metric's rows that are stored."""
        return rows


class ChangedTags(ReferenceTracker):
    """The tags of the settings are changed before they are stored."""

    def changed(self, tags: list[str]) -> list[str]:
        """What is stored of the tags."""
        return tags

    def tags_of(self, info: StepRunInfo, settings: ReferenceSettings) -> list[str]:
        return super().tags_of(info, settings.model_copy(update={"tags": self.changed(settings.tags)}))


class ChangedLateTags(Told):
    """The tags that a step adds are changed before they are stored."""

    def changed(self, tags: list[str]) -> list[str]:
        """What is stored of the tags."""
        return tags

    def add_tags(self, tags: Iterable[str]) -> None:
        super().add_tags(self.changed(list(tags)) if self.started else tags)


class ChangedMetadata(ReferenceTracker):
    """The metadata of the settings are changed before they are stored."""

    def changed(self, metadata: Fields) -> Fields:
        """What is stored of the metadata."""
        return metadata

    def facts_of(self, info: StepRunInfo, settings: ReferenceSettings) -> Fields:
        facts = super().facts_of(info, settings)
        return {**facts, "metadata": self.changed(facts["metadata"])}


class ChangedName(ReferenceTracker):
    """The run's name is changed before it is stored."""

    def changed(self, name: str) -> str:
        """What the run is called."""
        return name

    def name_of(self, info: StepRunInfo, settings: ReferenceSettings) -> str:
        return self.changed(super().name_of(info, settings))


class SpoiledArtifacts(jot.Run):
    """The copy of an artifact is spoiled before it is noted."""

    def spoil(self, kept: Path) -> None:
        """Spoil it."""

    def attach(self, kind: str, name: str, save: Any, **about: Any) -> None:
        def spoiled(target: Path) -> None:
            save(target)
            self.spoil(target)

        super().attach(kind, name, spoiled, **about)


class Ends(ReferenceTracker):
    """Some exceptions are taken for a good end, or described otherwise."""

    def excused(self, error: BaseException | None) -> bool:
        """Whether the exception is no failure."""
        return False

    def told(self, error: BaseException) -> Fields:
        """What is stored of the exception otherwise."""
        return {}

    def end(self, run: jot.Run, step_failed: bool) -> None:
        excused = step_failed and self.excused(sys.exc_info()[1])
        super().end(run, step_failed and not excused)

    def describe(self, error: BaseException | None) -> dict[str, str]:
        described = super().describe(error)
        return {**described, **self.told(error)} if error is not None else described
