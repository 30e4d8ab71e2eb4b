"""The component behind the flavor `trackio`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Type, cast

from zenml_trackers.backend import Backend, backend_class
from zenml_trackers.errors import SecretMissing
from zenml_trackers.zenml import trackio_config
from zenml_trackers.zenml.component import RunTracker
from zenml_trackers.zenml.flavors import TrackioExperimentTrackerConfig, TrackioExperimentTrackerSettings
from zenml_trackers.zenml.settings import RunSettings

if TYPE_CHECKING:
    from zenml.config.step_run_info import StepRunInfo


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

    def project_of(self, info: StepRunInfo) -> str:
        return self.project_for(info.pipeline.name)

    def project_for(self, pipeline: str) -> str:
        """The configured project, or one named after the pipeline."""
        return self.config.project or trackio_config.usable_project(self.config.project_name or pipeline)

    def make_backend(self, project: str, settings: RunSettings) -> Backend:
        chosen = cast(TrackioExperimentTrackerSettings, settings)
        config = self.config
        fields = {
            name: self._resolved(name)
            for name in ("workspace", "space_id", "base_url", "server_url", "api_key", "hf_token")
        }
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

    def _resolved(self, field: str) -> str | None:
        """The field's value; a reference to a secret is looked up now.

        ZenML's own error would show the whole configuration, so it is not passed on.
        """
        try:
            value: str | None = getattr(self.config, field)
        except KeyError:
            reference = self.config.__dict__[field]
            raise SecretMissing(
                f"{field} is {reference}, but there is no such secret or no such key in it; "
                f"create it with `zenml secret create`"
            ) from None
        return value
