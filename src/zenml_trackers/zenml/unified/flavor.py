"""The flavor `unified`: any tracker by its URL, or several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Dict, List, Literal, Optional, Set, Type

from pydantic import Field, model_validator
from zenml.experiment_trackers.base_experiment_tracker import BaseExperimentTrackerFlavor
from zenml.utils.secret_utils import SecretField, SecretReference, is_secret_reference, parse_secret_reference

from zenml_trackers.delivery.connection import CREDENTIALS
from zenml_trackers.model.url import TrackerUrl
from zenml_trackers.zenml.refusal import need_known_fields_in_command
from zenml_trackers.zenml.settings import RunSettings
from zenml_trackers.zenml.tracker_config import TrackerConfig
from zenml_trackers.zenml.unified import config as unified_config

if TYPE_CHECKING:
    from zenml_trackers.zenml.unified.component import UnifiedExperimentTracker

FLAVOR = "unified"


class UnifiedExperimentTrackerSettings(RunSettings):
    """Settings of one run, for a step, a pipeline, or a YAML file."""

    resume: Literal["allow", "must", "never"] = Field(
        default="never",
        description="Whether to continue the latest run of the same name: if there is one, in any case, or never.",
    )

    @property
    def resume_policy(self) -> Literal["never", "allow", "must"]:
        return self.resume


class UnifiedExperimentTrackerConfig(TrackerConfig, UnifiedExperimentTrackerSettings):
    """Where the runs of a stack go: `url` for one tracker, `urls` for several at once."""

    never_secret: ClassVar[frozenset[str]] = TrackerConfig.never_secret | {"url"}

    url: Optional[str] = Field(
        default=None,
        description="Tracker URL, such as `mlflow+http://localhost:5000/digits`.",
        examples=["trackio:///digits"],
    )
    urls: List[str] = Field(
        default_factory=list,
        description="Several tracker URLs; all get the same, and the first one's page is shown.",
        examples=[["trackio:///digits", "memory://digits"]],
    )
    project: Optional[str] = Field(
        default=None, description="Project where a URL names none; the pipeline's name unless given."
    )
    api_key: Optional[str] = SecretField(default=None, description="API key or write token of the tracker.")
    username: Optional[str] = SecretField(default=None, description="User name, for trackers that ask for one.")
    password: Optional[str] = SecretField(default=None, description="Password, for trackers that ask for one.")
    credentials: Dict[str, str] = Field(
        default_factory=dict,
        description="For several trackers, secret references by `<backend>.api_key`, `.username` or `.password`.",
        examples=[{"mlflow.password": "{{my_secret.password}}"}],
    )

    @model_validator(mode="before")
    @classmethod
    def _consistent(cls, data: Any) -> Any:
        return unified_config.checked(data) if isinstance(data, dict) else data

    @property
    def places(self) -> List[TrackerUrl]:
        """Where the runs go; the first one's page is shown."""
        return [TrackerUrl.parse(url) for url in ([self.url] if self.url else self.urls)]

    def need_place(self) -> None:
        given = self.__dict__  # where ZenML does not look references up: a secret may be made later
        own = {name: given[name] for name in sorted(CREDENTIALS) if given[name]}
        project = FLAVOR if is_secret_reference(given["project"]) else given["project"] or FLAVOR
        unified_config.need_backends(given, project, {**own, **self.credentials})

    @property
    def is_local(self) -> bool:
        """Whether all runs stay on the machine of the step, as far as the URLs tell."""
        return not any(place.host for place in self.places)

    @property
    def required_secrets(self) -> Set[SecretReference]:
        """Those of `credentials` too, which ZenML does not look into."""
        return super().required_secrets | {parse_secret_reference(value) for value in self.credentials.values()}


UnifiedExperimentTrackerSettings.known_elsewhere = frozenset(UnifiedExperimentTrackerConfig.model_fields)


class UnifiedExperimentTrackerFlavor(BaseExperimentTrackerFlavor):
    """Any tracker that a URL names."""

    @property
    def name(self) -> str:
        return FLAVOR

    @property
    def config_class(self) -> Type[UnifiedExperimentTrackerConfig]:
        need_known_fields_in_command(UnifiedExperimentTrackerConfig)
        return UnifiedExperimentTrackerConfig

    @property
    def implementation_class(self) -> Type[UnifiedExperimentTracker]:
        from zenml_trackers.zenml.unified.component import UnifiedExperimentTracker

        return UnifiedExperimentTracker
