"""Every way to give a tracker a secret, each with one of its own that is looked for everywhere afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.server import TOKEN

HEX = "c0ffee"
STRICT = {"strict": True, "deadline": 3.0}
PATIENT = {"deadline": 3.0}


@dataclass(frozen=True)
class Case:
    """A tracker's configuration with a canary in it."""

    name: str
    flavor: str
    given: Mapping[str, Any]
    """The configuration; `<canary>` is the secret, and such as `<mlflow>` the address of a server."""
    canary: str = ""
    """Only if the secret can't be any text."""
    kept: bool = True
    """Whether the secret is one of ZenML's, to which the configuration refers."""
    refused: bool = False
    """Whether registration has to refuse it."""
    more: Mapping[str, Any] = field(default_factory=lambda: PATIENT)

    @property
    def file(self) -> str:
        """What the names of files begin with."""
        return self.name.replace(" ", "-")

    @property
    def secret(self) -> str:
        """No other case has it, and it is no part of anything else."""
        return self.canary or f"canary-of-{self.file}-{HEX}"

    @property
    def is_strict(self) -> bool:
        return self.more is STRICT

    def config(self, addresses: Mapping[str, str], secret: str) -> dict[str, Any]:
        """What to register.

        Args:
            addresses: Of the servers, by their names.
            secret: What to write for it: itself, or a reference to it.
        """
        text = json.dumps({**self.given, **self.more})
        for name, value in {**addresses, "canary": secret}.items():
            text = text.replace(f"<{name}>", value)
        return dict(json.loads(text))


TRACKIO = (
    Case("trackio server", "trackio", {"base_url": "<trackio>", "api_key": "<canary>"}, canary=TOKEN),
    Case("trackio plain", "trackio", {"base_url": "<refusing>", "api_key": "<canary>"}, kept=False),
    Case("trackio in the url", "trackio", {"base_url": "<trackio>?write_token=<canary>"}, kept=False),
    Case("trackio as user", "trackio", {"base_url": "http://me:<canary>@127.0.0.1:9"}, kept=False, refused=True),
    Case("trackio refused", "trackio", {"base_url": "<refusing>", "api_key": "<canary>"}),
    Case("trackio strict", "trackio", {"base_url": "<refusing>", "api_key": "<canary>"}, more=STRICT),
    Case("trackio failing", "trackio", {"base_url": "<failing>", "api_key": "<canary>"}, more=STRICT),
    Case("trackio away", "trackio", {"base_url": "<away>", "api_key": "<canary>"}, more=STRICT),
    Case("trackio space", "trackio", {"workspace": "nobody", "api_key": "<canary>"}),
    Case("trackio space strict", "trackio", {"space_id": "nobody/trackio", "hf_token": "<canary>"}, more=STRICT),
)
MLFLOW = (
    Case("mlflow password", "unified", {"url": "mlflow+<mlflow>", "username": "me", "password": "<canary>"}),
    Case("mlflow user", "unified", {"url": "mlflow+<mlflow>", "username": "<canary>", "password": "password"}),
    Case("mlflow token", "unified", {"url": "mlflow+<mlflow>", "api_key": "<canary>"}),
    Case("mlflow plain", "unified", {"url": "mlflow+<refusing>", "api_key": "<canary>"}, kept=False),
    Case("mlflow strict", "unified", {"url": "mlflow+<refusing>", "api_key": "<canary>"}, more=STRICT),
    Case(
        "mlflow failing", "unified", {"url": "mlflow+<failing>", "password": "<canary>", "username": "a"}, more=STRICT
    ),
    Case("mlflow in the url", "unified", {"url": "mlflow+http://me:<canary>@127.0.0.1:9"}, kept=False, refused=True),
    Case("mlflow query", "unified", {"url": "mlflow+<mlflow>?token=<canary>"}, kept=False, refused=True),
)
OTHERS = (
    Case("wandb", "unified", {"url": "wandb+offline://<store>/wandb", "api_key": "<canary>"}, canary=HEX[:5] * 8),
    Case("wandb strict", "unified", {"url": "wandb+<refusing>", "api_key": "<canary>"}, HEX[1:] * 8, more=STRICT),
    Case("comet", "unified", {"url": "comet+offline://<store>/comet", "api_key": "<canary>"}),
    Case("comet strict", "unified", {"url": "comet://nobody/secrets", "api_key": "<canary>"}, more=STRICT),
    Case(
        "several",
        "unified",
        {"urls": ["trackio:///several", "mlflow+<mlflow>"], "credentials": {"mlflow.api_key": "<canary>"}},
    ),
    Case(
        "several plain",
        "unified",
        {"urls": ["trackio:///several", "mlflow+<mlflow>"], "credentials": {"mlflow.api_key": "<canary>"}},
        kept=False,
        refused=True,
    ),
)
CASES = (*TRACKIO, *MLFLOW, *OTHERS)
