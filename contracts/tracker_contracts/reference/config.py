"""What a component is told when it is registered."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pydantic import ConfigDict, Field, model_validator
from zenml import __version__
from zenml.experiment_trackers.base_experiment_tracker import BaseExperimentTrackerConfig
from zenml.utils.secret_utils import SecretField

from tracker_contracts.reference.values import HIDDEN

STORES_WHAT_WAS_GIVEN = tuple(map(int, __version__.split(".")[:2])) < (0, 80)
"""ZenML's older releases store a configuration as it was given, whatever its class makes of it."""

TOKENS = frozenset({"token", "api_key", "key", "access_token", "write_token"})
"""Parts of a URL's query that hold a secret."""


class ReferenceConfig(BaseExperimentTrackerConfig):
    """Where the runs go."""

    model_config = ConfigDict(hide_input_in_errors=True)

    folder: str = Field(description="Where the runs are kept.")
    project: str = Field(default="default", description="What the runs belong to.")
    base_url: str | None = Field(default=None, description="A server that shows the runs.")
    token: str | None = SecretField(default=None, description="The credentials for that server.")
    strict: bool = Field(default=False, description="Let a step fail before it starts if it can't be tracked.")
    deadline: float = Field(default=10.0, gt=0, description="Seconds that tracking may hold a step up.")

    @model_validator(mode="before")
    @classmethod
    def _take_url_apart(cls, given: Any) -> Any:
        url = given.get("base_url") if isinstance(given, dict) else None
        if not isinstance(url, str) or url.startswith("{{"):
            return given
        clean, token = without_credentials(url)
        if token is None:
            return given
        if STORES_WHAT_WAS_GIVEN or given.get("token") not in (None, token):
            raise ValueError("base_url holds credentials; give them as token, best as --token={{secret.key}}")
        return {**given, "base_url": clean, "token": token}

    def __repr_args__(self) -> Any:
        for name, value in super().__repr_args__():
            yield name, HIDDEN if name == "token" and value and not value.startswith("{{") else value


def without_credentials(url: str) -> tuple[str, str | None]:
    """The URL without credentials, and the credentials, if there are any."""
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    query = parse_qsl(parts.query, keep_blank_values=True)
    tokens = [value for name, value in query if name.lower() in TOKENS]
    kept = urlencode([(name, value) for name, value in query if name.lower() not in TOKENS])
    token = (user.rpartition(":")[2] or None) if user else next(iter(tokens), None)
    return urlunsplit(parts._replace(netloc=host, query=kept)), token
