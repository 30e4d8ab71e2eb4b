"""ZenML's own Trackio flavor, from 0.96 on, with local storage."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from tracker_contracts.harness import CLOSED_SERVER, Place, TrackerHarness
from tracker_contracts.harnesses import trackio_file
from tracker_contracts.harnesses.own_files import import_from_files
from tracker_contracts.observed import ObservedRun


class ZenmlTrackioHarness(TrackerHarness):
    """ZenML's own class, also where another distribution serves its name."""

    name = "zenml-trackio"
    flavor = "zenml.integrations.trackio.flavors.TrackioExperimentTrackerFlavor"
    backend = "trackio"
    features: ClassVar[frozenset[str]] = frozenset({"resume"})
    secret_field = "hf_token"
    url_field = "server_url"

    def environment(self, folder: Path) -> dict[str, str]:
        import_from_files("zenml.integrations.trackio")
        local = {"TRACKIO_DIR": str(folder / "trackio"), "HF_HUB_OFFLINE": "1"}
        # The flavor has no field for a server's token. The last is for the processes that are started later.
        return {**local, "TRACKIO_WRITE_TOKEN": "a-token-for-nobody", "ZENML_TRACKERS_OVERRIDE": "off"}

    def config(self, place: Place) -> dict[str, Any]:
        return {"project_name": place.name}

    def unreachable(self, place: Place) -> dict[str, Any]:
        return {"project_name": place.name, "server_url": CLOSED_SERVER}

    def read(self, place: Place) -> list[ObservedRun]:
        return trackio_file.observed(Path(os.environ["TRACKIO_DIR"]) / f"{place.name}.db")

    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        _trackio().log(dict(metrics), step)

    def log_params(self, params: Mapping[str, Any]) -> None:
        _trackio().config.update(params)

    def add_tags(self, tags: list[str]) -> None:
        _trackio().log({trackio_file.TAGS: tags})  # Trackio has no tags; the flavor logs them so

    def finish_natively(self) -> None:
        _trackio().finish()

    def start_natively(self) -> None:
        _trackio().init(project="elsewhere", name="trainer", resume="allow")

    def reset(self, place: Place) -> None:
        with suppress(RuntimeError):  # there is no run
            _trackio().finish()
        os.environ.pop("HF_TOKEN", None)  # where the flavor puts `hf_token`


def _trackio() -> Any:
    """The library, imported when it is used: its variables are set by then, and a reader does without it."""
    import trackio

    return trackio
