"""Backends out of reach: by the harness's own means, else by those of the kit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from tracker_contracts.faults.front import NOBODY, Front, Manner, address_in, moved
from tracker_contracts.harness import Place, TrackerHarness

Config = dict[str, Any]
Cut = AbstractContextManager[Any]


def unreachable(harness: TrackerHarness, place: Place) -> Config | None:
    """A configuration whose backend can't be reached.

    The harness's own; else its usual one, with a closed port in the place of the backend's address, or with a file in
    the place of its folder. None if there is neither.
    """
    if (own := harness.unreachable(place)) is not None:
        return own
    config = harness.config(place)
    if (address := address_in(config)) is not None:
        return dict(moved(config, address, NOBODY))
    if (folder := harness.folder(place)) is not None and str(folder) in str(config):
        blocker = folder.with_name(f"{folder.name}-blocked")
        blocker.write_text("no folder")
        return dict(moved(config, str(folder), str(blocker / "runs")))
    return None


@contextmanager
def outage(harness: TrackerHarness, place: Place) -> Iterator[tuple[Config, Cut] | None]:
    """A configuration of a backend that works, and what takes it away for a while; None if nothing can."""
    config = harness.config(place)
    if (own := harness.outage(place)) is not None:
        yield config, own
    elif (folder := harness.folder(place)) is not None:
        yield config, _taken_away(folder)
    elif (address := address_in(config)) is not None:
        with Front(address) as front:
            yield dict(moved(config, address, front.url)), front.being(Manner.SILENT)
    else:
        yield None


@contextmanager
def _taken_away(folder: Path) -> Iterator[None]:
    """A file in the folder's place: what is open goes on, and nothing new can be made."""
    aside = folder.with_name(f"{folder.name}-aside")
    folder.rename(aside)
    folder.touch()
    try:
        yield
    finally:
        folder.unlink()
        aside.rename(folder)
