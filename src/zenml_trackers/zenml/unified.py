"""The flavor `unified`: any tracker by its URL, or several."""

from __future__ import annotations

import json
import logging
from functools import cache
from typing import TYPE_CHECKING, Any, Dict, List, Literal, Optional, Set, Type

from pydantic import ConfigDict, Field, model_validator
from zenml.experiment_trackers.base_experiment_tracker import (
    BaseExperimentTrackerConfig,
    BaseExperimentTrackerFlavor,
)
from zenml.utils.secret_utils import SecretField, SecretReference, is_secret_reference, parse_secret_reference

from zenml_trackers.connection import CREDENTIALS, backend_at, need_known
from zenml_trackers.delivery import Limits
from zenml_trackers.errors import InvalidSettings
from zenml_trackers.url import TrackerUrl
from zenml_trackers.zenml.settings import RunSettings

if TYPE_CHECKING:
    from zenml_trackers.zenml.unified_component import UnifiedExperimentTracker

logger = logging.getLogger("zenml_trackers")

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


class UnifiedExperimentTrackerConfig(BaseExperimentTrackerConfig, UnifiedExperimentTrackerSettings):
    """Where the runs of a stack go: `url` for one tracker, `urls` for several at once."""

    model_config = ConfigDict(hide_input_in_errors=True)

    url: Optional[str] = Field(default=None, description="Tracker URL, such as `mlflow+http://localhost:5000/digits`.")
    urls: List[str] = Field(
        default_factory=list, description="Several tracker URLs; all get the same, and the first one's page is shown."
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
    )

    @model_validator(mode="before")
    @classmethod
    def _consistent(cls, data: Any) -> Any:
        return _checked(data) if isinstance(data, dict) else data

    @property
    def places(self) -> List[TrackerUrl]:
        """Where the runs go; the first one's page is shown."""
        return [TrackerUrl.parse(url) for url in ([self.url] if self.url else self.urls)]

    @property
    def is_valid(self) -> bool:
        """True, or an error that says what is wrong.

        ZenML asks at registration and update; only then is it time to refuse a URL, or to warn of a secret in clear.
        """
        given = self.__dict__  # where ZenML does not look references up: a secret may be made later
        credentials = {name: given[name] for name in sorted(CREDENTIALS) if given[name]}
        backend_at(self.places, given["project"] or FLAVOR, {**credentials, **self.credentials}, Limits())
        for name in ("api_key", "password"):
            if given[name] and not is_secret_reference(given[name]):
                _warn_of_plain_text(name, ", ".join(map(str, self.places)))
        return True

    @property
    def is_local(self) -> bool:
        """Whether all runs stay on the machine of the step, as far as the URLs tell."""
        return not any(place.host for place in self.places)

    @property
    def required_secrets(self) -> Set[SecretReference]:
        """Those of `credentials` too, which ZenML does not look into."""
        return super().required_secrets | {parse_secret_reference(value) for value in self.credentials.values()}

    def __repr_args__(self) -> Any:
        for name, value in super().__repr_args__():
            secret = name in ("api_key", "username", "password") and value and not is_secret_reference(value)
            yield name, "********" if secret else value


UnifiedExperimentTrackerSettings.known_elsewhere = frozenset(UnifiedExperimentTrackerConfig.model_fields)


class UnifiedExperimentTrackerFlavor(BaseExperimentTrackerFlavor):
    """Any tracker that a URL names."""

    @property
    def name(self) -> str:
        return FLAVOR

    @property
    def config_class(self) -> Type[UnifiedExperimentTrackerConfig]:
        return UnifiedExperimentTrackerConfig

    @property
    def implementation_class(self) -> Type[UnifiedExperimentTracker]:
        from zenml_trackers.zenml.unified_component import UnifiedExperimentTracker

        return UnifiedExperimentTracker


@cache  # ZenML asks twice, before it sends the component to the store and there
def _warn_of_plain_text(field: str, places: str) -> None:
    logger.warning(
        f"The {field} for {places} will be stored in clear. Better keep it as a secret of ZenML's, made with "
        f"`zenml secret create`, and refer to that: --{field}={{{{my_secret.{field}}}}}."
    )


def _checked(given: Dict[str, Any]) -> Dict[str, Any]:
    """The fields, if they make sense together; lists and maps may be given as JSON, as on the command line."""
    parsed = {name: _parsed(name, given[name]) for name in ("urls", "credentials") if name in given}
    fields = dict(given, **parsed)
    if bool(fields.get("url")) is bool(fields.get("urls")):
        raise InvalidSettings('pass either url, such as trackio:///my-project, or urls, a list: \'["…", "…"]\'')
    places = [TrackerUrl.parse(url) for url in fields.get("urls") or [fields["url"]]]
    credentials = fields.get("credentials") or {}
    need_known(credentials, places)
    for name, value in credentials.items():
        if not is_secret_reference(value):
            raise InvalidSettings(f"credentials[{name!r}] would be stored in clear; pass it as {{{{secret.key}}}}")
    return fields


def _parsed(field: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise InvalidSettings(f"{field} is no JSON ({error})") from None
