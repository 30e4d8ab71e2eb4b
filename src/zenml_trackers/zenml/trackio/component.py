"""The component behind the flavor `trackio`."""

from __future__ import annotations

from functools import partial
from typing import Any, Type, cast

from zenml.config.base_settings import BaseSettings

from zenml_trackers.backends.trackio.project import usable_project
from zenml_trackers.delivery.receiver import Receiver, receivers
from zenml_trackers.port.backend import Backend, backend_class
from zenml_trackers.zenml import secrets
from zenml_trackers.zenml.component import RunTracker
from zenml_trackers.zenml.settings import RunSettings, mixed
from zenml_trackers.zenml.trackio import config as trackio_config
from zenml_trackers.zenml.trackio.flavor import TrackioExperimentTrackerConfig, TrackioExperimentTrackerSettings

PLACES = ("workspace", "space_id", "base_url", "server_url")


class TrackioExperimentTracker(RunTracker):
    """Tracks steps with Trackio: on this machine, on a self-hosted server, or on a Space."""

    backend_name = "trackio"

    @property
    def config(self) -> TrackioExperimentTrackerConfig:
        """Where the runs go."""
        return cast(TrackioExperimentTrackerConfig, self._config)

    @property
    def settings_class(self) -> Type[TrackioExperimentTrackerSettings]:
        """What a step may say of its run."""
        return TrackioExperimentTrackerSettings

    @property
    def own_project(self) -> str | None:
        return self.config.project or self.config.project_name

    def project_for(self, pipeline: str) -> str:
        return self.config.project or usable_project(self.config.project_name or pipeline)

    def get_settings(self, container: Any) -> BaseSettings:
        with mixed():
            return super().get_settings(container)

    def receivers(self, settings: RunSettings) -> list[Receiver]:
        return receivers([(self.backend_name, self._url, partial(self._backend, settings))])

    @property
    def _url(self) -> str:
        """The place that is configured, as a tracker URL has it."""
        config = self.config
        space = trackio_config.space_of({name: getattr(config, name) for name in PLACES})
        if space:
            return f"trackio+space://{space}"
        server = config.base_url or config.server_url
        return f"trackio+{server}" if server else "trackio:///"

    def _backend(self, settings: RunSettings, project: str) -> Backend:
        chosen = cast(TrackioExperimentTrackerSettings, settings)
        config = self.config
        fields = {name: secrets.resolved(config, name) for name in (*PLACES, "api_key", "hf_token")}
        make: Any = backend_class(self.backend_name)
        backend: Backend = make(
            project=project,
            server_url=fields["base_url"] or fields["server_url"],
            space_id=trackio_config.space_of(fields),
            token=fields["api_key"] or fields["hf_token"],
            bucket_id=config.bucket_id,
            dataset_id=config.dataset_id,
            private=config.private,
            timeout=min(5.0, settings.deadline / 4),
            gpu_metrics=chosen.log_gpu_metrics,
            cpu_metrics=chosen.log_cpu_metrics,
            sync=chosen.auto_sync,
            freeze=chosen.auto_freeze,
        )
        return backend
