"""The component behind the flavor `unified`."""

from __future__ import annotations

from functools import partial
from typing import Any, Set, Type, cast

from zenml.config.base_settings import BaseSettings

from zenml_trackers.delivery.connection import CREDENTIALS, backend_at, project_by_variable
from zenml_trackers.delivery.lifecycle import SEVERAL, Limits
from zenml_trackers.delivery.receiver import Receiver, receivers
from zenml_trackers.model.url import TrackerUrl
from zenml_trackers.port.backend import Backend
from zenml_trackers.zenml import secrets
from zenml_trackers.zenml.component import RunTracker
from zenml_trackers.zenml.settings import RunSettings, mixed
from zenml_trackers.zenml.unified.flavor import UnifiedExperimentTrackerConfig, UnifiedExperimentTrackerSettings


class UnifiedExperimentTracker(RunTracker):
    """Tracks steps with whatever the URLs name."""

    @property
    def config(self) -> UnifiedExperimentTrackerConfig:
        """Where the runs go."""
        return cast(UnifiedExperimentTrackerConfig, self._config)

    @property
    def settings_class(self) -> Type[UnifiedExperimentTrackerSettings]:
        """What a step may say of its run."""
        return UnifiedExperimentTrackerSettings

    @property
    def backend_name(self) -> str:
        """The one backend's name, or that of all together."""
        places = self.config.places
        return places[0].backend if len(places) == 1 else SEVERAL

    @property
    def own_project(self) -> str | None:
        return self.config.project

    def project_for(self, pipeline: str) -> str:
        return self.own_project or project_by_variable(self.config.places) or pipeline

    @property
    def requirements(self) -> Set[str]:
        """What an image for a remote step needs; the extras bring the trackers' libraries."""
        extras = ",".join(sorted({place.backend for place in self.config.places}))
        return {f"zenml-trackers[{extras}]"}

    def get_settings(self, container: Any) -> BaseSettings:
        with mixed():
            return super().get_settings(container)

    def receivers(self, settings: RunSettings) -> list[Receiver]:
        limits = Limits(settings.strict, settings.deadline)
        return receivers(
            (place.backend, str(place), partial(self._backend, place, limits)) for place in self.config.places
        )

    def _backend(self, place: TrackerUrl, limits: Limits, project: str) -> Backend:
        return backend_at(place, project, self._credentials(), limits)

    def _credentials(self) -> dict[str, str]:
        own = {name: secrets.resolved(self.config, name) for name in sorted(CREDENTIALS)}
        named = {name: secrets.looked_up(value, name) for name, value in self.config.credentials.items()}
        return {name: value for name, value in {**own, **named}.items() if value}
