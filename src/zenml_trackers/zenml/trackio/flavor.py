"""The flavor `trackio`: all that its documentation promises, and the fields of ZenML's built-in one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Optional, Type

from pydantic import Field, model_validator
from zenml.experiment_trackers.base_experiment_tracker import BaseExperimentTrackerFlavor
from zenml.utils.secret_utils import SecretField

from zenml_trackers.port.backend import backend_class
from zenml_trackers.zenml import compat
from zenml_trackers.zenml.refusal import need_known_fields_in_command
from zenml_trackers.zenml.settings import RunSettings
from zenml_trackers.zenml.tracker_config import TrackerConfig
from zenml_trackers.zenml.trackio import config as trackio_config

if TYPE_CHECKING:
    from zenml_trackers.zenml.trackio.component import TrackioExperimentTracker

FLAVOR = "trackio"


class TrackioExperimentTrackerSettings(RunSettings):
    """Settings of one Trackio run, for a step, a pipeline, or a YAML file."""

    resume: Literal["allow", "must", "never"] = Field(
        default="never",
        description="Whether to continue the latest run of the same name: if there is one, in any case, or never.",
    )
    log_gpu_metrics: bool = Field(default=True, description="Log the load of a GPU, if there is one.")
    log_cpu_metrics: bool = Field(default=True, description="Log the load of processor and memory, with psutil.")
    auto_sync: bool = Field(
        default=False,
        description="Sync a local project to its Space after the step, if that is done before the deadline.",
    )
    auto_freeze: bool = Field(default=False, description="Freeze the Space to a static page after the step.")
    publish_to_space: bool = Field(
        default=False,
        description="Nothing to set: with a Space, runs go there as they are logged. Taken from the built-in flavor.",
    )
    publish_to_dataset: bool = Field(
        default=False, description="Nothing to set: see `dataset_id`. Taken from the built-in flavor."
    )

    @property
    def resume_policy(self) -> Literal["never", "allow", "must"]:
        return self.resume


class TrackioExperimentTrackerConfig(TrackerConfig, TrackioExperimentTrackerSettings):
    """Where the runs of a stack go. Nothing set: to Trackio's folder on the machine that runs the step."""

    workspace: Optional[str] = Field(
        default=None, description="Hugging Face user or organisation; its Space `<workspace>/trackio` holds the runs."
    )
    project: Optional[str] = Field(default=None, description="Trackio project; the pipeline's name unless given.")
    api_key: Optional[str] = SecretField(
        default=None, description="Write token of the server at `base_url`, or Hugging Face token of the workspace."
    )
    base_url: Optional[str] = Field(default=None, description="Address of a self-hosted Trackio server or of a Space.")
    project_name: Optional[str] = Field(default=None, description="The same as `project`.")
    server_url: Optional[str] = Field(default=None, description="The same as `base_url`.")
    hf_token: Optional[str] = SecretField(default=None, description="The same as `api_key`, for a Space.")
    space_id: Optional[str] = Field(default=None, description="A Space as `owner/name`.")
    dataset_id: Optional[str] = Field(default=None, description="Dataset to keep the Space's runs in (deprecated).")
    bucket_id: Optional[str] = Field(default=None, description="Bucket to keep the Space's runs in.")
    private: Optional[bool] = Field(default=None, description="Whether a Space that has to be made is private.")

    @model_validator(mode="before")
    @classmethod
    def _consistent(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return trackio_config.checked(data, tokens_may_move=not compat.stores_config_as_given())

    def need_place(self) -> None:
        """See that the installed Trackio is of a release that fits."""
        backend_class(FLAVOR)

    @property
    def is_local(self) -> bool:
        """Whether the runs stay on the machine of the step."""
        given = self.__dict__  # where ZenML does not look references up: it asks this at registration
        return not any(given[name] for name in ("workspace", "space_id", "base_url", "server_url"))


TrackioExperimentTrackerSettings.known_elsewhere = frozenset(TrackioExperimentTrackerConfig.model_fields)


class TrackioExperimentTrackerFlavor(BaseExperimentTrackerFlavor):
    """Trackio, as documented."""

    @property
    def name(self) -> str:
        return FLAVOR

    @property
    def docs_url(self) -> Optional[str]:
        return "https://docs.zenml.io/stacks/stack-components/experiment-trackers/trackio"

    @property
    def logo_url(self) -> str:
        return "https://public-flavor-logos.s3.eu-central-1.amazonaws.com/experiment_tracker/trackio.png"

    @property
    def config_class(self) -> Type[TrackioExperimentTrackerConfig]:
        need_known_fields_in_command(TrackioExperimentTrackerConfig)
        return TrackioExperimentTrackerConfig

    @property
    def implementation_class(self) -> Type[TrackioExperimentTracker]:
        from zenml_trackers.zenml.trackio.component import TrackioExperimentTracker

        return TrackioExperimentTracker
