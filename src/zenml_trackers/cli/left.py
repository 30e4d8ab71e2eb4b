"""The journals that are there, as the commands show them, and their delivery."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from zenml_trackers.delivery import budgets, place, recovery, trim
from zenml_trackers.delivery.connection import backend_at
from zenml_trackers.delivery.journal import Header
from zenml_trackers.delivery.lifecycle import Limits
from zenml_trackers.delivery.receiver import Receiver, receivers
from zenml_trackers.model.records import End, RunSpec
from zenml_trackers.model.url import TrackerUrl

DELIVERED = "delivered"
GOES_ON = "its process goes on"


@dataclass
class Kept:
    """A journal."""

    folder: Path
    header: Header
    held: bool
    """Whether a living process has it."""
    size: int
    """In bytes."""
    seconds: float
    """Since anything was logged."""
    result: str = ""

    @property
    def facts(self) -> dict[str, Any]:
        """As JSON has it."""
        spec = self.header.spec
        known = {"run": spec.name, "project": spec.project, "step_run_id": spec.step_run_id}
        about = {"trackers": list(self.header.trackers), "bytes": self.size, "seconds": round(self.seconds)}
        return {**known, **about, "held": self.held, "journal": str(self.folder), "result": self.result}


def root_of(given: Path | None) -> Path:
    """Where journals are looked for."""
    return given or place.root()


def journals(given: Path | None) -> Iterator[Kept]:
    """All that there are, the oldest first."""
    for left in recovery.left(given):
        journal = recovery.taken(left.folder)
        if journal is not None:
            journal.close()
        yield Kept(left.folder, left.header, journal is None, trim.size_of(left.folder), trim.age_of(left.folder))


def told(kept: Kept) -> str:
    """One journal in one line."""
    spec, size = kept.header.spec, f"{kept.size / 1024:,.0f} KiB"
    where = ", ".join(kept.header.trackers)
    return f"run {spec.name!r} for {where}, {size}, {_age(kept.seconds)}: {kept.result} ({kept.folder})"


def delivered(kept: Kept, credentials: Mapping[str, str] = MappingProxyType({})) -> str:
    """Deliver one, and say what came of it.

    Args:
        kept: The journal.
        credentials: For trackers that ZenML does not know; without them, the libraries find their own.
    """
    journal = recovery.taken_in_time(kept.folder)
    if journal is None:
        return GOES_ON
    try:
        delivery = recovery.Delivery(journal, _receivers(kept.header, credentials), _ended)
    except Exception as error:
        journal.close()
        return f"not delivered: {error}"
    if delivery.wait(budgets.DEADLINE):
        return DELIVERED
    return f"not delivered: {delivery.reporter.redact(str(delivery.error))}"


def _receivers(header: Header, credentials: Mapping[str, str]) -> Sequence[Receiver]:
    """By ZenML's component, which knows the credentials; else by URL."""
    if header.component is not None:
        from zenml_trackers.zenml.trackers import receivers_of

        with suppress(Exception):  # there is no ZenML here that knows the component
            if found := receivers_of(header):
                return found
    urls = map(TrackerUrl.parse, header.trackers)
    return receivers(
        (url.backend, str(url), partial(backend_at, url, credentials=credentials, limits=Limits())) for url in urls
    )


def _ended(spec: RunSpec) -> End | None:
    if spec.step_run_id is None:
        return None
    from zenml_trackers.zenml.step_end import ended

    return ended(spec)


def _age(seconds: float) -> str:
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.0f} {unit} old"
    return f"{seconds:.0f} s old"
