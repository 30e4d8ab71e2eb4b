"""What the configurations of all our trackers have in common: how they are read, and when they are refused."""

from __future__ import annotations

import logging
import re
from functools import cache
from typing import Any, ClassVar

from pydantic import ConfigDict
from pydantic.fields import FieldInfo
from zenml.experiment_trackers.base_experiment_tracker import BaseExperimentTrackerConfig
from zenml.utils.secret_utils import is_secret_field, is_secret_reference

from zenml_trackers.errors import InvalidSettings
from zenml_trackers.zenml import fields
from zenml_trackers.zenml.refusal import need_known_fields, refused

logger = logging.getLogger("zenml_trackers")

BRACES = re.compile(r"^\{\{|\}\}$|\{\{.*\}\}")
"""What is meant as a reference to a secret."""
HARMLESS = frozenset({"username"})
"""Fields that take a secret, and need not hold one."""
OF_ZENML = "warn_about_plain_text_secrets"
"""What ZenML passes to a configuration beside its fields."""


class TrackerConfig(BaseExperimentTrackerConfig):
    """Where the runs of a stack go, and what holds for all of them."""

    model_config = ConfigDict(hide_input_in_errors=True)

    never_secret: ClassVar[frozenset[str]] = frozenset({"run_name"})
    """Fields of text that are needed before ZenML could look up a secret."""

    def __init__(self, **given: Any) -> None:
        kind = type(self)
        with refused(kind):
            own = {name: value for name, value in given.items() if name != OF_ZENML}
            need_known_fields(own, kind)
            for name, value in own.items():
                fields.need_no_reference(name, kind.model_fields[name], value, self.never_secret)
                given[name] = fields.read(name, kind.model_fields[name], value)
            super().__init__(**given)

    @property
    def is_valid(self) -> bool:
        """True, or an error that says what is wrong.

        ZenML asks at registration and update. Only then is it time to refuse what is stored already, or to warn of a
        secret in clear.
        """
        with refused(type(self)):
            for name, value in self._texts().items():
                _need_sense(name, value)
            self.need_place()
        for name, value in self._texts().items():
            if _is_secret(type(self).model_fields[name], value) and name not in HARMLESS:
                _warn_of_plain_text(name, hash(value))
        return True

    def need_place(self) -> None:
        """See that runs can go where they are to go, as far as that can be told without trying.

        Raises:
            TrackerError: They can't, and why.
        """

    def _texts(self) -> dict[str, str]:
        """What was given as text, references to secrets as such: a secret may be made later."""
        return {name: value for name, value in self.__dict__.items() if isinstance(value, str)}

    def __repr_args__(self) -> Any:
        for name, value in super().__repr_args__():
            secret = value and _is_secret(type(self).model_fields.get(name or ""), value)
            yield name, "********" if secret else value


def _is_secret(field: FieldInfo | None, value: Any) -> bool:
    return field is not None and is_secret_field(field) and not is_secret_reference(value)


def _need_sense(name: str, text: str) -> None:
    if not text.strip():
        raise InvalidSettings(
            f"{name} is empty; leave it out. "
            f"`zenml experiment-tracker remove-attribute NAME {name}` takes it out of a registered tracker."
        )
    if BRACES.search(text) and not is_secret_reference(text):
        raise InvalidSettings(
            f"{name} has braces, but is no reference to a secret; such a reference is all of the value, and written as "
            "{{secret.key}}"
        )


@cache  # ZenML asks twice, before it sends the component to the store and there
def _warn_of_plain_text(field: str, secret: int) -> None:
    logger.warning(
        f"The {field} will be stored in clear. Better keep it as a secret of ZenML's, made with "
        f"`zenml secret create`, and refer to that: --{field}={{{{my_secret.{field}}}}}."
    )
